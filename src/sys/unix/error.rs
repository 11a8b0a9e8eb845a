//! What error numbers mean.

use std::io;

fn is_one_of(error: &io::Error, codes: &[i32]) -> bool {
    error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

/// Whether the machine, or what it allows this process, is out of memory or descriptors.
pub(crate) fn is_out_of_resources(error: &io::Error) -> bool {
    is_one_of(error, &[libc::EMFILE, libc::ENFILE, libc::ENOMEM, libc::ENOBUFS])
}

/// Whether no file can have this path.
pub(crate) fn is_wrong_path(error: &io::Error) -> bool {
    is_one_of(error, &[libc::ELOOP, libc::ENAMETOOLONG, libc::EILSEQ])
}

/// Whether a file was not opened because its path ends with a symbolic link.
pub(super) fn is_link(error: &io::Error) -> bool {
    let code = if cfg!(target_os = "freebsd") { libc::EMLINK } else { libc::ELOOP };
    is_one_of(error, &[code])
}

/// Whether the file system cannot do something. On macOS two numbers say so.
fn is_unsupported(error: &io::Error) -> bool {
    is_one_of(error, &[libc::EOPNOTSUPP, libc::ENOTSUP, libc::ENOSYS])
}

/// Whether the file system has no second names for files.
pub(crate) fn lacks_links(error: &io::Error) -> bool {
    is_unsupported(error) || is_one_of(error, &[libc::EPERM, libc::EMLINK, libc::EXDEV])
}

/// Whether the file system has no locks.
pub(crate) fn lacks_locks(error: &io::Error) -> bool {
    is_unsupported(error) || is_one_of(error, &[libc::ENOLCK])
}
