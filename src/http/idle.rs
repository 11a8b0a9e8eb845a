//! Idle connections to the server, each kept for a while for the next request.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::stream::HttpStream;
use super::unversioned::LazyBuffers;
use crate::clock::{Clock, SystemClock};

/// More than that are closed, the oldest first.
const MOST: usize = 3;

const LONGEST_IDLE: Duration = Duration::from_secs(15);

/// A connection, with the buffers that ureq uses for it.
pub(super) struct Connection {
    pub(super) stream: HttpStream,
    pub(super) buffers: LazyBuffers,
    /// Whether a request other than a POST was sent on it. A server that closes the connection
    /// after a token request, and does not say so, is not noticed before.
    pub(super) is_proven: bool,
}

/// The connections that no request uses, in the order in which they became idle.
///
/// Their age is measured by the machine's own clock: the server has no other, whatever clock a test
/// gives the calls.
#[derive(Default)]
pub(super) struct IdleConnections(Mutex<Vec<Idle>>);

struct Idle {
    connection: Connection,
    since: Duration,
    /// The same on the clock of the calls.
    last_used: Duration,
}

impl Idle {
    fn is_young(&self) -> bool {
        SystemClock.monotonic().saturating_sub(self.since) < LONGEST_IDLE
    }
}

impl IdleConnections {
    fn list(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the connection that was used last, if the server has not closed it; with
    /// `only_proven`, the last one that is proven. Returns also when that was, on the clock of the
    /// calls.
    pub(super) fn take(&self, only_proven: bool) -> Option<(Connection, Duration)> {
        loop {
            let mut list = self.list();
            let at = list.iter().rposition(|idle| idle.connection.is_proven || !only_proven)?;
            let mut idle = list.remove(at);
            drop(list);
            if idle.is_young() && idle.connection.stream.is_idle() {
                return Some((idle.connection, idle.last_used));
            }
        }
    }

    pub(super) fn put(&self, connection: Connection, last_used: Duration) {
        let idle = Idle { connection, since: SystemClock.monotonic(), last_used };
        let mut list = self.list();
        list.push(idle);
        let spare = list.len().saturating_sub(MOST);
        list.drain(..spare);
        list.retain(Idle::is_young);
    }
}
