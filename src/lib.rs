#![doc = include_str!("../README.md")]

// A module uses only modules that stand above it in this list.
mod hex;

mod secret;

mod clock;

mod queue;

mod background;
mod fork;

mod error;

mod event;

mod json;

mod retry;

mod schema;

mod resource;

mod net;

mod store;

mod config;

mod http;

mod body;

mod receipt;

mod token;

mod client;

#[cfg(feature = "capi")]
pub mod ffi;

#[doc = include_str!("../docs/containers.md")]
pub mod containers {}

#[doc = include_str!("../docs/from-curl.md")]
pub mod from_curl {}

#[doc = include_str!("../docs/getting-started.md")]
pub mod getting_started {}

#[doc = include_str!("../docs/network.md")]
pub mod network {}

#[doc = include_str!("../docs/pushing.md")]
pub mod pushing {}

#[doc = include_str!("../docs/several-jobs.md")]
pub mod several_jobs {}

#[doc = include_str!("../docs/threads-forks-signals.md")]
pub mod threads_forks_signals {}

#[doc = include_str!("../docs/rotating-a-secret.md")]
pub mod rotating_a_secret {}

#[doc = include_str!("../docs/token-store.md")]
pub mod token_store {}

/// The examples of the reference of settings.
#[cfg(doctest)]
#[doc = include_str!("../docs/configuration.md")]
mod configuration {}

pub use body::{Body, BodyBuilder, Level, Rule, Upload, ValidationOptions, ValidationReport};
pub use client::{Change, ChangePlan, Client, Difference, Listing, PushOptions, Row};
#[cfg(feature = "test-util")]
pub use clock::TestClock;
pub use clock::{Cancel, Clock, SystemClock};
pub use config::{Config, OnStoreUnavailable, Roots};
pub use error::{Action, Error, ErrorKind, Result, Stage, Violation};
pub use event::{Event, Progress};
pub use receipt::{NotComparable, Receipt, ReceiptKind};
pub use resource::{Kind, records};
pub use schema::Schema;
pub use secret::Secret;
pub use store::{LockedRecord, StoreError, TokenStore};
pub use token::{LastError, Reason, Snapshot, Source, Token};
