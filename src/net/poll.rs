//! Waits until sockets are ready, with poll(2).
//!
//! A signal that the program handles ends a wait early, with `Interrupted`: the caller looks at its
//! deadline and waits again.

use std::io::{Error, ErrorKind, Result};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

/// What a socket is waited for. A failed socket is ready for both.
#[derive(Clone, Copy)]
pub(super) enum Interest {
    Read,
    Write,
}

fn entry(socket: BorrowedFd<'_>, interest: Interest) -> libc::pollfd {
    let events = match interest {
        Interest::Read => libc::POLLIN,
        Interest::Write => libc::POLLOUT,
    };
    libc::pollfd { fd: socket.as_raw_fd(), events, revents: 0 }
}

/// Waits for a socket for at most `time`. Returns whether it is ready.
pub(super) fn wait(socket: BorrowedFd<'_>, interest: Interest, time: Duration) -> Result<bool> {
    let mut entries = [entry(socket, interest)];
    poll(&mut entries, time)?;
    Ok(entries[0].revents != 0)
}

/// Waits for at most `time` until one of the sockets can be written to. Returns, for each, whether
/// it is ready.
pub(super) fn wait_for_any<'a>(
    sockets: impl Iterator<Item = BorrowedFd<'a>>,
    time: Duration,
) -> Result<Vec<bool>> {
    let mut entries: Vec<_> = sockets.map(|socket| entry(socket, Interest::Write)).collect();
    match poll(&mut entries, time) {
        Err(error) if error.kind() == ErrorKind::Interrupted => {}
        outcome => outcome?,
    }
    Ok(entries.iter().map(|entry| entry.revents != 0).collect())
}

fn poll(entries: &mut [libc::pollfd], time: Duration) -> Result<()> {
    let count = libc::nfds_t::try_from(entries.len()).unwrap_or(libc::nfds_t::MAX);
    // Rounded up: a wait of 0 ms would keep the processor busy until the time is over.
    let milliseconds = time.as_nanos().div_ceil(1_000_000).try_into().unwrap_or(i32::MAX);
    // SAFETY: `entries` is valid for `count` entries, and borrowed for the length of the call.
    let ready = unsafe { libc::poll(entries.as_mut_ptr(), count, milliseconds) };
    if ready < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}
