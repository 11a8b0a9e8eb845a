//! Permissions as Unix has them.

use std::path::Path;

/// Sets them. On Windows a file has those of the folder around.
#[cfg(unix)]
pub fn set_mode(path: &Path, mode: u32) {
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(path, permissions).expect("ours");
}

#[cfg(windows)]
pub fn set_mode(_: &Path, _: u32) {}
