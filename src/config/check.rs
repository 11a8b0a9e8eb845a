//! What a value must be to be used.

use crate::error::{Error, ErrorKind, Result};

pub(super) fn is_visible(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic())
}

/// Vanta allows 5 token requests a minute
/// (<https://developer.vanta.com/reference/overview>).
pub(super) fn check_budget(a_minute: u32) -> Result<u32> {
    match a_minute {
        1..=5 => Ok(a_minute),
        _ => Err(invalid("a mint budget is 1 to 5 token requests a minute")),
    }
}

/// Vanta allows 20 resource requests a minute
/// (<https://developer.vanta.com/reference/overview>).
pub(super) fn check_request_budget(a_minute: Option<&str>, code: Option<u32>) -> Result<u32> {
    let found = match (code, a_minute) {
        (Some(code), _) => Some(code),
        (None, None) => Some(20),
        (None, Some(text)) => text.trim().parse().ok(),
    };
    let rule = "a request budget is 1 to 20 resource requests a minute, or 0 for as many as come";
    found.filter(|budget| *budget <= 20).ok_or_else(|| invalid(rule))
}

pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidConfig, message)
}

/// RFC 6749 section 3.3: tokens of visible ASCII without quote and backslash.
pub(super) fn check_scope(scope: &str) -> Result<String> {
    let tokens: Vec<&str> = scope.split_whitespace().collect();
    let plain = |token: &&str| is_visible(token) && !token.contains(['"', '\\']);
    if tokens.is_empty() || !tokens.iter().all(plain) {
        return Err(invalid(format!("scope {scope:?}: give scope names separated by spaces")));
    }
    Ok(tokens.join(" "))
}

pub(super) fn user_agent(application: &str) -> Result<String> {
    let own = concat!("libvanta/", env!("CARGO_PKG_VERSION"));
    if application.is_empty() {
        return Ok(own.to_owned());
    }
    if !application.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Err(invalid("the application name may only hold printable ASCII"));
    }
    Ok(format!("{own} {application}"))
}
