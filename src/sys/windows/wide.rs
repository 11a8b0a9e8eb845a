//! Text as Windows takes it: UTF-16 with a 0 at the end. Paths of the library are UTF-8.

use std::io::{Error, ErrorKind, Result};
use std::os::windows::ffi::OsStrExt;
use std::path::Path;

pub(super) fn text(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// Without a prefix, a folder's path may have so many units, and a file's a few more.
const LONGEST: usize = 247;

/// Absolute, with the prefix that long paths need.
pub(super) fn path(path: &Path) -> Result<Vec<u16>> {
    let mut wide: Vec<u16> = std::path::absolute(path)?.as_os_str().encode_wide().collect();
    let begins = |with: &str| wide.iter().copied().zip(with.encode_utf16()).all(|(a, b)| a == b);
    if wide.len() > LONGEST && !begins(r"\\?\") && !begins(r"\\.\") {
        let (prefix, rest) = if begins(r"\\") { (r"\\?\UNC", 1) } else { (r"\\?\", 0) };
        wide = prefix.encode_utf16().chain(wide.split_off(rest)).collect();
    }
    if wide.contains(&0) {
        return Err(Error::new(ErrorKind::InvalidInput, "the path contains a NUL character"));
    }
    wide.push(0);
    Ok(wide)
}

/// # Safety
///
/// The text is terminated.
pub(super) unsafe fn from_terminated(text: *const u16) -> String {
    // SAFETY: as the caller promises.
    let text = unsafe {
        let length = (0..).take_while(|at| *text.add(*at) != 0).count();
        std::slice::from_raw_parts(text, length)
    };
    String::from_utf16_lossy(text)
}
