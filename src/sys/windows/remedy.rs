//! What to set where the system does not allow the library to use a file.

use std::io::{Error, ErrorKind};
use std::path::Path;

use super::sid::Sid;

/// The remedy for a file that must be written, to be added to the error's words. `variable` is the
/// environment variable that names the file.
pub(crate) fn write_remedy(path: &Path, error: &Error, variable: &str) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => format!(
            "; this process runs as {}; let this user write to {}, or set {variable} to another \
             path",
            user(),
            nearest(path).display()
        ),
        ErrorKind::ReadOnlyFilesystem => {
            format!("; set {variable} to a file on a volume that can be written")
        }
        ErrorKind::NotADirectory => {
            format!("; a folder of this path is a file, so set {variable} to another path")
        }
        _ => String::new(),
    }
}

/// The remedy for a file that is only read.
pub(crate) fn read_remedy(_: &Path, error: &Error) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => {
            format!("; this process runs as {}; let this user read it", user())
        }
        _ => String::new(),
    }
}

/// The path, or the nearest folder above it that exists.
fn nearest(path: &Path) -> &Path {
    path.ancestors().find(|place| place.exists()).unwrap_or(path)
}

fn user() -> String {
    Sid::of_process().map_or_else(|_| "an unknown user".to_owned(), |user| user.name())
}
