//! The C functions. A null pointer or a panic becomes a status; every output is always written.
//!
//! Handles come as references that may be null, which is what C's pointers are; so all but the
//! reading of strings and the writing of buffers is checked by the compiler.

#![allow(non_camel_case_types, reason = "types are named as C names them")]

mod arguments;
mod body;
mod body_builder;
mod buffer;
mod change_plan;
mod client;
mod config;
mod error;
mod event;
mod guard;
mod handle;
mod listing;
mod names;
mod network;
mod options;
mod panic;
mod push_options;
mod push_settings;
mod receipt;
mod secret;
mod snapshot;
mod stage;
mod status;
mod store;
mod token;
mod violations;

pub use body::*;
pub use body_builder::*;
pub use change_plan::*;
pub use client::*;
pub use config::*;
pub use error::*;
pub use event::*;
pub use listing::*;
pub use network::*;
pub use options::*;
pub use push_options::*;
pub use receipt::*;
pub use snapshot::*;
pub use stage::*;
pub use status::*;
pub use store::*;
pub use token::*;
pub use violations::*;
