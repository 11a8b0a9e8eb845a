//! Reads JSON text value by value, verifies all of it, and builds no tree.
//!
//! It accepts what serde_json accepts, the grammar of RFC 8259: a test compares the two on texts of
//! any kind. Where something is wrong the reader stays, and [`Reader::position`] says where.
//!
//! Some values follow the grammar and cannot be read: half of a surrogate pair, a number beyond the
//! range. Where such a value is skipped, it is noted ([`Reader::take_unreadable`]); where it is
//! read, it is an error.
//!
//! Speed matters: a body can have 10 MB, and the text of every one is read before it is sent. So
//! strings are read in steps of eight bytes, what is common comes first and is inlined, and an
//! error has one byte.

use std::borrow::Cow;
use std::fmt;

use super::bytes::begins_with;
use super::malformed::Malformed;
use super::tokens::Reader;
use super::value::{Name, Value, number};

/// Arrays and objects, one inside the other, that serde_json reads.
pub(crate) const DEEPEST: usize = 127;

impl<'a> Reader<'a> {
    /// The line and the column, in bytes, of the byte that the reader is before; that of the last
    /// byte at the end.
    pub(crate) fn position(&self) -> (usize, usize) {
        let before = &self.text.as_bytes()[..self.text.len().min(self.at + 1)];
        let read = &before[..self.at.min(before.len())];
        let line = read.iter().filter(|byte| **byte == b'\n').count() + 1;
        let start = read.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        (line, before.len() - start)
    }

    /// What is wrong, and where.
    pub(crate) fn placed(&self, what: impl fmt::Display) -> String {
        let (line, column) = self.position();
        format!("{what} at line {line} column {column}")
    }

    /// Returns what was skipped since the last call and cannot be read, if there is anything: half
    /// of a surrogate pair, if that was among it.
    #[inline]
    pub(crate) fn take_unreadable(&mut self) -> Option<Malformed> {
        self.unreadable.take()
    }

    /// Whether there was a null so far.
    pub(crate) fn has_null(&self) -> bool {
        self.has_null
    }

    /// Reads a scalar, or the opening bracket of an array or object.
    #[inline(always)]
    pub(crate) fn value(&mut self) -> Result<Value<'a>, Malformed> {
        match self.byte() {
            Some(b'"') => self.string()?.decode().map(Value::String),
            _ => self.value_of_other_type(),
        }
    }

    fn value_of_other_type(&mut self) -> Result<Value<'a>, Malformed> {
        let start = self.at;
        match self.byte() {
            Some(b'{') => Ok(self.step(Value::Object)),
            Some(b'[') => Ok(self.step(Value::Array)),
            Some(b'n') => self.null().map(|()| Value::Null),
            Some(b't') => self.word(b"true").map(|()| Value::Boolean),
            Some(b'f') => self.word(b"false").map(|()| Value::Boolean),
            _ => {
                self.number()?;
                number(self.since(start)).map(Value::Number)
            }
        }
    }

    /// Begins to read an object. `wanted` says what it is.
    pub(crate) fn object(&mut self, wanted: impl fmt::Display) -> Result<(), String> {
        self.of_type(wanted, |value| matches!(value, Value::Object).then_some(()))
    }

    /// Begins to read an array.
    pub(crate) fn array(&mut self, wanted: impl fmt::Display) -> Result<(), String> {
        self.of_type(wanted, |value| matches!(value, Value::Array).then_some(()))
    }

    /// Reads a value that `take` takes.
    #[inline]
    pub(crate) fn of_type<T>(
        &mut self,
        wanted: impl fmt::Display,
        take: impl FnOnce(&mut Value<'a>) -> Option<T>,
    ) -> Result<T, String> {
        let start = self.at;
        let mut value = self.value()?;
        take(&mut value).ok_or_else(|| {
            self.at = start;
            format!("expected {wanted}, found {}", value.name())
        })
    }

    /// Goes to the next element of the array that is open; `false` when it ends.
    #[inline]
    pub(crate) fn element(&mut self) -> Result<bool, Malformed> {
        self.goes_on(b']')
    }

    /// Reads the next name in the object that is open; `None` when it ends.
    #[inline]
    pub(crate) fn name(&mut self) -> Result<Option<Cow<'a, str>>, Malformed> {
        if self.goes_on(b'}')? { self.text_of_name()?.decode().map(Some) } else { Ok(None) }
    }

    /// As [`name`](Reader::name), where `expected` is probably what is written from the quote up to
    /// the value. Then this costs one comparison.
    #[inline(always)]
    pub(crate) fn expect_name(&mut self, expected: &str) -> Result<Option<Name<'a>>, Malformed> {
        match self.before_comma() {
            Some(text) if !expected.is_empty() && begins_with(text, expected.as_bytes()) => {
                self.at += 1 + expected.len();
                Ok(Some(Name::Expected))
            }
            _ => self.other_name(),
        }
    }

    fn other_name(&mut self) -> Result<Option<Name<'a>>, Malformed> {
        if !self.goes_on(b'}')? {
            return Ok(None);
        }
        let start = self.at;
        let text = self.text_of_name()?;
        Ok(Some(Name::Other(text, self.since(start))))
    }

    /// Skips a value, and returns its text.
    #[inline(always)]
    pub(crate) fn skip(&mut self) -> Result<&'a str, Malformed> {
        let start = self.at;
        match self.byte() {
            Some(b'"') => drop(self.skip_string()?),
            _ => self.skip_other_type()?,
        }
        Ok(self.since(start))
    }

    fn skip_other_type(&mut self) -> Result<(), Malformed> {
        match self.token()? {
            Some(closing) => self.skip_levels(closing),
            None => Ok(()),
        }
    }

    /// Skips the rest of an array or object that was begun.
    pub(crate) fn leave(&mut self, begun: &Value<'_>) -> Result<(), Malformed> {
        match begun {
            Value::Array => self.skip_levels(b']'),
            Value::Object => self.skip_levels(b'}'),
            _ => Ok(()),
        }
    }

    /// Verifies that nothing stands behind the last value.
    pub(crate) fn end(&mut self) -> Result<(), Malformed> {
        self.blanks();
        if self.byte().is_none() { Ok(()) } else { Err(Malformed::TrailingText) }
    }

    /// Skips until the bracket that closes what is open.
    fn skip_levels(&mut self, mut closing: u8) -> Result<(), Malformed> {
        let mut outer = Vec::new();
        loop {
            if self.goes_on(closing)? {
                if closing == b'}' {
                    self.text_of_name()?;
                }
                if let Some(inner) = self.token()? {
                    outer.push(closing);
                    closing = inner;
                    if outer.len() == DEEPEST {
                        self.unreadable.get_or_insert(Malformed::TooDeep);
                    }
                }
            } else {
                match outer.pop() {
                    Some(around) => closing = around,
                    None => return Ok(()),
                }
            }
        }
    }
}
