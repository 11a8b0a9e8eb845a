//! A violation as programs read it.

use std::fmt;

use crate::json::pointer;

/// One thing that is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flaw {
    /// Where in the value: keys and positions. A key of more than 300 characters is cut, and ends
    /// in an ellipsis then.
    pub instance_path: Vec<String>,
    /// Which part of the schema says so.
    pub schema_path: Vec<String>,
    /// What is wrong, in words.
    pub message: String,
}

impl Flaw {
    /// The place in the value as a JSON pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        self.instance_path.iter().for_each(|name| pointer::push(&mut pointer, name));
        pointer
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = self.pointer();
        let gap = if pointer.is_empty() { "" } else { ": " };
        write!(f, "{pointer}{gap}{}", self.message)
    }
}
