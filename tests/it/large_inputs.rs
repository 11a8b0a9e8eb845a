//! Input that is far too large, or wrong in every record, needs little memory beside its text.

use std::fmt::Write;

use serde::Serialize;
use vanta::{Body, ErrorKind};

use crate::counting_allocator::peak;
use crate::harness::{RESOURCE, assert_kind};

const LIMIT: usize = 10_485_760;

/// The memory for 100,000 violations and some counters.
const MOST_BYTES: u64 = 60 << 20;

#[test]
fn ndjson_over_the_size_limit_is_counted_and_not_stored() {
    let text = "{}\n".repeat(5_000_000);
    let (body, bytes) = peak(|| Body::from_ndjson(RESOURCE, &text));
    let error = assert_kind(body, ErrorKind::PayloadTooLarge).to_string();
    assert!(error.contains("15,000,055 bytes in 5,000,000 records"), "{error}");
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
    let mut line = r#"{"uniqueId":"a""#.to_owned();
    (0..1_500_000).for_each(|number| write!(line, ",\"m{number}\":7").expect("text"));
    let (body, bytes) = peak(|| Body::from_ndjson(RESOURCE, line + "}"));
    assert_kind(body, ErrorKind::PayloadTooLarge);
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
}

#[test]
fn violations_of_ids_beyond_100_000_are_counted() {
    let lines = "{}\n".repeat(3_000_000);
    let array = format!("[{}{{}}]", "{},".repeat(2_999_999));
    let ways = [
        ("lines", peak(|| Body::from_ndjson(RESOURCE, &lines))),
        ("array", peak(|| Body::from_json_array(RESOURCE, &array))),
    ];
    for (way, (body, bytes)) in ways {
        let error = assert_kind(body, ErrorKind::InvalidUniqueId);
        assert_eq!(error.violations().len(), 100_000, "{way}");
        assert!(error.to_string().contains("3,000,000 of 3,000,000 records"), "{way}: {error}");
        assert!(bytes < MOST_BYTES, "{way}: {bytes} bytes");
    }
    let array = format!("[{}{{\"uniqueId\":\"\"}}]", "{\"uniqueId\":\"a\"},".repeat(200_000));
    assert_kind(Body::from_json_array(RESOURCE, &array), ErrorKind::InvalidUniqueId);
    let array = format!("[{}{{\"uniqueId\":\"b\"}}]", "{\"uniqueId\":\"a\"},".repeat(200_000));
    let error = Body::from_json_array(RESOURCE, &array);
    let error = assert_kind(error, ErrorKind::DuplicateUniqueId);
    assert_eq!(error.violations().len(), 100_000);
    assert!(error.to_string().contains("199,999 of 200,001 records"), "{error}");
}

#[derive(Serialize)]
struct Record<'a> {
    #[serde(rename = "uniqueId")]
    unique_id: &'a str,
    notes: &'a str,
}

#[test]
fn typed_records_are_encoded_no_farther_than_they_are_read() {
    let notes = "x".repeat(1 << 20);
    let records: Vec<_> = (0..400).map(|_| Record { unique_id: "a", notes: &notes }).collect();
    let (body, bytes) = peak(|| Body::from_records(RESOURCE, &records));
    let error = assert_kind(body, ErrorKind::PayloadTooLarge).to_string();
    assert!(error.contains("more than 167,772,160 bytes"), "{error}");
    // The text grows by doubling.
    assert!(bytes < 40 * LIMIT as u64, "{bytes} bytes");
}

#[test]
fn half_a_surrogate_pair_in_an_id_or_a_name_is_refused_with_record_and_member() {
    for (record, pointer, words) in [
        (r#"{"uniqueId":"b\ud800"}"#, "/uniqueId", "it cannot be read"),
        (r#"{"uniqueId":"b","a\udc00":1}"#, "", "the name of a member cannot be read"),
        (r#"{"uniqueId":"b","c":{"\ud800":1}}"#, "/c", "the name of a member cannot be read"),
    ] {
        let array = format!(r#"[{{"uniqueId":"a"}},{record}]"#);
        for body in [
            Body::from_request(format!(r#"{{"resourceId":"r","resources":{array}}}"#)),
            Body::from_json_array(RESOURCE, &array),
            Body::from_ndjson(RESOURCE, format!("{{\"uniqueId\":\"a\"}}\n{record}\n")),
        ] {
            let error = assert_kind(body, ErrorKind::InvalidPayload);
            let found = error.violations().first().unwrap_or_else(|| panic!("{record}: {error}"));
            assert_eq!((found.index, found.pointer.as_str()), (Some(1), pointer), "{record}");
            assert!(found.message.starts_with(words), "{record}: {error}");
        }
    }
}
