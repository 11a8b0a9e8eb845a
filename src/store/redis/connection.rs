//! A connection to a Redis. Every wait is cut into slices, in which the deadline and the cancel of
//! the call are felt.

use std::io::{self, ErrorKind as Io};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use zeroize::{Zeroize, Zeroizing};

use super::limit::Limit;
use super::reply::Reply;
use crate::net::{Stream, is_wait, tls_words};
use crate::store::{CAP, StoreError};

/// What is read in one go.
const INPUT: usize = 4096;

/// No line of a reply is longer.
const LONGEST_LINE: usize = 4096;

pub(super) struct Connection {
    stream: Stream,
    /// Bytes that came and are not used yet: those from `used` on. A record may be among them.
    input: Zeroizing<Vec<u8>>,
    used: usize,
    /// Whether all replies to what was sent have come.
    in_step: bool,
    /// Whether the time was over before the server said anything.
    timed_out: bool,
}

impl Connection {
    pub(super) fn new(stream: Stream) -> Connection {
        let input = Zeroizing::new(Vec::with_capacity(INPUT));
        Connection { stream, input, used: 0, in_step: true, timed_out: false }
    }

    /// Whether another command may be sent.
    pub(super) fn is_in_step(&self) -> bool {
        self.in_step
    }

    /// Whether the last command ended because its time was over.
    pub(super) fn has_timed_out(&self) -> bool {
        self.timed_out
    }

    /// How long to wait before the limit is looked at again.
    fn time(&mut self, limit: &Limit) -> Result<Duration, StoreError> {
        let time = limit.poll_interval();
        self.timed_out = time.is_err();
        time
    }

    /// Whether the server has neither closed the connection nor sent what nobody asked for.
    pub(super) fn is_idle(&mut self) -> bool {
        self.in_step && self.stream.is_idle()
    }

    /// Starts TLS, and completes the handshake.
    pub(super) fn secure(
        &mut self,
        config: &Arc<ClientConfig>,
        host: &str,
        limit: &Limit,
    ) -> Result<(), StoreError> {
        self.stream.start_tls(config, host).map_err(StoreError::unusable)?;
        loop {
            let time = self.time(limit)?;
            if waited(self.stream.handshake(time))? == Some(true) {
                return Ok(());
            }
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
        self.wipe_input();
        Ok(reply)
    }

    /// An idle connection keeps nothing of a record.
    fn wipe_input(&mut self) {
        if self.used == self.input.len() {
            self.input.zeroize();
            self.used = 0;
        }
    }

    /// Sends a command.
    pub(super) fn send(&mut self, arguments: &[&[u8]], limit: &Limit) -> Result<(), StoreError> {
        self.in_step = false;
        let bytes = encode(arguments);
        let mut rest = bytes.as_slice();
        loop {
            let time = self.time(limit)?;
            if waited(self.stream.send(&mut rest))?.is_some() {
                return Ok(());
            }
            waited(self.stream.wait_to_send(time))?;
        }
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
            let time = self.time(limit)?;
            self.input.resize(INPUT, 0);
            self.used = INPUT;
            if let Some(length) = waited(self.stream.read(&mut self.input, time))? {
                self.input.truncate(length);
                self.used = 0;
                if length == 0 {
                    return Err(broken(Io::UnexpectedEof.into()));
                }
            }
        }
        Ok(())
    }
}

/// `None` where the time was over, or the system takes no more for now.
fn waited<T>(result: io::Result<T>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(done) => Ok(Some(done)),
        Err(error) if is_wait(&error) => Ok(None),
        Err(error) => Err(broken(error)),
    }
}

fn broken(error: io::Error) -> StoreError {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref());
    match error.kind() {
        _ if tls.is_some() => tls.map_or_else(no_redis, untrusted),
        Io::UnexpectedEof => StoreError::unavailable("the connection was closed"),
        _ => StoreError::unavailable(error.to_string()),
    }
}

fn no_redis() -> StoreError {
    StoreError::unusable("its response is not Redis's; check its address")
}

/// A certificate that is not trusted, or no TLS at all: no retry cures that.
fn untrusted(error: &rustls::Error) -> StoreError {
    use rustls::Error::{AlertReceived, InvalidCertificate, InvalidMessage, PeerIncompatible};
    match error {
        InvalidCertificate(_) | AlertReceived(_) | PeerIncompatible(_) => {
            StoreError::unusable(format!("TLS: {}", tls_words(error)))
        }
        InvalidMessage(_) => StoreError::unusable("it does not speak TLS on this port"),
        _ => StoreError::unavailable(format!("TLS failed ({error})")),
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
