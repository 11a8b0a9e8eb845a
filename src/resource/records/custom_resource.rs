//! Anything that no other kind describes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::record::Record;
use crate::resource::Kind;

/// Anything else. What matters of it are its custom properties.
///
/// Vanta draws no evidence from it until a Custom Test looks at it; where another kind fits, that
/// one is the better choice.
///
/// Source: <https://developer.vanta.com/reference/build-integrations.json>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomResource {
    /// The name that Vanta's inventory shows, as it stands here.
    pub display_name: String,
    /// Tells the thing from all others, for good: an id of the source, never the number of a row.
    /// Pushing it again changes the same thing.
    pub unique_id: String,
    /// The https URL where the source shows the thing.
    pub external_url: String,
    /// What the Developer Console declares beside these. Only when you declared some, and then each
    /// of them: an empty object is refused where none are declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_properties: Option<Map<String, Value>>,
}

impl Record for CustomResource {
    const KIND: Kind = Kind::CUSTOM_RESOURCE;
}
