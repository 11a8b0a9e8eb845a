//! Finds numbers that JSON does not have, which serde_json writes as null: NaN and the infinities.
//!
//! It visits the values themselves, by a second serialisation that writes nothing. It runs only
//! where a null was written: in the text, a null that was a number looks like any other.

use std::fmt;

use serde::Serialize;
use serde::ser::{self, Serializer};

use super::size::part;
use crate::error::Violation;

/// More than anybody reads.
const MOST: usize = 100;

/// Each number of the records that JSON does not have.
pub(super) fn not_finite<T: Serialize>(records: &[T]) -> Vec<Violation> {
    let mut finder = Finder::default();
    for (index, record) in records.iter().enumerate() {
        finder.index = index;
        // It never fails by itself, and the record was serialised once already.
        let _ = record.serialize(&mut finder);
        finder.path.clear();
    }
    finder.found
}

#[derive(Default)]
struct Finder {
    index: usize,
    path: Vec<String>,
    found: Vec<Violation>,
}

type Done = Result<(), fmt::Error>;

impl Finder {
    fn number(&mut self, number: f64) -> Done {
        if !number.is_finite() && self.found.len() < MOST {
            let pointer = self.path.iter().map(|name| part(name)).collect();
            let message = format!("JSON has no number {number}; leave it out or write null");
            self.found.push(Violation {
                index: Some(self.index),
                pointer,
                message,
                ..Violation::default()
            });
        }
        Ok(())
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: String, value: &T) -> Done {
        self.path.push(name);
        let done = value.serialize(&mut *self);
        self.path.pop();
        done
    }

    fn inside(&mut self) -> Result<Inside<'_>, fmt::Error> {
        Ok(Inside { depth: self.path.len(), finder: self, index: 0, key: String::new() })
    }
}

/// The values that are neither numbers of that kind nor have others in them.
macro_rules! plain {
    ($($name:ident: $type:ty,)+) => {
        $(fn $name(self, _: $type) -> Done { Ok(()) })+
    };
}

impl<'a> Serializer for &'a mut Finder {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Inside<'a>;
    type SerializeTuple = Inside<'a>;
    type SerializeTupleStruct = Inside<'a>;
    type SerializeTupleVariant = Inside<'a>;
    type SerializeMap = Inside<'a>;
    type SerializeStruct = Inside<'a>;
    type SerializeStructVariant = Inside<'a>;

    plain! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_i128: i128, serialize_u8: u8, serialize_u16: u16,
        serialize_u32: u32, serialize_u64: u64, serialize_u128: u128, serialize_char: char,
        serialize_str: &str, serialize_bytes: &[u8], serialize_unit_struct: &'static str,
    }

    fn serialize_f32(self, number: f32) -> Done {
        self.number(f64::from(number))
    }

    fn serialize_f64(self, number: f64) -> Done {
        self.number(number)
    }

    fn serialize_none(self) -> Done {
        Ok(())
    }

    fn serialize_unit(self) -> Done {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Done {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        self.member(variant.to_owned(), value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'a>, fmt::Error> {
        self.inside()
    }

    fn serialize_tuple(self, _: usize) -> Result<Inside<'a>, fmt::Error> {
        self.inside()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Inside<'a>, fmt::Error> {
        self.inside()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Inside<'a>, fmt::Error> {
        self.path.push(variant.to_owned());
        self.inside()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'a>, fmt::Error> {
        self.inside()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'a>, fmt::Error> {
        self.inside()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Inside<'a>, fmt::Error> {
        self.path.push(variant.to_owned());
        self.inside()
    }
}

/// Inside an array or an object.
struct Inside<'a> {
    finder: &'a mut Finder,
    depth: usize,
    index: usize,
    key: String,
}

impl Inside<'_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.index += 1;
        self.finder.member((self.index - 1).to_string(), value)
    }

    /// Leaves a variant, whose name is a member of its own.
    fn leave(self) -> Done {
        self.finder.path.truncate(self.depth - 1);
        Ok(())
    }
}

macro_rules! elements {
    ($($kind:ident: $method:ident,)+) => {
        $(impl ser::$kind for Inside<'_> {
            type Ok = ();
            type Error = fmt::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                self.element(value)
            }

            fn end(self) -> Done {
                Ok(())
            }
        })+
    };
}

elements! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
}

impl ser::SerializeTupleVariant for Inside<'_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    fn end(self) -> Done {
        self.leave()
    }
}

impl ser::SerializeMap for Inside<'_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.key = match serde_json::to_value(key) {
            Ok(serde_json::Value::String(key)) => key,
            Ok(other) => other.to_string(),
            Err(_) => String::new(),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        let key = std::mem::take(&mut self.key);
        self.finder.member(key, value)
    }

    fn end(self) -> Done {
        Ok(())
    }
}

impl ser::SerializeStruct for Inside<'_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        self.finder.member(key.to_owned(), value)
    }

    fn end(self) -> Done {
        Ok(())
    }
}

impl ser::SerializeStructVariant for Inside<'_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        self.finder.member(key.to_owned(), value)
    }

    fn end(self) -> Done {
        self.leave()
    }
}
