//! Limits the text that a violation quotes.

/// The most characters that are kept of an id or of a pointer.
const MOST: usize = 300;

/// Returns a text of up to 300 characters whole. Of a longer one it returns the first 299
/// characters and an ellipsis. One large id may be part of many violations.
pub(crate) fn shorten(text: &str) -> String {
    if text.len() <= MOST || text.chars().nth(MOST).is_none() {
        return text.to_owned();
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}
