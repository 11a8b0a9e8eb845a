//! Where a record that several processes share is kept: locked, loaded and saved as one unit.
//!
//! A store knows nothing of tokens: it keeps bytes. It never waits either: the caller that wants
//! the lock tries again, so that a deadline and a cancel are felt in one place.

#[cfg(unix)]
mod access;
mod error;
#[cfg(unix)]
mod file;
mod format;
mod interface;
#[cfg(unix)]
mod private;
#[cfg(feature = "redis")]
mod redis;

#[cfg(unix)]
pub(crate) use access::{read_remedy, write_remedy};
pub use error::StoreError;
pub(crate) use error::Trouble;
#[cfg(feature = "redis")]
pub(crate) use file::failed;
#[cfg(unix)]
pub(crate) use file::{FileStore, group_id};
pub(crate) use format::{Content, FORMAT, Owner, written};
#[cfg(feature = "redis")]
pub(crate) use interface::CAP;
pub(crate) use interface::{Custom, SharedStore};
pub use interface::{LockedRecord, TokenStore};
#[cfg(unix)]
pub(crate) use private::{OpenError, Sharing};
#[cfg(feature = "redis")]
pub(crate) use redis::{ReadPassword, RedisStore};
