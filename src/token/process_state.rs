//! What a process knows of an application, for all its clients together.

use std::time::Duration;

use super::access_token::Token;
use super::rate_limit::Waiter;
use super::scopes::Scopes;
use super::snapshot::Snapshot;
use super::state::{SharedState, StoredToken};
use super::timestamp::Timestamp;
use crate::clock::ClockInstant;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// Rejected tokens that are remembered. No store holds an older one any more.
const MOST_REJECTED: usize = 4;

#[derive(Debug, Default)]
pub(super) struct ProcessState {
    /// How many clients use it, and where they keep the token.
    clients: usize,
    store: String,

    /// As it was last seen. Without a store it is the only copy.
    pub(super) shared: SharedState,
    /// Whether `shared` has what could not be written to the store.
    pub(super) is_unsaved: bool,
    pub(super) rejected_tokens: Vec<Secret>,
    /// This process's permits of the last window.
    pub(super) permits: Vec<Timestamp>,
    /// When the store last failed to count the permits of all jobs.
    pub(super) store_failed_at: Option<Timestamp>,
    /// How wrong some clock is, as far as the shared state shows.
    pub(super) skew: Option<Duration>,

    pub(super) token: Option<Token>,
    /// Only what is counted and noted; the rest is added when it is asked for.
    pub(super) stats: Snapshot,

    /// The threads that wait for permits, where they are counted in memory.
    pub(super) waiters: Vec<Waiter>,
    /// Whether a thread, the leader, is getting a token.
    pub(super) is_fetching: bool,
    /// How many times a leader has ended.
    pub(super) fetches: u64,
    /// How the last leader failed, and with which credentials.
    pub(super) failure: Option<(u64, Error)>,
    /// After a failure, the old token is used until then without another try, unless it expires.
    pub(super) retry_at: Option<ClockInstant>,
}

impl ProcessState {
    pub(super) fn new(origin: &str, client_id: &str) -> ProcessState {
        let shared = SharedState::new(origin, client_id);
        ProcessState { shared, ..ProcessState::default() }
    }

    /// What a child of a fork begins with: the parent's threads do not exist there.
    pub(super) fn without_threads(&self) -> ProcessState {
        ProcessState {
            clients: self.clients,
            store: self.store.clone(),
            shared: self.shared.clone(),
            is_unsaved: self.is_unsaved,
            rejected_tokens: self.rejected_tokens.clone(),
            permits: self.permits.clone(),
            store_failed_at: self.store_failed_at.clone(),
            skew: self.skew,
            token: self.token.clone(),
            stats: self.stats.clone(),
            waiters: Vec::new(),
            is_fetching: false,
            fetches: self.fetches,
            failure: None,
            retry_at: None,
        }
    }

    /// One more client, unless the others have another store.
    pub(super) fn add_client(&mut self, store: &str) -> Result<()> {
        if self.clients > 0 && self.store != store {
            let message = format!(
                "another client of this process keeps the tokens of {} in {}, and this \
                 one would in {store}: they would revoke each other's tokens",
                self.shared.client_id, self.store
            );
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        self.clients += 1;
        store.clone_into(&mut self.store);
        Ok(())
    }

    /// One client less. With the last one the tokens are dropped; what is known of token requests
    /// stays. Returns whether it was the last.
    pub(super) fn remove_client(&mut self) -> bool {
        self.clients = self.clients.saturating_sub(1);
        let is_last = self.clients == 0;
        if is_last {
            (self.token, self.shared.token, self.shared.replaced) = (None, None, None);
            self.rejected_tokens.clear();
        }
        is_last
    }

    /// Whether nothing is known of any request.
    pub(super) fn is_blank(&self) -> bool {
        self.permits.is_empty() && self.shared.is_blank()
    }

    /// Takes over the shared state as it is in the store. Returns how wrong some clock is, when
    /// that is new.
    pub(super) fn learn(&mut self, shared: &SharedState, now: &Timestamp) -> Option<Duration> {
        let known = std::mem::replace(&mut self.skew, shared.skew(now));
        self.shared = shared.clone();
        self.skew.filter(|_| known.is_none())
    }

    /// A token was seen to work. One that was rejected before is used again.
    pub(super) fn token_worked(&mut self, token: &Token) {
        let is_same = |one: &&mut StoredToken| one.access_token == *token.secret();
        let Some(stored) = self.shared.token.as_mut().filter(is_same) else { return };
        (stored.suspect, stored.worked) = (false, true);
        let rejected = self.rejected_tokens.iter().position(|one| one == token.secret());
        if let Some(at) = rejected {
            self.rejected_tokens.remove(at);
            self.stats.last_error = None;
            self.token = Some(token.clone());
        }
    }

    /// Drops a token that Vanta rejected, unless a newer one has taken its place. Returns its
    /// generation, as far as that is known.
    pub(super) fn token_rejected(&mut self, rejected: &str) -> u64 {
        let current = self.token.take_if(|token| token.secret().expose() == rejected);
        let stored = self.shared.token.as_ref();
        let is_stored = stored.is_some_and(|one| one.access_token.expose() == rejected);
        if !self.rejected_tokens.iter().any(|one| one.expose() == rejected) {
            self.rejected_tokens.push(Secret::new(rejected));
            let surplus = self.rejected_tokens.len().saturating_sub(MOST_REJECTED);
            self.rejected_tokens.drain(..surplus);
        }
        self.stats.rejections += 1;
        let stored = if is_stored { self.shared.generation } else { 0 };
        current.map_or(stored, |token| token.generation())
    }

    /// The token that was rejected last, if it has not expired: the server may accept it again.
    pub(super) fn rejected_token(&self, scopes: &Scopes, now: &Timestamp) -> Option<&StoredToken> {
        let is_rejected = |one: &&StoredToken| self.rejected_tokens.contains(&one.access_token);
        let token = self.shared.token.as_ref().filter(is_rejected)?;
        (!token.remaining(now).is_zero() && token.scopes.contain(scopes)).then_some(token)
    }
}
