//! What a caller passes: pointers that must not be NULL, text and bytes.

use std::ffi::{CStr, c_char};

use crate::error::{Error, ErrorKind, Result};

pub(super) fn null(name: &str) -> Error {
    Error::new(ErrorKind::NullPointer, format!("{name} is NULL"))
}

/// The value of a pointer that must not be NULL.
pub(super) fn required<T>(value: Option<T>, name: &str) -> Result<T> {
    value.ok_or_else(|| null(name))
}

/// A NUL-terminated string of the caller's.
pub(super) fn text<'a>(text: *const c_char, name: &str) -> Result<&'a str> {
    std::str::from_utf8(text_bytes(text, name)?).map_err(|error| {
        let message = format!("{name} at byte {}", error.valid_up_to());
        Error::new(ErrorKind::InvalidUtf8, message)
    })
}

/// The bytes of a NUL-terminated string of the caller's, without the NUL.
pub(super) fn text_bytes<'a>(text: *const c_char, name: &str) -> Result<&'a [u8]> {
    if text.is_null() {
        return Err(null(name));
    }
    // SAFETY: the header asks for a NUL-terminated string that lives for the call.
    Ok(unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// Bytes of the caller's; null is allowed where there are none.
pub(super) fn bytes<'a>(bytes: *const c_char, size: usize, name: &str) -> Result<&'a [u8]> {
    match (bytes.is_null(), size) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(null(name)),
        (false, size) if size > isize::MAX as usize => {
            let message = format!("the size of {name} is larger than any object can be");
            Err(Error::new(ErrorKind::InvalidArgument, message))
        }
        // SAFETY: not null, no larger than an object may be, and the header asks for that many
        // readable bytes that live for the call.
        (false, size) => Ok(unsafe { std::slice::from_raw_parts(bytes.cast(), size) }),
    }
}
