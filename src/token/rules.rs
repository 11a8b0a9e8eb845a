//! The rules by which a record is used: when a token serves, when one may be asked for, and what
//! an answer changes. Nothing here waits, sends or stores.

use std::time::Duration;

use super::answer::Grant;
use super::record::{Kept, LONGEST_PAUSE_S, Pause, Record, Refusal, Unknown};
use super::scopes::Scopes;
use super::stamp::{Stamp, until_free};
use crate::error::{Action, Error, ErrorKind, many};
use crate::retry;
use crate::secret::Secret;

pub(super) const MINUTE: Duration = Duration::from_secs(60);

/// How long a refusal is remembered at first; it doubles up to `LONGEST_PAUSE_S`.
const REFUSAL_S: u64 = 60;

/// More refusals than jobs with different credentials have at one time.
const MOST_REFUSALS: usize = 8;

/// Vanta allows 5 token requests a minute; a 429 without advice means a fifth of one at least.
const RATE_PAUSE_S: u64 = 12;

/// A working token that is rejected with so much of its lifetime left was revoked by another
/// program.
const WELL_ALIVE: Duration = Duration::from_secs(1800);

/// So many revoked tokens in so short a time are no accident.
const CONTENTION: usize = 3;
const CONTENTION_SPAN: Duration = Duration::from_secs(600);

/// The pause between token requests then, and while the API rejects new tokens. It doubles up to
/// `LONGEST_PAUSE`.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// A token that was rejected later than this after it was issued may have worked in between, even
/// where nobody told the library.
const NEW: Duration = Duration::from_secs(600);

/// What a caller needs of a token.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    /// To live longer than the margin; a living one will do when there is no better.
    Usual,
    /// To live at least so long.
    AtLeast(Duration),
}

impl Need {
    /// How long a token must still live, of which a margin may take no more than `spare`.
    pub(super) fn life<T: Ord + From<Duration>>(self, margin: T, spare: T) -> T {
        match self {
            Need::AtLeast(wanted) => wanted.into(),
            Need::Usual => margin.min(spare),
        }
    }
}

/// What somebody wants of the record.
#[derive(Debug)]
pub(super) struct Want<'a> {
    pub(super) need: Need,
    pub(super) margin: Duration,
    pub(super) scopes: &'a Scopes,
    /// Tokens that Vanta has refused.
    pub(super) refused: &'a [Secret],
    /// Of the secret and the scopes that would be asked with.
    pub(super) fingerprint: &'a str,
    pub(super) budget: u32,
}

/// Why a token is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// There was none.
    None,
    /// It had too little of its life left.
    Expired,
    /// Vanta refused it.
    Refused,
    /// It does not hold all scopes that are needed.
    Scope,
}

/// What to do.
#[derive(Debug)]
pub(super) enum Advice {
    Use(Kept),
    Ask(Reason),
    /// Not now: so long, or this error.
    Wait(Duration, Error),
    Refuse(Error),
}

impl Record {
    pub(super) fn advise(&self, want: &Want<'_>, now: &Stamp) -> Advice {
        let reason = match &self.token {
            None => Reason::None,
            Some(kept) if want.refused.contains(&kept.access_token) => Reason::Refused,
            Some(kept) if !kept.scopes.hold(want.scopes) => Reason::Scope,
            Some(kept) if kept.left(now).is_zero() => Reason::Expired,
            Some(kept) => match too_short(kept, want.need) {
                Some(error) => return Advice::Refuse(error),
                None if serves(kept, want, now) => return Advice::Use(kept.clone()),
                None => Reason::Expired,
            },
        };
        if let Some(refusal) = self.refusal(want.fingerprint, now) {
            return Advice::Refuse(refusal.error());
        }
        if let (Reason::Refused, Some(error)) = (reason, self.new_tokens_rejected(now)) {
            return Advice::Refuse(error);
        }
        let waits = [self.paused(now), self.contended(now), self.over_budget(want.budget, now)];
        match waits.into_iter().flatten().max_by_key(|(wait, _)| *wait) {
            Some((wait, error)) => {
                let told = error.retry_after().unwrap_or_default().max(wait);
                Advice::Wait(wait, error.with_retry_after(told))
            }
            None => Advice::Ask(reason),
        }
    }

    /// The scopes to ask for: all that anybody needs, so that no two jobs revoke each other.
    ///
    /// Where the server refuses them together, and no token lives that others use, one's own.
    pub(super) fn ask(&self, wanted: &Scopes, secret: &Secret, now: &Stamp) -> Scopes {
        let Some(kept) = &self.token else { return wanted.clone() };
        let all = kept.scopes.with(wanted);
        let refused = self.refusal(&self.fingerprint(secret, &all), now).is_some();
        if refused && kept.left(now).is_zero() { wanted.clone() } else { all }
    }

    fn refusal(&self, fingerprint: &str, now: &Stamp) -> Option<&Refusal> {
        let in_force = |refusal: &Refusal| {
            refusal.at.left_since_seen(Duration::from_secs(refusal.seconds), now).is_some()
        };
        self.refusals.iter().find(|one| one.fingerprint == fingerprint).filter(|one| in_force(one))
    }

    fn paused(&self, now: &Stamp) -> Option<(Duration, Error)> {
        let pause = self.pause.as_ref()?;
        let asked = pause.at.left_since_seen(Duration::from_secs(pause.seconds), now)?;
        let left = pause.at.left_since_seen(pause.length(), now)?;
        let error = Error::new(ErrorKind::TokenRateLimited, "").remembered();
        Some((left, error.with_retry_after(asked)))
    }

    /// How many tokens were killed lately.
    pub(super) fn killed(&self, now: &Stamp) -> usize {
        let lately = |at: &&Stamp| at.left_of(CONTENTION_SPAN, now).is_some();
        self.revoked.iter().filter(lately).count()
    }

    fn contended(&self, now: &Stamp) -> Option<(Duration, Error)> {
        let beyond = self.killed(now).checked_sub(CONTENTION)?;
        let pause = doubled_pause(u32::try_from(beyond).unwrap_or(u32::MAX));
        let left = self.revoked.iter().filter_map(|at| at.left_of(pause, now)).max()?;
        let words = "several tokens were rejected long before they expired; some program requests \
                     tokens of this application without sharing its token store";
        Some((left, Error::new(ErrorKind::Contention, words)))
    }

    /// The error while the API rejects new tokens: another token request would bring one more, and
    /// cost the other jobs one of the few that a minute allows. A call that waited for the next one
    /// would keep other threads from trying the last token, which works as soon as the outage ends.
    fn new_tokens_rejected(&self, now: &Stamp) -> Option<Error> {
        let kept = self.token.as_ref().filter(|kept| !kept.worked)?;
        let pause = doubled_pause(kept.rejected_before.checked_sub(1)?);
        let left = kept.asked.left_of(pause, now)?.min(kept.left(now));
        let words = format!(
            "the API rejected {} new tokens in a row, so the next one is requested later; if this \
             lasts, look for an outage of Vanta's, and for a program that requests tokens of this \
             application without sharing its token store",
            kept.rejected_before.saturating_add(1)
        );
        let error = Error::new(ErrorKind::Unauthorized, words).remembered().with_retry_after(left);
        Some(error).filter(|_| !left.is_zero())
    }

    /// How many token requests were made within the last minute.
    pub(super) fn requests_in_a_minute(&self, now: &Stamp) -> usize {
        self.requests.iter().filter(|at| at.left_of(MINUTE, now).is_some()).count()
    }

    fn over_budget(&self, budget: u32, now: &Stamp) -> Option<(Duration, Error)> {
        let lefts: Vec<Duration> =
            self.requests.iter().filter_map(|at| at.left_of(MINUTE, now)).collect();
        let wait = until_free(&lefts, budget)?;
        let words = format!("{} within the last minute", many(lefts.len(), "token request"));
        Some((wait, Error::new(ErrorKind::TokenBudgetExhausted, words)))
    }

    /// A request is about to leave: whatever becomes of its sender, it was made.
    pub(super) fn begin(&mut self, refused: &[Secret], now: &Stamp) {
        let rejected = self.token.take_if(|kept| refused.contains(&kept.access_token));
        if rejected.as_ref().is_some_and(|kept| was_revoked(kept, now)) {
            self.revoked.push(now.clone());
        }
        self.replaced = rejected;
        self.revoked.retain(|at| at.left_since_seen(CONTENTION_SPAN, now).is_some());
        self.requests.retain(|at| at.left_since_seen(MINUTE, now).is_some());
        self.requests.push(now.clone());
        self.started = Some(now.clone());
    }

    /// The request never reached the server, so it costs nothing.
    pub(super) fn take_back(&mut self) {
        self.started = None;
        self.requests.pop();
        self.restore();
    }

    /// Brings the rejected token back: when the server rejected everything for a while, it is good
    /// again afterwards. It has to work again before another rejection of it means anything.
    fn restore(&mut self) {
        let rejected = self.replaced.take();
        self.token = self.token.take().or(rejected.map(|kept| Kept {
            suspect: true,
            worked: false,
            ..kept
        }));
    }

    pub(super) fn granted(&mut self, grant: &Grant, scopes: Scopes, asked: Stamp, by: &str) {
        let same = |kept: &&Kept| kept.access_token == grant.token;
        let old = self.token.as_ref().filter(same);
        let rejected = self.replaced.as_ref().filter(|kept| was_never_good(kept, &asked));
        let rejected_before = rejected.map_or(0, |kept| kept.rejected_before.saturating_add(1));
        self.generation = self.generation.saturating_add(1);
        self.token = Some(Kept {
            last: old.is_some(),
            worked: old.is_some_and(|kept| kept.worked),
            access_token: grant.token.clone(),
            scopes,
            granted: grant.scope.clone(),
            asked,
            lifetime_s: grant.lifetime.as_secs(),
            lifetime_assumed: grant.assumed,
            suspect: false,
            rejected_before,
            unknown: Unknown::default(),
        });
        (self.started, self.replaced) = (None, None);
        self.pause = None;
        self.refusals.retain(|refusal| refusal.fingerprint != by);
    }

    pub(super) fn failed(&mut self, error: &Error, fingerprint: String, now: &Stamp) {
        self.started = None;
        self.restore();
        let living = self.token.as_mut().filter(|_| error.kind() != ErrorKind::InvalidScope);
        if let Some(kept) = living {
            // Whether a request that fails kills the token before it, no source says.
            kept.suspect = true;
        }
        let asked = retry::advice(error).map(|wait| wait.as_secs_f64().ceil() as u64);
        if error.kind() == ErrorKind::TokenRateLimited {
            let before = self.pause.as_ref().map_or(0, |pause| pause.length().as_secs());
            let backoff = (before * 2).clamp(RATE_PAUSE_S, LONGEST_PAUSE_S);
            let seconds = asked.unwrap_or(backoff);
            self.pause = Some(Pause { at: now.clone(), seconds, unknown: Unknown::default() });
        } else if error.action() == Action::FixCredentials {
            let same = self.refusals.iter().position(|one| one.fingerprint == fingerprint);
            let doubled = same.map(|at| self.refusals.remove(at).seconds * 2);
            let seconds = asked.or(doubled).unwrap_or(REFUSAL_S).clamp(REFUSAL_S, LONGEST_PAUSE_S);
            self.refusals.push(Refusal::new(fingerprint, now.clone(), seconds, error));
            let surplus = self.refusals.len().saturating_sub(MOST_REFUSALS);
            self.refusals.drain(..surplus);
        }
    }
}

/// Whether a rejection of the token shows that another program revoked it. Of a token that never
/// worked it shows nothing: the server may reject every token for a while.
fn was_revoked(kept: &Kept, now: &Stamp) -> bool {
    kept.worked && kept.asked.ahead(now).is_none() && kept.left(now) > WELL_ALIVE
}

/// Whether the rejected token was new and never worked, as each one is while the API rejects every
/// token.
fn was_never_good(kept: &Kept, now: &Stamp) -> bool {
    !kept.worked && kept.asked.left_of(NEW, now).is_some()
}

fn doubled_pause(times: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(2u32.saturating_pow(times)).min(LONGEST_PAUSE)
}

/// Whether the token will do as it is.
fn serves(kept: &Kept, want: &Want<'_>, now: &Stamp) -> bool {
    kept.left(now) > want.need.life(want.margin, kept.spare())
}

/// The error for a need that no token of this application ever meets.
pub(super) fn too_short(kept: &Kept, need: Need) -> Option<Error> {
    let Need::AtLeast(wanted) = need else { return None };
    let lifetime = kept.lifetime_s;
    // The one that came again has less of its life than the next will have.
    (wanted >= kept.lifetime() && !kept.last).then(|| {
        let words = format!("tokens live {lifetime} s, and {} s were wanted", wanted.as_secs());
        Error::new(ErrorKind::InvalidArgument, words)
    })
}

/// The leader's own impatience says nothing about the next one.
pub(super) fn is_personal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::DeadlineExceeded
            | ErrorKind::Cancelled
            | ErrorKind::TokenRateLimited
            | ErrorKind::TokenBudgetExhausted
            | ErrorKind::Contention
            | ErrorKind::StoreLocked
            | ErrorKind::WouldMint
    )
}
