//! A timestamp that other processes and other hosts can read, and its age.
//!
//! A timestamp has the time since boot and the wall clock's time. Within one boot its age is the
//! larger of what the two clocks say: the time since boot does not advance while a virtual machine
//! is paused or a snapshot waits to be restored, and the wall clock may be set back. Between two
//! boots or hosts only the wall clock is known to both.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Clock;

/// How far the wall clocks of two hosts may differ. A timestamp further in the future shows that a
/// clock is wrong.
const TOLERANCE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Timestamp {
    boot_id: String,
    boot_ms: u64,
    wall_ms: u64,
    /// When a job first found it in the future; see [`Timestamp::remaining_since_seen`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<Box<Timestamp>>,
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Milliseconds from `then` until `now`; negative when `then` lies in the future.
fn elapsed(then: u64, now: u64) -> i128 {
    i128::from(now) - i128::from(then)
}

fn positive(ms: i128) -> Duration {
    Duration::from_millis(u64::try_from(ms.max(0)).unwrap_or(u64::MAX))
}

impl Timestamp {
    pub(super) fn now(clock: &dyn Clock) -> Timestamp {
        let (boot_ms, wall_ms) = (ms(clock.boot()), ms(clock.wall()));
        Timestamp { boot_id: clock.boot_id(), boot_ms, wall_ms, seen: None }
    }

    /// Whether it is the same moment, marked as seen or not.
    pub(super) fn is_same(&self, other: &Timestamp) -> bool {
        let moment = |one: &Timestamp| (one.boot_ms, one.wall_ms);
        moment(self) == moment(other) && self.boot_id == other.boot_id
    }

    fn is_of_boot(&self, other: &Timestamp) -> bool {
        !self.boot_id.is_empty() && self.boot_id == other.boot_id
    }

    fn elapsed(&self, now: &Timestamp) -> i128 {
        let wall = elapsed(self.wall_ms, now.wall_ms);
        match self.is_of_boot(now) {
            true => wall.max(elapsed(self.boot_ms, now.boot_ms)),
            false => wall,
        }
    }

    /// How long ago it was; zero when it lies in the future.
    pub(super) fn age(&self, now: &Timestamp) -> Duration {
        positive(self.elapsed(now))
    }

    /// How far it lies in the future, when that is further than correct clocks differ.
    pub(super) fn ahead(&self, now: &Timestamp) -> Option<Duration> {
        Some(positive(-self.elapsed(now))).filter(|ahead| *ahead > TOLERANCE)
    }

    /// What remains of a period that began here; `None` when it is over, or when the timestamp
    /// lies so far in the future that its age is not known.
    pub(super) fn remaining(&self, period: Duration, now: &Timestamp) -> Option<Duration> {
        self.remaining_since_seen(period, now).filter(|_| self.ahead(now).is_none())
    }

    /// The same, where a timestamp in the future counts from when it was first seen.
    ///
    /// The job that first sees it adds `seen` and writes the shared state. Process memory is not
    /// enough: an hourly job sees it for the first time at each start, and would wait for ever.
    /// The timestamp itself stays as it is: on the host that wrote it, it is right.
    pub(super) fn remaining_since_seen(
        &self,
        period: Duration,
        now: &Timestamp,
    ) -> Option<Duration> {
        // By the wall clock of another host, `seen` may be as wrong as the timestamp.
        let seen = self.seen.as_ref();
        let seen = seen.filter(|seen| self.ahead(now).is_some() || seen.is_of_boot(now));
        let age = seen.map_or(Duration::ZERO, |seen| seen.age(now)).max(self.age(now));
        period.checked_sub(age).filter(|left| !left.is_zero())
    }

    /// Adds `seen` where it lies in the future and has none. Returns whether it was added.
    pub(super) fn mark_seen(&mut self, now: &Timestamp) -> bool {
        let known = self.seen.as_ref().is_some_and(|seen| seen.ahead(now).is_none());
        let add = !known && self.ahead(now).is_some();
        if add {
            self.seen = Some(Box::new(Timestamp { seen: None, ..now.clone() }));
        }
        add
    }

    /// How wrong some clock is that this timestamp shows: ours by it, or its own by `seen`.
    pub(super) fn skew(&self, now: &Timestamp) -> Option<Duration> {
        self.ahead(now).or_else(|| self.ahead(self.seen.as_deref()?))
    }
}
