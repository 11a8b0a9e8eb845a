//! A store transaction: the lock is held while it lasts, and the state is read under the lock.

use std::time::Duration;

use super::policy::{LONGEST_REQUEST, SAVE_TIME};
use super::state::SharedState;
use super::state_store::{StateStore, StoreLock};
use super::timestamp::Timestamp;
use crate::clock::{Deadline, WaitError};
use crate::error::{Error, ErrorKind, Result, Stage};
use crate::event::Event;
use crate::retry;
use crate::store::{StoreError, Trouble};

/// Between two tries for a lock that another process holds. It doubles up to the longest one.
const LOCK_INTERVAL: Duration = Duration::from_millis(5);
const LONGEST_LOCK_INTERVAL: Duration = Duration::from_millis(80);

/// How long to wait for a lock while the cached token has not expired.
const SHORT_WAIT: Duration = Duration::from_secs(1);

/// A lock, and the state under it, if there is one that can be read.
type Locked = (StoreLock, Option<SharedState>);

/// Without a store, and where the policy is to go on without it, there is no lock.
pub(super) struct Transaction<'a> {
    states: &'a StateStore,
    pub(super) state: SharedState,
    lock: Option<StoreLock>,
    /// Until when the lock is needed. It was taken for that time, and for saving after it.
    pub(super) until: Deadline,
    /// Whether this process knows what could not be written.
    is_unsaved: bool,
    /// Reported after the lock was given back: an event handler may take its time.
    trouble: Vec<String>,
    /// How wrong some clock is; reported in the same way.
    skew: Option<Duration>,
}

impl Transaction<'_> {
    /// Waits for the lock: briefly with `has_fallback`, otherwise until the deadline.
    pub(super) fn open<'a>(
        states: &'a StateStore,
        has_fallback: bool,
        deadline: &Deadline,
    ) -> Result<Transaction<'a>> {
        let mut transaction = Transaction::in_memory(states, deadline);
        if !states.is_shared() {
            return Ok(transaction);
        }
        let limit = if has_fallback { deadline.at_most(SHORT_WAIT) } else { deadline.clone() };
        match transaction.lock(&limit, deadline)? {
            Ok((lock, found)) => {
                transaction.lock = Some(lock);
                transaction.take_over(found)?;
                transaction.mark_future_seen();
            }
            Err(trouble) => transaction.go_on_without(trouble)?,
        }
        // Snapshots show what was found here, also when the transaction changes nothing.
        transaction.remember();
        Ok(transaction)
    }

    fn in_memory<'a>(states: &'a StateStore, deadline: &Deadline) -> Transaction<'a> {
        let process = states.state();
        Transaction {
            states,
            state: process.shared.clone(),
            lock: None,
            until: deadline.at_most(LONGEST_REQUEST),
            is_unsaved: process.is_unsaved,
            trouble: Vec::new(),
            skew: None,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.states.now()
    }

    /// Tries until it has the lock. The outer error ends the call; the inner one is the store's.
    fn lock(&mut self, limit: &Deadline, call: &Deadline) -> Result<Result<Locked, StoreError>> {
        let (mut interval, mut is_busy) = (LOCK_INTERVAL, false);
        limit.left().map_err(|reason| retry::wait_error(reason, Stage::Store))?;
        loop {
            self.until = call.at_most(LONGEST_REQUEST);
            // The time for all that is done under the lock, not only for waiting for it.
            let hold = self.until.left().map_err(|reason| self.locked_out(reason))? + SAVE_TIME;
            match self.states.try_lock(hold, call) {
                Ok(Some(lock)) => return Ok(self.load(lock)),
                Ok(None) => {
                    is_busy = true;
                    limit.sleep_briefly(interval).map_err(|reason| self.locked_out(reason))?;
                }
                Err(error)
                    if is_busy && error.trouble == Trouble::WaitEnded(WaitError::Expired) =>
                {
                    return Err(self.locked_out(WaitError::Expired));
                }
                Err(trouble) => return Ok(Err(trouble)),
            }
            interval = (interval * 2).min(LONGEST_LOCK_INTERVAL);
        }
    }

    fn locked_out(&self, reason: WaitError) -> Error {
        if reason == WaitError::Cancelled {
            return retry::wait_error(reason, Stage::Store);
        }
        let message = "another process held its lock, or it did not respond, until the deadline of \
                       this call";
        let message = format!("{message} ({})", self.states.name());
        Error::new(ErrorKind::StoreLocked, message).at(Stage::Store)
    }

    fn load(&mut self, mut lock: StoreLock) -> Result<Locked, StoreError> {
        let Some(bytes) = lock.load()? else { return Ok((lock, None)) };
        let state = self.states.parse(&bytes)?;
        if state.is_none() {
            self.trouble.push(self.states.torn());
        }
        Ok((lock, state))
    }

    /// Goes on with the state that was found, or with what this process knows of requests.
    fn take_over(&mut self, found: Option<SharedState>) -> Result<()> {
        let generation = self.state.generation;
        match found {
            Some(mut found) => {
                found.learn_whether_token_worked(&self.state);
                if self.is_unsaved {
                    let rejected = self.states.state().rejected_tokens.clone();
                    found.merge(&self.state, &rejected, &self.now());
                }
                self.state = found;
            }
            // Its token was never in the store.
            None if self.is_unsaved => {}
            // Where the store lost its record, requests and rejections are still remembered.
            None => (self.state.token, self.state.request_started) = (None, None),
        }
        if !self.states.is_own(&self.state) {
            let owner = self.state.owner();
            let advice = "give each application its own store";
            let message = format!("it has the tokens of {owner}; {advice}");
            return Err(self.states.error(StoreError::unusable(message)));
        }
        // The count never goes back, even when a record was lost.
        self.state.generation = self.state.generation.max(generation);
        if self.state.request_started.take().is_some() {
            // The process that sent the request died: whether it brought a token is not known.
            self.state.token.iter_mut().for_each(|token| token.suspect = true);
        }
        Ok(())
    }

    /// Writes down when periods that begin in the future were first seen: they last no longer than
    /// from now on, also for a job that starts anew each hour.
    fn mark_future_seen(&mut self) {
        if !self.state.mark_future_seen(&self.now()) {
            return;
        }
        if let Err(trouble) = self.write() {
            self.trouble.push(format!("{}: {trouble}", self.states.name()));
        }
    }

    fn go_on_without(&mut self, trouble: StoreError) -> Result<()> {
        if !self.states.may_go_on_without(&trouble) {
            return Err(self.states.error(trouble));
        }
        self.lock = None;
        let name = self.states.name();
        let policy = "continuing without it, as on_store_unavailable is proceed";
        self.trouble.push(format!("{name}: {trouble}; {policy}"));
        Ok(())
    }

    /// Reports an event while the lock is held. An event handler that takes longer than the lock
    /// was taken for leaves no time for another request.
    pub(super) fn report(&self, event: Event) {
        self.states.events.emit(event);
    }

    /// Writes the state before something depends on its being there.
    pub(super) fn save(&mut self) -> Result<()> {
        if let Err(trouble) = self.write() {
            self.go_on_without(trouble)?;
        }
        self.remember();
        Ok(())
    }

    /// Writes the state after something has happened that cannot be undone.
    pub(super) fn save_anyway(&mut self) {
        if let Err(trouble) = self.write() {
            let name = self.states.name();
            self.trouble.push(format!("{name}: {trouble}; other jobs do not see this token"));
        }
        self.remember();
    }

    fn write(&mut self) -> Result<(), StoreError> {
        // Where there is no store, nothing is ever merged.
        self.is_unsaved = true;
        let Some(lock) = &mut self.lock else { return Ok(()) };
        lock.save(&self.state)?;
        self.is_unsaved = false;
        Ok(())
    }

    /// What the state says is what this process knows from now on.
    fn remember(&mut self) {
        let now = self.now();
        let skew = self.states.change(|process| {
            process.is_unsaved = self.is_unsaved;
            process.stats.store_error = self.trouble.last().cloned();
            process.learn(&self.state, &now)
        });
        self.skew = skew.or(self.skew);
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        drop(self.lock.take());
        if std::thread::panicking() {
            return;
        }
        for words in std::mem::take(&mut self.trouble) {
            self.states.events.emit(Event::StoreFailed { message: words });
        }
        if let Some(by) = self.skew {
            self.states.events.emit(Event::ClockSkew { by });
        }
    }
}
