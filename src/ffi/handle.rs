//! What getters and free functions do with a handle, and how text is made for C to read.

use std::ffi::{CString, c_char};

use super::panic::catch_panic;

/// What a getter returns: `default` without a handle, and after a panic.
pub(super) fn get<'a, H, T>(handle: Option<&'a H>, default: T, read: impl FnOnce(&'a H) -> T) -> T {
    let Some(handle) = handle else { return default };
    catch_panic(|| read(handle)).unwrap_or(default)
}

/// Frees a handle; a panic while it is dropped is ignored.
pub(super) fn release<H>(handle: Option<Box<H>>) {
    let _ = catch_panic(|| drop(handle));
}

/// Text that C can read: a NUL inside, which no text of ours should hold, is left out.
#[inline(never)] // for the size of the library
pub(super) fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', "")).unwrap_or_default()
}

pub(super) fn pointer(text: Option<&CString>) -> *const c_char {
    text.map_or(std::ptr::null(), |text| text.as_ptr())
}
