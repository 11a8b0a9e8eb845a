//! Resolves names on a thread of its own, so that the deadline and the cancel are felt.
//!
//! A thread stuck in the system's resolver is left behind; their number is bounded.

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::background::{self, Pending};
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Result, Stage, kind_of};
use crate::fork::PerProcess;
use crate::retry;

/// Threads that may be in the system's resolver at one time, in the whole process.
const MOST_LOOKUPS: usize = 16;

/// How long a lookup waits for a free thread; when all have been busy for longer, they hang.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How often it looks.
const LOOK: Duration = Duration::from_millis(5);

/// A child of a fork has none of its parent's threads.
static LOOKUPS: PerProcess<AtomicUsize> = PerProcess::new();

fn lookups() -> &'static AtomicUsize {
    LOOKUPS.get(AtomicUsize::default)
}

/// The addresses of a name, as the system's resolver gives them; at least one.
pub(crate) fn resolve(host: &str, port: u16, deadline: &Deadline) -> Result<Vec<SocketAddr>> {
    let failed = |kind, words: String| Error::new(kind, words).at(Stage::Resolve);
    let name = (host.to_owned(), port);
    let pending = spawn(deadline, move || {
        let found = name.to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        found.map_err(|error| scarcity().unwrap_or(error))
    })?;
    loop {
        let slice =
            deadline.poll_interval().map_err(|reason| retry::wait_error(reason, Stage::Resolve))?;
        match pending.recv_timeout(slice) {
            Ok(Ok(addresses)) if addresses.is_empty() => {
                return Err(failed(ErrorKind::Resolve, format!("{host} has no address")));
            }
            Ok(Ok(addresses)) => return Ok(addresses),
            Ok(Err(error)) => {
                let kind = kind_of(&error, ErrorKind::Resolve);
                return Err(failed(kind, format!("{host} ({})", reason(&error))));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let words = format!("{host}, since the lookup ended without a result");
                return Err(failed(ErrorKind::Resolve, words));
            }
        }
    }
}

/// The resolver's words, without what the standard library puts before them.
fn reason(error: &std::io::Error) -> String {
    let words = error.to_string();
    let own = words.strip_prefix("failed to lookup address information: ").map(str::to_owned);
    own.unwrap_or(words)
}

/// The system's resolver says that a name is not known when it had no descriptor to look it up
/// with; so whether there is one is asked after each failure.
fn scarcity() -> Option<std::io::Error> {
    let refused = Socket::new(Domain::IPV4, Type::DGRAM, None).err()?;
    (kind_of(&refused, ErrorKind::Resolve) == ErrorKind::OutOfResources).then_some(refused)
}

/// Counts a lookup while it lasts, however it ends.
struct Lookup;

impl Lookup {
    /// Waits for a free thread: `None` when none comes.
    fn begin(deadline: &Deadline) -> Result<Option<Lookup>> {
        let more = |n| (n < MOST_LOOKUPS).then_some(n + 1);
        let until = deadline.now() + LONGEST_WAIT;
        loop {
            if lookups().fetch_update(Ordering::SeqCst, Ordering::SeqCst, more).is_ok() {
                return Ok(Some(Lookup));
            }
            deadline
                .sleep_briefly(LOOK)
                .map_err(|reason| retry::wait_error(reason, Stage::Resolve))?;
            if deadline.now() >= until {
                return Ok(None);
            }
        }
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        lookups().fetch_sub(1, Ordering::SeqCst);
    }
}

fn spawn<T: Send + 'static>(
    deadline: &Deadline,
    job: impl FnOnce() -> T + Send + 'static,
) -> Result<Pending<T>> {
    let refused = |words: String| Error::new(ErrorKind::OutOfResources, words).at(Stage::Resolve);
    let lookup = Lookup::begin(deadline)?
        .ok_or_else(|| refused(format!("{MOST_LOOKUPS} name lookups are still pending")))?;
    let counted = move || {
        let _lookup = lookup;
        job()
    };
    background::run_in_background("resolve", counted)
        .map_err(|error| refused(format!("no thread for a name lookup ({error})")))
}
