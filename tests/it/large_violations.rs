//! A violation quotes a bounded part of an id, a pointer or an argument.

use std::fmt::Write;

use serde_json::{Value, json};
use vanta::{Body, Error, ErrorKind, Kind, Schema, Upload, ValidationOptions};

use crate::counting_allocator::peak;
use crate::harness::{RESOURCE, Rig, TempFile, assert_kind};

const LARGE: usize = 1 << 20;

/// Returns a record with an id or a member's name of a megabyte in 300 violations.
const MOST_BYTES: u64 = 40 << 20;

fn is_cut(text: &str) -> bool {
    text.chars().count() == 300 && text.ends_with('…')
}

fn body(records: &Value) -> Body {
    Body::from_json_array(RESOURCE, records.to_string()).expect("a body")
}

/// Returns a record with this id and 300 unknown members of this value.
fn record(id: &str, value: u32) -> Value {
    let mut record =
        json!({"uniqueId": id, "displayName": "a", "externalUrl": "https://x.example"});
    (0..300).for_each(|index| record[format!("m{index}")] = json!(value));
    record
}

#[test]
fn a_large_unique_id_in_many_violations_takes_no_memory() {
    let large = "é".repeat(LARGE / 2);
    let wrong = body(&json!([record(&large, 1), record(&"x".repeat(300), 1)]));
    let check =
        || wrong.validate(&Kind::CUSTOM_RESOURCE, &ValidationOptions::new()).expect("checked");
    let (report, bytes) = peak(check);
    assert_eq!(report.errors.len(), 600);
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
    let ids = report.errors.iter().map(|one| one.unique_id.as_deref().expect("an id"));
    assert_eq!(ids.clone().filter(|id| is_cut(id)).count(), 300);
    assert_eq!(ids.filter(|id| *id == "x".repeat(300)).count(), 300, "300 characters are whole");
}

#[test]
fn a_large_member_name_in_many_violations_takes_no_memory() {
    let large = "n".repeat(LARGE);
    let schema = r#"{"values": {"elements": {"optionalProperties": {"x": {"type": "string"}}}}}"#;
    let schema = Schema::parse(schema).expect("a schema");
    let (found, bytes) = peak(|| schema.validate(&json!({ &large: vec![7; 300] })));
    assert!(bytes < MOST_BYTES && found.len() == 300, "{} found, {bytes} bytes", found.len());
    assert!(found[0].pointer.len() < 400, "{}", found[0].pointer);

    let mut record = record("a", 1);
    record["customProperties"] = json!({ &large: [{"x": null}, {"x": 7}] });
    let checks = ValidationOptions::new().custom_properties(schema);
    let report = body(&json!([record])).validate(&Kind::CUSTOM_RESOURCE, &checks).expect("checked");
    assert_eq!(report.warnings.len(), 1, "a null of an optional member stays a warning");
    assert!(is_cut(&report.warnings[0].pointer), "{}", report.warnings[0].pointer);
}

#[test]
fn violations_of_one_record_beyond_100_000_are_counted() {
    let mut members = String::new();
    (0..100_010).for_each(|index| write!(members, ",\"m{index}\":1").expect("text"));
    let names = r#""uniqueId":"a","displayName":"a","externalUrl":"https://x.example""#;
    let records = format!("[{{{names}{members}}}]");
    let body = Body::from_json_array(RESOURCE, records).expect("a body");
    let report = body.validate(&Kind::CUSTOM_RESOURCE, &ValidationOptions::new()).expect("checked");
    assert_eq!((report.errors.len(), report.more), (100_000, 10));
}

#[test]
fn duplicate_members_of_one_record_beyond_100_are_counted() {
    let names = r#""uniqueId":"a","displayName":7,"externalUrl":"https://x.example""#;
    let members = r#","m":1"#.repeat(104);
    let body = Body::from_json_array(RESOURCE, format!("[{{{names}{members}}}]")).expect("a body");
    let report = body.validate(&Kind::CUSTOM_RESOURCE, &ValidationOptions::new()).expect("checked");
    assert_eq!((report.errors.len(), report.more), (102, 3), "{:?}", report.errors);
    assert_eq!(report.errors[100].pointer, "/displayName", "no duplicate hides it");
}

#[test]
fn verify_cuts_large_ids_and_member_names() {
    let custom = |value: u32| {
        let members = json!({"n".repeat(400): value, "m": value});
        let id = "i".repeat(400);
        body(&json!([{"uniqueId": id, "displayName": "a", "externalUrl": "https://x.example",
            "customProperties": members}]))
    };
    let rig = Rig::unlimited();
    let client = rig.client();
    client.push(&Kind::CUSTOM_RESOURCE, &custom(1)).expect("pushed");
    let verified = client.verify(&Kind::CUSTOM_RESOURCE, &custom(2));
    let error = assert_kind(verified, ErrorKind::NotVerified);
    assert_eq!(error.violations().len(), 2, "{error}");
    assert!(error.violations().iter().all(|one| one.unique_id.as_deref().is_some_and(is_cut)));
    let is_long = |one: &&vanta::Violation| is_cut(&one.pointer);
    assert_eq!(error.violations().iter().filter(is_long).count(), 1, "{:?}", error.violations());
}

#[test]
fn a_large_argument_of_an_upload_is_refused_and_not_quoted_whole() {
    let file = TempFile::new("evidence.txt", b"x");
    let upload = || Upload::new("doc", file.path());
    let refused = |upload: &Upload| -> Error {
        assert_kind(Rig::new().client().upload(upload), ErrorKind::InvalidArgument)
    };
    let error = refused(&upload().effective_at_date("2".repeat(LARGE))).to_string();
    assert!(error.len() < 500 && error.contains("is not a date; write YYYY-MM-DD"), "{error}");
    let error = refused(&upload().description("d".repeat(10_001))).to_string();
    let words = "description has 10,001 bytes: at most 10,000 bytes are allowed";
    assert!(error.len() < 500 && error.contains(words), "{error}");
}
