//! Records as lines, one JSON object each (NDJSON): every line is looked at by itself.

use serde::de::DeserializeSeed;

use super::scan::{self, Id, Record, malformed};
use super::size::Sizes;
use crate::error::{Error, Result};

/// The records of a text of lines.
pub(super) struct Lines<'a> {
    records: Vec<&'a str>,
    pub(super) ids: Vec<Id>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Result<Lines<'a>> {
        let mut lines = Lines { records: Vec::new(), ids: Vec::new() };
        for (number, line) in scan::text(bytes)?.split('\n').enumerate() {
            let record = line.trim_matches([' ', '\t', '\r']);
            if !record.is_empty() {
                lines.ids.push(id(line, number + 1, lines.records.len())?);
                lines.records.push(record);
            }
        }
        Ok(lines)
    }

    /// How many bytes the array of the records has.
    pub(super) fn size(&self) -> usize {
        let commas = self.records.len().saturating_sub(1);
        self.records.iter().map(|record| record.len()).sum::<usize>() + commas + 2
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(b'[');
        for (index, record) in self.records.iter().enumerate() {
            bytes.extend_from_slice(if index > 0 { b"," } else { b"" });
            bytes.extend_from_slice(record.as_bytes());
        }
        bytes.push(b']');
    }

    /// The error for a request body of so many bytes, in which these records are.
    pub(super) fn too_large(&self, bytes: usize) -> Error {
        let mut sizes = Sizes::default();
        self.records.iter().for_each(|record| sizes.add(record));
        sizes.into_error(bytes)
    }
}

/// The id of a line's record, and proof that the line holds one object and no more.
fn id(line: &str, number: usize, index: usize) -> Result<Id> {
    let mut json = serde_json::Deserializer::from_str(line);
    let read = Record(index).deserialize(&mut json).and_then(|id| json.end().map(|()| id));
    read.map_err(|error| {
        let (what, column) = (scan::quoted(&error), error.column());
        malformed(format!("line {number} (record {index}), column {column}: {what}"))
    })
}
