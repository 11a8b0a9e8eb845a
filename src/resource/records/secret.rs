//! A secret as inventory, without its value.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::record::Record;
use crate::resource::Kind;

/// A secret that a vault holds: its name and who has it, never its value.
///
/// This is a record for Vanta; what hides your client secret is [`vanta::Secret`](crate::Secret).
///
/// Source: <https://developer.vanta.com/reference/build-integrations.json>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    /// The name that Vanta's inventory shows, as it stands here.
    pub display_name: String,
    /// Tells the secret from all others, for good: an id of the source, never the number of a row.
    /// Pushing it again changes the same secret.
    pub unique_id: String,
    /// The https URL where the source shows the secret.
    pub external_url: String,
    /// The name of the secret.
    pub name: String,
    /// What it is for, in words.
    pub description: String,
    /// When it was made (RFC 3339).
    pub created_timestamp: String,
    /// Who made it.
    pub creator: String,
    /// Who is responsible for it now. Vanta tests that each secret has a valid owner.
    pub owner: String,
    /// When it was last changed (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_timestamp: Option<String>,
    /// When somebody last read it (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_accessed_timestamp: Option<String>,
    /// When it ends (RFC 3339), if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_timestamp: Option<String>,
    /// What the Developer Console declares beside these. Only when you declared some, and then each
    /// of them: an empty object is refused where none are declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_properties: Option<Map<String, Value>>,
}

impl Record for Secret {
    const KIND: Kind = Kind::SECRET;
}
