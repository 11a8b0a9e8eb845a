//! What each step and event does.

use crate::event::{Event, Fault};
use crate::model::{Action, Protocol, Variant};
use crate::process::{At, Process, Then};
use crate::state::State;
use crate::step::Step;
use crate::store::{Kind, Lock, Record, Started};

impl Protocol {
    /// The state after the action.
    ///
    /// # Panics
    ///
    /// When the action brings no progress: then a run could go on for ever.
    pub fn next(&self, state: &State, action: Action) -> State {
        let mut next = state.clone();
        match action {
            Action::Take(number, step) => self.take(&mut next, number, step),
            Action::Happens(event) => self.happens(&mut next, event),
        }
        assert!(next.progress() > state.progress(), "{action:?} of {state:?} leads to {next:?}");
        next.sort();
        next
    }

    fn take(&self, state: &mut State, number: usize, step: Step) {
        match (step, state.processes[number].at) {
            (Step::Read, _) => read(state, number),
            (Step::Lock, At::NoteLock) => note_lock(state, number),
            (Step::Lock, _) => self.lock(state, number),
            (Step::Load, _) => self.load(state, number),
            (Step::Check, _) => self.check(state, number),
            (Step::Decide, _) => state.processes[number].at = At::Announce,
            (Step::Announce, _) => self.announce(state, number),
            (Step::Request, _) => {
                state.processes[number].at = At::Response;
                if self.variant == Variant::UnlockBeforeSave {
                    self.release(state, number);
                }
            }
            (Step::Save, At::NoteSave) => self.note(state, number),
            (Step::Save, _) => self.save(state, number),
            (Step::Unlock, _) => self.unlock(state, number),
            (Step::Accept, _) => accept(&mut state.processes[number]),
            (Step::Reject, _) => reject(&mut state.processes[number]),
            (Step::Retry, _) => retry(state, number),
        }
    }

    fn lock(&self, state: &mut State, number: usize) {
        if state.store.lock != Lock::Free {
            // It has a token to use meanwhile, and waits no longer.
            let without = self.variant == Variant::RequestWithoutLock;
            state.processes[number].at = if without { At::Load } else { At::Use };
            return;
        }
        state.store.lock = Lock::Held(number);
        let process = &mut state.processes[number];
        process.is_outdated = false;
        process.at = At::Load;
        if self.variant == Variant::NoLookUnderLock {
            process.at = At::Decide;
        }
    }

    fn load(&self, state: &mut State, number: usize) {
        let process = &state.processes[number];
        let mut known = match state.store.record {
            Some(mut found) => {
                let is_same = found.token == process.known.token && !found.suspect;
                found.worked |= is_same && process.known.worked;
                match process.is_unsaved {
                    true => {
                        let by_generation = self.variant == Variant::MergeByGeneration;
                        state.merged(process, found, by_generation)
                    }
                    false => found,
                }
            }
            None if process.is_unsaved => process.known,
            None => Record { generation: process.known.generation, ..Record::default() },
        };
        known.generation = known.generation.max(process.known.generation);
        let was_started = known.started != Started::No;
        known.suspect |= was_started && known.token != 0;
        known.started = Started::No;
        let process = &mut state.processes[number];
        (process.known, process.is_outdated, process.replaced) = (known, false, 0);
        process.at = At::Check;
    }

    fn check(&self, state: &mut State, number: usize) {
        let process = &state.processes[number];
        let token = process.known.token;
        let is_good = state.is_good(process, token);
        let is_usable = state.can_be_used(process, token);
        let compares = self.variant != Variant::NoComparisonAfter401 || process.rejected == 0;
        let process = &mut state.processes[number];
        if is_usable {
            process.token = token;
        }
        process.at = At::Decide;
        if is_good && compares {
            (process.then, process.at) = (Then::Use, At::Unlock);
        }
    }

    /// Whether the store writes for this process.
    pub fn may_write(&self, state: &State, number: usize) -> bool {
        let compares = !matches!(
            self.variant,
            Variant::NoCompareAtSave | Variant::UnlockBeforeSave | Variant::RequestWithoutLock
        );
        state.holds(number) || !compares
    }

    /// Writes what the process knows. Returns whether the store did.
    fn write(&self, state: &mut State, number: usize, record: Record) -> bool {
        let is_written = self.may_write(state, number);
        if is_written {
            let keep_before = state.may_happen(Fault::Failover, &self.bounds);
            state.write(number, record, keep_before);
        }
        is_written
    }

    fn announce(&self, state: &mut State, number: usize) {
        let announced = state.announced;
        let process = &mut state.processes[number];
        if process.has_rejected(process.known.token) {
            process.replaced = process.known.token;
            process.known = Record { token: 0, suspect: false, worked: false, ..process.known };
        }
        process.known.started = Started::Lately;
        (process.asked, process.at) = (announced + 1, At::Request);
        let known = process.known;
        if self.variant == Variant::NoAnnouncement {
            state.announced += 1;
            return;
        }
        let is_written = self.write(state, number, known);
        state.processes[number].is_unsaved = !is_written;
        match is_written {
            true => state.announced += 1,
            false => self.fail(state, number),
        }
    }

    /// The call has no new token: the old one is used, if there is one.
    fn fail(&self, state: &mut State, number: usize) {
        let process = &state.processes[number];
        let has_fallback = state.can_be_used(process, process.token);
        let process = &mut state.processes[number];
        process.then = if has_fallback { Then::Use } else { Then::Fail };
        process.replaced = 0;
        process.at = At::Unlock;
    }

    fn save(&self, state: &mut State, number: usize) {
        let process = &mut state.processes[number];
        let response = std::mem::take(&mut process.response);
        let replaced = std::mem::take(&mut process.replaced);
        let known = &mut process.known;
        known.started = Started::No;
        if response != 0 {
            (known.token, known.suspect, known.worked) = (response, false, false);
            known.generation += 1;
        } else if known.token != 0 || replaced != 0 {
            known.worked &= known.token != 0;
            known.suspect = true;
            known.token = if known.token == 0 { replaced } else { known.token };
        }
        let known = *known;
        let is_written = self.write(state, number, known);
        state.processes[number].is_unsaved = !is_written;
        if response == 0 {
            return self.fail(state, number);
        }
        let process = &mut state.processes[number];
        (process.token, process.then, process.at) = (response, Then::Use, At::Unlock);
    }

    fn release(&self, state: &mut State, number: usize) {
        if state.holds(number) || self.variant == Variant::UnlockOfOthers {
            state.store.lock = Lock::Free;
        }
    }

    fn unlock(&self, state: &mut State, number: usize) {
        self.release(state, number);
        let process = &mut state.processes[number];
        process.is_outdated = false;
        (process.at, process.note) = match (process.at, process.then) {
            (At::NoteUnlock, _) => (At::Done, Record::default()),
            (_, Then::Use) => (At::Use, Record::default()),
            (_, Then::Fail) => (At::Failed, Record::default()),
            (_, Then::LockAgain) => (At::Lock, Record::default()),
        };
        process.begun += u8::from(process.at == At::Lock);
        (process.then, process.asked) = (Then::Use, 0);
        process.known.suspect &= process.is_unsaved;
    }

    /// The note that the token works.
    fn note(&self, state: &mut State, number: usize) {
        let note = state.processes[number].note;
        self.write(state, number, note);
        state.processes[number].at = At::NoteUnlock;
    }

    fn happens(&self, state: &mut State, event: Event) {
        if let Some(fault) = event.fault() {
            state.faults[fault as usize] += 1;
        }
        match event {
            Event::Due => state.server.due = state.server.live,
            Event::Expired => state.server.expired = state.server.live,
            Event::Revoked => state.server.live = 0,
            Event::Crash(number) => self.crash(state, number),
            Event::Response(number) => {
                let asked = state.processes[number].asked;
                let token = state.server.issue(asked);
                let process = &mut state.processes[number];
                (process.response, process.at) = (token, At::Save);
            }
            Event::NoResponse(number) => {
                let process = &mut state.processes[number];
                state.server.late += u8::from(process.at == At::Response);
                (process.response, process.at) = (0, At::Save);
            }
            Event::LateRequestArrives => {
                state.server.late -= 1;
                state.server.issue(0);
                state.late_request = true;
            }
            Event::LateRequestVanishes => state.server.late -= 1,
            Event::LostLock | Event::AbandonedLockEnds => state.store.lock = Lock::Free,
            Event::Failover(loss) => state.fail_over(loss),
            Event::WrongRejection(number) => reject(&mut state.processes[number]),
            Event::Wait(number) => {
                self.fail(state, number);
                let process = &mut state.processes[number];
                if process.then == Then::Fail {
                    process.then = Then::LockAgain;
                }
            }
            Event::StartedLongAgo => {
                let record = state.store.record.as_mut();
                record.into_iter().for_each(|record| record.started = Started::LongAgo);
            }
        }
    }

    fn crash(&self, state: &mut State, number: usize) {
        let at = state.processes[number].at;
        let writes = matches!(at, At::Announce | At::Save) && self.may_write(state, number);
        if writes && self.variant == Variant::SaveInPlace {
            let old = state.store.token();
            state.violations.lost_token |= state.server.accepts(old);
            state.store.record = None;
        }
        if state.holds(number) {
            let frees = self.kind == Kind::File && self.variant != Variant::NoEndOfLock;
            state.store.lock = if frees { Lock::Free } else { Lock::Abandoned };
        }
        state.crash(number);
    }
}

fn read(state: &mut State, number: usize) {
    let process = &state.processes[number];
    let found = state.store.record.unwrap_or_default();
    let seen = if process.is_unsaved { state.merged(process, found, false) } else { found };
    let is_good = state.is_good(process, seen.token);
    let is_usable = state.can_be_used(process, seen.token);
    let is_under_way = is_usable && seen.started == Started::Lately;
    let generation = seen.generation.max(process.known.generation);
    let process = &mut state.processes[number];
    process.begun += u8::from(process.at == At::Done);
    process.at = At::Lock;
    if is_usable {
        process.token = seen.token;
    }
    if is_good || is_under_way {
        process.known = Record { started: Started::No, suspect: false, generation, ..seen };
        process.at = At::Use;
    }
}

/// Takes the lock if it is free, and loads the record, to note that the token works.
fn note_lock(state: &mut State, number: usize) {
    let (is_free, found) = (state.store.lock == Lock::Free, state.store.record);
    let process = &mut state.processes[number];
    process.at = At::Done;
    if !is_free {
        return;
    }
    state.store.lock = Lock::Held(number);
    (process.is_outdated, process.at) = (false, At::NoteUnlock);
    let is_new = |found: &Record| found.token == process.known.token && !found.worked;
    if let Some(found) = found.filter(|found| is_new(found) && !found.suspect) {
        (process.note, process.at) = (Record { worked: true, ..found }, At::NoteSave);
    }
}

fn accept(process: &mut Process) {
    process.at = At::Done;
    process.rejected &= !(1 << process.token);
    let known = &mut process.known;
    if known.token == process.token && !known.worked {
        (known.worked, known.suspect) = (true, false);
        process.at = At::NoteLock;
    }
}

fn reject(process: &mut Process) {
    process.rejected |= 1 << process.token;
    process.token = 0;
    process.begun += 1;
    process.at = At::Read;
}

/// A call failed. A token that it rejected before is tried once more.
fn retry(state: &mut State, number: usize) {
    let process = &state.processes[number];
    let token = process.known.token;
    let tries = process.has_rejected(token) && token > state.server.expired;
    let process = &mut state.processes[number];
    if tries {
        (process.token, process.at) = (token, At::Use);
    } else {
        process.begun += 1;
        process.at = At::Read;
    }
}
