//! Why a store could not do what it was asked to.

use std::fmt;

use crate::clock::WaitError;
use crate::error::{Error, ErrorKind, Stage};
use crate::retry;

/// Why a store could not do what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    pub(crate) trouble: Trouble,
    pub(crate) words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Unavailable,
    Unusable,
    /// The lock had ended: another job may hold it now.
    Lost,
    /// The store cannot read without its lock.
    Unsupported,
    /// The call's deadline passed, or it was cancelled.
    #[cfg_attr(not(feature = "redis"), allow(dead_code))]
    WaitEnded(WaitError),
}

impl StoreError {
    /// Returns the error for a store that cannot be reached or fails: this may pass.
    #[must_use]
    pub fn unavailable(words: impl Into<String>) -> StoreError {
        StoreError { trouble: Trouble::Unavailable, words: words.into() }
    }

    /// Returns the error for a store that must not be used before it, or its configuration, is
    /// corrected.
    #[must_use]
    pub fn unusable(words: impl Into<String>) -> StoreError {
        StoreError { trouble: Trouble::Unusable, words: words.into() }
    }

    /// Returns the error for a store that has no [`read`](crate::TokenStore::read): its records are
    /// read under the lock alone.
    #[must_use]
    pub fn unsupported() -> StoreError {
        let words = "it cannot be read without its lock".to_owned();
        StoreError { trouble: Trouble::Unsupported, words }
    }

    pub(super) fn lost(words: String) -> StoreError {
        StoreError { trouble: Trouble::Lost, words }
    }

    #[cfg(feature = "redis")]
    pub(super) fn wait_ended(reason: WaitError) -> StoreError {
        let words = match reason {
            WaitError::Expired => "it gave no response until the call's deadline",
            WaitError::Cancelled => "the call was cancelled while it gave no response",
        };
        StoreError { trouble: Trouble::WaitEnded(reason), words: words.to_owned() }
    }

    pub(crate) fn into_error(self, store: &str) -> Error {
        let kind = match self.trouble {
            Trouble::Unavailable | Trouble::Lost | Trouble::Unsupported => {
                ErrorKind::StoreUnavailable
            }
            Trouble::Unusable => ErrorKind::UnusableStore,
            Trouble::WaitEnded(reason) => retry::wait_error(reason, Stage::Store).kind(),
        };
        // The words of a file store have its path.
        let is_named = store.split_once(' ').is_some_and(|(_, path)| self.words.contains(path));
        let words = if is_named { self.words } else { format!("{} ({store})", self.words) };
        Error::new(kind, words).at(Stage::Store)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for StoreError {}
