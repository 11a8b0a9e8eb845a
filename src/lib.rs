//! A blocking client for the private-integration API of [Vanta](https://developer.vanta.com/).
//!
//! A batch job gets an access token, pushes the full state of its resources, verifies that they
//! arrived, and exits with a code that says what to do next. There is no async runtime and no
//! thread that outlives a call. The same library has interfaces for C, C++ and Python.
//!
//! ```no_run
//! use vanta::{Body, Client, Config, Kind};
//!
//! fn push() -> vanta::Result<()> {
//!     // VANTA_CLIENT_ID, VANTA_CLIENT_SECRET and so on.
//!     let client = Client::new(Config::from_env())?;
//!     let accounts = serde_json::json!([{"uniqueId": "1", "displayName": "Ada"}]);
//!     let body = Body::from_json_array("66f0c0ffee0000000000a001", accounts.to_string())?;
//!     println!("{}", client.push(&Kind::USER_ACCOUNT, &body)?);
//!     println!("{}", client.verify(&Kind::USER_ACCOUNT, &body)?);
//!     Ok(())
//! }
//!
//! fn main() {
//!     if let Err(error) = push() {
//!         eprintln!("{error}");
//!         std::process::exit(error.action().exit_code().into());
//!     }
//! }
//! ```
//!
//! # Tokens
//!
//! Vanta keeps one access token valid for each application: a new one revokes the one before it.
//! All clients of an application in a process share one token and one token request. Several
//! processes or hosts share it through [`Config::token_store`], a file or Redis; see
//! [`several_jobs`]. The store also holds the rate limits: 5 token requests and 20 resource
//! requests a minute for all jobs together. Without a shared store, run one job at a time.
//!
//! # Pushes
//!
//! [`Client::push`] replaces the full state of a resource. It validates each record, reads the live
//! records, and refuses a push that would delete too many of them. A push is idempotent: the same
//! one can be repeated. [`Client::plan`] reports what a push would change, and [`Client::verify`]
//! compares the live records with a body. [`pushing`] is the whole story, with typed [`records`]
//! and [`BodyBuilder`].
//!
//! # Errors and exit codes
//!
//! Every fallible function returns [`Error`]. Its [`kind`](Error::kind) says what went wrong, its
//! [`action`](Error::action) what to do, and its `Display` is one line with both. A timeout is
//! [`DeadlineExceeded`](ErrorKind::DeadlineExceeded): each call ends by its deadline, 120 s unless
//! [`Config::deadline`] or [`Client::with_deadline`] sets another.
//!
//! | exit code | [`Action`] | what to do |
//! |---|---|---|
//! | 0 | | nothing: the call succeeded |
//! | 64 | [`FixCall`](Action::FixCall) | correct the program |
//! | 65 | [`FixRecords`](Action::FixRecords) | correct the records |
//! | 70 | [`Report`](Action::Report) | report a bug |
//! | 75 | [`RetryLater`](Action::RetryLater) | run the same again later |
//! | 76 | [`VerifyOrRepeat`](Action::VerifyOrRepeat) | verify, or push the same again |
//! | 77 | [`FixCredentials`](Action::FixCredentials) | correct the credentials or the scope |
//! | 78 | [`FixConfig`](Action::FixConfig) | correct the configuration |
//! | 130 | [`Stop`](Action::Stop) | nothing: the call was cancelled |
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `redis` | Redis as the token store of several hosts |
//! | `all-ecdsa` | certificates with ECDSA keys on P-521, and ECDSA with SHA-512 |
//! | `test-util` | `TestClock`, for the tests of a job, and the seam of the simulation |
//! | `capi` | the functions of `vanta.h`; needed by no Rust program |
//!
//! None is on by default. The oldest supported Rust is 1.85; a later minor version may raise it.
//!
//! # Where to read on
//!
//! [`getting_started`] has the first steps, [`network`] proxies and certificates, [`containers`] a
//! Kubernetes job, [`rotating_a_secret`] and [`token_store`] what their names say, and
//! [`threads_forks_signals`] what the library does inside your process.

// A module uses only modules that stand above it in this list.
mod sys;

mod hex;

mod sync;

#[cfg(feature = "test-util")]
pub mod simulation;

mod secret;

mod clock;

mod queue;

mod background;
mod fork;

mod rule;

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

// Only for the C library in bindings/c. Its functions trust the pointers that C passes, so that no
// Rust program may call them.
#[cfg(feature = "capi")]
#[doc(hidden)]
pub mod ffi;

#[cfg(doc)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/containers.md"))]
pub mod containers {}

#[cfg(doc)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/from-curl.md"))]
pub mod from_curl {}

#[cfg(doc)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/getting-started.md"))]
pub mod getting_started {}

#[cfg(doc)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/network.md"))]
pub mod network {}

#[cfg(doc)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/pushing.md"))]
pub mod pushing {}

#[cfg(doc)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/several-jobs.md"))]
pub mod several_jobs {}

#[cfg(doc)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/threads-forks-signals.md"))]
pub mod threads_forks_signals {}

#[cfg(doc)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/rotating-a-secret.md"))]
pub mod rotating_a_secret {}

#[cfg(doc)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/token-store.md"))]
pub mod token_store {}

/// The retry loop.
#[cfg(doctest)]
#[doc = include_str!("../docs/errors.md")]
mod errors {}

/// The examples of the reference of settings.
#[cfg(doctest)]
#[doc = include_str!("../docs/configuration.md")]
mod configuration {}

/// Compiles the programs of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub use body::{Body, BodyBuilder, Upload, ValidationOptions, ValidationReport};
pub use client::{Change, ChangePlan, Client, Difference, Listing, PushOptions, Row};
#[cfg(feature = "test-util")]
pub use clock::TestClock;
pub use clock::{Cancel, Clock, SystemClock};
pub use config::{Config, OnStoreUnavailable, ProxyChoice, Roots, TokenStoreLocation};
pub use error::{Action, Error, ErrorKind, Result, Stage, Violation};
pub use event::{Event, Progress};
pub use receipt::{NotComparable, Receipt, ReceiptKind};
pub use resource::{Kind, records};
pub use rule::{Level, Rule};
pub use schema::{Schema, timestamp};
pub use secret::Secret;
pub use store::{LockedRecord, StoreError, TokenStore};
pub use token::{LastError, Reason, Snapshot, Source, Token};
