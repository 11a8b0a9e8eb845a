//! The files that settings name are read here, with a cap, and without leaving copies of a secret.

use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use super::problem::{unopened, unreadable};
use crate::error::Result;
use crate::secret::Secret;
use crate::sys;

/// No secret and no bundle of certificates is larger.
const FILE_CAP: u64 = 4 << 20;

/// Into less room than this, std reads by way of the stack, and leaves what it read there.
const ROOM: usize = 64;

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>> {
    let file = sys::file::open_to_read(path).map_err(|e| unopened(path, &e))?;
    if !file.metadata().is_ok_and(|found| found.is_file()) {
        return Err(unreadable(path, "which is not a regular file"));
    }
    // Room for all of it: a buffer that grew would leave copies of a secret behind.
    let size = file.metadata().map_or(0, |found| found.len()).min(FILE_CAP);
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0) + ROOM));
    file.take(FILE_CAP + 1).read_to_end(&mut bytes).map_err(|e| unopened(path, &e))?;
    if bytes.len() as u64 > FILE_CAP {
        return Err(unreadable(path, "larger than 4 MiB, the limit for such a file"));
    }
    Ok(std::mem::take(&mut *bytes))
}

pub(super) fn read_secret(path: &Path) -> Result<Secret> {
    let bytes = Zeroizing::new(read_file(path)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| unreadable(path, "not valid UTF-8"))?;
    Ok(trimmed(text))
}

/// A secret without the white space around it and a byte order mark before it.
pub(super) fn trimmed(text: &str) -> Secret {
    Secret::new(text.trim_start_matches('\u{feff}').trim())
}
