//! What is wrong with one record.

use std::fmt;

use super::text::sanitize;
use crate::rule::Rule;

/// One thing that is wrong with one record. An id or a pointer of more than 300 characters is cut,
/// and ends in an ellipsis then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Position of the record in the payload, from 0.
    pub index: Option<usize>,
    /// The record's `uniqueId`, where it is known.
    pub unique_id: Option<String>,
    /// JSON pointer within the record; empty for the record itself.
    pub pointer: String,
    /// JSON pointer within the schema to the keyword that is violated. Only
    /// [`Schema::validate`](crate::Schema::validate) sets it.
    pub schema_path: String,
    /// What is wrong, in words.
    pub message: String,
    /// The rule that the record breaks, whose level
    /// [`ValidationOptions::level`](crate::ValidationOptions::level) sets. `None` where no level
    /// changes anything: of a duplicate member, of a [`BodyBuilder`](crate::BodyBuilder), of what
    /// the server rejects, and of [`Schema::validate`](crate::Schema::validate).
    pub rule: Option<Rule>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.index, &self.unique_id) {
            (Some(index), Some(id)) => write!(f, "record {index} (uniqueId {})", sanitize(id))?,
            (Some(index), None) => write!(f, "record {index}")?,
            (None, Some(id)) => write!(f, "uniqueId {}", sanitize(id))?,
            (None, None) if self.pointer.is_empty() => {
                return f.write_str(&sanitize(&self.message));
            }
            (None, None) => {
                return write!(f, "{} {}", sanitize(&self.pointer), sanitize(&self.message));
            }
        }
        let at = if self.pointer.is_empty() { "" } else { " at " };
        write!(f, "{at}{} - {}", sanitize(&self.pointer), sanitize(&self.message))
    }
}
