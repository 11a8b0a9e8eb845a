//! Gives out the token: from memory, or from the one thread that is getting another.

use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use super::rate_limit::{Counter, Own, Permits, RateLimiter};
use super::renew::{Found, Renewer};
use super::rules::{Need, is_personal};
use super::slot::{Inner, State};
use super::snapshot::{LastError, Snapshot, Source};
use super::{Life, Token};
use crate::clock::{Clock, ClockInstant, Deadline, Nanos, WaitError};
use crate::config::{Access, Settings};
use crate::error::{Error, ErrorKind, Result, Step};
use crate::event::{self, Event, EventHandler};
use crate::http::Http;
use crate::retry;

const DOING: &str = "requesting a token";

/// After a renewal failed while the old token lives on.
const RENEWAL_PAUSE: Duration = Duration::from_secs(15);

/// Who holds the token of a client.
#[derive(Debug)]
pub(crate) enum Keeper {
    /// From in_user_callback, for ever.
    Fixed(Box<Fixed>),
    /// One that is asked for, and shared.
    Shared(Box<Shared>),
}

/// What a call has tried against a 401.
#[derive(Clone, Debug)]
pub(crate) enum Tried {
    Nothing,
    /// A token request of this call failed, so that the rejected token is tried once more.
    TokenRequest(Error),
    /// The same token again, which was new.
    Waiting,
    /// Another token.
    Another,
}

#[derive(Debug)]
pub(crate) struct Fixed {
    token: Token,
    request_budget: u32,
    permits: Own,
    clock: Arc<dyn Clock>,
    events: EventHandler,
}

#[derive(Debug)]
pub(crate) struct Shared {
    margin: Nanos,
    pub(super) renewer: Renewer,
}

impl Keeper {
    pub(crate) fn new(settings: Settings, http: Arc<Http>) -> Result<Keeper> {
        match settings.access {
            Access::Fixed(secret) => Ok(Keeper::Fixed(Box::new(Fixed {
                token: Token::fixed(secret),
                request_budget: settings.request_budget,
                permits: Own::new(),
                clock: settings.clock,
                events: settings.events,
            }))),
            Access::Application(_) => {
                let margin = settings.margin.into();
                let renewer = Renewer::new(settings, http)?;
                Ok(Keeper::Shared(Box::new(Shared { margin, renewer })))
            }
        }
    }

    /// Lends the token in hand, if it meets `need`. No allocation, no system call, no waiting; so
    /// must `take` be.
    pub(crate) fn hit<T>(&self, need: Need, take: impl FnOnce(&Token) -> T) -> Option<T> {
        match self {
            Keeper::Fixed(fixed) => Some(take(&fixed.token)),
            Keeper::Shared(shared) => shared.hit(need, take),
        }
    }

    /// A token that meets `need`: the one in hand, or the one that some thread is asking for.
    pub(crate) fn get(&self, need: Need, deadline: &Deadline) -> Result<Token> {
        match self {
            Keeper::Fixed(fixed) => Ok(fixed.token.clone()),
            Keeper::Shared(shared) => shared.get(need, deadline),
        }
    }

    /// A token for a request whose response will be seen. Where no new token can be had now, that
    /// may be the one that was rejected last: after an outage it works again.
    pub(crate) fn for_request(&self, deadline: &Deadline) -> Result<(Token, Tried)> {
        match self {
            Keeper::Fixed(fixed) => Ok((fixed.token.clone(), Tried::Nothing)),
            Keeper::Shared(shared) => shared.for_request(deadline),
        }
    }

    /// Adds to an error that a clock is wrong, where that may be its cause.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match self {
            Keeper::Fixed(_) => error,
            Keeper::Shared(shared) => shared.explain(error),
        }
    }

    /// Blocks until there are permits for so many requests, if the deadline allows.
    pub(crate) fn permits(&self, count: u32, deadline: &Deadline) -> Result<Permits<'_>> {
        self.rate_limiter().permits(count, deadline)
    }

    fn rate_limiter(&self) -> RateLimiter<'_> {
        match self {
            Keeper::Fixed(fixed) => RateLimiter {
                limit: fixed.request_budget,
                clock: &fixed.clock,
                events: &fixed.events,
                counter: Counter::Own(&fixed.permits),
            },
            Keeper::Shared(shared) => RateLimiter {
                limit: shared.renewer.request_budget,
                clock: &shared.renewer.clock,
                events: &shared.renewer.events,
                counter: Counter::Shared(&shared.renewer),
            },
        }
    }

    /// What to send after Vanta refused `token` with 401, if anything.
    pub(crate) fn after_401(
        &self,
        token: &Token,
        tried: Tried,
        deadline: &Deadline,
    ) -> Option<Result<(Token, Tried)>> {
        match self {
            Keeper::Shared(shared) if !matches!(tried, Tried::Another) => {
                Some(shared.after_401(token, tried, deadline))
            }
            _ => {
                self.refused(token.secret().expose());
                None
            }
        }
    }

    /// Drops the token, unless a newer one has taken its place.
    pub(crate) fn refused(&self, token: &str) {
        if let Keeper::Shared(shared) = self {
            shared.refused(token);
        }
    }

    /// The token was seen to work.
    pub(crate) fn proved(&self, token: &Token, deadline: &Deadline) {
        let proved = token.prove();
        if let (Keeper::Shared(shared), true) = (self, proved) {
            shared.proved(token, deadline);
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        match self {
            Keeper::Fixed(_) => {
                let store = "memory".to_owned();
                Snapshot { source: Source::Fixed, store, ..Snapshot::default() }
            }
            Keeper::Shared(shared) => Snapshot::of(&shared.renewer),
        }
    }
}

impl Shared {
    fn hit<T>(&self, need: Need, take: impl FnOnce(&Token) -> T) -> Option<T> {
        let mut state = self.renewer.slot.state();
        let taken = take(self.in_hand(&state, need)?);
        state.memory.stats.hits += 1;
        Some(taken)
    }

    pub(super) fn get(&self, need: Need, deadline: &Deadline) -> Result<Token> {
        self.get_or_fail(need, false, deadline)
    }

    pub(super) fn get_or_fail(
        &self,
        need: Need,
        try_rejected: bool,
        deadline: &Deadline,
    ) -> Result<Token> {
        let inner = self.renewer.slot.inner();
        let mut state = inner.state();
        let mut waited = false;
        loop {
            if let Some(token) = self.in_hand(&state, need).cloned() {
                let stats = &mut state.memory.stats;
                *(if waited { &mut stats.waits } else { &mut stats.hits }) += 1;
                return Ok(token);
            }
            if event::is_in_user_callback() {
                return Err(Error::new(ErrorKind::Reentrant, "a token is needed").at(Step::Queue));
            }
            // Whose time is over before it began asks for nothing.
            if let Err(reason) = deadline.left() {
                return self.wait_ended(&mut state, need, reason);
            }
            if !state.flying {
                return self.lead(inner, state, need, try_rejected, deadline);
            }
            let awaited = state.flights;
            while state.flights == awaited && self.in_hand(&state, need).is_none() {
                match deadline.poll_interval() {
                    Ok(slice) => state = inner.wait(state, slice),
                    Err(reason) => return self.wait_ended(&mut state, need, reason),
                }
            }
            waited = true;
            // The leader may have found a token that serves here, and not there.
            if state.flights == awaited {
                continue;
            }
            let failure = state.failure.clone().filter(|(_, error)| !is_personal(error));
            let Some((key, error)) = failure else { continue };
            // The secret may stand in a file: it is not read with the state in hand.
            drop(state);
            let ours = self.renewer.key() == Some(key);
            state = inner.state();
            if ours {
                return self.make_do(&mut state, need).ok_or(error);
            }
        }
    }

    /// The token in hand, if it will do.
    #[inline]
    fn in_hand<'a>(&self, state: &'a State, need: Need) -> Option<&'a Token> {
        let token = state.memory.token.as_ref()?;
        let life = token.0.life.as_ref().filter(|life| life.scopes.hold(&self.renewer.scopes))?;
        let now = ClockInstant::now(&*self.renewer.clock);
        let enough = life.dies.is_beyond(now, need.life(self.margin, life.spare));
        (enough || bridges(life, state, need, now)).then_some(token)
    }

    /// What a call gets that has no time to ask: the old token, unless nobody wants it any more.
    fn wait_ended(&self, state: &mut State, need: Need, reason: WaitError) -> Result<Token> {
        let old = if reason == WaitError::Expired { self.make_do(state, need) } else { None };
        old.ok_or_else(|| retry::wait_error(reason, Step::Queue).in_operation(DOING))
    }

    /// The old token, after a new one could not be had.
    fn make_do(&self, state: &mut State, need: Need) -> Option<Token> {
        let token = self.usable(state, need)?;
        state.memory.stats.kept += 1;
        Some(token)
    }

    fn usable(&self, state: &State, need: Need) -> Option<Token> {
        let token = state.memory.token.as_ref().filter(|_| matches!(need, Need::Usual))?;
        let life = token.0.life.as_ref()?;
        let alive = token.left(ClockInstant::now(&*self.renewer.clock)).is_some();
        (alive && life.scopes.hold(&self.renewer.scopes)).then(|| token.clone())
    }

    /// Leads: gets a token, and tells all who wait how it went.
    fn lead(
        &self,
        inner: &Inner,
        mut state: MutexGuard<'_, State>,
        need: Need,
        try_rejected: bool,
        deadline: &Deadline,
    ) -> Result<Token> {
        let old_will_do = self.usable(&state, need).is_some();
        state.flying = true;
        drop(state);
        let landing = Landing(inner);
        let key = self.renewer.key();
        let outcome = self.renewer.fetch(need, old_will_do, try_rejected, deadline);
        self.land(landing, outcome.map_err(|error| error.in_operation(DOING)), need, key)
    }

    fn land(
        &self,
        landing: Landing<'_>,
        outcome: Result<Found>,
        need: Need,
        key: Option<u64>,
    ) -> Result<Token> {
        let renewer = &self.renewer;
        let mut state = landing.0.state();
        match outcome {
            Ok(mut found) => {
                let token = self.accept(&mut state, &mut found);
                drop(state);
                drop(landing);
                renewer.tell(&found);
                long_enough(token, need, renewer)
            }
            Err(error) => {
                self.note(&mut state, &error, key);
                let old = self.make_do(&mut state, need);
                renewer.slot.publish(&state.memory);
                drop(state);
                drop(landing);
                let old = old.ok_or_else(|| error.clone())?;
                renewer.events.emit(Event::RenewalFailed { kind: error.kind() });
                Ok(old)
            }
        }
    }

    fn accept(&self, state: &mut State, found: &mut Found) -> Token {
        let Found { kept, generation, source, reason, .. } = found;
        let memory = &mut state.memory;
        let known = memory.token.as_ref().filter(|token| *token.secret() == kept.access_token);
        let was_known = known.map(|token| token.0.source);
        if was_known.is_some() && reason.is_none() {
            *source = Source::None;
        }
        let from = if *source == Source::None { was_known.unwrap_or_default() } else { *source };
        let token = Token::of(kept, *generation, from, &self.renewer);
        match source {
            Source::Minted => memory.stats.mints += 1,
            Source::None => memory.stats.hits += 1,
            _ => memory.stats.adoptions += 1,
        }
        memory.stats.last_reason = reason.or(memory.stats.last_reason);
        memory.stats.last_error = None;
        memory.token = Some(token.clone());
        (state.failure, state.quiet) = (None, None);
        self.renewer.slot.publish(&state.memory);
        token
    }

    fn note(&self, state: &mut State, error: &Error, key: Option<u64>) {
        let now = ClockInstant::now(&*self.renewer.clock);
        state.quiet = Some(now.plus(RENEWAL_PAUSE));
        let State { memory, .. } = state;
        if let (Some(token), Some(kept)) = (&memory.token, &memory.record.token) {
            token.suspect(kept.suspect && kept.access_token == *token.secret());
        }
        state.memory.stats.last_error = Some(LastError::of(error));
        state.failure = key.map(|key| (key, error.clone()));
    }
}

/// Whether a token that dies soon will do: while another is asked for, or none can be had.
#[cold]
fn bridges(life: &Life, state: &State, need: Need, now: ClockInstant) -> bool {
    let waiting = || state.flying || state.quiet.is_some_and(|until| until.left(now).is_some());
    matches!(need, Need::Usual) && life.dies.is_beyond(now, Duration::ZERO.into()) && waiting()
}

/// A token that was asked for and lives too short is given to nobody who needs it longer.
fn long_enough(token: Token, need: Need, renewer: &Renewer) -> Result<Token> {
    let Need::AtLeast(wanted) = need else { return Ok(token) };
    let left = token.left(ClockInstant::now(&*renewer.clock)).unwrap_or_default();
    if left >= wanted {
        return Ok(token);
    }
    let (left, wanted) = (left.as_secs(), wanted.as_secs());
    let words = format!("a new token lives {left} s, and {wanted} s were wanted");
    Err(Error::new(ErrorKind::InvalidArgument, words).in_operation(DOING))
}

/// Ends a flight on every way out: a leader that panics leaves nobody waiting.
struct Landing<'a>(&'a Inner);

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.flying = false;
        state.flights += 1;
        if std::thread::panicking() {
            state.failure = None;
        }
        self.0.changed.notify_all();
    }
}
