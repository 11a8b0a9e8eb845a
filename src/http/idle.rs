//! Idle connections to the server, each kept for a while for the next request.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::stream::HttpStream;
use super::unversioned::LazyBuffers;

/// More than that are closed, the oldest first.
const MOST: usize = 3;

const LONGEST_IDLE: Duration = Duration::from_secs(15);

/// A connection, with the buffers that ureq uses for it.
pub(super) struct Connection {
    pub(super) stream: HttpStream,
    pub(super) buffers: LazyBuffers,
}

/// The connections that no request uses, in the order in which they became idle.
#[derive(Default)]
pub(super) struct IdleConnections(Mutex<Vec<Idle>>);

struct Idle {
    connection: Connection,
    since: Duration,
}

impl IdleConnections {
    fn list(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the connection that was used last, if the server has not closed it, and says for how
    /// long it was idle.
    pub(super) fn take(&self, now: Duration) -> Option<(Connection, Duration)> {
        loop {
            let Idle { mut connection, since } = self.list().pop()?;
            let idle = now.saturating_sub(since);
            if idle < LONGEST_IDLE && connection.stream.is_idle() {
                return Some((connection, idle));
            }
        }
    }

    pub(super) fn put(&self, connection: Connection, now: Duration) {
        let mut list = self.list();
        list.push(Idle { connection, since: now });
        let spare = list.len().saturating_sub(MOST);
        list.drain(..spare);
        list.retain(|idle| now.saturating_sub(idle.since) < LONGEST_IDLE);
    }
}
