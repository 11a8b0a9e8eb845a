//! A client secret that the program's own code returns, such as from a vault.

use std::fmt;
use std::sync::Arc;

use super::read::trimmed;
use crate::error::{Error, ErrorKind, Result, shorten};
use crate::event;
use crate::secret::Secret;

/// The beginnings of secrets. A word of an error that holds one is not shown.
const SECRETS: [&str; 2] = ["vcs_", "vat_"];

type Read = dyn Fn() -> Result<Secret, String> + Send + Sync;

/// A function of the program's that returns the client secret.
#[derive(Clone)]
pub(super) struct SecretCallback(Arc<Read>);

impl SecretCallback {
    pub(super) fn new<E: fmt::Display>(
        read: impl Fn() -> Result<Secret, E> + Send + Sync + 'static,
    ) -> SecretCallback {
        SecretCallback(Arc::new(move || read().map_err(|error| error.to_string())))
    }

    /// Calls the function. A call of the client from there would wait for this one.
    pub(super) fn read(&self) -> Result<Secret> {
        let secret = event::in_user_callback(|| (self.0)()).map_err(|words| {
            let words = format!("its callback failed with \"{}\"", redacted(&words));
            Error::new(ErrorKind::SecretUnavailable, shorten(&words))
        })?;
        Ok(trimmed(secret.expose()))
    }

    /// Tells callbacks apart within this process, without calling them.
    pub(super) fn number(&self) -> usize {
        Arc::as_ptr(&self.0).cast::<()>() as usize
    }
}

/// The text on one line, without words that hold a secret.
fn redacted(text: &str) -> String {
    let is_secret = |word: &str| SECRETS.iter().any(|beginning| word.contains(beginning));
    let shown = |word| if is_secret(word) { "***" } else { word };
    text.split_whitespace().map(shown).collect::<Vec<_>>().join(" ")
}

impl fmt::Debug for SecretCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretCallback")
    }
}
