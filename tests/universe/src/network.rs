//! Connections, without TLS: what is sent arrives later, in order, or not at all.

use std::collections::VecDeque;
use std::io::{self, ErrorKind as Io};
use std::time::Duration;

use vanta::simulation::Connection;

use crate::event::Event;
use crate::http::parse;
use crate::scheduler::{self, block, current};
use crate::time::{MS, US, nanos};
use crate::world::World;

/// The network of a host, in times of a thousand where nothing else is said.
#[derive(Clone, Debug)]
pub struct Weather {
    /// One way, in microseconds.
    pub latency_us: (u64, u64),
    pub refused: u64,
    /// Of connections from which nothing more is heard.
    pub black_hole: u64,
    /// Of connections that are reset before the service has the request.
    pub reset_request: u64,
    /// Of responses that are lost, those that end early, and those that are replaced by a reset.
    pub lost_response: u64,
    pub cut_response: u64,
    pub reset_response: u64,
    /// Of idle connections whose end the client does not hear of.
    pub half_open: u64,
}

impl Default for Weather {
    fn default() -> Weather {
        Weather {
            latency_us: (200, 20_000),
            refused: 0,
            black_hole: 0,
            reset_request: 0,
            lost_response: 0,
            cut_response: 0,
            reset_response: 0,
            half_open: 0,
        }
    }
}

/// What arrives at a client.
pub enum Piece {
    Data(Vec<u8>),
    /// The last bytes of the response to a request.
    Last(Vec<u8>, usize),
    End,
    Reset,
}

pub struct Link {
    pub process: usize,
    is_open: bool,
    is_refused: bool,
    /// Nothing that is sent arrives.
    is_dark: bool,
    pub is_closed_by_client: bool,
    pub is_closed_by_server: bool,
    to_server: VecDeque<Vec<u8>>,
    to_client: VecDeque<Piece>,
    /// When the last piece arrives, each way.
    server_at: u64,
    client_at: u64,
    /// What the client has sent of the next request.
    sent: Vec<u8>,
    /// What the server has of it.
    pub received: Vec<u8>,
    input: VecDeque<u8>,
    ended: Option<Io>,
    /// The request whose response is in the input to its end.
    response: Option<usize>,
    waiter: Option<usize>,
    pub last_request: Option<usize>,
}

impl World {
    fn latency(&mut self, link: usize) -> u64 {
        let host = self.processes[self.links[link].process].host;
        let (low, high) = self.hosts[host].weather.latency_us;
        self.rng.range(low, high) * US
    }

    fn dial(&mut self, process: usize) -> usize {
        let weather = self.hosts[self.processes[process].host].weather.clone();
        let is_dark = self.rng.chance(weather.black_hole);
        let is_refused = self.service.is_down() || self.rng.chance(weather.refused);
        let link = self.links.len();
        self.links.push(Link {
            process,
            is_open: false,
            is_refused: false,
            is_dark,
            is_closed_by_client: false,
            is_closed_by_server: false,
            to_server: VecDeque::new(),
            to_client: VecDeque::new(),
            server_at: 0,
            client_at: 0,
            sent: Vec::new(),
            received: Vec::new(),
            input: VecDeque::new(),
            ended: None,
            response: None,
            waiter: None,
            last_request: None,
        });
        let at = self.scheduler.now + 2 * self.latency(link);
        // Half of the black holes swallow the connection itself.
        match (is_dark && self.rng.chance(500), is_refused) {
            (true, _) => {}
            (false, true) => self.scheduler.at(at, Event::Refused(link)),
            (false, false) => self.scheduler.at(at, Event::Connected(link)),
        }
        link
    }

    pub fn connected(&mut self, link: usize, is_refused: bool) {
        self.links[link].is_refused = is_refused;
        self.links[link].is_open = !is_refused;
        self.wake_client(link);
    }

    fn wake_client(&mut self, link: usize) {
        if let Some(thread) = self.links[link].waiter.take() {
            let delay = self.rng.range(1, 50) * US;
            self.scheduler.wake(thread, delay);
        }
    }

    /// Takes bytes from the client.
    fn send(&mut self, link: usize, bytes: &[u8]) -> io::Result<usize> {
        if let Some(how) = self.links[link].ended.filter(|how| *how != Io::UnexpectedEof) {
            return Err(how.into());
        }
        self.links[link].sent.extend_from_slice(bytes);
        if let Some(parsed) = parse(&self.links[link].sent) {
            self.links[link].sent.clear();
            self.sent(&parsed);
        }
        if !self.links[link].is_dark {
            let at = (self.scheduler.now + self.latency(link)).max(self.links[link].server_at + 1);
            let link_state = &mut self.links[link];
            link_state.server_at = at;
            link_state.to_server.push_back(bytes.to_vec());
            self.scheduler.at(at, Event::ToServer(link));
        }
        Ok(bytes.len())
    }

    /// Bytes arrive at the server.
    pub fn arrived_at_server(&mut self, link: usize) {
        let Some(bytes) = self.links[link].to_server.pop_front() else { return };
        if self.links[link].is_closed_by_server {
            return self.send_to_client(link, Piece::Reset);
        }
        let host = self.processes[self.links[link].process].host;
        if self.rng.chance(self.hosts[host].weather.reset_request) {
            self.links[link].is_closed_by_server = true;
            return self.send_to_client(link, Piece::Reset);
        }
        self.links[link].received.extend_from_slice(&bytes);
        self.serve(link);
    }

    pub fn send_to_client(&mut self, link: usize, piece: Piece) {
        if self.links[link].is_dark || self.links[link].is_closed_by_client {
            return;
        }
        let at = (self.scheduler.now + self.latency(link)).max(self.links[link].client_at + 1);
        self.links[link].client_at = at;
        self.links[link].to_client.push_back(piece);
        self.scheduler.at(at, Event::ToClient(link));
    }

    pub fn arrived_at_client(&mut self, link: usize) {
        let state = &mut self.links[link];
        match state.to_client.pop_front() {
            None => return,
            Some(Piece::Data(bytes)) => state.input.extend(bytes),
            Some(Piece::Last(bytes, request)) => {
                state.input.extend(bytes);
                state.response = Some(request);
            }
            Some(Piece::End) => state.ended = Some(Io::UnexpectedEof),
            Some(Piece::Reset) => state.ended = Some(Io::ConnectionReset),
        }
        self.wake_client(link);
    }

    /// The server closes a connection on which no request came since `request`.
    pub fn close_idle(&mut self, link: usize, request: usize) {
        if self.links[link].last_request != Some(request) || !self.links[link].received.is_empty() {
            return;
        }
        self.links[link].is_closed_by_server = true;
        let host = self.processes[self.links[link].process].host;
        if !self.rng.chance(self.hosts[host].weather.half_open) {
            self.send_to_client(link, Piece::End);
        }
    }

    /// Takes what has come; `None` where nothing has.
    fn take_input(&mut self, link: usize, room: &mut [u8]) -> Option<io::Result<usize>> {
        let state = &mut self.links[link];
        if state.input.is_empty() {
            return match state.ended? {
                Io::UnexpectedEof => Some(Ok(0)),
                how => Some(Err(how.into())),
            };
        }
        let amount = room.len().min(state.input.len());
        room.iter_mut().zip(state.input.drain(..amount)).for_each(|(to, from)| *to = from);
        if state.input.is_empty() {
            if let Some(request) = state.response.take() {
                self.service.requests[request].is_response_read = true;
            }
        }
        Some(Ok(amount))
    }

    /// The connections of a process that was killed end.
    pub fn close_links_of(&mut self, process: usize) {
        let of_process = self.links.iter_mut().filter(|link| link.process == process);
        of_process.for_each(|link| link.is_closed_by_client = true);
    }
}

/// The client's end of a connection.
#[derive(Debug)]
pub struct Socket(usize);

impl Socket {
    pub fn dial(process: usize) -> Socket {
        Socket(scheduler::world().dial(process))
    }

    /// Waits for a change, at most until then.
    fn wait(&self, until: u64) {
        scheduler::world().links[self.0].waiter = Some(current());
        block(Some(until));
        scheduler::world().links[self.0].waiter = None;
    }
}

fn until(time: Duration) -> u64 {
    scheduler::world().scheduler.now + nanos(time)
}

impl Connection for Socket {
    fn connected(&self, time: Duration) -> io::Result<bool> {
        let until = until(time);
        loop {
            let world = scheduler::world();
            let (link, now) = (&world.links[self.0], world.scheduler.now);
            if link.is_refused {
                return Err(Io::ConnectionRefused.into());
            }
            if link.is_open || now >= until {
                return Ok(link.is_open);
            }
            drop(world);
            self.wait(until);
        }
    }

    fn read(&self, room: &mut [u8], time: Duration) -> io::Result<usize> {
        let until = until(time);
        loop {
            let mut world = scheduler::world();
            if let Some(outcome) = world.take_input(self.0, room) {
                return outcome;
            }
            if world.scheduler.now >= until {
                return Err(Io::WouldBlock.into());
            }
            drop(world);
            self.wait(until);
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let taken = scheduler::world().send(self.0, bytes);
        scheduler::sleep(10 * US);
        taken
    }

    fn wait_to_write(&self, _: Duration) -> io::Result<bool> {
        scheduler::sleep(MS);
        Ok(true)
    }

    fn peek(&self) -> Option<bool> {
        let world = scheduler::world();
        let link = &world.links[self.0];
        if !link.input.is_empty() {
            return Some(true);
        }
        link.ended.map(|_| false)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        scheduler::world().links[self.0].is_closed_by_client = true;
    }
}
