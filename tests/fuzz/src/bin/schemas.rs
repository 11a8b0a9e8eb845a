//! Validates a value by a schema, with a NUL between them. Each violation names a place in the
//! value.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use vanta::Schema;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (schema, value) = (&bytes[..end], bytes.get(end + 1..).unwrap_or_default());
    let Ok(schema) = Schema::parse(&String::from_utf8_lossy(schema)) else { return };
    let Ok(value) = serde_json::from_slice::<Value>(value) else { return };
    for violation in schema.validate(&value) {
            let pointer = violation.pointer;
            assert!(value.pointer(&pointer).is_some(), "{pointer:?} of {value}");
    }
});
