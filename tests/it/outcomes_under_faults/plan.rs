//! The faults of one call: acts of the proxy and responses of the simulator, drawn by a seed.

use std::fmt;
use std::time::Duration;

use vanta::Body;

use super::connection::{Act, Direction, WireFault};
use super::script::{Scripted, list_fault, reply, request_fault, token_fault};
use crate::harness::Fault;
use crate::rng::Rng;

/// Statuses after which the same push is retried.
const TRANSIENT: [u16; 6] = [408, 429, 500, 502, 503, 504];

/// More connections than one call makes.
const MOST_CONNECTIONS: usize = 16;

/// The bytes of one TLS record beside its content.
const RECORD: u64 = 22;
const RECORD_CONTENT: u64 = 16 << 10;

/// The bytes of the parts of a call, to the server and to the client. Those of the handshake and of
/// the list are measured; the others are estimates.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sizes {
    pub handshake: [u64; 2],
    pub list: [u64; 2],
    pub head: u64,
    pub response: u64,
}

/// The outcome that a call must have, whatever the simulator has counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// Without a fault, it succeeds with one request.
    Yes,
    /// After one fault, another attempt succeeds.
    YesInTheEnd,
    /// The request can have had no effect, and the client knows that.
    No,
    /// Any outcome that agrees with the requests of the simulator.
    Open,
}

/// The parameters of a call.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// The length of the request's body.
    pub body: u64,
    /// Whether the list is read before each attempt.
    pub guarded: bool,
    /// Whether it is an upload.
    pub upload: bool,
    /// Whether other calls are made at the same time.
    pub together: bool,
}

impl Setup {
    pub fn push(body: &Body) -> Setup {
        let body = body.as_bytes().len() as u64;
        Setup { body, guarded: false, upload: false, together: false }
    }

    /// The bytes of an upload of a file of this length, with its form.
    pub fn upload(length: usize) -> Setup {
        Setup { body: length as u64 + 400, guarded: false, upload: true, together: false }
    }
}

#[derive(Clone)]
pub struct FaultPlan {
    pub promise: Promise,
    pub deadline: Duration,
    /// How open connections end before the call.
    pub end_connections: Option<Act>,
    pub wire: Vec<WireFault>,
    /// Faults of the simulator for the requests of the call itself, for its lists, and for token
    /// requests.
    pub requests: Vec<Scripted>,
    pub lists: Vec<Scripted>,
    pub tokens: Vec<Scripted>,
    /// Whether the token is revoked before the call.
    pub revoked: bool,
}

impl FaultPlan {
    fn new(promise: Promise) -> FaultPlan {
        FaultPlan {
            promise,
            deadline: Duration::from_secs(60),
            end_connections: None,
            wire: Vec::new(),
            requests: Vec::new(),
            lists: Vec::new(),
            tokens: Vec::new(),
            revoked: false,
        }
    }

    pub fn draw(rng: &mut Rng, sizes: &Sizes, setup: Setup) -> FaultPlan {
        match rng.roll(100) {
            0..10 => {
                FaultPlan { end_connections: end_connections(rng), ..FaultPlan::new(Promise::Yes) }
            }
            10..15 => broken_handshakes(rng),
            15..20 => refused(rng, setup),
            20..35 => recoverable(rng, setup),
            _ => random(rng, sizes, setup),
        }
    }

    /// The proxy holds the body until the deadline has passed.
    pub fn held_body(rng: &mut Rng, sizes: &Sizes, setup: Setup) -> FaultPlan {
        let end_connections = end_connections(rng);
        let fresh = if end_connections.is_some() { sizes.handshake[0] } else { 0 };
        let position = fresh + sizes.head + rng.roll(64 << 10);
        let act = Act::Stall { deliver: rng.roll(2) == 0 };
        assert!(setup.body > 8 << 20, "sockets hold a smaller body");
        let wire = vec![WireFault { direction: Direction::ToServer, position, act }];
        FaultPlan { end_connections, wire, ..FaultPlan::new(Promise::No) }
    }
}

impl fmt::Display for FaultPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |scripted: &[Scripted]| {
            let names: Vec<&str> = scripted.iter().map(|(name, _)| name.as_str()).collect();
            names.join(", ")
        };
        write!(f, "deadline {:?}, before it {:?}", self.deadline, self.end_connections)?;
        for WireFault { direction, position, act } in &self.wire {
            write!(f, ", {act:?} before byte {position} {direction:?}")?;
        }
        write!(f, "; requests [{}]; lists [{}]", names(&self.requests), names(&self.lists))?;
        write!(f, "; tokens [{}], revoked {}", names(&self.tokens), self.revoked)
    }
}

fn end_connections(rng: &mut Rng) -> Option<Act> {
    *rng.pick(&[None, None, Some(Act::Close), Some(Act::Reset)])
}

/// No connection of the call completes its handshake.
fn broken_handshakes(rng: &mut Rng) -> FaultPlan {
    let acts = ending_acts();
    let fault = |rng: &mut Rng| {
        let (direction, reach) =
            *rng.pick(&[(Direction::ToServer, 200), (Direction::ToClient, 90)]);
        let act = match *rng.pick(&acts) {
            // The client would succeed, and its request would be lost.
            Act::HalfCloseToServer if direction == Direction::ToClient => Act::Close,
            act => act,
        };
        WireFault { direction, position: rng.roll(reach), act }
    };
    let wire = (0..MOST_CONNECTIONS).map(|_| fault(rng)).collect();
    FaultPlan { end_connections: Some(Act::Close), wire, ..FaultPlan::new(Promise::No) }
}

/// The service itself refuses every attempt.
fn refused(rng: &mut Rng, setup: Setup) -> FaultPlan {
    let refusals = [
        (400, r#"{"error":"/0/email: must be string"}"#),
        (403, r#"{"error":"unauthorized"}"#),
        (404, r#"{"error":"Resource not found"}"#),
        (413, "HTTP content length exceeded 10485760 bytes."),
        (429, r#"{"error":"Too many requests"}"#),
    ];
    let (status, body) = *rng.pick(&refusals);
    let fault = || (format!("refusal {status}"), reply(status, body));
    let requests = (0..8).map(|_| fault()).collect();
    let deadline = deadline(rng);
    let end_connections = if setup.guarded { None } else { end_connections(rng) };
    FaultPlan { deadline, end_connections, requests, ..FaultPlan::new(Promise::No) }
}

/// Draws one fault after which another attempt succeeds.
fn recoverable(rng: &mut Rng, setup: Setup) -> FaultPlan {
    let mut plan =
        FaultPlan { end_connections: end_connections(rng), ..FaultPlan::new(Promise::YesInTheEnd) };
    let status = *rng.pick(&TRANSIENT);
    let error = r#"{"error":"Too many requests"}"#;
    match rng.roll(4) {
        0 => {
            let broken = broken_handshakes(rng);
            plan.end_connections = broken.end_connections;
            // Little time is left after a stall, and a cancelled call is not retried.
            let act = *rng.pick(&[Act::Close, Act::CloseThenReset, Act::Reset, Act::ResetClient]);
            plan.wire = vec![WireFault { act, ..broken.wire[0] }];
        }
        // An upload is not retried where it may have been applied.
        _ if setup.upload => plan.requests = vec![("error 429".to_owned(), reply(429, error))],
        1 => plan.requests = vec![(format!("error {status}"), reply(status, error))],
        2 => {
            let fault = Fault::gateway_response(status);
            plan.requests = vec![(format!("gateway response {status}"), fault)];
        }
        _ => {
            let fault = Fault::apply_then_gateway_response(status);
            plan.requests = vec![(format!("applied, then gateway response {status}"), fault)];
        }
    }
    plan
}

/// Draws any number of faults of any kind.
fn random(rng: &mut Rng, sizes: &Sizes, setup: Setup) -> FaultPlan {
    let mut plan = FaultPlan::new(Promise::Open);
    plan.deadline = deadline(rng);
    plan.end_connections = end_connections(rng);
    let mut fresh = plan.end_connections.is_some();
    let count = *rng.pick(&[0, 0, 0, 1, 1, 1, 1, 2, 2, 3]);
    for _ in 0..count {
        let fault = wire_fault(rng, sizes, setup, fresh, plan.deadline);
        fresh |= fault.act.ends_connection();
        plan.wire.push(fault);
    }
    plan.requests = (0..4).map(|_| request_fault(rng, setup)).collect();
    if rng.roll(6) == 0 {
        // Until no attempt is left.
        plan.requests = vec![plan.requests[0].clone(); 8];
    }
    if setup.guarded {
        plan.lists = (0..3).map(|_| list_fault(rng)).collect();
    }
    plan.revoked = rng.roll(20) == 0;
    if plan.revoked {
        plan.tokens = (0..2).map(|_| token_fault(rng)).collect();
    }
    plan
}

fn deadline(rng: &mut Rng) -> Duration {
    Duration::from_secs(*rng.pick(&[60, 60, 60, 60, 20, 20, 5]))
}

fn ending_acts() -> [Act; 10] {
    [
        Act::Close,
        Act::CloseThenReset,
        Act::Reset,
        Act::ResetClient,
        Act::HalfCloseToClient,
        Act::HalfCloseToServer,
        Act::Stall { deliver: true },
        Act::Stall { deliver: false },
        Act::StallAndCancel { deliver: true },
        Act::StallAndCancel { deliver: false },
    ]
}

/// Draws an act in one of the parts of a call: the handshake, the list, the request, the response.
fn wire_fault(
    rng: &mut Rng,
    sizes: &Sizes,
    setup: Setup,
    fresh: bool,
    deadline: Duration,
) -> WireFault {
    let mut base = if fresh { sizes.handshake } else { [0; 2] };
    let part = rng.roll(10);
    let in_handshake = fresh && part == 0;
    let in_list = setup.guarded && part == 1;
    if setup.guarded && !in_list && !in_handshake {
        base = [base[0] + sizes.list[0], base[1] + sizes.list[1]];
    }
    let body = setup.body + RECORD * (1 + setup.body / RECORD_CONTENT);
    let request = sizes.head + body;
    let (to_server, to_client) = (Direction::ToServer, Direction::ToClient);
    let (direction, position) = match part {
        _ if in_handshake && rng.roll(2) == 0 => (to_server, rng.roll(base[0])),
        _ if in_handshake => (to_client, rng.roll(base[1])),
        _ if in_list && rng.roll(2) == 0 => (to_server, base[0] + rng.roll(sizes.list[0])),
        _ if in_list => (to_client, base[1] + rng.roll(sizes.list[1])),
        // In the head, anywhere in the body, and near its last byte.
        0..3 => (to_server, base[0] + rng.roll(sizes.head)),
        3..5 => (to_server, base[0] + sizes.head + rng.roll(body)),
        5 => (to_server, base[0] + request - rng.roll(60).min(body)),
        // Before the first byte of the response, and in it.
        6..8 => (to_client, base[1]),
        _ => (to_client, base[1] + rng.roll(sizes.response)),
    };
    let act = match rng.roll(20) {
        0..4 => Act::Delay(deadline.mul_f64(rng.roll(130) as f64 / 100.0)),
        4..6 => Act::Cancel,
        _ => *rng.pick(&ending_acts()),
    };
    WireFault { direction, position, act }
}
