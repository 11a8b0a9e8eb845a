//! Whether a failed attempt is repeated, and after which backoff.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::clock::{Deadline, WaitError};
use crate::error::{Error, ErrorKind, Result, Stage};
use crate::event::{Event, EventHandler};

/// The most attempts of one call; the deadline usually ends it sooner.
const MOST_ATTEMPTS: u32 = 4;

/// The longest backoff. Where the server asks for more, the call ends with its error.
const LONGEST_BACKOFF: Duration = Duration::from_secs(300);

/// Vanta allows 20 resource requests a minute: after a 429 without advice, leave room for two.
const RATE_LIMIT_BACKOFF: Duration = Duration::from_secs(6);

/// The first backoff after another error; it doubles, as Vanta's FAQ advises.
const BACKOFF: Duration = Duration::from_secs(1);

/// A shorter `Retry-After`, such as 0 or a date in the past, takes the place of no backoff.
const LEAST_ADVICE: Duration = Duration::from_secs(1);

/// What a backoff must leave of the deadline: an attempt may need a token, and no token request
/// starts with less. It would still count as one of five a minute, and may revoke the old token.
pub(crate) const LEAST_TIME: Duration = Duration::from_secs(2);

/// Whether a request that may have taken effect can be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idempotency {
    /// Twice has the effect of once.
    Idempotent,
    /// Each request has an effect of its own.
    NotIdempotent,
}

/// How long to wait before attempt `attempt + 1`, or `None` when there should be none.
fn backoff(
    error: &Error,
    idempotency: Idempotency,
    attempt: u32,
    left: Duration,
    jitter: f64,
) -> Option<Duration> {
    let unknown = error.kind() == ErrorKind::OutcomeUnknown;
    if unknown && idempotency == Idempotency::NotIdempotent {
        return None;
    }
    if error.is_stale() && attempt == 1 {
        return Some(Duration::ZERO);
    }
    if !is_transient(error) || attempt >= MOST_ATTEMPTS {
        return None;
    }
    let first = if is_rate_limit(error) { RATE_LIMIT_BACKOFF } else { BACKOFF };
    let base = advice(error).unwrap_or(first * 2u32.saturating_pow(attempt - 1));
    if base > LONGEST_BACKOFF {
        return None;
    }
    // Jitter only ever adds: never earlier than the server asked.
    let wait = base.mul_f64(1.0 + jitter / 4.0);
    (wait + LEAST_TIME <= left).then_some(wait)
}

/// Whether another attempt may end in another way.
fn is_transient(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Resolve
        | ErrorKind::Connect
        | ErrorKind::Send
        | ErrorKind::Receive
        | ErrorKind::RateLimited
        | ErrorKind::Unavailable => true,
        // The same records once more do no harm, and may settle it.
        ErrorKind::OutcomeUnknown => matches!(error.http_status(), Some(408 | 429 | 500..)),
        _ => false,
    }
}

fn is_rate_limit(error: &Error) -> bool {
    error.kind() == ErrorKind::RateLimited || error.http_status() == Some(429)
}

/// What the server asks to wait, where that can take the place of a backoff.
pub(crate) fn advice(error: &Error) -> Option<Duration> {
    error.retry_after().filter(|wait| *wait >= LEAST_ADVICE)
}

/// The attempts of one call: how many were made, and what the earlier ones left behind.
pub(crate) struct Attempts<'a> {
    deadline: &'a Deadline,
    events: &'a EventHandler,
    idempotency: Idempotency,
    made: u32,
    /// Whether an earlier attempt may have taken effect.
    unknown: bool,
    /// The error of the attempt before.
    earlier: Option<Error>,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(
        deadline: &'a Deadline,
        events: &'a EventHandler,
        idempotency: Idempotency,
    ) -> Attempts<'a> {
        Attempts { deadline, events, idempotency, made: 0, unknown: false, earlier: None }
    }

    /// Blocks for the backoff after an attempt that failed. Returns the error of the call where
    /// there is to be no other attempt.
    pub(crate) fn back_off(&mut self, error: Error) -> Result<()> {
        self.made += 1;
        let error = merge(error, &mut self.earlier, self.deadline);
        let left = self.deadline.left().unwrap_or_default();
        let Some(wait) = backoff(&error, self.idempotency, self.made, left, jitter()) else {
            return Err(keep_unknown(error, self.unknown));
        };
        self.unknown |= error.kind() == ErrorKind::OutcomeUnknown;
        self.events.emit(Event::Retrying { attempt: self.made, wait, kind: error.kind() });
        if let Err(reason) = self.deadline.sleep(wait) {
            return Err(keep_unknown(ended(reason, error), self.unknown));
        }
        self.earlier = Some(error);
        Ok(())
    }
}

/// The error of a later attempt, with the one before it where the deadline passed.
///
/// Where the attempt did not begin because too little of the deadline was left, the one before it
/// is the error.
pub(crate) fn merge(error: Error, earlier: &mut Option<Error>, deadline: &Deadline) -> Error {
    match (earlier.take(), error.kind()) {
        (Some(earlier), ErrorKind::DeadlineExceeded) => match deadline.left() {
            Ok(_) => earlier,
            Err(_) => error.with_source(earlier),
        },
        _ => error,
    }
}

/// The error for a wait that ended early: the deadline takes no error's place, a cancel does.
pub(crate) fn ended(reason: WaitError, error: Error) -> Error {
    match reason {
        WaitError::Expired => error,
        WaitError::Cancelled => wait_error(reason, Stage::Queue).with_source(error),
    }
}

/// The last attempt's error, unless an earlier attempt may have done what this one did not.
fn keep_unknown(error: Error, unknown: bool) -> Error {
    let settles = match error.kind() {
        // A record that breaks the schema broke it the first time too.
        ErrorKind::RecordsRejected => !error.violations().is_empty(),
        kind => kind == ErrorKind::OutcomeUnknown,
    };
    if !unknown || settles {
        return error;
    }
    let words = "an earlier attempt may have taken effect";
    Error::new(ErrorKind::OutcomeUnknown, words).at(error.stage()).with_source(error)
}

/// A number in 0..1 that differs between processes, which is all that jitter needs.
fn jitter() -> f64 {
    let bits = random();
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

fn random() -> u64 {
    #[cfg(feature = "test-util")]
    if let Some(world) = crate::simulation::world() {
        return world.random();
    }
    RandomState::new().hash_one(std::process::id())
}

/// The error for a deadline that passed or a caller who cancelled.
pub(crate) fn wait_error(reason: WaitError, step: Stage) -> Error {
    let kind = match reason {
        WaitError::Expired => ErrorKind::DeadlineExceeded,
        WaitError::Cancelled => ErrorKind::Cancelled,
    };
    Error::new(kind, pending(step)).at(step)
}

/// What a call was doing when its time was over.
fn pending(step: Stage) -> &'static str {
    match step {
        Stage::Validate => "",
        Stage::Resolve => "while resolving the host name",
        Stage::Connect => "while connecting",
        Stage::Tls => "while negotiating TLS",
        Stage::Send => "while sending the request",
        Stage::Wait => "while waiting for the response",
        Stage::Read => "while reading the response",
        Stage::Queue => "while waiting to make a request",
        Stage::Store => "while waiting for the token store",
        Stage::Proxy => "while waiting for the proxy",
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3); nonsense is `None`.
///
/// A number below 0 and a date in the past are 0. What is too large for a `Duration` is its
/// largest. A date is compared with the response's own `Date`, which comes from the same clock.
pub(crate) fn retry_after(value: &str, date: Option<&str>, wall: Duration) -> Option<Duration> {
    let value = value.trim();
    match value.parse::<f64>() {
        Ok(secs) if secs.is_finite() => {
            Some(Duration::try_from_secs_f64(secs.max(0.0)).unwrap_or(Duration::MAX))
        }
        Ok(_) => None,
        Err(_) => until(value, date, wall),
    }
}

fn until(value: &str, date: Option<&str>, wall: Duration) -> Option<Duration> {
    let then = httpdate::parse_http_date(value).ok()?;
    let own = || UNIX_EPOCH.checked_add(wall);
    let now: SystemTime = date.and_then(|d| httpdate::parse_http_date(d).ok()).or_else(own)?;
    Some(then.duration_since(now).unwrap_or_default())
}
