//! The tokens of JSON text: strings, numbers, words, and what stands between values.

use super::bytes::{blanks, code_unit, digits, opens, plain};
use super::malformed::Malformed;
use super::value::{Text, number};

/// A number of no more bytes, and without an exponent, is in the range.
const SURELY_IN_RANGE: usize = 300;

/// A position in a text.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) unreadable: Option<Malformed>,
    pub(super) has_null: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Reader<'a> {
        Reader { text, at: blanks(text.as_bytes()), unreadable: None, has_null: false }
    }

    /// The first byte of the value that the reader is before.
    #[inline(always)]
    pub(crate) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Skips a scalar, or an opening bracket: then returns the one that closes it.
    #[inline]
    pub(super) fn token(&mut self) -> Result<Option<u8>, Malformed> {
        match self.byte() {
            Some(b'"') => self.skip_string().map(|_| None),
            Some(b'{') => Ok(self.step(Some(b'}'))),
            Some(b'[') => Ok(self.step(Some(b']'))),
            Some(b'n') => self.null().map(|()| None),
            Some(b't') => self.word(b"true").map(|()| None),
            Some(b'f') => self.word(b"false").map(|()| None),
            _ => self.number().map(|()| None),
        }
    }

    #[inline(always)]
    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline(always)]
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    #[inline(always)]
    pub(super) fn step<T>(&mut self, read: T) -> T {
        self.at += 1;
        read
    }

    #[inline(always)]
    pub(super) fn blanks(&mut self) {
        if self.byte().is_some_and(|byte| byte <= b' ') {
            self.skip_blanks();
        }
    }

    fn skip_blanks(&mut self) {
        self.at += blanks(self.rest());
    }

    /// Goes to the next element or member, behind the comma before it. Returns `false`, and is
    /// behind the closing bracket, where there is none.
    #[inline(always)]
    pub(super) fn goes_on(&mut self, closing: u8) -> Result<bool, Malformed> {
        match self.before_comma() {
            Some([next, ..]) if *next > b' ' && *next != closing => Ok(self.step(true)),
            _ => self.goes_on_or_ends(closing),
        }
    }

    /// What stands behind the comma that follows a value.
    #[inline(always)]
    pub(super) fn before_comma(&self) -> Option<&'a [u8]> {
        match self.text.as_bytes().get(self.at.wrapping_sub(1)..)? {
            [before, b',', behind @ ..] if !opens(*before) => Some(behind),
            _ => None,
        }
    }

    fn goes_on_or_ends(&mut self, closing: u8) -> Result<bool, Malformed> {
        let is_first = self.text.as_bytes()[..self.at].last().is_some_and(|before| opens(*before));
        self.blanks();
        match self.byte() {
            Some(b',') if !is_first => {
                self.at += 1;
                self.blanks();
                if self.byte() == Some(closing) { Err(Malformed::TrailingComma) } else { Ok(true) }
            }
            Some(byte) if byte == closing => Ok(self.step(false)),
            Some(_) if is_first => Ok(true),
            found => Err(match (found.is_some(), closing == b'}') {
                (true, true) => Malformed::NoCommaInObject,
                (true, false) => Malformed::NoCommaInArray,
                (false, true) => Malformed::CutObject,
                (false, false) => Malformed::CutArray,
            }),
        }
    }

    /// Skips a name, and what stands between it and its value.
    // Inlined, it makes validation and lists a third faster. The C library has no room for that.
    #[cfg_attr(not(feature = "capi"), inline(always))]
    pub(super) fn text_of_name(&mut self) -> Result<Text<'a>, Malformed> {
        if self.byte() != Some(b'"') {
            return Err(self.cut_or(Malformed::NoName));
        }
        let text = self.string()?;
        self.blanks();
        if self.byte() != Some(b':') {
            return Err(self.cut_or(Malformed::NoColon));
        }
        self.at += 1;
        self.blanks();
        Ok(text)
    }

    #[cold]
    fn cut_or(&self, other: Malformed) -> Malformed {
        if self.byte().is_none() { Malformed::CutObject } else { other }
    }

    pub(super) fn null(&mut self) -> Result<(), Malformed> {
        self.has_null = true;
        self.word(b"null")
    }

    pub(super) fn word(&mut self, word: &[u8]) -> Result<(), Malformed> {
        if self.rest().starts_with(word) {
            self.at += word.len();
            return Ok(());
        }
        self.at +=
            word.iter().zip(self.rest()).take_while(|(wanted, found)| wanted == found).count();
        Err(if self.byte().is_none() { Malformed::CutValue } else { Malformed::NoWord })
    }

    pub(super) fn number(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        self.take(b"-");
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.at += digits(self.rest()),
            None if self.at == start => return Err(Malformed::CutValue),
            _ if self.at == start => return Err(Malformed::NoValue),
            _ => return Err(Malformed::Number),
        }
        if self.take(b".") {
            self.some_digits()?;
        }
        let has_exponent = self.take(b"eE");
        if has_exponent {
            self.take(b"+-");
            self.some_digits()?;
        }
        // Another digit is one behind a leading zero.
        if self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(Malformed::Number);
        }
        if (has_exponent || self.at - start > SURELY_IN_RANGE) && number(self.since(start)).is_err()
        {
            self.unreadable.get_or_insert(Malformed::OutOfRange);
        }
        Ok(())
    }

    fn take(&mut self, any: &[u8]) -> bool {
        let found = self.byte().is_some_and(|byte| any.contains(&byte));
        self.at += usize::from(found);
        found
    }

    fn some_digits(&mut self) -> Result<(), Malformed> {
        let count = digits(self.rest());
        self.at += count;
        if count > 0 { Ok(()) } else { Err(Malformed::Number) }
    }

    // Half of all bytes are in strings, most of them short: a call would cost as much as its work.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<Text<'a>, Malformed> {
        let start = self.at + 1;
        let has_escapes = self.skip_string()?;
        // Without its closing quote, which was just skipped.
        Ok(Text { raw: self.text.get(start..self.at - 1).unwrap_or_default(), has_escapes })
    }

    /// Skips a string, and returns whether it has escapes.
    #[inline(always)]
    pub(super) fn skip_string(&mut self) -> Result<bool, Malformed> {
        self.at += 1;
        self.at += plain(self.rest());
        if self.byte() == Some(b'"') {
            Ok(self.step(false))
        } else {
            self.skip_escapes().map(|()| true)
        }
    }

    /// Skips a string without escapes, if that is the value that the reader is before.
    #[inline(always)]
    pub(crate) fn skips_plain_string(&mut self) -> bool {
        let Some([b'"', text @ ..]) = self.text.as_bytes().get(self.at..) else { return false };
        let length = plain(text);
        let is_plain = text.get(length) == Some(&b'"');
        if is_plain {
            self.at += length + 2;
        }
        is_plain
    }

    /// Skips the rest of a string, from a byte on that is not itself.
    #[inline(never)]
    fn skip_escapes(&mut self) -> Result<(), Malformed> {
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(Malformed::ControlCharacter),
                None => return Err(Malformed::CutString),
            }
            self.at += plain(self.rest());
        }
    }

    fn escape(&mut self) -> Result<(), Malformed> {
        match self.rest() {
            [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => self.at += 2,
            [_, b'u', ..] => {
                let Some(unit) = code_unit(self.rest()) else { return Err(self.no_code_unit()) };
                self.at += 6;
                let is_first = (0xd800..=0xdbff).contains(&unit);
                if is_first && matches!(code_unit(self.rest()), Some(0xdc00..=0xdfff)) {
                    self.at += 6;
                } else if is_first || (0xdc00..=0xdfff).contains(&unit) {
                    self.unreadable = Some(Malformed::HalfPair);
                }
            }
            [_, _, ..] => return Err(self.step(Malformed::Escape)),
            _ => return Err(self.step(Malformed::CutString)),
        }
        Ok(())
    }

    /// Four hexadecimal digits do not stand behind `\u`.
    fn no_code_unit(&mut self) -> Malformed {
        if self.rest().len() < 6 {
            self.at = self.text.len();
            return Malformed::CutString;
        }
        self.at += 5;
        Malformed::Escape
    }
}
