//! JSON text and places in it: a leaf that every module may use.

mod bytes;
mod malformed;
pub(crate) mod pointer;
mod reader;
mod tokens;
mod value;

pub(crate) use malformed::Malformed;
pub(crate) use reader::DEEPEST;
pub(crate) use tokens::Reader;
pub(crate) use value::{Name, Text, Value};
