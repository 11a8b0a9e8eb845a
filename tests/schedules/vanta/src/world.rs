//! The clock and the service of one execution. Only one thread runs at a time.

use std::cell::RefCell;
use std::io::{self, ErrorKind as Io};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use shuttle::scheduler::TaskId;
use vanta::simulation::{self, Connection, World};
use vanta::{Cancel, Client, Config};

use crate::http::{Parsed, Reply, parse};

pub const LIFETIME: Duration = Duration::from_secs(3600);

/// The wall clock at the start: 2026-03-01T00:00:00Z.
const EPOCH: Duration = Duration::from_secs(1_772_323_200);

/// A wait lasts no shorter. The scheduler may let a thread sleep for longer than it asked for, and
/// so there are fewer waits.
const LEAST_SLEEP: Duration = Duration::from_secs(1);

#[derive(Default)]
struct State {
    execution: u64,
    now: Duration,
    least_sleep: Duration,
    service: Service,
}

/// Counts what the threads do to the service, and has one live token.
#[derive(Clone, Default)]
pub struct Service {
    pub token_requests: usize,
    /// Reads and writes, with any token.
    pub requests: usize,
    pub live: Option<String>,
    /// What the next token requests get instead of a token.
    pub failures: Vec<u16>,
    /// The thread whose token requests get no response.
    pub silent_for: Option<TaskId>,
    /// The records of the one resource.
    pub records: usize,
    /// The thread that read them last.
    reader: Option<TaskId>,
}

std::thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Changes the service, or looks at it.
pub fn service<T>(change: impl FnOnce(&mut Service) -> T) -> T {
    STATE.with_borrow_mut(|state| change(&mut state.service))
}

/// Begins an execution, and makes a client for it.
pub fn begin() -> Client {
    STATE.with_borrow_mut(|state| {
        // What is remembered of another execution is forgotten by now.
        let now = state.now + Duration::from_secs(100_000);
        let (execution, least_sleep) = (state.execution + 1, LEAST_SLEEP);
        *state = State { execution, now, least_sleep, service: Service::default() };
    });
    simulation::enter(&Simulated);
    client(0)
}

/// A client with a rate limit; 0 for none. Each execution has an application of its own.
pub fn client(limit: u32) -> Client {
    let execution = STATE.with_borrow(|state| state.execution);
    let config = Config::new()
        .origin("http://127.0.0.1:80")
        .allow_plain_http_to_loopback(true)
        .client_id(format!("vci_{execution}"))
        .client_secret("vcs_schedules_secret")
        .requests_per_minute(limit);
    Client::new(config).expect("the configuration is valid")
}

/// Lets time pass, and ends the waits that are as long, or whose call was cancelled.
pub fn advance(by: Duration) {
    STATE.with_borrow_mut(|state| state.now += by);
    schedules::sync::end_timed_waits();
}

/// Has each sleep last so long at least.
pub fn set_least_sleep(length: Duration) {
    STATE.with_borrow_mut(|state| state.least_sleep = length);
}

/// Cancels a call. The thread that makes it looks at the flag in the same moment, and not only
/// 100 ms later.
pub fn cancel(cancel: &Cancel) {
    cancel.cancel();
    advance(Duration::ZERO);
}

struct Simulated;

impl World for Simulated {
    fn process(&self) -> u64 {
        1 << 32
    }

    fn monotonic(&self) -> Duration {
        STATE.with_borrow(|state| state.now)
    }

    fn wall(&self) -> Duration {
        EPOCH + self.monotonic()
    }

    fn boot(&self) -> Duration {
        self.monotonic()
    }

    fn boot_id(&self) -> String {
        "00000000-0000-0000-0000-000000000000".to_owned()
    }

    fn sleep(&self, length: Duration) {
        let least = STATE.with_borrow(|state| state.least_sleep);
        let until = self.monotonic() + length.max(least);
        shuttle::thread::yield_now();
        STATE.with_borrow_mut(|state| state.now = state.now.max(until));
    }

    fn wait(&self, _: Duration) {
        unreachable!("threads wait for each other by the primitives that are explored");
    }

    fn notify(&self) {
        unreachable!("as for wait");
    }

    fn random(&self) -> u64 {
        1 << 63
    }

    fn connect(&self, _: SocketAddr) -> Box<dyn Connection> {
        Box::new(Link::default())
    }
}

/// A connection to the service, which responds at once.
#[derive(Debug, Default)]
struct Link(Mutex<Buffers>);

#[derive(Debug, Default)]
struct Buffers {
    input: Vec<u8>,
    output: Vec<u8>,
}

impl Link {
    fn with<T>(&self, change: impl FnOnce(&mut Buffers) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Connection for Link {
    fn connected(&self, _: Duration) -> io::Result<bool> {
        Ok(true)
    }

    fn read(&self, room: &mut [u8], time: Duration) -> io::Result<usize> {
        let length = self.with(|buffers| {
            let length = room.len().min(buffers.input.len());
            room[..length].copy_from_slice(&buffers.input[..length]);
            buffers.input.drain(..length);
            length
        });
        if length == 0 {
            Simulated.sleep(time);
            return Err(Io::WouldBlock.into());
        }
        Ok(length)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|buffers| {
            buffers.output.extend_from_slice(bytes);
            while let Some(request) = parse(&buffers.output) {
                buffers.output.drain(..request.length);
                let reply = service(|service| service.respond(&request));
                buffers.input.extend(reply.iter().flat_map(Reply::bytes));
            }
        });
        Ok(bytes.len())
    }

    fn wait_to_write(&self, _: Duration) -> io::Result<bool> {
        Ok(true)
    }

    fn peek(&self) -> Option<bool> {
        self.with(|buffers| (!buffers.input.is_empty()).then_some(true))
    }
}

impl Service {
    /// `None` where no response is sent.
    fn respond(&mut self, request: &Parsed) -> Option<Reply> {
        if request.path == "/oauth/token" {
            self.token_requests += 1;
            return self.issue();
        }
        self.requests += 1;
        if request.bearer.is_none() || request.bearer != self.live {
            return Some(Reply::error(401));
        }
        let thread = Some(shuttle::current::me());
        if request.method == "PUT" {
            assert_eq!(self.reader, thread, "a push began while another was under way");
            return Some(Reply::json(200, r#"{"success":true}"#.to_owned()));
        }
        self.reader = thread;
        let row = |item| format!(r#"{{"uniqueId":"{item}","displayName":"record {item}"}}"#);
        let rows: Vec<String> = (0..self.records).map(row).collect();
        Some(Reply::json(200, format!(r#"{{"resources":[{}]}}"#, rows.join(","))))
    }

    fn issue(&mut self) -> Option<Reply> {
        if self.silent_for == Some(shuttle::current::me()) {
            return None;
        }
        match self.failures.pop() {
            Some(401) => {
                return Some(Reply::json(401, r#"{"error":"invalid_client"}"#.to_owned()));
            }
            Some(status) => return Some(Reply::error(status)),
            None => {}
        }
        let (token, lifetime) = (format!("vat_{:04}", self.token_requests), LIFETIME.as_secs());
        let content = format!(
            r#"{{"access_token":"{token}","expires_in":{lifetime},"token_type":"Bearer"}}"#
        );
        self.live = Some(token);
        Some(Reply::json(200, content))
    }
}
