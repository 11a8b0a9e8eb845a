//! Schemas in JSON Type Definition (RFC 8927), as Vanta's console shows them, and their validation.
//!
//! This is code of our own for two reasons: it reports every violation of a record with its place
//! and in plain words, and it reads text without building a tree of values. The official suite of
//! the RFC tests it. How the validator works is explained in `validate.rs`.

mod form;
mod members;
mod parse;
mod place;
mod scalar;
mod table;
mod timestamp;
mod validate;

use serde_json::Value;

use crate::error::{Result, Violation};
use crate::json::Reader;
use form::Form;
pub use form::Schema;
pub use timestamp::timestamp;
pub(crate) use timestamp::{instant_ms, rfc3339};
pub(crate) use validate::{Observer, Origin, SchemaViolation, validate};

/// The most violations of one value that are listed.
const MOST_LISTED: usize = 100_000;

impl Schema {
    /// Parses a schema.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where the text is not a schema of RFC
    /// 8927.
    pub fn parse(text: &str) -> Result<Schema> {
        let value = serde_json::from_str(text).map_err(|error| parse::wrong("", error))?;
        Schema::from_value(&value)
    }

    /// Makes a schema from a value.
    ///
    /// # Errors
    ///
    /// As [`parse`](Schema::parse).
    pub fn from_value(value: &Value) -> Result<Schema> {
        parse::schema(value)
    }

    /// This schema with one more required property, which every record must have.
    pub(crate) fn with_required(&self, name: &str, property: &Schema) -> Result<Schema> {
        let mut whole = self.clone();
        let Form::Properties(properties) = &mut whole.root.form else {
            return Err(parse::wrong("", "only a record with properties can have custom ones"));
        };
        properties.require(name, property.root.clone());
        for (name, node) in &property.definitions {
            if whole.definitions.insert(name.clone(), node.clone()).is_some() {
                return Err(parse::wrong("/definitions", format!("{name:?} is defined twice")));
            }
        }
        Ok(whole)
    }

    /// Whether a record may have the property, as far as this schema says.
    pub(crate) fn has_property(&self, name: &str) -> bool {
        let Form::Properties(properties) = &self.root.form else { return true };
        properties.find(name).is_some()
    }

    /// Whether each record must have the property.
    pub(crate) fn requires(&self, name: &str) -> bool {
        let Form::Properties(properties) = &self.root.form else { return false };
        properties.find(name).is_some_and(|(_, property)| property.is_required)
    }

    /// Returns the violations of a value, the first 100,000 of them; none when the value is valid.
    #[must_use]
    pub fn validate(&self, value: &Value) -> Vec<Violation> {
        let text = value.to_string();
        let (mut reader, mut violations) = (Reader::new(&text), Violations { room: MOST_LISTED });
        validate(Some(self), &mut reader, Origin::Tree, &mut violations).violations
    }
}

/// Keeps each violation as it is.
struct Violations {
    room: usize,
}

impl Observer for Violations {
    type Kept = Violation;

    fn violation(&mut self, violation: SchemaViolation<'_>) -> Option<Violation> {
        self.room = self.room.checked_sub(1)?;
        Some(Violation {
            pointer: violation.pointer(),
            schema_path: violation.schema_path(),
            message: violation.message,
            ..Violation::default()
        })
    }
}
