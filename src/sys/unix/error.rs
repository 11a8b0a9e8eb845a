//! What error numbers mean.

use std::io;

fn is_one_of(error: &io::Error, codes: &[i32]) -> bool {
    error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

/// Whether the machine, or what it allows this process, is out of memory or descriptors.
pub(crate) fn is_out_of_resources(error: &io::Error) -> bool {
    is_one_of(error, &[libc::EMFILE, libc::ENFILE, libc::ENOMEM])
}

/// Whether no file can have this path.
pub(crate) fn is_wrong_path(error: &io::Error) -> bool {
    is_one_of(error, &[libc::ELOOP, libc::ENAMETOOLONG])
}

/// Whether the file system has no second names for files.
pub(crate) fn lacks_links(error: &io::Error) -> bool {
    let lacks = [libc::EPERM, libc::EOPNOTSUPP, libc::ENOSYS, libc::EMLINK, libc::EXDEV];
    is_one_of(error, &lacks)
}

/// Whether the file system has no locks.
pub(crate) fn lacks_locks(error: &io::Error) -> bool {
    is_one_of(error, &[libc::ENOLCK, libc::EOPNOTSUPP, libc::ENOSYS])
}
