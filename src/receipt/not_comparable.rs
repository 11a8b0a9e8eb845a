//! The members that verify and plan cannot compare.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{many, sanitize};

/// A member that was pushed, now or earlier, and that the service returns on no row, so that it
/// cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NotComparable {
    /// JSON pointer of the member within a record.
    pub pointer: String,
    /// Number of live records that were pushed with the member. 0 where this body sets it on no
    /// record, and an earlier push may have set it.
    pub records: usize,
}

impl NotComparable {
    pub(crate) fn new(pointer: String) -> NotComparable {
        NotComparable { pointer, records: 0 }
    }

    /// What the member is, and why it cannot be compared.
    pub(crate) fn reason(&self) -> String {
        let set = match self.records {
            0 => "perhaps set by an earlier push and not by this body".to_owned(),
            n => format!("pushed on {}", many(n, "record")),
        };
        format!("{set}, and the service returns it on no row")
    }
}

impl fmt::Display for NotComparable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.records {
            0 => f.write_str(&sanitize(&self.pointer)),
            n => write!(f, "{} ({})", sanitize(&self.pointer), many(n, "record")),
        }
    }
}

/// The names of members that could not be compared, with the numbers of records.
pub(crate) fn listed(members: &[NotComparable]) -> String {
    members.iter().map(NotComparable::to_string).collect::<Vec<_>>().join(", ")
}
