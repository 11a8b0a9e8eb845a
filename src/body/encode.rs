//! Typed values become records, and their ids are noted as they are written: nothing is read again.
//!
//! Here is written what plain records are made of, as serde_json would write it: that looks at each
//! character of each key, which took most of the time of a push. Whatever else a type may do when
//! it is serialised is left to serde_json, and what came of it is read.

use std::fmt;

use serde::Serialize;
use serde::ser::{self, Impossible, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

/// Writes the array of the records behind what is in `bytes`, and gives their ids; `None` where
/// what was written is to be read for them.
pub(super) fn encode<T: Serialize>(
    bytes: &mut Vec<u8>,
    records: &[T],
) -> serde_json::Result<Option<Vec<String>>> {
    let begin = bytes.len();
    let ids = Vec::with_capacity(records.len());
    let mut json = Json { bytes: &mut *bytes, ids, depth: 0, due: Due::Value };
    let written = records.serialize(&mut json);
    if written.is_ok() && json.ids.len() == records.len() {
        return Ok(Some(json.ids));
    }
    bytes.truncate(begin);
    serde_json::to_writer(bytes, records).map(|()| None)
}

/// What is written, and how far it has come.
struct Json<'a> {
    bytes: &'a mut Vec<u8>,
    ids: Vec<String>,
    /// How many objects and arrays are open.
    depth: usize,
    due: Due,
}

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    Value,
    /// Text, which is a key.
    Key,
    /// Text, which is the id of a record.
    Id,
}

/// Nothing that is written here.
#[derive(Debug)]
struct Unusual;

type Result = std::result::Result<(), Unusual>;
type Opened<'a, 'b> = std::result::Result<Open<'a, 'b>, Unusual>;
type Refused = std::result::Result<Impossible<(), Unusual>, Unusual>;

impl Json<'_> {
    fn text(&mut self, text: &str) -> Result {
        if std::mem::replace(&mut self.due, Due::Value) == Due::Id {
            self.ids.push(text.to_owned());
        }
        if !is_plain(text.as_bytes()) {
            return self.scalar(text);
        }
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(b'"');
        Ok(())
    }

    fn scalar<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        match self.due {
            Due::Value => serde_json::to_writer(&mut *self.bytes, value).map_err(|_| Unusual),
            Due::Key | Due::Id => Err(Unusual),
        }
    }
}

impl<'a, 'b> Json<'b> {
    fn open(&'a mut self, begin: u8, end: u8) -> Opened<'a, 'b> {
        if self.due != Due::Value {
            return Err(Unusual);
        }
        // The records are the objects of the outermost array.
        let is_record = self.depth == 1 && begin == b'{';
        self.depth += 1;
        self.bytes.push(begin);
        let ids = is_record.then_some(self.ids.len());
        Ok(Open { json: self, first: true, ids, is_id: false, end })
    }
}

/// An object or an array that is not ended yet.
struct Open<'a, 'b> {
    json: &'a mut Json<'b>,
    first: bool,
    /// How many ids there were before it; in a record only.
    ids: Option<usize>,
    /// Whether the key before the value says that it is the record's id.
    is_id: bool,
    end: u8,
}

impl Open<'_, '_> {
    fn comma(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.json.bytes.push(b',');
        }
    }

    fn key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result {
        self.comma();
        let begin = self.json.bytes.len();
        self.json.due = Due::Key;
        key.serialize(&mut *self.json)?;
        self.is_id = self.ids.is_some() && self.json.bytes[begin..] == *b"\"uniqueId\"";
        self.json.bytes.push(b':');
        Ok(())
    }

    fn value<V: Serialize + ?Sized>(&mut self, value: &V) -> Result {
        self.json.due = if self.is_id { Due::Id } else { Due::Value };
        value.serialize(&mut *self.json)
    }

    fn close(self) -> Result {
        self.json.depth -= 1;
        self.json.bytes.push(self.end);
        // One id for each record, and no more.
        let is_whole = self.ids.is_none_or(|before| self.json.ids.len() == before + 1);
        is_whole.then_some(()).ok_or(Unusual)
    }
}

macro_rules! as_serde_json {
    ($($method:ident($kind:ty),)*) => {
        $(fn $method(self, value: $kind) -> Result {
            self.scalar(&value)
        })*
    };
}

impl<'a, 'b> Serializer for &'a mut Json<'b> {
    type Ok = ();
    type Error = Unusual;
    type SerializeSeq = Open<'a, 'b>;
    type SerializeMap = Open<'a, 'b>;
    type SerializeStruct = Open<'a, 'b>;
    type SerializeTuple = Impossible<(), Unusual>;
    type SerializeTupleStruct = Impossible<(), Unusual>;
    type SerializeTupleVariant = Impossible<(), Unusual>;
    type SerializeStructVariant = Impossible<(), Unusual>;

    fn serialize_str(self, text: &str) -> Result {
        self.text(text)
    }

    fn serialize_unit_variant(self, _: &str, _: u32, name: &str) -> Result {
        self.text(name)
    }

    as_serde_json! {
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32),
        serialize_i64(i64), serialize_u8(u8), serialize_u16(u16), serialize_u32(u32),
        serialize_u64(u64), serialize_f32(f32), serialize_f64(f64),
    }

    fn serialize_none(self) -> Result {
        self.scalar(&())
    }

    fn serialize_unit(self) -> Result {
        self.scalar(&())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &str, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Opened<'a, 'b> {
        self.open(b'[', b']')
    }

    fn serialize_map(self, _: Option<usize>) -> Opened<'a, 'b> {
        self.open(b'{', b'}')
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Opened<'a, 'b> {
        // serde_json's own: text that is JSON already.
        if name.starts_with('$') { Err(Unusual) } else { self.open(b'{', b'}') }
    }

    fn serialize_char(self, _: char) -> Result {
        Err(Unusual)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result {
        Err(Unusual)
    }

    fn serialize_unit_struct(self, _: &str) -> Result {
        Err(Unusual)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &str,
        _: u32,
        _: &str,
        _: &T,
    ) -> Result {
        Err(Unusual)
    }

    fn serialize_tuple(self, _: usize) -> Refused {
        Err(Unusual)
    }

    fn serialize_tuple_struct(self, _: &str, _: usize) -> Refused {
        Err(Unusual)
    }

    fn serialize_tuple_variant(self, _: &str, _: u32, _: &str, _: usize) -> Refused {
        Err(Unusual)
    }

    fn serialize_struct_variant(self, _: &str, _: u32, _: &str, _: usize) -> Refused {
        Err(Unusual)
    }
}

impl SerializeSeq for Open<'_, '_> {
    type Ok = ();
    type Error = Unusual;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        self.comma();
        self.value(value)
    }

    fn end(self) -> Result {
        self.close()
    }
}

impl SerializeMap for Open<'_, '_> {
    type Ok = ();
    type Error = Unusual;

    fn serialize_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result {
        self.key(key)
    }

    fn serialize_value<V: Serialize + ?Sized>(&mut self, value: &V) -> Result {
        self.value(value)
    }

    fn end(self) -> Result {
        self.close()
    }
}

impl SerializeStruct for Open<'_, '_> {
    type Ok = ();
    type Error = Unusual;

    fn serialize_field<V: Serialize + ?Sized>(&mut self, key: &'static str, value: &V) -> Result {
        self.key(key)?;
        self.value(value)
    }

    fn end(self) -> Result {
        self.close()
    }
}

impl fmt::Display for Unusual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("serde_json is to write this")
    }
}

impl std::error::Error for Unusual {}

impl ser::Error for Unusual {
    fn custom<T: fmt::Display>(_: T) -> Unusual {
        Unusual
    }
}

/// Whether JSON has the text as it is, between quotes. Eight bytes at a time.
fn is_plain(text: &[u8]) -> bool {
    let mut words = text.chunks_exact(8);
    let is_plain =
        |word: &[u8]| word.try_into().is_ok_and(|word| !has_special(u64::from_ne_bytes(word)));
    let is_usual = |byte: &u8| *byte >= b' ' && !matches!(byte, b'"' | b'\\');
    words.by_ref().all(is_plain) && words.remainder().iter().all(is_usual)
}

/// Whether one of the bytes is below a blank, a quote or a backslash. The highest bit of a byte
/// tells: to take 32 from a smaller byte borrows, and so does to take 1 from what became 0.
fn has_special(word: u64) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let less = |word: u64, than: u64| word.wrapping_sub(ONES * than) & !word;
    let equal = |byte: u8| less(word ^ (ONES * u64::from(byte)), 1);
    (less(word, 0x20) | equal(b'"') | equal(b'\\')) & (ONES * 0x80) != 0
}
