//! Which steps and events are possible in a state.

use crate::event::{Bounds, Event, Fault, Loss};
use crate::process::At;
use crate::state::State;
use crate::step::Step;
use crate::store::{Kind, Lock, Started};

/// The protocol as it is, or broken in one way: the checker has to notice that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    Correct,
    /// A token is requested without a look at the record under the lock.
    NoLookUnderLock,
    /// The store writes for a holder whose lock has ended.
    NoCompareAtSave,
    /// The lock of a process that crashed stays.
    NoEndOfLock,
    /// The lock is released while the process waits for the response.
    UnlockBeforeSave,
    /// A token request is not written down before it is sent.
    NoAnnouncement,
    /// A crash leaves half a record.
    SaveInPlace,
    /// Who finds the lock taken requests a token all the same.
    RequestWithoutLock,
    /// After a 401, the token in the store is not compared with the rejected one.
    NoComparisonAfter401,
    /// Readers wait for a token request of a process that crashed for ever.
    StartedForever,
    /// Of two tokens, the one with the larger generation stays.
    MergeByGeneration,
    /// The lock is deleted while some process may hold it.
    UnlockOfOthers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// A process takes the step.
    Take(usize, Step),
    Happens(Event),
}

/// The protocol of docs/token-store.md on one store.
#[derive(Clone, Debug)]
pub struct Protocol {
    pub kind: Kind,
    pub bounds: Bounds,
    pub variant: Variant,
}

impl Protocol {
    pub fn new(kind: Kind, bounds: Bounds) -> Protocol {
        Protocol { kind, bounds, variant: Variant::Correct }
    }

    pub fn broken(self, variant: Variant) -> Protocol {
        Protocol { variant, ..self }
    }

    pub fn first(&self) -> State {
        State::new(self.bounds.processes)
    }

    pub fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for number in 0..state.processes.len() {
            let steps = self.steps(state, number);
            actions.extend(steps.into_iter().flatten().map(|step| Action::Take(number, step)));
            self.events_of(state, number, actions);
        }
        self.events_of_store(state, actions);
        self.events_of_server(state, actions);
    }

    /// The steps that the process can take now.
    fn steps(&self, state: &State, number: usize) -> [Option<Step>; 2] {
        let process = &state.processes[number];
        let is_free = state.store.lock == Lock::Free;
        let one = |step| [Some(step), None];
        match process.at {
            At::Read => one(Step::Read),
            At::Lock => {
                let gives_up = state.can_be_used(process, process.token)
                    || self.variant == Variant::RequestWithoutLock;
                [Some(Step::Lock).filter(|_| is_free || gives_up), None]
            }
            At::NoteLock => one(Step::Lock),
            At::Load => one(Step::Load),
            At::Check => one(Step::Check),
            At::Decide => one(Step::Decide),
            At::Announce => one(Step::Announce),
            At::Request => one(Step::Request),
            At::Response => [None, None],
            At::Save | At::NoteSave => one(Step::Save),
            At::Unlock | At::NoteUnlock => one(Step::Unlock),
            At::Failed => one(Step::Retry),
            At::Use if state.server.accepts(process.token) => one(Step::Accept),
            At::Use => one(Step::Reject),
            At::Done => self.next_call(state, number),
        }
    }

    /// The steps of a call that would not end as the last one did.
    fn next_call(&self, state: &State, number: usize) -> [Option<Step>; 2] {
        let process = &state.processes[number];
        let token = process.token;
        let is_usable = state.can_be_used(process, token);
        let waits = state.store.lock != Lock::Free || state.store.started() == Started::Lately;
        let reads = !is_usable || !state.is_good(process, token) && !waits;
        let rejected = is_usable && !state.server.accepts(token);
        [Some(Step::Read).filter(|_| reads), Some(Step::Reject).filter(|_| rejected)]
    }

    fn events_of(&self, state: &State, number: usize, actions: &mut Vec<Action>) {
        let process = &state.processes[number];
        let mut push = |event| actions.push(Action::Happens(event));
        if state.may_happen(Fault::Crash, &self.bounds) {
            push(Event::Crash(number));
        }
        if process.at == At::Response {
            push(Event::Response(number));
            if state.may_happen(Fault::NoResponse, &self.bounds) {
                push(Event::NoResponse(number));
            }
        }
        let has_response = process.at == At::Save && process.response != 0;
        if has_response && state.may_happen(Fault::NoResponse, &self.bounds) {
            push(Event::NoResponse(number));
        }
        if process.at == At::Decide && state.may_happen(Fault::Wait, &self.bounds) {
            push(Event::Wait(number));
        }
        let is_used = process.at == At::Use && state.server.accepts(process.token);
        if is_used && state.may_happen(Fault::WrongRejection, &self.bounds) {
            push(Event::WrongRejection(number));
        }
    }

    fn events_of_store(&self, state: &State, actions: &mut Vec<Action>) {
        let mut push = |event| actions.push(Action::Happens(event));
        match state.store.lock {
            Lock::Held(_) if state.may_happen(Fault::LostLock, &self.bounds) => {
                push(Event::LostLock);
            }
            Lock::Abandoned if self.variant != Variant::NoEndOfLock => {
                push(Event::AbandonedLockEnds)
            }
            _ => {}
        }
        if self.kind == Kind::Server && state.may_happen(Fault::Failover, &self.bounds) {
            let is_held = matches!(state.store.lock, Lock::Held(_));
            for loss in Loss::ALL {
                let is_possible = match loss {
                    Loss::Record => is_held,
                    Loss::RecordAndUnlock => !is_held,
                    Loss::Lock | Loss::RecordAndLock | Loss::Everything => true,
                };
                if is_possible {
                    push(Event::Failover(loss));
                }
            }
        }
        let is_requesting = state.processes.iter().any(|process| process.is_requesting());
        let ages = state.store.started() == Started::Lately && !is_requesting;
        if ages && self.variant != Variant::StartedForever {
            push(Event::StartedLongAgo);
        }
    }

    fn events_of_server(&self, state: &State, actions: &mut Vec<Action>) {
        let (server, bounds) = (&state.server, &self.bounds);
        let mut push = |event| actions.push(Action::Happens(event));
        if server.live > server.due && state.may_happen(Fault::Due, bounds) {
            push(Event::Due);
        }
        let is_due = server.live != 0 && server.live <= server.due;
        if is_due && server.live > server.expired && state.may_happen(Fault::Expired, bounds) {
            push(Event::Expired);
        }
        if server.live != 0 && state.may_happen(Fault::Revoked, bounds) {
            push(Event::Revoked);
        }
        if server.late > 0 {
            push(Event::LateRequestArrives);
            push(Event::LateRequestVanishes);
        }
    }
}
