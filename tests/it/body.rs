//! A body is parsed and validated completely before anything is sent.

use std::io::{self, Cursor, Read};

use serde_json::Value;
use serde_json::value::RawValue;
use vanta::{Body, ErrorKind, Kind, Result, Stage};

use crate::harness::{RESOURCE, Rig, TempFile, account, assert_kind, fixture_path};

#[test]
fn malformed_json_is_refused_before_anything_is_sent() {
    let cases = [
        ("negative/truncated.json", ErrorKind::InvalidPayload, "EOF"),
        ("negative/utf8_bom.json", ErrorKind::InvalidPayload, "byte order mark"),
        ("negative/duplicate_unique_id.json", ErrorKind::DuplicateUniqueId, "record"),
    ];
    for (name, kind, words) in cases {
        let error = assert_kind(Body::from_file(fixture_path(name)), kind);
        assert!(error.to_string().contains(words), "{name}: {error}");
        assert_eq!((error.stage(), error.attempts()), (Stage::Validate, 0));
        assert!(!error.is_retryable());
    }
}

#[test]
fn empty_body_is_valid_and_is_not_pushed() {
    let rig = Rig::new();
    let client = rig.client();
    let empty = fixture_path("negative/empty_resources.json");
    for body in [Body::from_file(empty), Body::from_json_array(RESOURCE, "[]"), accounts_of(&[])] {
        let body = body.expect("it has the right shape");
        assert_eq!((body.is_empty(), body.record_count(), body.unique_ids().len()), (true, 0, 0));
        let error = assert_kind(client.push(&Kind::USER_ACCOUNT, &body), ErrorKind::EmptyPayload);
        let expected = "pushing user_account: the set of records is empty: pushing it would delete \
                    every record of this kind";
        assert!(error.to_string().starts_with(expected), "{error}");
        assert_eq!((error.stage(), error.attempts()), (Stage::Validate, 0));
    }
    assert_eq!(rig.sim.requests().len(), 0, "not even for a token");
}

#[test]
fn each_error_in_a_payload_has_a_message() {
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
        (
            r#"{"resourceId":"r","resources":[],"resources":[]}"#,
            ErrorKind::InvalidPayload,
            "duplicate member \"resources\"",
        ),
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
    for file in [Body::from_file("/nowhere"), Body::from_ndjson_file(RESOURCE, "/nowhere")] {
        let error = assert_kind(file, ErrorKind::UnreadableFile);
        assert!(error.to_string().contains("read: /nowhere, No such file"), "{error}");
    }
    let error = assert_kind(Body::from_file("/"), ErrorKind::UnreadableFile);
    assert!(error.to_string().contains("read: /, Is a directory"), "{error}");
    let twins = accounts_of(&["a", "b", "a"]);
    let error = assert_kind(twins, ErrorKind::DuplicateUniqueId);
    let violation = &error.violations()[0];
    assert_eq!((violation.index, violation.unique_id.as_deref()), (Some(2), Some("a")));
    assert!(error.to_string().contains("has the same uniqueId as record 0"), "{error}");
}

/// Returns the body of each constructor, for the same records as text.
pub fn ways(records: &[String]) -> Vec<(&'static str, Result<Body>)> {
    let (array, lines) = (format!("[{}]", records.join(",")), records.join("\n"));
    let request = format!("{{\"resourceId\":\"{RESOURCE}\",\"resources\":{array}}}");
    let raw = |text: &String| RawValue::from_string(text.clone()).expect("JSON");
    let raw: Vec<Box<RawValue>> = records.iter().map(raw).collect();
    let (whole, lined) =
        (TempFile::new("json", request.as_bytes()), TempFile::new("ndjson", lines.as_bytes()));
    vec![
        ("from_file", Body::from_file(whole.path())),
        ("from_reader", Body::from_reader(Cursor::new(&request))),
        ("from_request", Body::from_request(request)),
        ("from_json_array", Body::from_json_array(RESOURCE, array)),
        ("from_records", Body::from_records(RESOURCE, &raw)),
        ("from_ndjson_file", Body::from_ndjson_file(RESOURCE, lined.path())),
        ("from_ndjson_reader", Body::from_ndjson_reader(RESOURCE, Cursor::new(&lines))),
        ("from_ndjson", Body::from_ndjson(RESOURCE, lines)),
    ]
}

#[test]
fn every_constructor_of_a_body_makes_the_same_bytes() {
    for count in 0..4 {
        let records: Vec<String> =
            (0..count).map(|n| format!("{{ \"uniqueId\" : \"{n}\" }}")).collect();
        let sent = format!(r#"{{"resourceId":"{RESOURCE}","resources":[{}]}}"#, records.join(","));
        for (way, body) in ways(&records) {
            let body = body.unwrap_or_else(|error| panic!("{way}: {error}"));
            assert_eq!(String::from_utf8_lossy(body.as_bytes()), sent, "{way}");
            assert_eq!((body.record_count(), body.resource_id()), (count, RESOURCE), "{way}");
            assert!(body.unique_ids().eq((0..count).map(|n| n.to_string())), "{way}");
        }
    }
}

#[test]
fn every_constructor_of_a_body_validates_ids() {
    for (ids, kind) in [
        (["\"a\"", "\"a\""], ErrorKind::DuplicateUniqueId),
        (["\"a\"", "\" \""], ErrorKind::InvalidUniqueId),
        (["\"a\"", "7"], ErrorKind::InvalidUniqueId),
    ] {
        for (way, body) in ways(&ids.map(|id| format!("{{\"uniqueId\":{id}}}"))) {
            let error = assert_kind(body, kind);
            assert_eq!(error.violations()[0].index, Some(1), "{way}");
        }
    }
    let resource = |result| assert_kind(result, ErrorKind::InvalidArgument);
    resource(Body::from_ndjson("r r", ""));
    resource(Body::from_ndjson_file("r r", "/nowhere"));
    resource(Body::from_ndjson_reader("r r", io::empty()));
    resource(Body::from_json_array("r r", "[]"));
    resource(Body::from_records::<Value>("r\",\"x\":\"", &[]));
}

const A: &str = r#"{"uniqueId":"a"}"#;
const B: &str = r#"{"uniqueId":"b","n":[1,{"uniqueId":7}]}"#;

#[test]
fn ndjson_with_crlf_and_blank_lines_is_accepted() {
    for text in [
        format!("{A}\n{B}"),
        format!("{A}\n{B}\n"),
        format!("{A}\r\n{B}\r\n"),
        format!("\n\r\n{A}\n \t\r\n\n{B}\n\n\n"),
        format!(" {A}\t\n\t{B} \r"),
    ] {
        let body = Body::from_ndjson(RESOURCE, &text).unwrap_or_else(|e| panic!("{text:?}: {e}"));
        let sent = format!(r#"{{"resourceId":"{RESOURCE}","resources":[{A},{B}]}}"#);
        assert_eq!(body.as_bytes(), sent.as_bytes(), "{text:?}");
    }
    for text in ["", "\n", "\r\n \n"] {
        assert!(Body::from_ndjson(RESOURCE, text).expect("no records").is_empty());
    }
}

#[test]
fn ndjson_error_has_line_number_and_record_number() {
    for (text, words) in [
        (format!("{A}\r\n\r\n{{\"uniqueId\":\"b\"\n"), "line 3 (record 1), column 15: EOF"),
        (format!("{A}\n  {{\"uniqueId\" 7}}"), "line 2 (record 1), column 15: expected `:`"),
        (
            format!("[{A}]"),
            "line 1 (record 0), column 1: expected record 0 to be an object, found an array",
        ),
        (
            format!("{A}\n\n7"),
            "line 3 (record 1), column 1: expected record 1 to be an object, found a number",
        ),
        (format!("{A},\n{B}"), "line 1 (record 0), column 17: trailing characters"),
        (format!("{A}\r{B}\r"), "line 1 (record 0), column 18: trailing characters"),
        (
            format!("{A}\n{{\"uniqueId\":1,\"uniqueId\":2}}"),
            "duplicate member \"uniqueId\" of record 1",
        ),
        (format!("{A}\n\u{a0}{B}"), "line 2 (record 1), column 1: expected value"),
        (format!("{A}\n\u{feff}{B}"), "line 2 (record 1), column 1: expected value"),
        (format!("\u{feff}{A}"), "byte order mark"),
    ] {
        let error = assert_kind(Body::from_ndjson(RESOURCE, &text), ErrorKind::InvalidPayload);
        assert!(error.to_string().contains(words), "{text:?}: {error}");
    }
    let broken = [A.as_bytes(), b"\n{\"\xff\""].concat();
    let error = assert_kind(Body::from_ndjson(RESOURCE, broken), ErrorKind::InvalidPayload);
    assert!(error.to_string().contains("byte 19 is not valid UTF-8"), "{error}");
    let wide = assert_kind(Body::from_ndjson(RESOURCE, b"\xff\xfe{\0"), ErrorKind::InvalidPayload);
    assert!(wide.to_string().contains("UTF-16"), "{wide}");
    let file = TempFile::new("ndjson", b"{");
    let error = Body::from_ndjson_file(RESOURCE, file.path()).expect_err("cut").to_string();
    let path = file.path().display();
    assert!(
        error.contains(&format!("malformed: {path}, line 1 (record 0), column 1: ")),
        "{error}"
    );
}

#[test]
fn truncated_json_and_truncated_ndjson_lines_are_refused() {
    let text = format!("{A}\n{B}\n");
    for end in 0..text.len() {
        let cut = &text[..end];
        let whole = cut.lines().all(|line| [A, B].contains(&line));
        let body = Body::from_ndjson(RESOURCE, cut).map(|body| body.record_count());
        assert_eq!(body.ok(), whole.then(|| cut.lines().count()), "{cut:?}");
    }
}

/// A reader that returns some bytes and then fails.
struct Failing<'a>(&'a [u8], io::ErrorKind);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::new(self.1, "the pipe burst")),
            read => Ok(read),
        }
    }
}

#[test]
fn reader_that_fails_midway_makes_no_body() {
    let lines = format!("{A}\n{B}\n");
    let whole = format!(r#"{{"resourceId":"{RESOURCE}","resources":[{A}]}}"#);
    let failing = |text| Failing(str::as_bytes(text), io::ErrorKind::BrokenPipe);
    for (result, at) in [
        (Body::from_ndjson_reader(RESOURCE, failing(&lines)), lines.len()),
        (Body::from_ndjson_reader(RESOURCE, failing("")), 0),
        (Body::from_reader(failing(&whole)), whole.len()),
        (Body::from_reader(failing(&whole[..9])), 9),
    ] {
        let error = assert_kind(result, ErrorKind::UnreadableFile);
        let expected =
            format!("a file cannot be read: the reader failed at byte {at} (the pipe burst)");
        assert_eq!(error.to_string(), expected);
    }
    let mut signals = 0;
    let after_a_signal = io::Cursor::new(lines).chain(io::empty());
    let body = Body::from_ndjson_reader(RESOURCE, Interrupted(after_a_signal, &mut signals));
    assert_eq!((body.expect("a signal is no failure").record_count(), signals), (2, 1));
}

/// A reader whose first call is interrupted by a signal.
struct Interrupted<'a, R>(R, &'a mut u32);

impl<R: Read> Read for Interrupted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if *self.1 == 0 {
            *self.1 = 1;
            return Err(io::ErrorKind::Interrupted.into());
        }
        self.0.read(buffer)
    }
}

#[test]
fn parser_error_quotes_no_data() {
    let text = format!("[\"{}\"]", "x".repeat(100_000));
    let error = assert_kind(Body::from_json_array(RESOURCE, &text), ErrorKind::InvalidPayload);
    let error = error.to_string();
    let words = "expected record 0 to be an object, found a string at line 1 column 2";
    assert!(error.ends_with(words), "{error}");
}

fn accounts_of(ids: &[&str]) -> Result<Body> {
    let records: Vec<Value> = ids.iter().map(|id| account(id)).collect();
    Body::from_records(RESOURCE, &records)
}
