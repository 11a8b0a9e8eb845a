//! Reads a refusal: what kind it is, and which record it is about.

use crate::body::Body;
use crate::error::{Error, ErrorKind, Fault};
use crate::http::Answer;
use crate::token::Tried;

/// The error for an answer that is no success. 401 is not judged here: it has a second chance.
pub(super) fn refusal(answer: &Answer) -> Error {
    if let (403, Some(scope)) = (answer.status, answer.wanted_scope()) {
        return answer.error(ErrorKind::Forbidden, format!("it wants the scope {scope}"));
    }
    let (kind, message) = match answer.status {
        400 | 422 => (ErrorKind::Rejected, "nothing was changed"),
        407 => (ErrorKind::ProxyRefused, "it wants credentials of its own"),
        403 => (ErrorKind::Forbidden, "see the scopes of the application and of the token"),
        404 if answer.json().is_some() => {
            (ErrorKind::NotFound, "declare the resource in the Developer Console, or mend its id")
        }
        404 => (ErrorKind::NotFound, "the API has no such path: see the kind's name"),
        413 => (ErrorKind::ServerTooLarge, "trim the records: parts would delete each other"),
        429 => (
            ErrorKind::RateLimited,
            "Vanta allows 20 a minute for each application: run fewer at a time",
        ),
        408 | 500.. => (ErrorKind::Unavailable, ""),
        _ => (ErrorKind::UnexpectedStatus, ""),
    };
    answer.error(kind, message)
}

/// The error for a 401, given what was tried before; each carries the one before it.
pub(super) fn unauthorized(answer: &Answer, tried: Tried, before: Option<Error>) -> Error {
    let mut words = match tried {
        Tried::Nothing => String::new(),
        Tried::Waiting => "a token that was new was refused twice".to_owned(),
        Tried::Another => "another token was refused too".to_owned(),
    };
    if answer.is_page() {
        let gap = if words.is_empty() { "" } else { "; " };
        words += &format!("{gap}the answer is a page, not Vanta's own: a proxy may have given it");
    }
    let error = answer.error(ErrorKind::Unauthorized, words);
    before.into_iter().fold(error, Error::with_source)
}

/// The record that a 400 of Vanta's is about.
///
/// The texts are those of its JSON Type Definition validator, as users report them:
/// `/0/email: must be string` and `Too many fields on resource with uniqueId X (element 0).`
pub(super) fn faults(answer: &Answer, body: &Body) -> Vec<Fault> {
    let message = answer.message();
    let found = pointed(&message).or_else(|| counted(&message));
    let Some(mut fault) = found else { return Vec::new() };
    let known = fault.index.and_then(|index| body.unique_ids().nth(index));
    fault.unique_id = known.map(str::to_owned).or(fault.unique_id.map(|id| answer.quote(&id)));
    fault.pointer = answer.quote(&fault.pointer);
    fault.message = answer.quote(&fault.message);
    vec![fault]
}

/// `/<index><pointer>: <message>`
fn pointed(message: &str) -> Option<Fault> {
    let (path, words) = message.strip_prefix('/')?.split_once(": ")?;
    let (index, pointer) = path.split_at(path.find('/').unwrap_or(path.len()));
    Some(Fault {
        index: Some(index.parse().ok()?),
        unique_id: None,
        pointer: pointer.to_owned(),
        message: words.to_owned(),
    })
}

/// `… uniqueId <id> (element <index>). <message>`
fn counted(message: &str) -> Option<Fault> {
    let (head, rest) = message.rsplit_once(" (element ")?;
    let (index, words) = rest.split_once(')')?;
    let (what, id) = head.split_once("uniqueId ").unwrap_or((head, ""));
    let what = what.trim_end().trim_end_matches("on resource with").trim_end();
    Some(Fault {
        index: Some(index.parse().ok()?),
        unique_id: Some(id.to_owned()).filter(|id| !id.is_empty()),
        pointer: String::new(),
        message: format!("{what}{words}"),
    })
}
