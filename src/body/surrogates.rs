//! Refuses half of a surrogate pair: JSON can write it, and no text can hold it.

use serde::de::IgnoredAny;

use super::iter;
use super::parse::malformed;
use crate::error::{Result, Violation};
use crate::json::{Reader, message_and_position};
use crate::schema::{Origin, validate};

/// Records that an error names.
const MOST_NAMED: usize = 100;

/// Refuses records with half a surrogate pair; names them and the members.
pub(super) fn refuse_half_pairs(json: &[u8]) -> Result<()> {
    // Most bodies have no escape: one fast pass says so.
    if !has_backslash(json) || !std::str::from_utf8(json).is_ok_and(may_have_half_pair) {
        return Ok(());
    }
    let (mut found, mut index) = (Vec::new(), 0);
    let read = iter::try_each(json, |record| {
        if let Some((pointer, message)) = half_pair(record).filter(|_| found.len() < MOST_NAMED) {
            found.push(Violation { index: Some(index), pointer, message, ..Violation::default() });
        }
        index += 1;
    });
    read.map_err(|error| malformed(message_and_position(&error)))?;
    match found.first() {
        None => Ok(()),
        Some(_) => Err(malformed("").with_violations(found)),
    }
}

/// The result of reading records; its error names the records and members that have half a
/// surrogate pair, where that is why they could not be read.
pub(super) fn or_half_pairs<T>(read: Result<T>, json: &[u8]) -> Result<T> {
    read.map_err(|error| match refuse_half_pairs(json) {
        Err(named) if !named.violations().is_empty() => named,
        _ => error,
    })
}

/// Returns where a record that is JSON by its grammar has half a surrogate pair, and a message.
pub(super) fn half_pair(record: &str) -> Option<(String, String)> {
    let is_json = || serde_json::from_str::<IgnoredAny>(record).is_ok();
    let found = may_have_half_pair(record) && is_json();
    let validate = || validate(None, &mut Reader::new(record), Origin::Text, &mut ());
    found.then(|| validate().unreadable).flatten()
}

/// Whether a text may have a `\u` escape for half a surrogate pair without the other half. It may
/// say so of an escaped backslash before a `u`, too.
fn may_have_half_pair(json: &str) -> bool {
    let code = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let mut after_high = usize::MAX;
    json.match_indices('\\').any(|(at, _)| match code(at) {
        Some(0xdc00..=0xdfff) => at != after_high,
        Some(0xd800..=0xdbff) => {
            after_high = at + 6;
            !matches!(code(after_high), Some(0xdc00..=0xdfff))
        }
        _ => false,
    })
}

/// Compares blocks of bytes and not one after the other, so that it is compiled to vector code.
fn has_backslash(json: &[u8]) -> bool {
    json.chunks(64).any(|block| block.iter().fold(false, |found, byte| found | (*byte == b'\\')))
}
