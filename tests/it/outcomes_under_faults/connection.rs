//! One connection through the proxy, and its faults.
//!
//! One thread owns both sockets, so that an act is one step. Positions are counted in bytes of one
//! direction, from the start of the connection or of the current call, whichever is later.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, ErrorKind as Io, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use socket2::SockRef;
use vanta::{Cancel, TestClock};

/// How often a connection checks for a new call while no data comes.
const TICK_MS: i32 = 2;

/// What `poll` reports of a peer that sends no more. Where it has no event of its own, each poll
/// reports it.
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
const WRITE_CLOSED: i16 = libc::POLLRDHUP;
#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
const WRITE_CLOSED: i16 = libc::POLLHUP;

/// A peer that reads nothing for this time is stuck.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// How long the proxy waits for the response to a delivered request.
const LAST_RESPONSE: Duration = Duration::from_millis(50);

/// The direction of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    ToServer,
    ToClient,
}

/// An act of the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Sends FIN to both sides, and reads on until both have closed too.
    Close,
    /// Sends FIN to both sides and closes: data that still comes gets RST.
    CloseThenReset,
    /// Resets both sides.
    Reset,
    /// Resets the client's side; the server gets FIN after its data.
    ResetClient,
    /// Sends FIN to the client; the other direction goes on.
    HalfCloseToClient,
    /// Sends FIN to the server; the other direction goes on.
    HalfCloseToServer,
    /// Lets this time pass, and forwards the rest.
    Delay(Duration),
    /// Cancels the call, and forwards the rest.
    Cancel,
    /// Forwards nothing more, and lets the deadline pass until the client has closed. Afterwards
    /// the server receives what the client sent meanwhile, or does not.
    Stall { deliver: bool },
    /// As a stall, but the call ends by a cancel instead of its deadline.
    StallAndCancel { deliver: bool },
}

impl Act {
    pub const NAMES: [&str; 10] = [
        "Close",
        "CloseThenReset",
        "Reset",
        "ResetClient",
        "HalfCloseToClient",
        "HalfCloseToServer",
        "Delay",
        "Cancel",
        "Stall",
        "StallAndCancel",
    ];

    fn name(self) -> &'static str {
        let name = format!("{self:?}");
        let is_it = |known: &&&str| name.split([' ', '(']).next() == Some(**known);
        Act::NAMES.iter().find(is_it).expect("all of them")
    }

    /// Returns whether no request is delivered after it.
    pub fn ends_connection(self) -> bool {
        !matches!(self, Act::Delay(_) | Act::Cancel)
    }
}

/// An act, and the byte before which it happens.
#[derive(Clone, Copy, Debug)]
pub struct WireFault {
    pub direction: Direction,
    pub position: u64,
    pub act: Act,
}

/// The current call, and its faults.
pub struct Call {
    pub number: u64,
    pub faults: VecDeque<WireFault>,
    pub deadline: Duration,
    pub cancel: Cancel,
    /// How open connections end before the call.
    pub end_with: Option<Act>,
    /// The bytes that were forwarded since the call began.
    pub forwarded: [u64; 2],
    /// How often each act happened, in all calls.
    pub acts: BTreeMap<&'static str, usize>,
}

/// The state that all connections share.
pub struct Shared {
    server: SocketAddr,
    clock: TestClock,
    call: Mutex<Call>,
    pub connections: AtomicUsize,
    pub over: AtomicBool,
}

impl Shared {
    pub fn new(server: SocketAddr, clock: TestClock) -> Shared {
        let call = Call {
            number: 0,
            faults: VecDeque::new(),
            deadline: Duration::ZERO,
            cancel: Cancel::new(),
            end_with: None,
            forwarded: [0; 2],
            acts: BTreeMap::new(),
        };
        let (connections, over) = (AtomicUsize::new(0), AtomicBool::new(false));
        Shared { server, clock, call: Mutex::new(call), connections, over }
    }

    pub fn call(&self) -> MutexGuard<'_, Call> {
        self.call.lock().expect("no connection panics while it holds the call")
    }
}

/// Whether a connection goes on after an event.
#[derive(PartialEq, Eq)]
enum Next {
    GoOn,
    End,
}

pub struct Connection<'a> {
    client: TcpStream,
    server: TcpStream,
    shared: &'a Shared,
    /// The number of the call for which positions are counted.
    call: u64,
    /// The bytes that came, by direction, since positions are counted.
    counts: [u64; 2],
    /// The directions that are no longer read.
    ended: [bool; 2],
    /// The directions whose bytes are read and dropped.
    dropped: [bool; 2],
    /// Whether a fault has ended it, so that no other one happens.
    spent: bool,
}

impl<'a> Connection<'a> {
    pub fn new(client: TcpStream, shared: &'a Shared) -> io::Result<Connection<'a>> {
        let server = TcpStream::connect(shared.server)?;
        for socket in [&client, &server] {
            socket.set_nodelay(true)?;
            socket.set_read_timeout(Some(TIME_LIMIT))?;
            socket.set_write_timeout(Some(TIME_LIMIT))?;
        }
        let call = shared.call().number;
        let (ended, dropped) = ([false; 2], [false; 2]);
        Ok(Connection {
            client,
            server,
            shared,
            call,
            counts: [0; 2],
            ended,
            dropped,
            spent: false,
        })
    }

    /// Forwards in both directions until both have ended, or an act ends the connection.
    pub fn run(mut self) -> io::Result<()> {
        while self.ended != [true; 2] && !self.is_cut_from_outside()? {
            let [client, server] = self.ready()?;
            if client && self.carry(Direction::ToServer)? == Next::End {
                break;
            }
            if server && self.carry(Direction::ToClient)? == Next::End {
                break;
            }
        }
        Ok(())
    }

    /// Returns whether the test is over, closes connections, or has begun a call that the rest of
    /// this one must not affect.
    fn is_cut_from_outside(&mut self) -> io::Result<bool> {
        let call = self.shared.call();
        let (number, end_with) = (call.number, call.end_with);
        drop(call);
        if number != self.call && self.spent {
            return Ok(true);
        }
        if number != self.call {
            (self.call, self.counts) = (number, [0; 2]);
        }
        if end_with == Some(Act::Reset) {
            reset(&self.client)?;
        }
        Ok(end_with.is_some() || self.shared.over.load(Ordering::SeqCst))
    }

    /// Returns which sockets have data, after a tick at the latest.
    fn ready(&self) -> io::Result<[bool; 2]> {
        let wanted = |socket: &TcpStream, ended: bool| libc::pollfd {
            // poll ignores a negative descriptor.
            fd: if ended { -1 } else { socket.as_raw_fd() },
            events: libc::POLLIN,
            revents: 0,
        };
        let mut polled = [wanted(&self.client, self.ended[0]), wanted(&self.server, self.ended[1])];
        poll(&mut polled)?;
        Ok(polled.map(|one| one.revents != 0))
    }

    fn sockets(&self, direction: Direction) -> (&TcpStream, &TcpStream) {
        match direction {
            Direction::ToServer => (&self.client, &self.server),
            Direction::ToClient => (&self.server, &self.client),
        }
    }

    /// Reads what has come and forwards it, up to the next fault.
    fn carry(&mut self, direction: Direction) -> io::Result<Next> {
        let at = direction as usize;
        let mut room = [0; 16 << 10];
        let (mut from, to) = self.sockets(direction);
        let amount = match from.read(&mut room) {
            Ok(amount) => amount,
            Err(error) if error.kind() == Io::ConnectionReset => {
                reset(to)?;
                return Ok(Next::End);
            }
            Err(error) => return Err(error),
        };
        if amount == 0 {
            // The other side may have closed already.
            let _ = to.shutdown(Shutdown::Write);
            self.ended[at] = true;
            return Ok(Next::GoOn);
        }
        // They may be the first bytes of another call.
        if self.is_cut_from_outside()? {
            return Ok(Next::End);
        }
        let mut bytes = &room[..amount];
        while let Some(fault) = self.due(direction, bytes.len()) {
            let before = usize::try_from(fault.position - self.counts[at]).expect("in the chunk");
            self.forward(direction, &bytes[..before]);
            bytes = &bytes[before..];
            if self.act(fault.act, direction, bytes)? == Next::End {
                return Ok(Next::End);
            }
        }
        self.forward(direction, bytes);
        Ok(Next::GoOn)
    }

    /// Returns the next fault within these bytes, and removes it.
    fn due(&self, direction: Direction, amount: usize) -> Option<WireFault> {
        let mut call = self.shared.call();
        let count = self.counts[direction as usize];
        let reach = count + amount as u64;
        let is_due = |fault: &WireFault| fault.direction == direction && fault.position < reach;
        if self.spent || call.number != self.call || !call.faults.front().is_some_and(is_due) {
            return None;
        }
        let fault = call.faults.pop_front()?;
        *call.acts.entry(fault.act.name()).or_default() += 1;
        // The connection may be beyond it when the fault before it happens.
        Some(WireFault { position: fault.position.max(count), ..fault })
    }

    fn forward(&mut self, direction: Direction, bytes: &[u8]) {
        let at = direction as usize;
        self.counts[at] += bytes.len() as u64;
        if self.dropped[at] || bytes.is_empty() {
            return;
        }
        let mut call = self.shared.call();
        if call.number == self.call {
            call.forwarded[at] += bytes.len() as u64;
        }
        drop(call);
        // One side may have closed while the other still sends.
        let (_, mut to) = self.sockets(direction);
        self.dropped[at] = to.write_all(bytes).is_err();
    }

    /// Carries out an act before `rest`, which came from one side and is not forwarded yet.
    fn act(&mut self, act: Act, direction: Direction, rest: &[u8]) -> io::Result<Next> {
        self.spent = act.ends_connection();
        let (client, server) = (&self.client, &self.server);
        match act {
            Act::Delay(time) => {
                self.shared.clock.advance(time);
                self.counts = [0; 2];
            }
            Act::Cancel => {
                self.shared.call().cancel.cancel();
                self.counts = [0; 2];
            }
            Act::Close | Act::CloseThenReset => {
                client.shutdown(Shutdown::Write)?;
                server.shutdown(Shutdown::Write)?;
                self.dropped = [true; 2];
            }
            Act::Reset => {
                reset(client)?;
                reset(server)?;
            }
            Act::ResetClient => {
                reset(client)?;
                server.shutdown(Shutdown::Write)?;
            }
            Act::HalfCloseToClient => {
                client.shutdown(Shutdown::Write)?;
                self.dropped[Direction::ToClient as usize] = true;
            }
            Act::HalfCloseToServer => {
                server.shutdown(Shutdown::Write)?;
                self.dropped[Direction::ToServer as usize] = true;
            }
            Act::Stall { deliver } | Act::StallAndCancel { deliver } => {
                self.end_call(act);
                let held = if direction == Direction::ToServer { rest } else { &[] };
                self.outwait(if deliver { Some(held) } else { None })?;
            }
        }
        let goes_on = [Act::Close, Act::HalfCloseToClient, Act::HalfCloseToServer].contains(&act);
        Ok(if goes_on || !act.ends_connection() { Next::GoOn } else { Next::End })
    }

    /// Lets the deadline of the call pass, or cancels it.
    fn end_call(&self, act: Act) {
        let call = self.shared.call();
        match act {
            Act::Stall { .. } => self.shared.clock.advance(call.deadline * 2),
            _ => call.cancel.cancel(),
        }
    }

    /// Waits until the client has closed or another call begins. Then delivers to the server what
    /// the client had sent, or does not.
    fn outwait(&mut self, held: Option<&[u8]>) -> io::Result<()> {
        let fd = self.client.as_raw_fd();
        let mut polled = [libc::pollfd { fd, events: WRITE_CLOSED, revents: 0 }];
        while polled[0].revents == 0 {
            if self.is_cut_from_outside()? {
                return Ok(());
            }
            poll(&mut polled)?;
        }
        let Some(held) = held else { return Ok(()) };
        self.server.write_all(held)?;
        let mut room = [0; 16 << 10];
        loop {
            match self.client.read(&mut room)? {
                0 => break,
                amount => self.server.write_all(&room[..amount])?,
            }
        }
        // The server reads the request before it finds the end of the connection.
        self.server.set_read_timeout(Some(LAST_RESPONSE))?;
        self.server.read(&mut room).map(drop)
    }
}

fn poll(polled: &mut [libc::pollfd]) -> io::Result<()> {
    let count = libc::nfds_t::try_from(polled.len()).expect("a few");
    // SAFETY: the slice is as long as the count says, and the kernel writes `revents` only.
    let found = unsafe { libc::poll(polled.as_mut_ptr(), count, TICK_MS) };
    match io::Error::last_os_error() {
        error if found < 0 && error.kind() != Io::Interrupted => Err(error),
        _ => Ok(()),
    }
}

/// Makes the socket send RST when it is dropped.
fn reset(socket: &TcpStream) -> io::Result<()> {
    SockRef::from(socket).set_linger(Some(Duration::ZERO))
}
