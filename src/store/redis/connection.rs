//! A connection to a Redis. Every wait is cut into slices, in which the deadline and the cancel of
//! the call are felt.

use std::io::{self, ErrorKind as Io, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;

use rustls::ClientConnection;
use socket2::Socket;
use zeroize::Zeroizing;

use super::limit::Limit;
use super::reply::Reply;
use crate::fork::Watched;
use crate::net::NoSigpipe;
use crate::store::{CAP, StoreError};

/// What is read in one go.
const INPUT: usize = 4096;

/// No line of a reply is longer.
const LONGEST_LINE: usize = 4096;

pub(super) struct Connection {
    /// A child of a fork closes its copy. Stands before the socket, to be dropped before it.
    _watched: Watched,
    socket: Socket,
    tls: Option<Box<ClientConnection>>,
    /// Bytes that came and are not used yet: those from `used` on. A record may be among them.
    input: Zeroizing<Vec<u8>>,
    used: usize,
    /// Whether all replies to what was sent have come.
    in_step: bool,
    /// Whether the time was over before the server said anything.
    timed_out: bool,
}

impl Connection {
    pub(super) fn new(socket: Socket) -> Connection {
        let watched = Watched::new(socket.as_raw_fd());
        let input = Zeroizing::new(Vec::with_capacity(INPUT));
        Connection {
            _watched: watched,
            socket,
            tls: None,
            input,
            used: 0,
            in_step: true,
            timed_out: false,
        }
    }

    /// Whether another command may be sent.
    pub(super) fn is_in_step(&self) -> bool {
        self.in_step
    }

    /// Whether the last command ended because its time was over.
    pub(super) fn has_timed_out(&self) -> bool {
        self.timed_out
    }

    fn check(&mut self, limit: &Limit) -> Result<(), StoreError> {
        let checked = limit.check();
        self.timed_out = checked.is_err();
        checked
    }

    /// Whether the server has neither closed the connection nor sent what nobody asked for.
    pub(super) fn is_idle(&self) -> bool {
        let mut room = [MaybeUninit::uninit(); 1];
        let flags = libc::MSG_PEEK | libc::MSG_DONTWAIT;
        let found = self.socket.recv_with_flags(&mut room, flags);
        self.in_step && found.is_err_and(|error| error.kind() == Io::WouldBlock)
    }

    /// Makes a TLS connection of it.
    pub(super) fn secure(
        &mut self,
        tls: ClientConnection,
        limit: &Limit,
    ) -> Result<(), StoreError> {
        self.tls = Some(Box::new(tls));
        loop {
            self.flush(limit)?;
            if !self.tls.as_ref().is_some_and(|tls| tls.is_handshaking()) {
                return Ok(());
            }
            self.receive_tls(limit)?;
        }
    }

    /// Sends a command and waits for its reply.
    pub(super) fn command(
        &mut self,
        arguments: &[&[u8]],
        limit: &Limit,
    ) -> Result<Reply, StoreError> {
        self.send(arguments, limit)?;
        let reply = self.reply(limit)?;
        self.in_step = true;
        Ok(reply)
    }

    /// Sends a command.
    pub(super) fn send(&mut self, arguments: &[&[u8]], limit: &Limit) -> Result<(), StoreError> {
        self.in_step = false;
        let bytes = encode(arguments);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            self.check(limit)?;
            let written = match &mut self.tls {
                Some(tls) => tls.writer().write(rest),
                None => NoSigpipe(&self.socket).write(rest),
            };
            rest = &rest[waited(written).map_err(broken)?..];
            self.flush(limit)?;
        }
        Ok(())
    }

    /// Sends what TLS has ready.
    fn flush(&mut self, limit: &Limit) -> Result<(), StoreError> {
        while self.tls.as_ref().is_some_and(|tls| tls.wants_write()) {
            self.check(limit)?;
            let Some(tls) = &mut self.tls else { return Ok(()) };
            waited(tls.write_tls(&mut NoSigpipe(&self.socket))).map_err(broken)?;
        }
        Ok(())
    }

    fn reply(&mut self, limit: &Limit) -> Result<Reply, StoreError> {
        let line = self.line(limit)?;
        let (kind, text) = line.split_at_checked(1).unwrap_or_default();
        let number = || text.parse::<i64>().map_err(|_| no_redis());
        match kind {
            "+" => Ok(Reply::Status),
            "-" => Ok(Reply::Error(text.to_owned())),
            ":" => Ok(Reply::Number(number()?)),
            "$" => match u64::try_from(number()?) {
                Err(_) => Ok(Reply::Nothing),
                Ok(length) if length > CAP => {
                    let why = format!("the record has {length} bytes, and no record is so large");
                    Err(StoreError::unusable(why))
                }
                Ok(length) => self.text(usize::try_from(length).unwrap_or_default(), limit),
            },
            _ => Err(no_redis()),
        }
    }

    /// A line, without its end.
    fn line(&mut self, limit: &Limit) -> Result<String, StoreError> {
        let mut line = Vec::new();
        while line.len() < LONGEST_LINE {
            match self.byte(limit)? {
                b'\n' => {
                    let text = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
                    return Ok(text);
                }
                byte => line.push(byte),
            }
        }
        Err(no_redis())
    }

    fn text(&mut self, length: usize, limit: &Limit) -> Result<Reply, StoreError> {
        // Room for all of it: a buffer that grew would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        while bytes.len() < length {
            self.fill(limit)?;
            let more = (self.input.len() - self.used).min(length - bytes.len());
            bytes.extend_from_slice(&self.input[self.used..self.used + more]);
            self.used += more;
        }
        match (self.byte(limit)?, self.byte(limit)?) {
            (b'\r', b'\n') => Ok(Reply::Text(bytes)),
            _ => Err(no_redis()),
        }
    }

    fn byte(&mut self, limit: &Limit) -> Result<u8, StoreError> {
        self.fill(limit)?;
        self.used += 1;
        Ok(self.input[self.used - 1])
    }

    /// Sees to it that there is a byte of input.
    fn fill(&mut self, limit: &Limit) -> Result<(), StoreError> {
        while self.used == self.input.len() {
            self.check(limit)?;
            self.input.resize(INPUT, 0);
            self.used = INPUT;
            let read = match &mut self.tls {
                Some(tls) => tls.reader().read(&mut self.input),
                None => (&self.socket).read(&mut self.input),
            };
            match read {
                Ok(0) => return Err(broken(Io::UnexpectedEof.into())),
                Ok(length) => {
                    self.input.truncate(length);
                    self.used = 0;
                }
                Err(error) if error.kind() == Io::WouldBlock && self.tls.is_some() => {
                    self.receive_tls(limit)?;
                }
                Err(error) => drop(waited(Err(error)).map_err(broken)?),
            }
        }
        Ok(())
    }

    /// Waits a slice for something of TLS.
    fn receive_tls(&mut self, limit: &Limit) -> Result<(), StoreError> {
        self.check(limit)?;
        let Some(tls) = &mut self.tls else { return Ok(()) };
        match tls.read_tls(&mut &self.socket) {
            Ok(0) => Err(broken(Io::UnexpectedEof.into())),
            Ok(_) => {
                let processed = tls.process_new_packets().map(drop);
                let processed = processed.map_err(|error| untrusted(&error));
                // An alert may say why.
                let _ = self.flush(limit);
                processed
            }
            Err(error) => waited(Err(error)).map(drop).map_err(broken),
        }
    }
}

/// 0 where a slice of time went by.
fn waited(result: io::Result<usize>) -> io::Result<usize> {
    match result {
        Err(error) if matches!(error.kind(), Io::WouldBlock | Io::TimedOut | Io::Interrupted) => {
            Ok(0)
        }
        other => other,
    }
}

fn broken(error: io::Error) -> StoreError {
    match error.kind() {
        Io::UnexpectedEof => StoreError::away("the connection was closed"),
        _ => StoreError::away(error.to_string()),
    }
}

fn no_redis() -> StoreError {
    StoreError::unusable("its response is not that of a Redis")
}

/// A certificate that is not trusted, or no TLS at all: no retry cures that.
fn untrusted(error: &rustls::Error) -> StoreError {
    use rustls::Error::{AlertReceived, InvalidCertificate, InvalidMessage, PeerIncompatible};
    match error {
        InvalidCertificate(_) | AlertReceived(_) | PeerIncompatible(_) => {
            StoreError::unusable(format!("TLS: {error}"))
        }
        InvalidMessage(_) => StoreError::unusable("TLS: it does not speak TLS on this port"),
        _ => StoreError::away(format!("TLS: {error}")),
    }
}

/// A command as an array of bulk strings. It may hold a password or a token, so its room is made at
/// once and wiped afterwards.
fn encode(arguments: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let room: usize = arguments.iter().map(|argument| argument.len() + 32).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room + 32));
    bytes.extend_from_slice(format!("*{}\r\n", arguments.len()).as_bytes());
    for argument in arguments {
        bytes.extend_from_slice(format!("${}\r\n", argument.len()).as_bytes());
        bytes.extend_from_slice(argument);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}
