//! A simulator, a proxy in front of it, and a client that makes one call after the other.

use std::collections::BTreeMap;
use std::fmt;
use std::thread;
use std::time::Duration;

use ring::digest::{SHA256, digest};
use vanta::{Body, Cancel, Client, Clock, Error, ErrorKind, Kind, PushOptions, Receipt, Upload};

use super::connection::Act;
use super::plan::{FaultPlan, Promise, Setup, Sizes};
use super::proxy::FaultProxy;
use super::script::Scripted;
use super::tally::Tally;
use crate::harness::{Place, RESOURCE, Rig, TempFile, account};
use crate::rng::Rng;

const KIND: Kind = Kind::USER_ACCOUNT;

/// One push in this many has a body that does not fit into the buffers of sockets.
const LARGE: u64 = 500;

/// How many pushes are made at the same time.
const TOGETHER: u64 = 3;

/// Longer than any pending request of the simulator takes.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The report of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Yes,
    /// An error that promises that nothing was changed: any but `OutcomeUnknown`.
    NothingChanged,
    Unknown,
}

/// A call that was made.
pub struct Call {
    pub number: u64,
    pub setup: Setup,
    pub plan: FaultPlan,
    pub outcome: Outcome,
    /// The kind of its error, or `Yes`.
    pub kind: &'static str,
    pub attempts: u32,
    /// How many requests were refused because an earlier call had left the token revoked.
    pub tokens_rejected: u64,
    pub sha256: String,
    /// How many requests were applied when the call returned.
    pub applied_at_return: usize,
    /// The receipt or the error.
    text: String,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", name(self.number), self.text, self.plan)?;
        write!(f, "; {} tokens rejected", self.tokens_rejected)
    }
}

/// A request that was applied: the name of its call, and the SHA-256 of its content.
pub struct Applied {
    pub name: String,
    pub sha256: String,
}

/// What the simulator has counted in the end.
pub struct ServerState {
    /// In their order.
    pub applied: Vec<Applied>,
    /// How many requests of each call arrived completely.
    pub requests: BTreeMap<String, u64>,
}

pub struct Testbed {
    rig: Rig,
    proxy: FaultProxy,
    client: Client,
    sizes: Sizes,
    seed: u64,
}

impl Testbed {
    pub fn new(seed: u64) -> Testbed {
        let rig = Rig::unlimited();
        let clock = rig.clock.clone();
        rig.sim.follow_clock(move || (clock.monotonic(), clock.wall()));
        let proxy = FaultProxy::start(rig.sim.address(), rig.clock.clone());
        let config = rig.config().origin(format!("https://localhost:{}", proxy.port()));
        let client = Client::new(config).expect("the configuration is right");
        let mut testbed = Testbed { rig, proxy, client, sizes: Sizes::default(), seed };
        testbed.sizes = testbed.measured();
        testbed
    }

    /// Measures the bytes of the parts of a push without faults.
    fn measured(&self) -> Sizes {
        let body = body("measured", 0);
        let push = |options: &PushOptions| {
            drop(self.proxy.begin([], Duration::ZERO));
            self.client.push_with(&KIND, &body, options).expect("nothing goes wrong");
            self.proxy.forwarded()
        };
        let (guarded, without_deletion_guard) =
            (PushOptions::new(), PushOptions::new().allow_any_removals(true));
        push(&without_deletion_guard);
        let [kept, with_list] = [push(&without_deletion_guard), push(&guarded)];
        self.proxy.end_connections(Act::Close);
        let fresh = push(&without_deletion_guard);
        let beyond = |more: [u64; 2]| [more[0] - kept[0], more[1] - kept[1]];
        Sizes {
            handshake: beyond(fresh),
            list: beyond(with_list),
            head: kept[0] - body.as_bytes().len() as u64,
            response: kept[1],
        }
    }

    /// Makes one push.
    pub fn push(&self, number: u64) -> Vec<Call> {
        let mut rng = self.rng(number);
        let large = number % LARGE == LARGE / 2;
        let padding = match rng.roll(20) {
            _ if large => 9 << 20,
            0..14 => 0,
            14..18 => rng.roll(20_000),
            _ => rng.roll(200_000),
        };
        let guarded = !large && rng.roll(10) < 3;
        let body = body(&name(number), usize::try_from(padding).expect("small"));
        let setup = Setup { guarded, ..Setup::push(&body) };
        let plan = if large {
            FaultPlan::held_body(&mut rng, &self.sizes, setup)
        } else {
            FaultPlan::draw(&mut rng, &self.sizes, setup)
        };
        let cancel = self.begin(&plan, setup);
        vec![self.pushed(number, plan, setup, &cancel, &body)]
    }

    /// Makes several pushes of one resource at the same time, with the faults of one plan.
    pub fn push_together(&self, group: u64) -> Vec<Call> {
        let mut rng = self.rng(group);
        let numbers = group * TOGETHER..(group + 1) * TOGETHER;
        let bodies: Vec<(u64, Body)> =
            numbers.map(|number| (number, body(&name(number), 0))).collect();
        let guarded = rng.roll(10) < 3;
        let setup = Setup { guarded, together: true, ..Setup::push(&bodies[0].1) };
        let plan =
            FaultPlan { promise: Promise::Open, ..FaultPlan::draw(&mut rng, &self.sizes, setup) };
        let cancel = self.begin(&plan, setup);
        let push =
            |(number, body): &(u64, Body)| self.pushed(*number, plan.clone(), setup, &cancel, body);
        thread::scope(|scope| {
            let start = |one| scope.spawn(move || push(one));
            let started: Vec<_> = bodies.iter().map(start).collect();
            started.into_iter().map(|one| one.join().expect("no push panics")).collect()
        })
    }

    fn pushed(
        &self,
        number: u64,
        plan: FaultPlan,
        setup: Setup,
        cancel: &Cancel,
        body: &Body,
    ) -> Call {
        let without_deletion_guard = PushOptions::new().allow_any_removals(true);
        let options = if setup.guarded { PushOptions::new() } else { without_deletion_guard };
        self.call(number, plan, setup, cancel, body.as_bytes(), |client| {
            client.push_with(&KIND, body, &options)
        })
    }

    /// Makes one upload.
    pub fn upload(&self, number: u64) -> Vec<Call> {
        let mut rng = self.rng(number);
        let padding = usize::try_from(rng.roll(3000)).expect("small");
        let content = format!("{} {}", name(number), "x".repeat(padding));
        let file = TempFile::new("txt", content.as_bytes());
        let setup = Setup::upload(content.len());
        let plan = FaultPlan::draw(&mut rng, &self.sizes, setup);
        let cancel = self.begin(&plan, setup);
        vec![self.call(number, plan, setup, &cancel, content.as_bytes(), |client| {
            client.upload(&Upload::new("access-requests", file.path()))
        })]
    }

    fn rng(&self, number: u64) -> Rng {
        Rng::new(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number << 20)
    }

    /// Makes a call with its plan.
    fn call(
        &self,
        number: u64,
        plan: FaultPlan,
        setup: Setup,
        cancel: &Cancel,
        content: &[u8],
        call: impl FnOnce(&Client) -> Result<Receipt, Error>,
    ) -> Call {
        let before = self.rig.sim.counters();
        let result = call(&self.client.with_deadline(plan.deadline).with_cancel(cancel));
        let counters = self.rig.sim.counters();
        let applied = counters.puts_accepted + counters.uploads_accepted;
        let (outcome, kind, attempts) = match &result {
            Ok(receipt) => (Outcome::Yes, "Yes", receipt.attempts),
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                (Outcome::Unknown, error.kind().name(), error.attempts())
            }
            Err(error) => (Outcome::NothingChanged, error.kind().name(), error.attempts()),
        };
        let sha256 = sha256(content);
        if let Ok(receipt) = &result {
            assert_eq!(receipt.sha256, sha256, "the receipt of {}", name(number));
        }
        Call {
            number,
            setup,
            plan,
            outcome,
            kind,
            attempts,
            tokens_rejected: counters.unauthorized - before.unauthorized,
            sha256,
            applied_at_return: usize::try_from(applied).expect("few"),
            text: result.as_ref().map_or_else(Error::to_string, Receipt::to_string),
        }
    }

    /// Prepares the simulator and the proxy for a call, and ends connections as its plan requires.
    fn begin(&self, plan: &FaultPlan, setup: Setup) -> Cancel {
        // The rate limits of one call do not affect the next.
        self.rig.clock.advance(Duration::from_secs(61));
        if plan.revoked {
            self.rig.sim.revoke_token();
        }
        if let Some(act) = plan.end_connections {
            self.proxy.end_connections(act);
        }
        self.rig.sim.clear_script();
        let place = if setup.upload { Place::Upload } else { Place::Put };
        let script = |place, faults: &[Scripted]| {
            self.rig.sim.script(place, faults.iter().map(|(_, fault)| fault.clone()));
        };
        script(place, &plan.requests);
        script(Place::Get, &plan.lists);
        script(Place::Token, &plan.tokens);
        self.proxy.begin(plan.wire.iter().copied(), plan.deadline)
    }

    /// Waits until nothing can be applied any more, and adds the calls to the tally.
    pub fn finish(self, calls: &[Call], tally: &mut Tally) {
        let Testbed { rig, proxy, client, .. } = self;
        drop(client);
        tally.add_acts(&proxy.acts());
        drop(proxy);
        assert!(rig.sim.wait_until_quiet(TIME_LIMIT), "the simulator has something to do");
        let pushes = rig.sim.applied_pushes().into_iter().map(|push| {
            let name = push.first["displayName"].as_str().expect("text").to_owned();
            Applied { name, sha256: push.sha256 }
        });
        let uploads = rig.sim.uploads().into_iter().map(|upload| {
            let text = String::from_utf8(upload.bytes).expect("text");
            let name = text.split(' ').take(2).collect::<Vec<_>>().join(" ");
            Applied { name, sha256: sha256(text.as_bytes()) }
        });
        // A testbed makes only pushes or only uploads, except the pushes that measure.
        let applied = pushes.chain(uploads).collect();
        let mut requests = BTreeMap::new();
        for request in rig.sim.requests() {
            if let Some(name) = name_in(&request.body) {
                *requests.entry(name).or_default() += 1;
            }
        }
        tally.add(calls, &ServerState { applied, requests });
    }
}

fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The name by which a request of a call is recognised.
pub fn name(number: u64) -> String {
    format!("call {number}")
}

/// Returns the name of the call that a request belongs to.
fn name_in(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let number = text.split("call ").nth(1)?.split(|c: char| !c.is_ascii_digit()).next()?;
    Some(name(number.parse().ok()?))
}

/// Returns three records, the first of which has the push's name.
fn body(name: &str, padding: usize) -> Body {
    let mut records = ["a", "b", "c"].map(account);
    records[0]["displayName"] = name.into();
    records[1]["roleDescription"] = "x".repeat(padding).into();
    Body::from_records(RESOURCE, &records).expect("the records are right")
}
