//! Tells the record of a token from any other content.
//!
//! A store replaces only what this module recognises: a path that names the wrong file by mistake
//! must not cost that file's content.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

/// The format of the records that this version reads and writes.
pub(crate) const FORMAT: u32 = 1;

/// What a store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Nothing, or zero bytes only: a file system leaves those after a power loss.
    Empty,
    /// A complete JSON object with the members that every record has.
    Record,
    /// The beginning of a record: text that is not complete JSON.
    Torn,
    /// A record of a format that this version does not know.
    OtherFormat(u64),
    Foreign,
}

/// The members that every record has, in any order.
#[derive(Deserialize)]
struct Head {
    format: u64,
    #[serde(rename = "origin")]
    _origin: String,
    #[serde(rename = "client_id")]
    _client_id: String,
    salt: Option<String>,
    generation: Option<u64>,
}

impl Content {
    pub(crate) fn of(bytes: &[u8]) -> Content {
        if bytes.iter().all(|byte| *byte == 0) {
            return Content::Empty;
        }
        let known = |format| format == u64::from(FORMAT);
        match serde_json::from_slice::<IgnoredAny>(written(bytes)) {
            Ok(_) => match serde_json::from_slice::<Head>(written(bytes)) {
                Ok(head) if !known(head.format) => Content::OtherFormat(head.format),
                Ok(Head { salt: Some(_), generation: Some(_), .. }) => Content::Record,
                _ => Content::Foreign,
            },
            Err(error) if error.is_eof() => match torn_format(written(bytes)) {
                Some(format) if known(format) => Content::Torn,
                Some(format) => Content::OtherFormat(format),
                None => Content::Foreign,
            },
            Err(_) => Content::Foreign,
        }
    }

    /// Why this content must not be replaced; `None` when it may be.
    pub(crate) fn refusal(self) -> Option<String> {
        match self {
            Content::Empty | Content::Record | Content::Torn => None,
            Content::OtherFormat(format) => Some(format!(
                "holds a record of format {format}, and this version of the library knows format \
                 {FORMAT}: update this job, or give it another token store"
            )),
            Content::Foreign => Some(
                "holds something that is not a token record, and is not changed; name a file \
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
    let mut rest = bytes;
    for part in [",", "\"origin\"", ":", "\"http"] {
        rest = rest.trim_ascii_start();
        match rest.strip_prefix(part.as_bytes()) {
            Some(after) => rest = after,
            None => return part.as_bytes().starts_with(rest),
        }
    }
    true
}

/// The bytes without the zeros at their end: what was never written reads as zero bytes.
pub(crate) fn written(bytes: &[u8]) -> &[u8] {
    let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    &bytes[..length]
}

/// The application of a torn record, as far as it can be read.
#[derive(Debug, Default)]
pub(crate) struct Owner {
    pub(crate) origin: Option<String>,
    pub(crate) client_id: Option<String>,
}

impl Owner {
    pub(crate) fn of(bytes: &[u8]) -> Owner {
        let mut owner = Owner::default();
        let mut reader = serde_json::Deserializer::from_slice(written(bytes));
        // The text ends before the object does; what stands before that end was read.
        let _ = reader.deserialize_map(&mut owner);
        owner
    }
}

impl<'de> Visitor<'de> for &mut Owner {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "origin" => self.origin = Some(map.next_value()?),
                "client_id" => self.client_id = Some(map.next_value()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}
