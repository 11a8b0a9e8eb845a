//! The application that a receipt is of.

use std::fmt;

use crate::error::sanitize;

/// Which application pushes: the origin, and the client id where it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) origin: String,
    pub(crate) client_id: Option<String>,
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
