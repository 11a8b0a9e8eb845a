//! What a store is to the library, and what a store of the program's own is.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::error::StoreError;
use crate::clock::Deadline;

/// No record is larger.
pub(crate) const CAP: u64 = 1 << 20;

/// A place for the record that all jobs of one application share: its token, and what is known of
/// token requests.
///
/// Built in are memory, a file, and, with the feature `redis`, Redis. Another engine joins through
/// this trait; see the page [`token_store`](crate::token_store) for what it must promise. A store
/// must not call the client.
pub trait TokenStore: Send + Sync + fmt::Debug {
    /// Returns what the store is called in messages. It must not hold a password.
    fn name(&self) -> String;

    /// Checks whether the store can be used as it is, before anything is sent.
    ///
    /// # Errors
    ///
    /// [`StoreError::unusable`] where the store or its configuration must be corrected first.
    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Takes the lock of the record named `key`, at once or not at all.
    ///
    /// `None` means that somebody else holds it. The lock ends when what is returned is dropped,
    /// when its process ends, or, in a store that cannot notice that, after `hold`: the caller
    /// promises not to need it longer.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] where the store cannot tell whether the lock is free.
    fn try_lock(
        &self,
        key: &str,
        hold: Duration,
    ) -> Result<Option<Box<dyn LockedRecord>>, StoreError>;

    /// Reads the record named `key` without its lock; `None` when there is none yet.
    ///
    /// So a good token is used even while another process holds the lock. The store promises that a
    /// reader never sees a partial record, only one that was saved whole. The default
    /// returns [`StoreError::unsupported`]: then the record is read under the lock.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] where the record cannot be read.
    fn read(&self, key: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let _ = key;
        Err(StoreError::unsupported())
    }
}

/// A store as the library uses it: a wait for one ends at the call's deadline and cancel.
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
    /// Reads the record; `None` when there is none yet.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] where the record cannot be read.
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;

    /// Replaces the record: whole or not at all, and only while the lock is held.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] where the record was not saved, or the lock was lost.
    fn save(&mut self, record: &[u8]) -> Result<(), StoreError>;
}
