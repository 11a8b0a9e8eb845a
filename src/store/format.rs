//! Tells the record of a token from any other content.
//!
//! A store replaces only what this module recognises: a path that names the wrong file by mistake
//! must not cost that file's content.

use serde::Deserialize;

/// The format of the records that this version reads and writes.
pub(crate) const FORMAT: u32 = 1;

/// What a store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Nothing, or zero bytes only: a file system leaves those after a power loss.
    Empty,
    /// A record, whole or torn.
    Record,
    /// A record of a format that this version does not know.
    OtherFormat(u64),
    Foreign,
}

/// The members that every record has, in any order.
#[derive(Deserialize)]
#[expect(dead_code, reason = "that they are there is what counts")]
struct Head {
    format: u64,
    origin: String,
    client_id: String,
}

impl Content {
    pub(crate) fn of(bytes: &[u8]) -> Content {
        if bytes.iter().all(|byte| *byte == 0) {
            return Content::Empty;
        }
        let whole = serde_json::from_slice(bytes).map(|head: Head| head.format).ok();
        match whole.or_else(|| torn_format(bytes)) {
            Some(format) if format == u64::from(FORMAT) => Content::Record,
            Some(format) => Content::OtherFormat(format),
            None => Content::Foreign,
        }
    }

    /// Why this content must not be replaced; `None` when it may be.
    pub(crate) fn refusal(self) -> Option<String> {
        match self {
            Content::Empty | Content::Record => None,
            Content::OtherFormat(format) => Some(format!(
                "holds a record of format {format}, and this version of the library knows format \
                 {FORMAT}: update this job, or give it another token store"
            )),
            Content::Foreign => Some(
                "holds something that is not a token record, and is left as it is: name a file \
                 for the token store alone, or delete this one"
                    .to_owned(),
            ),
        }
    }
}

/// The format of a record of which only the beginning is there.
fn torn_format(bytes: &[u8]) -> Option<u64> {
    let mut rest = bytes;
    for part in ["{", "\"format\"", ":"] {
        rest = rest.trim_ascii_start().strip_prefix(part.as_bytes())?;
    }
    let rest = rest.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let format = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    continues(&rest[digits..]).then_some(format)
}

/// Whether the members after the format are those of a record, as far as they go.
fn continues(bytes: &[u8]) -> bool {
    // What was never written reads as zero bytes.
    let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let mut rest = &bytes[..length];
    for part in [",", "\"origin\"", ":", "\"http"] {
        rest = rest.trim_ascii_start();
        match rest.strip_prefix(part.as_bytes()) {
            Some(after) => rest = after,
            None => return part.as_bytes().starts_with(rest),
        }
    }
    true
}
