//! A glance at the text of a value: whether it is as its schema says, without a tree of values.
//!
//! It may say no to what is well, never yes to what is not; so where it says no, the value itself
//! is checked. One with a discriminator always gets a no: the tag may stand behind what it decides.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::check::DEEPEST;
use super::timestamp::is_timestamp;
use super::{Form, Node, Properties, Schema, Type};

/// A value, as far as it is neither an object nor an array.
pub(crate) enum Plain<'a> {
    Null,
    Boolean,
    Number(f64),
    Text(Cow<'a, str>),
    Nested,
}

/// Whether `json` is a value that the schema allows; without a schema, whether it is a value. Shows
/// the members of the object that it is.
pub(crate) fn glance(
    schema: Option<&Schema>,
    json: &str,
    see: impl FnMut(&str, Plain<'_>),
) -> bool {
    let mut json = serde_json::Deserializer::from_str(json);
    look(schema, &mut json, see).is_ok() && json.end().is_ok()
}

/// The same where the text of more than one value is read; `Ok` means that this one is well.
pub(crate) fn look<'de, D: Deserializer<'de>>(
    schema: Option<&Schema>,
    json: D,
    mut see: impl FnMut(&str, Plain<'_>),
) -> Result<(), D::Error> {
    let eye = Eye { schema, node: schema.map(|schema| &schema.root), nullable: false, depth: 0 };
    Looking { eye, see: Some(&mut see) }.deserialize(json).map(drop)
}

/// What a value is held against; without a node, anything goes.
#[derive(Clone, Copy)]
struct Eye<'s> {
    schema: Option<&'s Schema>,
    node: Option<&'s Node>,
    nullable: bool,
    /// References that are being followed, one inside the other.
    depth: usize,
}

impl<'s> Eye<'s> {
    fn on(self, node: Option<&'s Node>) -> Eye<'s> {
        Eye { node, nullable: false, ..self }
    }

    /// The same where a reference leads.
    fn resolved(mut self) -> Option<Eye<'s>> {
        while let Some(Node { nullable, form: Form::Ref(name) }) = self.node {
            self.nullable |= nullable;
            self.node = self.schema.and_then(|schema| schema.definitions.get(name));
            self.depth += 1;
            if self.depth == DEEPEST {
                return None;
            }
        }
        Some(self)
    }

    fn form(&self) -> &'s Form {
        self.node.map_or(&Form::Empty, |node| &node.form)
    }

    fn is_nullable(&self) -> bool {
        self.nullable || self.node.is_some_and(|node| node.nullable)
    }

    /// Whether a number or a truth value is well.
    fn likes(&self, value: &Value) -> bool {
        match self.form() {
            Form::Empty => true,
            Form::Type(wanted) => wanted.holds(value),
            _ => false,
        }
    }

    fn likes_text(&self, text: &str) -> bool {
        match self.form() {
            Form::Empty | Form::Type(Type::String) => true,
            Form::Type(Type::Timestamp) => is_timestamp(text),
            Form::Enum(texts) => texts.iter().any(|one| one == text),
            _ => false,
        }
    }
}

/// Is shown the members of an object, as far as they are plain.
type See<'f> = &'f mut dyn FnMut(&str, Plain<'_>);

/// A look at one value.
struct Looking<'s, 'f> {
    eye: Eye<'s>,
    see: Option<See<'f>>,
}

/// A key, where it stands.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

fn when<T, E: Error>(well: bool, value: T) -> Result<T, E> {
    if well { Ok(value) } else { Err(E::custom("no")) }
}

impl<'de> DeserializeSeed<'de> for Looking<'_, '_> {
    type Value = Plain<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Plain<'de>, D::Error> {
        match self.eye.resolved() {
            Some(eye) => json.deserialize_any(Looking { eye, ..self }),
            None => Err(D::Error::custom("too deep")),
        }
    }
}

impl<'de> Visitor<'de> for Looking<'_, '_> {
    type Value = Plain<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Plain<'de>, E> {
        let well = self.eye.is_nullable() || matches!(self.eye.form(), Form::Empty);
        when(well, Plain::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Plain<'de>, E> {
        when(self.eye.likes(&Value::from(value)), Plain::Boolean)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Plain<'de>, E> {
        when(self.eye.likes(&Value::from(number)), Plain::Number(number as f64))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Plain<'de>, E> {
        when(self.eye.likes(&Value::from(number)), Plain::Number(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Plain<'de>, E> {
        when(self.eye.likes(&Value::from(number)), Plain::Number(number))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Plain<'de>, E> {
        when(self.eye.likes_text(text), Plain::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Plain<'de>, E> {
        when(self.eye.likes_text(text), Plain::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Plain<'de>, A::Error> {
        let node = match self.eye.form() {
            Form::Empty => None,
            Form::Elements(inner) => Some(&**inner),
            _ => return Err(A::Error::custom("no")),
        };
        let eye = self.eye.on(node);
        while values.next_element_seed(Looking { eye, see: None })?.is_some() {}
        Ok(Plain::Nested)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Plain<'de>, A::Error> {
        let mut members = Members::of(self.eye.form()).ok_or_else(|| A::Error::custom("no"))?;
        while let Some(Key(key)) = object.next_key()? {
            let node = members.node(&key).ok_or_else(|| A::Error::custom("no"))?;
            let value = object.next_value_seed(Looking { eye: self.eye.on(node), see: None })?;
            if let Some(see) = &mut self.see {
                see(&key, value);
            }
        }
        when(members.are_whole(), Plain::Nested)
    }
}

/// What the members of an object are held against.
enum Members<'s> {
    Any,
    Like(&'s Node),
    /// A bit for each required one that is still missing.
    Listed(&'s Properties, u64),
}

impl<'s> Members<'s> {
    fn of(form: &'s Form) -> Option<Members<'s>> {
        match form {
            Form::Empty => Some(Members::Any),
            Form::Values(node) => Some(Members::Like(node)),
            Form::Properties(listed) => {
                let required = u32::try_from(listed.required.len()).ok()?;
                let missing = 1_u64.checked_shl(required)?.wrapping_sub(1);
                Some(Members::Listed(listed, missing))
            }
            _ => None,
        }
    }

    /// What a member is held against; `None` where there may be no such member.
    fn node(&mut self, name: &str) -> Option<Option<&'s Node>> {
        match self {
            Members::Any => Some(None),
            Members::Like(node) => Some(Some(*node)),
            Members::Listed(listed, missing) => match listed.required.find(name) {
                Some((place, node)) => {
                    *missing &= !(1 << place);
                    Some(Some(node))
                }
                None => match listed.optional.find(name) {
                    Some((_, node)) => Some(Some(node)),
                    None => listed.additional.then_some(None),
                },
            },
        }
    }

    fn are_whole(&self) -> bool {
        !matches!(self, Members::Listed(_, missing) if *missing > 0)
    }
}
