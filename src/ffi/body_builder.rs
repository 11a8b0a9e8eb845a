//! Records as C writes them, field by field: the call returns the status of a mistake, and the last
//! one the whole error.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use super::arguments::{bytes, required, text, text_bytes};
use super::body::vanta_body;
use super::error::vanta_error;
use super::guard::{guard, guard_new};
use super::handle::release;
use super::status::vanta_status;
use crate::BodyBuilder;
use crate::error::{Error, ErrorKind, Result};

// == Building a body

/// Builds a body field by field, without a JSON library. Owned by the caller: free it with
/// vanta_body_builder_free(). Only one thread at a time may use it. Values are copied.
///
/// ```c
/// vanta_body_builder *records = NULL;
/// vanta_body *body = NULL;
/// vanta_error *error = NULL;
/// vanta_body_builder_new("66f0c0ffee0000000000a001", &records, NULL);
/// vanta_body_builder_begin(records);
/// vanta_body_builder_text(records, "uniqueId", "acct-7");
/// vanta_body_builder_boolean(records, "mfaEnabled", 1);
/// vanta_body_builder_begin_array(records, "mfaMethods");
/// vanta_body_builder_text(records, NULL, "OTP");
/// vanta_body_builder_end(records);
/// vanta_body_builder_end(records);
/// if (vanta_body_builder_finish(records, &body, &error) != VANTA_OK)
///     fprintf(stderr, "%s\n", vanta_error_message(error));
/// vanta_body_builder_free(records);
/// vanta_body_free(body);
/// vanta_error_free(error);
/// ```
///
/// Keys are NUL-terminated. A value in an object needs a key that the object does not have yet. A
/// value in an array has no key: NULL.
///
/// Each function returns VANTA_OK or the builder's first error. After an error the builder ignores
/// further values, so it is enough to test the result of vanta_body_builder_finish(). The error
/// names the record, the JSON pointer of the value, and for invalid UTF-8 the byte. A call in the
/// wrong place is VANTA_ERR_INVALID_ARGUMENT; a value that JSON cannot express is
/// VANTA_ERR_INVALID_PAYLOAD.
pub struct vanta_body_builder(Option<BodyBuilder>);

impl vanta_body_builder {
    /// Does one step. After a panic in it there are no records any more: who looks at the end only
    /// must not push some with a hole.
    fn step<T>(&mut self, step: impl FnOnce(&mut BodyBuilder) -> Result<T>) -> Result<T> {
        let spoilt = || Error::new(ErrorKind::Internal, "an earlier call ended in a panic");
        let mut records = self.0.take().ok_or_else(spoilt)?;
        let done = step(&mut records);
        self.0 = Some(records);
        done
    }
}

/// Makes a builder without records, for a resource id. Free it with vanta_body_builder_free().
/// Returns VANTA_OK, or VANTA_ERR_INVALID_ARGUMENT for a malformed resource id. `error` may be
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_new(
    resource_id: *const c_char,
    records: Option<&mut MaybeUninit<Option<Box<vanta_body_builder>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(records, error, || {
        Ok(vanta_body_builder(Some(BodyBuilder::new(text(resource_id, "resource_id")?)?)))
    })
}

/// What a function does with the records, and the key that it was given.
type Step<'a> = &'a mut dyn FnMut(&mut BodyBuilder, Option<&str>) -> Result<()>;

/// Does one step, of a value whose key may be null. One function for all: a copy in each of them
/// took eight kilobytes.
fn change(
    records: Option<&mut vanta_body_builder>,
    key: *const c_char,
    step: Step<'_>,
) -> vanta_status {
    let with_key = |records: &mut BodyBuilder| {
        records.check()?;
        let key = match key.is_null() {
            true => None,
            false => Some(utf8(records, None, "key", text_bytes(key, "key"))?),
        };
        step(records, key)
    };
    guard(None, || required(records, "records")?.step(with_key))
}

/// Text of the caller's, or an error that says where in the records it would have stood.
fn utf8<'a>(
    records: &mut BodyBuilder,
    key: Option<&str>,
    name: &str,
    found: Result<&'a [u8]>,
) -> Result<&'a str> {
    let found = found.map_err(|error| {
        let words = match error.kind() {
            ErrorKind::NullPointer => "is NULL",
            _ => "is larger than any object can be",
        };
        records.refuse(key, error.kind(), format!("{name} {words}"))
    });
    let not_text = |error: std::str::Utf8Error| {
        let words = format!("byte {} of the {name} is not valid UTF-8", error.valid_up_to());
        records.refuse(key, ErrorKind::InvalidUtf8, words)
    };
    std::str::from_utf8(found?).map_err(not_text)
}

/// Begins a record. A record cannot begin inside another.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_begin(
    records: Option<&mut vanta_body_builder>,
) -> vanta_status {
    change(records, std::ptr::null(), &mut |records, _| records.begin().map(drop))
}

/// Adds a string of `size` bytes of UTF-8, which may contain NUL. `key` may be NULL in an array.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_string(
    records: Option<&mut vanta_body_builder>,
    key: *const c_char,
    text: *const c_char,
    size: usize,
) -> vanta_status {
    change(records, key, &mut |records, key| {
        let text = utf8(records, key, "text", bytes(text, size, "text"))?;
        records.string(key, text).map(drop)
    })
}

/// Adds a NUL-terminated string. `key` may be NULL in an array.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_text(
    records: Option<&mut vanta_body_builder>,
    key: *const c_char,
    text: *const c_char,
) -> vanta_status {
    change(records, key, &mut |records, key| {
        let text = utf8(records, key, "text", text_bytes(text, "text"))?;
        records.string(key, text).map(drop)
    })
}

/// Adds false for 0, and true for any other value. `key` may be NULL in an array.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_boolean(
    records: Option<&mut vanta_body_builder>,
    key: *const c_char,
    value: i32,
) -> vanta_status {
    change(records, key, &mut |records, key| records.boolean(key, value != 0).map(drop))
}

/// Adds an integer. `key` may be NULL in an array.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_integer(
    records: Option<&mut vanta_body_builder>,
    key: *const c_char,
    value: i64,
) -> vanta_status {
    change(records, key, &mut |records, key| records.integer(key, value).map(drop))
}

/// Adds a number, in the shortest form that reads back as the same double, in every locale. An
/// infinity or NaN is VANTA_ERR_INVALID_PAYLOAD. `key` may be NULL in an array.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_number(
    records: Option<&mut vanta_body_builder>,
    key: *const c_char,
    value: f64,
) -> vanta_status {
    change(records, key, &mut |records, key| records.number(key, value).map(drop))
}

/// Adds a point in time, given in milliseconds since 1970-01-01 UTC, as a string like
/// "2026-01-02T03:04:05.678Z". For a time_t pass (int64_t)time * 1000. A year outside 0001 to 9999
/// is VANTA_ERR_INVALID_PAYLOAD. `key` may be NULL in an array.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_timestamp_ms(
    records: Option<&mut vanta_body_builder>,
    key: *const c_char,
    unix_ms: i64,
) -> vanta_status {
    change(records, key, &mut |records, key| records.timestamp_ms(key, unix_ms).map(drop))
}

/// Adds null. Vanta may reject null where an optional member can be left out. `key` may be NULL in
/// an array.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_null(
    records: Option<&mut vanta_body_builder>,
    key: *const c_char,
) -> vanta_status {
    change(records, key, &mut |records, key| records.null(key).map(drop))
}

/// Adds a value that is JSON already, of `size` bytes, unchanged. Malformed JSON is
/// VANTA_ERR_INVALID_PAYLOAD. `key` may be NULL in an array.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_json(
    records: Option<&mut vanta_body_builder>,
    key: *const c_char,
    json: *const c_char,
    size: usize,
) -> vanta_status {
    change(records, key, &mut |records, key| {
        let json = utf8(records, key, "json", bytes(json, size, "json"))?;
        records.json(key, json).map(drop)
    })
}

/// Begins an object; its members follow. At most 32 objects and arrays may be nested, the record
/// included. `key` may be NULL in an array.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_begin_object(
    records: Option<&mut vanta_body_builder>,
    key: *const c_char,
) -> vanta_status {
    change(records, key, &mut |records, key| records.begin_object(key).map(drop))
}

/// Begins an array; its elements follow, without keys. `key` may be NULL in an array.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_begin_array(
    records: Option<&mut vanta_body_builder>,
    key: *const c_char,
) -> vanta_status {
    change(records, key, &mut |records, key| records.begin_array(key).map(drop))
}

/// Ends the object, array or record that was begun last.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_end(records: Option<&mut vanta_body_builder>) -> vanta_status {
    change(records, std::ptr::null(), &mut |records, _| records.end().map(drop))
}

/// Makes the body from the records that were added, and checks it as vanta_body_from_request()
/// does. Free the body with vanta_body_free(). The builder is empty afterwards and must still be
/// freed. A later call returns the same error, or VANTA_ERR_INVALID_ARGUMENT after a success.
/// `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_finish(
    records: Option<&mut vanta_body_builder>,
    body: Option<&mut MaybeUninit<Option<Box<vanta_body>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(body, error, || {
        Ok(required(records, "records")?.step(BodyBuilder::take_body)?.into())
    })
}

/// Frees a builder, finished or not. A body that it made stays valid. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_builder_free(records: Option<Box<vanta_body_builder>>) {
    release(records);
}
