//! JSON text and places in it: a leaf that every module may use.

mod any;
mod message;
pub(crate) mod pointer;
mod reader;

pub(crate) use any::AnyValue;
pub(crate) use message::{message, message_and_position};
pub(crate) use reader::{Reader, Value};
