//! A connection as a request uses it: each wait ends with the call's deadline or cancel.
//!
//! The server may respond before it has taken the whole request. When it stops reading, or resets
//! the connection, while content is being sent, the rest is dropped and the response is read.

use std::io::{self, ErrorKind as Io};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;

use super::context::RequestContext;
use super::tls_error;
use crate::error::{Error, ErrorKind, Result, Stage};
use crate::net::{Stream, is_wait};

#[derive(Debug)]
pub(super) struct HttpStream {
    stream: Stream,
    /// The peer takes no more of the request. What is still to be sent is dropped.
    write_closed: bool,
    /// Whether something was received in response to a request.
    responded: bool,
}

impl HttpStream {
    pub(super) fn new(stream: Stream) -> HttpStream {
        HttpStream { stream, write_closed: false, responded: false }
    }

    pub(super) fn is_tls(&self) -> bool {
        self.stream.is_tls()
    }

    /// Starts TLS, and completes the handshake.
    pub(super) fn secure(
        &mut self,
        context: &RequestContext,
        config: &Arc<ClientConfig>,
        host: &str,
    ) -> Result<()> {
        context.set_step(Stage::Tls);
        // Nothing is wrong with a peer that could not finish: it is tried again.
        let broken = |how| context.error(ErrorKind::Connect, format!("{how} in the handshake"));
        let started = self.stream.start_tls(config, host);
        started.map_err(|words| context.error(ErrorKind::Tls, words))?;
        loop {
            match self.stream.handshake(context.poll_interval()?) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) if error.kind() == Io::InvalidData => {
                    return Err(context.error(ErrorKind::Tls, tls_error::explain(&error)));
                }
                Err(error) if is_end(&error) => {
                    return Err(broken("the connection was closed".to_owned()));
                }
                Err(error) => return Err(broken(error.to_string())),
            }
        }
    }

    /// Sends all of `bytes`, the last `content` of which belong to the request's content.
    pub(super) fn send(
        &mut self,
        context: &RequestContext,
        bytes: &[u8],
        content: usize,
    ) -> Result<()> {
        self.send_all(context, bytes)?;
        if !self.write_closed {
            context.sent(content);
        }
        Ok(())
    }

    /// Sends bytes that belong to no request, but open the way for it.
    pub(super) fn send_all(&mut self, context: &RequestContext, mut bytes: &[u8]) -> Result<()> {
        while !self.write_closed {
            let time = context.poll_interval()?;
            match self.stream.send(&mut bytes).map_err(|error| (error.kind(), error)) {
                Ok(()) => return Ok(()),
                Err((Io::Interrupted, _)) => {}
                Err((Io::WouldBlock, _)) => {
                    let takes_more = match self.stream.wait_to_send(time) {
                        // A signal says nothing about the peer.
                        Err(error) if is_wait(&error) => continue,
                        outcome => outcome.map_err(|error| unsent(context, &error))?,
                    };
                    self.write_closed = !takes_more && self.stream.has_input();
                }
                Err((Io::ConnectionReset | Io::ConnectionAborted, _)) => self.write_closed = true,
                Err((_, error)) if is_end(&error) => self.write_closed = true,
                Err((_, error)) => return Err(unsent(context, &error)),
            }
        }
        Ok(())
    }

    /// Reads bytes; 0 is the end. The outer error is that of the deadline or the cancel, which are
    /// looked at before each read and not after it: what has come, perhaps a token, is kept.
    pub(super) fn read(
        &mut self,
        context: &RequestContext,
        room: &mut [u8],
    ) -> Result<io::Result<usize>> {
        loop {
            match self.stream.read(room, context.poll_interval()?) {
                Err(error) if is_wait(&error) => {}
                outcome => return Ok(outcome),
            }
        }
    }

    /// Reads bytes if they come within `time`; `None` if they do not. A failure is an end.
    pub(super) fn read_within(&mut self, room: &mut [u8], time: Duration) -> Option<usize> {
        match self.stream.read(room, time) {
            Err(error) if is_wait(&error) => None,
            outcome => Some(outcome.unwrap_or(0)),
        }
    }

    /// Reads some of the response; 0 is its end.
    pub(super) fn receive(&mut self, context: &RequestContext, room: &mut [u8]) -> Result<usize> {
        context.await_response();
        let amount = self.read(context, room)?.map_err(|error| self.failed(context, &error))?;
        if amount > 0 {
            context.responded();
            self.responded = true;
        }
        Ok(amount)
    }

    /// The connection failed while the response was awaited or read.
    fn failed(&self, context: &RequestContext, error: &io::Error) -> Error {
        let alert = tls_error::alert(error).filter(|alert| tls_error::ends_handshake(*alert));
        match (alert.filter(|_| !self.responded), error.kind()) {
            (Some(_), _) => Error::new(ErrorKind::Tls, tls_error::explain(error)).at(Stage::Tls),
            (None, Io::UnexpectedEof) => {
                context.error(ErrorKind::Receive, "the connection was cut off")
            }
            (None, _) => context.error(ErrorKind::Receive, error.to_string()),
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

/// The request could not be sent.
fn unsent(context: &RequestContext, error: &io::Error) -> Error {
    context.error(ErrorKind::Send, error.to_string())
}

/// Whether the peer has closed the connection.
fn is_end(error: &io::Error) -> bool {
    matches!(error.kind(), Io::UnexpectedEof | Io::BrokenPipe | Io::WriteZero)
}
