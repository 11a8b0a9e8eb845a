//! Bytes over TCP, with TLS or without, in short waits that feel the deadline and a cancel.
//!
//! The socket's own timeouts are one slice long. When the peer stops reading, or resets, while a
//! body is on its way, it may have answered early: the rest of the body is dropped and the answer
//! read.

use std::fmt;
use std::io::{ErrorKind as Io, Read, Write};
use std::mem::MaybeUninit;
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::time::Duration;

use rustls::ClientConnection;
use socket2::SockRef;

use super::{call, tls};
use crate::error::{ErrorKind, Step};
use crate::fork::Watched;
use crate::net::NoSigpipe;

pub(super) struct Line {
    /// A child of a fork closes its copy. Stands before the socket, to be dropped before it.
    _watched: Watched,
    tcp: TcpStream,
    tls: Option<Box<ClientConnection>>,
    /// The peer takes no more of the request; what is still sent goes nowhere.
    deaf: bool,
    /// When something last came.
    heard: Option<Duration>,
    /// Whether something has come in response to a request.
    responded: bool,
    /// The failure of TLS that ended the connection.
    failure: Option<std::io::Error>,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({:?})", self.tcp.peer_addr().ok())
    }
}

/// What one look at the socket found.
enum Heard {
    Records { plaintext: usize },
    End,
    Silence,
}

impl Line {
    pub(super) fn new(tcp: TcpStream) -> Line {
        Line {
            _watched: Watched::new(tcp.as_raw_fd()),
            tcp,
            tls: None,
            deaf: false,
            heard: None,
            responded: false,
            failure: None,
        }
    }

    pub(super) fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Shakes hands.
    pub(super) fn secure(&mut self, tls: ClientConnection) -> Result<(), ureq::Error> {
        let failed = |kind, words: String| call::fail_with(kind, Step::Tls, words);
        // Nothing is wrong with a peer that could not finish: it is tried again.
        let broken = |how| failed(ErrorKind::Connect, format!("{how} in the handshake"));
        self.tls = Some(Box::new(tls));
        loop {
            self.flush()?;
            if self.deaf {
                return Err(broken("the connection was closed".to_owned()));
            }
            let Some(tls) = self.tls.as_mut().filter(|tls| tls.is_handshaking()) else {
                return Ok(());
            };
            call::deadline()?;
            match listen(&self.tcp, tls) {
                Ok(Heard::Records { .. } | Heard::Silence) => {}
                Ok(Heard::End) => return Err(broken("the connection was closed".to_owned())),
                Err(error) if error.kind() == Io::InvalidData => {
                    return Err(failed(ErrorKind::Tls, tls::explain(&error)));
                }
                Err(error) => return Err(broken(error.to_string())),
            }
        }
    }

    /// Sends all of `bytes`, the last `body` of which belong to the request's body.
    pub(super) fn send(&mut self, bytes: &[u8], body: usize) -> Result<(), ureq::Error> {
        if let Some(heard) = self.heard.take() {
            call::idle_since(heard);
        }
        let mut rest = bytes;
        while !rest.is_empty() && !self.deaf {
            let taken = match &mut self.tls {
                Some(tls) => tls.writer().write(rest)?,
                None => self.push(rest)?,
            };
            rest = &rest[taken..];
            self.flush()?;
        }
        if !self.deaf {
            call::sent(body);
        }
        Ok(())
    }

    /// Sends bytes that belong to no request, but to the way there.
    pub(super) fn push_all(&mut self, bytes: &[u8]) -> Result<(), ureq::Error> {
        let mut rest = bytes;
        while !rest.is_empty() && !self.deaf {
            rest = &rest[self.push(rest)?..];
        }
        Ok(())
    }

    /// Reads bytes that belong to no answer, before there is TLS; 0 is the end.
    pub(super) fn pull(&mut self, room: &mut [u8]) -> Result<usize, ureq::Error> {
        loop {
            call::deadline()?;
            match (&self.tcp).read(room) {
                Err(error) if is_patience(&error) => {}
                read => return read.map_err(ureq::Error::Io),
            }
        }
    }

    /// Writes what TLS has ready.
    fn flush(&mut self) -> Result<(), ureq::Error> {
        while !self.deaf && self.tls.as_ref().is_some_and(|tls| tls.wants_write()) {
            self.push(&[])?;
        }
        Ok(())
    }

    /// Writes once: from TLS where there is TLS, else from `bytes`; waits at most a slice.
    fn push(&mut self, bytes: &[u8]) -> Result<usize, ureq::Error> {
        call::deadline()?;
        let written = match &mut self.tls {
            Some(tls) => tls.write_tls(&mut NoSigpipe(&self.tcp)),
            None => NoSigpipe(&self.tcp).write(bytes),
        };
        match written.map_err(|error| (error.kind(), error)) {
            Ok(0) => self.deaf = true,
            Ok(n) => return Ok(n),
            Err((Io::Interrupted, _)) => {}
            Err((Io::WouldBlock | Io::TimedOut, _)) => self.deaf = self.answer_waits(),
            Err((Io::BrokenPipe | Io::ConnectionReset | Io::ConnectionAborted, _)) => {
                self.deaf = true;
            }
            Err((_, error)) => return Err(ureq::Error::Io(error)),
        }
        Ok(0)
    }

    /// Whether the peer, which has stopped reading, has begun to answer.
    fn answer_waits(&mut self) -> bool {
        let Some(tls) = &mut self.tls else { return probe(&self.tcp) == Probe::Data };
        while probe(&self.tcp) == Probe::Data {
            match listen(&self.tcp, tls) {
                // Session tickets are no answer.
                Ok(Heard::Records { plaintext: 0 }) => {}
                Ok(_) => return true,
                Err(error) => {
                    self.failure = Some(error);
                    return true;
                }
            }
        }
        false
    }

    /// Reads something of the answer; 0 is its end.
    pub(super) fn receive(&mut self, room: &mut [u8]) -> Result<usize, ureq::Error> {
        call::listening();
        let amount = loop {
            // Bytes that keep coming must not outrun the deadline either.
            call::deadline()?;
            let read = match &mut self.tls {
                Some(tls) => tls.reader().read(room),
                None => (&self.tcp).read(room),
            };
            match read {
                Ok(amount) => break amount,
                Err(error) if error.kind() == Io::WouldBlock && self.tls.is_some() => {
                    self.listen_on()?;
                }
                Err(error) if is_patience(&error) => {}
                Err(error) => return Err(call::broken(&error)),
            }
        };
        if amount > 0 {
            self.heard = Some(call::deadline()?.now());
            self.responded = true;
            call::answered();
            call::step(Step::Read);
        }
        Ok(amount)
    }

    /// Waits a slice for more TLS records.
    fn listen_on(&mut self) -> Result<(), ureq::Error> {
        let Some(tls) = &mut self.tls else { return Ok(()) };
        let failure = self.failure.take();
        match failure.map_or_else(|| listen(&self.tcp, tls), Err) {
            // At the end, the reader says whether it was a clean one.
            Ok(_) => Ok(()),
            Err(error) => Err(self.failed(&error)),
        }
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
    pub(super) fn is_deaf(&self) -> bool {
        self.deaf
    }

    /// Whether nothing came on the idle connection: neither an end nor bytes nobody asked for.
    pub(super) fn is_idle(&mut self) -> bool {
        if self.deaf {
            return false;
        }
        loop {
            match (probe(&self.tcp), &mut self.tls) {
                (Probe::Nothing, _) => return true,
                // Session tickets come when the server likes; only they are taken for nothing.
                (Probe::Data, Some(tls)) => {
                    if !matches!(listen(&self.tcp, tls), Ok(Heard::Records { plaintext: 0 })) {
                        return false;
                    }
                }
                _ => return false,
            }
        }
    }
}

fn is_patience(error: &std::io::Error) -> bool {
    matches!(error.kind(), Io::WouldBlock | Io::TimedOut | Io::Interrupted)
}

/// Waits at most a slice for records, and takes them in.
fn listen(mut tcp: &TcpStream, tls: &mut ClientConnection) -> std::io::Result<Heard> {
    match tls.read_tls(&mut tcp) {
        Ok(0) => return Ok(Heard::End),
        Err(error) if is_patience(&error) => return Ok(Heard::Silence),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    match tls.process_new_packets() {
        Ok(state) => Ok(Heard::Records { plaintext: state.plaintext_bytes_to_read() }),
        Err(error) => {
            // Tells the peer why; whether that arrives changes nothing.
            let _ = tls.write_tls(&mut NoSigpipe(tcp));
            Err(std::io::Error::new(Io::InvalidData, error))
        }
    }
}

#[derive(PartialEq, Eq)]
enum Probe {
    Nothing,
    Data,
    End,
}

/// Looks at the socket without waiting and without taking anything.
fn probe(tcp: &TcpStream) -> Probe {
    let mut byte = [MaybeUninit::uninit()];
    let flags = libc::MSG_PEEK | libc::MSG_DONTWAIT;
    match SockRef::from(tcp).recv_with_flags(&mut byte, flags) {
        Ok(0) => Probe::End,
        Ok(_) => Probe::Data,
        Err(error) if is_patience(&error) => Probe::Nothing,
        Err(_) => Probe::End,
    }
}
