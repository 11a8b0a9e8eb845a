//! Names become addresses on a thread of their own, so that a deadline and a cancel are felt.
//!
//! Answers are remembered for a while: the HTTP crate asks before each request, even for a
//! connection that it has. A thread stuck in the system's resolver is left behind; their number is
//! bounded.

use std::collections::HashMap;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use ureq::config::Config;
use ureq::http::Uri;

use super::call;
use super::seam::{self, NextTimeout, ResolvedSocketAddrs};
use crate::config::Proxy;
use crate::error::{ErrorKind, Step, kind_of};
use crate::fork::PerProcess;
use crate::helper;

/// Long enough to serve a batch, short enough to follow a change of address.
const REMEMBERED: Duration = Duration::from_secs(60);

/// As many as the HTTP crate's list has room for.
const MOST_ADDRESSES: usize = 16;

/// Threads that may be in the system's resolver at one time, in the whole process.
const MOST_LOOKUPS: usize = 16;

/// How long a lookup waits for its turn; when all have been busy for longer, they hang.
const TURN: Duration = Duration::from_secs(10);

/// How often it looks.
const LOOK: Duration = Duration::from_millis(5);

/// A child of a fork has none of its parent's threads.
static LOOKUPS: PerProcess<AtomicUsize> = PerProcess::new();

fn lookups() -> &'static AtomicUsize {
    LOOKUPS.get(AtomicUsize::default)
}

#[derive(Debug, Default)]
pub(super) struct Resolver {
    /// Who is looked up instead of the origin.
    proxy: Option<(String, u16)>,
    known: Mutex<HashMap<(String, u16), Known>>,
}

#[derive(Clone, Debug)]
struct Known {
    addresses: Vec<SocketAddr>,
    until: Duration,
}

impl seam::Resolver for Resolver {
    fn resolve(
        &self,
        uri: &Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let default = if uri.scheme_str() == Some("http") { 80 } else { 443 };
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let origin = (host, uri.port_u16().unwrap_or(default));
        let proxy = self.proxy.as_ref().map(|(host, port)| (host.as_str(), *port));
        let (host, port) = proxy.unwrap_or(origin);
        let addresses = self.look_up(host, port)?;
        let mut resolved = self.empty();
        addresses.into_iter().take(MOST_ADDRESSES).for_each(|address| resolved.push(address));
        Ok(resolved)
    }
}

impl Resolver {
    pub(super) fn new(proxy: Option<&Proxy>) -> Resolver {
        let at = |proxy: &Proxy| (proxy.host.trim_matches(['[', ']']).to_owned(), proxy.port);
        Resolver { proxy: proxy.map(at), known: Mutex::default() }
    }

    fn look_up(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ureq::Error> {
        let deadline = call::deadline()?;
        if let Ok(ip) = host.parse() {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        let key = (host.to_owned(), port);
        let now = deadline.now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = known.get(&key).filter(|entry| now < entry.until) {
            return Ok(entry.addresses.clone());
        }
        drop(known);
        let addresses = ask_system(&key)?;
        known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = Known { addresses: addresses.clone(), until: now + REMEMBERED };
        known.insert(key, entry);
        Ok(addresses)
    }
}

fn ask_system(key: &(String, u16)) -> Result<Vec<SocketAddr>, ureq::Error> {
    let failed = |kind, words: String| call::fail_with(kind, Step::Resolve, words);
    let (send, receive) = mpsc::sync_channel(1);
    let name = key.clone();
    spawn(move || {
        let found = name.to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        let found = found.map_err(|error| scarcity().unwrap_or(error));
        // Nobody listens any more when the deadline has passed: that is no fault.
        let _ = send.send(found);
    })?;
    loop {
        let slice = call::deadline()?.slice().unwrap_or_default();
        match receive.recv_timeout(slice) {
            Ok(Ok(addresses)) if addresses.is_empty() => {
                return Err(failed(ErrorKind::Resolve, format!("{} has no address", key.0)));
            }
            Ok(Ok(addresses)) => return Ok(addresses),
            Ok(Err(error)) => {
                let kind = kind_of(&error, ErrorKind::Resolve);
                return Err(failed(kind, format!("{}: {error}", key.0)));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let words = format!("{}: the lookup ended without an answer", key.0);
                return Err(failed(ErrorKind::Resolve, words));
            }
        }
    }
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
    /// Waits for its turn, if there are many: `None` when it does not come.
    fn begin() -> Result<Option<Lookup>, ureq::Error> {
        let more = |n| (n < MOST_LOOKUPS).then_some(n + 1);
        let until = call::deadline()?.now() + TURN;
        loop {
            if lookups().fetch_update(Ordering::SeqCst, Ordering::SeqCst, more).is_ok() {
                return Ok(Some(Lookup));
            }
            let deadline = call::deadline()?;
            if deadline.now() >= until {
                return Ok(None);
            }
            // That the deadline passes meanwhile is told by the next look at it.
            let _ = deadline.nap(LOOK);
        }
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        lookups().fetch_sub(1, Ordering::SeqCst);
    }
}

fn spawn(job: impl FnOnce() + Send + 'static) -> Result<(), ureq::Error> {
    let refused = |words: String| call::fail_with(ErrorKind::OutOfResources, Step::Resolve, words);
    let lookup = Lookup::begin()?
        .ok_or_else(|| refused(format!("{MOST_LOOKUPS} name lookups are stuck already")))?;
    let counted = move || {
        let _lookup = lookup;
        job();
    };
    helper::start("resolve", counted)
        .map_err(|error| refused(format!("no thread for a name lookup: {error}")))
}
