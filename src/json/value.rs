//! What is read of JSON text.

use std::borrow::Cow;

use serde_json::Number;

use super::malformed::Malformed;

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

impl Value<'_> {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Boolean => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array => "an array",
            Value::Object => "an object",
        }
    }
}

/// A string, as it is written.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    /// What stands between the quotes.
    pub(super) raw: &'a str,
    pub(super) has_escapes: bool,
}

impl<'a> Text<'a> {
    #[inline(always)]
    pub(crate) fn decode(self) -> Result<Cow<'a, str>, Malformed> {
        if self.has_escapes { self.decode_escapes() } else { Ok(Cow::Borrowed(self.raw)) }
    }

    #[cold]
    fn decode_escapes(self) -> Result<Cow<'a, str>, Malformed> {
        let decoded = serde_json::from_str(&format!("\"{}\"", self.raw));
        decoded.map(Cow::Owned).map_err(|_| Malformed::HalfPair)
    }
}

/// The name of a member.
pub(crate) enum Name<'a> {
    /// It is written as it was expected.
    Expected,
    /// It is another; with all that is written up to its value.
    Other(Text<'a>, &'a str),
}

/// Most numbers are short and whole.
pub(super) fn number(text: &str) -> Result<Number, Malformed> {
    let read = text.parse::<i64>().map(Number::from);
    read.or_else(|_| serde_json::from_str(text).map_err(|_| Malformed::OutOfRange))
}
