//! An example record of a schema, and the same as a CSV template.

use serde_json::{Map, Value, json};

/// A record with every field.
pub fn record(schema: &Value) -> Value {
    let required = members(schema, "properties");
    let optional = members(schema, "optionalProperties");
    // Only a closed task has it, and the example is open: the value would be refused one day.
    let kept = optional.filter(|(name, _)| *name != "closedTimestamp");
    required.chain(kept).map(|(name, schema)| (name.clone(), value(name, schema))).collect()
}

fn members<'a>(schema: &'a Value, keyword: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    schema.get(keyword).and_then(Value::as_object).into_iter().flatten()
}

fn value(name: &str, schema: &Value) -> Value {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.first().cloned().unwrap_or_default();
    }
    if let Some(elements) = schema.get("elements") {
        return json!([value(name, elements)]);
    }
    if schema.get("properties").is_some() || schema.get("optionalProperties").is_some() {
        return record(schema);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("boolean") => json!(true),
        Some("float64" | "float32") => json!(7.5),
        Some("timestamp") => json!("2026-01-31T12:00:00Z"),
        Some("string") => json!(text(name)),
        Some(_) => json!(7),
        None => json!({"team": "platform"}),
    }
}

/// A text that suits the name of the field.
fn text(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    let suits = [
        ("url", "https://example.com/ada"),
        ("email", "ada@example.com"),
        ("uniqueid", "ada-1"),
        ("name", "Ada Lovelace"),
        ("owner", "ada@example.com"),
        ("id", "id-1"),
        ("description", "what it is"),
    ];
    suits.iter().find(|(part, _)| name.contains(part)).map_or("text", |(_, text)| text)
}

/// A header row and the row of the example.
pub fn csv(schema: &Value) -> String {
    let record = record(schema);
    let columns = columns(&record);
    let row =
        |cells: Vec<String>| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",");
    let names = columns.iter().map(|(name, _)| name.clone()).collect();
    let cells = columns.iter().map(|(_, value)| cell(value)).collect();
    format!("{}\n{}\n", row(names), row(cells))
}

/// The columns of a record: those of a nested object one by one.
fn columns(record: &Value) -> Vec<(String, Value)> {
    let members = record.as_object().cloned().unwrap_or_else(Map::new);
    let nested = members.into_iter().flat_map(|(name, value)| match &value {
        Value::Object(_) => {
            let inner = columns(&value).into_iter();
            inner.map(|(step, value)| (format!("{name}.{step}"), value)).collect()
        }
        _ => vec![(name, value)],
    });
    nested.collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) if values.iter().all(|value| !value.is_object()) => {
            values.iter().map(cell).collect::<Vec<_>>().join(";")
        }
        other => other.to_string(),
    }
}

fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}
