//! The errors of a configuration and of the files that it names.

use std::path::Path;

use crate::error::{Error, ErrorKind, kind_of};
use crate::sys;

pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidConfig, message)
}

/// As the system says why a file cannot be opened or read.
pub(crate) fn unopened(path: &Path, why: &std::io::Error) -> Error {
    let remedy = sys::remedy::read_remedy(path, why);
    let words = format!("{}, {why}{remedy}", path.display());
    Error::new(kind_of(why, ErrorKind::UnreadableFile), words)
}

/// Adds to an error about a file which setting names the file.
pub(crate) fn named(error: Error, words: &str) -> Error {
    match error.kind() {
        ErrorKind::UnreadableFile | ErrorKind::UnwritableFile => error.with_note(words),
        _ => error,
    }
}

pub(crate) fn unreadable(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::UnreadableFile, format!("{}, {why}", path.display()))
}
