//! Waits until sockets are ready.
//!
//! A signal that the program handles ends a wait early, with `Interrupted`: the caller looks at its
//! deadline and waits again.

use std::io::{ErrorKind, Result};
use std::time::Duration;

use socket2::Socket;

use crate::sys::Interest;
use crate::sys::socket::{Entry, poll};

/// Waits for a socket for at most `time`. Returns whether it is ready.
pub(super) fn wait(socket: &Socket, interest: Interest, time: Duration) -> Result<bool> {
    let mut entries = [Entry::new(socket, interest)];
    poll(&mut entries, time)?;
    Ok(entries[0].is_ready())
}

/// Waits for at most `time` until one of the sockets can be written to. Returns, for each, whether
/// it is ready.
pub(super) fn wait_for_any<'a>(
    sockets: impl Iterator<Item = &'a Socket>,
    time: Duration,
) -> Result<Vec<bool>> {
    let mut entries: Vec<_> = sockets.map(|socket| Entry::new(socket, Interest::Write)).collect();
    match poll(&mut entries, time) {
        Err(error) if error.kind() == ErrorKind::Interrupted => {}
        outcome => outcome?,
    }
    Ok(entries.iter().map(Entry::is_ready).collect())
}
