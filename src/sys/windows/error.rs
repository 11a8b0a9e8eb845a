//! What error numbers mean.

use std::io;

use windows_sys::Win32::Foundation::{
    ERROR_CANT_RESOLVE_FILENAME, ERROR_COMMITMENT_LIMIT, ERROR_FILENAME_EXCED_RANGE,
    ERROR_INVALID_FUNCTION, ERROR_INVALID_NAME, ERROR_NO_SYSTEM_RESOURCES, ERROR_NOT_ENOUGH_MEMORY,
    ERROR_NOT_ENOUGH_QUOTA, ERROR_NOT_SAME_DEVICE, ERROR_NOT_SUPPORTED, ERROR_OUTOFMEMORY,
    ERROR_TOO_MANY_LINKS, ERROR_TOO_MANY_OPEN_FILES,
};
use windows_sys::Win32::Networking::WinSock::{WSAEMFILE, WSAENOBUFS};

fn is_one_of(error: &io::Error, codes: &[u32]) -> bool {
    let code = error.raw_os_error().and_then(|code| u32::try_from(code).ok());
    code.is_some_and(|code| codes.contains(&code))
}

/// Whether the machine, or what it allows this process, is out of memory or handles.
pub(crate) fn is_out_of_resources(error: &io::Error) -> bool {
    let codes = [
        ERROR_TOO_MANY_OPEN_FILES,
        ERROR_NOT_ENOUGH_MEMORY,
        ERROR_OUTOFMEMORY,
        ERROR_NO_SYSTEM_RESOURCES,
        ERROR_COMMITMENT_LIMIT,
        ERROR_NOT_ENOUGH_QUOTA,
    ];
    let of_sockets = [Some(WSAEMFILE), Some(WSAENOBUFS)];
    is_one_of(error, &codes) || of_sockets.contains(&error.raw_os_error())
}

/// Whether no file can have this path.
pub(crate) fn is_wrong_path(error: &io::Error) -> bool {
    let codes = [ERROR_INVALID_NAME, ERROR_FILENAME_EXCED_RANGE, ERROR_CANT_RESOLVE_FILENAME];
    is_one_of(error, &codes)
}

/// Whether the file system has no second names for files.
pub(crate) fn lacks_links(error: &io::Error) -> bool {
    let codes =
        [ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED, ERROR_TOO_MANY_LINKS, ERROR_NOT_SAME_DEVICE];
    is_one_of(error, &codes)
}

/// Whether the file system has no locks.
pub(crate) fn lacks_locks(error: &io::Error) -> bool {
    is_one_of(error, &[ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED])
}
