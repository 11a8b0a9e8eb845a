//! A body is checked whole before anything is sent.

use serde_json::{Value, json};
use vanta::{Body, ErrorKind, Kind, Result, Step};

use crate::desk::{Desk, RESOURCE, TempFile, account, assert_kind, fixture_path};

#[test]
fn what_is_broken_is_refused_before_anything_is_sent() {
    let cases = [
        ("negative/truncated.json", ErrorKind::InvalidPayload, "EOF"),
        ("negative/utf8_bom.json", ErrorKind::InvalidPayload, "byte order mark"),
        ("negative/duplicate_unique_id.json", ErrorKind::DuplicateUniqueId, "record"),
    ];
    for (name, kind, words) in cases {
        let error = assert_kind(Body::from_file(fixture_path(name)), kind);
        assert!(error.to_string().contains(words), "{name}: {error}");
        assert_eq!((error.step(), error.attempts()), (Step::Check, 0));
        assert!(!error.is_retryable());
    }
}

#[test]
fn an_empty_set_is_a_body_that_no_push_sends() {
    let desk = Desk::new();
    let client = desk.client();
    let empty = fixture_path("negative/empty_resources.json");
    for body in [Body::from_file(empty), Body::from_json_array(RESOURCE, "[]"), accounts_of(&[])] {
        let body = body.expect("it has the right shape");
        assert_eq!((body.is_empty(), body.len(), body.unique_ids().len()), (true, 0, 0));
        let error = assert_kind(client.push(&Kind::USER_ACCOUNT, &body), ErrorKind::EmptyPayload);
        let told = "pushing user_account: the set of records is empty: pushing it would delete \
                    every record of this kind";
        assert_eq!(error.to_string(), told);
        assert_eq!((error.step(), error.attempts()), (Step::Check, 0));
    }
    assert_eq!(desk.sim.requests().len(), 0, "not even for a token");
}

#[test]
fn a_body_over_the_limit_is_refused_with_its_size() {
    let mut big = account("a");
    big["roleDescription"] = Value::String("x".repeat(10_485_760));
    let request = json!({ "resourceId": RESOURCE, "resources": [big] }).to_string();
    let error = assert_kind(Body::from_request(request.as_str()), ErrorKind::PayloadTooLarge);
    assert!(error.to_string().contains("10,486,116 bytes in 1 record, "), "{error}");
    let file = TempFile::new("json", request.as_bytes());
    let error = assert_kind(Body::from_file(file.path()), ErrorKind::PayloadTooLarge);
    assert!(error.to_string().contains("splitting would delete"), "{error}");
}

#[test]
fn each_slip_in_a_payload_has_its_words() {
    let cases = [
        (r#"[]"#, ErrorKind::InvalidPayload, "an object with resourceId and resources"),
        (r#"{"resourceId":"r"}"#, ErrorKind::InvalidPayload, "resources is missing"),
        (r#"{"resources":[]}"#, ErrorKind::InvalidPayload, "resourceId is missing"),
        (r#"{"resourceId":"r","resources":{}}"#, ErrorKind::InvalidPayload, "an array of records"),
        (r#"{"resourceId":"r","resources":[1]}"#, ErrorKind::InvalidPayload, "record 0"),
        (
            r#"{"resourceId":"r","resources":[],"sourceId":"s"}"#,
            ErrorKind::InvalidPayload,
            "sourceId",
        ),
        (r#"{"resourceId":"r","resources":[],"resources":[]}"#, ErrorKind::InvalidPayload, "twice"),
        (r#"{"resourceId":"r r","resources":[{}]}"#, ErrorKind::InvalidArgument, "\"r r\""),
        (r#"{"resourceId":"r","resources":[{}]}"#, ErrorKind::InvalidUniqueId, "missing"),
        (
            r#"{"resourceId":"r","resources":[{"uniqueId":" "}]}"#,
            ErrorKind::InvalidUniqueId,
            "blank",
        ),
        (
            r#"{"resourceId":"r","resources":[{"uniqueId":7}]}"#,
            ErrorKind::InvalidUniqueId,
            "string",
        ),
        (
            r#"{"resourceId":"r","resources":[{"uniqueId":"a"}]} x"#,
            ErrorKind::InvalidPayload,
            "trailing",
        ),
    ];
    for (text, kind, words) in cases {
        let error = assert_kind(Body::from_request(text), kind);
        assert!(error.to_string().contains(words), "{text}: {error}");
    }
    let error = assert_kind(Body::from_request(b"{\"\xff".to_vec()), ErrorKind::InvalidPayload);
    assert!(error.to_string().contains("byte 2 is not valid UTF-8"), "{error}");
    assert_kind(Body::from_request(b"\xff\xfe{\0".to_vec()), ErrorKind::InvalidPayload);
    assert_kind(Body::from_file("/nowhere"), ErrorKind::UnreadableFile);
    let twins = accounts_of(&["a", "b", "a"]);
    let error = assert_kind(twins, ErrorKind::DuplicateUniqueId);
    let fault = &error.faults()[0];
    assert_eq!((fault.index, fault.unique_id.as_deref()), (Some(2), Some("a")));
    assert!(error.to_string().contains("the same uniqueId as record 0"), "{error}");
}

fn accounts_of(ids: &[&str]) -> Result<Body> {
    let records: Vec<Value> = ids.iter().map(|id| account(id)).collect();
    Body::from_records(RESOURCE, &records)
}
