//! The fields of records, in one form for the two kinds of schemas: JSON Type Definition (the
//! built-in ones) and OpenAPI (documents of the service).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

/// By the path of the field: `users[].username`.
pub type Shapes = BTreeMap<String, Shape>;

/// References that lead in a circle end somewhere.
const DEEPEST: usize = 20;

pub struct Shape {
    pub is_required: bool,
    pub name: String,
    /// The values of an enumeration.
    pub words: BTreeSet<String>,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let need = if self.is_required { "required" } else { "optional" };
        write!(f, "{} ({need})", self.name)
    }
}

fn words(node: &Value) -> BTreeSet<String> {
    let all = node.get("enum").and_then(Value::as_array);
    all.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn members<'a>(node: &'a Value, keyword: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    node.get(keyword).and_then(Value::as_object).into_iter().flatten()
}

fn step(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The fields of a schema in JSON Type Definition.
pub fn of_definition(schema: &Value) -> Shapes {
    let mut found = Shapes::new();
    definition(schema, "", true, &mut found);
    found
}

fn definition(node: &Value, path: &str, is_required: bool, found: &mut Shapes) {
    let is_object = node.get("properties").is_some() || node.get("optionalProperties").is_some();
    let name = match node.get("type").and_then(Value::as_str) {
        Some("float32" | "float64") => "number",
        Some(name) if name.contains("int") => "integer",
        Some(name) => name,
        None if node.get("enum").is_some() => "enum",
        None if node.get("elements").is_some() => "array",
        None if is_object => "object",
        None => "any",
    };
    if !path.is_empty() {
        let shape = Shape { is_required, name: name.to_owned(), words: words(node) };
        found.insert(path.to_owned(), shape);
    }
    if let Some(elements) = node.get("elements") {
        definition(elements, &format!("{path}[]"), true, found);
    }
    for (keyword, is_required) in [("properties", true), ("optionalProperties", false)] {
        for (name, node) in members(node, keyword) {
            definition(node, &step(path, name), is_required, found);
        }
    }
}

/// The kinds of an OpenAPI document: each path `…/resources/KIND` that can be pushed to.
pub fn kinds_of_document(document: &Value) -> BTreeMap<String, Shapes> {
    let paths = members(document, "paths").filter_map(|(path, item)| {
        let (_, name) = path.trim_end_matches("/sync_all").rsplit_once("/resources/")?;
        let content = item.get("put")?.get("requestBody")?;
        let content = Document(document).resolved(content).get("content")?;
        let schema = content.get("application/json")?.get("schema")?;
        let mut all = Vec::new();
        Document(document).parts(schema, 0, &mut all);
        let records = all.iter().find_map(|part| part.get("properties")?.get("resources"))?;
        let items = Document(document).resolved(records).get("items")?;
        let mut found = Shapes::new();
        Document(document).field(items, "", true, 0, &mut found);
        Some((snake_case(name), found))
    });
    paths.collect()
}

/// `UserAccount` is `user_account`.
fn snake_case(name: &str) -> String {
    let letters = name.char_indices().flat_map(|(at, c)| {
        let gap = (at > 0 && c.is_ascii_uppercase()).then_some('_');
        gap.into_iter().chain([c.to_ascii_lowercase()])
    });
    letters.collect()
}

struct Document<'a>(&'a Value);

impl<'a> Document<'a> {
    /// Follows references.
    fn resolved(&self, node: &'a Value) -> &'a Value {
        let mut node = node;
        for _ in 0..DEEPEST {
            let reference = node.get("$ref").and_then(Value::as_str);
            let target = reference.and_then(|text| self.0.pointer(text.strip_prefix('#')?));
            match target {
                Some(target) => node = target,
                None => break,
            }
        }
        node
    }

    /// The parts that together are one schema: those of `allOf`, and the one of a choice that is
    /// not null.
    fn parts(&self, node: &'a Value, depth: usize, found: &mut Vec<&'a Value>) {
        let node = self.resolved(node);
        found.push(node);
        if depth == DEEPEST {
            return;
        }
        let list =
            |keyword: &str| node.get(keyword).and_then(Value::as_array).into_iter().flatten();
        list("allOf").for_each(|part| self.parts(part, depth + 1, found));
        let is_null = |part: &&Value| part.get("type").is_some_and(|name| name == "null");
        let choice = list("oneOf").chain(list("anyOf")).find(|part| !is_null(part));
        choice.into_iter().for_each(|part| self.parts(part, depth + 1, found));
    }

    fn field(
        &self,
        node: &'a Value,
        path: &str,
        is_required: bool,
        depth: usize,
        found: &mut Shapes,
    ) {
        let mut parts = Vec::new();
        self.parts(node, depth, &mut parts);
        if !path.is_empty() {
            let words = parts.iter().flat_map(|part| words(part)).collect();
            let name = type_of(&parts).to_owned();
            found.insert(path.to_owned(), Shape { is_required, name, words });
        }
        if depth == DEEPEST {
            return;
        }
        let required: BTreeSet<&str> = parts
            .iter()
            .filter_map(|part| part.get("required")?.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (name, node) in parts.iter().flat_map(|part| members(part, "properties")) {
            let is_required = required.contains(name.as_str());
            self.field(node, &step(path, name), is_required, depth + 1, found);
        }
        if let Some(items) = parts.iter().find_map(|part| part.get("items")) {
            self.field(items, &format!("{path}[]"), true, depth + 1, found);
        }
    }
}

/// The type in the words of JSON Type Definition.
fn type_of(parts: &[&Value]) -> &'static str {
    let text = |keyword: &str| {
        let found = parts.iter().filter_map(|part| part.get(keyword));
        // Since OpenAPI 3.1 a type may be a list: `["string", "null"]`.
        let mut names = found.filter_map(|found| match found {
            Value::Array(names) => {
                names.iter().filter_map(Value::as_str).find(|one| *one != "null")
            }
            found => found.as_str(),
        });
        names.next().unwrap_or_default()
    };
    let has = |keyword: &str| parts.iter().any(|part| part.get(keyword).is_some());
    match (text("type"), text("format")) {
        _ if has("enum") => "enum",
        ("string", "date-time" | "date") => "timestamp",
        ("string", _) => "string",
        ("boolean", _) => "boolean",
        ("integer", _) | ("number", "int32" | "int64") => "integer",
        ("number", _) => "number",
        ("array", _) => "array",
        ("object", _) => "object",
        _ if has("properties") => "object",
        _ if has("items") => "array",
        _ => "any",
    }
}
