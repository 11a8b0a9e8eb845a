//! The border: what C sees. Each function guards itself and never lets a panic pass.

use std::ffi::c_char;

/// The version of the library, such as `0.1.0`, as a NUL-terminated string that is always valid.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
