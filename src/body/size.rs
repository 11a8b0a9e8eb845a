//! The size of a request body: known before it is sent, with what to trim where it is too large.

use std::borrow::Cow;
use std::collections::HashMap;

use super::iter;
use crate::error::{Error, ErrorKind, Violation, grouped, many};
use crate::json::{Reader, Value, pointer};

/// The API's front answers a larger body with 413 (the limit of Amazon API Gateway, met by users:
/// <https://github.com/fleetdm/fleet/issues/39380>).
pub(super) const LARGEST: usize = 10_485_760;

/// So much is read in order to tell what is so large in it; what is larger still is left unread.
pub(super) const FARTHEST: usize = 16 * LARGEST;

/// How many of the largest fields and records are listed.
const FIELDS: usize = 3;
const RECORDS: usize = 5;

/// Names beyond these are data, and must cost neither memory nor a page of text.
const MOST_NAMES: usize = 1000;
const LONGEST_NAME: usize = 100;

/// The error for a body of which only the size is known.
pub(super) fn too_large(size: &str) -> Error {
    let limit = format!("and the limit is {}", grouped(LARGEST));
    let rule = "trim the records, since each part of a split push deletes the others";
    Error::new(ErrorKind::PayloadTooLarge, format!("{size}, {limit}; {rule}"))
}

/// What takes the room in a payload that is too large.
#[derive(Default)]
pub(super) struct Sizes<'a> {
    records: usize,
    /// The bytes of each field in all records, by its pointer.
    fields: HashMap<String, usize>,
    /// The largest records with their positions, the largest first.
    largest: Vec<(usize, &'a str)>,
}

impl<'a> Sizes<'a> {
    /// The error for a request body of so many bytes, whose records are in `json`.
    pub(super) fn error(bytes: usize, json: &'a [u8]) -> Error {
        match Sizes::of(json) {
            Ok(sizes) => sizes.into_error(bytes),
            Err(what) => {
                let note = format!("it is malformed too: {what}");
                too_large(&many(bytes, "byte")).with_note(&note)
            }
        }
    }

    fn of(json: &'a [u8]) -> Result<Sizes<'a>, String> {
        let mut sizes = Sizes::default();
        let text = std::str::from_utf8(json).map_err(|error| error.to_string())?;
        let mut reader = Reader::new(text);
        let read = iter::each(&mut reader, |reader| reader.skip().map(|record| sizes.add(record)));
        let read = read.and_then(|()| reader.end());
        read.map(|()| sizes).map_err(|what| reader.placed(what))
    }

    pub(super) fn add(&mut self, record: &'a str) {
        for (pointer, bytes) in fields(record) {
            if let Some(sum) = self.fields.get_mut(&pointer) {
                *sum += bytes;
            } else if self.fields.len() < MOST_NAMES {
                self.fields.insert(pointer, bytes);
            }
        }
        let place = self.largest.partition_point(|(_, other)| other.len() >= record.len());
        if place < RECORDS {
            self.largest.insert(place, (self.records, record));
            self.largest.truncate(RECORDS);
        }
        self.records += 1;
    }

    pub(super) fn into_error(self, bytes: usize) -> Error {
        let size = format!("{} in {}", many(bytes, "byte"), many(self.records, "record"));
        let violations = self.largest.into_iter().map(violation).collect();
        let error = too_large(&size).with_violations(violations);
        let mut fields: Vec<(usize, String)> =
            self.fields.into_iter().map(|(pointer, sum)| (sum, pointer)).collect();
        let mut listed = Vec::new();
        let largest = |fields: &[(usize, String)]| {
            fields.iter().enumerate().max_by_key(|(_, field)| *field).map(|(at, _)| at)
        };
        while let Some(at) = largest(&fields).filter(|_| listed.len() < FIELDS) {
            let (sum, pointer) = fields.swap_remove(at);
            listed.push(format!("{} ({} in all)", &pointer[1..], many(sum, "byte")));
        }
        match listed.len() {
            0 => error,
            _ => error.with_note(&format!("the largest fields are {}", listed.join(", "))),
        }
    }
}

/// A large record, at its largest field.
fn violation((index, record): (usize, &str)) -> Violation {
    let (mut pointer, mut message) = (String::new(), many(record.len(), "byte"));
    let largest = fields(record).into_iter().max_by_key(|(_, bytes)| *bytes);
    if let Some((place, bytes)) = largest {
        message += &format!(", {} of them here", grouped(bytes));
        pointer = place;
    }
    let id = members(record).into_iter().find(|(name, _)| name == "uniqueId");
    let id = id.and_then(|(_, id)| serde_json::from_str::<String>(id).ok());
    let unique_id = id.filter(|id| id.len() <= LONGEST_NAME);
    Violation { index: Some(index), unique_id, pointer, message, ..Violation::default() }
}

/// The bytes of each field's value, by its pointer. Custom properties are fields of their own.
fn fields(record: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (name, value) in members(record) {
        let place = part(&name);
        let custom = (name == "customProperties").then(|| members(value));
        match custom.filter(|inner| !inner.is_empty()) {
            None => found.push((place, value.len())),
            Some(inner) => {
                let field = |(name, value): (Cow<'_, str>, &str)| {
                    (format!("{place}{}", part(&name)), value.len())
                };
                found.extend(inner.into_iter().map(field));
            }
        }
    }
    found
}

/// The first members of an object. What is not an object has none.
fn members(object: &str) -> Vec<(Cow<'_, str>, &str)> {
    let (mut reader, mut found) = (Reader::new(object), Vec::new());
    let Ok(Value::Object) = reader.value() else { return found };
    while found.len() < MOST_NAMES {
        let Ok(Some(name)) = reader.name() else { break };
        let Ok(value) = reader.skip() else { break };
        found.push((name, value));
    }
    found
}

/// A name in a JSON pointer (RFC 6901).
pub(super) fn part(name: &str) -> String {
    let name: String = name.chars().take(LONGEST_NAME).collect();
    pointer::of(&name)
}
