//! Locks of files, by `LockFileEx`: the kernel gives them back when their holder dies.

use std::fs::File;
use std::io::{Error, Result};
use std::os::windows::io::AsRawHandle;

use windows_sys::Win32::Foundation::{ERROR_IO_PENDING, ERROR_LOCK_VIOLATION};
use windows_sys::Win32::Storage::FileSystem::{
    LOCKFILE_EXCLUSIVE_LOCK, LOCKFILE_FAIL_IMMEDIATELY, LockFileEx, UnlockFileEx,
};
use windows_sys::Win32::System::IO::{OVERLAPPED, OVERLAPPED_0, OVERLAPPED_0_0};

/// Where the one byte is that is locked. Locks are mandatory: no other process could read or
/// write a byte of the content meanwhile.
const OFFSET_HIGH: u32 = 0x4000_0000;

fn place() -> OVERLAPPED {
    let at = OVERLAPPED_0_0 { Offset: 0, OffsetHigh: OFFSET_HIGH };
    OVERLAPPED { Anonymous: OVERLAPPED_0 { Anonymous: at }, ..OVERLAPPED::default() }
}

/// Takes the lock of a file, unless another handle has it. Returns whether it was taken.
pub(crate) fn try_lock(file: &File) -> Result<bool> {
    let flags = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY;
    // SAFETY: the handle is open, and for synchronous use, so the place is not used after the call.
    if unsafe { LockFileEx(file.as_raw_handle(), flags, 0, 1, 0, &mut place()) } != 0 {
        return Ok(true);
    }
    let error = Error::last_os_error();
    let code = error.raw_os_error().and_then(|code| u32::try_from(code).ok());
    match code {
        Some(ERROR_LOCK_VIOLATION | ERROR_IO_PENDING) => Ok(false),
        _ => Err(error),
    }
}

/// Gives the lock back.
pub(crate) fn unlock(file: &File) {
    // SAFETY: as above.
    unsafe { UnlockFileEx(file.as_raw_handle(), 0, 1, 0, &mut place()) };
}
