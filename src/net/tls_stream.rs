//! TLS over a socket. The only file that drives a connection of rustls, so that its kind can be
//! changed without touching a caller.
//!
//! This is rustls's unbuffered connection: it decrypts in a buffer that we own. With the ciphers of
//! `suites`, content is nowhere else, and it is wiped here as soon as it is read. So a connection
//! can be kept after it carried a secret. What is sent is encrypted in a vector of rustls, in
//! place, and then copied to our output.

use std::io::{self, Error, ErrorKind as Io, Write};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::client::UnbufferedClientConnection;
use rustls::pki_types::ServerName;
use rustls::unbuffered::{ConnectionState, EncodeError, EncryptError, UnbufferedStatus};

use super::record_buffer::RecordBuffer;
use super::socket::Socket;

/// As much is encrypted at a time: four records, which one system call sends.
const PIECE: usize = 64 << 10;

pub(super) struct TlsStream {
    connection: Box<UnbufferedClientConnection>,
    input: RecordBuffer,
    output: Output,
    /// The peer's last word has come: no more content will.
    closed: bool,
    /// The end of the peer's stream has come.
    ended: bool,
    failure: Option<rustls::Error>,
}

/// Encrypted bytes that the system has not taken yet.
#[derive(Default)]
struct Output {
    bytes: Vec<u8>,
    sent: usize,
    /// Where they end. What is behind is room that was used before.
    end: usize,
}

/// What came from the peer.
#[derive(PartialEq, Eq)]
pub(super) enum Received {
    /// Records. Whether decrypted data can be read now.
    Records {
        has_data: bool,
    },
    End,
}

/// What rustls did.
enum Step {
    /// Something that was no data, and there may be more to do.
    Again,
    /// It decrypted data.
    Data,
    /// It encrypted the piece.
    Encrypted,
    /// It needs more from the peer.
    Blocked,
}

impl TlsStream {
    pub(super) fn new(config: &Arc<ClientConfig>, host: &str) -> Result<TlsStream, String> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| format!("{host} is not a name that a certificate can have"))?;
        let connection = UnbufferedClientConnection::new(Arc::clone(config), name);
        let mut stream = TlsStream {
            connection: Box::new(connection.map_err(|error| error.to_string())?),
            input: RecordBuffer::default(),
            output: Output::default(),
            closed: false,
            ended: false,
            failure: None,
        };
        stream.advance().map_err(|error| error.to_string())?;
        Ok(stream)
    }

    pub(super) fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// Encrypts some of `bytes`. Returns how many. `flush` sends them.
    pub(super) fn encrypt(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(failure) = &self.failure {
            return Err(Error::new(Io::InvalidData, failure.clone()));
        }
        let piece = &bytes[..bytes.len().min(PIECE)];
        loop {
            match self.step(piece) {
                Ok(Step::Again) => {}
                Ok(Step::Encrypted) => return Ok(piece.len()),
                Ok(Step::Data | Step::Blocked) => return Ok(0),
                Err(error) => return Err(Error::new(Io::InvalidData, error)),
            }
        }
    }

    /// Sends all that is encrypted. The error is `WouldBlock` where the system takes no more.
    pub(super) fn flush(&mut self, socket: &Socket) -> io::Result<()> {
        self.output.flush(socket)
    }

    /// Reads decrypted data. The error is `WouldBlock` where there is none, and `UnexpectedEof`
    /// where the connection ended without the peer's word.
    pub(super) fn read(&mut self, room: &mut [u8], socket: &Socket) -> io::Result<usize> {
        self.decrypt(socket)?;
        match self.input.take_content(room) {
            0 if self.closed || room.is_empty() => Ok(0),
            0 if self.ended => Err(Io::UnexpectedEof.into()),
            0 => Err(Io::WouldBlock.into()),
            amount => Ok(amount),
        }
    }

    /// Whether decrypted data, or a failure, waits to be read.
    pub(super) fn has_data(&mut self) -> bool {
        self.process().is_err() || self.input.has_content()
    }

    /// Receives records, and waits for them for at most `time`. An error of TLS has the kind
    /// `InvalidData` and holds rustls's error. All data must have been read.
    pub(super) fn receive(&mut self, socket: &Socket, time: Duration) -> io::Result<Received> {
        if self.closed {
            return Ok(Received::End);
        }
        match socket.receive(self.input.room()?, time)? {
            0 => {
                self.ended = true;
                return Ok(Received::End);
            }
            amount => self.input.received(amount),
        }
        self.decrypt(socket)?;
        let has_data = self.input.has_content();
        // The peer's last word may come before the end of its stream does.
        let is_end = self.closed && !has_data;
        Ok(if is_end { Received::End } else { Received::Records { has_data } })
    }

    fn decrypt(&mut self, socket: &Socket) -> io::Result<()> {
        self.process().map_err(|error| {
            // An alert tells the peer why. Whether it arrives changes nothing.
            let _ = self.flush(socket);
            Error::new(Io::InvalidData, error)
        })
    }

    /// Processes what was received, up to the next data.
    fn process(&mut self) -> Result<(), rustls::Error> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        while !self.input.has_content() {
            if self.closed || !self.input.show_next() {
                return self.verify_header();
            }
            self.advance()?;
        }
        Ok(())
    }

    /// Processes what rustls was shown.
    fn advance(&mut self) -> Result<(), rustls::Error> {
        loop {
            match self.step(b"") {
                Ok(Step::Again) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(self.failed(error)),
            }
        }
    }

    /// What follows may be no record, and would never be a complete one.
    fn verify_header(&mut self) -> Result<(), rustls::Error> {
        let bytes = self.input.no_record().filter(|_| !self.closed);
        let failure =
            bytes.and_then(|bytes| self.connection.process_tls_records(bytes).state.err());
        failure.map_or(Ok(()), |error| Err(self.failed(error)))
    }

    /// Remembers the failure, and collects the alert about it. One step does that; another one
    /// would process the record again that failed.
    fn failed(&mut self, error: rustls::Error) -> rustls::Error {
        self.failure = Some(error.clone());
        let _ = self.step(b"");
        error
    }

    /// Has rustls do one thing: process what it was shown, and where there is nothing to do,
    /// encrypt `piece`.
    fn step(&mut self, piece: &[u8]) -> Result<Step, rustls::Error> {
        let UnbufferedStatus { discard, state } =
            self.connection.process_tls_records(self.input.shown());
        let step = match state {
            Ok(ConnectionState::EncodeTlsData(mut message)) => {
                let encoded = self.output.append(encode_size, |room| message.encode(room));
                encoded.map(|()| Step::Again).map_err(|error| general(&error))
            }
            Ok(ConnectionState::TransmitTlsData(sent)) => {
                sent.done();
                Ok(Step::Again)
            }
            Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                while traffic.next_record().is_some() {}
                Ok(Step::Data)
            }
            Ok(ConnectionState::WriteTraffic(mut traffic)) if !piece.is_empty() => {
                let encrypted =
                    self.output.append(encrypt_size, |room| traffic.encrypt(piece, room));
                encrypted.map(|()| Step::Encrypted).map_err(|error| general(&error))
            }
            Ok(ConnectionState::PeerClosed) => {
                self.closed = true;
                Ok(Step::Again)
            }
            Ok(_) => Ok(Step::Blocked),
            Err(error) => Err(error),
        };
        self.input.discard(discard);
        if let Ok(Step::Data) = step {
            self.input.decrypted(self.connection.negotiated_cipher_suite());
        }
        step
    }
}

fn encode_size(error: &EncodeError) -> Option<usize> {
    match error {
        EncodeError::InsufficientSize(size) => Some(size.required_size),
        EncodeError::AlreadyEncoded => None,
    }
}

fn encrypt_size(error: &EncryptError) -> Option<usize> {
    match error {
        EncryptError::InsufficientSize(size) => Some(size.required_size),
        EncryptError::EncryptExhausted => None,
    }
}

fn general(error: &dyn std::error::Error) -> rustls::Error {
    rustls::Error::General(error.to_string())
}

impl Output {
    /// Appends what `write` writes. Its error says how much room it needs.
    fn append<E>(
        &mut self,
        needed: impl Fn(&E) -> Option<usize>,
        mut write: impl FnMut(&mut [u8]) -> Result<usize, E>,
    ) -> Result<(), E> {
        let mut written = write(&mut self.bytes[self.end..]);
        if let Some(size) = written.as_ref().err().and_then(needed) {
            self.bytes.resize(self.end + size, 0);
            written = write(&mut self.bytes[self.end..]);
        }
        written.map(|amount| self.end += amount)
    }

    fn flush(&mut self, mut socket: &Socket) -> io::Result<()> {
        while self.sent < self.end {
            match socket.write(&self.bytes[self.sent..self.end])? {
                0 => return Err(Io::WriteZero.into()),
                amount => self.sent += amount,
            }
        }
        (self.sent, self.end) = (0, 0);
        Ok(())
    }
}
