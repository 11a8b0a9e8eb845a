//! What vulnerabilities are found in.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::record::Record;
use crate::resource::Kind;

/// A host, an image, a repository or another thing that vulnerabilities are found in.
///
/// Push the components before the vulnerabilities that name them.
///
/// Source: <https://developer.vanta.com/reference/build-integrations.json>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VulnerableComponent {
    /// The name that Vanta's inventory shows, as it stands here.
    pub display_name: String,
    /// Tells the component from all others, for good: an id of the source, never the number of a
    /// row. Pushing it again changes the same component. Vulnerabilities name it.
    pub unique_id: String,
    /// The https URL where the source shows the component.
    pub external_url: String,
    /// When the data was gathered on the component (RFC 3339); the latest moment where it took
    /// several.
    pub collected_timestamp: String,
    /// The name of the component.
    pub name: String,
    /// What the component is, in words.
    pub description: String,
    /// What sort of thing it is.
    pub target_type: TargetType,
    /// What the Developer Console declares beside these. Only when you declared some, and then each
    /// of them: an empty object is refused where none are declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_properties: Option<Map<String, Value>>,
}

impl Record for VulnerableComponent {
    const KIND: Kind = Kind::VULNERABLE_COMPONENT;
}

/// What sort of thing a component is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum TargetType {
    /// A host.
    Host,
    /// A server.
    Server,
    /// A container that runs.
    Container,
    /// A repository of container images.
    ContainerRepository,
    /// An image in such a repository.
    ContainerRepositoryImage,
    /// A repository of code.
    CodeRepository,
    /// A function that runs without a server of its own.
    ServerlessFunction,
    /// A file that lists dependencies.
    ManifestFile,
    /// A computer that somebody works at.
    Workstation,
    /// Something else. It joined the others in 2026.
    Other,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}
