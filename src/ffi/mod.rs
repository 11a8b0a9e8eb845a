//! The C functions. A null pointer or a panic becomes a status; every output is always written.
//!
//! Handles come as references that may be null, which is what C's pointers are; so all but the
//! reading of strings and the writing of buffers is checked by the compiler.

#![allow(non_camel_case_types, reason = "types are named as C names them")]

mod arguments;
mod body;
mod buffer;
mod call;
mod client;
mod config;
mod error;
mod event;
mod faults;
mod guard;
mod handle;
mod listing;
mod names;
mod network;
mod options;
mod panic;
mod plan;
mod push_settings;
mod receipt;
mod records;
mod secret;
mod snapshot;
mod status;
mod step;
mod store;

pub use body::*;
pub use call::*;
pub use client::*;
pub use config::*;
pub use error::*;
pub use event::*;
pub use faults::*;
pub use listing::*;
pub use network::*;
pub use options::*;
pub use plan::*;
pub use receipt::*;
pub use records::*;
pub use snapshot::*;
pub use status::*;
pub use step::*;
pub use store::*;
