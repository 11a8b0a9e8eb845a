//! The clocks that everything is measured by, and instants on two of them.

use std::fmt;
use std::time::Duration;

/// Where the library takes time from, and how it waits.
///
/// [`SystemClock`](crate::SystemClock) is the default; tests of a job use `TestClock`, of the
/// feature `test-util`. A clock must not call the library.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Returns the time since some fixed moment, on a clock that is never set.
    fn monotonic(&self) -> Duration;
    /// Returns the time since 1970-01-01T00:00:00Z, as the machine believes it to be.
    fn wall(&self) -> Duration;
    /// Returns the time since the machine started, including the time that it was suspended.
    fn boot(&self) -> Duration;
    /// Returns an id that tells one start of one machine from all others; empty where that cannot
    /// be known.
    fn boot_id(&self) -> String;
    /// Waits, as the back-off between two attempts does.
    fn sleep(&self, length: Duration);
}

/// A moment on both clocks, in nanoseconds: a token that is in hand asks for nothing but this.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockInstant {
    monotonic: u64,
    wall: u64,
}

impl ClockInstant {
    pub(crate) fn now(clock: &dyn Clock) -> ClockInstant {
        ClockInstant { monotonic: nanos(clock.monotonic()), wall: nanos(clock.wall()) }
    }

    pub(crate) fn plus(self, by: Duration) -> ClockInstant {
        let by = nanos(by);
        ClockInstant {
            monotonic: self.monotonic.saturating_add(by),
            wall: self.wall.saturating_add(by),
        }
    }

    /// Time from `now` until this moment, by the clock that says less; `None` when it has passed.
    pub(crate) fn left(self, now: ClockInstant) -> Option<Duration> {
        let monotonic = self.monotonic.checked_sub(now.monotonic)?;
        let wall = self.wall.checked_sub(now.wall)?;
        Some(Duration::from_nanos(monotonic.min(wall))).filter(|left| !left.is_zero())
    }

    /// Whether both clocks say that it is further from `now` than this.
    pub(crate) fn is_beyond(self, now: ClockInstant, span: Nanos) -> bool {
        let beyond = |then: u64, now: u64| then.saturating_sub(now) > span.0;
        beyond(self.monotonic, now.monotonic) && beyond(self.wall, now.wall)
    }
}

/// A length of time as moments count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Nanos(u64);

impl From<Duration> for Nanos {
    fn from(length: Duration) -> Nanos {
        Nanos(nanos(length))
    }
}

/// 584 years at the most.
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
