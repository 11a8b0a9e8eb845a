//! A task of a security team.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::record::Record;
use crate::resource::Kind;

/// A task, as the team's tracker has it.
///
/// Source: <https://developer.vanta.com/reference/build-integrations.json>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityTask {
    /// The name that Vanta's inventory shows, as it stands here.
    pub display_name: String,
    /// Tells the task from all others, for good: an id of the source, never the number of a row.
    /// Pushing it again changes the same task.
    pub unique_id: String,
    /// The https URL where the source shows the task.
    pub external_url: String,
    /// The id by which people know the task in the source; Vanta shows it.
    pub task_id: String,
    /// The title.
    pub task_title: String,
    /// When the task was made (RFC 3339).
    pub created_timestamp: String,
    /// How far it is.
    pub task_state: TaskState,
    /// How urgent it is. Vanta measures the time it takes by this.
    pub priority: TaskPriority,
    /// The emails of those who are to do it; they need not be users in Vanta.
    pub assignees: Vec<String>,
    /// Who made it.
    pub creator: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// When the task was closed (RFC 3339): for a closed task always, for any other never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_timestamp: Option<String>,
    /// When it was last changed (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_timestamp: Option<String>,
    /// What the Developer Console declares beside these. Only when you declared some, and then each
    /// of them: an empty object is refused where none are declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_properties: Option<Map<String, Value>>,
}

impl Record for SecurityTask {
    const KIND: Kind = Kind::SECURITY_TASK;
}

/// How far a task is: the nearest of these.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum TaskState {
    /// Nobody has begun.
    Open,
    /// Somebody works on it.
    InProgress,
    /// It is over.
    Closed,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}

/// How urgent a task is. Vanta ties each to a time within which the task is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum TaskPriority {
    /// The most urgent.
    P0,
    /// The second.
    P1,
    /// The third.
    P2,
    /// The fourth.
    P3,
    /// The least urgent.
    P4,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}
