//! Locks of files, by `flock`: the kernel gives them back when their holder dies.

use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::os::fd::AsRawFd;

/// Takes the lock of a file, unless another process has it. Returns whether it was taken.
pub(crate) fn try_lock(file: &File) -> Result<bool> {
    match flock(file, libc::LOCK_EX | libc::LOCK_NB) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
        outcome => outcome.map(|()| true),
    }
}

/// Gives the lock back, even where a child of a fork has the descriptor too.
pub(crate) fn unlock(file: &File) {
    let _ = flock(file, libc::LOCK_UN);
}

fn flock(file: &File, operation: i32) -> Result<()> {
    loop {
        // SAFETY: a descriptor that we own, and no memory.
        if unsafe { libc::flock(file.as_raw_fd(), operation) } == 0 {
            return Ok(());
        }
        let error = Error::last_os_error();
        if error.kind() != ErrorKind::Interrupted {
            return Err(error);
        }
    }
}
