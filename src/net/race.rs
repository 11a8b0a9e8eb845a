//! Connects to the first of a host's addresses that responds.
//!
//! # Why a race
//!
//! A host name has several addresses, and some of them may lead nowhere: IPv6 that a firewall
//! drops, one server of four that is down, a VPN that announces a network it does not reach. Such
//! an address does not refuse the connection. It says nothing, and the system goes on asking for
//! two minutes. A client that tries one address after the other spends its deadline there, although
//! the next address would have responded in 20 ms.
//!
//! So attempts overlap, as RFC 8305 ("Happy Eyeballs") says. The first address gets a head start.
//! When it has neither connected nor failed by then, the next one is tried beside it, and so on.
//! The first attempt that connects wins, and all others are closed.
//!
//! # The rules
//!
//! * **Order.** `addresses` has put them in order: the one that worked last, then the resolver's
//!   order with the families in turn. The race takes them as they come.
//! * **When the next one starts.** At once, if the one started last has failed: that a connection
//!   is refused or a network unreachable is known in no time. Otherwise [`HEAD_START`] after the
//!   one before if that is the only one pending; this is longer than a round trip to nearly any
//!   place that works. Otherwise [`NEXT_START`] after the one before: where one address has not
//!   responded for so long, others of the same host often do not either, and 100 ms is the least
//!   that the RFC recommends. Eight addresses that lead nowhere cost 0.95 s, and fifteen, the most
//!   that can stand before a good one, 1.65 s.
//! * **Attempts go on.** An attempt that is overtaken keeps its socket: it may still win. A server
//!   far away that takes 300 ms wins over an address that never responds, and nothing is lost by
//!   having been impatient.
//! * **The end.** The race ends with the first connection, or when all attempts have failed, or
//!   when the deadline passes, or when the call is cancelled. Whatever ends it, all sockets but the
//!   winner's are closed on return, for they are values of [`Race`].
//! * **The error** lists each address and what became of it, in the order in which they were to be
//!   tried: an operator must see whether one address failed or all, and whether they refused (the
//!   host is there) or did not respond (something in between drops packets).
//!
//! # How it waits
//!
//! There is no thread for an attempt. The sockets do not block, and one poll waits for all of
//! them. It waits until the next attempt is due, but never longer than the deadline says
//! ([`Deadline::poll_interval`]), which is at most 100 ms, since a cancel is a flag that must be
//! looked at. A socket that poll reports has connected or failed; its pending error (`SO_ERROR`)
//! shows which.
//! Several may be ready at once: the first in order wins.
//!
//! Head starts are measured on the machine's own clock, even where a test has given the call
//! another one: packets take real time. The deadline is measured on the clock of the call.
//!
//! # After the race
//!
//! The winner is remembered by the caller ([`AddressCache::connected`]), so that the price of an
//! address that leads nowhere is paid once, not for each connection. If there was no winner, or if
//! TLS failed on it, the resolver's result is forgotten ([`AddressCache::failed`]): it may be out
//! of date, and the next attempt asks again.
//!
//! [`AddressCache::connected`]: super::AddressCache::connected
//! [`AddressCache::failed`]: super::AddressCache::failed

use std::io::{self, Error, ErrorKind as Io};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::Domain;
#[cfg(feature = "redis")]
use socket2::SockAddr;

use super::poll;
use super::socket::Socket;
use super::stream::Stream;
use crate::clock::{Deadline, WaitError};
use crate::error::{ErrorKind, kind_of};

/// How long the first address is tried alone: the Connection Attempt Delay of RFC 8305 section 5.
const HEAD_START: Duration = Duration::from_millis(250);

/// How long after that each further address starts: the Minimum Connection Attempt Delay.
const NEXT_START: Duration = Duration::from_millis(100);

/// How many addresses an error lists.
const MOST_LISTED: usize = 8;

/// Connects to one of the addresses. Returns which one it was.
pub(crate) fn connect(
    addresses: &[SocketAddr],
    deadline: &Deadline,
) -> Result<(Stream, SocketAddr), ConnectError> {
    #[cfg(feature = "test-util")]
    if let Some(world) = crate::simulation::world() {
        return connect_simulated(world, addresses, deadline);
    }
    let mut race = Race::new(addresses);
    race.run(deadline).map_err(|reason| race.into_error(reason))
}

/// The first address alone: a simulated host has no other.
#[cfg(feature = "test-util")]
fn connect_simulated(
    world: &dyn crate::simulation::World,
    addresses: &[SocketAddr],
    deadline: &Deadline,
) -> Result<(Stream, SocketAddr), ConnectError> {
    let mut race = Race::new(&addresses[..1]);
    let connection = world.connect(addresses[0]);
    race.started = 1;
    loop {
        let time = match deadline.poll_interval() {
            Ok(time) => time,
            Err(reason) => return Err(race.into_error(Some(reason))),
        };
        let stream = match connection.connected(time) {
            Ok(false) => continue,
            Ok(true) => Stream::simulated(connection),
            Err(error) => Err(error),
        };
        return stream.map(|stream| (stream, addresses[0])).map_err(|error| {
            race.failed.push((addresses[0], error));
            race.into_error(None)
        });
    }
}

/// An address that is being tried.
struct Attempt {
    address: SocketAddr,
    socket: Socket,
}

struct Race<'a> {
    addresses: &'a [SocketAddr],
    /// How many of them were started.
    started: usize,
    /// In the order in which they were started.
    pending: Vec<Attempt>,
    failed: Vec<(SocketAddr, Error)>,
    /// When the next one starts, even if the one before is still pending.
    next_start: Deadline,
}

impl Race<'_> {
    fn new(addresses: &[SocketAddr]) -> Race<'_> {
        let next_start = Deadline::uncancelled(HEAD_START);
        Race { addresses, started: 0, pending: Vec::new(), failed: Vec::new(), next_start }
    }

    /// The winner, or why there is none: a reason, or `None` where all attempts failed.
    fn run(&mut self, deadline: &Deadline) -> Result<(Stream, SocketAddr), Option<WaitError>> {
        loop {
            while self.started < self.addresses.len() && self.is_next_due() {
                self.start_next();
            }
            if self.pending.is_empty() {
                return Err(None);
            }
            let time = deadline.poll_interval().map_err(Some)?;
            if let Some(winner) = self.wait(time) {
                return Ok(winner);
            }
        }
    }

    fn is_next_due(&self) -> bool {
        let newest = self.started.checked_sub(1).map(|newest| self.addresses[newest]);
        let newest_is_pending = self.pending.last().map(|attempt| attempt.address) == newest;
        newest.is_none() || !newest_is_pending || self.next_start.left().is_err()
    }

    fn start_next(&mut self) {
        let address = self.addresses[self.started];
        self.started += 1;
        let delay = if self.pending.is_empty() { HEAD_START } else { NEXT_START };
        match start(address) {
            Ok(socket) => {
                self.pending.push(Attempt { address, socket });
                self.next_start = Deadline::uncancelled(delay);
            }
            Err(error) => self.failed.push((address, error)),
        }
    }

    /// Waits until an attempt ends or the next one is due, for at most `time`. Returns the winner.
    fn wait(&mut self, time: Duration) -> Option<(Stream, SocketAddr)> {
        let time = match self.started < self.addresses.len() {
            true => time.min(self.next_start.left().unwrap_or_default()),
            false => time,
        };
        let sockets = self.pending.iter().map(|attempt| attempt.socket.as_ref());
        let ready = poll::wait_for_any(sockets, time).unwrap_or_else(|_| {
            // The system has no memory for it now.
            let _ = Deadline::uncancelled(time).sleep_briefly(time);
            vec![false; self.pending.len()]
        });
        let attempts = std::mem::take(&mut self.pending);
        for (attempt, ready) in attempts.into_iter().zip(ready) {
            if !ready {
                self.pending.push(attempt);
                continue;
            }
            match finish(attempt.socket) {
                Ok(stream) => return Some((stream, attempt.address)),
                Err(error) => self.failed.push((attempt.address, error)),
            }
        }
        None
    }

    fn into_error(self, wait_error: Option<WaitError>) -> ConnectError {
        let outcome = |(at, address): (usize, &SocketAddr)| {
            let failure = self.failed.iter().find(|(failed, _)| failed == address);
            let words = match failure {
                Some((_, error)) => reason(error),
                None if at < self.started => "timed out".to_owned(),
                None => "not tried".to_owned(),
            };
            (*address, words)
        };
        let last = self.failed.last();
        ConnectError {
            outcomes: self.addresses.iter().enumerate().map(outcome).collect(),
            kind: last.map_or(ErrorKind::Connect, |(_, error)| kind_of(error, ErrorKind::Connect)),
            wait_error,
        }
    }
}

fn start(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address))?;
    socket.start_connect(&address.into())?;
    Ok(socket)
}

fn finish(socket: Socket) -> io::Result<Stream> {
    socket.connect_outcome()?;
    Stream::new(socket)
}

/// Why no connection was made.
pub(crate) struct ConnectError {
    outcomes: Vec<(SocketAddr, String)>,
    kind: ErrorKind,
    wait_error: Option<WaitError>,
}

impl ConnectError {
    pub(crate) fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether the race was ended from outside.
    pub(crate) fn wait_error(&self) -> Option<WaitError> {
        self.wait_error
    }

    /// What happened to each address of the host. The address itself is left out where the host is
    /// one.
    pub(crate) fn reasons(&self, host: &str) -> String {
        if let (Ok(_), [(_, reason)]) = (host.parse::<IpAddr>(), &*self.outcomes) {
            return reason.clone();
        }
        let listed = self.outcomes.iter().take(MOST_LISTED);
        let mut listed: Vec<_> = listed.map(|(at, reason)| format!("{at} {reason}")).collect();
        match self.outcomes.len().saturating_sub(MOST_LISTED) {
            0 => listed.join(", "),
            more => {
                listed.push(format!("and {more} more"));
                listed.join(", ")
            }
        }
    }
}

/// The failure of an attempt in words.
fn reason(error: &Error) -> String {
    let words = match error.kind() {
        Io::ConnectionRefused => "connection refused",
        Io::ConnectionReset => "connection reset",
        Io::NetworkUnreachable => "network unreachable",
        Io::HostUnreachable => "host unreachable",
        Io::AddrNotAvailable => "no local address for it",
        Io::PermissionDenied => "not permitted by this machine",
        Io::TimedOut => "timed out",
        _ => return error.to_string(),
    };
    words.to_owned()
}

/// How often a Unix socket is tried whose queue is full: poll does not report room in it.
#[cfg(feature = "redis")]
const UNIX_RETRY: Duration = Duration::from_millis(5);

/// Connects to a Unix socket.
#[cfg(feature = "redis")]
pub(crate) fn connect_unix(address: &SockAddr, deadline: &Deadline) -> io::Result<Stream> {
    let socket = Socket::new(Domain::UNIX)?;
    loop {
        match socket.start_connect(address) {
            Ok(true) => return Stream::new(socket),
            Err(error) if error.kind() != Io::WouldBlock => return Err(error),
            Ok(false) | Err(_) => {}
        }
        deadline.sleep_briefly(UNIX_RETRY).map_err(|_| Error::from(Io::TimedOut))?;
    }
}
