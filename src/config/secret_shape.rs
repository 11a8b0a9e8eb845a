//! What looks wrong with the shape of a client secret or id: said where the server refused it.
//!
//! Vanta's client ids begin with `vci_`, its secrets with `vcs_` and its access tokens with `vat_`
//! (<https://developer.vanta.com/docs/quickstart>). Nothing of a secret is quoted.

/// What looks wrong with a secret, as the end of a sentence about it.
pub(super) fn secret(text: &str, client_id: &str) -> Option<&'static str> {
    if let Some(words) = mistaken(text) {
        return Some(words);
    }
    if text == client_id {
        return Some("is the client id");
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    match text.strip_prefix("vcs_") {
        Some(rest) if rest.contains("vcs_") => Some("holds vcs_ twice"),
        Some(rest) if rest.bytes().all(plain) => None,
        Some(_) => Some("holds characters that no known client secret has"),
        None if text.contains("vcs_") => Some("holds something before vcs_; give the value alone"),
        None => Some("does not begin with vcs_, as client secrets do"),
    }
}

/// What looks wrong with a client id.
pub(super) fn client_id(text: &str) -> Option<&'static str> {
    match wrapped(text) {
        Some(words) => Some(words),
        None if text.starts_with("vci_") => None,
        None => Some("does not begin with vci_, as client ids do"),
    }
}

/// What a text is taken for that is certainly no client secret.
pub(super) fn mistaken(text: &str) -> Option<&'static str> {
    let begins = |beginning: &str| {
        text.get(..beginning.len()).is_some_and(|found| found.eq_ignore_ascii_case(beginning))
    };
    let text = text.trim();
    Some(match text {
        _ if begins("vci_") => "begins with vci_, as a client id does",
        _ if begins("vat_") => "begins with vat_, as an access token does",
        _ if begins("bearer ") || begins("bearer:") => {
            "begins with Bearer, as an Authorization header field does"
        }
        _ if begins("authorization:") => "is an Authorization header field",
        // The beginning of vcs_ in base64 and in hexadecimal.
        _ if text.starts_with("dmNzX") => "is in base64; decode it first",
        _ if begins("7663735f") => "is in hexadecimal; decode it first",
        _ => return wrapped(text),
    })
}

/// What a value comes in that was copied together with what is around it.
fn wrapped(text: &str) -> Option<&'static str> {
    const QUOTES: [char; 7] = ['"', '\'', '`', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}'];
    Some(match text {
        _ if text.starts_with(QUOTES) || text.ends_with(QUOTES) => "is in quotes; remove them",
        _ if text.contains('\u{feff}') => "holds a byte order mark",
        _ if text.starts_with(['{', '[']) && !text.starts_with("{{") => {
            "is JSON; give the value alone"
        }
        _ if is_placeholder(text) => "is a placeholder in which no value was put",
        _ if is_masked(text) => "is a mask in the place of the value",
        _ if is_path(text) => "looks like a path or a URL; give the value itself, or a secret file",
        _ if is_assignment(text) => "looks like NAME=value; give the value alone",
        _ => return None,
    })
}

/// `$NAME`, `${NAME}`, `{{ name }}`, `<name>` or `%NAME%`.
fn is_placeholder(text: &str) -> bool {
    let within = |left: char, right: char| text.starts_with(left) && text.ends_with(right);
    text.starts_with('$') || text.starts_with("{{") || within('<', '>') || within('%', '%')
}

fn is_masked(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| matches!(c, '*' | '\u{2022}' | 'x' | 'X' | '.'))
}

fn is_path(text: &str) -> bool {
    text.starts_with(['/', '~']) || text.starts_with("./") || text.contains("://")
}

/// A name, then `=` or `:`, then a value. The end of base64 is none.
fn is_assignment(text: &str) -> bool {
    let text = text.strip_prefix("export ").unwrap_or(text);
    let Some((name, value)) = text.split_once(['=', ':']) else { return false };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let named = !name.starts_with("vcs_") && name.bytes().all(plain) && !name.is_empty();
    named && !value.trim_start_matches('=').is_empty()
}
