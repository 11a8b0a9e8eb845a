//! Whether a person has completed a security training.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::record::Record;
use crate::resource::Kind;

/// One person in one course.
///
/// Source: <https://developer.vanta.com/reference/build-integrations.json>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserSecurityTrainingStatus {
    /// The name that Vanta's inventory shows, as it stands here.
    pub display_name: String,
    /// Tells the status from all others, for good: an id of the source, never the number of a row.
    /// Pushing it again changes the same status.
    pub unique_id: String,
    /// The https URL where the source shows the status.
    pub external_url: String,
    /// The id of the course, the same for all who take it.
    pub training_id: String,
    /// The name of the course.
    pub training_name: String,
    /// The frameworks whose demand for training the course meets.
    pub frameworks_fulfilled: Vec<Framework>,
    /// The whole name of the person.
    pub trainee_full_name: String,
    /// The name of the person's account, for those who have no more than that.
    pub trainee_account_name: String,
    /// The email of the person.
    pub trainee_email: String,
    /// Whether the person has completed the course.
    pub status: TrainingStatus,
    /// When the course was made (RFC 3339).
    pub training_created_timestamp: String,
    /// By when the person is to complete it (RFC 3339). Vanta tests that it was in time.
    pub training_due_timestamp: String,
    /// When the person completed it (RFC 3339). `None` until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training_completed_timestamp: Option<String>,
    /// What the Developer Console declares beside these. Only when you declared some, and then each
    /// of them: an empty object is refused where none are declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_properties: Option<Map<String, Value>>,
}

impl Record for UserSecurityTrainingStatus {
    const KIND: Kind = Kind::USER_SECURITY_TRAINING_STATUS;
}

/// A framework that asks for security training.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Framework {
    /// SOC 2.
    Soc2,
    /// ISO 27001.
    Iso27001,
    /// HIPAA.
    Hipaa,
    /// PCI DSS.
    Pci,
    /// GDPR.
    Gdpr,
    /// CCPA.
    Ccpa,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}

/// Whether a training is completed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum TrainingStatus {
    /// Not yet.
    Incomplete,
    /// It is.
    Complete,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}
