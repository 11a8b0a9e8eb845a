//! The policy: is this token good, and may a new one be requested now?
//!
//! Pure functions of the shared state and the time. Nothing here waits, sends or stores.

use std::time::Duration;

use super::rate_limit::{WINDOW, until_below};
use super::scopes::Scopes;
use super::state::{RejectedRequest, SharedState, StoredToken};
use super::timestamp::Timestamp;
use crate::error::{Error, ErrorKind, Result, many};
use crate::secret::Secret;

/// The longest token request. The front of the API gives up after some 30 s.
pub(super) const LONGEST_REQUEST: Duration = Duration::from_secs(40);

/// More than what writing the state to the store takes.
pub(super) const SAVE_TIME: Duration = Duration::from_secs(5);

/// A token that worked and is rejected with so much of its lifetime left was revoked by another
/// program.
const WELL_BEFORE_EXPIRY: Duration = Duration::from_secs(1800);

/// So many revoked tokens in so short a time are no accident.
const CONTENTION: usize = 3;
pub(super) const CONTENTION_PERIOD: Duration = Duration::from_secs(600);

/// The backoff between token requests then, and while the API rejects new tokens. It doubles up to
/// the longest one.
const FIRST_BACKOFF: Duration = Duration::from_secs(15);
const LONGEST_BACKOFF: Duration = Duration::from_secs(300);

/// A token that was rejected later than this after it was issued may have worked in between, even
/// where the library saw no response.
const NEW: Duration = Duration::from_secs(600);

/// What a caller needs of a token.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    /// A lifetime longer than the expiry margin. An unexpired token will do when there is no
    /// better one.
    Usual,
    /// A lifetime of at least so much.
    AtLeast(Duration),
}

impl Need {
    /// The lifetime that a token must have left. The margin is at most `longest_margin`.
    pub(super) fn lifetime<T: Ord + From<Duration>>(self, margin: T, longest_margin: T) -> T {
        match self {
            Need::AtLeast(wanted) => wanted.into(),
            Need::Usual => margin.min(longest_margin),
        }
    }
}

/// What a token must have to be good.
#[derive(Debug)]
pub(super) struct Requirement<'a> {
    pub(super) need: Need,
    pub(super) margin: Duration,
    pub(super) scopes: &'a Scopes,
    /// Tokens that Vanta has rejected.
    pub(super) rejected: &'a [Secret],
}

/// Why a token is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// There was none.
    None,
    /// It had too little of its lifetime left.
    Expired,
    /// Vanta rejected it.
    Rejected,
    /// It does not hold all scopes that are needed.
    Scope,
}

/// Whether the token of the shared state is good.
#[derive(Debug)]
pub(super) enum Check<'a> {
    Good(&'a StoredToken),
    /// A new token is needed.
    Replace(Reason),
}

/// Whether a token may be requested now.
#[derive(Debug)]
pub(super) enum Decision {
    Request,
    /// Not before so much time has passed. The error is for a call that does not wait.
    Wait(Duration, Error),
    Refuse(Error),
}

/// Checks the token of the shared state. It is an error if no token of this application ever meets
/// the need.
pub(super) fn check<'a>(
    state: &'a SharedState,
    required: &Requirement<'_>,
    now: &Timestamp,
) -> Result<Check<'a>> {
    let Some(token) = &state.token else { return Ok(Check::Replace(Reason::None)) };
    if required.rejected.contains(&token.access_token) {
        return Ok(Check::Replace(Reason::Rejected));
    }
    if !token.scopes.contain(required.scopes) {
        return Ok(Check::Replace(Reason::Scope));
    }
    let remaining = token.remaining(now);
    if remaining.is_zero() {
        return Ok(Check::Replace(Reason::Expired));
    }
    check_lifetime(token, required.need)?;
    let needed = required.need.lifetime(required.margin, token.longest_margin());
    Ok(if remaining > needed { Check::Good(token) } else { Check::Replace(Reason::Expired) })
}

/// Whether tokens of this application can live as long as is needed.
fn check_lifetime(token: &StoredToken, need: Need) -> Result<()> {
    let Need::AtLeast(wanted) = need else { return Ok(()) };
    // A repeated token has less of its lifetime left than the next one will have.
    if wanted < token.lifetime() || token.was_repeated {
        return Ok(());
    }
    let (lifetime, wanted) = (token.lifetime_s, wanted.as_secs());
    let message = format!("tokens are valid for {lifetime} s, and {wanted} s are needed");
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

/// The token of the shared state, if it may be used while there is no better one.
pub(super) fn fallback<'a>(
    state: &'a SharedState,
    required: &Requirement<'_>,
    now: &Timestamp,
) -> Option<&'a StoredToken> {
    let token = state.token.as_ref().filter(|_| matches!(required.need, Need::Usual))?;
    let is_accepted = !required.rejected.contains(&token.access_token);
    let is_usable = is_accepted && token.scopes.contain(required.scopes);
    (is_usable && !token.remaining(now).is_zero()).then_some(token)
}

/// Whether another process may be requesting a token.
pub(super) fn is_request_under_way(state: &SharedState, now: &Timestamp) -> bool {
    let started = state.request_started.as_ref();
    started.is_some_and(|at| at.remaining(LONGEST_REQUEST + SAVE_TIME, now).is_some())
}

/// Whether a token may be requested for this reason. `fingerprint` is that of the credentials and
/// the scopes of the request.
pub(super) fn may_request(
    state: &SharedState,
    reason: Reason,
    fingerprint: &str,
    requests_per_minute: u32,
    now: &Timestamp,
) -> Decision {
    if let Some(rejected) = rejected_request(state, fingerprint, now) {
        return Decision::Refuse(rejected.error());
    }
    if let (Reason::Rejected, Some(error)) = (reason, new_tokens_rejected(state, now)) {
        return Decision::Refuse(error);
    }
    let waits =
        [backing_off(state, now), contended(state, now), limited(state, requests_per_minute, now)];
    match waits.into_iter().flatten().max_by_key(|(wait, _)| *wait) {
        Some((wait, error)) => {
            let reported = error.retry_after().unwrap_or_default().max(wait);
            Decision::Wait(wait, error.with_retry_after(reported))
        }
        None => Decision::Request,
    }
}

/// The scopes to request: all that any job needs, so that no two jobs revoke each other's tokens.
///
/// Where the server rejects them together, and there is no unexpired token that others use, only
/// the wanted ones.
pub(super) fn scopes_to_request(
    state: &SharedState,
    wanted: &Scopes,
    secret: &Secret,
    now: &Timestamp,
) -> Scopes {
    let Some(token) = &state.token else { return wanted.clone() };
    let all = token.scopes.union(wanted);
    let is_rejected = rejected_request(state, &state.fingerprint(secret, &all), now).is_some();
    if is_rejected && token.remaining(now).is_zero() { wanted.clone() } else { all }
}

fn rejected_request<'a>(
    state: &'a SharedState,
    fingerprint: &str,
    now: &Timestamp,
) -> Option<&'a RejectedRequest> {
    let found = state.rejected_requests.iter().find(|one| one.fingerprint == fingerprint)?;
    let period = Duration::from_secs(found.seconds);
    found.at.remaining_since_seen(period, now).map(|_| found)
}

fn backing_off(state: &SharedState, now: &Timestamp) -> Option<(Duration, Error)> {
    let backoff = state.backoff.as_ref()?;
    let asked = backoff.at.remaining_since_seen(Duration::from_secs(backoff.seconds), now)?;
    let wait = backoff.at.remaining_since_seen(backoff.length(), now)?;
    let error = Error::new(ErrorKind::TokenRateLimited, "").remembered();
    Some((wait, error.with_retry_after(asked)))
}

/// How many tokens were revoked by other programs lately.
pub(super) fn revoked_lately(state: &SharedState, now: &Timestamp) -> usize {
    let is_recent = |at: &&Timestamp| at.remaining(CONTENTION_PERIOD, now).is_some();
    state.revoked.iter().filter(is_recent).count()
}

fn contended(state: &SharedState, now: &Timestamp) -> Option<(Duration, Error)> {
    let beyond = revoked_lately(state, now).checked_sub(CONTENTION)?;
    let backoff = doubled_backoff(u32::try_from(beyond).unwrap_or(u32::MAX));
    let wait = state.revoked.iter().filter_map(|at| at.remaining(backoff, now)).max()?;
    let message = "several tokens were rejected long before they expired; have all programs of \
                   this application use the same token store";
    Some((wait, Error::new(ErrorKind::Contention, message)))
}

/// The error while the API rejects new tokens: another token request would bring one more, and
/// cost the other jobs one of the few that a minute allows. A call that waited for the next one
/// would keep other threads from trying the last token, which works as soon as the outage ends.
fn new_tokens_rejected(state: &SharedState, now: &Timestamp) -> Option<Error> {
    let token = state.token.as_ref().filter(|token| !token.worked)?;
    let backoff = doubled_backoff(token.rejected_before.checked_sub(1)?);
    let wait = token.requested_at.remaining(backoff, now)?.min(token.remaining(now));
    let message = format!(
        "the API rejected {} new tokens in a row, so the next one is requested later; if this \
         lasts, look for an outage of Vanta's, and for a program that requests tokens of this \
         application without using its token store",
        token.rejected_before.saturating_add(1)
    );
    let error = Error::new(ErrorKind::Unauthorized, message).remembered().with_retry_after(wait);
    Some(error).filter(|_| !wait.is_zero())
}

/// How many token requests the rate limit counts.
pub(super) fn requests_last_minute(state: &SharedState, now: &Timestamp) -> usize {
    state.token_requests.iter().filter(|at| at.remaining(WINDOW, now).is_some()).count()
}

fn limited(state: &SharedState, limit: u32, now: &Timestamp) -> Option<(Duration, Error)> {
    let ends: Vec<Duration> =
        state.token_requests.iter().filter_map(|at| at.remaining(WINDOW, now)).collect();
    let wait = until_below(limit, &ends)?;
    let message = format!("{} within the last minute", many(ends.len(), "token request"));
    Some((wait, Error::new(ErrorKind::TokenRateLimitReached, message)))
}

fn doubled_backoff(times: u32) -> Duration {
    FIRST_BACKOFF.saturating_mul(2u32.saturating_pow(times)).min(LONGEST_BACKOFF)
}

/// Whether a rejection of the token shows that another program revoked it. Of a token that never
/// worked it shows nothing: the server may reject every token for a while.
pub(super) fn was_revoked(token: &StoredToken, now: &Timestamp) -> bool {
    let is_sure = token.worked && token.requested_at.ahead(now).is_none();
    is_sure && token.remaining(now) > WELL_BEFORE_EXPIRY
}

/// Whether the rejected token was new and never worked, as each one is while the API rejects every
/// token.
pub(super) fn never_worked(token: &StoredToken, now: &Timestamp) -> bool {
    !token.worked && token.requested_at.remaining(NEW, now).is_some()
}

#[cfg(test)]
mod tests;
