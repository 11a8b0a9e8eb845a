//! Values become records, and their ids are noted as they are written. To read a record again for
//! its id would take three quarters of the time that it takes to write it.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter};

use super::size::{FARTHEST, LARGEST};

/// What is known of records that were written.
pub(super) struct Encoded {
    /// The ids, or `None` where the text must be read for them.
    pub(super) ids: Option<Vec<String>>,
    /// Whether a null was written, which may have been a number.
    pub(super) has_null: bool,
}

/// Writes the array of the records behind what is in `bytes`, and gives their ids.
///
/// They are `None` where an id is not simple: one that is missing, is no string, has an escape, or
/// is in text that was JSON already. Then the array must be read.
///
/// Stops where the records are larger than what is ever read.
pub(super) fn encode<T: Serialize>(
    bytes: &mut Vec<u8>,
    records: &[T],
) -> Result<Encoded, EncodeError> {
    let ids = Vec::with_capacity(records.len().min(LARGEST));
    let mut formatter =
        IdFormatter { depth: 1, key: Key::None, ids, begun: 0, plain: true, has_null: false };
    bytes.push(b'[');
    for (index, record) in records.iter().enumerate() {
        if index > 0 {
            bytes.push(b',');
        }
        let mut json = serde_json::Serializer::with_formatter(&mut *bytes, &mut formatter);
        record.serialize(&mut json).map_err(EncodeError::Value)?;
        formatter.check_size(bytes.len())?;
    }
    bytes.push(b']');
    let plain = formatter.plain && formatter.begun == records.len();
    let ids = plain.then_some(formatter.ids).filter(|ids| ids.len() == records.len());
    Ok(Encoded { ids, has_null: formatter.has_null })
}

/// Why records could not be written.
pub(super) enum EncodeError {
    TooLarge,
    Value(serde_json::Error),
}

/// Writes as serde_json does by itself.
struct IdFormatter {
    /// How many objects and arrays are open, the array of the records among them; in a record two.
    depth: usize,
    key: Key,
    ids: Vec<String>,
    /// How many records were begun.
    begun: usize,
    plain: bool,
    has_null: bool,
}

/// What is being written in a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    None,
    /// A key of which nothing is written yet.
    Begun,
    UniqueId,
    /// The text of the id.
    Text,
}

impl IdFormatter {
    /// Keeps no id once the records are too large for a body.
    fn check_size(&mut self, size: usize) -> Result<(), EncodeError> {
        if size > LARGEST {
            (self.plain, self.ids) = (false, Vec::new());
        }
        if size > FARTHEST { Err(EncodeError::TooLarge) } else { Ok(()) }
    }

    fn opened(&mut self, record: bool) {
        self.begun += usize::from(record && self.depth == 1);
        self.depth += 1;
    }
}

impl Formatter for &mut IdFormatter {
    fn write_null<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.has_null = true;
        writer.write_all(b"null")
    }

    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.opened(false);
        writer.write_all(b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"]")
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.opened(true);
        writer.write_all(b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        // One id for each record, and no more.
        self.plain &= self.depth != 1 || self.ids.len() == self.begun;
        writer.write_all(b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.key = if self.depth == 2 { Key::Begun } else { Key::None };
        if first { Ok(()) } else { out.write_all(b",") }
    }

    fn begin_string<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.key == Key::UniqueId && self.depth == 2 {
            self.key = Key::Text;
            self.ids.push(String::new());
        }
        writer.write_all(b"\"")
    }

    fn end_string<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.key != Key::UniqueId {
            self.key = Key::None;
        }
        writer.write_all(b"\"")
    }

    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        match (self.key, self.ids.last_mut()) {
            (Key::None, _) => {}
            (Key::Text, Some(id)) => id.push_str(fragment),
            (Key::Begun, _) if fragment == "uniqueId" => self.key = Key::UniqueId,
            _ => self.key = Key::None,
        }
        writer.write_all(fragment.as_bytes())
    }

    fn write_char_escape<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        self.plain &= self.key == Key::None;
        serde_json::ser::CompactFormatter.write_char_escape(writer, escape)
    }

    fn write_raw_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        self.plain = false;
        writer.write_all(fragment.as_bytes())
    }
}
