//! Where a record that several processes share is kept: locked, loaded and saved as one unit.
//!
//! A store knows nothing of tokens: it keeps bytes. It never waits either: whoever wants the lock
//! tries again, so that a deadline and a cancel are felt in one place.

#[cfg(unix)]
mod access;
#[cfg(unix)]
mod file;
mod format;
#[cfg(unix)]
mod private;
#[cfg(feature = "redis")]
mod redis;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::clock::{Deadline, WaitError};
use crate::error::{Error, ErrorKind, Step};
use crate::retry;

#[cfg(unix)]
pub(crate) use access::{read_remedy, write_remedy};
#[cfg(feature = "redis")]
pub(crate) use file::failed;
#[cfg(unix)]
pub(crate) use file::{FileStore, group_id};
pub(crate) use format::{Content, FORMAT, Owner, written};
#[cfg(unix)]
pub(crate) use private::{OpenError, Sharing};
#[cfg(feature = "redis")]
pub(crate) use redis::{ReadPassword, RedisStore};

/// No record is larger.
pub(crate) const CAP: u64 = 1 << 20;

/// A place for the record that all jobs of one application share: its token, and what is known of
/// token requests.
///
/// Built in are memory, a file, and, with the feature `redis`, Redis. Another engine joins through
/// this trait; see the page [`token_store`](crate::token_store) for what it must promise. A store
/// must not call the client.
pub trait TokenStore: Send + Sync + fmt::Debug {
    /// What the store is called in messages. Never a password.
    fn name(&self) -> String;

    /// Looks whether the store can be used as it is, before anything is sent.
    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Takes the lock of the record named `key`, at once or not at all.
    ///
    /// `None` means that somebody else holds it. The lock ends when what is returned is dropped,
    /// when its process dies, or, in a store that cannot notice that, after `hold`: the caller
    /// promises not to need it longer.
    fn try_lock(
        &self,
        key: &str,
        hold: Duration,
    ) -> Result<Option<Box<dyn LockedRecord>>, StoreError>;

    /// Reads the record named `key` without its lock; `None` when there is none yet.
    ///
    /// So a good token is used even while another process holds the lock. The store promises that a
    /// reader never sees a partial record, only one that was saved whole. The default says
    /// [`StoreError::unsupported`]: then the record is read under the lock.
    fn read(&self, key: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let _ = key;
        Err(StoreError::unsupported())
    }
}

/// A store as the library uses it: whoever waits for one feels the call's deadline and cancel.
pub(crate) trait SharedStore: Send + Sync + fmt::Debug {
    fn name(&self) -> String;

    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// As [`TokenStore::read`].
    fn read(
        &self,
        key: &str,
        deadline: &Deadline,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;

    /// As [`TokenStore::try_lock`]. The deadline is that of what is done under the lock too.
    fn try_lock(
        &self,
        key: &str,
        hold: Duration,
        deadline: &Deadline,
    ) -> Result<Option<Box<dyn LockedRecord>>, StoreError>;
}

/// A store of the program's own, which knows no deadline.
#[derive(Debug)]
pub(crate) struct Custom(pub(crate) Arc<dyn TokenStore>);

impl SharedStore for Custom {
    fn name(&self) -> String {
        self.0.name()
    }

    fn check(&self) -> Result<(), StoreError> {
        self.0.check()
    }

    fn read(&self, key: &str, _: &Deadline) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.0.read(key)
    }

    fn try_lock(
        &self,
        key: &str,
        hold: Duration,
        _: &Deadline,
    ) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        self.0.try_lock(key, hold)
    }
}

/// A record whose lock is held; dropping it gives the lock back.
pub trait LockedRecord {
    /// The record; `None` when there is none yet.
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;

    /// Puts `record` in its place: whole or not at all, and only while the lock is held.
    fn save(&mut self, record: &[u8]) -> Result<(), StoreError>;
}

/// Why a store could not do what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    pub(crate) trouble: Trouble,
    pub(crate) words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Away,
    Unusable,
    /// The lock had ended: another job may hold it now. Only Redis forgets a holder.
    #[cfg_attr(not(feature = "redis"), expect(dead_code))]
    Lost,
    /// The store cannot read without its lock.
    Unsupported,
    /// The call's deadline passed, or it was cancelled.
    #[cfg_attr(not(feature = "redis"), allow(dead_code))]
    WaitEnded(WaitError),
}

impl StoreError {
    /// The store cannot be reached or fails: this may pass.
    pub fn away(words: impl Into<String>) -> StoreError {
        StoreError { trouble: Trouble::Away, words: words.into() }
    }

    /// The store must not be used before somebody mends it, or its configuration.
    pub fn unusable(words: impl Into<String>) -> StoreError {
        StoreError { trouble: Trouble::Unusable, words: words.into() }
    }

    /// The store has no [`read`](TokenStore::read): its records are read under the lock alone.
    pub fn unsupported() -> StoreError {
        let words = "it cannot be read without its lock".to_owned();
        StoreError { trouble: Trouble::Unsupported, words }
    }

    #[cfg(feature = "redis")]
    fn lost(words: String) -> StoreError {
        StoreError { trouble: Trouble::Lost, words }
    }

    #[cfg(feature = "redis")]
    fn wait_ended(reason: WaitError) -> StoreError {
        let words = match reason {
            WaitError::Expired => "it gave no response until the call's deadline",
            WaitError::Cancelled => "the call was cancelled while it gave no response",
        };
        StoreError { trouble: Trouble::WaitEnded(reason), words: words.to_owned() }
    }

    pub(crate) fn into_error(self, store: &str) -> Error {
        let kind = match self.trouble {
            Trouble::Away | Trouble::Lost | Trouble::Unsupported => ErrorKind::StoreUnavailable,
            Trouble::Unusable => ErrorKind::UnusableStore,
            Trouble::WaitEnded(reason) => retry::wait_error(reason, Step::Store).kind(),
        };
        // The words of a file store have its path.
        let is_named = store.split_once(' ').is_some_and(|(_, path)| self.words.contains(path));
        let words = if is_named { self.words } else { format!("{} ({store})", self.words) };
        Error::new(kind, words).at(Step::Store)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for StoreError {}
