//! Connects, and feels the deadline and the cancel meanwhile.

use std::io::{Error, ErrorKind, Result};
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};

use crate::clock::Deadline;

/// How long a read, a write or a connect waits before the deadline and the cancel are looked at.
const SLICE: Duration = Duration::from_millis(100);

/// Connects to one address. The socket's timeouts are one slice long.
///
/// On Linux `connect` on a socket that is connecting already goes on waiting, for as long as the
/// send timeout says: so the timeout makes slices of one connect.
pub(crate) fn connect(address: &SockAddr, deadline: &Deadline) -> Result<Socket> {
    let socket = Socket::new(address.domain(), Type::STREAM, None)?;
    socket.set_write_timeout(Some(SLICE))?;
    socket.set_read_timeout(Some(SLICE))?;
    if address.domain() != Domain::UNIX {
        socket.set_tcp_nodelay(true)?;
    }
    loop {
        match socket.connect(address) {
            Ok(()) => return Ok(socket),
            Err(error) if error.raw_os_error() == Some(libc::EISCONN) => return Ok(socket),
            Err(error) if !goes_on(&error) => return Err(error),
            Err(_) => {}
        }
        if deadline.left().is_err() {
            return Err(ErrorKind::TimedOut.into());
        }
    }
}

fn goes_on(error: &Error) -> bool {
    let code = error.raw_os_error();
    matches!(code, Some(libc::EINPROGRESS | libc::EALREADY | libc::EINTR | libc::EAGAIN))
}
