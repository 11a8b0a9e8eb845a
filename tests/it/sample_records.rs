//! Records made from the schema of their kind, and the requests that contain them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use vanta::Kind;

use crate::harness::{RESOURCE, fixture_path};

/// Returns the schema of a kind from its file.
pub fn schema(kind: &Kind) -> Value {
    let name = format!("src/resource/schemas/{kind}.jtd.json");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = fs::read_to_string(path).expect("the schema is there");
    serde_json::from_str(&text).expect("a schema is JSON")
}

/// Returns the members of an object; none for other values.
pub fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// Returns a value with all properties, or with the required ones only. Each enum has its value of
/// that number.
pub fn sample(schema: &Value, full: bool, number: usize) -> Value {
    if let Some(values) = schema["enum"].as_array() {
        return values[number % values.len()].clone();
    }
    if let Some(inner) = schema.get("elements") {
        return json!([sample(inner, full, number)]);
    }
    match schema["type"].as_str() {
        Some("string") => return json!("text"),
        Some("timestamp") => return json!("2026-01-31T12:00:00+01:00"),
        Some("boolean") => return json!(true),
        Some("int32") => return json!(7),
        Some("float64") => return json!(7.5),
        Some(other) => panic!("no sample for {other}"),
        None if object(schema).is_empty() => return json!({"any": "thing"}),
        None => {}
    }
    let mut properties = object(&schema["properties"]);
    if full {
        properties.extend(object(&schema["optionalProperties"]));
    }
    properties.into_iter().map(|(name, inner)| (name, sample(&inner, full, number))).collect()
}

/// Returns whether there is a request that the service has accepted.
pub fn is_recorded(kind: &Kind) -> bool {
    fixture_path(&request_name(kind)).exists()
}

fn request_name(kind: &Kind) -> String {
    format!("wire/put-{kind}.request.json")
}

/// Returns the file of a request with records of the kind: a recorded one, or one of a sample.
pub fn request_path(kind: &Kind) -> PathBuf {
    if is_recorded(kind) {
        return fixture_path(&request_name(kind));
    }
    let record = sample(&schema(kind), false, 0);
    let request = json!({"resourceId": RESOURCE, "resources": [record]});
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (own, path) = (
        folder.join(format!("{kind}-{:?}", std::thread::current().id())),
        folder.join(format!("{kind}.json")),
    );
    fs::write(&own, request.to_string()).expect("the test's folder can be written");
    fs::rename(own, &path).expect("the test's folder can be written");
    path
}

/// Returns the bytes of that file.
pub fn request(kind: &Kind) -> Vec<u8> {
    fs::read(request_path(kind)).expect("the request is there")
}
