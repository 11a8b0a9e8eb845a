//! The size limit of a body (413): checked before sending, with the largest fields and records
//! named.

use std::fs::File;
use std::io::{self, Read};

use serde_json::{Value, json};
use vanta::{Body, Error, ErrorKind};

use crate::body::ways;
use crate::harness::{RESOURCE, TempFile, assert_kind};

const LARGEST: usize = 10_485_760;
const FARTHEST: usize = 16 * LARGEST;

/// Returns a text whose JSON form has `length` bytes.
fn text(bytes: usize) -> Value {
    Value::String("x".repeat(bytes - 2))
}

/// Returns two records whose request body has `length` bytes.
fn records(bytes: usize) -> Vec<String> {
    let record = |id, size| json!({"uniqueId": id, "notes": text(size)}).to_string();
    let request = |size| {
        format!(
            r#"{{"resourceId":"{RESOURCE}","resources":[{},{}]}}"#,
            record("a", 2),
            record("b", size)
        )
        .len()
    };
    vec![record("a", 2), record("b", bytes - request(2) + 2)]
}

#[test]
fn size_limit_is_the_same_for_every_constructor() {
    for (way, body) in ways(&records(LARGEST)) {
        let body = body.unwrap_or_else(|error| panic!("{way}: {error}"));
        assert_eq!((body.as_bytes().len(), body.record_count()), (LARGEST, 2), "{way}");
    }
    for (way, body) in ways(&records(LARGEST + 1)) {
        let message = assert_kind(body, ErrorKind::PayloadTooLarge).to_string();
        let head = "10,485,761 bytes in 2 records, and the limit is 10,485,760; trim the records, \
                    since each part of a split push deletes the others; the largest fields are \
                    notes (";
        assert!(
            message.contains(head) && message.contains("record 1 (uniqueId b) at /notes - "),
            "{way}: {message}"
        );
        assert_eq!(
            message.contains("too large: 10,"),
            !way.ends_with("file"),
            "{way} has its path: {message}"
        );
    }
}

#[test]
fn whitespace_around_ndjson_lines_does_not_count_to_the_size() {
    let lines = records(LARGEST).join(&"\r\n".repeat(1000)) + &" ".repeat(LARGEST);
    assert_eq!(
        Body::from_ndjson(RESOURCE, lines).expect("as large as it may be").record_count(),
        2
    );
}

/// Returns six computers with these numbers of bytes in their applications.
fn computers() -> Vec<Value> {
    let applications = [40_000, 60_000, 20_000, 9_000_000, 50_000, 30_000];
    let computer = |(index, bytes)| {
        json!({
            "uniqueId": format!("m-{index}"), "applications": text(bytes), "notes": text(300_000),
            "customProperties": {"a/b": text(100_000), "c": 7}, "owner": text(50_000),
        })
    };
    applications.into_iter().enumerate().map(computer).collect()
}

fn grouped(count: usize) -> String {
    let (millions, thousands, ones) = (count / 1_000_000, count / 1000 % 1000, count % 1000);
    match millions {
        0 => format!("{thousands},{ones:03}"),
        _ => format!("{millions},{thousands:03},{ones:03}"),
    }
}

#[test]
fn size_error_names_the_largest_fields_and_records() {
    let computers = computers();
    let texts: Vec<String> = computers.iter().map(Value::to_string).collect();
    let sizes: Vec<String> = texts.iter().map(|text| grouped(text.len())).collect();
    let request = json!({"resourceId": RESOURCE, "resources": &computers}).to_string();
    for (way, body) in ways(&texts) {
        let error = assert_kind(body, ErrorKind::PayloadTooLarge);
        let words = format!(
            "{} bytes in 6 records, and the limit is 10,485,760; trim the records, since each part \
             of a split push deletes the others; the largest fields are applications (9,200,000 \
             bytes in all), notes (1,800,000 bytes in all), customProperties/a~1b (600,000 bytes \
             in all); record 3 (uniqueId m-3) at /applications - {} bytes, 9,000,000 of them \
             here; ",
            grouped(request.len()),
            sizes[3],
        );
        assert!(error.to_string().contains(&words), "{way}: {error}");
        let found = error.violations().iter().map(|violation| {
            (
                violation.index,
                violation.unique_id.as_deref(),
                violation.pointer.as_str(),
                violation.message.clone(),
            )
        });
        let violation = |index: usize, id, pointer, bytes| {
            let message = format!("{} bytes, {bytes} of them here", sizes[index]);
            (Some(index), Some(id), pointer, message)
        };
        let expected = [
            violation(3, "m-3", "/applications", "9,000,000"),
            violation(1, "m-1", "/notes", "300,000"),
            violation(4, "m-4", "/notes", "300,000"),
            violation(0, "m-0", "/notes", "300,000"),
            violation(5, "m-5", "/notes", "300,000"),
        ];
        assert!(found.eq(expected), "{way}: {:?}", error.violations());
    }
}

#[test]
fn size_error_names_the_first_five_of_equally_large_records() {
    let record = |id| json!({"uniqueId": format!("{id}"), "notes": text(2_000_000)});
    let records: Vec<Value> = (0..6).map(record).collect();
    let error = refused(json!({"resourceId": RESOURCE, "resources": records}).to_string());
    assert!(
        error.violations().iter().map(|violation| violation.index).eq((0..5).map(Some)),
        "{error}"
    );
    assert!(error.to_string().ends_with("; and 2 more"), "{error}");
}

fn refused(request: String) -> Error {
    assert_kind(Body::from_request(request), ErrorKind::PayloadTooLarge)
}

#[test]
fn malformed_body_over_the_size_limit_has_both_errors() {
    let found = refused(records(LARGEST + 100).join("\n")).to_string();
    let violation =
        "deletes the others; it is malformed too: trailing characters at line 2 column 1";
    assert!(found.ends_with(violation), "{found}");
    let blanks = " ".repeat(LARGEST);
    let error = refused(format!(r#"{{"resourceId":"r","resources":[]}}{blanks}"#));
    let found = error.to_string();
    assert!(
        found.contains("bytes in 0 records, ") && found.ends_with("deletes the others"),
        "{found}"
    );
    let ones = "1,".repeat(LARGEST);
    let malformed = refused(format!(r#"{{"resourceId":"r","resources":[7,{{}},[{ones}1]]}}"#));
    let found = malformed.violations().iter();
    let found = found
        .map(|violation| (violation.index, violation.pointer.as_str(), violation.message.as_str()));
    let expected =
        [(Some(2), "", "20,971,523 bytes"), (Some(1), "", "2 bytes"), (Some(0), "", "1 byte")];
    assert!(found.eq(expected), "{malformed}");
}

#[test]
fn size_error_is_bounded_when_member_names_are_data() {
    let id = "i".repeat(5000);
    let record = json!({"uniqueId": id, "n".repeat(5000): text(LARGEST)});
    let error = refused(json!({"resourceId": RESOURCE, "resources": [record]}).to_string());
    assert!(error.to_string().len() < 1000, "{error}");
    assert_eq!((error.violations()[0].index, &error.violations()[0].unique_id), (Some(0), &None));
    let many: serde_json::Map<String, Value> =
        (0..3000).map(|n| (format!("k{n}"), text(4000))).collect();
    let error = refused(json!({"resourceId": RESOURCE, "resources": [many]}).to_string());
    assert!(error.to_string().contains("(4,000 bytes in all)"), "{error}");
}

#[test]
fn file_far_over_the_size_limit_is_not_read() {
    let file = TempFile::new("json", b"");
    let sized = |bytes: usize| {
        let opened = File::options().write(true).open(file.path()).expect("it is there");
        opened.set_len(bytes as u64).expect("a hole costs nothing");
        let bodies = [Body::from_file(file.path()), Body::from_ndjson_file(RESOURCE, file.path())];
        bodies.map(|body| body.expect_err("zeros are no JSON").to_string())
    };
    let [whole, lines] = sized(FARTHEST);
    assert!(whole.contains("167,772,160 bytes, and") && whole.contains("malformed too"), "{whole}");
    assert!(lines.contains("line 1 (record 0), column 1: expected value"), "{lines}");
    for message in sized(FARTHEST + 1) {
        assert!(
            message.contains("167,772,161 bytes, and the limit is 10,485,760; trim"),
            "{message}"
        );
        assert!(message.ends_with("deletes the others"), "{message}");
    }
}

/// A reader of endless blanks that counts the bytes it has returned.
struct Endless(usize);

impl Read for &mut Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b' ');
        self.0 += buffer.len();
        Ok(buffer.len())
    }
}

#[test]
fn endless_reader_is_abandoned_at_the_size_limit() {
    let mut endless = Endless(0);
    let error = assert_kind(Body::from_reader(&mut endless), ErrorKind::PayloadTooLarge);
    assert!(error.to_string().contains("more than 167,772,160 bytes, and the limit is"), "{error}");
    assert_eq!(endless.0, FARTHEST + 1);
    assert_kind(Body::from_ndjson_reader(RESOURCE, &mut endless), ErrorKind::PayloadTooLarge);
    assert_eq!(endless.0, 2 * (FARTHEST + 1));
}
