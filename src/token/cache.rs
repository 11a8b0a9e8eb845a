//! The cached source: the token in memory, or the one that one thread, the leader, fetches for all.
//!
//! Threads that find no good token while there is a leader wait for it. They take its token, or its
//! error if it would be theirs too. Each waits by its own deadline and cancel.

use std::sync::Arc;
use std::time::Duration;

use super::access_token::{Terms, Token};
use super::fetch::{Fetch, SharedSource};
use super::policy::{self, Need};
use super::process_state::ProcessState;
use super::registry::{Entry, Process};
use super::requester::Fetched;
use super::snapshot::{LastError, Snapshot, Source};
use super::timestamp::Timestamp;
use crate::clock::{Clock, ClockInstant, Deadline, Nanos, WaitError};
use crate::config::{Credentials, Settings};
use crate::error::{Error, ErrorKind, Result, Stage};
use crate::event::{self, Event};
use crate::http::Http;
use crate::retry;
use crate::sync::MutexGuard;

const OPERATION: &str = "requesting a token";

/// After a failure, while the old token has not expired.
const BACKOFF: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub(super) struct CachedSource {
    pub(super) shared: SharedSource,
    margin: Nanos,
    // Of the shared source, where the fast path finds them at once.
    entry: Arc<Entry>,
    clock: Arc<dyn Clock>,
}

impl CachedSource {
    pub(super) fn new(
        settings: &Settings,
        credentials: Credentials,
        http: Arc<Http>,
    ) -> Result<CachedSource> {
        let shared = SharedSource::new(settings, credentials, http)?;
        let (entry, clock) = (Arc::clone(&shared.states.entry), Arc::clone(&settings.clock));
        Ok(CachedSource { shared, margin: settings.margin.into(), entry, clock })
    }

    /// The fast path: lends the cached token to `take`, if it is good. It allocates nothing, makes
    /// no system call and waits for nothing; `take` must not either.
    pub(super) fn lend<T>(&self, need: Need, take: impl FnOnce(&Token) -> T) -> Option<T> {
        let mut state = self.entry.state();
        let taken = take(self.cached(&state, need)?);
        state.stats.cache_hits += 1;
        Some(taken)
    }

    /// A good token. With `may_try_rejected`, the caller can try a rejected token once more.
    pub(super) fn get(
        &self,
        need: Need,
        may_try_rejected: bool,
        deadline: &Deadline,
    ) -> Result<Token> {
        let process = self.entry.process();
        let mut state = process.state();
        let mut has_waited = false;
        loop {
            if let Some(token) = self.cached(&state, need).cloned() {
                let stats = &mut state.stats;
                *(if has_waited { &mut stats.waits } else { &mut stats.cache_hits }) += 1;
                return Ok(token);
            }
            if event::is_in_user_callback() {
                return Err(Error::reentrant().at(Stage::Queue));
            }
            // A call whose time is over makes no request.
            if let Err(reason) = deadline.left() {
                return self.wait_ended(&mut state, need, reason);
            }
            if !state.is_fetching {
                return self.lead(process, state, need, may_try_rejected, deadline);
            }
            let awaited = state.fetches;
            while state.fetches == awaited && self.cached(&state, need).is_none() {
                match deadline.poll_interval() {
                    Ok(interval) => state = process.wait(state, interval),
                    Err(reason) => return self.wait_ended(&mut state, need, reason),
                }
            }
            has_waited = true;
            // The leader may have found a token that is good here, and not for its own need.
            if state.fetches == awaited {
                continue;
            }
            let failure = state.failure.clone().filter(|(_, error)| !is_of_one_call(error));
            let Some((credentials_id, error)) = failure else { continue };
            // The secret may be in a file, which is not read with the state locked.
            drop(state);
            let is_ours = self.shared.read_credentials_id() == Some(credentials_id);
            state = process.state();
            if is_ours {
                return self.use_fallback(&mut state, need).ok_or(error);
            }
        }
    }

    /// The cached token, if it is good.
    #[inline]
    fn cached<'a>(&self, state: &'a ProcessState, need: Need) -> Option<&'a Token> {
        let token = state.token.as_ref()?;
        let terms = token.terms().filter(|terms| terms.scopes.contain(&self.shared.scopes))?;
        let now = ClockInstant::now(&*self.clock);
        let lifetime = need.lifetime(self.margin, terms.longest_margin);
        let is_good = terms.expires_at.is_beyond(now, lifetime);
        (is_good || is_good_meanwhile(terms, state, need, now)).then_some(token)
    }

    /// The result of a call that has no time for a request: the old token, unless it was cancelled.
    fn wait_ended(&self, state: &mut ProcessState, need: Need, reason: WaitError) -> Result<Token> {
        let is_expired = reason == WaitError::Expired;
        let old = if is_expired { self.use_fallback(state, need) } else { None };
        old.ok_or_else(|| retry::wait_error(reason, Stage::Queue).in_operation(OPERATION))
    }

    /// The old token, after no new one could be had.
    fn use_fallback(&self, state: &mut ProcessState, need: Need) -> Option<Token> {
        let token = self.fallback(state, need)?;
        state.stats.renewal_failures += 1;
        Some(token)
    }

    fn fallback(&self, state: &ProcessState, need: Need) -> Option<Token> {
        let token = state.token.as_ref().filter(|_| matches!(need, Need::Usual))?;
        let has_scopes = token.terms()?.scopes.contain(&self.shared.scopes);
        let is_unexpired = token.remaining(ClockInstant::now(&*self.clock)).is_some();
        (has_scopes && is_unexpired).then(|| token.clone())
    }

    /// Fetches a token for this thread and all that wait.
    fn lead(
        &self,
        process: &Process,
        mut state: MutexGuard<'_, ProcessState>,
        need: Need,
        may_try_rejected: bool,
        deadline: &Deadline,
    ) -> Result<Token> {
        let has_fallback = self.fallback(&state, need).is_some();
        state.is_fetching = true;
        drop(state);
        let leader = Leader(process);
        let mut fetch = Fetch::new(&self.shared, need, has_fallback, may_try_rejected, deadline);
        match fetch.run() {
            Ok(fetched) => self.succeeded(leader, fetched, need),
            Err(error) => {
                let error = error.in_operation(OPERATION);
                // Where its own deadline or cancel ended the fetch, the error is not the waiters'.
                let credentials_id = deadline.left().ok().and_then(|_| fetch.credentials_id());
                self.failed(leader, error, credentials_id, need)
            }
        }
    }

    fn succeeded(&self, leader: Leader<'_>, mut fetched: Fetched, need: Need) -> Result<Token> {
        let token = self.cache(&mut leader.0.state(), &mut fetched);
        drop(leader);
        fetched.report(&self.shared.states.events);
        self.check_lifetime(token, need)
    }

    fn failed(
        &self,
        leader: Leader<'_>,
        error: Error,
        credentials_id: Option<u64>,
        need: Need,
    ) -> Result<Token> {
        let mut state = leader.0.state();
        self.note_failure(&mut state, &error, credentials_id);
        let old = self.use_fallback(&mut state, need);
        self.entry.publish(&state);
        drop(state);
        drop(leader);
        let old = old.ok_or_else(|| error.clone())?;
        self.shared.states.events.emit(Event::RenewalFailed { kind: error.kind() });
        Ok(old)
    }

    fn cache(&self, state: &mut ProcessState, fetched: &mut Fetched) -> Token {
        let is_same = |token: &&Token| *token.secret() == fetched.token.access_token;
        let known = state.token.as_ref().filter(is_same).map(Token::source);
        if known.is_some() && fetched.reason.is_none() {
            fetched.source = Source::None;
        }
        let source = match fetched.source {
            Source::None => known.unwrap_or_default(),
            source => source,
        };
        let token = self.shared.token(&fetched.token, fetched.generation, source);
        let stats = &mut state.stats;
        *(match fetched.source {
            Source::Requested => &mut stats.token_requests,
            Source::None => &mut stats.cache_hits,
            _ => &mut stats.from_store,
        }) += 1;
        stats.last_reason = fetched.reason.or(stats.last_reason);
        stats.last_error = None;
        state.token = Some(token.clone());
        (state.failure, state.retry_at) = (None, None);
        self.entry.publish(state);
        token
    }

    fn note_failure(&self, state: &mut ProcessState, error: &Error, credentials_id: Option<u64>) {
        state.retry_at = Some(ClockInstant::now(&*self.clock).plus(BACKOFF));
        if let (Some(token), Some(stored)) = (&state.token, &state.shared.token) {
            token.set_suspect(stored.suspect && stored.access_token == *token.secret());
        }
        state.stats.last_error = Some(LastError::of(error));
        state.failure = credentials_id.map(|id| (id, error.clone()));
    }

    /// A new token that expires too soon is no result for a caller who needs it longer.
    fn check_lifetime(&self, token: Token, need: Need) -> Result<Token> {
        let Need::AtLeast(wanted) = need else { return Ok(token) };
        let left = token.remaining(ClockInstant::now(&*self.clock)).unwrap_or_default();
        if left >= wanted {
            return Ok(token);
        }
        let (left, wanted) = (left.as_secs(), wanted.as_secs());
        let message = format!("a new token is valid for {left} s, and {wanted} s are needed");
        Err(Error::new(ErrorKind::InvalidArgument, message).in_operation(OPERATION))
    }

    /// What operators may know.
    pub(super) fn snapshot(&self) -> Snapshot {
        let (now, instant) = (Timestamp::now(&*self.clock), ClockInstant::now(&*self.clock));
        let state = self.entry.state();
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let requests = count(policy::requests_last_minute(&state.shared, &now));
        let remaining = |token: &Token| token.remaining(instant);
        let token = state.token.as_ref().filter(|token| remaining(token).is_some());
        let terms = token.and_then(Token::terms);
        let scope = |terms: &Terms| {
            terms.granted.clone().unwrap_or_else(|| terms.scopes.as_str().to_owned())
        };
        Snapshot {
            generation: state.shared.generation,
            source: token.map_or(Source::None, Token::source),
            seconds_left: token.and_then(remaining).map_or(0, |left| left.as_secs()),
            lifetime_assumed: terms.is_some_and(|terms| terms.lifetime_assumed),
            maybe_revoked: token.is_some_and(Token::is_suspect),
            scope: terms.map(scope),
            requests_last_minute: requests,
            requests_left: self.shared.requests_per_minute.saturating_sub(requests),
            revoked: count(policy::revoked_lately(&state.shared, &now)),
            store: self.shared.states.name(),
            ..state.stats.clone()
        }
    }
}

/// Whether a token that expires soon is good while another is fetched, or none can be had.
#[cold]
fn is_good_meanwhile(terms: &Terms, state: &ProcessState, need: Need, now: ClockInstant) -> bool {
    let is_backing_off = || state.retry_at.is_some_and(|until| until.left(now).is_some());
    let is_unexpired = terms.expires_at.is_beyond(now, Duration::ZERO.into());
    matches!(need, Need::Usual) && is_unexpired && (state.is_fetching || is_backing_off())
}

/// Whether the leader's error says nothing about the waiters: its deadline, its cancel, or a wait
/// that was too long for it.
fn is_of_one_call(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::DeadlineExceeded
            | ErrorKind::Cancelled
            | ErrorKind::TokenRateLimited
            | ErrorKind::TokenRateLimitReached
            | ErrorKind::Contention
            | ErrorKind::StoreLocked
            | ErrorKind::TokenRequestNotAllowed
    )
}

/// The thread that fetches. It ends on every way out: no thread waits for a leader that panicked.
struct Leader<'a>(&'a Process);

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.is_fetching = false;
        state.fetches += 1;
        if std::thread::panicking() {
            state.failure = None;
        }
        self.0.changed.notify_all();
    }
}
