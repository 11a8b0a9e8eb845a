//! A connection, with TLS or without. Each function returns within the time that it is given.
//!
//! `WouldBlock` says that the time is over, or that the system takes no more for now. The caller
//! looks at its deadline, and calls again.

use std::fmt;
use std::io::{self, Error, ErrorKind as Io, Write};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;

use super::socket::{Peek, Socket};
use super::tls_stream::{Received, TlsStream};

pub(crate) struct Stream {
    socket: Socket,
    tls: Option<TlsStream>,
    /// What failed while nothing was to be read. The next read returns it.
    failure: Option<Error>,
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peer = self.socket.peer().and_then(|address| address.as_socket());
        write!(f, "Stream({peer:?})")
    }
}

/// Whether the error says that there was nothing to do yet.
pub(crate) fn is_wait(error: &Error) -> bool {
    matches!(error.kind(), Io::WouldBlock | Io::TimedOut | Io::Interrupted)
}

impl Stream {
    pub(super) fn new(socket: Socket) -> io::Result<Stream> {
        socket.prepare()?;
        Ok(Stream { socket, tls: None, failure: None })
    }

    #[cfg(feature = "test-util")]
    pub(super) fn simulated(
        connection: Box<dyn crate::simulation::Connection>,
    ) -> io::Result<Stream> {
        Ok(Stream { socket: Socket::simulated(connection)?, tls: None, failure: None })
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Starts TLS with the server of this name. Call `handshake` until it is complete.
    pub(crate) fn start_tls(
        &mut self,
        config: &Arc<ClientConfig>,
        host: &str,
    ) -> Result<(), String> {
        self.tls = Some(TlsStream::new(config, host)?);
        Ok(())
    }

    /// Goes on with the handshake, and waits for at most `time`. Returns whether it is complete.
    pub(crate) fn handshake(&mut self, time: Duration) -> io::Result<bool> {
        match self.flush() {
            Err(error) if error.kind() == Io::WouldBlock => {
                return match self.wait_to_send(time) {
                    Err(error) if !is_wait(&error) => Err(error),
                    _ => Ok(false),
                };
            }
            outcome => outcome?,
        }
        let Some(tls) = self.tls.as_mut().filter(|tls| tls.is_handshaking()) else {
            return Ok(true);
        };
        match tls.receive(&self.socket, time) {
            Ok(Received::End) => Err(Io::UnexpectedEof.into()),
            Err(error) if !is_wait(&error) => Err(error),
            _ => Ok(false),
        }
    }

    /// Sends `rest`, and takes from it what was sent. `Ok` once the system has all of it.
    pub(crate) fn send(&mut self, rest: &mut &[u8]) -> io::Result<()> {
        loop {
            self.flush()?;
            if rest.is_empty() {
                return Ok(());
            }
            let taken = match &mut self.tls {
                Some(tls) => tls.encrypt(rest)?,
                None => (&self.socket).write(rest)?,
            };
            if taken == 0 {
                return Err(Io::WriteZero.into());
            }
            *rest = &rest[taken..];
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tls.as_mut().map_or(Ok(()), |tls| tls.flush(&self.socket))
    }

    /// Waits until the system takes more, for at most `time`. Returns whether it does.
    pub(crate) fn wait_to_send(&self, time: Duration) -> io::Result<bool> {
        self.socket.wait_to_send(time)
    }

    /// Reads, and waits for at most `time`. 0 is the end of what the peer sends.
    pub(crate) fn read(&mut self, room: &mut [u8], time: Duration) -> io::Result<usize> {
        let Some(tls) = &mut self.tls else { return self.socket.receive(room, time) };
        match tls.read(room, &self.socket) {
            Err(error) if error.kind() == Io::WouldBlock => {}
            outcome => return outcome,
        }
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        // At the end, the next read says whether the peer meant it.
        tls.receive(&self.socket, time)?;
        tls.read(room, &self.socket)
    }

    /// Whether data, or a failure, waits to be read. Does not wait.
    pub(crate) fn has_input(&mut self) -> bool {
        self.look() == Peek::Data
    }

    /// Whether an idle connection is still good: the peer has neither ended it nor sent data.
    pub(crate) fn is_idle(&mut self) -> bool {
        self.look() == Peek::Nothing
    }

    /// Looks at the input. Records that are no data are taken: session tickets come at any time.
    fn look(&mut self) -> Peek {
        if self.tls.as_mut().is_some_and(TlsStream::has_data) {
            return Peek::Data;
        }
        loop {
            let found = self.socket.peek();
            let Some(tls) = self.tls.as_mut().filter(|_| found == Peek::Data) else {
                return found;
            };
            match tls.receive(&self.socket, Duration::ZERO) {
                Ok(Received::Records { has_data: false }) => {}
                Err(error) if is_wait(&error) => {}
                Err(error) => {
                    self.failure = Some(error);
                    return found;
                }
                Ok(_) => return found,
            }
        }
    }
}
