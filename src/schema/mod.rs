//! Shapes of JSON as data: JSON Type Definition (RFC 8927), which Vanta's own console speaks.
//!
//! Our own code, for three reasons: every fault of a record is told, with its place and plain
//! words; a record of the usual size is checked without a tree for the whole payload; and it is
//! smaller than what a crate would bring. The official suite of the RFC is its test.

mod check;
mod glance;
mod parse;
mod table;
mod timestamp;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::Result;
pub use check::Flaw;
pub(crate) use glance::{Plain, glance, look};
use table::Table;
pub(crate) use timestamp::{instant_ms, rfc3339};

/// More flaws of one value than these are not listed.
const MOST_FLAWS: usize = 100_000;

/// A schema in JSON Type Definition (RFC 8927).
///
/// ```
/// let schema = vanta::Schema::parse(r#"{"properties": {"name": {"type": "string"}}}"#)?;
/// let flaws = schema.check(&serde_json::json!({"name": 7, "age": 7}));
/// assert_eq!(flaws[0].to_string(), "/name: must be string");
/// assert_eq!(flaws[1].to_string(), "/age: there is no such property");
/// # Ok::<(), vanta::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Schema {
    root: Node,
    definitions: BTreeMap<String, Node>,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    nullable: bool,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    Empty,
    Ref(String),
    Type(Type),
    Enum(Vec<String>),
    Elements(Box<Node>),
    Properties(Properties),
    Values(Box<Node>),
    Discriminator { tag: String, mapping: BTreeMap<String, Properties> },
}

#[derive(Clone, Debug, Default)]
struct Properties {
    /// Whether `properties` stands there, which decides what a value of another type is told.
    has_required: bool,
    required: Table,
    optional: Table,
    additional: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Boolean,
    Float,
    Integer { least: i64, most: i64, name: &'static str },
    String,
    Timestamp,
}

impl Schema {
    /// Reads a schema, and refuses what is none.
    pub fn parse(text: &str) -> Result<Schema> {
        let value = serde_json::from_str(text).map_err(|error| parse::wrong("", error))?;
        Schema::from_value(&value)
    }

    /// The same, from a value.
    pub fn from_value(value: &Value) -> Result<Schema> {
        parse::schema(value)
    }

    /// This schema with one more required property, which every record must have.
    pub(crate) fn with_required(&self, name: &str, property: &Schema) -> Result<Schema> {
        let mut whole = self.clone();
        let Form::Properties(properties) = &mut whole.root.form else {
            return Err(parse::wrong("", "only a record with properties can have custom ones"));
        };
        properties.optional.remove(name);
        properties.required.insert(name.to_owned(), property.root.clone());
        for (name, node) in &property.definitions {
            if whole.definitions.insert(name.clone(), node.clone()).is_some() {
                return Err(parse::wrong("/definitions", format!("{name:?} is there twice")));
            }
        }
        Ok(whole)
    }

    /// Whether a record may have the property, as far as this schema says.
    pub(crate) fn has_property(&self, name: &str) -> bool {
        let Form::Properties(properties) = &self.root.form else { return true };
        properties.required.has(name) || properties.optional.has(name)
    }

    /// Returns the flaws of a value, the first 100,000 of them; none when it is as it should be.
    pub fn check(&self, value: &Value) -> Vec<Flaw> {
        let mut found = Vec::new();
        self.each_flaw(value, &mut |flaw, _| {
            if found.len() < MOST_FLAWS {
                found.push(flaw);
            }
        });
        found
    }

    /// Calls `see` with each flaw of a value, and with whether the flawed value is null.
    pub(crate) fn each_flaw(&self, value: &Value, see: &mut dyn FnMut(Flaw, bool)) {
        check::each_flaw(self, value, see);
    }
}
