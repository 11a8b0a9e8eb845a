//! The lock of a store's lock file, as the library takes it, for tests that play another process.

use std::fs::File;

/// Takes the lock until the file is dropped. Returns whether nobody else has it.
#[cfg(unix)]
pub fn try_lock(file: &File) -> bool {
    use std::os::fd::AsRawFd;
    // SAFETY: a descriptor of ours.
    unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) == 0 }
}

#[cfg(windows)]
pub fn try_lock(file: &File) -> bool {
    use std::os::windows::io::AsRawHandle;
    use windows_sys::Win32::Storage::FileSystem::{
        LOCKFILE_EXCLUSIVE_LOCK, LOCKFILE_FAIL_IMMEDIATELY, LockFileEx,
    };
    use windows_sys::Win32::System::IO::{OVERLAPPED, OVERLAPPED_0, OVERLAPPED_0_0};
    // The one byte that the library locks.
    let at = OVERLAPPED_0_0 { Offset: 0, OffsetHigh: 0x4000_0000 };
    let mut place =
        OVERLAPPED { Anonymous: OVERLAPPED_0 { Anonymous: at }, ..OVERLAPPED::default() };
    let flags = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY;
    // SAFETY: a handle of ours, for synchronous use.
    unsafe { LockFileEx(file.as_raw_handle(), flags, 0, 1, 0, &mut place) != 0 }
}
