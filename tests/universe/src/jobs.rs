//! What the processes do: calls of the library, as a job makes them.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use vanta::{Body, Cancel, Client, Config, Error, ErrorKind, Kind, OnStoreUnavailable};

use crate::callbacks;
use crate::check;
use crate::event::Event;
use crate::host;
use crate::scheduler::{self, sleep, spawn};
use crate::store::Handle;
use crate::time::{MS, SECOND, US, seconds};
use crate::world::{Outcome, Process, Push, World, start_delay};

pub const ORIGIN: &str = "http://127.0.0.1:80";

/// The deadline of a call that must succeed when nothing is wrong.
pub const PATIENT: u64 = 300 * SECOND;

/// A call under way.
pub struct Call {
    pub process: usize,
    pub name: String,
    pub began: u64,
    pub deadline: u64,
    pub cancel_at: Option<u64>,
    pub frozen: u64,
    pub uninterrupted: u64,
    /// Whether nothing was wrong when it began.
    pub is_calm: bool,
}

/// Starts a process of a job.
pub fn start(world: &mut World, job: usize) {
    let plan = world.plan.jobs[job].clone();
    if let Some(period) = plan.period {
        world.scheduler.at(world.scheduler.now + period, Event::Start(job));
    }
    let runs = |process: &Process| process.job == job && !process.is_dead && !process.is_child;
    let is_running = world.processes[1..].iter().any(runs);
    if world.is_closing || is_running || world.hosts[plan.host].is_paused {
        return;
    }
    let number = world.processes.len();
    world.processes.push(Process::new(plan.host, job, plan.threads));
    let line = format!("p{number} of job {job} starts on host {}", plan.host);
    world.log(false, &line);
    world.summary.processes += 1;
    let client: callbacks::Slot = Box::leak(Box::default());
    let config = config(world, job, client);
    let delay = start_delay(&mut world.rng);
    for thread in 0..plan.threads {
        let config = config.clone();
        let run = move || {
            host::enter(number);
            let made = client.get_or_init(|| Client::new(config).ok());
            let Some(client) = made.clone() else {
                return scheduler::world().fail("setup", "a client cannot be made");
            };
            let worker = Worker {
                client,
                process: number,
                job,
                last: Cell::new(None),
                is_cut_short: Cell::new(false),
            };
            worker.guard(Worker::run);
        };
        spawn(world, number, delay + thread as u64 * MS, run);
    }
}

/// A process of a job ended. One that runs all the time is started again.
pub fn ended(world: &mut World, job: usize) {
    if world.plan.jobs[job].period.is_none() && !world.is_closing {
        let delay = world.rng.range(5, 60) * SECOND;
        world.scheduler.at(world.scheduler.now + delay, Event::Start(job));
    }
}

fn config(world: &World, job: usize, client: callbacks::Slot) -> Config {
    let plan = &world.plan.jobs[job];
    let unavailable =
        if plan.proceeds { OnStoreUnavailable::Proceed } else { OnStoreUnavailable::Fail };
    let config = Config::new()
        .origin(ORIGIN)
        .allow_plain_http_to_loopback(true)
        .client_id("vci_universe")
        .client_secret("vcs_universe_secret")
        .on_store_unavailable(unavailable)
        .on_event(move |event| callbacks::handle(client, event));
    match plan.store {
        Some(store) => config.custom_token_store(Handle { store }),
        None => config,
    }
}

/// A thread of a process.
struct Worker {
    client: Client,
    process: usize,
    job: usize,
    /// The last push that was accepted, and its resource.
    last: Cell<Option<usize>>,
    /// Whether the deadline or a cancel had come when the last call ended.
    is_cut_short: Cell<bool>,
}

impl Worker {
    fn guard(&self, run: impl FnOnce(&Worker)) {
        if catch_unwind(AssertUnwindSafe(|| run(self))).is_err() {
            scheduler::world().fail("no panic", &format!("p{} panicked", self.process));
        }
    }

    fn run(&self) {
        loop {
            let (pause, forks) = {
                let mut world = scheduler::world();
                let plan = world.plan.jobs[self.job].clone();
                let pause = plan.pause.map(|pause| world.rng.range(pause / 2, pause * 3 / 2));
                (pause, world.rng.chance(plan.forks))
            };
            self.round();
            if forks {
                self.fork();
            }
            let Some(pause) = pause else { return };
            sleep(pause);
            if scheduler::world().is_closing {
                return;
            }
        }
    }

    /// Makes a child by fork(2): a process with one thread, which has the client in its memory.
    /// Other threads of this process may be in the middle of a call.
    fn fork(&self) {
        let mut world = scheduler::world();
        let number = world.processes.len();
        let mut child = Process::new(world.processes[self.process].host, self.job, 1);
        child.is_child = true;
        world.processes.push(child);
        world.log(false, &format!("p{} makes p{number} by fork", self.process));
        world.summary.processes += 1;
        let worker = Worker {
            client: self.client.clone(),
            process: number,
            job: self.job,
            last: Cell::new(self.last.get()),
            is_cut_short: Cell::new(false),
        };
        let rounds = world.rng.range(1, 3);
        let run = move || {
            host::enter(number);
            worker.guard(|worker| (0..rounds).for_each(|_| worker.round()));
        };
        spawn(&mut world, number, 100 * US, run);
    }

    fn round(&self) {
        let (choice, resource) = {
            let mut world = scheduler::world();
            let resources = world.plan.jobs[self.job].resources.clone();
            (world.rng.range(0, 99), *world.rng.pick(&resources))
        };
        match (choice, self.last.get()) {
            (0..15, _) => drop(self.call("token", |client| client.token())),
            (15..25, _) => {
                let name = format!("list of resource {resource}");
                let id = format!("resource-{resource}");
                drop(self.call(&name, |client| client.list(&Kind::CUSTOM_RESOURCE, &id)));
            }
            (25..35, Some(push)) => drop(self.verify(push)),
            _ => self.push_until_known(resource),
        }
    }

    /// Pushes; where the outcome is unknown, does what the documentation says.
    fn push_until_known(&self, resource: usize) {
        for _ in 0..3 {
            let (push, outcome) = self.push(resource);
            if outcome != Outcome::Unknown || self.verify(push) {
                return;
            }
        }
    }

    fn push(&self, resource: usize) -> (usize, Outcome) {
        let (number, body) = {
            let mut world = scheduler::world();
            let (process, called) = (self.process, world.scheduler.now);
            let (ended, applied) = (None, Vec::new());
            world.pushes.push(Push {
                process,
                resource,
                called,
                ended,
                sent: 0,
                arrived: 0,
                applied,
            });
            let number = world.pushes.len() - 1;
            (number, body(resource, number))
        };
        let name = format!("push {number} of resource {resource}");
        let result = self.call(&name, |client| client.push(&Kind::CUSTOM_RESOURCE, &body));
        let is_cut_short = self.is_cut_short.get();
        let outcome = match &result {
            Ok(_) => Outcome::Accepted,
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => Outcome::Unknown,
            Err(_) => Outcome::Failed,
        };
        if outcome == Outcome::Accepted {
            self.last.set(Some(number));
        }
        check::truth::ended(&mut scheduler::world(), number, outcome, is_cut_short);
        (number, outcome)
    }

    fn verify(&self, push: usize) -> bool {
        let (resource, began) = {
            let world = scheduler::world();
            (world.pushes[push].resource, world.scheduler.now)
        };
        let body = body(resource, push);
        let name = format!("verify push {push} of resource {resource}");
        let result = self.call(&name, |client| client.verify(&Kind::CUSTOM_RESOURCE, &body));
        let verdict = match &result {
            Ok(_) => Some(true),
            Err(error) if error.kind() == ErrorKind::NotVerified => Some(false),
            Err(_) => None,
        };
        check::truth::verified(&mut scheduler::world(), push, began, verdict);
        verdict == Some(true)
    }

    /// Makes a call, and checks how it ends.
    fn call<T>(
        &self,
        name: &str,
        run: impl FnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (call, cancel) = self.begin(name);
        let client = self.client.with_deadline(Duration::from_nanos(call.deadline));
        let result = run(&client.with_cancel(&cancel));
        let mut world = scheduler::world();
        let how = result.as_ref().err().map(Error::kind);
        let took = world.scheduler.now - call.began;
        let is_cancelled = call.cancel_at.is_some_and(|at| at <= world.scheduler.now);
        self.is_cut_short.set(is_cancelled || took >= call.deadline);
        let time = seconds(took);
        let words = result
            .as_ref()
            .err()
            .map_or_else(|| "ok".to_owned(), |error| format!("{}: {error}", error.kind().name()));
        let line = format!("p{}: {name} after {time}: {words}", self.process);
        world.log(how.is_some(), &line);
        world.summary.calls += 1;
        *world.summary.failures.entry(how.map_or("ok", ErrorKind::name)).or_default() += 1;
        check::calls::ended(&mut world, &call, how, &words);
        result
    }

    fn begin(&self, name: &str) -> (Call, Cancel) {
        let mut world = scheduler::world();
        let (now, process) = (world.scheduler.now, self.process);
        let is_calm = world.is_calm();
        let hurry = world.plan.jobs[self.job].hurry;
        let (mut deadline, mut cancel_at) = (PATIENT, None);
        let cancel = Cancel::new();
        if !is_calm && world.rng.chance(hurry) {
            deadline = world.rng.range(3, 120) * SECOND;
            if world.rng.chance(300) {
                let at = now + world.rng.range(0, 30_000) * MS;
                let number = world.cancels.len();
                world.cancels.push(cancel.clone());
                world.scheduler.at(at, Event::Cancel(number));
                cancel_at = Some(at);
            }
        }
        let found = &world.processes[process];
        let call = Call {
            process,
            name: name.to_owned(),
            began: now,
            deadline,
            cancel_at,
            frozen: found.frozen(now),
            uninterrupted: found.uninterrupted,
            is_calm,
        };
        (call, cancel)
    }
}

/// How many records a resource has.
fn records(resource: usize) -> usize {
    3 + resource % 3
}

fn body(resource: usize, push: usize) -> Body {
    let url = "https://example.com";
    let record = |item: usize| {
        format!(r#"{{"displayName":"push {push}","uniqueId":"{item}","externalUrl":"{url}"}}"#)
    };
    let list: Vec<String> = (0..records(resource)).map(record).collect();
    let array = format!("[{}]", list.join(","));
    Body::from_json_array(&format!("resource-{resource}"), array).expect("the records are valid")
}
