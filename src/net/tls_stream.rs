//! TLS over a socket. The only file that drives a connection of rustls, so that its kind can be
//! changed without touching a caller.
//!
//! This is rustls's buffered connection. It decrypts in a buffer of its own, which lives as long as
//! the connection and is not wiped; so a connection that carried a token request is not kept.
//!
//! The unbuffered one (`UnbufferedClientConnection`, looked at in version 0.23) decrypts in a
//! buffer that we could wipe, so such a connection could be kept, and could read more than 4 KiB in
//! one system call. It does not make memory clean, though: it copies each decrypted record into a
//! vector before it hands it out, and frees that vector as it is, as the buffered one does. On the
//! way out it copies each record once more. So it waits until both are measured. It needs nothing
//! outside this file.

use std::io::{self, Error, ErrorKind as Io, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use super::socket::Socket;

pub(super) struct TlsStream(Box<ClientConnection>);

/// What came from the peer.
#[derive(PartialEq, Eq)]
pub(super) enum Received {
    /// Records, after which so many bytes of decrypted data can be read.
    Records {
        readable: usize,
    },
    End,
}

impl TlsStream {
    pub(super) fn new(config: &Arc<ClientConfig>, host: &str) -> Result<TlsStream, String> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| format!("{host} is not a name that a certificate can have"))?;
        let connection = ClientConnection::new(Arc::clone(config), name);
        connection.map(|new| TlsStream(Box::new(new))).map_err(|error| error.to_string())
    }

    pub(super) fn is_handshaking(&self) -> bool {
        self.0.is_handshaking()
    }

    /// Encrypts some of `bytes`. Returns how many. `flush` sends them.
    pub(super) fn encrypt(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.writer().write(bytes)
    }

    /// Sends all that is encrypted. The error is `WouldBlock` where the system takes no more.
    pub(super) fn flush(&mut self, mut socket: &Socket) -> io::Result<()> {
        while self.0.wants_write() {
            if self.0.write_tls(&mut socket)? == 0 {
                return Err(Io::WriteZero.into());
            }
        }
        Ok(())
    }

    /// Reads decrypted data. The error is `WouldBlock` where there is none, and `UnexpectedEof`
    /// where the connection ended without the peer's word.
    pub(super) fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.0.reader().read(room)
    }

    /// Whether decrypted data, or a failure, waits to be read.
    pub(super) fn has_data(&mut self) -> bool {
        let state = self.0.process_new_packets();
        state.map_or(true, |state| state.plaintext_bytes_to_read() > 0)
    }

    /// Receives records, and waits for them for at most `time`. An error of TLS has the kind
    /// `InvalidData` and holds rustls's error.
    pub(super) fn receive(&mut self, socket: &Socket, time: Duration) -> io::Result<Received> {
        if self.0.read_tls(&mut Input { socket, time })? == 0 {
            return Ok(Received::End);
        }
        match self.0.process_new_packets() {
            // The peer's last word may come before the end of its stream does.
            Ok(state) if state.peer_has_closed() && state.plaintext_bytes_to_read() == 0 => {
                Ok(Received::End)
            }
            Ok(state) => Ok(Received::Records { readable: state.plaintext_bytes_to_read() }),
            Err(error) => {
                // An alert tells the peer why. Whether it arrives changes nothing.
                let _ = self.flush(socket);
                Err(Error::new(Io::InvalidData, error))
            }
        }
    }
}

/// The socket, with the time that a read may wait.
struct Input<'a> {
    socket: &'a Socket,
    time: Duration,
}

impl Read for Input<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.socket.receive(room, self.time)
    }
}
