//! Sockets that do not wait, and select.
//!
//! `WSAPoll` does not report a connect that failed before version 2004 of Windows 10: a refused
//! connection would last until the deadline. `select` reports it as an exception.

use std::io::{Error, IoSlice, Result};
use std::mem::MaybeUninit;
use std::os::windows::io::AsRawSocket;
use std::ptr;
use std::time::Duration;

use socket2::{SockAddr, Socket};
use windows_sys::Win32::Networking::WinSock::{
    FD_SET, MSG_PEEK, SOCKET, TIMEVAL, WSAEALREADY, WSAEINPROGRESS, WSAEISCONN, WSAEWOULDBLOCK,
    select,
};

use crate::sys::Interest;

/// Whether a read can wait in `recv` itself. A socket that a receive timeout has ended is not to be
/// used any more.
pub(crate) const READ_WAITS: bool = false;

/// Begins to connect. Returns whether it is connected already.
pub(crate) fn start_connect(socket: &Socket, address: &SockAddr) -> Result<bool> {
    match socket.connect(address) {
        Ok(()) => Ok(true),
        Err(error) => match error.raw_os_error() {
            Some(WSAEWOULDBLOCK | WSAEINPROGRESS | WSAEALREADY) => Ok(false),
            Some(WSAEISCONN) => Ok(true),
            _ => Err(error),
        },
    }
}

pub(crate) fn send(socket: &Socket, bytes: &[u8]) -> Result<usize> {
    socket.send(bytes)
}

pub(crate) fn send_vectored(socket: &Socket, buffers: &[IoSlice<'_>]) -> Result<usize> {
    socket.send_vectored(buffers)
}

/// Looks at the input without taking it: `Ok(0)` is its end.
pub(crate) fn peek(socket: &Socket) -> Result<usize> {
    socket.recv_with_flags(&mut [MaybeUninit::uninit()], MSG_PEEK)
}

/// Whether there are Unix sockets. Windows has some, but Redis does not listen to them there.
#[cfg(feature = "redis")]
pub(crate) const HAS_UNIX_SOCKETS: bool = false;

/// A socket that `poll` waits for.
pub(crate) struct Entry {
    socket: SOCKET,
    interest: Interest,
    ready: bool,
}

impl Entry {
    /// The socket must stay open until `poll` has returned.
    pub(crate) fn new(socket: &Socket, interest: Interest) -> Entry {
        let socket = usize::try_from(socket.as_raw_socket()).unwrap_or(SOCKET::MAX);
        Entry { socket, interest, ready: false }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.ready
    }
}

/// Waits for at most `time` until a socket is ready. Of more sockets than a set has room for, the
/// last ones are not waited for.
pub(crate) fn poll(entries: &mut [Entry], time: Duration) -> Result<()> {
    let (mut reads, mut writes, mut failures) =
        (FD_SET::default(), FD_SET::default(), FD_SET::default());
    for entry in entries.iter() {
        match entry.interest {
            Interest::Read => add(&mut reads, entry.socket),
            Interest::Write => {
                add(&mut writes, entry.socket);
                add(&mut failures, entry.socket);
            }
        }
    }
    // Rounded up: a wait of nothing would keep the processor busy until the time is over.
    let micros = time.as_nanos().div_ceil(1_000_000) * 1000;
    let time = TIMEVAL {
        tv_sec: i32::try_from(micros / 1_000_000).unwrap_or(i32::MAX),
        tv_usec: i32::try_from(micros % 1_000_000).unwrap_or(0),
    };
    let given = |set: &mut FD_SET| if set.fd_count == 0 { ptr::null_mut() } else { &raw mut *set };
    let sets = (given(&mut reads), given(&mut writes), given(&mut failures));
    // SAFETY: the sets are ours, and say how many sockets they have.
    let ready = unsafe { select(0, sets.0, sets.1, sets.2, &time) };
    if ready < 0 {
        return Err(Error::last_os_error());
    }
    for entry in entries {
        entry.ready = [&reads, &writes, &failures].iter().any(|set| has(set, entry.socket));
    }
    Ok(())
}

fn add(set: &mut FD_SET, socket: SOCKET) {
    if let Some(place) = set.fd_array.get_mut(set.fd_count as usize) {
        *place = socket;
        set.fd_count += 1;
    }
}

fn has(set: &FD_SET, socket: SOCKET) -> bool {
    set.fd_array.iter().take(set.fd_count as usize).any(|found| *found == socket)
}
