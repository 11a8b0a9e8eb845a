//! What an id of a resource or a document looks like.

use crate::error::{Error, ErrorKind, Result};

/// Resource ids are 24 hexadecimal digits or a slug; anything else is a mistake.
pub(crate) fn check_resource_id(id: &str) -> Result<()> {
    let rule = "give the id that the Developer Console shows for the resource";
    check_id("resource", id, rule)
}

pub(super) fn check_id(what: &str, id: &str, rule: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if (1..=100).contains(&id.len()) && id.chars().all(plain) {
        return Ok(());
    }
    let shown: String = id.chars().take(100).collect();
    Err(Error::new(ErrorKind::InvalidArgument, format!("{what} id {shown:?} is malformed; {rule}")))
}
