//! Reads which record a 400 of Vanta's is about.

use crate::body::Body;
use crate::error::{Violation, shorten};
use crate::http::Response;

/// The records that a 400 of Vanta's is about.
///
/// The texts are those of its JSON Type Definition validator, as users report them:
/// `/0/email: must be string` and `Too many fields on resource with uniqueId X (element 0).`
pub(super) fn violations(response: &Response, body: &Body) -> Vec<Violation> {
    let texts = response.messages().unwrap_or_else(|| vec![response.message()]);
    texts.iter().filter_map(|text| violation(text, response, body)).collect()
}

fn violation(text: &str, response: &Response, body: &Body) -> Option<Violation> {
    let mut found = pointed(text).or_else(|| counted(text))?;
    let known = found.index.and_then(|index| body.unique_ids().nth(index));
    found.unique_id = known.map(shorten).or(found.unique_id.map(|id| response.quote(&id)));
    found.pointer = response.quote(&found.pointer);
    found.message = response.quote(&found.message);
    Some(found)
}

/// `/<index><pointer>: <message>`
fn pointed(message: &str) -> Option<Violation> {
    let (path, words) = message.strip_prefix('/')?.split_once(": ")?;
    let (index, pointer) = path.split_at(path.find('/').unwrap_or(path.len()));
    Some(Violation {
        index: Some(index.parse().ok()?),
        pointer: pointer.to_owned(),
        message: words.to_owned(),
        ..Violation::default()
    })
}

/// `… uniqueId <id> (element <index>). <message>`
fn counted(message: &str) -> Option<Violation> {
    let (head, rest) = message.rsplit_once(" (element ")?;
    let (index, words) = rest.split_once(')')?;
    let (what, id) = head.split_once("uniqueId ").unwrap_or((head, ""));
    let what = what.trim_end().trim_end_matches("on resource with").trim_end();
    Some(Violation {
        index: Some(index.parse().ok()?),
        unique_id: Some(id.to_owned()).filter(|id| !id.is_empty()),
        pointer: String::new(),
        message: format!("{what}{words}"),
        ..Violation::default()
    })
}
