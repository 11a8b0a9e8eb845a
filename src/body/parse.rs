//! One pass over a request body: its shape, its resource id, its records' ids and what is known of
//! their members, without a tree.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::resource_id::check_resource_id;
use super::top_level::{Members, TopLevel};
use crate::error::{Error, ErrorKind, Result, Violation, grouped, is_unseen, many, shorten};
use crate::json::{AnyValue, message_and_position};

/// The most violations that an error lists; it counts all of them.
const MOST_LISTED: usize = 100_000;

/// What one pass over the bytes finds. No tree of values is built.
pub(super) struct Scan {
    resource_id: String,
    records: Records,
}

/// What is found of the records.
pub(super) struct Records {
    ids: Ids,
    members: Members,
}

pub(super) enum Id {
    Text(String),
    Missing,
    NotText,
}

/// The ids of records, as far as they can be used: after the first unusable one none is kept.
#[derive(Default)]
pub(super) struct Ids {
    records: usize,
    texts: Vec<String>,
    unusable: Listed,
}

impl Ids {
    pub(super) fn push(&mut self, id: Id) {
        match (unusable(self.records, &id), id) {
            (Some(violation), _) => {
                self.texts = Vec::new();
                self.unusable.add(|| violation);
            }
            (None, Id::Text(text)) if self.unusable.count == 0 => self.texts.push(text),
            _ => {}
        }
        self.records += 1;
    }

    pub(super) fn records(&self) -> usize {
        self.records
    }

    /// Keeps no id any more: for records that are too large in all.
    pub(super) fn forget(&mut self) {
        *self = Ids { records: self.records, ..Ids::default() };
    }
}

/// Violations, of which the first ones are listed and the others counted.
#[derive(Default)]
struct Listed {
    count: usize,
    listed: Vec<Violation>,
}

impl Listed {
    fn add(&mut self, violation: impl FnOnce() -> Violation) {
        self.count += 1;
        if self.listed.len() < MOST_LISTED {
            self.listed.push(violation());
        }
    }

    /// The error for them, if there are any, of so many records.
    fn refuse(self, kind: ErrorKind, records: usize) -> Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        let count = format!("{} of {}", grouped(self.count), many(records, "record"));
        Err(Error::new(kind, count).with_some_violations(self.count, self.listed))
    }
}

impl Scan {
    pub(super) fn of(bytes: &[u8]) -> Result<Scan> {
        serde_json::from_str(utf8(bytes)?).map_err(|error| malformed(message_and_position(&error)))
    }

    /// The resource id and the records, when there is nothing wrong with their ids.
    pub(super) fn checked(self) -> Result<(String, Vec<String>, Members)> {
        check_resource_id(&self.resource_id)?;
        let (ids, members) = self.records.checked()?;
        Ok((self.resource_id, ids, members))
    }
}

impl Records {
    /// Of an array of records.
    pub(super) fn of(array: &[u8]) -> Result<Records> {
        serde_json::from_str(utf8(array)?).map_err(|error| malformed(message_and_position(&error)))
    }

    /// The records' ids, when there is nothing wrong with them, and their members.
    pub(super) fn checked(self) -> Result<(Vec<String>, Members)> {
        Ok((check_ids(self.ids)?, self.members))
    }
}

impl<'de> Deserialize<'de> for Scan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scan, D::Error> {
        deserializer.deserialize_map(ScanVisitor)
    }
}

struct ScanVisitor;

impl<'de> Visitor<'de> for ScanVisitor {
    type Value = Scan;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with resourceId and resources")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scan, A::Error> {
        let (mut resource_id, mut records) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resourceId" if resource_id.is_none() => resource_id = Some(map.next_value()?),
                "resources" if records.is_none() => records = Some(map.next_value()?),
                "resourceId" | "resources" => return Err(duplicate(&key, "")),
                _ => return Err(de::Error::custom(format_args!("unknown key {key:?}"))),
            }
        }
        let missing = |key| de::Error::custom(format_args!("{key} is missing"));
        Ok(Scan {
            resource_id: resource_id.ok_or_else(|| missing("resourceId"))?,
            records: records.ok_or_else(|| missing("resources"))?,
        })
    }
}

fn duplicate<E: de::Error>(key: &str, of: &str) -> E {
    E::custom(format_args!("duplicate member {key:?}{of}"))
}

impl<'de> Deserialize<'de> for Records {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Records, D::Error> {
        deserializer.deserialize_seq(RecordsVisitor)
    }
}

struct RecordsVisitor;

impl<'de> Visitor<'de> for RecordsVisitor {
    type Value = Records;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<Records, A::Error> {
        let (mut ids, mut members) = (Ids::default(), TopLevel::default());
        while let Some(id) = records.next_element_seed(Record(ids.records, &mut members))? {
            ids.push(id);
        }
        Ok(Records { ids, members: members.into_members() })
    }
}

/// Finds the `uniqueId` of the record at a position, and notes its members.
pub(super) struct Record<'m, 'de>(pub(super) usize, pub(super) &'m mut TopLevel<'de>);

impl<'de> DeserializeSeed<'de> for Record<'_, 'de> {
    type Value = Id;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Id, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Record<'_, 'de> {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} to be an object", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut record: A) -> Result<Id, A::Error> {
        let mut id = Id::Missing;
        self.1.begin_record();
        while let Some(Name(name)) = record.next_key()? {
            match (&*name, &id) {
                ("uniqueId", Id::Missing) => {
                    id = record.next_value()?;
                    self.1.add(name, "");
                }
                ("uniqueId", _) => {
                    return Err(duplicate("uniqueId", &format!(" of record {}", self.0)));
                }
                _ => self.1.add(name, record.next_value::<&RawValue>()?.get()),
            }
        }
        Ok(id)
    }
}

/// A member's name, which is a part of the text where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        Ok(match AnyValue::deserialize(deserializer)? {
            AnyValue::String(text) => Id::Text(text.into_owned()),
            AnyValue::Other => Id::NotText,
        })
    }
}

/// Each id present, not blank, and its own. An error lists the first 100,000 violations.
pub(super) fn check_ids(ids: Ids) -> Result<Vec<String>> {
    ids.unusable.refuse(ErrorKind::InvalidUniqueId, ids.records)?;
    duplicates(&ids.texts).refuse(ErrorKind::DuplicateUniqueId, ids.records)?;
    Ok(ids.texts)
}

/// Whether nothing is seen of a character (Unicode's white space and default ignorables).
pub(crate) fn is_blank(c: char) -> bool {
    let ignored = [
        '\u{34f}'..='\u{34f}',
        '\u{61c}'..='\u{61c}',
        '\u{115f}'..='\u{1160}',
        '\u{17b4}'..='\u{17b5}',
        '\u{180b}'..='\u{180f}',
        '\u{2800}'..='\u{2800}',
        '\u{3164}'..='\u{3164}',
        '\u{fe00}'..='\u{fe0f}',
        '\u{ffa0}'..='\u{ffa0}',
        '\u{fff0}'..='\u{fff8}',
        '\u{1bca0}'..='\u{1bca3}',
        '\u{1d173}'..='\u{1d17a}',
        '\u{e0000}'..='\u{e0fff}',
    ];
    let listed = || c == '\u{ad}' || ignored.iter().any(|range| range.contains(&c));
    c.is_whitespace() || is_unseen(c) || listed()
}

fn unusable(index: usize, id: &Id) -> Option<Violation> {
    let message = match id {
        Id::Text(text) if !text.chars().all(is_blank) => return None,
        Id::Text(_) => "uniqueId is blank",
        Id::Missing => "uniqueId is missing",
        Id::NotText => "uniqueId is not a string",
    };
    Some(Violation { index: Some(index), message: message.to_owned(), ..Violation::default() })
}

fn duplicates(texts: &[String]) -> Listed {
    let mut found = Listed::default();
    // Records that are sorted by their ids, as queries often give them, have no duplicates.
    if texts.is_sorted_by(|a, b| a < b) {
        return found;
    }
    let mut first = HashMap::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        let earlier = *first.entry(text.as_str()).or_insert(index);
        if earlier != index {
            found.add(|| Violation {
                index: Some(index),
                unique_id: Some(shorten(text)),
                pointer: "/uniqueId".to_owned(),
                message: format!("has the same uniqueId as record {earlier}"),
                ..Violation::default()
            });
        }
    }
    found
}

/// The bytes as the UTF-8 that they must be.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str> {
    refuse_mark(bytes)?;
    std::str::from_utf8(bytes)
        .map_err(|error| malformed(format!("byte {} is not valid UTF-8", error.valid_up_to())))
}

pub(super) fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidPayload, message)
}

pub(super) fn refuse_mark(bytes: &[u8]) -> Result<()> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(malformed("it begins with a byte order mark; write UTF-8 without one"));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(malformed("it is UTF-16; write UTF-8"));
    }
    Ok(())
}
