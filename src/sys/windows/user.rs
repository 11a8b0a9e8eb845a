//! Groups that share a file, which are an idea of Unix.

use std::fmt;

/// There is none.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Group {}

impl fmt::Display for Group {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

/// Whether the process may give files to this group.
pub(crate) fn is_member(group: Group) -> bool {
    match group {}
}

/// Why there is no group.
pub(crate) fn group(_: &str) -> Result<Group, String> {
    Err("token_store_group is for Unix systems; on Windows, run all jobs as one user".to_owned())
}
