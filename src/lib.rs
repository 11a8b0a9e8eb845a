#![doc = include_str!("../README.md")]

// The corridor: a room uses only rooms that stand above it in this list.
mod secret;

mod clock;

mod error;

mod event;

mod retry;

mod resource;

mod config;

mod http;

mod body;

mod token;

mod client;

#[cfg(feature = "capi")]
pub mod ffi;

pub use body::Body;
pub use client::{Client, Listing, Receipt, Row};
pub use clock::{Cancel, Clock, SystemClock, TestClock};
pub use config::Config;
pub use error::{Action, Error, ErrorKind, Fault, Result, Step};
pub use event::Event;
pub use resource::Kind;
pub use secret::Secret;
pub use token::Token;
