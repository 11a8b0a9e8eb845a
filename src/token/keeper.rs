//! Keeps the token: whoever needs one takes it from here, and at most one thread asks for it.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Token;
use super::mint::{Minted, mint};
use crate::clock::{Clock, Deadline, Moment};
use crate::config::{Credentials, Settings};
use crate::error::{Action, Error, ErrorKind, Result, Step};
use crate::event::{Event, Listener};
use crate::http::Http;
use crate::retry;

/// How long a refusal is remembered at first; it doubles up to `LONGEST_REFUSAL`.
const REFUSAL: Duration = Duration::from_secs(60);
const LONGEST_REFUSAL: Duration = Duration::from_secs(600);

/// Vanta allows 5 token requests a minute; a 429 without advice means a fifth of one at least.
const RATE_PAUSE: Duration = Duration::from_secs(12);

/// After a renewal failed while the old token lives on.
const RENEWAL_PAUSE: Duration = Duration::from_secs(15);

/// What a caller needs of a token.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    /// To live longer than the margin; a living one will do when there is no better.
    Usual,
    /// To live at least so long.
    AtLeast(Duration),
}

/// The one holder of a client's token.
#[derive(Debug)]
pub(crate) struct Keeper {
    http: Arc<Http>,
    credentials: Credentials,
    scope: String,
    margin: Duration,
    clock: Arc<dyn Clock>,
    events: Listener,
    hasher: RandomState,
    /// Never held during a request; `changed` tells when a flight has ended.
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    token: Option<Token>,
    generation: u64,
    /// Whether a thread is asking for a token now.
    flying: bool,
    /// Flights that have ended, and how the last of them failed.
    flights: u64,
    failure: Option<Error>,
    refusal: Option<Refusal>,
    /// No renewal before this moment while the old token lives.
    quiet: Option<Moment>,
}

/// A refusal that is remembered: asking again with the same secret would only cost the others.
#[derive(Debug)]
struct Refusal {
    error: Error,
    until: Moment,
    fingerprint: u64,
    span: Duration,
}

impl Keeper {
    pub(crate) fn new(settings: Settings, http: Arc<Http>) -> Keeper {
        Keeper {
            http,
            credentials: settings.credentials,
            scope: settings.scope,
            margin: settings.margin,
            clock: settings.clock,
            events: settings.events,
            hasher: RandomState::new(),
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// A token that meets `need`: the one in hand, or the one that some thread is asking for.
    pub(crate) fn get(&self, need: Need, deadline: &Deadline) -> Result<Token> {
        let mut state = self.lock();
        loop {
            if let Some(token) = self.in_hand(&state, need) {
                return Ok(token);
            }
            if !state.flying {
                return self.fly(state, need, deadline);
            }
            let awaited = state.flights;
            while state.flights == awaited {
                let slice = deadline.slice().map_err(|l| retry::lapsed(l, Step::Queue))?;
                state = self
                    .changed
                    .wait_timeout(state, slice)
                    .map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state);
            }
            // The leader's own impatience says nothing about the next one.
            let shared = state.failure.clone().filter(|error| !is_personal(error));
            if let Some(error) = shared {
                return self.make_do(&state, need).ok_or(error);
            }
        }
    }

    /// Drops the token of `generation`, unless a newer one has taken its place.
    pub(crate) fn refused(&self, generation: u64) {
        self.lock().token.take_if(|token| token.generation == generation);
        self.events.tell(Event::TokenRefused { generation });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole at every point where its lock is released, a panic included.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token in hand, if it will do.
    fn in_hand(&self, state: &State, need: Need) -> Option<Token> {
        let token = state.token.as_ref()?;
        let now = Moment::now(&*self.clock);
        let left = token.dies.left(now)?;
        let wanted = match need {
            // A token that lives shorter than the margin is not renewed for ever.
            Need::Usual => self.margin.min(token.lifetime / 4),
            Need::AtLeast(wanted) => wanted,
        };
        let waiting = state.flying || state.quiet.is_some_and(|until| until.left(now).is_some());
        let will_do = left > wanted || (waiting && matches!(need, Need::Usual));
        will_do.then(|| token.clone())
    }

    /// The old token, after a new one could not be had.
    fn make_do(&self, state: &State, need: Need) -> Option<Token> {
        let token = state.token.as_ref().filter(|_| matches!(need, Need::Usual))?;
        token.dies.left(Moment::now(&*self.clock)).map(|_| token.clone())
    }

    /// Leads: asks for a token, and tells all who wait how it went.
    fn fly(
        &self,
        mut state: MutexGuard<'_, State>,
        need: Need,
        deadline: &Deadline,
    ) -> Result<Token> {
        if let Some(error) = self.remembered(&mut state)? {
            return self.make_do(&state, need).ok_or(error);
        }
        state.flying = true;
        drop(state);
        let landing = Landing(self);
        let (http, clock) = (&*self.http, &*self.clock);
        let minted = mint(http, clock, &self.credentials, &self.scope, deadline);
        landing.finish(minted.map_err(|error| error.doing("asking for a token")), need)
    }

    /// The refusal to tell again, if there is one for these very credentials.
    fn remembered(&self, state: &mut State) -> Result<Option<Error>> {
        let Some(refusal) = &state.refusal else { return Ok(None) };
        let left = refusal.until.left(Moment::now(&*self.clock));
        match left.filter(|_| self.fingerprint().is_ok_and(|f| f == refusal.fingerprint)) {
            Some(left) => {
                let error = refusal.error.clone().remembered();
                Ok(Some(if is_limit(&error) { error.with_retry_after(left) } else { error }))
            }
            None => Ok(None),
        }
    }

    /// Tells secrets apart without keeping one.
    fn fingerprint(&self) -> Result<u64> {
        Ok(self.hasher.hash_one(self.credentials.secret()?.expose()))
    }

    fn accept(&self, state: &mut State, Minted { grant, asked }: Minted) -> Token {
        state.generation += 1;
        let token = Token {
            secret: grant.token,
            generation: state.generation,
            dies: asked.plus(grant.lifetime),
            lifetime: grant.lifetime,
        };
        state.token = Some(token.clone());
        (state.failure, state.refusal, state.quiet) = (None, None, None);
        token
    }

    fn note(&self, state: &mut State, error: &Error) {
        let now = Moment::now(&*self.clock);
        let refused = error.action() == Action::FixCredentials;
        if refused || is_limit(error) {
            let first = if refused { REFUSAL } else { RATE_PAUSE };
            let doubled = state.refusal.as_ref().map(|earlier| earlier.span * 2);
            let span = error.retry_after().or(doubled).unwrap_or(first).min(LONGEST_REFUSAL);
            if let Ok(fingerprint) = self.fingerprint() {
                let until = now.plus(span);
                state.refusal = Some(Refusal { error: error.clone(), until, fingerprint, span });
            }
        }
        state.quiet = Some(now.plus(RENEWAL_PAUSE));
        state.failure = Some(error.clone());
    }
}

/// Ends a flight on every way out: a leader that panics leaves nobody waiting.
struct Landing<'a>(&'a Keeper);

impl Landing<'_> {
    fn finish(self, outcome: Result<Minted>, need: Need) -> Result<Token> {
        let keeper = self.0;
        match outcome {
            Ok(minted) => {
                let (lifetime, scope) = (minted.grant.lifetime, minted.grant.scope.clone());
                let token = keeper.accept(&mut keeper.lock(), minted);
                drop(self);
                keeper.tell_minted(token.generation, lifetime, scope);
                Ok(token)
            }
            Err(error) => {
                keeper.note(&mut keeper.lock(), &error);
                drop(self);
                let old = keeper.make_do(&keeper.lock(), need).ok_or_else(|| error.clone())?;
                keeper.events.tell(Event::RenewalFailed { kind: error.kind() });
                Ok(old)
            }
        }
    }
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.flying = false;
        state.flights += 1;
        if std::thread::panicking() {
            state.failure = Some(lost());
        }
        self.0.changed.notify_all();
    }
}

impl Keeper {
    /// Told with no lock held: a listener may take its time.
    fn tell_minted(&self, generation: u64, lifetime: Duration, scope: Option<String>) {
        self.events.tell(Event::Minted { generation, expires_in: lifetime.as_secs() });
        if let Some(granted) = scope.filter(|granted| !same_scopes(granted, &self.scope)) {
            self.events.tell(Event::ScopeDiffers { granted });
        }
    }
}

fn lost() -> Error {
    Error::new(ErrorKind::Internal, "the token request ended without a result")
}

fn is_personal(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::DeadlineExceeded | ErrorKind::Cancelled)
}

fn is_limit(error: &Error) -> bool {
    error.kind() == ErrorKind::TokenRateLimited
}

fn same_scopes(one: &str, other: &str) -> bool {
    let sorted = |scopes: &str| {
        let mut list: Vec<String> = scopes.split_whitespace().map(str::to_owned).collect();
        list.sort();
        list
    };
    sorted(one) == sorted(other)
}
