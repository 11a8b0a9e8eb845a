//! From a value to its flaws (RFC 8927 section 3.3), all of them, each with its two paths.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use super::timestamp::is_timestamp;
use super::{Form, Node, Properties, Schema, Type};
use crate::error::shorten;
use crate::json::pointer;

/// A schema that refers to itself may go on for ever.
pub(super) const DEEPEST: usize = 200;

/// One thing that is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flaw {
    /// Where in the value: keys and positions. A key of more than 300 characters is cut, and ends
    /// in an ellipsis then.
    pub instance_path: Vec<String>,
    /// Which part of the schema says so.
    pub schema_path: Vec<String>,
    /// What is wrong, in words.
    pub message: String,
}

impl Flaw {
    /// The place in the value as a JSON pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        self.instance_path.iter().for_each(|name| pointer::push(&mut pointer, name));
        pointer
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = self.pointer();
        let gap = if pointer.is_empty() { "" } else { ": " };
        write!(f, "{pointer}{gap}{}", self.message)
    }
}

/// Calls `see` with each flaw of a value, and with whether the flawed value is null.
pub(super) fn each_flaw(schema: &Schema, value: &Value, see: &mut dyn FnMut(Flaw, bool)) {
    let (path, place) = (Vec::new(), Vec::new());
    let mut walk = Walk { schema, value: path, place, references: 0, is_null: false, see };
    walk.node(&schema.root, value, None);
}

/// Goes through a value and a schema together.
struct Walk<'a, 's> {
    schema: &'a Schema,
    value: Vec<Cow<'a, str>>,
    place: Vec<&'a str>,
    /// References that are being followed, one inside the other.
    references: usize,
    is_null: bool,
    see: &'s mut dyn FnMut(Flaw, bool),
}

impl<'a> Walk<'a, '_> {
    /// Notes a flaw; `keyword` is the part of the schema below the present place.
    fn flaw(&mut self, keyword: &[&str], message: impl Into<String>) {
        let schema_path = self.place.iter().chain(keyword).map(|&word| word.to_owned()).collect();
        let instance_path = self.value.iter().map(|step| shorten(step)).collect();
        let message = message.into();
        (self.see)(Flaw { instance_path, schema_path, message }, self.is_null);
    }

    fn below(
        &mut self,
        key: impl Into<Cow<'a, str>>,
        place: &[&'a str],
        node: &'a Node,
        value: &'a Value,
    ) {
        self.value.push(key.into());
        self.inside(place, node, value);
        self.value.pop();
    }

    fn inside(&mut self, place: &[&'a str], node: &'a Node, value: &'a Value) {
        let depth = self.place.len();
        self.place.extend(place);
        self.node(node, value, None);
        self.place.truncate(depth);
        // What has a value inside is not null.
        self.is_null = false;
    }

    fn node(&mut self, node: &'a Node, value: &'a Value, tag: Option<&str>) {
        if node.nullable && value.is_null() {
            return;
        }
        self.is_null = value.is_null();
        match &node.form {
            Form::Empty => {}
            Form::Ref(name) => self.reference(name, value),
            Form::Type(wanted) => {
                if !wanted.holds(value) {
                    self.flaw(&["type"], format!("must be {}", wanted.words()));
                }
            }
            Form::Enum(texts) => {
                if !value.as_str().is_some_and(|text| texts.iter().any(|one| one == text)) {
                    self.flaw(&["enum"], format!("must be one of {}", texts.join(", ")));
                }
            }
            Form::Elements(inner) => match value.as_array() {
                None => self.flaw(&["elements"], "must be array"),
                Some(values) => values.iter().enumerate().for_each(|(index, value)| {
                    self.below(index.to_string(), &["elements"], inner, value);
                }),
            },
            Form::Values(inner) => match value.as_object() {
                None => self.flaw(&["values"], "must be object"),
                Some(object) => object.iter().for_each(|(key, value)| {
                    self.below(key, &["values"], inner, value);
                }),
            },
            Form::Properties(properties) => self.properties(properties, value, tag),
            Form::Discriminator { tag, mapping } => self.variant(tag, mapping, value),
        }
    }

    fn reference(&mut self, name: &'a str, value: &'a Value) {
        let Some(node) = self.schema.definitions.get(name) else { return };
        // The schema's path begins anew with the definition.
        let place = vec!["definitions", name];
        let before = std::mem::replace(&mut self.place, place);
        self.references += 1;
        match self.references {
            0..DEEPEST => self.node(node, value, None),
            _ => self.flaw(&[], "lies too deep"),
        }
        self.references -= 1;
        self.place = before;
    }

    fn properties(&mut self, properties: &'a Properties, value: &'a Value, tag: Option<&str>) {
        let Some(object) = value.as_object() else {
            let word = if properties.has_required { "properties" } else { "optionalProperties" };
            return self.flaw(&[word], "must be object");
        };
        for (name, node) in properties.required.iter() {
            match object.get(name) {
                Some(value) => self.below(name, &["properties", name], node, value),
                None => {
                    self.flaw(&["properties", name], format!("must have property '{name}'"));
                }
            }
        }
        for (name, node) in properties.optional.iter() {
            if let Some(value) = object.get(name) {
                self.below(name, &["optionalProperties", name], node, value);
            }
        }
        if !properties.additional {
            self.strangers(properties, object, tag);
        }
    }

    fn strangers(&mut self, known: &Properties, object: &'a Map<String, Value>, tag: Option<&str>) {
        for name in object.keys() {
            let expected = known.required.has(name) || known.optional.has(name);
            if !expected && tag != Some(name) {
                self.value.push(name.into());
                self.flaw(&[], "there is no such property");
                self.value.pop();
            }
        }
    }

    fn variant(
        &mut self,
        tag: &'a str,
        mapping: &'a std::collections::BTreeMap<String, Properties>,
        value: &'a Value,
    ) {
        let Some(object) = value.as_object() else {
            return self.flaw(&["discriminator"], "must be object");
        };
        let Some(named) = object.get(tag) else {
            return self.flaw(&["discriminator"], format!("must have property '{tag}'"));
        };
        let Some(name) = named.as_str() else {
            self.value.push(tag.into());
            self.flaw(&["discriminator"], "must be string");
            self.value.pop();
            return;
        };
        match mapping.get(name) {
            Some(properties) => {
                let depth = self.place.len();
                self.place.extend(["mapping", name]);
                self.properties(properties, value, Some(tag));
                self.place.truncate(depth);
            }
            None => {
                let names: Vec<&str> = mapping.keys().map(String::as_str).collect();
                self.value.push(tag.into());
                self.flaw(&["mapping"], format!("must be one of {}", names.join(", ")));
                self.value.pop();
            }
        }
    }
}

impl Type {
    pub(super) fn holds(self, value: &Value) -> bool {
        match self {
            Type::Boolean => value.is_boolean(),
            Type::Float => value.is_number(),
            Type::String => value.is_string(),
            Type::Timestamp => value.as_str().is_some_and(is_timestamp),
            Type::Integer { least, most, .. } => match (value.as_i64(), value.as_f64()) {
                (Some(number), _) => (least..=most).contains(&number),
                // 10.0 is an integer too (RFC 8927 section 3.3.3).
                (None, Some(number)) => {
                    number.fract() == 0.0 && number >= least as f64 && number <= most as f64
                }
                _ => false,
            },
        }
    }

    fn words(self) -> &'static str {
        match self {
            Type::Boolean => "boolean",
            Type::Float => "number",
            Type::String => "string",
            Type::Timestamp => "an RFC 3339 timestamp with an offset, such as 2026-01-31T12:00:00Z",
            Type::Integer { name, .. } => name,
        }
    }
}
