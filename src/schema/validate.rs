//! The validator: one pass over the text of a value that reports every violation.
//!
//! The value is read token by token and compared with the schema on the way, so there is no tree of
//! values, and no second pass for values that are wrong. What makes this harder than a walk through
//! a tree, and how it is solved:
//!
//! **Order.** Violations are reported in the order of the schema, not of the text: of an object,
//! first those of the required properties, then those of the optional ones, then unknown members,
//! each by name. So the members of an object note which violations are theirs, and when the object
//! ends, its violations are sorted by member ([`Seen::sort`]). As most members have none, there is
//! mostly nothing to sort.
//!
//! **Duplicate members.** The last one counts, as it does for most readers of JSON. The violations
//! of an earlier one are dropped when a later one comes. Every duplicate is reported by itself, in
//! the order of the text. To find them, listed properties are marked in a set of bits, and other
//! names are kept ([`Seen::insert`]).
//!
//! **Discriminators.** The tag may stand behind the members that it decides on. A copy of the
//! reader runs ahead to find it; a reader is a position in the text, so a copy costs nothing.
//!
//! **Wrong types.** A value of the wrong type, and an unknown member, are one violation each. What
//! is inside them is read too, since it may have duplicate members.
//!
//! **Unreadable values.** Text can follow the grammar of JSON and still be no value: 1e999, half of
//! a surrogate pair, more than 127 levels. Reading ends there. Then the unreadable value is
//! reported, and the violations before it are not: no reader of JSON gets to see this value.
//!
//! **References.** A schema that refers to itself may do so without end. References are counted
//! while they are followed, and the 200th, one inside the other, is a violation.
//!
//! **Paths.** The places on the way to the current value are linked on the stack ([`Place`]), and
//! become a path only when there is a violation. What becomes of a violation is for the
//! [`Observer`] to say, which keeps as little of it as it needs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::form::{Form, Node, Properties, Schema};
use super::members::{Member, Members, Seen};
use super::place::{Place, Step};
use crate::json::{DEEPEST, Malformed, Reader, Value, pointer};

/// References that are followed, one inside the other.
const MOST_REFERENCES: usize = 200;

/// The most duplicate members that are listed.
const MOST_DUPLICATES: usize = 100;

/// How much of each name the pointers to duplicates and unreadable values show.
const LONGEST_NAME: usize = 100;

/// Receives what is found in a value, while it is read.
pub(crate) trait Observer {
    /// What is kept of a violation.
    type Kept;

    /// Returns what is to be kept of a violation, if anything.
    fn violation(&mut self, violation: SchemaViolation<'_>) -> Option<Self::Kept>;

    /// Is shown each member of the outermost object.
    fn member(&mut self, _name: &str, _value: &Value<'_>) {}
}

/// Only duplicate members and unreadable values are of interest.
impl Observer for () {
    type Kept = ();

    fn violation(&mut self, _: SchemaViolation<'_>) -> Option<()> {
        None
    }
}

/// A place where a value is not as its schema says.
pub(crate) struct SchemaViolation<'v> {
    place: &'v Place<'v>,
    /// The part of the schema below the place.
    keywords: &'v [&'v str],
    is_null: bool,
    pub(crate) message: String,
}

impl SchemaViolation<'_> {
    pub(crate) fn pointer(&self) -> String {
        self.place.pointer()
    }

    /// Returns the JSON pointer to the keyword of the schema that is violated.
    pub(super) fn schema_path(&self) -> String {
        let mut text = String::new();
        let path = self.place.schema_path();
        path.iter().chain(self.keywords).for_each(|name| pointer::push(&mut text, name));
        text
    }

    /// Whether an optional property is null, where it could have been left out.
    pub(crate) fn is_optional_null(&self) -> bool {
        self.is_null && self.place.is_optional()
    }
}

/// What is wrong with a text.
pub(crate) struct Outcome<V> {
    /// Each member that has the name of an earlier one: a JSON pointer and a message. No more than
    /// 100 are listed, so that they leave room for other violations.
    pub(crate) duplicates: Vec<(String, String)>,
    /// How many duplicates are not listed.
    pub(crate) more_duplicates: usize,
    /// The value that cannot be read: a JSON pointer and a message.
    pub(crate) unreadable: Option<(String, String)>,
    /// None when there is an unreadable value.
    pub(crate) violations: Vec<V>,
}

/// Where the text of a value comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It may have duplicate members and unreadable values.
    Text,
    /// It was written from a tree of values, which has neither and may be deeper.
    Tree,
}

/// Validates the value that the reader is before, and leaves the reader behind it. The text follows
/// the grammar of JSON. Without a schema only duplicate members and unreadable values are found.
pub(crate) fn validate<'a, O: Observer>(
    schema: Option<&'a Schema>,
    reader: &mut Reader<'a>,
    origin: Origin,
    observer: &mut O,
) -> Outcome<O::Kept> {
    let start = reader.clone();
    let (duplicates, violations) = (Vec::new(), Vec::new());
    let outcome = Outcome { duplicates, more_duplicates: 0, unreadable: None, violations };
    let mut validator =
        Validator { schema, origin, reader, depth: 0, references: 0, observer, outcome };
    let read = validator.read(&Place::ROOT);
    let done = read.and_then(|value| match schema {
        Some(schema) => validator.node(&schema.root, value, &Place::ROOT),
        None => validator.inside(&value, &Place::ROOT),
    });
    let mut outcome = validator.outcome;
    if done.is_err() {
        outcome.violations.clear();
        *reader = start;
        // Whether the text is JSON is for the caller to verify, who reads on.
        let _ = reader.skip();
    }
    outcome
}

struct Validator<'a, 'o, O: Observer> {
    schema: Option<&'a Schema>,
    origin: Origin,
    reader: &'o mut Reader<'a>,
    /// Arrays and objects that are open.
    depth: usize,
    /// References that are being followed.
    references: usize,
    observer: &'o mut O,
    outcome: Outcome<O::Kept>,
}

/// The end of reading: there is an unreadable value.
struct Unreadable;

type Done = Result<(), Unreadable>;

impl<'a, O: Observer> Validator<'a, '_, O> {
    fn violation(&mut self, place: &Place<'_>, keywords: &[&str], message: impl Into<String>) {
        self.violation_of(place, keywords, false, message.into());
    }

    fn violation_of(
        &mut self,
        place: &Place<'_>,
        keywords: &[&str],
        is_null: bool,
        message: String,
    ) {
        let violation = SchemaViolation { place, keywords, is_null, message };
        self.outcome.violations.extend(self.observer.violation(violation));
    }

    fn unreadable(&mut self, place: &Place<'_>, what: &str, why: Malformed) -> Unreadable {
        let pointer = place.pointer_of_short_names(LONGEST_NAME);
        self.outcome.unreadable = Some((pointer, format!("{what} cannot be read: {why}")));
        Unreadable
    }

    /// Reads a scalar, or the beginning of an array or object.
    fn read(&mut self, place: &Place<'_>) -> Result<Value<'a>, Unreadable> {
        let value = self.reader.value().map_err(|why| self.unreadable(place, "it", why))?;
        if matches!(value, Value::Array | Value::Object) {
            self.depth += 1;
            if self.depth > DEEPEST && self.origin == Origin::Text {
                return Err(self.unreadable(place, "it", Malformed::TooDeep));
            }
        }
        Ok(value)
    }

    /// Validates a value whose beginning was read.
    fn node(&mut self, node: &'a Node, value: Value<'a>, place: &Place<'_>) -> Done {
        let is_null = matches!(value, Value::Null);
        if node.nullable && is_null {
            return Ok(());
        }
        let (keyword, message) = match (&node.form, &value) {
            (Form::Empty, _) => return self.inside(&value, place),
            (Form::Ref(name), _) => return self.reference(name, value, place),
            (Form::Elements(node), Value::Array) => return self.elements(Some(node), place),
            (Form::Values(node), Value::Object) => {
                return self.members(Members::Alike(node), place);
            }
            (Form::Properties(properties), Value::Object) => {
                return self.members(Members::Listed(properties, None), place);
            }
            (Form::Discriminator { tag, mapping }, Value::Object) => {
                return self.variant(tag, mapping, place);
            }
            (Form::Type(wanted), value) if wanted.holds(value) => return Ok(()),
            (Form::Enum(texts), Value::String(text)) if texts.iter().any(|one| one == text) => {
                return Ok(());
            }
            (Form::Type(wanted), _) => ("type", format!("must be {}", wanted.name())),
            (Form::Enum(texts), _) => ("enum", format!("must be one of {}", texts.join(", "))),
            (Form::Elements(_), _) => ("elements", "must be array".to_owned()),
            (Form::Values(_), _) => ("values", "must be object".to_owned()),
            (Form::Properties(properties), _) => {
                (properties.keyword(), "must be object".to_owned())
            }
            (Form::Discriminator { .. }, _) => ("discriminator", "must be object".to_owned()),
        };
        self.violation_of(place, &[keyword], is_null, message);
        self.inside(&value, place)
    }

    /// Reads what is inside a value of which the schema says nothing.
    fn inside(&mut self, value: &Value<'a>, place: &Place<'_>) -> Done {
        match value {
            Value::Object | Value::Array if self.origin == Origin::Tree => {
                self.depth -= 1;
                self.reader.leave(value).map_err(|why| self.unreadable(place, "it", why))
            }
            Value::Object => self.members(Members::Any, place),
            Value::Array => self.elements(None, place),
            _ => Ok(()),
        }
    }

    fn reference(&mut self, name: &'a str, value: Value<'a>, place: &Place<'_>) -> Done {
        let node = self.schema.and_then(|schema| schema.definitions.get(name));
        let Some(node) = node else { return self.inside(&value, place) };
        let place = place.below(Step::Definition(name));
        self.references += 1;
        let done = if self.references < MOST_REFERENCES {
            self.node(node, value, &place)
        } else {
            self.violation(&place, &[], "is nested too deeply");
            self.inside(&value, &place)
        };
        self.references -= 1;
        done
    }

    fn elements(&mut self, node: Option<&'a Node>, place: &Place<'_>) -> Done {
        let mut index = 0;
        while self.element(place)? {
            let place = place.below(Step::Element(index));
            let value = self.read(&place)?;
            match node {
                Some(node) => self.node(node, value, &place)?,
                None => self.inside(&value, &place)?,
            }
            index += 1;
        }
        self.depth -= 1;
        Ok(())
    }

    fn members(&mut self, members: Members<'a>, place: &Place<'_>) -> Done {
        let start = self.outcome.violations.len();
        let mut seen = Seen::default();
        while let Some(name) = self.name(place)? {
            self.member(members.find(&name), name, &mut seen, place)?;
        }
        if let Members::Listed(properties, _) = members {
            if !seen.has_all_required(properties) {
                self.missing(properties, &mut seen, place);
            }
        }
        seen.sort(&mut self.outcome.violations, start);
        self.depth -= 1;
        Ok(())
    }

    fn element(&mut self, place: &Place<'_>) -> Result<bool, Unreadable> {
        self.reader.element().map_err(|why| self.unreadable(place, "it", why))
    }

    fn name(&mut self, place: &Place<'_>) -> Result<Option<Cow<'a, str>>, Unreadable> {
        self.reader.name().map_err(|why| self.unreadable(place, "the name of a member", why))
    }

    fn member(
        &mut self,
        member: Member<'a>,
        name: Cow<'a, str>,
        seen: &mut Seen<'a>,
        object: &Place<'_>,
    ) -> Done {
        let place = object.below(member.step(&name));
        if !seen.insert(member, name.clone()) {
            self.duplicate(&name, &place);
        }
        let (start, is_outermost) = (self.outcome.violations.len(), self.depth == 1);
        let value = self.read(&place)?;
        if is_outermost {
            self.observer.member(&name, &value);
        }
        match member {
            Member::Any => self.inside(&value, &place)?,
            Member::Alike(node) => self.node(node, value, &place)?,
            Member::Listed(_, property) => self.node(&property.node, value, &place)?,
            Member::Unknown => {
                self.violation(&place, &[], "there is no such property");
                self.inside(&value, &place)?;
            }
        }
        let found = start..self.outcome.violations.len();
        seen.add_violations(member, name, found);
        Ok(())
    }

    fn duplicate(&mut self, name: &str, place: &Place<'_>) {
        let duplicates = &mut self.outcome.duplicates;
        if duplicates.len() == MOST_DUPLICATES {
            self.outcome.more_duplicates += 1;
        } else {
            let shown: String = name.chars().take(LONGEST_NAME).collect();
            let pointer = place.pointer_of_short_names(LONGEST_NAME);
            duplicates.push((pointer, format!("duplicate member {shown:?}")));
        }
    }

    fn missing(&mut self, properties: &'a Properties, seen: &mut Seen<'a>, place: &Place<'_>) {
        for (index, (name, property)) in properties.iter().enumerate() {
            if property.is_required && !seen.has_listed(index) {
                let start = self.outcome.violations.len();
                let message = format!("must have property '{name}'");
                self.violation(place, &[property.keyword(), name], message);
                let found = start..self.outcome.violations.len();
                seen.add_violations(Member::Listed(index, property), name.into(), found);
            }
        }
    }

    fn variant(
        &mut self,
        tag: &'a str,
        mapping: &'a BTreeMap<String, Properties>,
        place: &Place<'_>,
    ) -> Done {
        let at_tag = place.below(Step::Unlisted(tag));
        match self.tag(tag) {
            Some(Value::String(name)) => match mapping.get_key_value(&*name) {
                Some((name, properties)) => {
                    let place = place.below(Step::Variant(name));
                    return self.members(Members::Listed(properties, Some(tag)), &place);
                }
                None => {
                    let names: Vec<&str> = mapping.keys().map(String::as_str).collect();
                    let message = format!("must be one of {}", names.join(", "));
                    self.violation(&at_tag, &["mapping"], message);
                }
            },
            Some(_) => self.violation(&at_tag, &["discriminator"], "must be string"),
            None => {
                let message = format!("must have property '{tag}'");
                self.violation(place, &["discriminator"], message);
            }
        }
        self.inside(&Value::Object, place)
    }

    /// Looks ahead for the last member of this name in the object that was begun.
    fn tag(&self, tag: &str) -> Option<Value<'a>> {
        let (mut ahead, mut found) = (self.reader.clone(), None);
        while let Ok(Some(name)) = ahead.name() {
            if name == tag {
                found = ahead.clone().value().ok();
            }
            if ahead.skip().is_err() {
                break;
            }
        }
        found
    }
}
