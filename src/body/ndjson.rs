//! Records as lines, one JSON object each (NDJSON): every line is read by itself.

use super::parse::{self, Id, Ids, malformed, utf8};
use super::size::{LARGEST, Sizes};
use super::top_level::TopLevel;
use crate::error::{Error, Result};
use crate::json::Reader;

/// The records of a text of lines.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// How many bytes the records and the commas between them have.
    size: usize,
    pub(super) ids: Ids,
    pub(super) members: TopLevel<'a>,
    /// What takes the room, where the records are larger than any request body.
    sizes: Option<Sizes<'a>>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Result<Lines<'a>> {
        let text = utf8(bytes)?;
        let mut lines =
            Lines { text, size: 0, ids: Ids::default(), members: TopLevel::default(), sizes: None };
        for (number, line) in text.split('\n').enumerate() {
            if let Some(record) = record(line) {
                if lines.size + record.len() > LARGEST {
                    lines.members.turn_off();
                }
                let index = lines.ids.records();
                let id = id(line, number + 1, index, &mut lines.members)?;
                lines.add(id, record);
            }
        }
        Ok(lines)
    }

    /// Beyond the limit an id is of no use: the bytes are only counted.
    fn add(&mut self, id: Id, record: &'a str) {
        self.size += record.len() + usize::from(self.ids.records() > 0);
        self.ids.push(id);
        match &mut self.sizes {
            Some(sizes) => sizes.add(record),
            None if self.size > LARGEST => {
                let mut sizes = Sizes::default();
                records(self.text).take(self.ids.records()).for_each(|one| sizes.add(one));
                self.sizes = Some(sizes);
            }
            None => return,
        }
        self.ids.forget();
    }

    /// How many bytes the array of the records has.
    pub(super) fn size(&self) -> usize {
        self.size + 2
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(b'[');
        for (index, record) in records(self.text).enumerate() {
            bytes.extend_from_slice(if index > 0 { b"," } else { b"" });
            bytes.extend_from_slice(record.as_bytes());
        }
        bytes.push(b']');
    }

    /// The error for a request body of so many bytes, in which these records are.
    pub(super) fn too_large(self, bytes: usize) -> Error {
        let text = self.text;
        let sizes = self.sizes.unwrap_or_else(|| {
            let mut sizes = Sizes::default();
            records(text).for_each(|record| sizes.add(record));
            sizes
        });
        sizes.into_error(bytes)
    }
}

fn records(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').filter_map(record)
}

fn record(line: &str) -> Option<&str> {
    Some(line.trim_matches([' ', '\t', '\r'])).filter(|record| !record.is_empty())
}

/// The id of a line's record, and proof that the line holds one object and no more.
fn id<'a>(line: &'a str, number: usize, index: usize, members: &mut TopLevel<'a>) -> Result<Id> {
    let mut reader = Reader::new(line);
    let read = parse::record(&mut reader, index, members);
    match read.and_then(|id| Ok(reader.end().map(|()| id)?)) {
        Ok(Id::HalfPair(mut violation)) => {
            violation.message += &format!(" (line {number})");
            Ok(Id::HalfPair(violation))
        }
        Ok(id) => Ok(id),
        Err(what) => {
            let (_, column) = reader.position();
            Err(malformed(format!("line {number} (record {index}), column {column}: {what}")))
        }
    }
}
