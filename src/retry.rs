//! One pure rule (again? when? why not?) and the one loop that follows it.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::clock::{Deadline, Lapse};
use crate::error::{Error, ErrorKind, Result, Step};
use crate::event::{Event, Listener};

/// Attempts in one call; the deadline usually ends it sooner.
const MOST_ATTEMPTS: u32 = 4;

/// A server that asks for more patience than this is asking for the next run.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(300);

/// Vanta allows 20 resource requests a minute: after a 429 without advice, leave room for two.
const RATE_PAUSE: Duration = Duration::from_secs(6);

/// First pause after other trouble; it doubles, as Vanta's FAQ advises.
const PAUSE: Duration = Duration::from_secs(1);

/// What doing the same twice would come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Twice {
    /// The same as doing it once.
    Harmless,
    /// Two of it.
    Doubled,
}

/// How long to wait before attempt `attempt + 1`, or `None` when there should be none.
pub(crate) fn pause(
    error: &Error,
    twice: Twice,
    attempt: u32,
    left: Duration,
    dice: f64,
) -> Option<Duration> {
    let doubled = error.kind() == ErrorKind::OutcomeUnknown && twice == Twice::Doubled;
    if doubled || error.is_for_good() {
        return None;
    }
    if error.is_stale() && attempt == 1 {
        return Some(Duration::ZERO);
    }
    let passes = matches!(
        error.kind(),
        ErrorKind::Resolve
            | ErrorKind::Connect
            | ErrorKind::Send
            | ErrorKind::Receive
            | ErrorKind::RateLimited
            | ErrorKind::Unavailable
    );
    // A gateway's trouble leaves a push open, and pushing the same bytes again does no harm.
    let open = error.kind() == ErrorKind::OutcomeUnknown && error.status() >= Some(500);
    let passes = passes || open;
    if !passes || attempt >= MOST_ATTEMPTS {
        return None;
    }
    let doubled = |first: Duration| first * 2u32.saturating_pow(attempt - 1);
    let base = match (error.retry_after(), error.kind()) {
        (Some(asked), _) => asked,
        (None, ErrorKind::RateLimited) => doubled(RATE_PAUSE),
        (None, _) => doubled(PAUSE),
    };
    // Jitter only ever adds: never earlier than the server asked.
    let wait = base.mul_f64(1.0 + dice / 4.0);
    (wait < left).then_some(wait)
}

/// Makes `attempt` until it succeeds, fails for good, or the deadline leaves no room for another.
pub(crate) fn run<T>(
    deadline: &Deadline,
    events: &Listener,
    twice: Twice,
    mut attempt: impl FnMut() -> Result<T>,
) -> Result<T> {
    let mut made = 1;
    let mut open = false;
    let mut earlier = None;
    loop {
        let error = match (attempt(), earlier) {
            (Ok(value), _) => return Ok(value),
            (Err(error), Some(earlier)) => over(error, earlier),
            (Err(error), None) => error,
        };
        let left = deadline.left().unwrap_or_default();
        let Some(wait) = pause(&error, twice, made, left, dice()) else {
            return Err(honest(error, open));
        };
        open |= error.kind() == ErrorKind::OutcomeUnknown;
        events.tell(Event::Retrying { attempt: made, wait, kind: error.kind() });
        if let Err(lapse) = deadline.sleep(wait) {
            return Err(honest(lapsed(lapse, Step::Queue).with_source(error), open));
        }
        earlier = Some(error);
        made += 1;
    }
}

/// A deadline that passes in a later attempt tells nothing of what it passed over.
fn over(error: Error, earlier: Error) -> Error {
    match error.kind() {
        ErrorKind::DeadlineExceeded => error.with_source(earlier),
        _ => error,
    }
}

/// The last attempt's error, unless an earlier attempt may have done what this one did not.
///
/// What is wrong with the bytes themselves was wrong with them the first time too.
fn honest(error: Error, open: bool) -> Error {
    let told = [ErrorKind::OutcomeUnknown, ErrorKind::Rejected, ErrorKind::ServerTooLarge];
    if !open || told.contains(&error.kind()) {
        return error;
    }
    let words = "an earlier attempt may have taken effect";
    Error::new(ErrorKind::OutcomeUnknown, words).at(error.step()).with_source(error)
}

/// A number in 0..1 that differs between processes, which is all that jitter needs.
fn dice() -> f64 {
    let bits = RandomState::new().hash_one(std::process::id());
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

/// The error for a deadline that passed or a caller who cancelled.
pub(crate) fn lapsed(lapse: Lapse, step: Step) -> Error {
    let kind = match lapse {
        Lapse::Expired => ErrorKind::DeadlineExceeded,
        Lapse::Cancelled => ErrorKind::Cancelled,
    };
    Error::new(kind, "").at(step)
}

/// `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3), capped; nonsense is `None`.
///
/// A date is measured against the answer's own `Date`, which shares the server's clock.
pub(crate) fn retry_after(value: &str, date: Option<&str>, wall: Duration) -> Option<Duration> {
    let value = value.trim();
    let wait = match value.parse::<f64>() {
        Ok(secs) if secs.is_finite() => Duration::try_from_secs_f64(secs.max(0.0)),
        Ok(_) => return None,
        Err(_) => Ok(until(value, date, wall)?),
    };
    Some(wait.unwrap_or(LONGEST_RETRY_AFTER).min(LONGEST_RETRY_AFTER))
}

fn until(value: &str, date: Option<&str>, wall: Duration) -> Option<Duration> {
    let then = httpdate::parse_http_date(value).ok()?;
    let own = || UNIX_EPOCH.checked_add(wall);
    let now: SystemTime = date.and_then(|d| httpdate::parse_http_date(d).ok()).or_else(own)?;
    Some(then.duration_since(now).unwrap_or_default())
}
