//! Values of records that JSON does not have, that a parser does not distinguish, or that are too
//! many.

use std::collections::BTreeMap;

use serde::Serialize;
use vanta::{Body, Error, ErrorKind, Kind, Level, Rule, ValidationOptions};

use crate::harness::{RESOURCE, assert_kind};

/// Returns the places of the error's violations: record and pointer.
fn places(error: &Error) -> Vec<(Option<usize>, &str)> {
    error
        .violations()
        .iter()
        .map(|violation| (violation.index, violation.pointer.as_str()))
        .collect()
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Scored {
    unique_id: String,
    score: f64,
    small: f32,
    none: Option<f64>,
    maybe: Option<f64>,
    list: Vec<f64>,
    by_name: BTreeMap<String, f64>,
    variant: Option<Variant>,
}

#[derive(Serialize)]
enum Variant {
    Pair(f64, f64),
    Named { low: f64 },
    Alone(f64),
}

fn scored(id: &str) -> Scored {
    Scored { unique_id: id.to_owned(), ..Scored::default() }
}

#[test]
fn a_typed_record_with_nan_or_infinity_is_refused_with_record_and_member() {
    let body = Body::from_records(RESOURCE, &[scored("a")]).expect("None is null");
    assert!(body.as_bytes().windows(11).any(|part| part == br#""none":null"#));
    let (nan, infinite) = (f64::NAN, f64::INFINITY);
    let cases: [(Scored, &str); 8] = [
        (Scored { score: nan, ..scored("b") }, "/score"),
        (Scored { small: f32::NEG_INFINITY, ..scored("b") }, "/small"),
        (Scored { maybe: Some(infinite), ..scored("b") }, "/maybe"),
        (Scored { list: vec![0.0, nan], ..scored("b") }, "/list/1"),
        (Scored { by_name: [("a/b".to_owned(), nan)].into(), ..scored("b") }, "/byName/a~1b"),
        (Scored { variant: Some(Variant::Pair(0.0, nan)), ..scored("b") }, "/variant/Pair/1"),
        (
            Scored { variant: Some(Variant::Named { low: nan }), ..scored("b") },
            "/variant/Named/low",
        ),
        (Scored { variant: Some(Variant::Alone(nan)), ..scored("b") }, "/variant/Alone"),
    ];
    for (wrong, pointer) in cases {
        let error = Body::from_records(RESOURCE, &[scored("a"), wrong, scored("c")]);
        let error = assert_kind(error, ErrorKind::InvalidPayload);
        assert_eq!(places(&error), [(Some(1), pointer)]);
        assert!(error.to_string().contains("JSON has no number"), "{error}");
    }
    let both = Scored { score: nan, variant: Some(Variant::Pair(nan, 0.0)), ..scored("a") };
    let error = assert_kind(Body::from_records(RESOURCE, &[both]), ErrorKind::InvalidPayload);
    assert_eq!(places(&error), [(Some(0), "/score"), (Some(0), "/variant/Pair/0")]);
}

/// Returns the violations of records of this kind.
fn violations(kind: &Kind, records: &str, checks: &ValidationOptions) -> Vec<(String, String)> {
    let body = Body::from_json_array(RESOURCE, records).expect("a body");
    let report = body.validate(kind, checks).expect("the checks make sense");
    report.errors.into_iter().map(|one| (one.pointer, one.message)).collect()
}

#[test]
fn a_duplicate_member_is_a_violation_wherever_it_stands() {
    let names = r#""uniqueId":"a","displayName":"a","externalUrl":"https://x.example.com""#;
    let unknown: Kind = "some_new_kind".parse().expect("well formed");
    let cases = [
        (r#""displayName":"b""#, "/displayName", "displayName"),
        (r#""customProperties":{"x":1,"x":1}"#, "/customProperties/x", "x"),
        (r#""customProperties":{"l":[1,{"y":{"z":1,"z":2}}]}"#, "/customProperties/l/1/y/z", "z"),
        (r#""customProperties":{},"customProperties":{}"#, "/customProperties", "customProperties"),
    ];
    for (members, pointer, name) in cases {
        let records = format!("[{{{names},{members}}}]");
        let expected = [(pointer.to_owned(), format!("duplicate member {name:?}"))];
        for kind in [&Kind::CUSTOM_RESOURCE, &unknown] {
            assert_eq!(
                violations(kind, &records, &ValidationOptions::new()),
                expected,
                "{kind}: {members}"
            );
        }
        let off = ValidationOptions::new().level(Rule::Schema, Level::Off);
        assert_eq!(violations(&Kind::CUSTOM_RESOURCE, &records, &off), expected, "{members}");
    }
    let rules = [Rule::Schema, Rule::NullOptional, Rule::HttpsUrl, Rule::ClosedTimestamp];
    let rules =
        rules.into_iter().chain([Rule::ZeroToTen, Rule::UnknownComponent, Rule::SimilarIds]);
    let off = rules.fold(ValidationOptions::new(), |checks, rule| checks.level(rule, Level::Off));
    let records = format!("[{{{names},\"displayName\":\"b\"}}]");
    let found = violations(&Kind::CUSTOM_RESOURCE, &records, &off);
    assert_eq!(found.len(), 1, "an error at every level: {found:?}");
    // Where all rules are off, most bodies are known to have no violation.
    for (members, places) in [
        (r#""customProperties":{"x":{"y":1,"z":{"y":1,"y":2}}}"#, vec!["/customProperties/x/z/y"]),
        (r#""list":[1,[{"y":1,"y":2}]]"#, vec!["/list/1/0/y"]),
        (r#""list":["{",{"y":1}],"list":null,"list":1"#, vec!["/list", "/list"]),
        (r#""\u006cist":1,"list":2"#, vec!["/list"]),
        (r#""x":{"y":1,"y":2,"z":1e999},"x":1"#, vec!["/x/y"]),
        (r#""x":{"y":1,"z":[{"y":1},{"y":1}]},"customProperties":{"y":1}"#, vec![]),
    ] {
        let plain = format!("{{{names}}}").replace(r#""a""#, r#""b""#);
        let records = format!("[{{{names},{members}}},{plain}]");
        let found = violations(&Kind::CUSTOM_RESOURCE, &records, &off);
        let found: Vec<&str> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(found, places, "{members}");
    }
    let distinct = r#""customProperties":{"x":{"x":1},"y":[{"x":1},{"x":1}]}"#;
    let records = format!("[{{{names},{distinct}}}]");
    assert_eq!(violations(&Kind::CUSTOM_RESOURCE, &records, &ValidationOptions::new()), []);
}

#[test]
fn a_number_that_is_too_large_is_a_violation_of_its_member() {
    let records = r#"[{"uniqueId":"a","displayName":"a","externalUrl":"https://x.example.com",
        "customProperties":{"list":[1,1e999]}}]"#;
    let found = violations(&Kind::CUSTOM_RESOURCE, records, &ValidationOptions::new());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "/customProperties/list/1");
    assert!(found[0].1.contains("number out of range"), "{found:?}");
}

#[test]
fn an_id_of_invisible_characters_is_blank() {
    for id in ["", " \t\u{a0}", "\u{200b}", "\u{feff}\u{2060}", "\u{ad}", "\u{3164}", "\u{2800}"]
        .into_iter()
        .chain(["\u{1bca0}\u{1bca3}", "\u{1d173}\u{1d17a}", "\u{fff0}\u{fff8}"])
    {
        let records = serde_json::json!([{ "uniqueId": id }]);
        let error = Body::from_json_array(RESOURCE, records.to_string());
        let error = assert_kind(error, ErrorKind::InvalidUniqueId);
        assert!(error.to_string().contains("uniqueId is blank"), "{id:?}: {error}");
    }
    for id in ["\u{200b}a", "é", "\u{1f469}\u{200d}\u{1f4bb}", "-"] {
        let records = serde_json::json!([{ "uniqueId": id }]);
        Body::from_json_array(RESOURCE, records.to_string()).expect("something is seen of it");
    }
}

#[test]
fn half_a_surrogate_pair_is_refused_with_record_and_member() {
    let record = |text: &str| format!(r#"{{"uniqueId":"b","a":{{"x":["{text}"]}}}}"#);
    let array = |text: &str| format!(r#"[{{"uniqueId":"a"}},{}]"#, record(text));
    let request = |text: &str| format!(r#"{{"resourceId":"r","resources":{}}}"#, array(text));
    let lines = |text: &str| format!("{{\"uniqueId\":\"a\"}}\n{}\n", record(text));
    for wrong in [r"\ud800", r"\udc00", r"\ud83d x", r"\ud83d\ud83d\ude00", r"\uDFFF"] {
        for result in [
            Body::from_request(request(wrong)),
            Body::from_json_array(RESOURCE, array(wrong)),
            Body::from_ndjson(RESOURCE, lines(wrong)),
        ] {
            let error = assert_kind(result, ErrorKind::InvalidPayload);
            assert_eq!(places(&error), [(Some(1), "/a/x/0")], "{wrong}: {error}");
        }
    }
    for right in [r"\ud83d\ude00", r"\\ud800", "\u{1f600}", r"\u00e9\\\ud83d\ude00"] {
        Body::from_request(request(right)).unwrap_or_else(|error| panic!("{right}: {error}"));
        Body::from_json_array(RESOURCE, array(right)).expect("paired");
        Body::from_ndjson(RESOURCE, lines(right)).expect("paired");
    }
}

#[test]
fn positions_of_a_json_array_count_from_its_own_beginning() {
    for (array, words) in [
        ("[{\"uniqueId\":\"a\"},\n{\"uniqueId\" 7}]", "at line 2 column 13"),
        ("[{\"uniqueId\":\"a\"}", "at line 1 column 17"),
        ("[7]", "at line 1 column 2"),
        ("[]]", "at line 1 column 3"),
    ] {
        let error = Body::from_json_array(RESOURCE, array);
        let error = assert_kind(error, ErrorKind::InvalidPayload);
        assert!(error.to_string().contains(words), "{array}: {error}");
    }
    let error = Body::from_json_array(RESOURCE, b"[\"\xff\"]");
    let error = assert_kind(error, ErrorKind::InvalidPayload);
    assert!(error.to_string().contains("byte 2 is not valid UTF-8"), "{error}");
}

/// A text that counts how often it is copied into a request.
struct Counted<'a>(&'a [u8], &'a std::cell::Cell<u32>);

impl AsRef<[u8]> for Counted<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl From<Counted<'_>> for Vec<u8> {
    fn from(counted: Counted<'_>) -> Vec<u8> {
        counted.1.set(counted.1.get() + 1);
        counted.0.to_vec()
    }
}

#[test]
fn a_request_that_is_too_large_is_refused_before_it_is_copied() {
    let copies = std::cell::Cell::new(0);
    let large = vec![b' '; 11 << 20];
    let error = Body::from_request(Counted(&large, &copies));
    assert_kind(error, ErrorKind::PayloadTooLarge);
    assert_eq!(copies.get(), 0);
    let right = br#"{"resourceId":"r","resources":[]}"#;
    Body::from_request(Counted(right, &copies)).expect("an empty body");
    assert_eq!(copies.get(), 1);
}

#[test]
fn payload_far_over_the_size_limit_is_not_read() {
    let far = vec![b'['; (160 << 20) + 1];
    let (request, array) = (Body::from_request(&*far), Body::from_json_array(RESOURCE, &far));
    for result in [request, array, Body::from_ndjson(RESOURCE, &far)] {
        let error = assert_kind(result, ErrorKind::PayloadTooLarge);
        assert!(!error.to_string().contains("malformed"), "{error}");
    }
}

#[test]
fn one_record_with_millions_of_members_is_called_too_large_in_little_memory() {
    let members: Vec<String> = (0..1_500_000).map(|number| format!("\"m{number}\":7")).collect();
    let array = format!("[{{\"uniqueId\":\"a\",{}}}]", members.join(","));
    let peak = crate::counting_allocator::peak(|| {
        let error = Body::from_json_array(RESOURCE, &array);
        let error = assert_kind(error, ErrorKind::PayloadTooLarge);
        assert_eq!(error.violations()[0].unique_id.as_deref(), Some("a"));
    })
    .1;
    assert!(peak < 8 << 20, "{} MiB", peak >> 20);
}
