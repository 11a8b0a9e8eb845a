//! A schema in memory: the forms of RFC 8927 section 2.2.

use std::collections::BTreeMap;

use super::table::Table;

/// A schema in JSON Type Definition (RFC 8927).
///
/// ```
/// let schema = vanta::Schema::parse(r#"{"properties": {"name": {"type": "string"}}}"#)?;
/// let violations = schema.validate(&serde_json::json!({"name": 7, "age": 7}));
/// assert_eq!(violations[0].to_string(), "/name must be string");
/// assert_eq!(violations[1].to_string(), "/age there is no such property");
/// # Ok::<(), vanta::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Schema {
    pub(super) root: Node,
    pub(super) definitions: BTreeMap<String, Node>,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) nullable: bool,
    pub(super) form: Form,
}

#[derive(Clone, Debug)]
pub(super) enum Form {
    Empty,
    Ref(String),
    Type(Type),
    Enum(Vec<String>),
    Elements(Box<Node>),
    Properties(Properties),
    Values(Box<Node>),
    Discriminator { tag: String, mapping: BTreeMap<String, Properties> },
}

#[derive(Clone, Debug)]
pub(super) struct Properties {
    /// Whether the schema has the keyword `properties`. It is part of the path of a violation.
    has_required: bool,
    table: Table<Property>,
    /// How many properties are required.
    required: usize,
    pub(super) additional: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Property {
    pub(super) is_required: bool,
    pub(super) node: Node,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Type {
    Boolean,
    Float,
    Integer { least: i64, most: i64, name: &'static str },
    String,
    Timestamp,
}

impl Properties {
    pub(super) fn new(has_required: bool, table: Table<Property>, additional: bool) -> Properties {
        let required = table.iter().filter(|(_, property)| property.is_required).count();
        Properties { has_required, table, required, additional }
    }

    /// Adds a required property, or makes one required and replaces its form.
    pub(super) fn require(&mut self, name: &str, node: Node) {
        let was_required = self.find(name).is_some_and(|(_, property)| property.is_required);
        self.required += usize::from(!was_required);
        self.table.insert(name.to_owned(), Property { is_required: true, node });
    }

    /// Returns a property and its index.
    pub(super) fn find(&self, name: &str) -> Option<(usize, &Property)> {
        self.table.find(name)
    }

    /// The keyword that a value violates that is no object.
    pub(super) fn keyword(&self) -> &'static str {
        if self.has_required { REQUIRED } else { OPTIONAL }
    }

    pub(super) fn required(&self) -> usize {
        self.required
    }

    /// Returns all properties in the order of their indices.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Property)> {
        self.table.iter()
    }
}

impl Property {
    /// The keyword whose properties this one belongs to.
    pub(super) fn keyword(&self) -> &'static str {
        if self.is_required { REQUIRED } else { OPTIONAL }
    }
}

const REQUIRED: &str = "properties";
pub(super) const OPTIONAL: &str = "optionalProperties";
