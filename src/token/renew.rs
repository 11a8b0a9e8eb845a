//! Gets another token: from the store under its lock, or, where there is none, by asking for it.

use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Duration;

use super::answer::Grant;
use super::mint::{self, Ask};
use super::record::{Kept, Pause, Record};
use super::registry;
use super::rules::{Advice, Need, Reason, Want};
use super::scopes::Scopes;
use super::slot::Slot;
use super::snapshot::Source;
use super::stamp::Stamp;
use super::visit::Visit;
use crate::clock::{Clock, Deadline};
use crate::config::{Access, Credentials, Settings, StoreAway};
use crate::error::{Error, ErrorKind, Result, Step};
use crate::event::{Event, EventHandler};
use crate::http::Http;
use crate::retry::{self, LEAST_TIME};
use crate::secret::Secret;
use crate::store::SharedStore;

/// Before the one repetition.
const PAUSE: Duration = Duration::from_secs(1);

/// The coarse clock that waits are measured with is behind the others by up to 4 ms.
const TICK: Duration = Duration::from_millis(10);

/// The longest that the store stays locked. The front of the API gives up after some 30 s.
pub(super) const LONGEST: Duration = Duration::from_secs(40);

/// All that is needed to get a token.
#[derive(Debug)]
pub(super) struct Renewer {
    pub(super) http: Arc<Http>,
    credentials: Credentials,
    pub(super) scopes: Scopes,
    pub(super) margin: Duration,
    pub(super) budget: u32,
    pub(super) request_budget: u32,
    never_mint: bool,
    strict: bool,
    pub(super) store: Option<Arc<dyn SharedStore>>,
    pub(super) store_away: StoreAway,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) events: EventHandler,
    pub(super) slot: Arc<Slot>,
}

/// A token that was got, and how. Of one that was in memory all the time, the source is none: only
/// the wall clock had seemed to say that it was dead.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) kept: Kept,
    pub(super) generation: u64,
    pub(super) source: Source,
    /// Why it was asked for; `None` when it was there.
    pub(super) reason: Option<Reason>,
    /// Whether the answer said of what type it is.
    pub(super) typed: bool,
}

/// What one would ask with.
struct Asking {
    secret: Option<Secret>,
    scopes: Scopes,
    fingerprint: String,
    refused: Vec<Secret>,
}

impl Renewer {
    pub(super) fn new(settings: Settings, http: Arc<Http>) -> Result<Renewer> {
        let Access::Application(credentials) = settings.access else {
            return Err(Error::new(ErrorKind::Internal, "a fixed token is never renewed"));
        };
        let place = place(settings.store.as_deref());
        let origin = settings.origin.to_string();
        let slot = registry::enter(&origin, &credentials.client_id, &place)?;
        Ok(Renewer {
            http,
            credentials,
            scopes: Scopes::new(&settings.scope),
            margin: settings.margin,
            budget: settings.mint_budget,
            request_budget: settings.request_budget,
            never_mint: settings.never_mint,
            strict: settings.strict_token_answers,
            store: settings.store,
            store_away: settings.store_away,
            clock: settings.clock,
            events: settings.events,
            slot,
        })
    }

    pub(super) fn place(&self) -> String {
        place(self.store.as_deref())
    }

    /// Tells apart, within this process, what clients would ask with. Reads the secret's file, and
    /// calls no callback.
    pub(super) fn key(&self) -> Option<u64> {
        if self.never_mint {
            return Some(0);
        }
        if let Some(number) = self.credentials.callback_number() {
            return Some(self.slot.hasher.hash_one((number, self.scopes.as_str())));
        }
        let secret = self.credentials.secret().ok()?;
        Some(self.slot.hasher.hash_one((secret.expose(), self.scopes.as_str())))
    }

    /// The secret that a callback returns, where there is one. The store is not locked meanwhile:
    /// other jobs do not wait for a vault.
    fn call_back(&self) -> Result<Option<Secret>> {
        if self.never_mint { Ok(None) } else { self.credentials.call_back() }
    }

    /// `secret` is the one that the callback returned, where there is a callback.
    fn asking(&self, record: &Record, secret: Option<Secret>) -> Result<Asking> {
        let mut asking = Asking {
            secret: None,
            scopes: self.scopes.clone(),
            fingerprint: String::new(),
            refused: Vec::new(),
        };
        if !self.never_mint {
            let secret = secret.map_or_else(|| self.credentials.secret(), Ok)?;
            asking.scopes = record.ask(&self.scopes, &secret, &self.now());
            asking.fingerprint = record.fingerprint(&secret, &asking.scopes);
            asking.secret = Some(secret);
        }
        Ok(asking)
    }

    pub(super) fn now(&self) -> Stamp {
        Stamp::now(&*self.clock)
    }

    /// Waits where it must, but not while an old token will do. With `try_rejected` it does not
    /// wait either when there is a rejected token that has not expired.
    pub(super) fn renew(
        &self,
        need: Need,
        old_will_do: bool,
        try_rejected: bool,
        deadline: &Deadline,
    ) -> Result<Found> {
        let (mut met, mut made) = (None, 0);
        let mut pause: Option<Pause> = None;
        loop {
            let secret = self.call_back()?;
            let mut visit = Visit::open(self, old_will_do, deadline)?;
            // Whatever the store says: after a 429, no request without its pause.
            visit.record.merge_pause(pause.as_ref(), &self.now());
            let mut asking = self.asking(&visit.record, secret)?;
            asking.refused.clone_from(&self.slot.state().memory.refused);
            let want = Want {
                need,
                margin: self.margin,
                scopes: &self.scopes,
                refused: &asking.refused,
                fingerprint: &asking.fingerprint,
                budget: self.budget,
            };
            let (wait, error) = match self.advise(&visit.record, &want) {
                Advice::Use(kept) => return Ok(Self::adopt(&visit, kept)),
                Advice::Refuse(error) => return Err(self.explained(error, &asking)),
                Advice::Ask(reason) => match self.ask(visit, asking, reason, deadline) {
                    Ok(found) => return Ok(found),
                    Err(error) => {
                        made += error.attempts();
                        let error = error.with_attempts(made);
                        if error.kind() != ErrorKind::TokenRateLimited || old_will_do {
                            return Err(error);
                        }
                        met = Some(error);
                        pause.clone_from(&self.slot.state().memory.record.pause);
                        continue;
                    }
                },
                Advice::Wait(..) if self.never_mint => return Err(self.would_mint()),
                Advice::Wait(wait, error) => (wait, error),
            };
            let killed = visit.record.killed(&self.now());
            drop(visit);
            if error.kind() == ErrorKind::Contention {
                self.events.emit(Event::Contention { killed });
            }
            let left = deadline.left().map_err(|reason| retry::wait_error(reason, Step::Queue))?;
            let other = old_will_do || (try_rejected && self.rejected_token().is_some());
            // Nothing is asked before the server allows it, and no call waits for ever.
            let too_long = error.retry_after() > Some(wait);
            if other || too_long || left <= wait.saturating_add(LEAST_TIME) {
                return Err(met.unwrap_or(error.at(Step::Queue)));
            }
            if let Err(reason) = deadline.sleep(wait + TICK) {
                return Err(retry::ended(reason, met.unwrap_or(error.at(Step::Queue))));
            }
        }
    }

    /// Threads that the token of the record serves need not wait for a better one.
    fn advise(&self, record: &Record, want: &Want<'_>) -> Advice {
        let advice = record.advise(want, &self.now());
        if !matches!(advice, Advice::Use(_)) {
            self.remember(record);
        }
        advice
    }

    fn adopt(visit: &Visit<'_>, kept: Kept) -> Found {
        let generation = visit.record.generation;
        Found { kept, generation, source: Source::Store, reason: None, typed: true }
    }

    /// Asks for a token. Repeats at most once, and only what certainly made no token.
    fn ask(
        &self,
        mut visit: Visit<'_>,
        asking: Asking,
        reason: Reason,
        call: &Deadline,
    ) -> Result<Found> {
        let Some(secret) = &asking.secret else { return Err(self.would_mint()) };
        // Not longer than the lock was asked for.
        let deadline = &visit.until.clone();
        let (client_id, scopes) = (&self.credentials.client_id, &asking.scopes);
        let ask = Ask { client_id, secret, scope: scopes.as_str() };
        let (mut attempts, mut earlier) = (1, None);
        loop {
            enough_time(deadline).map_err(|error| retry::merge(error, &mut earlier, deadline))?;
            let asked = self.now();
            visit.record.begin(&asking.refused, &asked);
            visit.save()?;
            let answer = mint::mint(&self.http, &ask, deadline)
                .map_err(|error| retry::merge(unfinished(error, call), &mut earlier, deadline));
            let error = match answer.and_then(|grant| self.strictly(grant, scopes)) {
                Ok(grant) => return Ok(self.granted(visit, asking, grant, asked, reason)),
                Err(error) => {
                    let error = self.failed(&mut visit, &asking, error).with_attempts(attempts);
                    if attempts > 1 || !self.may_repeat(&visit.record, &error, deadline) {
                        return Err(error);
                    }
                    error
                }
            };
            attempts += 1;
            if let Err(reason) = deadline.sleep(pause(&error)) {
                return Err(retry::ended(reason, error));
            }
            earlier = Some(error);
        }
    }

    fn would_mint(&self) -> Error {
        let words = format!("there is no valid token in {}", self.place());
        Error::new(ErrorKind::WouldMint, words).at(Step::Store)
    }

    fn strictly(&self, grant: Grant, scopes: &Scopes) -> Result<Grant> {
        let words = match &grant.scope {
            _ if !self.strict => return Ok(grant),
            _ if !grant.typed => "token_type is missing".to_owned(),
            Some(granted) if !Scopes::new(granted).hold(scopes) => {
                format!("{granted:?} was granted, and {:?} asked for", scopes.as_str())
            }
            _ => return Ok(grant),
        };
        Err(Error::new(ErrorKind::InvalidTokenAnswer, words).at(Step::Read))
    }

    fn granted(
        &self,
        mut visit: Visit<'_>,
        asking: Asking,
        grant: Grant,
        asked: Stamp,
        reason: Reason,
    ) -> Found {
        visit.record.granted(&grant, asking.scopes, asked, &asking.fingerprint);
        visit.save_anyway();
        let kept = visit.record.token.clone().expect("it was granted just now");
        let (generation, typed) = (visit.record.generation, grant.typed);
        Found { kept, generation, source: Source::Minted, reason: Some(reason), typed }
    }

    fn failed(&self, visit: &mut Visit<'_>, asking: &Asking, error: Error) -> Error {
        if mint::reached(&error) {
            let fingerprint = asking.fingerprint.clone();
            visit.record.failed(&error, fingerprint, &self.now());
        } else {
            visit.record.take_back();
        }
        visit.save_anyway();
        let pause = visit.record.pause.as_ref().map(|pause| Duration::from_secs(pause.seconds));
        if let (ErrorKind::TokenRateLimited, Some(pause)) = (error.kind(), pause) {
            // What the server asked for, or the backoff where it asked for less.
            let wait = error.retry_after().unwrap_or_default().max(pause);
            return error.with_retry_after(wait);
        }
        self.explained(error, asking)
    }

    /// An error about scopes names those of all clients and those of this one. One about the
    /// credentials says what looks wrong with their shape.
    fn explained(&self, error: Error, asking: &Asking) -> Error {
        match error.kind() {
            ErrorKind::InvalidScope => {
                let (asked, own) = (&asking.scopes, &self.scopes);
                let advice = "request only scopes that the application has in the Developer \
                              Console";
                let words = format!("requested {asked}; this client needs {own}");
                error.with_message(words).with_advice(advice)
            }
            ErrorKind::InvalidClient
            | ErrorKind::InvalidGrant
            | ErrorKind::UnauthorizedClient
            | ErrorKind::InvalidTokenRequest
            | ErrorKind::OtherTokenRefusal => {
                let secret = asking.secret.as_ref();
                let words = secret.and_then(|secret| self.credentials.suspicion(secret));
                words.map_or(error.clone(), |words| error.with_note(&words))
            }
            _ => error,
        }
    }

    fn may_repeat(&self, record: &Record, error: &Error, deadline: &Deadline) -> bool {
        let made = u32::try_from(record.requests_in_a_minute(&self.now())).unwrap_or(u32::MAX);
        let needed = pause(error).saturating_add(LEAST_TIME);
        let time = deadline.left().is_ok_and(|left| left > needed);
        mint::made_no_token(error) && made < self.budget && time
    }

    /// Told with no lock held: a listener may take its time.
    pub(super) fn tell(&self, found: &Found) {
        let Found { kept, generation, .. } = found;
        let generation = *generation;
        match found.source {
            Source::Store => return self.events.emit(Event::Adopted { generation }),
            Source::None => return,
            _ => {}
        }
        self.events.emit(Event::Minted { generation, expires_in: kept.lifetime_s });
        let differs = |granted: &&String| Scopes::new(granted) != kept.scopes;
        if let Some(granted) = kept.granted.as_ref().filter(differs) {
            self.events.emit(Event::ScopeDiffers { granted: granted.clone() });
        }
        if !found.typed {
            self.events.emit(Event::TokenTypeMissing);
        }
    }
}

impl Drop for Renewer {
    fn drop(&mut self) {
        registry::leave(&self.slot);
    }
}

fn place(store: Option<&dyn SharedStore>) -> String {
    store.map_or_else(|| "memory".to_owned(), SharedStore::name)
}

/// Before the one repetition: never earlier than the server asks.
fn pause(error: &Error) -> Duration {
    error.retry_after().unwrap_or_default().max(PAUSE)
}

/// The store's lock bounds a token request too. That no connection was made in that time is not
/// the end of a call whose own deadline has not passed.
fn unfinished(error: Error, call: &Deadline) -> Error {
    if error.kind() != ErrorKind::DeadlineExceeded || call.left().is_err() {
        return error;
    }
    let words = format!("the token request could not be sent within {} s", LONGEST.as_secs());
    Error::new(ErrorKind::Connect, words).at(error.step()).with_source(error)
}

fn enough_time(deadline: &Deadline) -> Result<()> {
    let left = deadline.left().map_err(|reason| retry::wait_error(reason, Step::Queue))?;
    if left >= LEAST_TIME {
        return Ok(());
    }
    let why = "a token request needs 2 s at least, and less is left";
    Err(Error::new(ErrorKind::DeadlineExceeded, why).at(Step::Queue))
}
