//! What is wrong with JSON text.

use std::fmt;

/// The first thing that is wrong with a text. It is one byte: reading passes it on at every step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    CutString,
    CutValue,
    CutArray,
    CutObject,
    NoValue,
    NoWord,
    NoName,
    NoColon,
    NoCommaInArray,
    NoCommaInObject,
    TrailingComma,
    TrailingText,
    Number,
    Escape,
    ControlCharacter,
    /// This one and those below follow the grammar, and are no values.
    HalfPair,
    OutOfRange,
    TooDeep,
}

impl Malformed {
    fn words(self) -> &'static str {
        match self {
            Malformed::CutString => "EOF while parsing a string",
            Malformed::CutValue => "EOF while parsing a value",
            Malformed::CutArray => "EOF while parsing a list",
            Malformed::CutObject => "EOF while parsing an object",
            Malformed::NoValue => "expected value",
            Malformed::NoWord => "expected true, false or null",
            Malformed::NoName => "key must be a string",
            Malformed::NoColon => "expected `:`",
            Malformed::NoCommaInArray => "expected `,` or `]`",
            Malformed::NoCommaInObject => "expected `,` or `}`",
            Malformed::TrailingComma => "trailing comma",
            Malformed::TrailingText => "trailing characters",
            Malformed::Number => "invalid number",
            Malformed::Escape => "invalid escape",
            Malformed::ControlCharacter => "control character in a string; write it as an escape",
            Malformed::HalfPair => "half of a surrogate pair",
            Malformed::OutOfRange => "number out of range",
            Malformed::TooDeep => "recursion limit exceeded",
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl From<Malformed> for String {
    fn from(malformed: Malformed) -> String {
        malformed.words().to_owned()
    }
}
