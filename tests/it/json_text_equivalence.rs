//! Records as JSON text and as values: the same violations, the same ids, the same rows.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use vanta::{Body, ErrorKind, Kind, Level, Rule, Schema, ValidationOptions};

use crate::harness::{Place, RESOURCE, Rig, assert_kind};

const SCHEMAS: [&str; 27] = [
    "{}",
    r#"{"nullable": true, "type": "string"}"#,
    r#"{"type": "boolean"}"#,
    r#"{"type": "float64"}"#,
    r#"{"type": "int8"}"#,
    r#"{"type": "uint8"}"#,
    r#"{"type": "uint32"}"#,
    r#"{"type": "string"}"#,
    r#"{"type": "timestamp"}"#,
    r#"{"enum": ["x", "v"]}"#,
    r#"{"elements": {}}"#,
    r#"{"elements": {"type": "string"}}"#,
    r#"{"elements": {"type": "int8", "nullable": true}}"#,
    r#"{"values": {}}"#,
    r#"{"values": {"type": "string"}}"#,
    r#"{"properties": {}}"#,
    r#"{"properties": {"a": {"type": "int8"}}}"#,
    r#"{"properties": {"a": {}, "b": {}}}"#,
    r#"{"properties": {"a": {}}, "additionalProperties": true}"#,
    r#"{"optionalProperties": {"a": {"type": "string"}}}"#,
    r#"{"optionalProperties": {"a": {"properties": {"a": {}}}}, "additionalProperties": true}"#,
    r#"{"properties": {"t": {}}, "optionalProperties": {"a": {"nullable": true, "type": "int8"}}}"#,
    r#"{"discriminator": "t", "mapping": {"v": {"properties": {"a": {"type": "int8"}}}}}"#,
    r#"{"ref": "word"}"#,
    r#"{"ref": "word", "nullable": true}"#,
    r#"{"ref": "tree"}"#,
    r#"{"ref": "loop"}"#,
];

const DEFINITIONS: &str = r#"{"word": {"type": "string"}, "loop": {"ref": "loop"},
    "tree": {"optionalProperties": {"a": {"ref": "tree"}, "b": {"ref": "word"}}}}"#;

const VALUES: [&str; 39] = [
    "null",
    "true",
    "0",
    "-1",
    "-128",
    "255",
    "256",
    "10.0",
    "1.5",
    "4294967295",
    "4294967296",
    "18446744073709551615",
    "18446744073709551616",
    "1e999",
    "-0",
    r#""""#,
    r#""x""#,
    r#""\u0078""#,
    r#""\ud83d\ude00""#,
    r#""2026-01-01T00:00:00Z""#,
    r#""2026-02-30T00:00:00Z""#,
    "[]",
    "[1]",
    r#"["a"]"#,
    "[null]",
    r#"[["a"], {}, 1e999]"#,
    "{}",
    r#"{"a": 1}"#,
    r#"{"a": "x"}"#,
    r#"{"a": 1, "a": "x"}"#,
    r#"{"a": "x", "a": 1}"#,
    r#"{"b": 1}"#,
    r#"{"a": null}"#,
    r#"{"t": "v", "a": 1}"#,
    r#"{"a": 1, "t": "v"}"#,
    r#"{"t": "w"}"#,
    r#"{"\u0061": 1, "b": "x"}"#,
    r#"{"a": {"a": {"b": "x"}}}"#,
    r#"{"a": {"a": {"b": 7}}}"#,
];

/// What the validation of a body adds, as it knows which members are optional.
const ADVICE: &str = "; leave out a member that has no value";

#[test]
fn json_text_and_value_have_the_same_violations() {
    let deep = format!("{}{}", "[".repeat(150), "]".repeat(150));

    let mut faulty = 0;
    for schema in SCHEMAS {
        let whole = format!(
            r#"{{"definitions": {DEFINITIONS},
                "properties": {{"uniqueId": {{"type": "string"}}, "value": {schema}}}}}"#
        );
        let schema = Schema::parse(&whole).expect("it is a schema");
        let checks =
            ValidationOptions::new().schema(schema.clone()).level(Rule::NullOptional, Level::Error);
        for value in VALUES.iter().copied().chain([deep.as_str()]) {
            let record = format!(r#"{{"uniqueId": "a", "value": {value}}}"#);
            let body = Body::from_json_array(RESOURCE, format!("[{record}]")).expect("a body");
            let report = body.validate(&Kind::CUSTOM_RESOURCE, &checks).expect("it is checked");
            let message = |text: &str| text.trim_end_matches(ADVICE).to_owned();
            let mut found: Vec<(String, String)> =
                report.errors.into_iter().map(|one| (one.pointer, message(&one.message))).collect();
            let count = found.len();
            // A tree has each member once.
            found.retain(|(_, message)| !message.starts_with("duplicate member"));
            let twice = [r#"{"a": 1, "a": "x"}"#, r#"{"a": "x", "a": 1}"#].contains(&value);
            assert_eq!(count - found.len(), usize::from(twice), "{record}");
            match serde_json::from_str::<Value>(&record) {
                Err(_) => assert!(found[0].1.contains("cannot be read"), "{record}: {found:?}"),
                Ok(tree) => {
                    let of_tree = schema.validate(&tree).into_iter();
                    let of_tree: Vec<_> = of_tree.map(|one| (one.pointer, one.message)).collect();
                    assert_eq!(found, of_tree, "{whole}: {record}");
                }
            }
            faulty += usize::from(!found.is_empty());
        }
    }
    println!("{faulty} faulty of {}", SCHEMAS.len() * (VALUES.len() + 1));
    assert!(faulty > 500);
}

#[test]
fn violation_is_found_at_any_position() {
    let good = r#"{"uniqueId": "ID", "displayName": "a", "externalUrl": "https://x.example.com"}"#;
    let warned = r#"{"uniqueId": "ID", "displayName": "a", "externalUrl": "http://x.example.com"}"#;
    let faulty = r#"{"uniqueId": "ID", "displayName": 7, "externalUrl": "https://x.example.com"}"#;
    let unread = r#"{"uniqueId": "ID", "displayName": 1e999, "externalUrl": "https://x.y"}"#;
    let kinds = [(good, 0), (warned, 1), (faulty, 1), (unread, 1)];

    for choice in 0..kinds.len().pow(4) {
        let record = |place: usize| kinds[choice / kinds.len().pow(place as u32) % kinds.len()];
        let texts = (0..4).map(|place| record(place).0.replace("ID", &place.to_string()));
        let array = format!("[{}]", texts.collect::<Vec<_>>().join(", "));
        let body = Body::from_json_array(RESOURCE, &array).expect("a body");
        let report = body
            .validate(&Kind::CUSTOM_RESOURCE, &ValidationOptions::new())
            .expect("it is checked");
        let found = report.errors.iter().chain(&report.warnings);
        let mut found: Vec<_> = found.map(|one| (one.index, one.unique_id.clone())).collect();
        found.sort();
        let wanted = (0..4).filter(|place| record(*place).1 > 0);
        let wanted: Vec<_> = wanted.map(|place| (Some(place), Some(place.to_string()))).collect();
        assert_eq!(found, wanted, "{array}");
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Plain {
    before: BTreeMap<String, Vec<String>>,
    unique_id: String,
    nested: Option<Box<Plain>>,
}

#[derive(Serialize)]
struct Flat {
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
    #[serde(rename = "uniqueId")]
    id: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Either {
    Left(Flat),
    Right(Value),
}

fn plain(id: &str, nested: Option<Plain>) -> Plain {
    let before = BTreeMap::from([("uniqueId".to_owned(), vec!["other".to_owned()])]);
    Plain { before, unique_id: id.to_owned(), nested: nested.map(Box::new) }
}

/// Checks that typed records and their text lead to the same body, or to the same error.
fn assert_same(records: &[impl Serialize]) {
    let text = serde_json::to_string(records).expect("text");
    let outcome = |body: vanta::Result<Body>| match body {
        Ok(body) => {
            let ids = body.unique_ids().map(str::to_owned).collect::<Vec<_>>();
            Ok((ids, body.as_bytes().to_vec()))
        }
        Err(error) => Err((error.kind(), error.to_string())),
    };
    let typed = outcome(Body::from_records(RESOURCE, records));
    assert_eq!(typed, outcome(Body::from_json_array(RESOURCE, &text)), "{text}");
}

#[test]
fn recorded_ids_are_the_serialized_ids() {
    assert_same(&[] as &[Plain]);
    assert_same(&[plain("a", None), plain("b", Some(plain("c", None)))]);
    for id in ["", " ", "a\"b", "\\", "\n", "uniqueId", "ü😀", "a"] {
        assert_same(&[plain("a", None), plain(id, None)]);
        assert_same(&[plain("z", Some(plain(id, None))), plain(id, None)]);
        let rest = BTreeMap::from([("uniqueId".to_owned(), json!(id))]);
        assert_same(&[Flat { rest, id: "twice".to_owned() }]);
    }
    for record in [
        json!({}),
        json!([]),
        json!("uniqueId"),
        json!(7),
        json!([{"uniqueId": "a"}]),
        json!({"uniqueId": 7}),
        json!({"uniqueId": null}),
        json!({"uniqueId": ["a"]}),
        json!({"uniqueId": {"uniqueId": "a"}}),
        json!({"a": {"uniqueId": "a"}}),
        json!({"\"uniqueId": "a"}),
        json!({"uniqueId\"": "a"}),
        json!({"a": "uniqueId", "b": "c"}),
        json!({"a": "uniqueId", "uniqueId": "c", "z": "uniqueId"}),
    ] {
        assert_same(std::slice::from_ref(&record));
        assert_same(&[json!({"uniqueId": "first"}), record]);
    }
    let rest = BTreeMap::from([("uniqueId".to_owned(), json!("a"))]);
    let twice = || Either::Left(Flat { rest: rest.clone(), id: "b".to_owned() });
    assert_same(&[twice(), Either::Right(json!({}))]);
    assert_same(&[Either::Right(json!({})), twice()]);
    for text in [r#"{"uniqueId": "a"}"#, r#"{"uniqueId": "a", "uniqueId": "b"}"#, "7", "{}"] {
        assert_same(&[RawValue::from_string(text.to_owned()).expect("JSON")]);
    }
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Unit,
    Newtype(i8),
    Tuple(bool, char),
    #[serde(rename_all = "camelCase")]
    Struct {
        unique_id: String,
    },
}

#[derive(Serialize)]
struct Nothing;

#[derive(Serialize)]
struct Wrapped<T>(T);

#[derive(Serialize)]
struct With<T> {
    before: T,
    #[serde(rename = "uniqueId")]
    id: Wrapped<Option<&'static str>>,
    after: Option<Vec<T>>,
}

/// Returns a record with a value beside the id and within an array.
fn assert_written<T: Serialize + Clone>(value: T) {
    let id = || Wrapped(Some("a"));
    assert_same(&[With { before: value.clone(), id: id(), after: None }]);
    assert_same(&[With { before: value.clone(), id: id(), after: Some(vec![value.clone()]) }]);
    assert_same(&[With { before: value.clone(), id: Wrapped(None), after: None }]);
    assert_same(&[value]);
}

#[test]
fn a_value_of_any_type_is_written_as_serde_json_writes_it() {
    for number in [0, 1, -1, i64::MIN, i64::MAX] {
        assert_written(number);
        assert_written((number as u8, number as i8, number as u16, number as i16));
        assert_written([number as u32, 7]);
        assert_written(Wrapped(number as i32).0);
        assert_written(number as u64);
        assert_written(i128::from(number));
    }
    for number in [0.0, -0.0, 0.1, 1e300, 5e-324] {
        assert_written(number);
        assert_written(f64::min(number, 1e30) as f32);
    }
    assert_written('"');
    assert_written(());
    assert_written(true);
    assert_written(Some(Some("x")));
    assert_written(None::<bool>);
    assert_written(RawValue::from_string(r#"[1.50, "\u0061"]"#.to_owned()).expect("JSON"));
    assert_written(std::net::Ipv4Addr::LOCALHOST);
    assert_written(std::time::Duration::from_millis(1500));
    let shapes = || {
        [Shape::Unit, Shape::Newtype(7), Shape::Tuple(true, '\\')]
            .into_iter()
            .chain([Shape::Struct { unique_id: "b".to_owned() }])
    };
    shapes().for_each(|shape| assert_written(&shape));
    assert_written(&Nothing);
    assert_written(&BTreeMap::from([(7, "x"), (8, "y")]));
    assert_written(&BTreeMap::from([(true, "x")]));
    assert_written(&BTreeMap::from([('"', "x")]));
    assert_written(&BTreeMap::from([(Some("uniqueId"), "x")]));
    assert_written(&BTreeMap::from([(Shape::Unit, "x")]));
    assert_written(&BTreeMap::from([("uniqueId", vec!["x"])]));
}

#[test]
fn character_is_escaped_at_any_position() {
    let odd = (0..=0x100).filter_map(char::from_u32).chain(['\u{2028}', '\u{ffff}', '😀']);
    for character in odd {
        for (before, after) in (0..18).map(|place| (place, 17 - place)) {
            let text = format!("{}{character}{}", "é".repeat(before), "x".repeat(after));
            assert_same(&[BTreeMap::from([("uniqueId", &text), (&text, &text)])]);
        }
    }
}

#[test]
fn value_that_fails_to_serialize_has_its_error() {
    #[derive(Serialize)]
    struct Refuses {
        #[serde(rename = "uniqueId")]
        id: &'static str,
        #[serde(serialize_with = "refuse")]
        value: u8,
    }
    fn refuse<S: serde::Serializer>(_: &u8, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("the disk is gone"))
    }
    let body = Body::from_records(RESOURCE, &[Refuses { id: "a", value: 7 }]);
    let error = assert_kind(body, ErrorKind::InvalidPayload);
    assert!(error.to_string().contains("does not serialise (the disk is gone"), "{error}");
    let keyed = BTreeMap::from([(vec![1], "x")]);
    let error = assert_kind(Body::from_records(RESOURCE, &[keyed]), ErrorKind::InvalidPayload);
    assert!(error.to_string().contains("key must be a string"), "{error}");
}

#[test]
fn row_as_json_is_the_received_text() {
    let rig = Rig::new();
    let response = r#" {"resources": [ {"uniqueId": "\u0061", "a": [1.50, "x"], "a": 2,
        "createdAt": "2026-01-01T00:00:00Z", "updatedAt": null,
        "deletedAt": "2026-02-01T00:00:00\u005a"},
        {"updatedAt":"2026-01-02T00:00:00Z","uniqueId":"b"}]}"#;
    rig.reply(Place::Get, 200, response);
    let listing = rig.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    let [a, b] = listing.rows() else { panic!("{listing:?}") };
    assert_eq!((a.unique_id(), a.created_at()), ("a", Some("2026-01-01T00:00:00Z")));
    assert_eq!(
        (a.updated_at(), a.deleted_at(), a.is_deleted()),
        (None, Some("2026-02-01T00:00:00Z"), true)
    );
    assert_eq!(a.record(), json!({"uniqueId": "a", "a": 2}));
    assert_eq!((b.unique_id(), b.updated_at()), ("b", Some("2026-01-02T00:00:00Z")));
    let whole = json!({"uniqueId": "b", "createdAt": null, "updatedAt": "2026-01-02T00:00:00Z",
        "deletedAt": null});
    assert_eq!(b.as_json(), whole);
    for row in [
        r#"{"uniqueId":"a","uniqueId":"b"}"#,
        r#"{"uniqueId":7}"#,
        r#"{"uniqueId":"a","deletedAt":7}"#,
        r#"{"uniqueId":"a","deletedAt":null,"deletedAt":null}"#,
        r#"{"uniqueId":"a","b":1e999}"#,
        r#"{"uniqueId":"a","b":"\ud800"}"#,
        "[]",
    ] {
        let rig = Rig::new();
        rig.reply(Place::Get, 200, &format!(r#"{{"resources":[{{"uniqueId":"z"}},{row}]}}"#));
        let listed = rig.client().list(&Kind::USER_ACCOUNT, RESOURCE);
        let error = assert_kind(listed, ErrorKind::InvalidResponse);
        assert!(error.to_string().contains("not a list of rows; row 1 - "), "{row}: {error}");
    }
}
