//! Makes foreign text fit to be shown: one line, bounded, without secrets.

use crate::error::is_unseen;
use crate::secret::Secret;

/// Enough to recognise a message, too little to fill a log.
const LONGEST: usize = 300;

/// Hides the secrets of a request in the text of its response.
#[derive(Clone)]
pub(super) struct SecretFilter(Vec<Secret>);

impl SecretFilter {
    pub(super) fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> SecretFilter {
        SecretFilter(secrets.into_iter().cloned().collect())
    }

    pub(super) fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| secret.hide_in(&text))
    }

    /// One line, bounded, without control and direction characters, secrets hidden.
    pub(super) fn quote(&self, text: &str) -> String {
        clean(&self.hide(text))
    }
}

/// Foreign text as one line, bounded, without control and direction characters.
pub(crate) fn clean(text: &str) -> String {
    let gap = |c: char| c.is_whitespace() || is_unseen(c);
    let words: Vec<&str> = text.split(gap).filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
