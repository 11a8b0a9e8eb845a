//! A state of all processes, the store and the server, and how the store is written.

use crate::event::{Bounds, Fault, Loss};
use crate::process::{At, Process};
use crate::server::Server;
use crate::store::{Lock, Record, Started, Store};

/// What no state may show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Violations {
    /// A process wrote over a record that it had not loaded.
    pub lost_update: bool,
    /// The live token was replaced by an older one, or by none.
    pub lost_token: bool,
    pub generation_fell: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub processes: Vec<Process>,
    pub store: Store,
    pub server: Server,
    /// How often each fault has happened.
    pub faults: [u8; Fault::COUNT],
    /// How many token requests were announced.
    pub announced: u8,
    /// A token request arrived after its sender was gone.
    pub late_request: bool,
    pub violations: Violations,
}

impl State {
    pub fn new(processes: usize) -> State {
        State {
            processes: vec![Process::default(); processes],
            store: Store::new(),
            server: Server::default(),
            faults: [0; Fault::COUNT],
            announced: 0,
            late_request: false,
            violations: Violations::default(),
        }
    }

    pub fn count(&self, fault: Fault) -> u8 {
        self.faults[fault as usize]
    }

    /// How many failures have happened.
    pub fn failures(&self) -> u8 {
        Fault::ALL.into_iter().filter(|fault| fault.is_failure()).map(|it| self.count(it)).sum()
    }

    pub fn may_happen(&self, fault: Fault, bounds: &Bounds) -> bool {
        let is_left = self.count(fault) < bounds.most[fault as usize];
        is_left && (!fault.is_failure() || self.failures() < bounds.failures)
    }

    /// Whether the process with this number holds the lock.
    pub fn holds(&self, number: usize) -> bool {
        self.store.lock == Lock::Held(number)
    }

    /// Whether a token is good for a process, as far as it can know.
    pub fn is_good(&self, process: &Process, token: u8) -> bool {
        self.can_be_used(process, token) && token > self.server.due
    }

    /// Whether a token can be used until there is a better one.
    pub fn can_be_used(&self, process: &Process, token: u8) -> bool {
        token > self.server.expired && !process.has_rejected(token)
    }

    /// Replaces the record. The process loaded the one before it.
    pub fn write(&mut self, number: usize, record: Record, keep_before: bool) {
        let (old, writer) = (self.store.record.unwrap_or_default(), &self.processes[number]);
        let was_live = self.server.accepts(old.token) && !writer.has_rejected(old.token);
        self.violations.lost_token |= was_live && record.token < old.token;
        self.violations.generation_fell |= record.generation < old.generation;
        self.violations.lost_update |= writer.is_outdated;
        self.store.before = self.store.record.filter(|_| keep_before);
        self.store.record = Some(record);
        for (other, process) in self.processes.iter_mut().enumerate() {
            process.is_outdated |= other != number && process.is_in_transaction();
        }
    }

    /// The merge of `SharedState::merge`: the token that was asked for last stays, unless the
    /// process has rejected it.
    pub fn merged(&self, process: &Process, found: Record, by_generation: bool) -> Record {
        let asked = |record: &Record| self.server.asked[usize::from(record.token)];
        let rank = |record: &Record| {
            let is_good = !process.has_rejected(record.token);
            let newest = if by_generation { record.generation } else { asked(record) };
            (record.token != 0).then_some((is_good || by_generation, newest, record.generation))
        };
        let (known, generation) = (process.known, found.generation.max(process.known.generation));
        let (token, suspect, worked) = match rank(&known) >= rank(&found) {
            true => (known.token, known.suspect, known.worked),
            false => (found.token, found.suspect, found.worked),
        };
        Record { token, suspect, worked, generation, ..found }
    }

    /// The same state, whichever process is which: the checker looks at one of them.
    pub fn sort(&mut self) {
        let holder = match self.store.lock {
            Lock::Held(number) => Some(number),
            Lock::Free | Lock::Abandoned => None,
        };
        let processes = std::mem::take(&mut self.processes);
        let mut processes: Vec<_> = processes.into_iter().enumerate().collect();
        processes.sort_by(|(a, one), (b, other)| {
            (one, Some(*a) == holder).cmp(&(other, Some(*b) == holder))
        });
        if let Some(at) = processes.iter().position(|(number, _)| Some(*number) == holder) {
            self.store.lock = Lock::Held(at);
        }
        self.processes = processes.into_iter().map(|(_, process)| process).collect();
    }

    /// A process ends; a job that knows nothing takes its place.
    pub fn crash(&mut self, number: usize) {
        let process = &mut self.processes[number];
        self.server.late += u8::from(process.at == At::Response);
        let begun = process.begun + 1;
        *process = Process { begun, ..Process::default() };
    }

    pub fn fail_over(&mut self, loss: Loss) {
        let store = &mut self.store;
        match loss {
            Loss::Lock => {}
            Loss::Everything => store.record = None,
            _ => store.record = store.before,
        }
        store.before = None;
        store.lock = match loss {
            Loss::Record => store.lock,
            Loss::RecordAndUnlock => Lock::Abandoned,
            _ => Lock::Free,
        };
    }

    /// It rises with each step and event, so that no run goes on for ever.
    pub fn progress(&self) -> u32 {
        let begun: u8 = self.processes.iter().map(|process| process.begun).sum();
        let places: u32 = self.processes.iter().map(|process| process.at as u32).sum();
        let happened: u8 = self.faults.iter().sum();
        let started = match self.store.started() {
            Started::LongAgo => 1,
            Started::No | Started::Lately => 0,
        };
        let unlocked = u32::from(self.store.lock != Lock::Abandoned);
        let gone = 2 * (happened - self.server.late.min(happened));
        1000 * u32::from(begun + happened) + 4 * places + started + unlocked + u32::from(gone)
    }
}
