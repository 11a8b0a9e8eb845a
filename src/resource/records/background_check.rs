//! A check of the past of a person.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::record::Record;
use crate::resource::Kind;

/// A background check of a person.
///
/// Source: <https://developer.vanta.com/reference/build-integrations.json>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackgroundCheck {
    /// The name that Vanta's inventory shows, as it stands here.
    pub display_name: String,
    /// Tells the check from all others, for good: an id of the source, never the number of a row.
    /// Pushing it again changes the same check.
    pub unique_id: String,
    /// The https URL where the source shows the check.
    pub external_url: String,
    /// The whole name of the person.
    pub full_name: String,
    /// Joins the check to a user in Vanta.
    pub email: String,
    /// How far the check is.
    pub status: BackgroundCheckStatus,
    /// When it was completed, if it is: a moment (RFC 3339), not only a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_date: Option<String>,
    /// What the Developer Console declares beside these. Only when you declared some, and then each
    /// of them: an empty object is refused where none are declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_properties: Option<Map<String, Value>>,
}

impl Record for BackgroundCheck {
    const KIND: Kind = Kind::BACKGROUND_CHECK;
}

/// How far a background check is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum BackgroundCheckStatus {
    /// It is not complete.
    Incomplete,
    /// It is being made.
    InProgress,
    /// It is complete.
    Complete,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}
