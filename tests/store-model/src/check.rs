//! The properties, and the checker that looks for a state without one of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model, Property};

use crate::event::{Bounds, Fault};
use crate::model::{Action, Protocol};
use crate::process::At;
use crate::server::MOST_TOKENS;
use crate::state::State;
use crate::step::Step;
use crate::store::{Kind, Lock, Started};

/// The store writes for one process at most, and only over the record that this process loaded.
fn one_holder(protocol: &Protocol, state: &State) -> bool {
    let may_write = |number: &usize| {
        state.processes[*number].is_in_transaction() && protocol.may_write(state, *number)
    };
    let holders = (0..state.processes.len()).filter(may_write).count();
    holders <= 1 && !state.violations.lost_update
}

/// A live token in the store stays, unless its writer saw the server reject it.
fn no_lost_record(state: &State) -> bool {
    !state.violations.lost_token && !state.violations.generation_fell
}

/// Without failures, one token request for each time at which there was no token, or the token was
/// due. Within bounds that allow so few, the checker proves this for each number of failures.
fn one_token_request(state: &State) -> bool {
    let needed = 1 + state.count(Fault::Due);
    state.announced <= needed + MOST_FOR_A_FAILURE * state.failures()
}

/// A failure costs so many token requests more, at most: one that is lost, and one because the lost
/// one arrives late and revokes the token of the next.
const MOST_FOR_A_FAILURE: u8 = 2;

/// Where no process requests a token, a request that may have revoked the stored token shows in the
/// record. Not where its sender lost the lock or the store its record, and not for a request that
/// arrives when the next one has succeeded.
fn trace(state: &State) -> bool {
    let excused = [Fault::LostLock, Fault::Failover, Fault::WrongRejection];
    if state.late_request || excused.into_iter().any(|fault| state.count(fault) > 0) {
        return true;
    }
    let Some(record) = state.store.record.filter(|record| record.token != 0) else { return true };
    let is_quiet = state.store.lock == Lock::Free;
    let is_older = record.token < state.server.issued;
    !is_quiet || !is_older || record.suspect || record.started != Started::No
}

/// Where nothing can happen any more, no lock is held, each process has the live token, and so has
/// the store. A failover may lose it, and so may a lock that is lost while the token is not in the
/// record because the server rejected it by mistake.
///
/// Each step and event is progress (`State::progress`), so each run comes to such an end.
fn recovery(protocol: &Protocol, state: &State) -> bool {
    let mut actions = Vec::new();
    protocol.actions(state, &mut actions);
    if !actions.is_empty() {
        return true;
    }
    let live = state.server.live;
    let has_it = state.processes.iter().all(|it| it.at == At::Done && it.token == live);
    let is_excused = state.count(Fault::Failover) > 0
        || state.count(Fault::WrongRejection) > 0 && state.count(Fault::LostLock) > 0;
    let is_stored = state.store.token() == live || is_excused;
    live != 0 && live > state.server.due && has_it && is_stored && state.store.lock == Lock::Free
}

/// What a check found.
pub struct Report {
    pub states: usize,
    pub depth: usize,
    /// The shortest way to a state without the property, for each property that does not hold.
    pub failed: BTreeMap<&'static str, String>,
    /// The steps that were taken.
    pub steps: Vec<Step>,
}

struct Checked {
    protocol: Protocol,
    taken: Arc<AtomicU32>,
}

impl Model for Checked {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.protocol.first()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.protocol.actions(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        if let Action::Take(_, step) = action {
            self.taken.fetch_or(1 << step as u32, Ordering::Relaxed);
        }
        Some(self.protocol.next(state, action))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("one holder", |it, state| one_holder(&it.protocol, state)),
            Property::always("no lost record", |_, state| no_lost_record(state)),
            Property::always("one token request", |_, state| one_token_request(state)),
            Property::always("trace", |_, state| trace(state)),
            Property::always("recovery", |it, state| recovery(&it.protocol, state)),
        ]
    }

    /// A correct protocol is nowhere near: "one token request" fails long before.
    fn within_boundary(&self, state: &State) -> bool {
        usize::from(state.server.issued) + 1 < MOST_TOKENS
    }
}

/// Checks all states within the bounds, or up to the first one without a property.
pub fn check(name: &str, protocol: &Protocol) -> Report {
    let (begin, taken) = (Instant::now(), Arc::default());
    let checked = Checked { protocol: protocol.clone(), taken: Arc::clone(&taken) };
    let checker = checked.checker().threads(2).finish_when(HasDiscoveries::AnyFailures);
    let checker = checker.spawn_bfs().join();
    let taken = taken.load(Ordering::Relaxed);
    let failed = checker.discoveries().into_iter();
    let report = Report {
        states: checker.unique_state_count(),
        depth: checker.max_depth(),
        failed: failed.map(|(name, path)| (name, described(path.into_vec()))).collect(),
        steps: Step::ALL.into_iter().filter(|step| taken & 1 << *step as u32 != 0).collect(),
    };
    let (states, depth) = (report.states, report.depth);
    println!("{name}: {states} states, depth {depth}, {:.1} s", begin.elapsed().as_secs_f64());
    report
}

/// Two lines for each step and event: the state before it, and what happens. The processes are
/// sorted after each, so their numbers change.
fn described(path: Vec<(State, Option<Action>)>) -> String {
    let line = |(state, action): &(State, Option<Action>)| {
        let places: Vec<_> = state.processes.iter().map(|it| (it.at, it.token)).collect();
        let (store, server) = (&state.store, &state.server);
        let record = store.record.map(|it| (it.token, it.generation, it.started, it.suspect));
        format!("{places:?} {:?} {record:?} live {}\n    {action:?}\n", store.lock, server.live)
    };
    path.iter().map(line).collect()
}

/// The names of the properties.
pub fn names() -> Vec<&'static str> {
    let protocol = Protocol::new(Kind::File, Bounds::new(1));
    let properties = Checked { protocol, taken: Arc::default() }.properties();
    properties.into_iter().map(|property| property.name).collect()
}
