//! The application that a receipt is of.

use std::fmt;

use crate::error::sanitize;
use crate::resource::Kind;

/// Which application pushes: the origin, and the client id where it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) origin: String,
    pub(crate) client_id: Option<String>,
}

impl Application {
    /// Names a resource of the application, in tables of this process. No part has a line end.
    pub(crate) fn key(&self, kind: &Kind, resource_id: &str) -> String {
        let client_id = self.client_id.as_deref().unwrap_or_default();
        [client_id, &self.origin, kind.as_str(), resource_id].join("\n")
    }
}

impl fmt::Display for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.client_id {
            Some(id) => write!(f, "{} at {}", sanitize(id), sanitize(&self.origin)),
            None => {
                write!(f, "an unknown application (static token) at {}", sanitize(&self.origin))
            }
        }
    }
}
