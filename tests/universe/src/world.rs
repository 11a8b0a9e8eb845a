//! The state of everything that is simulated, and what events do to it.

use std::io::Write;

use crate::event::Event;
use crate::faults;
use crate::host::Host;
use crate::jobs;
use crate::network::Link;
use crate::plan::Plan;
use crate::report::Summary;
use crate::rng::Rng;
use crate::scheduler::Scheduler;
use crate::service::{Resource, Service};
use crate::store::Store;
use crate::time::{MINUTE, MS, SECOND, US, shown};

/// A process that could not use a store counts for itself for a minute, and its requests stay in
/// the window of the others.
const STORE_HEALS: u64 = 3 * MINUTE;

/// A process of a job.
pub struct Process {
    pub host: usize,
    pub job: usize,
    pub is_dead: bool,
    pub is_stopped: bool,
    pub threads: usize,
    /// Whether a process of the job made it by fork(2).
    pub is_child: bool,
    /// Threads that wait for others of the process.
    pub waiters: Vec<usize>,
    /// How long it could not run, and since when it cannot.
    frozen: u64,
    frozen_since: Option<u64>,
    /// How long it was inside operations of a store, which no deadline ends.
    pub uninterrupted: u64,
}

/// How a push ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    Unknown,
    /// Nothing was changed, says the library.
    Failed,
}

/// A call of `push`. They are numbered in the order of the calls.
pub struct Push {
    pub process: usize,
    pub resource: usize,
    pub called: u64,
    pub ended: Option<(u64, Outcome)>,
    /// How many of its requests the client has sent completely, and how many arrived.
    pub sent: u32,
    pub arrived: u32,
    /// When the service applied it.
    pub applied: Vec<u64>,
}

/// What the log is: all lines, the notable ones, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbosity {
    All,
    Timeline,
    Silent,
}

pub struct World {
    pub scheduler: Scheduler,
    pub rng: Rng,
    pub plan: Plan,
    pub hosts: Vec<Host>,
    pub processes: Vec<Process>,
    pub links: Vec<Link>,
    pub service: Service,
    pub stores: Vec<Store>,
    pub pushes: Vec<Push>,
    pub cancels: Vec<vanta::Cancel>,
    pub verbosity: Verbosity,
    pub summary: Summary,
    /// How many faults are in force, and when the last one began, ended, or left its mark.
    pub active_faults: usize,
    pub troubled_at: u64,
    /// The same of faults that keep jobs from knowing of each other's requests.
    pub unsettling_faults: usize,
    pub unsettled_at: u64,
    /// When a clock was set last.
    pub stepped_at: u64,
    /// From when on each call succeeds, if nothing else happens.
    pub healed_at: u64,
    /// No new process starts.
    pub is_closing: bool,
    pub state: crate::check::State,
}

impl World {
    pub fn new(plan: Plan, mut rng: Rng, verbosity: Verbosity) -> World {
        let hosts = plan.hosts.iter().map(|one| Host::new(one, &mut rng)).collect();
        let stores = plan.stores.iter().map(|kind| Store::new(*kind)).collect();
        let lifetime = plan.lifetime;
        let resources = (0..plan.resources).map(|_| Resource::default()).collect();
        World {
            scheduler: Scheduler::default(),
            rng,
            hosts,
            processes: vec![Process::new(0, 0, 1)],
            links: Vec::new(),
            service: Service::new(lifetime, resources),
            stores,
            pushes: Vec::new(),
            cancels: Vec::new(),
            verbosity,
            summary: Summary::default(),
            active_faults: 0,
            troubled_at: 0,
            unsettling_faults: 0,
            unsettled_at: 0,
            stepped_at: 0,
            healed_at: 0,
            is_closing: false,
            state: crate::check::State::default(),
            plan,
        }
    }

    pub fn handle(&mut self, event: Event) {
        match event {
            Event::Wake(..) => {}
            Event::Start(job) => jobs::start(self, job),
            Event::Cancel(call) => self.cancels[call].cancel(),
            Event::ToServer(link) => self.arrived_at_server(link),
            Event::ToClient(link) => self.arrived_at_client(link),
            Event::Connected(link) => self.connected(link, false),
            Event::Refused(link) => self.connected(link, true),
            Event::CloseIdle(link, request) => self.close_idle(link, request),
            Event::Act(request) => self.act(request),
            Event::FaultBegins(fault) => faults::begin(self, fault),
            Event::FaultEnds(fault) => faults::end(self, fault),
            Event::Foreign => faults::foreign(self),
        }
    }

    /// The driver is process 0, which always may.
    pub fn may_run(&self, process: usize) -> bool {
        let found = &self.processes[process];
        let is_held = found.is_stopped || self.hosts[found.host].is_paused;
        process == 0 || !(found.is_dead || is_held)
    }

    /// Writes a line of the log.
    pub fn log(&mut self, is_notable: bool, line: &str) {
        let line = format!("[{}] {line}\n", shown(self.scheduler.now));
        self.summary.hash(line.as_bytes());
        let shows = match self.verbosity {
            Verbosity::All => true,
            Verbosity::Timeline => is_notable,
            Verbosity::Silent => false,
        };
        if shows {
            // A closed pipe ends no run.
            let _ = std::io::stdout().write_all(line.as_bytes());
        }
    }

    /// Something happened after which rules do not hold for a while.
    pub fn trouble(&mut self) {
        self.troubled_at = self.scheduler.now;
    }

    /// For how long the jobs have known of each other's requests.
    pub fn settled_for(&self) -> u64 {
        match self.unsettling_faults {
            0 => self.scheduler.now - self.unsettled_at,
            _ => 0,
        }
    }

    pub fn store_failed(&mut self) {
        self.trouble();
        self.unsettled_at = self.scheduler.now;
        self.heals_in(STORE_HEALS);
    }

    /// A fault, or what is left of it, ends in so much time at the latest.
    pub fn heals_in(&mut self, length: u64) {
        self.healed_at = self.healed_at.max(self.scheduler.now + length);
    }

    /// Whether nothing is wrong, and nothing is remembered of what was.
    pub fn is_calm(&self) -> bool {
        self.active_faults == 0 && self.scheduler.now >= self.healed_at
    }

    /// Notes which processes cannot run, and has those go on that can again.
    pub fn update_frozen(&mut self) {
        let now = self.scheduler.now;
        for process in 1..self.processes.len() {
            let may_run = self.may_run(process);
            let found = &mut self.processes[process];
            match (may_run, found.frozen_since) {
                (false, None) => found.frozen_since = Some(now),
                (true, Some(since)) => {
                    found.frozen += now - since;
                    found.frozen_since = None;
                }
                _ => {}
            }
        }
        let may_run: Vec<bool> = (0..self.processes.len()).map(|one| self.may_run(one)).collect();
        self.scheduler.release(|process| may_run[process]);
    }

    /// Ends a process at once, wherever it is.
    pub fn kill(&mut self, process: usize) {
        self.processes[process].is_dead = true;
        self.close_links_of(process);
        self.stores.iter_mut().for_each(|store| store.process_ended(process));
        let job = self.processes[process].job;
        jobs::ended(self, job);
    }

    pub fn thread_ended(&mut self, process: usize) {
        self.processes[process].threads -= 1;
        if self.processes[process].threads == 0 {
            self.processes[process].is_dead = true;
            self.close_links_of(process);
            let job = self.processes[process].job;
            jobs::ended(self, job);
        }
    }

    /// Wakes the threads of a process that wait for others.
    pub fn notify(&mut self, process: usize) {
        for thread in std::mem::take(&mut self.processes[process].waiters) {
            let delay = self.rng.range(1, 80) * US;
            self.scheduler.wake(thread, delay);
        }
    }

    pub fn fail(&mut self, invariant: &'static str, words: &str) {
        let line = format!("VIOLATION of {invariant}: {words}");
        self.log(true, &line);
        self.summary.violations.push(format!("{invariant}: {words}"));
    }

    /// Checks an invariant.
    pub fn check(&mut self, invariant: &'static str, holds: bool, words: impl FnOnce() -> String) {
        *self.summary.checks.entry(invariant).or_default() += 1;
        if !holds {
            self.fail(invariant, &words());
        }
    }
}

impl Process {
    pub fn new(host: usize, job: usize, threads: usize) -> Process {
        Process {
            host,
            job,
            is_dead: false,
            is_stopped: false,
            threads,
            is_child: false,
            waiters: Vec::new(),
            frozen: 0,
            frozen_since: None,
            uninterrupted: 0,
        }
    }

    pub fn frozen(&self, now: u64) -> u64 {
        self.frozen + self.frozen_since.map_or(0, |since| now - since)
    }
}

/// How long a job waits at its start, so that jobs of one minute do not all begin at once.
pub fn start_delay(rng: &mut Rng) -> u64 {
    rng.range(0, 2 * SECOND / MS) * MS
}
