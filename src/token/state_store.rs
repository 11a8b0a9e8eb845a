//! Where the state of an application is kept: in this process, and in a store where there is one.
//!
//! A store may be the program's own code. Every call of one is marked, so that a call of the client
//! from there is an error and no deadlock.

use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::process_state::ProcessState;
use super::registry::{self, Entry};
use super::state::SharedState;
use super::timestamp::Timestamp;
use crate::clock::{Clock, Deadline, WaitError};
use crate::config::{OnStoreUnavailable, Settings, is_origin};
use crate::error::{Error, Result};
use crate::event::{Event, EventHandler, in_user_callback};
use crate::store::{Content, LockedRecord, Owner, SharedStore, StoreError, Trouble};
use crate::sync::MutexGuard;

/// Between two tries for the lock. It doubles up to a twelfth of the whole time.
const LOCK_INTERVAL: Duration = Duration::from_millis(5);

/// How long a store in the network may take for one brief access.
const BRIEF_ACCESS: Duration = Duration::from_secs(2);

/// How long the lock is taken for then: more than reading and writing the state takes.
const BRIEF_HOLD: Duration = Duration::from_secs(10);

/// A store that was unavailable is not waited for at each request.
const RETRY_AFTER: Duration = Duration::from_secs(60);

const DAMAGED: &str = "holds a token record that was changed or damaged, and is not changed; \
                       delete it, and the next call writes a new one";

const TORN_OF_ANOTHER: &str = "holds the beginning of a token record of another application, and \
                               is not changed; give each application its own, or delete this one";

type Bytes = Zeroizing<Vec<u8>>;

#[derive(Debug)]
pub(super) struct StateStore {
    pub(super) entry: Arc<Entry>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) events: EventHandler,
    /// `None` where the state is kept in memory only.
    store: Option<Arc<dyn SharedStore>>,
    on_unavailable: OnStoreUnavailable,
}

impl StateStore {
    pub(super) fn new(settings: &Settings, client_id: &str) -> Result<StateStore> {
        let store = settings.store.clone();
        let origin = settings.origin.to_string();
        Ok(StateStore {
            entry: registry::join(&origin, client_id, &name(store.as_deref()))?,
            clock: Arc::clone(&settings.clock),
            events: settings.events.clone(),
            store,
            on_unavailable: settings.on_store_unavailable,
        })
    }

    /// For a token from the configuration, which no other client shares. The entry is not in the
    /// registry.
    pub(super) fn unshared(settings: &Settings) -> StateStore {
        StateStore {
            entry: Arc::new(Entry::new(&settings.origin.to_string(), "")),
            clock: Arc::clone(&settings.clock),
            events: settings.events.clone(),
            store: None,
            on_unavailable: settings.on_store_unavailable,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::now(&*self.clock)
    }

    /// What this process knows.
    pub(super) fn state(&self) -> MutexGuard<'_, ProcessState> {
        self.entry.state()
    }

    /// Changes what this process knows, and publishes it for a child of a fork.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut ProcessState) -> T) -> T {
        let mut state = self.state();
        let value = change(&mut state);
        self.entry.publish(&state);
        value
    }

    pub(super) fn is_shared(&self) -> bool {
        self.store.is_some()
    }

    /// What the store is called in messages; `memory` where there is none.
    pub(super) fn name(&self) -> String {
        name(self.store.as_deref())
    }

    pub(super) fn error(&self, error: StoreError) -> Error {
        error.into_error(&self.name())
    }

    /// Whether the policy is to go on without the store. A store that is not safe is never done
    /// without.
    pub(super) fn may_go_on_without(&self, error: &StoreError) -> bool {
        error.trouble == Trouble::Unavailable && self.on_unavailable == OnStoreUnavailable::Proceed
    }

    /// A store that could not count permits is not tried again for a while.
    pub(super) fn note_failure(&self) {
        self.change(|process| process.store_failed_at = Some(self.now()));
    }

    pub(super) fn failed_lately(&self) -> bool {
        let failed_at = self.state().store_failed_at.clone();
        failed_at.is_some_and(|at| at.remaining(RETRY_AFTER, &self.now()).is_some())
    }

    pub(super) fn is_own(&self, state: &SharedState) -> bool {
        state.is_of(&self.entry.origin, &self.entry.client_id)
    }

    /// Reads the record without the lock.
    pub(super) fn read(&self, deadline: &Deadline) -> Result<Option<Bytes>, StoreError> {
        let Some(store) = self.store.as_deref() else { return Ok(None) };
        in_user_callback(|| store.read(&self.entry.key(), deadline))
    }

    /// Takes the lock, at once or not at all; `None` when another job holds it.
    pub(super) fn try_lock(
        &self,
        hold: Duration,
        deadline: &Deadline,
    ) -> Result<Option<StoreLock>, StoreError> {
        let store = self.store.as_deref().ok_or_else(StoreError::unsupported)?;
        let locked = in_user_callback(|| store.try_lock(&self.entry.key(), hold, deadline))?;
        Ok(locked.map(|record| StoreLock(Some(record))))
    }

    /// The shared state, read without the lock; `None` where it cannot be had briefly.
    pub(super) fn read_briefly(&self, deadline: &Deadline) -> Option<SharedState> {
        let bytes = self.read(&deadline.at_most(BRIEF_ACCESS)).ok()??;
        SharedState::from_bytes(&bytes).filter(|state| self.is_own(state))
    }

    /// Tries for so long to take the lock; `None` when the store is unavailable or busy.
    pub(super) fn lock_briefly(
        &self,
        time: Duration,
        deadline: &Deadline,
    ) -> Result<Option<StoreLock>, WaitError> {
        let until = Deadline::uncancelled(time);
        let mut interval = LOCK_INTERVAL;
        loop {
            match self.try_lock(BRIEF_HOLD, &deadline.at_most(BRIEF_ACCESS)) {
                Ok(None) if until.left().is_ok() => deadline.sleep_briefly(interval)?,
                Ok(locked) => return Ok(locked),
                // It is unavailable, unless the call itself has ended.
                Err(_) => return deadline.left().map(|_| None),
            }
            interval = (interval * 2).min(time / 12);
        }
    }

    /// Takes the lock if it is free; `None` when the store is unavailable or busy.
    pub(super) fn lock_at_once(&self, deadline: &Deadline) -> Option<StoreLock> {
        self.try_lock(BRIEF_HOLD, deadline).ok().flatten()
    }

    /// The state that a record holds. `None` for a torn one, or zero bytes, which may be replaced:
    /// what another job needs of it is written again by those that know it. An error for what must
    /// not be replaced.
    pub(super) fn parse(&self, bytes: &[u8]) -> Result<Option<SharedState>, StoreError> {
        if let Some(state) = SharedState::from_bytes(bytes) {
            return Ok(Some(state));
        }
        let refusal = match Content::of(bytes) {
            Content::Record => Some(DAMAGED.to_owned()),
            Content::Torn if !self.may_be_own(&Owner::of(bytes)) => {
                Some(TORN_OF_ANOTHER.to_owned())
            }
            content => content.refusal(),
        };
        refusal.map_or(Ok(None), |why| Err(StoreError::unusable(why)))
    }

    /// The warning about a torn record.
    pub(super) fn torn(&self) -> String {
        format!("{}: its record cannot be read, and is replaced", self.name())
    }

    /// Whether no member of a torn record that can be read is that of another application.
    fn may_be_own(&self, owner: &Owner) -> bool {
        let entry = &self.entry;
        let same_origin = owner.origin.as_ref().is_none_or(|it| is_origin(it, &entry.origin));
        same_origin && owner.client_id.as_ref().is_none_or(|id| *id == entry.client_id)
    }

    /// Changes the shared state under its lock, and gives the lock back. `missing` is the state
    /// where the store has none, or a torn one. `change` also returns whether there is anything to
    /// write. `None` when the state is another application's, or cannot be read or written.
    pub(super) fn update<T>(
        &self,
        mut lock: StoreLock,
        missing: impl FnOnce() -> Option<SharedState>,
        change: impl FnOnce(&mut SharedState) -> (T, bool),
    ) -> Option<T> {
        let bytes = lock.load().ok()?;
        let found = match &bytes {
            Some(bytes) => self.parse(bytes).ok()?,
            None => None,
        };
        let is_torn = bytes.is_some() && found.is_none();
        let mut state = found.or_else(missing).filter(|state| self.is_own(state))?;
        let (value, is_changed) = change(&mut state);
        let is_good = !is_changed || lock.save(&state).is_ok();
        drop(lock);
        if is_torn && is_changed {
            self.events.emit(Event::StoreFailed { message: self.torn() });
        }
        is_good.then_some(value)
    }
}

impl Drop for StateStore {
    fn drop(&mut self) {
        registry::leave(&self.entry);
    }
}

fn name(store: Option<&dyn SharedStore>) -> String {
    store.map_or_else(|| "memory".to_owned(), SharedStore::name)
}

/// The lock of the record in the store. Dropping it gives the lock back.
pub(super) struct StoreLock(Option<Box<dyn LockedRecord>>);

impl StoreLock {
    pub(super) fn load(&mut self) -> Result<Option<Bytes>, StoreError> {
        match &mut self.0 {
            Some(record) => in_user_callback(|| record.load()),
            None => Ok(None),
        }
    }

    pub(super) fn save(&mut self, state: &SharedState) -> Result<(), StoreError> {
        let bytes = state.to_bytes();
        match &mut self.0 {
            Some(record) => in_user_callback(|| record.save(&bytes)),
            None => Ok(()),
        }
    }
}

impl Drop for StoreLock {
    fn drop(&mut self) {
        in_user_callback(|| drop(self.0.take()));
    }
}
