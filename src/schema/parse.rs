//! From JSON to a schema: exactly one form, no keyword that the RFC does not know (section 2).

use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;

use serde_json::{Map, Value};

use super::form::{Form, Node, Properties, Property, Schema, Type};
use super::table::Table;
use crate::error::{Error, ErrorKind, Result};

/// Keywords beside the form.
const BESIDE: [&str; 3] = ["nullable", "metadata", "definitions"];

/// The forms of RFC 8927 section 2.2: the keywords that each may have.
const FORMS: [&[&str]; 7] = [
    &["ref"],
    &["type"],
    &["enum"],
    &["elements"],
    &["properties", "optionalProperties", "additionalProperties"],
    &["values"],
    &["discriminator", "mapping"],
];

/// Deeper schemas have no use, and would only cost the stack.
const DEEPEST: usize = 100;

pub(super) fn wrong(path: &str, why: impl Display) -> Error {
    let place = if path.is_empty() { "the schema" } else { path };
    Error::new(ErrorKind::InvalidArgument, format!("JSON Type Definition: {place}: {why}"))
}

/// One schema object, and where it stands.
struct At<'a> {
    object: &'a Map<String, Value>,
    /// The object that it is a part of, and its names there. `None` for the root.
    place: Option<(&'a At<'a>, &'a [&'a str])>,
    depth: usize,
    /// What a `ref` may name.
    definitions: &'a Map<String, Value>,
}

pub(super) fn schema(value: &Value) -> Result<Schema> {
    let object = value.as_object().ok_or_else(|| wrong("", "must be an object"))?;
    let defined = match object.get("definitions") {
        None => &Map::new(),
        Some(value) => {
            value.as_object().ok_or_else(|| wrong("/definitions", "must be an object"))?
        }
    };
    let root = At { object, place: None, depth: 0, definitions: defined };
    let mut definitions = BTreeMap::new();
    for (name, value) in defined {
        definitions.insert(name.clone(), root.child(value, &["definitions", name])?.node()?);
    }
    Ok(Schema { root: root.node()?, definitions })
}

impl<'a> At<'a> {
    fn wrong(&self, why: impl Display) -> Error {
        wrong(&self.path(), why)
    }

    /// For a message. It is not kept, since most schemas have no error.
    fn path(&self) -> String {
        self.place.map(|(parent, names)| parent.path_of(names)).unwrap_or_default()
    }

    fn path_of(&self, names: &[&str]) -> String {
        names.iter().fold(self.path(), |path, name| path + "/" + name)
    }

    fn child<'c>(&'c self, value: &'c Value, names: &'c [&'c str]) -> Result<At<'c>> {
        if self.depth >= DEEPEST {
            return Err(wrong(&self.path_of(names), "is nested too deeply"));
        }
        let object = value.as_object();
        let object = object.ok_or_else(|| wrong(&self.path_of(names), "must be an object"))?;
        let (place, depth) = (Some((self, names)), self.depth + 1);
        Ok(At { object, place, depth, definitions: self.definitions })
    }

    fn node(&self) -> Result<Node> {
        if self.depth > 0 && self.object.contains_key("definitions") {
            return Err(self.wrong("definitions belong to the root"));
        }
        let nullable = self.flag("nullable")?;
        if self.object.get("metadata").is_some_and(|value| !value.is_object()) {
            return Err(self.wrong("metadata must be an object"));
        }
        Ok(Node { nullable, form: self.form()? })
    }

    fn flag(&self, name: &str) -> Result<bool> {
        match self.object.get(name) {
            None => Ok(false),
            Some(value) => {
                value.as_bool().ok_or_else(|| self.wrong(format!("{name} must be true or false")))
            }
        }
    }

    fn form(&self) -> Result<Form> {
        let words = self.object.keys().map(String::as_str);
        let words: Vec<&str> = words.filter(|word| !BESIDE.contains(word)).collect();
        let Some(first) = words.first() else { return Ok(Form::Empty) };
        let form = FORMS.iter().find(|form| form.contains(first));
        let form = form.ok_or_else(|| self.wrong(format!("{first:?} is not a keyword")))?;
        if let Some(other) = words.iter().find(|word| !form.contains(word)) {
            return Err(self.wrong(format!("{first} and {other} cannot be combined")));
        }
        match form[0] {
            "ref" => self.reference(),
            "type" => self.of_type(),
            "enum" => self.choice(),
            "elements" => Ok(Form::Elements(Box::new(self.inner("elements")?))),
            "values" => Ok(Form::Values(Box::new(self.inner("values")?))),
            "discriminator" => self.discriminator(),
            _ => Ok(Form::Properties(self.properties(None)?)),
        }
    }

    fn text(&self, name: &str) -> Result<&'a str> {
        let text = self.object.get(name).and_then(Value::as_str);
        text.ok_or_else(|| self.wrong(format!("{name} must be a string")))
    }

    fn inner(&self, name: &str) -> Result<Node> {
        self.child(&self.object[name], &[name])?.node()
    }

    fn reference(&self) -> Result<Form> {
        let name = self.text("ref")?;
        if !self.definitions.contains_key(name) {
            return Err(self.wrong(format!("there is no definition {name:?}")));
        }
        Ok(Form::Ref(name.to_owned()))
    }

    fn of_type(&self) -> Result<Form> {
        let name = self.text("type")?;
        let integer = |name, least, most| Type::Integer { least, most, name };
        Ok(Form::Type(match name {
            "boolean" => Type::Boolean,
            "float32" | "float64" => Type::Float,
            "string" => Type::String,
            "timestamp" => Type::Timestamp,
            "int8" => integer("int8", i8::MIN.into(), i8::MAX.into()),
            "uint8" => integer("uint8", 0, u8::MAX.into()),
            "int16" => integer("int16", i16::MIN.into(), i16::MAX.into()),
            "uint16" => integer("uint16", 0, u16::MAX.into()),
            "int32" => integer("int32", i32::MIN.into(), i32::MAX.into()),
            "uint32" => integer("uint32", 0, u32::MAX.into()),
            _ => return Err(self.wrong(format!("there is no type {name:?}"))),
        }))
    }

    fn choice(&self) -> Result<Form> {
        let rule = || self.wrong("enum must be an array of distinct strings");
        let values = self.object["enum"].as_array().filter(|values| !values.is_empty());
        let texts = values.ok_or_else(rule)?.iter().map(|value| value.as_str().map(str::to_owned));
        let texts: Vec<String> = texts.collect::<Option<_>>().ok_or_else(rule)?;
        let mut seen = HashSet::new();
        if !texts.iter().all(|text| seen.insert(text.as_str())) {
            return Err(rule());
        }
        Ok(Form::Enum(texts))
    }

    fn nodes(&self, name: &str) -> Result<Vec<(String, Node)>> {
        let Some(value) = self.object.get(name) else { return Ok(Vec::new()) };
        let rule = || self.wrong(format!("{name} must be an object"));
        let named = value.as_object().ok_or_else(rule)?.iter();
        let node = |(key, value): (&String, &'a Value)| {
            Ok((key.clone(), self.child(value, &[name, key])?.node()?))
        };
        named.map(node).collect()
    }

    /// `tag` is the property that selects a variant, where there is one.
    fn properties(&self, tag: Option<&str>) -> Result<Properties> {
        let (required, optional) = (self.nodes("properties")?, self.nodes("optionalProperties")?);
        let additional = self.flag("additionalProperties")?;
        let has_required = self.object.contains_key("properties");
        if !has_required && !self.object.contains_key("optionalProperties") {
            return Err(self.wrong("additionalProperties needs properties beside it"));
        }
        let entry = |is_required: bool| {
            move |(name, node): (String, Node)| (name, Property { is_required, node })
        };
        let mut table: Table<Property> = required.into_iter().map(entry(true)).collect();
        for (name, property) in optional.into_iter().map(entry(false)) {
            if table.find(&name).is_some() {
                return Err(self.wrong(format!("{name:?} is both required and optional")));
            }
            table.insert(name, property);
        }
        match tag.filter(|tag| table.find(tag).is_some()) {
            Some(tag) => Err(self.wrong(format!("{tag:?} is the discriminator"))),
            None => Ok(Properties::new(has_required, table, additional)),
        }
    }

    fn discriminator(&self) -> Result<Form> {
        let tag = self.text("discriminator")?;
        let mapping = self.object.get("mapping").and_then(Value::as_object);
        let mapping = mapping.ok_or_else(|| self.wrong("mapping must be an object"))?;
        let mut variants = BTreeMap::new();
        for (name, value) in mapping {
            let names = ["mapping", name];
            let at = self.child(value, &names)?;
            let Node { nullable: false, form: Form::Properties(_) } = at.node()? else {
                return Err(at.wrong("must have properties, and cannot be null"));
            };
            variants.insert(name.clone(), at.properties(Some(tag))?);
        }
        Ok(Form::Discriminator { tag: tag.to_owned(), mapping: variants })
    }
}
