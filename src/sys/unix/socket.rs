//! Sockets that do not wait, and poll(2).

use std::io::{Error, IoSlice, Result};
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::time::Duration;

use socket2::{SockAddr, Socket};

use crate::sys::Interest;

/// Whether a read can wait in `recv` itself, by a receive timeout of the socket. It saves a system
/// call in each request. Only Linux wakes up exactly then.
pub(crate) const READ_WAITS: bool = cfg!(target_os = "linux");

/// A write ends with an error where it would block, or would raise SIGPIPE, which ends a program
/// with the default disposition. std passes `MSG_NOSIGNAL` where it writes one buffer (`send`), but
/// not where it writes several (`writev`).
///
/// Apple has no such flag: socket2 sets `SO_NOSIGPIPE` on each socket instead.
#[cfg(target_vendor = "apple")]
const FLAGS: i32 = libc::MSG_DONTWAIT;
#[cfg(not(target_vendor = "apple"))]
const FLAGS: i32 = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;

/// Begins to connect. Returns whether it is connected already.
pub(crate) fn start_connect(socket: &Socket, address: &SockAddr) -> Result<bool> {
    match socket.connect(address) {
        Ok(()) => Ok(true),
        Err(error) => match error.raw_os_error() {
            // A signal does not end what has begun.
            Some(libc::EINPROGRESS | libc::EINTR) => Ok(false),
            Some(libc::EISCONN) => Ok(true),
            _ => Err(error),
        },
    }
}

pub(crate) fn send(socket: &Socket, bytes: &[u8]) -> Result<usize> {
    socket.send_with_flags(bytes, FLAGS)
}

pub(crate) fn send_vectored(socket: &Socket, buffers: &[IoSlice<'_>]) -> Result<usize> {
    socket.send_vectored_with_flags(buffers, FLAGS)
}

/// Looks at the input without taking it: `Ok(0)` is its end.
pub(crate) fn peek(socket: &Socket) -> Result<usize> {
    let mut byte = [MaybeUninit::uninit()];
    socket.recv_with_flags(&mut byte, libc::MSG_PEEK | libc::MSG_DONTWAIT)
}

/// Whether there are Unix sockets.
#[cfg(feature = "redis")]
pub(crate) const HAS_UNIX_SOCKETS: bool = true;

/// A socket that `poll` waits for.
#[repr(transparent)]
pub(crate) struct Entry(libc::pollfd);

impl Entry {
    /// The socket must stay open until `poll` has returned.
    pub(crate) fn new(socket: &Socket, interest: Interest) -> Entry {
        let events = match interest {
            Interest::Read => libc::POLLIN,
            Interest::Write => libc::POLLOUT,
        };
        Entry(libc::pollfd { fd: socket.as_raw_fd(), events, revents: 0 })
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.0.revents != 0
    }
}

/// Waits for at most `time` until a socket is ready.
pub(crate) fn poll(entries: &mut [Entry], time: Duration) -> Result<()> {
    let count = libc::nfds_t::try_from(entries.len()).unwrap_or(libc::nfds_t::MAX);
    // Rounded up: a wait of 0 ms would keep the processor busy until the time is over.
    let milliseconds = time.as_nanos().div_ceil(1_000_000).try_into().unwrap_or(i32::MAX);
    // SAFETY: `entries` are as many `pollfd`, and borrowed for the length of the call.
    let ready = unsafe { libc::poll(entries.as_mut_ptr().cast(), count, milliseconds) };
    if ready < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}
