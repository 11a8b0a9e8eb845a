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
use super::requester::{Issued, TokenRequester};
use super::scopes::Scopes;
use super::snapshot::Source;
use super::state::{Backoff, SharedState, StoredToken};
use super::state_store::StateStore;
use super::transaction::Transaction;
use crate::clock::Deadline;
use crate::config::{Credentials, Settings};
use crate::error::{Error, ErrorKind, Result, Step};
use crate::event::{Event, EventHandler};
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

/// A token, and how it was got.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) token: StoredToken,
    pub(super) generation: u64,
    /// `Source::None` for a token that was cached already.
    pub(super) source: Source,
    /// Why it was requested; `None` when it was in the store.
    pub(super) reason: Option<Reason>,
    /// Whether the response named the type of the token.
    has_type: bool,
}

/// What the store has for a caller, read without the lock.
enum Stored {
    /// A token to use.
    Good(Fetched),
    /// A token to replace that has not expired. The cache has it now.
    Fallback,
    Nothing,
}

/// What came of one transaction.
enum Outcome {
    Token(Fetched),
    /// A token request was made, and failed.
    Failed(Error),
    /// No token may be requested before so much time has passed.
    Wait(Duration, Error),
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
            strict: settings.strict_token_answers,
            requests_per_minute: settings.mint_budget,
        };
        Ok(SharedSource {
            states,
            scopes,
            margin: settings.margin,
            requests_per_minute: settings.mint_budget,
            requester: Some(requester).filter(|_| !settings.never_mint),
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
        let source = if self.states.is_shared() { Source::Store } else { Source::Minted };
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
        let message = format!("there is no valid token in {}", self.states.name());
        Error::new(ErrorKind::WouldMint, message).at(Step::Store)
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
}

impl<'a> Fetch<'a> {
    pub(super) fn new(
        source: &'a SharedSource,
        need: Need,
        has_fallback: bool,
        may_try_rejected: bool,
        deadline: &'a Deadline,
    ) -> Fetch<'a> {
        Fetch { source, need, has_fallback, may_try_rejected, deadline, credentials_id: None }
    }

    pub(super) fn run(&mut self) -> Result<Fetched> {
        match self.read()? {
            Stored::Good(fetched) => return Ok(fetched),
            Stored::Fallback => self.has_fallback = true,
            Stored::Nothing => {}
        }
        self.run_transactions()
    }

    /// The credentials of this fetch. It reads the secret only where the fetch did not.
    pub(super) fn credentials_id(&self) -> Option<u64> {
        self.credentials_id.or_else(|| self.source.read_credentials_id())
    }

    /// Reads the store without the lock.
    fn read(&self) -> Result<Stored> {
        let states = &self.source.states;
        let bytes = match states.read(self.deadline) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Stored::Nothing),
            // The transaction meets the same error, and knows what to do about it.
            Err(error) if error.trouble == Trouble::Unsupported => return Ok(Stored::Nothing),
            Err(error) if states.may_go_on_without(&error) => return Ok(Stored::Nothing),
            Err(error) => return Err(states.error(error)),
        };
        if let Some(why) = Content::of(&bytes).refusal() {
            return Err(states.error(StoreError::unusable(why)));
        }
        let state = SharedState::from_bytes(&bytes).filter(|state| states.is_own(state));
        Ok(state.map_or(Stored::Nothing, |state| self.assess(state)))
    }

    fn assess(&self, mut state: SharedState) -> Stored {
        let source = self.source;
        let now = source.states.now();
        let rejected = self.merge_unsaved(&mut state);
        let required = source.requirement(self.need, &rejected);
        if let Ok(Check::Good(token)) = policy::check(&state, &required, &now) {
            let token = token.clone();
            return Stored::Good(self.learn(token, state));
        }
        let fallback = policy::fallback(&state, &required, &now).cloned();
        match fallback {
            // Another process may be requesting the next token: until it is stored, this one is
            // used.
            Some(token) if policy::is_request_under_way(&state, &now) => {
                Stored::Good(self.learn(token, state))
            }
            Some(token) => {
                source.cache(&state);
                self.learn(token, state);
                Stored::Fallback
            }
            None => {
                source.cache(&state);
                Stored::Nothing
            }
        }
    }

    /// Adds what could not be written to the store. Returns the tokens that Vanta has rejected.
    fn merge_unsaved(&self, state: &mut SharedState) -> Vec<Secret> {
        let states = &self.source.states;
        let process = states.state();
        if process.is_unsaved {
            state.merge(&process.shared, &states.now());
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
            process.stats.store_trouble = None;
            (state.generation, process.learn(&state, &states.now()))
        });
        if let Some(by) = skew {
            states.events.emit(Event::ClockSkew { by });
        }
        Fetched::from_store(token, generation)
    }

    /// Waits between transactions where it must.
    fn run_transactions(&mut self) -> Result<Fetched> {
        let states = &self.source.states;
        let (mut limited, mut attempts, mut backoff) = (None, 0, None);
        loop {
            match self.run_transaction(backoff.as_ref())? {
                Outcome::Token(fetched) => return Ok(fetched),
                Outcome::Wait(wait, error) => self.wait(wait, error, limited.as_ref())?,
                Outcome::Failed(error) => {
                    attempts += error.attempts();
                    let error = error.with_attempts(attempts);
                    if error.kind() != ErrorKind::TokenRateLimited || self.has_fallback {
                        return Err(error);
                    }
                    limited = Some(error);
                    backoff.clone_from(&states.state().shared.backoff);
                }
            }
        }
    }

    fn run_transaction(&mut self, backoff: Option<&Backoff>) -> Result<Outcome> {
        let source = self.source;
        let secret = match &source.requester {
            Some(requester) => requester.secret_from_callback()?,
            None => None,
        };
        let mut transaction = Transaction::open(&source.states, self.has_fallback, self.deadline)?;
        let now = transaction.now();
        // Whatever the store says: after a 429, no request before the backoff is over.
        transaction.state.merge_backoff(backoff, &now);
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
                Ok(Outcome::Token(Fetched::from_store(token.clone(), generation)))
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
    ) -> Result<Outcome> {
        let (source, now) = (self.source, transaction.now());
        let limit = source.requests_per_minute;
        let Some(requester) = &source.requester else {
            return Err(match policy::may_request(&transaction.state, reason, "", limit, &now) {
                Decision::Refuse(error) => error,
                Decision::Request | Decision::Wait(..) => source.not_allowed(),
            });
        };
        let prepared = requester.prepare(&transaction.state, secret, &now)?;
        self.credentials_id = Some(source.credentials_id(&prepared.secret));
        match policy::may_request(&transaction.state, reason, &prepared.fingerprint, limit, &now) {
            Decision::Refuse(error) => Err(requester.explain(error, &prepared)),
            Decision::Wait(wait, error) => Ok(Outcome::Wait(wait, error)),
            Decision::Request => {
                let issued = requester.request(transaction, &prepared, rejected, self.deadline);
                let fetched = issued.map(|issued| Fetched::from_server(issued, reason));
                Ok(fetched.map_or_else(Outcome::Failed, Outcome::Token))
            }
        }
    }

    /// Waits until a token may be requested. Fails where that takes longer than the call has time,
    /// or has another token to use. `limited` is the 429 that this fetch got.
    fn wait(&self, wait: Duration, error: Error, limited: Option<&Error>) -> Result<()> {
        let states = &self.source.states;
        if error.kind() == ErrorKind::Contention {
            let killed = policy::revoked_lately(&states.state().shared, &states.now());
            states.events.emit(Event::Contention { killed });
        }
        let left = self.deadline.left();
        let left = left.map_err(|reason| retry::wait_error(reason, Step::Queue))?;
        let can_try_rejected = self.may_try_rejected && self.source.rejected_token().is_some();
        // No request is made before the server allows it, and no call waits for ever.
        let is_too_long = error.retry_after() > Some(wait);
        let has_no_time = left <= wait.saturating_add(LEAST_TIME);
        let error = limited.cloned().unwrap_or_else(|| error.at(Step::Queue));
        if self.has_fallback || can_try_rejected || is_too_long || has_no_time {
            return Err(error);
        }
        self.deadline.sleep(wait + TICK).map_err(|reason| retry::ended(reason, error))
    }
}

impl Fetched {
    fn from_store(token: StoredToken, generation: u64) -> Fetched {
        Fetched { token, generation, source: Source::Store, reason: None, has_type: true }
    }

    fn from_server(issued: Issued, reason: Reason) -> Fetched {
        let Issued { token, generation, has_type } = issued;
        Fetched { token, generation, source: Source::Minted, reason: Some(reason), has_type }
    }

    /// Reports what is new. The caller holds no lock: an event handler may take its time.
    pub(super) fn report(&self, events: &EventHandler) {
        let Fetched { token, generation, .. } = self;
        let generation = *generation;
        match self.source {
            Source::Store => return events.emit(Event::Adopted { generation }),
            Source::None => return,
            _ => {}
        }
        events.emit(Event::Minted { generation, expires_in: token.lifetime_s });
        let differs = |granted: &&String| Scopes::new(granted) != token.scopes;
        if let Some(granted) = token.granted.as_ref().filter(differs) {
            events.emit(Event::ScopeDiffers { granted: granted.clone() });
        }
        if !self.has_type {
            events.emit(Event::TokenTypeMissing);
        }
    }
}
