//! docs/kinds.md, generated from the schemas and the documentation of the records: all fields of
//! every kind.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::{WIDTH, assert_generated, wrapped};
use crate::c_abi::{ROOT, read};
use crate::header::{KindConstant, kind_constants};
use crate::sample_records::{object, schema};

const PAGE: &str = "docs/kinds.md";
const SOURCE: &str = "src/resource/schemas";

/// A type in `src/resource/records`.
#[derive(Debug, Default)]
struct Record {
    documentation: String,
    /// The constant of the kind, where the type is that of a whole record.
    kind: String,
    fields: Vec<Field>,
}

/// A field of such a type, by its name in JSON.
#[derive(Debug)]
struct Field {
    name: String,
    kind: String,
    documentation: String,
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let (first, rest) = word.split_at(word.len().min(1));
        text + &first.to_uppercase() + rest
    })
}

/// Converts the text of rustdoc to that of a page: with the names of JSON, and without links of
/// Rust.
fn plain(documentation: &str) -> String {
    let first = documentation.split(" Source: <").next().unwrap_or_default().trim();
    let mut text = String::new();
    let mut rest = first;
    while let Some((before, after)) = rest.split_once("[`") {
        let (name, after) = after.split_once("`]").expect("a link ends");
        let target = after.strip_prefix('(').and_then(|after| after.split_once(')'));
        text += &format!("{before}`{name}`");
        rest = target.map_or(after, |(_, after)| after);
    }
    text += rest;
    let text = text.replace("`None` where", "Left out where");
    text.split('`').map(camel_case_of_fields).collect::<Vec<_>>().join("`").replace('|', "\\|")
}

fn camel_case_of_fields(part: &str) -> String {
    match part.chars().all(|c| c.is_ascii_lowercase() || c == '_') && part.contains('_') {
        true => camel_case(part),
        false => part.to_owned(),
    }
}

fn records() -> BTreeMap<String, Record> {
    let folder = std::fs::read_dir(Path::new(ROOT).join("src/resource/records")).expect("there");
    let mut records = BTreeMap::new();
    for file in folder {
        let name = file.expect("readable").file_name().to_string_lossy().into_owned();
        records.extend(records_of(&read(&format!("src/resource/records/{name}"))));
    }
    records
}

fn records_of(source: &str) -> BTreeMap<String, Record> {
    let mut records: BTreeMap<String, Record> = BTreeMap::new();
    let (mut documentation, mut current) = (String::new(), String::new());
    for line in source.lines().map(str::trim) {
        let field = line.strip_prefix("pub ").and_then(|rest| rest.strip_suffix(','));
        if let Some(text) = line.strip_prefix("///") {
            documentation += text;
        } else if let Some(name) = line.strip_prefix("pub struct ") {
            current = name.trim_end_matches(" {").to_owned();
            let documentation = plain(&std::mem::take(&mut documentation));
            records.insert(current.clone(), Record { documentation, ..Record::default() });
        } else if let Some(kind) = line.strip_prefix("const KIND: Kind = Kind::") {
            records.entry(current.clone()).or_default().kind =
                kind.trim_end_matches(';').to_owned();
        } else if let Some((name, kind)) = field.and_then(|field| field.split_once(": ")) {
            let documentation = plain(&std::mem::take(&mut documentation));
            let field = Field { name: camel_case(name), kind: kind.to_owned(), documentation };
            records.entry(current.clone()).or_default().fields.push(field);
        } else if !line.starts_with('#') {
            documentation.clear();
        }
    }
    records
}

/// Returns the type of the values of a list or of an optional field.
fn inner(kind: &str) -> &str {
    let parts = ["Option<", "Vec<"].iter().find_map(|part| kind.strip_prefix(part));
    parts.and_then(|rest| rest.strip_suffix('>')).map_or(kind, inner)
}

/// Returns what a value must be, in words.
fn shape(schema: &Value) -> String {
    if let Some(values) = schema["enum"].as_array() {
        let values = values.iter().filter_map(Value::as_str).map(|value| format!("`{value}`"));
        return format!("one of {}", values.collect::<Vec<_>>().join(", "));
    }
    if let Some(elements) = schema.get("elements") {
        return match shape(elements) {
            shape if shape == "object" => "list of objects".to_owned(),
            shape => format!("list; each {shape}"),
        };
    }
    match schema["type"].as_str() {
        Some("timestamp") => "timestamp".to_owned(),
        Some("int32") => "whole number (int32)".to_owned(),
        Some("float64") => "number".to_owned(),
        Some(other) => other.to_owned(),
        None => "object".to_owned(),
    }
}

/// Returns the rows of an object's fields, each below its parent.
fn rows(records: &BTreeMap<String, Record>, record: &str, schema: &Value, parent: &str) -> String {
    let fields = &records.get(record).unwrap_or_else(|| panic!("no type {record}")).fields;
    let (required, optional) =
        (object(&schema["properties"]), object(&schema["optionalProperties"]));
    let known = required.len() + optional.len();
    let mut rows = String::new();
    let mut found = 0;
    for Field { name, kind, documentation } in fields {
        let is_required = required.contains_key(name);
        let Some(schema) = required.get(name).or_else(|| optional.get(name)) else {
            assert_eq!(name, "customProperties", "{record}.{name} is in no schema");
            rows += &format!("| `{name}` | object | if declared | no | {documentation} |\n");
            continue;
        };
        found += 1;
        let is_nullable = schema["nullable"] == true;
        let words = |is_so: bool| if is_so { "yes" } else { "no" };
        let (required, nullable) = (words(is_required), words(is_nullable));
        let path = format!("{parent}{name}");
        let shape = shape(schema);
        let _ =
            writeln!(rows, "| `{path}` | {shape} | {required} | {nullable} | {documentation} |");
        let (schema, path) = match schema.get("elements") {
            Some(elements) => (elements, format!("{path}[].")),
            None => (schema, format!("{path}.")),
        };
        if schema.get("properties").is_some() {
            rows += &self::rows(records, inner(kind), schema, &path);
        }
    }
    assert_eq!(found, known, "{record} has not all fields of its schema");
    rows
}

/// Returns the rows of a kind that has no type of its own yet, from its schema.
fn rows_of_schema(schema: &Value) -> String {
    let mut rows = String::new();
    for (members, required) in [("properties", "yes"), ("optionalProperties", "no")] {
        for (name, schema) in object(&schema[members]) {
            let nullable = if schema["nullable"] == true { "yes" } else { "no" };
            let _ = writeln!(rows, "| `{name}` | {} | {required} | {nullable} | |", shape(&schema));
        }
    }
    rows
}

/// Returns the section of a kind.
fn section(records: &BTreeMap<String, Record>, kind: &KindConstant) -> String {
    let KindConstant { name: constant, path, .. } = kind;
    let schema = schema(&path.parse().expect("a kind"));
    let typed = records.iter().find(|(_, record)| record.kind == *constant);
    let (documentation, [in_rust, in_python], rows) = match typed {
        Some((name, record)) => {
            let types =
                [format!(" and `records::{name}`"), format!(" and `libvanta.records.{name}`")];
            (record.documentation.as_str(), types, rows(records, name, &schema, ""))
        }
        None => ("", Default::default(), rows_of_schema(&schema)),
    };
    let constants = format!(
        "`Kind::{constant}`{in_rust} in Rust, `VANTA_KIND_{constant}` in C, `vanta::kind::{}` in \
         C++, `libvanta.Kind.{constant}`{in_python} in Python. Path: `/v1/resources/{path}`.",
        constant.to_lowercase()
    );
    let head = "| field | type | required | null allowed | description |\n|---|---|---|---|---|\n";
    let [documentation, constants] =
        [documentation, &constants].map(|text| wrapped(text, "", WIDTH));
    format!("## {path}\n\n{documentation}\n{constants}\n{head}{rows}\n")
}

#[test]
fn the_page_of_kinds_has_every_field_of_every_schema() {
    let records = records();
    let sections = kind_constants().iter().map(|kind| section(&records, kind)).collect::<String>();
    assert_generated(PAGE, SOURCE, &format!("\n{sections}"));
    let untyped = serde_json::json!({"properties": {"a": {"type": "string", "nullable": true}}});
    assert_eq!(rows_of_schema(&untyped), "| `a` | string | yes | yes | |\n");
}

#[test]
fn types_of_records_are_read_with_their_fields() {
    let source = [
        "/// A [`B`](c) of `unique_id`.",
        "///",
        "/// Source: <x>.",
        "pub struct A {",
        "    /// D.",
        "    #[serde(x)]",
        "    pub a_b: Option<Vec<C>>,",
        "}",
        "const KIND: Kind = Kind::K;",
    ];
    let records = records_of(&source.join("\n"));
    let record = &records["A"];
    assert_eq!(
        (record.documentation.as_str(), record.kind.as_str()),
        ("A `B` of `uniqueId`.", "K")
    );
    let field = &record.fields[0];
    assert_eq!(
        (field.name.as_str(), inner(&field.kind), field.documentation.as_str()),
        ("aB", "C", "D.")
    );
}
