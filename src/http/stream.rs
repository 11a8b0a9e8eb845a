//! A connection as a call uses it: each wait ends with the call's deadline or cancel.
//!
//! The server may respond before it has taken the whole request. When it stops reading, or resets
//! the connection, while a body is being sent, the rest of the body is dropped and the response is
//! read.

use std::io::ErrorKind as Io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;

use super::{call, tls};
use crate::error::{ErrorKind, Step};
use crate::net::{Stream, is_wait};

#[derive(Debug)]
pub(super) struct HttpStream {
    stream: Stream,
    /// The peer takes no more of the request. What is still to be sent is dropped.
    write_closed: bool,
    /// When something was last received.
    last_received: Option<Duration>,
    /// Whether something was received in response to a request.
    responded: bool,
}

impl HttpStream {
    pub(super) fn new(stream: Stream) -> HttpStream {
        HttpStream { stream, write_closed: false, last_received: None, responded: false }
    }

    pub(super) fn is_tls(&self) -> bool {
        self.stream.is_tls()
    }

    /// Starts TLS, and completes the handshake.
    pub(super) fn secure(
        &mut self,
        config: &Arc<ClientConfig>,
        host: &str,
    ) -> Result<(), ureq::Error> {
        call::step(Step::Tls);
        let failed = |kind, words: String| call::fail_with(kind, Step::Tls, words);
        // Nothing is wrong with a peer that could not finish: it is tried again.
        let broken = |how| failed(ErrorKind::Connect, format!("{how} in the handshake"));
        let started = self.stream.start_tls(config, host);
        started.map_err(|words| failed(ErrorKind::Tls, words))?;
        loop {
            match self.stream.handshake(call::poll_interval()?) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) if error.kind() == Io::InvalidData => {
                    return Err(failed(ErrorKind::Tls, tls::explain(&error)));
                }
                Err(error) if is_end(&error) => {
                    return Err(broken("the connection was closed".to_owned()));
                }
                Err(error) => return Err(broken(error.to_string())),
            }
        }
    }

    /// Sends all of `bytes`, the last `body` of which belong to the request's body.
    pub(super) fn send(&mut self, bytes: &[u8], body: usize) -> Result<(), ureq::Error> {
        if let Some(received) = self.last_received.take() {
            call::idle_since(received);
        }
        self.send_all(bytes)?;
        if !self.write_closed {
            call::sent(body);
        }
        Ok(())
    }

    /// Sends bytes that belong to no request, but to the way there.
    pub(super) fn send_all(&mut self, mut bytes: &[u8]) -> Result<(), ureq::Error> {
        while !self.write_closed {
            let time = call::poll_interval()?;
            match self.stream.send(&mut bytes).map_err(|error| (error.kind(), error)) {
                Ok(()) => return Ok(()),
                Err((Io::Interrupted, _)) => {}
                Err((Io::WouldBlock, _)) => {
                    let takes_more = match self.stream.wait_to_send(time) {
                        // A signal says nothing about the peer.
                        Err(error) if is_wait(&error) => continue,
                        outcome => outcome.map_err(ureq::Error::Io)?,
                    };
                    self.write_closed = !takes_more && self.stream.has_input();
                }
                Err((Io::ConnectionReset | Io::ConnectionAborted, _)) => self.write_closed = true,
                Err((_, error)) if is_end(&error) => self.write_closed = true,
                Err((_, error)) => return Err(ureq::Error::Io(error)),
            }
        }
        Ok(())
    }

    /// Reads bytes that belong to no response, before there is TLS; 0 is the end.
    pub(super) fn read(&mut self, room: &mut [u8]) -> Result<usize, ureq::Error> {
        loop {
            match self.stream.read(room, call::poll_interval()?) {
                Err(error) if is_wait(&error) => {}
                outcome => return outcome.map_err(ureq::Error::Io),
            }
        }
    }

    /// Reads such bytes if they come within `time`; `None` if they do not. A failure is an end.
    pub(super) fn read_within(&mut self, room: &mut [u8], time: Duration) -> Option<usize> {
        match self.stream.read(room, time) {
            Err(error) if is_wait(&error) => None,
            outcome => Some(outcome.unwrap_or(0)),
        }
    }

    /// Reads some of the response; 0 is its end.
    pub(super) fn receive(&mut self, room: &mut [u8]) -> Result<usize, ureq::Error> {
        call::listening();
        let amount = loop {
            // Bytes that keep coming must not outrun the deadline either.
            match self.stream.read(room, call::poll_interval()?) {
                Ok(amount) => break amount,
                Err(error) if is_wait(&error) => {}
                Err(error) => return Err(self.failed(&error)),
            }
        };
        if amount > 0 {
            self.last_received = Some(call::deadline()?.now());
            self.responded = true;
            call::answered();
            call::step(Step::Read);
        }
        Ok(amount)
    }

    /// The connection failed while the response was awaited or read.
    fn failed(&self, error: &std::io::Error) -> ureq::Error {
        let alert = tls::alert(error).filter(|alert| tls::ends_handshake(*alert));
        match alert.filter(|_| !self.responded) {
            Some(_) => call::fail_with(ErrorKind::Tls, Step::Tls, tls::explain(error)),
            None => call::broken(error),
        }
    }

    /// Whether a request was cut off on it: its peer may be waiting for the rest.
    pub(super) fn is_write_closed(&self) -> bool {
        self.write_closed
    }

    /// Whether nothing came on the idle connection: neither an end nor bytes that were not
    /// requested.
    pub(super) fn is_idle(&mut self) -> bool {
        !self.write_closed && self.stream.is_idle()
    }
}

/// Whether the peer has closed the connection.
fn is_end(error: &std::io::Error) -> bool {
    matches!(error.kind(), Io::UnexpectedEof | Io::BrokenPipe | Io::WriteZero)
}
