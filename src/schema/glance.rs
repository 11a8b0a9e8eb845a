//! A glance at the text of a value: whether it is as its schema says, without a tree of values.
//!
//! It may say no to what is well, never yes to what is not; so where it says no, the value itself
//! is checked. One with a discriminator always gets a no: the tag may stand behind what it decides.

use std::borrow::Cow;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

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
    watch(schema, false, &mut json, see).is_ok() && json.end().is_ok()
}

/// The same where the text of more than one value is read; `Ok` means that this one is valid, and
/// that no object in it has a member twice.
pub(crate) fn look<'de, D: Deserializer<'de>>(
    schema: Option<&Schema>,
    json: D,
    see: impl FnMut(&str, Plain<'_>),
) -> Result<(), D::Error> {
    watch(schema, true, json, see)
}

fn watch<'de, D: Deserializer<'de>>(
    schema: Option<&Schema>,
    unique: bool,
    json: D,
    mut see: impl FnMut(&str, Plain<'_>),
) -> Result<(), D::Error> {
    let node = schema.map(|schema| &schema.root);
    let eye = Eye { schema, node, nullable: false, depth: 0, unique };
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
    /// Whether each name of an object must be its own.
    unique: bool,
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
        let mut members =
            Members::of(self.eye.form(), self.eye.unique).ok_or_else(|| A::Error::custom("no"))?;
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
struct Members<'s> {
    form: MembersForm<'s>,
    /// A bit for each required one that is still missing.
    missing: u64,
    /// A bit for each optional one that was there.
    optional: u64,
    /// The hashes of other names, where each must be its own.
    others: Option<Vec<u64>>,
}

#[derive(Clone, Copy)]
enum MembersForm<'s> {
    Any,
    Like(&'s Node),
    Listed(&'s Properties),
}

impl<'s> Members<'s> {
    fn of(form: &'s Form, unique: bool) -> Option<Members<'s>> {
        let mut missing = 0;
        let form = match form {
            Form::Empty => MembersForm::Any,
            Form::Values(node) => MembersForm::Like(node),
            Form::Properties(listed) => {
                let required = u32::try_from(listed.required.len()).ok()?;
                missing = 1_u64.checked_shl(required)?.wrapping_sub(1);
                MembersForm::Listed(listed)
            }
            _ => return None,
        };
        Some(Members { form, missing, optional: 0, others: unique.then(Vec::new) })
    }

    /// What a member is held against; `None` where there may be no such member, or not once more.
    fn node(&mut self, name: &str) -> Option<Option<&'s Node>> {
        let MembersForm::Listed(listed) = self.form else {
            self.note(name);
            return Some(match self.form {
                MembersForm::Like(node) => Some(node),
                _ => None,
            });
        };
        if let Some((place, node)) = listed.required.find(name) {
            return self.first(place, true).then_some(Some(node));
        }
        if let Some((place, node)) = listed.optional.find(name) {
            return self.first(place, false).then_some(Some(node));
        }
        self.note(name);
        listed.additional.then_some(None)
    }

    /// Whether a listed member comes for the first time.
    fn first(&mut self, place: usize, required: bool) -> bool {
        let bit = u32::try_from(place).ok().and_then(|place| 1_u64.checked_shl(place));
        // Of more than 64, it is not known.
        let Some(bit) = bit else { return self.others.is_none() };
        let first = if required { self.missing & bit != 0 } else { self.optional & bit == 0 };
        self.missing &= if required { !bit } else { u64::MAX };
        self.optional |= if required { 0 } else { bit };
        first || self.others.is_none()
    }

    fn note(&mut self, name: &str) {
        if let Some(others) = &mut self.others {
            let mut hasher = DefaultHasher::new();
            name.hash(&mut hasher);
            others.push(hasher.finish());
        }
    }

    fn are_whole(&mut self) -> bool {
        let others = self.others.as_mut().is_none_or(|others| {
            others.sort_unstable();
            // Two names with one hash are taken for a duplicate: the values decide then.
            others.windows(2).all(|pair| pair[0] != pair[1])
        });
        others && self.missing == 0
    }
}
