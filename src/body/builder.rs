//! Records field by field: what is written is JSON at every step, and the first error stays.

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;

use super::open::{Open, levels, step, write};
use super::request::Body;
use super::resource_id::check_resource_id;
use super::size::FARTHEST;
use crate::error::{Error, ErrorKind, Result, Violation, shorten, times};
use crate::schema::rfc3339;

/// How many objects and arrays may be open at once, the record being the first of them.
const DEEPEST: usize = 32;

/// Records that are written field by field, and become a [`Body`] in the end.
///
/// [`begin`](BodyBuilder::begin) begins a record, and [`end`](BodyBuilder::end) ends what was begun
/// last. A value in an object has a key; one in an array has `None`.
///
/// ```
/// let mut records = vanta::BodyBuilder::new("66f0c0ffee0000000000a001")?;
/// records.begin()?.string("uniqueId", "acct-7")?.boolean("mfaEnabled", true)?;
/// records.timestamp_ms("createdTimestamp", 1_767_323_045_678)?;
/// records.strings("mfaMethods", ["OTP"])?;
/// records.end()?;
/// let body = records.finish()?;
/// let text = String::from_utf8_lossy(body.as_bytes());
/// assert!(text.ends_with(r#":"2026-01-02T03:04:05.678Z","mfaMethods":["OTP"]}]}"#));
/// # Ok::<(), vanta::Error>(())
/// ```
///
/// Errors stay: after the first one nothing more is written, and every later call, `finish` too,
/// returns it again. It names the record and the place in it. A call in the wrong place is an
/// [`InvalidArgument`](ErrorKind::InvalidArgument); a value that no record can hold, such as a
/// number that is infinite, is an [`InvalidPayload`](ErrorKind::InvalidPayload).
pub struct BodyBuilder {
    json: Vec<u8>,
    open: Vec<Open>,
    /// How many records were begun.
    begun: usize,
    /// That of the record which is open.
    unique_id: Option<String>,
    failed: Option<Error>,
}

impl BodyBuilder {
    /// Returns a builder without records, for a resource id of the Developer Console.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) where the resource id is malformed.
    pub fn new(resource_id: &str) -> Result<BodyBuilder> {
        check_resource_id(resource_id)?;
        let json = format!("{{\"resourceId\":\"{resource_id}\",\"resources\":[").into_bytes();
        Ok(BodyBuilder { json, open: Vec::new(), begun: 0, unique_id: None, failed: None })
    }

    /// Begins a record.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, which stays: see [`BodyBuilder`].
    pub fn begin(&mut self) -> Result<&mut BodyBuilder> {
        self.check()?;
        if !self.open.is_empty() {
            let words = "call BodyBuilder::end() before the next record begins";
            return Err(self.misused(self.path(), words));
        }
        self.room(None, 0)?;
        if self.begun > 0 {
            self.json.push(b',');
        }
        self.begun += 1;
        self.unique_id = None;
        self.opened(String::new(), b'{');
        Ok(self)
    }

    /// Writes text.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, which stays: see [`BodyBuilder`].
    pub fn string<'k>(
        &mut self,
        key: impl Into<Option<&'k str>>,
        text: &str,
    ) -> Result<&mut BodyBuilder> {
        let key = key.into();
        self.value(key, text.len(), text)?;
        if self.open.len() == 1 && key == Some("uniqueId") {
            self.unique_id = Some(text.to_owned());
        }
        Ok(self)
    }

    /// Writes `true` or `false`.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, which stays: see [`BodyBuilder`].
    pub fn boolean<'k>(
        &mut self,
        key: impl Into<Option<&'k str>>,
        value: bool,
    ) -> Result<&mut BodyBuilder> {
        self.value(key.into(), 0, &value)
    }

    /// Writes a whole number.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, which stays: see [`BodyBuilder`].
    pub fn integer<'k>(
        &mut self,
        key: impl Into<Option<&'k str>>,
        value: i64,
    ) -> Result<&mut BodyBuilder> {
        self.value(key.into(), 0, &value)
    }

    /// Writes a number in its shortest form. NaN and the infinities are refused.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, which stays: see [`BodyBuilder`].
    pub fn number<'k>(
        &mut self,
        key: impl Into<Option<&'k str>>,
        value: f64,
    ) -> Result<&mut BodyBuilder> {
        let key = key.into();
        self.check()?;
        if !value.is_finite() {
            let words = format!("JSON has no number {value}; leave it out or write null");
            return Err(self.refuse(key, ErrorKind::InvalidPayload, words));
        }
        self.value(key, 0, &value)
    }

    /// Writes a point in time as RFC 3339 has it, in UTC: `2026-01-02T03:04:05.678Z`. `unix_ms` are
    /// milliseconds since 1970-01-01 in UTC, perhaps negative. The year must be 0001 to 9999.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, which stays: see [`BodyBuilder`].
    pub fn timestamp_ms<'k>(
        &mut self,
        key: impl Into<Option<&'k str>>,
        unix_ms: i64,
    ) -> Result<&mut BodyBuilder> {
        let key = key.into();
        self.check()?;
        match rfc3339(unix_ms) {
            Some(text) => self.value(key, text.len(), &text),
            None => {
                let words = format!("{unix_ms} ms since 1970 is outside the years 0001 to 9999");
                Err(self.refuse(key, ErrorKind::InvalidPayload, words))
            }
        }
    }

    /// Writes `null`.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, which stays: see [`BodyBuilder`].
    pub fn null<'k>(&mut self, key: impl Into<Option<&'k str>>) -> Result<&mut BodyBuilder> {
        self.value(key.into(), 0, &())
    }

    /// Writes a value that is JSON already. It must be valid, and is sent as it stands here.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, which stays: see [`BodyBuilder`].
    pub fn json<'k>(
        &mut self,
        key: impl Into<Option<&'k str>>,
        json: &str,
    ) -> Result<&mut BodyBuilder> {
        let key = key.into();
        self.check()?;
        match serde_json::from_str(json) {
            Err(error) => {
                let words = format!("it is not JSON ({error})");
                Err(self.refuse(key, ErrorKind::InvalidPayload, words))
            }
            Ok(value) if self.open.len() + levels(&value) > DEEPEST => Err(self.too_deep(key)),
            Ok(_) => {
                self.before(key, json.len())?;
                self.json.extend_from_slice(json.as_bytes());
                Ok(self)
            }
        }
    }

    /// Begins an object within the record.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, which stays: see [`BodyBuilder`].
    pub fn begin_object<'k>(
        &mut self,
        key: impl Into<Option<&'k str>>,
    ) -> Result<&mut BodyBuilder> {
        self.nested(key.into(), b'{')
    }

    /// Begins an array within the record.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, which stays: see [`BodyBuilder`].
    pub fn begin_array<'k>(&mut self, key: impl Into<Option<&'k str>>) -> Result<&mut BodyBuilder> {
        self.nested(key.into(), b'[')
    }

    /// Ends the object, array or record that was begun last.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, which stays: see [`BodyBuilder`].
    pub fn end(&mut self) -> Result<&mut BodyBuilder> {
        self.check()?;
        let Some(open) = self.open.pop() else {
            let words = "BodyBuilder::end() has no open record, object or array to end";
            return Err(self.misused(String::new(), words));
        };
        self.json.push(if open.keys.is_some() { b'}' } else { b']' });
        Ok(self)
    }

    /// Returns the body with all the records, validated as [`Body::from_request`] does it.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, or that of [`Body::from_request`].
    pub fn finish(mut self) -> Result<Body> {
        self.take_body()
    }

    /// As [`finish`](BodyBuilder::finish), for who cannot give the records away: no call succeeds
    /// after this.
    pub(crate) fn take_body(&mut self) -> Result<Body> {
        self.check()?;
        if !self.open.is_empty() {
            let times = times(self.open.len());
            let words = format!("it is still open; BodyBuilder::end() is missing {times}");
            return Err(self.misused(self.path(), words));
        }
        let mut json = std::mem::take(&mut self.json);
        json.extend_from_slice(b"]}");
        let body = Body::from_request(json);
        let over = || Error::new(ErrorKind::InvalidArgument, "the body was built already");
        self.failed = Some(body.as_ref().err().cloned().unwrap_or_else(over));
        body
    }

    /// The error that came first, if there is one.
    pub(crate) fn check(&self) -> Result<()> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// Makes an error about the value that would have this key, and keeps it.
    pub(crate) fn refuse(
        &mut self,
        key: Option<&str>,
        kind: ErrorKind,
        words: impl Into<String>,
    ) -> Error {
        self.fail(self.place(key), kind, words.into())
    }

    fn misused(&mut self, pointer: String, words: impl Into<String>) -> Error {
        self.fail(pointer, ErrorKind::InvalidArgument, words.into())
    }

    fn too_deep(&mut self, key: Option<&str>) -> Error {
        let words = format!("more than {DEEPEST} levels of objects and arrays");
        self.misused(self.place(key), words)
    }

    fn fail(&mut self, pointer: String, kind: ErrorKind, message: String) -> Error {
        let pointer = shorten(&pointer);
        let violation = match (self.open.is_empty(), self.begun.checked_sub(1)) {
            (false, index) => Violation {
                index,
                unique_id: self.unique_id.take().as_deref().map(shorten),
                pointer,
                message,
                ..Violation::default()
            },
            (true, last) => {
                let first = || "before the first record".to_owned();
                let near = last.map_or_else(first, |last| format!("after record {last}"));
                let at = if pointer.is_empty() { "" } else { " at " };
                let message = format!("{near}{at}{pointer} - {message}");
                Violation { message, ..Violation::default() }
            }
        };
        self.json = Vec::new();
        self.failed.insert(Error::new(kind, "").with_violations(vec![violation])).clone()
    }

    /// The place, within the record, of what is open.
    fn path(&self) -> String {
        let names = self.open.iter().skip(1).map(|open| open.name.as_str());
        names.fold(String::new(), step)
    }

    /// The place of the value that would have this key.
    fn place(&self, key: Option<&str>) -> String {
        match (self.open.last(), key) {
            (Some(Open { keys: None, len, .. }), _) => step(self.path(), &len.to_string()),
            (_, Some(key)) => step(self.path(), key),
            (_, None) => self.path(),
        }
    }

    /// Refuses to hold so many bytes more.
    fn room(&mut self, key: Option<&str>, size: usize) -> Result<()> {
        if self.json.len().saturating_add(size) <= FARTHEST {
            return Ok(());
        }
        let words = format!("the records up to here have more than {FARTHEST} bytes");
        Err(self.refuse(key, ErrorKind::PayloadTooLarge, words))
    }

    fn value<V: Serialize + ?Sized>(
        &mut self,
        key: Option<&str>,
        size: usize,
        value: &V,
    ) -> Result<&mut BodyBuilder> {
        self.before(key, size)?;
        write(&mut self.json, value);
        Ok(self)
    }

    /// Writes what stands before a value of about so many bytes: a comma and its key.
    fn before(&mut self, key: Option<&str>, size: usize) -> Result<()> {
        self.check()?;
        if let Some(words) = self.mistake(key) {
            return Err(self.misused(self.place(key), words));
        }
        self.room(key, size.saturating_add(key.map_or(0, str::len)))?;
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        if open.len > 0 {
            self.json.push(b',');
        }
        open.len += 1;
        if let (Some(key), Some(keys)) = (key, &mut open.keys) {
            write(&mut self.json, key);
            self.json.push(b':');
            keys.insert(key.to_owned());
        }
        Ok(())
    }

    /// What is wrong with a value of this key in this place.
    fn mistake(&self, key: Option<&str>) -> Option<&'static str> {
        match (self.open.last().map(|open| &open.keys), key) {
            (None, _) => Some("a value is outside a record; call BodyBuilder::begin() first"),
            (Some(Some(_)), None) => Some("a value in an object needs a key"),
            (Some(None), Some(_)) => Some("a value in an array has no key"),
            (Some(Some(keys)), Some(key)) if keys.contains(key) => {
                Some("duplicate key; the object has this key already")
            }
            _ => None,
        }
    }

    fn nested(&mut self, key: Option<&str>, bracket: u8) -> Result<&mut BodyBuilder> {
        self.check()?;
        if self.open.len() == DEEPEST {
            return Err(self.too_deep(key));
        }
        let position = self.open.last().map_or(0, |open| open.len);
        self.before(key, 0)?;
        self.opened(key.map_or_else(|| position.to_string(), str::to_owned), bracket);
        Ok(self)
    }

    fn opened(&mut self, name: String, bracket: u8) {
        self.json.push(bracket);
        let keys = (bracket == b'{').then(HashSet::new);
        self.open.push(Open { name, keys, len: 0 });
    }
}

impl fmt::Debug for BodyBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyBuilder({} begun, {} bytes)", self.begun, self.json.len())
    }
}
