//! Values become records, and their ids are noted as they are written: nothing is read again.

use std::cell::Cell;
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
/// They are `None` where an id is not plain to see: one that is missing, is no text, has an escape
/// in it, or stands in text that somebody else wrote. What was written is to be read then.
pub(super) fn encode<T: Serialize>(
    bytes: &mut Vec<u8>,
    records: &[T],
) -> serde_json::Result<Encoded> {
    let ids = Vec::with_capacity(records.len().min(LARGEST));
    let is_over = &Cell::new(false);
    let mut watch =
        Watch { depth: 0, key: Key::None, ids, begun: 0, plain: true, has_null: false, is_over };
    let mut json = serde_json::Serializer::with_formatter(Bounded { bytes, is_over }, &mut watch);
    records.serialize(&mut json)?;
    let plain = watch.plain && watch.begun == records.len();
    let ids = plain.then_some(watch.ids).filter(|ids| ids.len() == records.len());
    Ok(Encoded { ids, has_null: watch.has_null })
}

/// Takes no more bytes than are ever looked at, and notes when they are too many for a body.
struct Bounded<'a> {
    bytes: &'a mut Vec<u8>,
    is_over: &'a Cell<bool>,
}

impl Bounded<'_> {
    #[cold]
    fn grow_beyond_limit(&mut self, size: usize) -> io::Result<()> {
        self.is_over.set(true);
        match size > FARTHEST {
            true => Err(io::Error::other("the records are too large")),
            false => Ok(()),
        }
    }
}

impl Write for Bounded<'_> {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.write_all(more).map(|()| more.len())
    }

    /// serde_json writes a few bytes at a time: the default, a loop over `write`, doubled the cost.
    #[inline]
    fn write_all(&mut self, more: &[u8]) -> io::Result<()> {
        let size = self.bytes.len() + more.len();
        if size > LARGEST {
            self.grow_beyond_limit(size)?;
        }
        self.bytes.extend_from_slice(more);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes as serde_json does by itself.
struct Watch<'a> {
    /// How many objects and arrays are open; in a record two.
    depth: usize,
    key: Key,
    ids: Vec<String>,
    /// How many records were begun.
    begun: usize,
    plain: bool,
    has_null: bool,
    /// Whether the records are too large already, so that no id is needed.
    is_over: &'a Cell<bool>,
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

impl Watch<'_> {
    fn opened(&mut self, record: bool) {
        self.begun += usize::from(record && self.depth == 1);
        self.depth += 1;
    }
}

impl Formatter for &mut Watch<'_> {
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
            if self.is_over.get() {
                (self.plain, self.ids) = (false, Vec::new());
            }
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
