//! JSON Type Definition as RFC 8927 has it, by its official suite.
//!
//! The suite is not part of this repository: `VANTA_JTD_SUITE` names the folder with its two files
//! (`validation.json` and `invalid_schemas.json` of the json-typedef-spec project).

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use vanta::Schema;

fn suite(name: &str) -> Option<serde_json::Map<String, Value>> {
    let Some(folder) = std::env::var_os("VANTA_JTD_SUITE") else {
        eprintln!("NOT RUN: the official suite of RFC 8927; VANTA_JTD_SUITE names no folder");
        return None;
    };
    let text = std::fs::read_to_string(PathBuf::from(folder).join(name)).expect("the suite's file");
    Some(serde_json::from_str(&text).expect("the suite is JSON"))
}

/// The two paths of each error that the suite expects.
fn expected(errors: &Value) -> BTreeSet<(Vec<String>, Vec<String>)> {
    let path = |error: &Value, name: &str| -> Vec<String> {
        serde_json::from_value(error[name].clone()).expect("a path is an array of strings")
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
        let flaws = schema.check(&case["instance"]);
        let found: BTreeSet<_> =
            flaws.into_iter().map(|flaw| (flaw.instance_path, flaw.schema_path)).collect();
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
fn a_schema_that_is_none_is_told_where_and_why() {
    for (schema, words) in [
        ("[]", "the schema: must be an object"),
        ("{\"elements\": {\"type\": \"int64\"}}", "/elements: there is no type \"int64\""),
        (
            "{\"properties\": {\"a\": {\"typ\": \"string\"}}}",
            "/properties/a: \"typ\" is no keyword",
        ),
        ("{\"type\": \"string\", \"enum\": [\"a\"]}", "do not go together"),
        ("{", "EOF while parsing"),
    ] {
        let error = Schema::parse(schema).expect_err("it is none");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn a_schema_that_refers_to_itself_ends() {
    let schema = Schema::parse("{\"definitions\": {\"a\": {\"ref\": \"a\"}}, \"ref\": \"a\"}");
    assert!(schema.expect("it is one").check(&Value::Null).len() <= 1);
}

#[test]
fn a_timestamp_is_a_moment_that_exists() {
    let schema = Schema::parse("{\"type\": \"timestamp\"}").expect("a schema");
    let good = |text: &str| schema.check(&Value::from(text)).is_empty();
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
