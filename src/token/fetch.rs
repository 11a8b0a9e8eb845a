//! The shared source: a token from the store as it is, or else in a store transaction, where it is
//! requested if the policy allows that now.
//!
//! A stopped process, or one that waits for a slow server, may hold the lock for long; a good token
//! is used all the same. A reader without the lock writes nothing, and concludes nothing from a
//! token request that is under way: it uses the old token until it expires, and whether it still
//! works is for the server to say. After a 401 it waits for the lock like any other.

use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Duration;

use super::access_token::Token;
use super::policy::{self, Check, Decision, Need, Reason, Requirement};
use super::requester::{Fetched, TokenRequester};
use super::scopes::Scopes;
use super::snapshot::Source;
use super::state::{Backoff, SharedState, StoredToken};
use super::state_store::StateStore;
use super::transaction::Transaction;
use crate::clock::Deadline;
use crate::config::{Credentials, Settings};
use crate::error::{Error, ErrorKind, Result, Stage};
use crate::event::{self, Event};
use crate::http::Http;
use crate::retry::{self, LEAST_TIME};
use crate::secret::Secret;
use crate::store::{Content, StoreError, Trouble};

/// The coarse clock that waits are measured with is behind the others by up to 4 ms.
const TICK: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(super) struct SharedSource {
    pub(super) states: Arc<StateStore>,
    /// The scopes that this client needs.
    pub(super) scopes: Scopes,
    margin: Duration,
    pub(super) requests_per_minute: u32,
    /// `None` where tokens come from the store only.
    requester: Option<TokenRequester>,
}

impl SharedSource {
    pub(super) fn new(
        settings: &Settings,
        credentials: Credentials,
        http: Arc<Http>,
    ) -> Result<SharedSource> {
        let states = Arc::new(StateStore::new(settings, &credentials.client_id)?);
        let scopes = Scopes::new(&settings.scope);
        let requester = TokenRequester {
            http,
            credentials,
            scopes: scopes.clone(),
            strict: settings.strict_token_response,
            requests_per_minute: settings.token_requests_per_minute,
        };
        Ok(SharedSource {
            states,
            scopes,
            margin: settings.margin,
            requests_per_minute: settings.token_requests_per_minute,
            requester: Some(requester).filter(|_| !settings.token_from_store_only),
        })
    }

    /// Tells apart, within this process, what clients request tokens with. `None` where the secret
    /// cannot be read. Calls no callback.
    pub(super) fn read_credentials_id(&self) -> Option<u64> {
        let Some(requester) = &self.requester else { return Some(0) };
        if requester.credentials.callback_number().is_some() {
            return self.callback_id();
        }
        Some(self.credentials_id(&requester.credentials.secret().ok()?))
    }

    fn credentials_id(&self, secret: &Secret) -> u64 {
        let by_secret = (secret.expose(), self.scopes.as_str());
        self.callback_id().unwrap_or_else(|| self.states.entry.hasher.hash_one(by_secret))
    }

    /// The secrets that a callback returns may all differ: only the callback counts.
    fn callback_id(&self) -> Option<u64> {
        let number = self.requester.as_ref()?.credentials.callback_number()?;
        Some(self.states.entry.hasher.hash_one((number, self.scopes.as_str())))
    }

    fn requirement<'a>(&'a self, need: Need, rejected: &'a [Secret]) -> Requirement<'a> {
        Requirement { need, margin: self.margin, scopes: &self.scopes, rejected }
    }

    /// The token that was rejected last, for one more request with it.
    pub(super) fn rejected_token(&self) -> Option<Token> {
        let process = self.states.state();
        let token = process.rejected_token(&self.scopes, &self.states.now())?;
        let source = if self.states.is_shared() { Source::Store } else { Source::Requested };
        // It has to prove itself again, whatever it did before.
        let token = StoredToken { worked: false, ..token.clone() };
        Some(self.token(&token, process.shared.generation, source))
    }

    pub(super) fn token(&self, token: &StoredToken, generation: u64, source: Source) -> Token {
        Token::from_state(token, generation, source, &self.scopes, &*self.states.clock)
    }

    /// Puts the token of the state into the cache, if it has not expired and was not rejected.
    /// Threads that it serves need not wait until the leader has the token that it needs itself.
    fn cache(&self, state: &SharedState) {
        let Some(token) = &state.token else { return };
        let process = self.states.entry.process();
        let mut known = process.state();
        let is_same = |one: &Token| *one.secret() == token.access_token;
        let is_cached = known.token.as_ref().is_some_and(is_same);
        let is_rejected = known.rejected_tokens.contains(&token.access_token);
        if is_cached || is_rejected || token.remaining(&self.states.now()).is_zero() {
            return;
        }
        known.token = Some(self.token(token, state.generation, Source::Store));
        self.states.entry.publish(&known);
        process.changed.notify_all();
    }

    fn not_allowed(&self) -> Error {
        let advice =
            "run a job first that may request tokens, or set token_from_store_only to false";
        let message = format!("there is no valid token in {}; {advice}", self.states.name());
        Error::new(ErrorKind::TokenRequestNotAllowed, message).at(Stage::Store)
    }
}

/// One fetch of a token by the leader.
pub(super) struct Fetch<'a> {
    source: &'a SharedSource,
    need: Need,
    /// The caller has a token to use until there is a better one: it does not wait for long.
    has_fallback: bool,
    /// The caller can try a rejected token once more: it does not wait if there is one.
    may_try_rejected: bool,
    deadline: &'a Deadline,
    /// Of the secret that was read last.
    credentials_id: Option<u64>,
    /// How many requests were sent.
    attempts: u32,
    /// The 429 that the last of them got, and the backoff after it.
    limited: Option<Error>,
    backoff: Option<Backoff>,
}

impl<'a> Fetch<'a> {
    pub(super) fn new(
        source: &'a SharedSource,
        need: Need,
        has_fallback: bool,
        may_try_rejected: bool,
        deadline: &'a Deadline,
    ) -> Fetch<'a> {
        Fetch {
            source,
            need,
            has_fallback,
            may_try_rejected,
            deadline,
            credentials_id: None,
            attempts: 0,
            limited: None,
            backoff: None,
        }
    }

    /// Tries the store as it is, and then store transactions. It waits between those where it must.
    pub(super) fn run(&mut self) -> Result<Fetched> {
        if let Some(fetched) = self.read()? {
            return Ok(fetched);
        }
        loop {
            if let Some(fetched) = self.run_transaction()? {
                return Ok(fetched);
            }
        }
    }

    /// The credentials of this fetch. It reads the secret only where the fetch did not.
    pub(super) fn credentials_id(&self) -> Option<u64> {
        self.credentials_id.or_else(|| self.source.read_credentials_id())
    }

    /// A token from the store, read without the lock.
    fn read(&mut self) -> Result<Option<Fetched>> {
        let states = &self.source.states;
        let bytes = match states.read(self.deadline) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(None),
            // The transaction meets the same error, and knows what to do about it.
            Err(error) if error.trouble == Trouble::Unsupported => return Ok(None),
            Err(error) if states.may_go_on_without(&error) => return Ok(None),
            Err(error) => return Err(states.error(error)),
        };
        if let Some(why) = Content::of(&bytes).refusal() {
            return Err(states.error(StoreError::unusable(why)));
        }
        let state = SharedState::from_bytes(&bytes).filter(|state| states.is_own(state));
        Ok(state.and_then(|state| self.take(state)))
    }

    /// The token of the state, if it may be used without a transaction.
    fn take(&mut self, mut state: SharedState) -> Option<Fetched> {
        let source = self.source;
        let now = source.states.now();
        let rejected = self.merge_unsaved(&mut state);
        let required = source.requirement(self.need, &rejected);
        if let Ok(Check::Good(token)) = policy::check(&state, &required, &now) {
            let token = token.clone();
            return Some(self.learn(token, state));
        }
        let fallback = policy::fallback(&state, &required, &now).cloned();
        // Another process may be requesting the next token: until it is stored, this one is used.
        let may_use = fallback.is_some() && policy::is_request_under_way(&state, &now);
        if !may_use {
            source.cache(&state);
        }
        self.has_fallback |= fallback.is_some();
        fallback.map(|token| self.learn(token, state)).filter(|_| may_use)
    }

    /// Adds what could not be written to the store. Returns the tokens that Vanta has rejected.
    fn merge_unsaved(&self, state: &mut SharedState) -> Vec<Secret> {
        let states = &self.source.states;
        let process = states.state();
        if process.is_unsaved {
            state.merge(&process.shared, &process.rejected_tokens, &states.now());
        }
        process.rejected_tokens.clone()
    }

    /// What was read is what this process knows from now on, but for the request under way.
    fn learn(&self, token: StoredToken, mut state: SharedState) -> Fetched {
        let states = &self.source.states;
        state.request_started = None;
        let (generation, skew) = states.change(|process| {
            state.learn_whether_token_worked(&process.shared);
            state.generation = state.generation.max(process.shared.generation);
            process.stats.store_error = None;
            (state.generation, process.learn(&state, &states.now()))
        });
        if let Some(by) = skew {
            states.events.emit(Event::ClockSkew { by });
        }
        Fetched::from_store(token, generation)
    }

    /// `None` where another transaction may bring a token.
    fn run_transaction(&mut self) -> Result<Option<Fetched>> {
        let source = self.source;
        let secret = match &source.requester {
            Some(requester) => requester.secret_from_callback()?,
            None => None,
        };
        let mut transaction = Transaction::open(&source.states, self.has_fallback, self.deadline)?;
        let now = transaction.now();
        // Whatever the store says: after a 429, no request before the backoff is over.
        transaction.state.merge_backoff(self.backoff.as_ref(), &now);
        let rejected = source.states.state().rejected_tokens.clone();
        let required = source.requirement(self.need, &rejected);
        let check = policy::check(&transaction.state, &required, &now);
        if !matches!(check, Ok(Check::Good(_))) {
            source.cache(&transaction.state);
        }
        match check? {
            Check::Replace(reason) => self.request(transaction, reason, secret, &rejected),
            Check::Good(token) => {
                let generation = transaction.state.generation;
                Ok(Some(Fetched::from_store(token.clone(), generation)))
            }
        }
    }

    /// Requests a token, if the policy allows that now. `secret` is the one from the callback.
    fn request(
        &mut self,
        transaction: Transaction<'_>,
        reason: Reason,
        secret: Option<Secret>,
        rejected: &[Secret],
    ) -> Result<Option<Fetched>> {
        let (source, now) = (self.source, transaction.now());
        let limit = source.requests_per_minute;
        let Some(requester) = &source.requester else {
            return Err(match policy::may_request(&transaction.state, reason, "", limit, &now) {
                Decision::Refuse(error) => error,
                Decision::Request | Decision::Wait(..) => source.not_allowed(),
            });
        };
        let request = requester.prepare(&transaction.state, secret, &now)?;
        self.credentials_id = Some(source.credentials_id(&request.client_secret));
        match policy::may_request(&transaction.state, reason, &request.fingerprint, limit, &now) {
            Decision::Refuse(error) => Err(requester.explain(error, &request)),
            Decision::Wait(wait, error) => {
                drop(transaction);
                self.wait(wait, error).map(|()| None)
            }
            Decision::Request => requester
                .request(transaction, &request, reason, rejected, self.deadline)
                .map_or_else(|error| self.failed(error).map(|()| None), |done| Ok(Some(done))),
        }
    }

    /// After a 429, a caller without another token waits, if the next transaction says so.
    fn failed(&mut self, error: Error) -> Result<()> {
        self.attempts += error.attempts();
        let error = error.with_attempts(self.attempts);
        if error.kind() != ErrorKind::TokenRateLimited || self.has_fallback {
            return Err(error);
        }
        self.limited = Some(error);
        self.backoff.clone_from(&self.source.states.state().shared.backoff);
        Ok(())
    }

    /// Waits until a token may be requested. Fails where that takes longer than the call has time,
    /// or where it has another token to use.
    fn wait(&self, wait: Duration, error: Error) -> Result<()> {
        let states = &self.source.states;
        if error.kind() == ErrorKind::Contention {
            let revoked = policy::revoked_lately(&states.state().shared, &states.now());
            states.events.emit(Event::Contention { revoked });
        }
        let left = self.deadline.left();
        let left = left.map_err(|reason| retry::wait_error(reason, Stage::Queue))?;
        let can_try_rejected = self.may_try_rejected && self.source.rejected_token().is_some();
        // No request is made before the server allows it, and no call waits for ever.
        let is_too_long = error.retry_after() > Some(wait);
        let has_no_time = left <= wait.saturating_add(LEAST_TIME);
        let error = self.limited.clone().unwrap_or_else(|| error.at(Stage::Queue));
        if self.has_fallback || can_try_rejected || is_too_long || has_no_time {
            return Err(error);
        }
        self.report(wait, error.kind());
        self.deadline.sleep(wait + TICK).map_err(|reason| retry::ended(reason, error))
    }

    /// Tells an operator why the call goes on only later.
    fn report(&self, wait: Duration, kind: ErrorKind) {
        self.source.states.events.emit(match kind {
            // Reported already.
            ErrorKind::Contention => return,
            ErrorKind::TokenRateLimitReached if wait < event::LEAST_WAIT => return,
            ErrorKind::TokenRateLimitReached => Event::RateLimitReached { wait },
            kind => Event::Retrying { attempt: self.attempts, wait, kind },
        });
    }
}
