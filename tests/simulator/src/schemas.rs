//! The schemas of the twelve kinds, as data, and a validator that reports one violation at a time.
//!
//! Source: <https://developer.vanta.com/reference/build-integrations.json>. The messages are those
//! that users of the real service have reported; they are the idioms of a JSON Type Definition
//! validator.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::dates::is_timestamp;

/// A key that ends in `?` is optional; one that ends in `!` is required, which allows names that
/// end in either character. `A|B` is an enumeration.
static SCHEMAS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("schemas.json")).expect("a file of ours, read by every test")
});

/// The properties of every kind.
const BASE: [&str; 3] = ["displayName", "uniqueId", "externalUrl"];

/// At the end of a form: null is valid too.
const OR_NULL: &str = " or null";

/// The kinds of the specification.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    SCHEMAS.as_object().into_iter().flat_map(|kinds| kinds.keys().map(String::as_str))
}

/// How strictly records are validated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strictness {
    pub(crate) null_optionals: bool,
    pub(crate) extra_keys_first: bool,
}

/// Returns the schema of a record of `kind`; `custom` is the console's declaration of custom
/// properties.
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
            fields.insert("customProperties?".to_owned(), json!("flat"));
        }
        None => {}
    }
    Value::Object(fields)
}

/// Converts a JSON Type Definition (RFC 8927) of flat properties to these schemas.
fn declared_fields(jtd: &Value) -> Value {
    let named = |part: &str| jtd.get(part).and_then(Value::as_object).into_iter().flatten();
    let needed = named("properties").map(|(name, jtd)| (format!("{name}!"), json!(form(jtd))));
    let optional =
        named("optionalProperties").map(|(name, jtd)| (format!("{name}?"), json!(form(jtd))));
    Value::Object(needed.chain(optional).collect())
}

fn form(jtd: &Value) -> String {
    let values = jtd.get("enum").and_then(Value::as_array);
    let values = values.map(|all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>());
    let form = match (values, jtd.get("type").and_then(Value::as_str)) {
        // The bar in front keeps a single value from being read as the name of a type.
        (Some(values), _) => format!("|{}", values.join("|")),
        (None, form) => form.unwrap_or("anything").to_owned(),
    };
    let nullable = jtd.get("nullable") == Some(&Value::Bool(true));
    if nullable { form + OR_NULL } else { form }
}

/// Returns the first violation of the first record that has one.
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

/// Returns the name in a key of a schema.
pub(crate) fn name(key: &str) -> &str {
    key.strip_suffix(['?', '!']).unwrap_or(key)
}

/// Returns whether a key of a schema is optional.
pub(crate) fn is_optional(key: &str) -> bool {
    key.ends_with('?')
}

/// Returns whether a form is that of a timestamp, null or not.
pub(crate) fn is_of_time(form: &str) -> bool {
    form.strip_suffix(OR_NULL).unwrap_or(form) == "timestamp"
}

/// Keys and forms of a schema.
pub(crate) fn fields(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.as_object().into_iter().flatten()
}

fn object(value: &Value, schema: &Value, path: &str, strictness: Strictness) -> Option<String> {
    let Some(object) = value.as_object() else { return Some(format!("{path}: must be object")) };
    let missing = fields(schema)
        .find(|(key, _)| !is_optional(key) && !object.contains_key(name(key)))
        .map(|(key, _)| format!("{path}: must have property '{}'", name(key)));
    missing.or_else(|| {
        fields(schema).find_map(|(key, form)| {
            let value = object.get(name(key))?;
            if value.is_null() && is_optional(key) && strictness.null_optionals {
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
        Value::String(form) if form == "flat" => flat(value, path),
        _ => scalar(value, form.as_str().unwrap_or("anything"))
            .map(|words| format!("{path}: {words}")),
    }
}

fn scalar(value: &Value, form: &str) -> Option<String> {
    let plain = form.strip_suffix(OR_NULL);
    if plain.is_some() && value.is_null() {
        return None;
    }
    let good = match plain.unwrap_or(form) {
        "anything" => true,
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "float32" | "float64" => value.is_number(),
        "int8" => is_whole(value, i8::MIN.into(), i8::MAX.into()),
        "uint8" => is_whole(value, 0.0, u8::MAX.into()),
        "int16" => is_whole(value, i16::MIN.into(), i16::MAX.into()),
        "uint16" => is_whole(value, 0.0, u16::MAX.into()),
        "int32" => is_whole(value, i32::MIN.into(), i32::MAX.into()),
        "uint32" => is_whole(value, 0.0, u32::MAX.into()),
        "timestamp" => value.as_str().is_some_and(is_timestamp),
        values => {
            let among =
                |text: &str| values.trim_start_matches('|').split('|').any(|value| value == text);
            let good = value.as_str().is_some_and(among);
            return (!good).then(|| "must be equal to one of the allowed values".to_owned());
        }
    };
    (!good).then(|| format!("must be {form}"))
}

/// Returns whether a number has no fractional part, however it is written: RFC 8927 section 3.3.3.
fn is_whole(value: &Value, least: f64, most: f64) -> bool {
    value.as_f64().is_some_and(|n| n.fract() == 0.0 && (least..=most).contains(&n))
}

/// Validates custom properties without a declaration: any value that is not nested.
fn flat(value: &Value, path: &str) -> Option<String> {
    let Some(object) = value.as_object() else { return Some(format!("{path}: must be object")) };
    let deep = object.iter().find(|(_, value)| value.is_object() || value.is_array());
    deep.map(|(key, _)| format!("{path}/{key}: must be string"))
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
