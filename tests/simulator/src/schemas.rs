//! The shapes of the twelve kinds, as data, and a check that finds one fault at a time.
//!
//! Source: <https://developer.vanta.com/reference/build-integrations.json>. The words are those that
//! users of the real service have met; they are the idioms of a JSON Type Definition validator.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

/// A key that ends in `?` is optional; `A|B` is an enumeration.
static SCHEMAS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("schemas.json")).expect("a file of ours, read by every test")
});

/// Every kind has these.
const BASE: [&str; 3] = ["displayName", "uniqueId", "externalUrl"];

/// The kinds of the specification.
pub(crate) fn kinds() -> impl Iterator<Item = &'static str> {
    SCHEMAS.as_object().into_iter().flat_map(|kinds| kinds.keys().map(String::as_str))
}

/// How strictly records are looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strictness {
    pub(crate) null_optionals: bool,
    pub(crate) extra_keys_first: bool,
}

/// The schema of a record of `kind`; `custom` is the console's declaration of custom properties.
pub(crate) fn schema(kind: &str, custom: Option<&Value>) -> Value {
    let mut fields = Map::new();
    for name in BASE {
        fields.insert(name.to_owned(), json!("string"));
    }
    if let Some(own) = SCHEMAS.get(kind).and_then(Value::as_object) {
        fields.extend(own.clone());
    }
    match custom {
        Some(declared) => {
            fields.insert("customProperties".to_owned(), declared_fields(declared));
        }
        None if kind == "custom_resource" => {
            fields.insert("customProperties?".to_owned(), json!("anything"));
        }
        None => {}
    }
    Value::Object(fields)
}

/// `{"properties": {"name": {"type": "string"}}}` in the terms of our schemas.
fn declared_fields(jtd: &Value) -> Value {
    let properties = jtd.get("properties").and_then(Value::as_object);
    let fields = properties.into_iter().flatten().map(|(name, form)| {
        let kind = form.get("type").and_then(Value::as_str).unwrap_or("anything");
        (name.clone(), json!(kind))
    });
    Value::Object(fields.collect())
}

/// The first fault of the first record that has one.
pub(crate) fn first_fault(
    records: &[Value],
    schema: &Value,
    strictness: Strictness,
) -> Option<String> {
    records.iter().enumerate().find_map(|(index, record)| {
        let shape = || object(record, schema, &format!("/{index}"), strictness);
        let extra = || extra_keys(index, record, schema);
        if strictness.extra_keys_first { extra().or_else(shape) } else { shape().or_else(extra) }
    })
}

fn name(key: &str) -> &str {
    key.trim_end_matches('?')
}

fn fields(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.as_object().into_iter().flatten()
}

fn object(value: &Value, schema: &Value, path: &str, strictness: Strictness) -> Option<String> {
    let Some(object) = value.as_object() else { return Some(format!("{path}: must be object")) };
    let missing = fields(schema)
        .find(|(key, _)| !key.ends_with('?') && !object.contains_key(key.as_str()))
        .map(|(key, _)| format!("{path}: must have property '{key}'"));
    missing.or_else(|| {
        fields(schema).find_map(|(key, form)| {
            let value = object.get(name(key))?;
            if value.is_null() && key.ends_with('?') && strictness.null_optionals {
                return None;
            }
            member(value, form, &format!("{path}/{}", name(key)), strictness)
        })
    })
}

fn member(value: &Value, form: &Value, path: &str, strictness: Strictness) -> Option<String> {
    match form {
        Value::Array(forms) => {
            let Some(items) = value.as_array() else {
                return Some(format!("{path}: must be array"));
            };
            items.iter().enumerate().find_map(|(index, item)| {
                member(item, forms.first()?, &format!("{path}/{index}"), strictness)
            })
        }
        Value::Object(_) => object(value, form, path, strictness).or_else(|| {
            let extra = unknown(value, form).next()?;
            Some(format!("{path}: must NOT have additional properties ('{extra}')"))
        }),
        _ => scalar(value, form.as_str().unwrap_or("anything"))
            .map(|words| format!("{path}: {words}")),
    }
}

fn scalar(value: &Value, form: &str) -> Option<&'static str> {
    let (good, words) = match form {
        "anything" => (true, ""),
        "string" => (value.is_string(), "must be string"),
        "boolean" => (value.is_boolean(), "must be boolean"),
        "float" => (value.is_number(), "must be float64"),
        "int32" => (is_int32(value), "must be int32"),
        "timestamp" => (value.as_str().is_some_and(is_timestamp), "must be timestamp"),
        values => (
            value.as_str().is_some_and(|text| values.split('|').any(|value| value == text)),
            "must be equal to one of the allowed values",
        ),
    };
    (!good).then_some(words)
}

/// RFC 8927 section 3.3.3: a number without a fractional part, however it is written.
fn is_int32(value: &Value) -> bool {
    value.as_f64().is_some_and(|n| n.fract() == 0.0 && n.abs() <= f64::from(i32::MAX))
}

/// RFC 3339 section 5.6, an offset included.
pub(crate) fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |at: std::ops::Range<usize>, most: u32| {
        let part = text.get(at).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
        part.and_then(|part| part.parse().ok()).is_some_and(|n: u32| n <= most)
    };
    let marks = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    let date = digits(0..4, 9999) && digits(5..7, 12) && digits(8..10, 31);
    let time = digits(11..13, 23) && digits(14..16, 59) && digits(17..19, 60);
    let joined = bytes.get(10).is_some_and(|b| matches!(b, b'T' | b't' | b' '));
    let whole = date && time && joined && marks.iter().all(|(at, b)| bytes.get(*at) == Some(b));
    whole && text.get(19..).is_some_and(is_fraction_and_offset)
}

fn is_fraction_and_offset(text: &str) -> bool {
    let offset = match text.strip_prefix('.') {
        Some(rest) => {
            let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            if behind.len() == rest.len() {
                return false;
            }
            behind
        }
        None => text,
    };
    let numbers = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (u8, u8) = (hour.parse().ok()?, minute.parse().ok()?);
        Some(text.len() == 5 && hour < 24 && minute < 60)
    };
    matches!(offset, "Z" | "z")
        || offset.strip_prefix(['+', '-']).and_then(numbers).unwrap_or(false)
}

fn unknown<'a>(value: &'a Value, schema: &'a Value) -> impl Iterator<Item = &'a str> {
    let known = |key: &str| fields(schema).any(|(field, _)| name(field) == key);
    let keys = value.as_object().into_iter().flat_map(|object| object.keys());
    keys.map(String::as_str).filter(move |key| !known(key))
}

fn extra_keys(index: usize, record: &Value, schema: &Value) -> Option<String> {
    let extra: Vec<&str> = unknown(record, schema).collect();
    let id = record.get("uniqueId").and_then(Value::as_str).unwrap_or("undefined");
    let keys = extra.join(", ");
    (!extra.is_empty()).then(|| {
        format!(
            "Too many fields on resource with uniqueId {id} (element {index}). Extra keys: {keys}"
        )
    })
}
