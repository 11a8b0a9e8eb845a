//! A socket that never blocks for longer than the time it is given, and never raises SIGPIPE.

use std::io::{ErrorKind as Io, IoSlice, Read, Result, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

use socket2::{Domain, SockAddr, Type};

use super::poll::{self, Interest};
use crate::clock::POLL_INTERVAL;
use crate::fork::Watched;

/// Whether a read waits in `recv` itself, by a receive timeout of the socket, where that is exactly
/// the time to wait. It saves a system call in each request. Only Linux does so; elsewhere, and for
/// any other time, poll waits.
const READ_WAITS: bool = cfg!(target_os = "linux");

/// A write ends with an error where it would block, or would raise SIGPIPE, which ends a program
/// with the default disposition. std passes `MSG_NOSIGNAL` where it writes one buffer (`send`), but
/// not where it writes several (`writev`).
///
/// Apple has no such flag: socket2 sets `SO_NOSIGPIPE` on each socket instead.
#[cfg(target_vendor = "apple")]
const FLAGS: i32 = libc::MSG_DONTWAIT;
#[cfg(not(target_vendor = "apple"))]
const FLAGS: i32 = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;

pub(crate) struct Socket {
    /// A child of a fork closes its copy. Stands before the socket, to be dropped before it.
    _watched: Watched,
    inner: socket2::Socket,
    /// Takes the place of the socket, which is not connected then.
    #[cfg(feature = "test-util")]
    simulated: Option<Box<dyn crate::simulation::Connection>>,
}

/// What a look at the input found, without taking anything.
#[derive(PartialEq, Eq)]
pub(super) enum Peek {
    Nothing,
    Data,
    End,
}

impl Socket {
    pub(super) fn new(domain: Domain) -> Result<Socket> {
        let inner = socket2::Socket::new(domain, Type::STREAM, None)?;
        inner.set_nonblocking(true)?;
        if domain != Domain::UNIX {
            inner.set_tcp_nodelay(true)?;
        }
        Ok(Socket {
            _watched: Watched::new(inner.as_raw_fd()),
            inner,
            #[cfg(feature = "test-util")]
            simulated: None,
        })
    }

    #[cfg(feature = "test-util")]
    pub(super) fn simulated(connection: Box<dyn crate::simulation::Connection>) -> Result<Socket> {
        Ok(Socket { simulated: Some(connection), ..Socket::new(Domain::UNIX)? })
    }

    /// Begins to connect. Returns whether it is connected already.
    pub(super) fn start_connect(&self, address: &SockAddr) -> Result<bool> {
        match self.inner.connect(address) {
            Ok(()) => Ok(true),
            Err(error) => match error.raw_os_error() {
                // A signal does not end what has begun.
                Some(libc::EINPROGRESS | libc::EINTR) => Ok(false),
                Some(libc::EISCONN) => Ok(true),
                _ => Err(error),
            },
        }
    }

    /// The outcome of a connect that has ended.
    pub(super) fn connect_outcome(&self) -> Result<()> {
        self.inner.take_error()?.map_or(Ok(()), Err)
    }

    /// Prepares a connected socket for `receive`.
    pub(super) fn prepare(&self) -> Result<()> {
        if READ_WAITS {
            self.inner.set_read_timeout(Some(POLL_INTERVAL))?;
            self.inner.set_nonblocking(false)?;
        }
        Ok(())
    }

    /// Waits until a write is possible, for at most `time`. Returns whether it is.
    pub(super) fn wait_to_send(&self, time: Duration) -> Result<bool> {
        #[cfg(feature = "test-util")]
        if let Some(connection) = &self.simulated {
            return connection.wait_to_write(time);
        }
        poll::wait(self.inner.as_fd(), Interest::Write, time)
    }

    /// Reads what has come; waits for it for at most `time`, then the error is `WouldBlock`.
    pub(super) fn receive(&self, room: &mut [u8], time: Duration) -> Result<usize> {
        #[cfg(feature = "test-util")]
        if let Some(connection) = &self.simulated {
            return connection.read(room, time);
        }
        if READ_WAITS && time == POLL_INTERVAL {
            return (&self.inner).read(room);
        }
        if !READ_WAITS {
            match (&self.inner).read(room) {
                Err(error) if error.kind() == Io::WouldBlock => {}
                outcome => return outcome,
            }
        }
        match poll::wait(self.inner.as_fd(), Interest::Read, time)? {
            true => (&self.inner).read(room),
            false => Err(Io::WouldBlock.into()),
        }
    }

    pub(super) fn peek(&self) -> Peek {
        #[cfg(feature = "test-util")]
        if let Some(connection) = &self.simulated {
            return match connection.peek() {
                None => Peek::Nothing,
                Some(true) => Peek::Data,
                Some(false) => Peek::End,
            };
        }
        let mut byte = [MaybeUninit::uninit()];
        let flags = libc::MSG_PEEK | libc::MSG_DONTWAIT;
        match self.inner.recv_with_flags(&mut byte, flags) {
            Ok(0) => Peek::End,
            Ok(_) => Peek::Data,
            Err(error) if matches!(error.kind(), Io::WouldBlock | Io::Interrupted) => Peek::Nothing,
            Err(_) => Peek::End,
        }
    }

    pub(super) fn peer(&self) -> Option<SockAddr> {
        self.inner.peer_addr().ok()
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.inner.as_fd()
    }
}

impl Write for &Socket {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        #[cfg(feature = "test-util")]
        if let Some(connection) = &self.simulated {
            return connection.write(bytes);
        }
        self.inner.send_with_flags(bytes, FLAGS)
    }

    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> Result<usize> {
        self.inner.send_vectored_with_flags(buffers, FLAGS)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
