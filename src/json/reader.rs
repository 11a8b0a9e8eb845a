//! Reads JSON text that is known to be well formed, value by value, and builds no tree.
//!
//! serde_json reads every text first, when it comes in or goes out, and reports errors of its
//! grammar. What is read again is read with this: it looks for the ends of values and verifies
//! nothing, so it is several times as fast. Only what the grammar allows and no value holds is an
//! error: half of a surrogate pair, and a number beyond the range. serde_json reads those too, so
//! that both agree. Text that is not well formed gives wrong values, and no panic or endless loop.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::Number;

use super::message;

/// A value, or the beginning of one.
pub(crate) enum Value<'a> {
    Null,
    Boolean,
    Number(Number),
    String(Cow<'a, str>),
    /// Its elements follow.
    Array,
    /// Its members follow.
    Object,
}

/// A position in a text.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Reader<'a> {
        Reader { text, at: 0 }
    }

    /// Reads a scalar, or the opening bracket of an array or object. An error has serde_json's
    /// words.
    #[inline]
    pub(crate) fn value(&mut self) -> Result<Value<'a>, String> {
        let start = self.at_next();
        match self.byte() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'{') => Ok(self.step(1, Value::Object)),
            Some(b'[') => Ok(self.step(1, Value::Array)),
            Some(b'n') => Ok(self.step(4, Value::Null)),
            Some(b't') => Ok(self.step(4, Value::Boolean)),
            Some(b'f') => Ok(self.step(5, Value::Boolean)),
            _ => {
                self.skip_bare();
                number(self.since(start)).map(Value::Number)
            }
        }
    }

    /// Goes to the next element of the array that is open; `false` when it ends.
    #[inline]
    pub(crate) fn element(&mut self) -> bool {
        self.goes_on(b']')
    }

    /// Reads the next name in the object that is open; `None` when it ends.
    #[inline]
    pub(crate) fn name(&mut self) -> Result<Option<Cow<'a, str>>, String> {
        if !self.goes_on(b'}') {
            return Ok(None);
        }
        self.at_next();
        let name = self.string()?;
        self.at_next();
        self.at += 1;
        Ok(Some(name))
    }

    /// Skips a value, and returns its text.
    pub(crate) fn skip(&mut self) -> &'a str {
        let start = self.at_next();
        self.skip_levels(0);
        self.since(start)
    }

    /// Skips the rest of the array or object that is open.
    pub(crate) fn leave(&mut self) {
        self.skip_levels(1);
    }

    /// Skips until so many levels and those that begin on the way are closed.
    fn skip_levels(&mut self, mut depth: usize) {
        while let Some(byte) = self.byte() {
            match byte {
                b'"' => drop(self.raw_string()),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                b',' | b':' | ..=b' ' => self.at += 1,
                _ => self.skip_bare(),
            }
            if depth == 0 {
                break;
            }
        }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn step(&mut self, bytes: usize, value: Value<'a>) -> Value<'a> {
        self.at += bytes;
        value
    }

    #[inline]
    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Skips blanks, and returns the position behind them.
    #[inline]
    fn at_next(&mut self) -> usize {
        while self.byte().is_some_and(|byte| byte <= b' ') {
            self.at += 1;
        }
        self.at
    }

    /// Skips the comma before the next value, or the bracket that closes its array or object.
    #[inline]
    fn goes_on(&mut self, closing: u8) -> bool {
        self.at_next();
        match self.byte() {
            None => false,
            Some(b',') => {
                self.at += 1;
                true
            }
            Some(byte) if byte == closing => {
                self.at += 1;
                false
            }
            Some(_) => true,
        }
    }

    /// Skips a number, true, false or null: at least one byte.
    fn skip_bare(&mut self) {
        self.at += 1;
        while self.byte().is_some_and(|byte| !matches!(byte, b',' | b']' | b'}' | ..=b' ')) {
            self.at += 1;
        }
    }

    // Half of all bytes are in strings, most of them short: a call would cost as much as its work.
    #[inline(always)]
    fn string(&mut self) -> Result<Cow<'a, str>, String> {
        let start = self.at;
        match self.raw_string() {
            (text, false) => Ok(Cow::Borrowed(text)),
            (_, true) => parse(self.since(start)).map(Cow::Owned),
        }
    }

    /// Skips a string; returns what stands between its quotes, and whether it has escapes.
    #[inline(always)]
    fn raw_string(&mut self) -> (&'a str, bool) {
        let (start, mut has_escapes) = (self.at + 1, false);
        self.at = start;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            self.at += quote_or_backslash(rest);
            if self.byte() != Some(b'\\') {
                break;
            }
            has_escapes = true;
            self.at += 2;
        }
        let text = self.since(start);
        self.at += 1;
        (text, has_escapes)
    }
}

/// Most numbers are short and whole.
fn number(text: &str) -> Result<Number, String> {
    text.parse::<i64>().map_or_else(|_| parse(text), |number| Ok(Number::from(number)))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| message(&error))
}

/// Returns the position of the first quote (0x22) or backslash (0x5c), or that of the end. It tests
/// eight bytes at once.
#[inline]
fn quote_or_backslash(text: &[u8]) -> usize {
    let mut rest = text;
    while let Some((eight, behind)) = rest.split_first_chunk() {
        let eight = u64::from_le_bytes(*eight);
        let found = zeros(eight ^ (ALL * 0x22)) | zeros(eight ^ (ALL * 0x5c));
        if found != 0 {
            return text.len() - rest.len() + found.trailing_zeros() as usize / 8;
        }
        rest = behind;
    }
    let found = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'));
    text.len() - rest.len() + found.unwrap_or(rest.len())
}

/// Each byte is 1.
const ALL: u64 = u64::MAX / 255;

/// Sets the highest bit of each byte that is zero. A byte behind a zero may have it set wrongly,
/// the first zero never: <https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord>.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ALL) & !word & (ALL << 7)
}
