//! What a builder of records has open, and the JSON that it writes.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use crate::json::pointer;

/// An object or an array that is not ended yet.
pub(super) struct Open {
    /// Its key, or its position in an array; empty for a record.
    pub(super) name: String,
    /// The keys that it has; `None` in an array.
    pub(super) keys: Option<HashSet<String>>,
    /// How many values it has.
    pub(super) len: usize,
}

pub(super) fn write<V: Serialize + ?Sized>(json: &mut Vec<u8>, value: &V) {
    serde_json::to_writer(json, value).expect("text and numbers can be encoded");
}

/// A JSON pointer (RFC 6901) that goes one step further.
pub(super) fn step(mut pointer: String, name: &str) -> String {
    pointer::push(&mut pointer, name);
    pointer
}

pub(super) fn levels(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(levels).max().unwrap_or(0),
        Value::Object(values) => 1 + values.values().map(levels).max().unwrap_or(0),
        _ => 0,
    }
}
