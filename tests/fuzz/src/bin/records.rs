//! Validates records from a user. The input is a byte for the form, one for the kind, and the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use vanta::{Body, ValidationOptions, Kind};
use vanta_fuzz::assert_sanitized;

const RESOURCE: &str = "66f0c0ffee0000000000a001";

fuzz_target!(|bytes: &[u8]| {
    let [form, kind, text @ ..] = bytes else { return };
    let made = match form % 3 {
        0 => Body::from_request(text),
        1 => Body::from_ndjson(RESOURCE, text),
        _ => Body::from_json_array(RESOURCE, text),
    };
    let body = match made {
        Ok(body) => body,
        Err(error) => return assert_sanitized(&error),
    };
    let kind = &Kind::ALL[usize::from(*kind) % Kind::ALL.len()];
    let report = body.validate(kind, &ValidationOptions::new()).expect("the checks make sense");
    let count = body.record_count();
    assert_eq!((body.unique_ids().len(), report.records), (count, count));
    for fault in report.errors.iter().chain(&report.warnings) {
        assert!(fault.index.is_none_or(|index| index < count), "{fault:?}");
        assert!(!fault.to_string().chars().any(char::is_control), "{fault}");
    }
    match serde_json::from_slice::<Value>(body.as_bytes()) {
        Ok(whole) => assert_eq!(whole["resources"].as_array().map(Vec::len), Some(count)),
        // Valid by the grammar of JSON, but not a value: 1e999, or half of a surrogate pair.
        Err(error) => assert!(!report.errors.is_empty(), "{error}"),
    }
});
