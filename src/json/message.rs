//! What serde_json says of a text, without the page of data that it may quote.

/// The most characters of a message.
const LONGEST: usize = 200;

/// Returns what is wrong, without its position.
pub(crate) fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(&*text, |(what, _)| what);
    let mut message: String = what.chars().take(LONGEST).collect();
    if message.len() < what.len() {
        message += "…";
    }
    message
}

/// Returns what is wrong, and at which line and column.
pub(crate) fn message_and_position(error: &serde_json::Error) -> String {
    format!("{} at line {} column {}", message(error), error.line(), error.column())
}
