//! One pass over a request body: its shape, its resource id, its records' ids and what is known of
//! their members, without a tree.

use std::collections::HashMap;
use std::mem;

use super::resource_id::check_resource_id;
use super::top_level::{Members, TopLevel};
use crate::error::{Error, ErrorKind, Result, Violation, grouped, is_unseen, many, shorten};
use crate::json::{Malformed, Reader, Value};
use crate::schema::{Origin, validate};

/// The most violations that an error lists; it counts all of them.
const MOST_LISTED: usize = 100_000;

/// The most records with half of a surrogate pair that an error names.
const MOST_NAMED: usize = 100;

/// What one pass over the bytes finds. No tree of values is built.
pub(super) struct Scan {
    resource_id: String,
    records: Records,
}

/// What is found of the records.
pub(super) struct Records {
    ids: Ids,
    members: Members,
    /// Whether a value in them is null.
    pub(super) has_null: bool,
}

pub(super) enum Id {
    Text(String),
    Missing,
    NotText,
    /// It is not known, as a text of the record is not readable.
    HalfPair(Violation),
}

/// The ids of records, as far as they can be used: after the first unusable one none is kept.
#[derive(Default)]
pub(super) struct Ids {
    records: usize,
    texts: Vec<String>,
    unusable: Listed,
    half_pairs: Vec<Violation>,
}

impl Ids {
    pub(super) fn push(&mut self, id: Id) {
        match (unusable(self.records, &id), id) {
            (Some(violation), _) => {
                self.texts = Vec::new();
                self.unusable.add(|| violation);
            }
            (None, Id::Text(text)) if self.unusable.count == 0 => self.texts.push(text),
            (None, Id::HalfPair(at)) if self.half_pairs.len() < MOST_NAMED => {
                self.half_pairs.push(at);
            }
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
        read(bytes, scan)
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
        read(array, records)
    }

    /// The records' ids, when there is nothing wrong with them, and their members.
    pub(super) fn checked(self) -> Result<(Vec<String>, Members)> {
        Ok((check_ids(self.ids)?, self.members))
    }
}

/// Reads a whole text; an error says where.
fn read<'a, T>(
    bytes: &'a [u8],
    with: impl FnOnce(&mut Reader<'a>) -> Result<T, String>,
) -> Result<T> {
    let mut reader = Reader::new(utf8(bytes)?);
    let read = with(&mut reader).and_then(|read| Ok(reader.end().map(|()| read)?));
    read.map_err(|what| malformed(reader.placed(what)))
}

/// Reads a request body.
fn scan(reader: &mut Reader<'_>) -> Result<Scan, String> {
    let (mut resource_id, mut records) = (None, None);
    reader.object("an object with resourceId and resources")?;
    while let Some(key) = reader.name()? {
        match &*key {
            "resourceId" if resource_id.is_none() => resource_id = Some(text(reader)?),
            "resources" if records.is_none() => records = Some(self::records(reader)?),
            "resourceId" | "resources" => return Err(format!("duplicate member {key:?}")),
            _ => return Err(format!("unknown key {:?}", shorten(&key))),
        }
    }
    let missing = |key| format!("{key} is missing");
    Ok(Scan {
        resource_id: resource_id.ok_or_else(|| missing("resourceId"))?,
        records: records.ok_or_else(|| missing("resources"))?,
    })
}

fn text(reader: &mut Reader<'_>) -> Result<String, String> {
    reader.of_type("resourceId to be a string", |value| match value {
        Value::String(text) => Some(mem::take(text).into_owned()),
        _ => None,
    })
}

/// Reads an array of records.
fn records<'a>(reader: &mut Reader<'a>) -> Result<Records, String> {
    let (mut ids, mut members) = (Ids::default(), TopLevel::default());
    reader.array("an array of records")?;
    while reader.element()? {
        let id = record(reader, ids.records, &mut members)?;
        ids.push(id);
    }
    Ok(Records { ids, members: members.into_members(), has_null: reader.has_null() })
}

/// Reads the record of this index, and notes its members.
#[inline]
pub(super) fn record<'a>(
    reader: &mut Reader<'a>,
    index: usize,
    members: &mut TopLevel<'a>,
) -> Result<Id, String> {
    let start = reader.clone();
    reader.object(format_args!("record {index} to be an object"))?;
    let mut id = Id::Missing;
    members.begin_record();
    while let Some(name) = members.next_name(reader)? {
        if !name.is_unique_id {
            // Most values are these.
            if reader.skips_plain_string() {
                name.is_set = true;
            } else {
                members.add(reader)?;
            }
        } else if let Id::Missing = id {
            id = match reader.clone().value() {
                Ok(Value::String(text)) => Id::Text(text.into_owned()),
                // What is malformed is so for the next line too.
                _ => Id::NotText,
            };
            members.add(reader)?;
        } else {
            return Err(format!("duplicate member \"uniqueId\" of record {index}"));
        }
    }
    Ok(match reader.take_unreadable() {
        Some(Malformed::HalfPair) => Id::HalfPair(half_pair(index, start)),
        _ => id,
    })
}

/// The place of half of a surrogate pair in a record. JSON can write it, and no text can hold it.
fn half_pair(index: usize, mut record: Reader<'_>) -> Violation {
    let found = validate(None, &mut record, Origin::Text, &mut ()).unreadable;
    let (pointer, message) = found.unwrap_or_default();
    Violation { index: Some(index), pointer, message, ..Violation::default() }
}

/// Each id present, not blank, and its own. An error lists the first 100,000 violations.
pub(super) fn check_ids(ids: Ids) -> Result<Vec<String>> {
    if !ids.half_pairs.is_empty() {
        return Err(malformed("").with_violations(ids.half_pairs));
    }
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
    !c.is_ascii_graphic() && (c.is_whitespace() || is_unseen(c) || listed())
}

fn unusable(index: usize, id: &Id) -> Option<Violation> {
    let message = match id {
        Id::Text(text) if !text.chars().all(is_blank) => return None,
        Id::Text(_) => "uniqueId is blank",
        Id::Missing => "uniqueId is missing",
        Id::NotText => "uniqueId is not a string",
        Id::HalfPair(_) => return None,
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
