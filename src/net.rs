//! Sockets, as `http` and the Redis store use them.

mod connect;
mod resolve;
mod tls;

use std::io::{IoSlice, Result, Write};
use std::os::fd::AsFd;

use socket2::SockRef;

pub(crate) use connect::connect;
pub(crate) use resolve::resolve;
pub(crate) use tls::Trust;

/// Writes to a socket and never raises SIGPIPE, which ends a host program with the default
/// disposition.
///
/// std passes `MSG_NOSIGNAL` where it writes one buffer (`send`), but not where it writes several
/// (`writev`), as rustls does.
pub(crate) struct NoSigpipe<'a, S>(pub(crate) &'a S);

/// Apple has no such flag: std and socket2 set `SO_NOSIGPIPE` on each socket instead.
#[cfg(target_vendor = "apple")]
const FLAGS: i32 = 0;
#[cfg(not(target_vendor = "apple"))]
const FLAGS: i32 = libc::MSG_NOSIGNAL;

impl<S: AsFd> Write for NoSigpipe<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        SockRef::from(self.0).send_with_flags(bytes, FLAGS)
    }

    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> Result<usize> {
        SockRef::from(self.0).send_vectored_with_flags(buffers, FLAGS)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
