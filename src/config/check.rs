//! What a value must be to be used.

use std::time::Duration;

use super::environment::Given;
use super::problem::invalid;
use crate::error::Result;

/// No client id is longer.
pub(super) const LONGEST_ID: usize = 255;

/// No client secret and no access token is longer.
pub(super) const LONGEST_SECRET: usize = 16 << 10;

/// A DNS name of 253 bytes, a port, and a path prefix.
pub(super) const LONGEST_ORIGIN: usize = 512;

const LONGEST_SCOPE: usize = 4096;
const LONGEST_USER_AGENT: usize = 255;

/// Shown of a value that is wrong.
pub(super) const SHOWN: usize = 60;

/// Refuses a longer text, of which nothing is shown.
pub(super) fn check_length(what: &str, text: &str, most: usize) -> Result<()> {
    match text.len() {
        size if size > most => {
            Err(invalid(format!("{what} has {size} bytes, and at most {most} are allowed")))
        }
        _ => Ok(()),
    }
}

/// A token request needs 2 s that are left after the cache, the store and its lock were tried.
const LEAST_DEADLINE: Duration = Duration::from_secs(3);

/// A client that requests tokens needs the time for it in every call.
pub(super) fn check_deadline(deadline: Duration, requests_tokens: bool) -> Result<Duration> {
    if requests_tokens && deadline < LEAST_DEADLINE {
        let words = "a deadline below 3 s leaves no time for a token request; set 3 s or more, or \
                     give single calls a shorter one";
        return Err(invalid(words));
    }
    Ok(deadline)
}

pub(super) fn is_visible(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic())
}

/// Vanta allows 5 token requests a minute
/// (<https://developer.vanta.com/reference/overview>).
pub(super) fn check_token_rate_limit(a_minute: u32) -> Result<u32> {
    match a_minute {
        1..=5 => Ok(a_minute),
        _ => Err(invalid("token_requests_per_minute must be 1 to 5")),
    }
}

/// Vanta allows 20 resource requests a minute
/// (<https://developer.vanta.com/reference/overview>).
pub(super) fn check_requests_per_minute(a_minute: &Given<u32>) -> Result<u32> {
    let rule = "requests_per_minute must be 1 to 20, or 0 for no limit";
    a_minute.get().ok().filter(|limit| *limit <= 20).ok_or_else(|| invalid(rule))
}

/// RFC 6749 section 3.3: tokens of visible ASCII without quote and backslash.
pub(super) fn check_scope(scope: &str) -> Result<String> {
    check_length("the scope", scope, LONGEST_SCOPE)?;
    let tokens: Vec<&str> = scope.split_whitespace().collect();
    let plain = |token: &&str| is_visible(token) && !token.contains(['"', '\\']);
    if tokens.is_empty() || !tokens.iter().all(plain) {
        let shown: String = scope.chars().take(SHOWN).collect();
        let rule = "give scope names of visible ASCII without \" and \\, separated by spaces";
        return Err(invalid(format!("scope {shown:?} is malformed; {rule}")));
    }
    Ok(tokens.join(" "))
}

pub(super) fn user_agent(application: &str) -> Result<String> {
    let own = concat!("libvanta/", env!("CARGO_PKG_VERSION"));
    if application.is_empty() {
        return Ok(own.to_owned());
    }
    check_length("user_agent", application, LONGEST_USER_AGENT)?;
    if !application.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Err(invalid("user_agent may only have printable ASCII characters"));
    }
    Ok(format!("{own} {application}"))
}
