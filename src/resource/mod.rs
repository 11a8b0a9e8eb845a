//! The kinds of resources, and the records of each.

mod kind;
mod parse;
pub mod records;
mod spelling;

pub use kind::Kind;
