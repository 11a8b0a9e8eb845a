//! What to set where the system does not allow the library to use a file.
//!
//! The file may lie on a volume of a container, so the remedies name what Kubernetes calls them.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::user::effective_user;

/// The remedy for a file that must be written, to be added to the error's words. `variable` is the
/// environment variable that names the file.
pub(crate) fn write_remedy(path: &Path, error: &io::Error, variable: &str) -> String {
    match error.raw_os_error() {
        Some(libc::EACCES | libc::EPERM) => format!(
            "; {}; let this user write there (in Kubernetes by fsGroup or runAsUser), or set \
             {variable} to another path",
            described(path)
        ),
        Some(libc::EROFS) => {
            format!("; set {variable} to a file on a writable volume")
        }
        Some(libc::ENOTDIR) => {
            format!("; a folder of this path is a file, so set {variable} to another path")
        }
        _ => String::new(),
    }
}

/// The remedy for a file that is only read.
pub(crate) fn read_remedy(path: &Path, error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::EACCES | libc::EPERM) => format!(
            "; {}; let this user read it (in Kubernetes by fsGroup or the volume's defaultMode)",
            described(path)
        ),
        _ => String::new(),
    }
}

/// Whose the file is, or the nearest folder above it that exists, and who wants to use it.
fn described(path: &Path) -> String {
    let me = effective_user();
    let found = path.ancestors().find_map(|place| Some((place, place.metadata().ok()?)));
    match found {
        Some((place, found)) => format!(
            "{} belongs to user {} and group {} and has mode {:04o}, and this process runs as \
             user {me}",
            place.display(),
            found.uid(),
            found.gid(),
            found.mode() & 0o7777
        ),
        None => format!("this process runs as user {me}"),
    }
}
