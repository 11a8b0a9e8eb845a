//! The typed records of Python, generated from those of Rust, which tests compare with the schemas.

use std::fmt::Write;

use super::{assert_generated, wrapped};
use crate::c_abi::{read, upper};

/// The order in which each type follows those that it uses.
const FILES: [&str; 13] = [
    "computer",
    "api_endpoint_vulnerability",
    "background_check",
    "custom_resource",
    "macos_user_computer",
    "package_vulnerability",
    "secret",
    "security_task",
    "static_analysis_vulnerability",
    "user_account",
    "user_security_training_status",
    "vulnerable_component",
    "windows_user_computer",
];

/// A struct or an enum.
#[derive(Default)]
struct Type {
    name: String,
    about: String,
    is_enum: bool,
    /// The constant of the kind, for a record.
    kind: Option<String>,
    /// Comment, name and type. The variants of an enum have no type.
    parts: Vec<(String, String, String)>,
}

/// Removes links of rustdoc, and sentences about Rust only.
fn plain(text: &str) -> String {
    let text = text.split(" Source: <").next().unwrap_or_default();
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        words += before;
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    (words + rest).replace(['[', ']'], "").replace('…', "...")
}

fn types(source: &str) -> Vec<Type> {
    let (mut found, mut docs): (Vec<Type>, String) = (Vec::new(), String::new());
    let mut is_inside = false;
    for line in source.lines() {
        let words = line.trim();
        if let Some(text) = words.strip_prefix("///") {
            docs += text;
            continue;
        }
        let head = words.strip_prefix("pub struct ").or(words.strip_prefix("pub enum "));
        if let Some(name) = head.and_then(|head| head.strip_suffix(" {")) {
            let (name, is_enum) = (name.to_owned(), words.starts_with("pub enum"));
            found.push(Type { name, is_enum, about: plain(docs.trim()), ..Type::default() });
            is_inside = true;
        } else if words == "}" {
            is_inside = false;
        } else if let Some((_, kind)) = words.split_once("const KIND: Kind = Kind::") {
            let name = Some(kind.trim_end_matches(';').to_owned());
            found
                .iter_mut()
                .rfind(|each| !each.is_enum && each.kind.is_none())
                .expect("one")
                .kind = name;
        } else if is_inside && !words.starts_with('#') && !words.starts_with("Unlisted(") {
            let part = words.trim_start_matches("pub ").trim_end_matches(',');
            let (name, kind) = part.split_once(": ").unwrap_or((part, ""));
            let last = found.last_mut().expect("a type began");
            last.parts.push((plain(docs.trim()), name.to_owned(), kind.to_owned()));
        }
        if !words.starts_with('#') {
            docs.clear();
        }
    }
    found
}

/// Returns the type of a field.
fn annotation(name: &str, kind: &str) -> String {
    let inner = |prefix: &str| kind.strip_prefix(prefix).and_then(|rest| rest.strip_suffix('>'));
    if let Some(inner) = inner("Option<") {
        return format!("Optional[{}]", annotation(name, inner));
    }
    if let Some(inner) = inner("Vec<") {
        return format!("Sequence[{}]", annotation("", inner));
    }
    let is_time = name.ends_with("_timestamp") || name.ends_with("_date");
    let own = match kind {
        "String" if is_time => "Time",
        "String" => "str",
        "i32" => "int",
        "f64" => "float",
        "Map<String, Value>" => "Mapping[str, Any]",
        _ => kind,
    };
    own.to_owned()
}

/// Returns the text for a field in the documentation of its class, which help() shows.
fn documentation((comment, name, _): &(String, String, String)) -> String {
    format!("    {name}\n{}", wrapped(comment, "        ", 100))
}

fn class(found: &Type) -> String {
    let base = match (found.is_enum, &found.kind) {
        (true, _) => "_Word",
        (false, Some(_)) => "Record",
        (false, None) => "CamelCase",
    };
    let head = if found.is_enum { "" } else { "@dataclass\n" };
    let mut lines = format!("\n\n{head}class {}({base}):\n", found.name);
    let mut about = wrapped(&format!("\"\"\"{}", found.about), "    ", 100);
    if !found.is_enum {
        about += &format!("\n{}", found.parts.iter().map(documentation).collect::<String>());
    }
    lines += about.trim_end();
    lines += if about.lines().count() > 1 { "\n    \"\"\"\n\n" } else { "\"\"\"\n\n" };
    if let Some(kind) = &found.kind {
        let _ = writeln!(lines, "    KIND = Kind.{kind}\n");
    }
    for (comment, name, kind) in &found.parts {
        if found.is_enum {
            lines += &wrapped(comment, "    # ", 100);
        }
        let kind = annotation(name, kind);
        let _ = match (found.is_enum, kind.starts_with("Optional[")) {
            (true, _) => writeln!(lines, "    {0} = \"{0}\"", upper(name)),
            (false, true) => writeln!(lines, "    {name}: {kind} = None"),
            (false, false) => writeln!(lines, "    {name}: {kind}"),
        };
    }
    lines
}

/// Sorts types so that each follows those that it uses.
fn in_order(mut left: Vec<Type>) -> Vec<Type> {
    let mut ordered: Vec<Type> = Vec::new();
    while !left.is_empty() {
        let names: Vec<String> = left.iter().map(|each| each.name.clone()).collect();
        let uses = |each: &Type, name: &str| {
            each.parts.iter().any(|(_, _, kind)| {
                let inner = kind.rsplit('<').next().unwrap_or_default().trim_end_matches('>');
                inner == name
            })
        };
        let is_free = |each: &Type| !names.iter().any(|name| uses(each, name));
        let next = left.iter().position(is_free).expect("no type holds itself");
        ordered.push(left.remove(next));
    }
    ordered
}

#[test]
fn typed_records_of_python_are_those_of_rust() {
    let folder = "src/resource/records";
    let mut all = Vec::new();
    for file in FILES {
        all.extend(types(&read(&format!("{folder}/{file}.rs"))));
    }
    assert_eq!(all.iter().filter(|each| each.kind.is_some()).count(), 12);
    let classes: String = in_order(all).iter().map(class).collect();
    assert_generated("bindings/python/libvanta/records.py", folder, &(classes + "\n\n"));
}

#[test]
fn a_type_is_read_with_its_parts() {
    let source = "/// A [b](c).\npub struct X {\n    /// When.\n    #[serde(x)]\n    \
                  pub a_timestamp: Option<String>,\n}\nimpl Record for X {\n    \
                  const KIND: Kind = Kind::Y;\n}\n\n/// E.\npub enum E {\n    /// V.\n    \
                  AbC,\n    Unlisted(String),\n}\n";
    let found = types(source);
    assert_eq!((found.len(), found[0].kind.as_deref()), (2, Some("Y")));
    assert_eq!(
        class(&found[0]),
        "\n\n@dataclass\nclass X(Record):\n    \"\"\"A b.\n\n    a_timestamp\n        When.\n    \
         \"\"\"\n\n    KIND = Kind.Y\n\n    a_timestamp: Optional[Time] = None\n"
    );
    assert!(class(&found[1]).ends_with("    # V.\n    AB_C = \"AB_C\"\n"));
}
