//! Members of a stored JSON object that this version does not know.

use std::fmt;

use serde::{Deserialize, Serialize};

/// They are kept, so that two versions of the library can share a store. `Debug` does not show
/// them, because one may be a secret.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct UnknownMembers(serde_json::Map<String, serde_json::Value>);

impl fmt::Debug for UnknownMembers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnknownMembers({})", self.0.len())
    }
}
