//! A socket that never blocks for longer than the time it is given, and never raises SIGPIPE.

use std::io::{ErrorKind as Io, IoSlice, Read, Result, Write};
use std::time::Duration;

use socket2::{Domain, SockAddr, Type};

use super::poll;
use crate::clock::POLL_INTERVAL;
use crate::fork::Watched;
use crate::sys::Interest;
use crate::sys::socket::{self as system, READ_WAITS};

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
            _watched: Watched::new(&inner),
            inner,
            #[cfg(feature = "test-util")]
            simulated: None,
        })
    }

    #[cfg(feature = "test-util")]
    pub(super) fn simulated(connection: Box<dyn crate::simulation::Connection>) -> Result<Socket> {
        Ok(Socket { simulated: Some(connection), ..Socket::new(Domain::IPV4)? })
    }

    /// Begins to connect. Returns whether it is connected already.
    pub(super) fn start_connect(&self, address: &SockAddr) -> Result<bool> {
        system::start_connect(&self.inner, address)
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
        poll::wait(&self.inner, Interest::Write, time)
    }

    /// Reads what has come; waits for it for at most `time`, then the error is `WouldBlock`.
    pub(super) fn receive(&self, room: &mut [u8], time: Duration) -> Result<usize> {
        #[cfg(feature = "test-util")]
        if let Some(connection) = &self.simulated {
            return connection.read(room, time);
        }
        // The receive timeout of `prepare`.
        if READ_WAITS && time == POLL_INTERVAL {
            return (&self.inner).read(room);
        }
        if !READ_WAITS {
            match (&self.inner).read(room) {
                Err(error) if error.kind() == Io::WouldBlock => {}
                outcome => return outcome,
            }
        }
        match poll::wait(&self.inner, Interest::Read, time)? {
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
        match system::peek(&self.inner) {
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

impl AsRef<socket2::Socket> for Socket {
    fn as_ref(&self) -> &socket2::Socket {
        &self.inner
    }
}

impl Write for &Socket {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        #[cfg(feature = "test-util")]
        if let Some(connection) = &self.simulated {
            return connection.write(bytes);
        }
        system::send(&self.inner, bytes)
    }

    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> Result<usize> {
        system::send_vectored(&self.inner, buffers)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
