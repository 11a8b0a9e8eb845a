//! Resource requests take turns: so many a minute for all threads, processes and hosts together.
//!
//! Without a store, and while the store is busy or away, this process counts for itself: a turn is
//! a courtesy to the others, and no reason to fail.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::record::Record;
use super::renew::Renewer;
use super::rules::MINUTE;
use super::stamp::{Stamp, until_free};
use crate::clock::{Clock, Deadline};
use crate::error::{Error, ErrorKind, Result, Step};
use crate::event::{self, Event, Listener};
use crate::fork::PerProcess;
use crate::retry;
use crate::store::{LockedRecord, StoreError};

/// A minute, and what a request may take on its way: Vanta counts it when it has arrived.
const SPAN: Duration = Duration::from_secs(62);

/// How long the store's lock is waited for; whoever holds it longer is asking for a token.
const PATIENCE: Duration = Duration::from_secs(1);

/// More turns than a minute has, even where clocks differ.
const MOST_KEPT: usize = 200;

/// Between two looks at the lock.
const NAP: Duration = Duration::from_millis(5);

/// The coarse clock that waits are measured with is behind the others by up to 4 ms.
const TICK: Duration = Duration::from_millis(10);

/// The turns of a client whose token came from outside: it shares them with nobody.
#[derive(Debug)]
pub(super) struct Alone(PerProcess<Mutex<Vec<Stamp>>>);

impl Alone {
    pub(super) fn new() -> Alone {
        Alone(PerProcess::new())
    }

    pub(super) fn take(&self, budget: u32, now: &Stamp) -> Option<Duration> {
        let turns = self.0.get(Mutex::default);
        take(&mut turns.lock().unwrap_or_else(PoisonError::into_inner), budget, now)
    }
}

/// Waits until there is a turn, if the deadline allows.
pub(super) fn wait(
    budget: u32,
    clock: &dyn Clock,
    events: &Listener,
    deadline: &Deadline,
    take: impl Fn(&Stamp) -> Option<Duration>,
) -> Result<()> {
    if budget == 0 {
        return Ok(());
    }
    while let Some(wait) = take(&Stamp::now(clock)) {
        let left = deadline.left().map_err(|lapse| retry::lapsed(lapse, Step::Queue))?;
        if left <= wait {
            let words = format!("the turns of this minute are used up ({budget} for all jobs)");
            let error = Error::new(ErrorKind::RateLimited, words).at(Step::Queue);
            return Err(error.with_retry_after(wait));
        }
        events.tell(Event::Paced { wait });
        deadline.sleep(wait + TICK).map_err(|lapse| retry::lapsed(lapse, Step::Queue))?;
    }
    Ok(())
}

/// A turn of the application's, in the store where there is one.
pub(super) fn take_shared(
    renewer: &Renewer,
    budget: u32,
    now: &Stamp,
    deadline: &Deadline,
) -> Option<Duration> {
    // Threads of this process first: where they must wait, the store need not be asked.
    let mut state = renewer.slot.state();
    if let Some(wait) = take(&mut state.memory.paced, budget, now) {
        return Some(wait);
    }
    renewer.slot.publish(&state.memory);
    let store_fails = state.memory.pace_alone.clone();
    drop(state);
    // A store that is away is not waited for at each request.
    if store_fails.is_some_and(|at| at.left_of(MINUTE, now).is_some()) {
        return None;
    }
    let stored = take_stored(renewer, budget, now, deadline);
    let mut state = renewer.slot.state();
    // A lock that is not to be had is held by somebody who asks for a token.
    state.memory.pace_alone = (!matches!(stored, Ok(Some(_)))).then(|| now.clone());
    let wait = stored.ok().flatten().flatten();
    if wait.is_some() {
        // Another process has had the last turn, so ours was none.
        let paced = &mut state.memory.paced;
        paced.iter().rposition(|turn| turn == now).map(|at| paced.remove(at));
    }
    renewer.slot.publish(&state.memory);
    wait
}

/// The outer `None`: the store could not be asked.
fn take_stored(
    renewer: &Renewer,
    budget: u32,
    now: &Stamp,
    deadline: &Deadline,
) -> Result<Option<Option<Duration>>, StoreError> {
    if renewer.store.is_none() {
        return Ok(Some(None));
    }
    let Some(mut locked) = lock(renewer, deadline)? else { return Ok(None) };
    let turn = event::outside(|| locked.load()).and_then(|bytes| {
        let found = bytes.map(|bytes| Record::read(&bytes));
        // A store that forgot makes us forget neither requests nor refusals.
        let known = || {
            let mut record = renewer.slot.state().memory.record.clone();
            (record.token, record.started) = (None, None);
            record
        };
        // What cannot be read is for the next token request to tell of.
        let Some(mut record) = found.unwrap_or_else(|| Some(known())) else { return Ok(None) };
        record.see_future(now);
        record.keep_proof(&renewer.slot.state().memory.record);
        let wait = take(&mut record.resource_requests, budget, now);
        let ours = record.is_of(&renewer.slot.origin, &renewer.slot.client_id);
        if wait.is_none() && ours {
            let bytes = record.bytes();
            event::outside(|| locked.save(&bytes))?;
        }
        Ok(Some(wait))
    });
    event::outside(|| drop(locked));
    turn
}

fn lock(
    renewer: &Renewer,
    deadline: &Deadline,
) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
    let Some(store) = renewer.store.as_deref() else { return Ok(None) };
    let key = renewer.slot.key();
    let limit = deadline.at_most(PATIENCE);
    loop {
        let locked = event::outside(|| store.try_lock(&key, PATIENCE * 10, &limit))?;
        if locked.is_some() || limit.nap(NAP).is_err() {
            return Ok(locked);
        }
    }
}

/// Takes a turn where one is free within the minute.
fn take(turns: &mut Vec<Stamp>, budget: u32, now: &Stamp) -> Option<Duration> {
    // A timestamp in the future counts on the host that wrote it, and not here.
    turns.retain(|at| at.left_since_seen(SPAN, now).is_some());
    let surplus = turns.len().saturating_sub(MOST_KEPT);
    turns.drain(..surplus);
    let lefts: Vec<Duration> = turns.iter().filter_map(|at| at.left_of(SPAN, now)).collect();
    let wait = until_free(&lefts, budget);
    if wait.is_none() {
        turns.push(now.clone());
    }
    wait
}
