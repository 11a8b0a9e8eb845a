//! What a process knows of an application, for all its clients together.
//!
//! A child of a fork cannot take over the lock of what its parent knows. So it is published as a
//! whole at each change, and a child begins with a copy of that.

use std::hash::RandomState;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Token;
use super::record::{Kept, Record};
use super::scopes::Scopes;
use super::snapshot::Stats;
use super::stamp::Stamp;
use super::window::Waiter;
use crate::clock::ClockInstant;
use crate::config::is_origin;
use crate::error::{Error, ErrorKind, Result};
use crate::fork::PerProcess;
use crate::queue::Queue;
use crate::secret::Secret;
use crate::store::Owner;

/// Refused tokens that are remembered; an older one stands in no store any more.
const MOST_REFUSED: usize = 4;

#[derive(Debug)]
pub(super) struct Slot {
    pub(super) origin: String,
    pub(super) client_id: String,
    /// Makes numbers of secrets that are worth nothing outside this process.
    pub(super) hasher: RandomState,
    inner: PerProcess<Inner>,
    /// What a child of a fork begins with. Only whole values ever stand here.
    published: AtomicPtr<Memory>,
    /// Since when it has no clients, by a counter; 0 while it has some.
    idle_since: AtomicU64,
}

/// What belongs to one process alone.
#[derive(Debug)]
pub(super) struct Inner {
    /// Never held during a request; `changed` tells when a flight has ended.
    state: Mutex<State>,
    pub(super) changed: Condvar,
    /// The threads that want permits from the store.
    pub(super) at_store: Queue,
}

/// What is known; a clone is worth as much.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    /// How many keepers use it, and where they keep its token.
    users: usize,
    store: String,
    pub(super) token: Option<Token>,
    /// The record as it was last seen; without a store it is the only one.
    pub(super) record: Record,
    /// Whether the record has what could not be written to the store.
    pub(super) is_unsaved: bool,
    pub(super) refused: Vec<Secret>,
    /// This process's permits of the last minute.
    pub(super) permits: Vec<Stamp>,
    /// When the store last failed to count them for all jobs.
    pub(super) alone_since: Option<Stamp>,
    pub(super) stats: Stats,
    /// How wrong some clock is, as far as the record shows.
    pub(super) skew: Option<Duration>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) memory: Memory,
    /// The threads that wait for permits, where they are counted in memory.
    pub(super) waiters: Vec<Waiter>,
    /// Whether a thread is requesting a token now.
    pub(super) flying: bool,
    /// Flights that have ended, and how the last of them failed, for which credentials.
    pub(super) flights: u64,
    pub(super) failure: Option<(u64, Error)>,
    /// No renewal before this moment while the old token lives.
    pub(super) quiet: Option<ClockInstant>,
}

impl Slot {
    pub(super) fn is_of(&self, origin: &str, client_id: &str) -> bool {
        self.origin == origin && self.client_id == client_id
    }

    /// Whether no member of a torn record that can be read is that of another application.
    pub(super) fn may_be_of(&self, owner: &Owner) -> bool {
        let same_origin = owner.origin.as_ref().is_none_or(|it| is_origin(it, &self.origin));
        same_origin && owner.client_id.as_ref().is_none_or(|id| *id == self.client_id)
    }

    /// One more client, unless others keep the tokens elsewhere.
    pub(super) fn enter(&self, store: &str) -> Result<()> {
        let mut state = self.state();
        let memory = &mut state.memory;
        if memory.users > 0 && memory.store != store {
            let words = format!(
                "another client of this process keeps the tokens of {} in {}, and this \
                 one would in {store}: they would revoke each other's tokens",
                self.client_id, memory.store
            );
            return Err(Error::new(ErrorKind::InvalidConfig, words));
        }
        memory.users += 1;
        store.clone_into(&mut memory.store);
        self.idle_since.store(0, Ordering::Relaxed);
        self.publish(memory);
        Ok(())
    }

    /// One client less. With the last one, the token goes; what is known of token requests stays.
    /// Returns whether it was the last.
    pub(super) fn leave(&self, order: impl FnOnce() -> u64) -> bool {
        let mut state = self.state();
        let memory = &mut state.memory;
        memory.users = memory.users.saturating_sub(1);
        let last = memory.users == 0;
        if last {
            (memory.token, memory.record.token, memory.record.replaced) = (None, None, None);
            memory.refused.clear();
            self.idle_since.store(order(), Ordering::Relaxed);
        }
        self.publish(memory);
        last
    }

    /// Since when it has no clients.
    pub(super) fn idle_since(&self) -> Option<u64> {
        Some(self.idle_since.load(Ordering::Relaxed)).filter(|since| *since > 0)
    }

    /// Whether nothing is known of any request.
    pub(super) fn is_blank(&self) -> bool {
        let state = self.state();
        state.memory.permits.is_empty() && state.memory.record.is_blank()
    }

    pub(super) fn new(origin: &str, client_id: &str) -> Slot {
        let memory = Memory {
            users: 0,
            store: String::new(),
            token: None,
            record: Record::new(origin, client_id),
            is_unsaved: false,
            refused: Vec::new(),
            permits: Vec::new(),
            alone_since: None,
            stats: Stats::default(),
            skew: None,
        };
        Slot {
            origin: origin.to_owned(),
            client_id: client_id.to_owned(),
            hasher: RandomState::new(),
            inner: PerProcess::new(),
            published: AtomicPtr::new(Box::into_raw(Box::new(memory))),
            idle_since: AtomicU64::new(0),
        }
    }

    /// What a store keeps its record under.
    pub(super) fn key(&self) -> String {
        format!("{} {}", self.origin, self.client_id)
    }

    pub(super) fn inner(&self) -> &Inner {
        self.inner.get(|| Inner {
            // SAFETY: only whole values stand here. `publish` frees the one before, but it needs
            // the state of this process, which exists only when this has ended.
            state: Mutex::new(State::new(unsafe {
                (*self.published.load(Ordering::Acquire)).clone()
            })),
            changed: Condvar::new(),
            at_store: Queue::default(),
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.inner().state()
    }

    /// Shows a child of a fork what we know. Called with the state in hand.
    pub(super) fn publish(&self, memory: &Memory) {
        let new = Box::into_raw(Box::new(memory.clone()));
        let old = self.published.swap(new, Ordering::AcqRel);
        // SAFETY: leaked by this function or by `new`, and only one thread has the state in hand.
        drop(unsafe { Box::from_raw(old) });
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // SAFETY: leaked by `publish` or by `new`, and nobody has the slot any more.
        drop(unsafe { Box::from_raw(*self.published.get_mut()) });
    }
}

impl Inner {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // The state is whole at every point where its lock is released, a panic included.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for news, at most so long.
    pub(super) fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        most: Duration,
    ) -> MutexGuard<'a, State> {
        let waited = self.changed.wait_timeout(state, most);
        waited.map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state)
    }
}

impl State {
    fn new(memory: Memory) -> State {
        State { memory, waiters: Vec::new(), flying: false, flights: 0, failure: None, quiet: None }
    }
}

impl Memory {
    /// Takes over what the store holds. Returns how wrong some clock is, when that is new.
    pub(super) fn learn(&mut self, record: &Record, now: &Stamp) -> Option<Duration> {
        let known = std::mem::replace(&mut self.skew, record.skew(now));
        self.record = record.clone();
        self.skew.filter(|_| known.is_none())
    }

    /// A token was seen to work. One that was rejected before is used again.
    pub(super) fn prove(&mut self, token: &Token) {
        let same = |kept: &&mut Kept| kept.access_token == *token.secret();
        let Some(kept) = self.record.token.as_mut().filter(same) else { return };
        (kept.suspect, kept.worked) = (false, true);
        let rejected = self.refused.iter().position(|one| one == token.secret());
        if let Some(at) = rejected {
            self.refused.remove(at);
            self.stats.last_error = None;
            self.token = Some(token.clone());
        }
    }

    /// The token that was rejected last, if it has not expired: the server may accept it again.
    pub(super) fn rejected(&self, scopes: &Scopes, now: &Stamp) -> Option<&Kept> {
        let rejected = |kept: &&Kept| self.refused.contains(&kept.access_token);
        let kept = self.record.token.as_ref().filter(rejected)?;
        (!kept.left(now).is_zero() && kept.scopes.hold(scopes)).then_some(kept)
    }

    /// Drops a token that Vanta refused, unless a newer one has taken its place. Gives its
    /// generation, as far as that is known.
    pub(super) fn refuse(&mut self, refused: &str) -> u64 {
        let current = self.token.take_if(|token| token.secret().expose() == refused);
        let kept = self.record.token.as_ref();
        let recorded = kept.is_some_and(|kept| kept.access_token.expose() == refused);
        if !self.refused.iter().any(|one| one.expose() == refused) {
            self.refused.push(Secret::new(refused));
            let surplus = self.refused.len().saturating_sub(MOST_REFUSED);
            self.refused.drain(..surplus);
        }
        self.stats.refused += 1;
        let of_record = if recorded { self.record.generation } else { 0 };
        current.map_or(of_record, |token| token.generation())
    }
}
