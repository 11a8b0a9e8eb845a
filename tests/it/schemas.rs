//! JSON Type Definition as RFC 8927 has it, by its official suite.
//!
//! The suite is not part of this repository: `VANTA_JTD_SUITE` names the folder with its two files
//! (`validation.json` and `invalid_schemas.json` of the json-typedef-spec project).

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use vanta::{Body, Kind, Schema, ValidationOptions};

use crate::harness::RESOURCE;

fn suite(name: &str) -> Option<serde_json::Map<String, Value>> {
    let Some(folder) = std::env::var_os("VANTA_JTD_SUITE") else {
        eprintln!("NOT RUN: the official suite of RFC 8927; VANTA_JTD_SUITE names no folder");
        return None;
    };
    let text = std::fs::read_to_string(PathBuf::from(folder).join(name)).expect("the suite's file");
    Some(serde_json::from_str(&text).expect("the suite is JSON"))
}

/// The two paths of each error that the suite expects.
fn expected(errors: &Value) -> BTreeSet<(String, String)> {
    let path = |error: &Value, name: &str| -> String {
        let names = error[name].as_array().expect("a path is an array").iter();
        let names = names.map(|name| name.as_str().expect("a path is an array of strings"));
        names.map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect()
    };
    let errors = errors.as_array().expect("errors are an array").iter();
    errors.map(|error| (path(error, "instancePath"), path(error, "schemaPath"))).collect()
}

#[test]
fn the_official_suite_of_validations_is_passed() {
    let Some(cases) = suite("validation.json") else { return };
    let mut passed = 0;
    for (name, case) in &cases {
        let schema = Schema::from_value(&case["schema"]).unwrap_or_else(|e| panic!("{name}: {e}"));
        let violations = schema.validate(&case["instance"]).into_iter();
        let found: BTreeSet<_> = violations.map(|one| (one.pointer, one.schema_path)).collect();
        assert_eq!(found, expected(&case["errors"]), "{name}");
        passed += 1;
    }
    println!("the official suite: {passed} of {} validations passed", cases.len());
    assert_eq!((passed, cases.len()), (316, 316));
}

#[test]
fn every_invalid_schema_of_the_official_suite_is_refused() {
    let Some(cases) = suite("invalid_schemas.json") else { return };
    for (name, schema) in &cases {
        assert!(Schema::from_value(schema).is_err(), "{name} was taken");
    }
    println!("the official suite: {} invalid schemas refused", cases.len());
    assert_eq!(cases.len(), 49);
}

#[test]
fn invalid_schema_error_has_place_and_reason() {
    for (schema, words) in [
        ("[]", "the schema: must be an object"),
        ("{\"elements\": {\"type\": \"int64\"}}", "/elements: there is no type \"int64\""),
        (
            "{\"properties\": {\"a\": {\"typ\": \"string\"}}}",
            "/properties/a: \"typ\" is not a keyword",
        ),
        ("{\"type\": \"string\", \"enum\": [\"a\"]}", "cannot be combined"),
        ("{", "EOF while parsing"),
    ] {
        let error = Schema::parse(schema).expect_err("it is none");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn recursive_schema_terminates() {
    let schema = Schema::parse("{\"definitions\": {\"a\": {\"ref\": \"a\"}}, \"ref\": \"a\"}");
    assert!(schema.expect("it is one").validate(&Value::Null).len() <= 1);
}

#[test]
fn invalid_dates_are_not_timestamps() {
    let schema = Schema::parse("{\"type\": \"timestamp\"}").expect("a schema");
    let good = |text: &str| schema.validate(&Value::from(text)).is_empty();
    for text in [
        "2026-02-28T23:59:59Z",
        "2024-02-29T00:00:00+14:00",
        "2016-12-31T23:59:60Z",
        "1990-12-31T15:59:60-08:00",
        "2026-01-01t00:00:00.123456789z",
    ] {
        assert!(good(text), "{text}");
    }
    for text in [
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00.Z",
        "1767225600",
        "2026-01-01T00:00:00+0100",
        "2026-1-1T0:0:0Z",
        "２０２６-01-01T00:00:00Z",
        "",
    ] {
        assert!(!good(text), "{text}");
    }
}

/// Returns the pointers and messages of a record's violations.
fn violations(schema: &str, record: &str) -> Vec<(String, String)> {
    let checks = ValidationOptions::new().schema(Schema::parse(schema).expect("a schema"));
    let body = Body::from_json_array(RESOURCE, format!("[{record}]")).expect("a body");
    let report = body.validate(&Kind::CUSTOM_RESOURCE, &checks).expect("validated");
    report.errors.into_iter().map(|one| (one.pointer, one.message)).collect()
}

fn pointers(schema: &str, record: &str) -> Vec<String> {
    violations(schema, record).into_iter().map(|(pointer, _)| pointer).collect()
}

#[test]
fn violations_follow_the_order_of_the_schema_and_not_of_the_text() {
    let schema = r#"{"properties": {"uniqueId": {}, "longest": {"type": "int8"},
        "a": {"properties": {"y": {"type": "int8"}, "x": {"type": "int8"}}}, "m": {}},
        "optionalProperties": {"z": {"type": "int8"}, "b": {"elements": {"type": "int8"}},
        "v": {"values": {"type": "int8"}}}}"#;
    let record = r#"{"other": 1, "b": ["x", 1, "y"], "z": "x", "longest": "x", "else": {},
        "v": {"dd": "x", "c": "x"}, "uniqueId": "i", "a": {"y": "x", "w": 1, "x": "x"}}"#;
    let found = pointers(schema, record);
    let required = ["/a/x", "/a/y", "/a/w", "/longest", ""];
    let optional = ["/b/0", "/b/2", "/v/c", "/v/dd", "/z"];
    assert_eq!(found, [&required[..], &optional, &["/else", "/other"]].concat());
}

#[test]
fn of_duplicate_members_the_last_one_is_validated() {
    let schema = r#"{"properties": {"uniqueId": {}, "a": {"elements": {"type": "int8"}}},
        "optionalProperties": {"b": {"type": "int8"}}}"#;
    let record = |members: &str| format!(r#"{{"uniqueId": "i", {members}}}"#);
    let found = |members: &str| pointers(schema, &record(members));
    assert_eq!(found(r#""a": ["x", "y"], "b": "x", "a": [1]"#), ["/a", "/b"]);
    assert_eq!(found(r#""a": [1], "b": "x", "a": ["x"]"#), ["/a", "/a/0", "/b"]);
    assert_eq!(found(r#""a": [], "c": 1, "c": 2"#), ["/c", "/c"]);
    let (first, message) = violations(schema, &record(r#""a": [], "b": 1, "b": 2"#)).remove(0);
    assert_eq!((first.as_str(), message.as_str()), ("/b", "duplicate member \"b\""));
    let warned =
        r#"{"uniqueId": "i", "a": [], "externalUrl": "http://x", "externalUrl": "https://x"}"#;
    let body = Body::from_json_array(RESOURCE, format!("[{warned}]")).expect("a body");
    let report =
        body.validate(&Kind::CUSTOM_RESOURCE, &ValidationOptions::new()).expect("validated");
    assert_eq!(report.warnings, [], "the rules beside the schema go by the last one too");
}

#[test]
fn discriminator_may_follow_the_members_it_selects() {
    let schema = r#"{"properties": {"uniqueId": {}, "v": {"discriminator": "kind", "mapping": {
        "n": {"properties": {"x": {"type": "int8"}}},
        "t": {"properties": {"x": {"type": "string"}, "v": {"discriminator": "kind", "mapping":
            {"n": {"properties": {}}}}}}}}}}"#;
    let found = |value: &str| pointers(schema, &format!(r#"{{"uniqueId": "i", "v": {value}}}"#));
    assert_eq!(found(r#"{"x": 1, "kind": "n"}"#), [""; 0]);
    assert_eq!(found(r#"{"x": {"kind": "t"}, "kind": "n"}"#), ["/v/x"]);
    assert_eq!(found(r#"{"x": 1, "v": {"y": "}", "kind": "n"}, "kind": "t"}"#), ["/v/v/y", "/v/x"]);
    assert_eq!(found(r#"{"kind": "n", "x": 1, "kind": 7}"#), ["/v/kind", "/v/kind"]);
    assert_eq!(found(r#"{"kind": "z", "x": {"a": 1, "a": 2}}"#), ["/v/x/a", "/v/kind"]);
}

#[test]
fn objects_may_have_many_members() {
    let listed: Vec<String> = (0..200).map(|n| format!(r#""p{n}": {{"type": "int8"}}"#)).collect();
    let schema = format!(
        r#"{{"properties": {{{}, "uniqueId": {{}}}}, "additionalProperties": true}}"#,
        listed.join(",")
    );
    let members = |from: usize, to: usize| {
        let members: Vec<String> = (from..to).map(|n| format!(r#""p{n}": 1"#)).collect();
        members.join(",")
    };
    let found = |more: &str| {
        let record = format!(r#"{{"uniqueId": "i", {}{more}}}"#, members(0, 200));
        violations(&schema, &record)
    };
    assert_eq!(found(""), []);
    assert_eq!(found(r#", "p199": 2"#)[0].0, "/p199", "a duplicate");
    assert_eq!(found(&format!(", {}", members(200, 240))), []);
    let twice = found(&format!(", {}, \"p201\": 1, \"p239\": 1", members(200, 240)));
    assert_eq!(twice.len(), 2, "{twice:?}");
    let record = format!(r#"{{"uniqueId": "i", {}}}"#, members(0, 150));
    assert_eq!(violations(&schema, &record).len(), 50, "as many are missing");
}
