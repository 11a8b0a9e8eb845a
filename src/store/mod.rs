//! Where a record that several processes share is kept: locked, loaded and saved as one unit.
//!
//! A store knows nothing of tokens: it keeps bytes. It never waits either: the caller that wants
//! the lock tries again, so that a deadline and a cancel are felt in one place.

mod error;
mod file;
mod format;
mod interface;
#[cfg(feature = "redis")]
mod redis;

pub use error::StoreError;
pub(crate) use error::Trouble;
pub(crate) use file::FileStore;
#[cfg(feature = "redis")]
pub(crate) use file::failed;
pub(crate) use format::{Content, FORMAT, Owner, written};
#[cfg(feature = "redis")]
pub(crate) use interface::CAP;
pub(crate) use interface::{Custom, SharedStore};
pub use interface::{LockedRecord, TokenStore};
#[cfg(feature = "redis")]
pub(crate) use redis::{ReadPassword, RedisStore};
