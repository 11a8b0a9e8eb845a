//! Scopes as a set: each name once, in the order in which they were given.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Shared and never changed: a clone costs no copy.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Scopes(Arc<str>);

impl Scopes {
    pub(super) fn new(text: &str) -> Scopes {
        let mut names: Vec<&str> = Vec::new();
        for name in text.split_whitespace() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Scopes(names.join(" ").into())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether all of `wanted` are among these. The same text is the usual case, and costs next to
    /// nothing.
    #[inline]
    pub(super) fn contain(&self, wanted: &Scopes) -> bool {
        Arc::ptr_eq(&self.0, &wanted.0) || self.contain_each(wanted)
    }

    #[cold]
    fn contain_each(&self, wanted: &Scopes) -> bool {
        wanted.0.split(' ').all(|name| self.0.split(' ').any(|own| own == name))
    }

    /// The same scopes; where the text is that of `known` too, its copy of it.
    pub(super) fn shared_with(&self, known: &Scopes) -> Scopes {
        if self.0 == known.0 { known.clone() } else { self.clone() }
    }

    pub(super) fn union(&self, other: &Scopes) -> Scopes {
        Scopes::new(&format!("{self} {other}"))
    }
}

impl PartialEq for Scopes {
    fn eq(&self, other: &Scopes) -> bool {
        self.contain(other) && other.contain(self)
    }
}

/// No application has so many scopes.
const LONGEST: usize = 4096;

impl TryFrom<String> for Scopes {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Scopes, &'static str> {
        if text.len() > LONGEST { Err("too many scopes") } else { Ok(Scopes::new(&text)) }
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> String {
        scopes.0.to_string()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
