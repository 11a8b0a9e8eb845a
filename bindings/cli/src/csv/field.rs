//! The fields of a kind, as its schema has them: what a column may be, and what a cell becomes.

use serde_json::{Map, Value};

/// A place in a schema of JSON Type Definition.
#[derive(Clone, Debug, Default)]
pub struct Field {
    node: Value,
    pub is_required: bool,
}

impl Field {
    /// The whole record.
    pub fn record(schema: Value) -> Field {
        Field { node: schema, is_required: true }
    }

    /// Finds a property of an object. Where the schema says nothing, any name is a property.
    pub fn property(&self, name: &str) -> Option<Field> {
        let of = |keyword: &str| self.node.get(keyword).and_then(|all| all.get(name));
        let required = of("properties").map(|node| (node, true));
        let found = required.or_else(|| of("optionalProperties").map(|node| (node, false)));
        match found {
            Some((node, is_required)) => Some(Field { node: node.clone(), is_required }),
            None if self.is_free() => Some(Field::default()),
            None => None,
        }
    }

    /// The names of all properties of an object, the required ones first.
    pub fn names(&self) -> Vec<(&str, bool)> {
        let of = |keyword: &str, is_required| {
            let names = self.node.get(keyword).and_then(Value::as_object);
            names.into_iter().flat_map(Map::keys).map(move |name| (name.as_str(), is_required))
        };
        of("properties", true).chain(of("optionalProperties", false)).collect()
    }

    /// Whether the schema says nothing of the value.
    fn is_free(&self) -> bool {
        let words = ["type", "enum", "elements", "properties", "optionalProperties", "values"];
        words.iter().all(|word| self.node.get(word).is_none())
    }

    pub fn kind(&self) -> &str {
        self.node.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    pub fn words(&self) -> Vec<&str> {
        let words = self.node.get("enum").and_then(Value::as_array);
        words.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    pub fn elements(&self) -> Option<Field> {
        self.node.get("elements").map(|node| Field::record(node.clone()))
    }

    pub fn is_object(&self) -> bool {
        self.node.get("properties").is_some() || self.node.get("optionalProperties").is_some()
    }

    pub fn is_nullable(&self) -> bool {
        self.node.get("nullable") == Some(&Value::Bool(true))
    }

    /// The value of a cell that is not empty. Text that is none of the type stays text, which the
    /// validation then refuses.
    pub fn value(&self, text: &str) -> Value {
        if let Some(elements) = self.elements() {
            return self.list(text, &elements);
        }
        let trimmed = text.trim();
        let parsed = match self.kind() {
            "boolean" => boolean(trimmed).map(Value::Bool),
            "float64" | "float32" => number(trimmed),
            kind if kind.starts_with("int") || kind.starts_with("uint") => number(trimmed),
            "timestamp" => Some(trimmed.into()),
            _ if self.is_object() => serde_json::from_str(trimmed).ok(),
            _ if !self.words().is_empty() => Some(trimmed.into()),
            // What a schema says nothing of may be an object.
            _ if self.is_free() && trimmed.starts_with('{') => serde_json::from_str(trimmed).ok(),
            _ => None,
        };
        parsed.unwrap_or_else(|| text.into())
    }

    fn list(&self, text: &str, elements: &Field) -> Value {
        let trimmed = text.trim();
        if trimmed.starts_with('[') || elements.is_object() {
            return serde_json::from_str(trimmed).unwrap_or_else(|_| text.into());
        }
        let parts = trimmed.split(';').map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| elements.value(part)).collect()
    }

    /// The value of a cell that is empty: none where the member is left out.
    pub fn value_of_empty(&self) -> Option<Value> {
        match self.is_required {
            true if self.is_nullable() => Some(Value::Null),
            true if self.elements().is_some() => Some(Value::Array(Vec::new())),
            _ => None,
        }
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// A number as JSON has it.
fn number(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(Value::is_number)
}
