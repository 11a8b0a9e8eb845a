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
pub(super) struct Stamp {
    boot_id: String,
    boot_ms: u64,
    wall_ms: u64,
    /// When a job first found it in the future; see [`Stamp::left_since_seen`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<Box<Stamp>>,
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

impl Stamp {
    pub(super) fn now(clock: &dyn Clock) -> Stamp {
        let (boot_ms, wall_ms) = (ms(clock.boot()), ms(clock.wall()));
        Stamp { boot_id: clock.boot_id(), boot_ms, wall_ms, seen: None }
    }

    /// Whether it is the same moment, seen or not.
    pub(super) fn is_same(&self, other: &Stamp) -> bool {
        let moment = |stamp: &Stamp| (stamp.boot_ms, stamp.wall_ms);
        moment(self) == moment(other) && self.boot_id == other.boot_id
    }

    fn is_of_boot(&self, other: &Stamp) -> bool {
        !self.boot_id.is_empty() && self.boot_id == other.boot_id
    }

    fn elapsed(&self, now: &Stamp) -> i128 {
        let wall = elapsed(self.wall_ms, now.wall_ms);
        match self.is_of_boot(now) {
            true => wall.max(elapsed(self.boot_ms, now.boot_ms)),
            false => wall,
        }
    }

    /// How long ago it was; zero when it lies in the future.
    pub(super) fn age(&self, now: &Stamp) -> Duration {
        positive(self.elapsed(now))
    }

    /// How far it lies in the future, when that is further than correct clocks differ.
    pub(super) fn ahead(&self, now: &Stamp) -> Option<Duration> {
        Some(positive(-self.elapsed(now))).filter(|ahead| *ahead > TOLERANCE)
    }

    /// What is left of a window that began here; `None` when it is over, or when the timestamp
    /// lies so far in the future that nobody can know.
    pub(super) fn left_of(&self, window: Duration, now: &Stamp) -> Option<Duration> {
        self.left_since_seen(window, now).filter(|_| self.ahead(now).is_none())
    }

    /// The same, where a timestamp in the future counts from when it was first seen.
    ///
    /// The job that first sees it adds `seen` and writes the record. Process memory would not do:
    /// an hourly job sees it for the first time at each start, and would wait for ever. The
    /// timestamp itself stays as it is: on the host that wrote it, it is right.
    pub(super) fn left_since_seen(&self, window: Duration, now: &Stamp) -> Option<Duration> {
        // By the wall clock of another host, `seen` may be as wrong as the timestamp.
        let seen = self.seen.as_ref();
        let seen = seen.filter(|seen| self.ahead(now).is_some() || seen.is_of_boot(now));
        let age = seen.map_or(Duration::ZERO, |seen| seen.age(now)).max(self.age(now));
        window.checked_sub(age).filter(|left| !left.is_zero())
    }

    /// Adds `seen` where it lies in the future and has none. Returns whether it was added.
    pub(super) fn see(&mut self, now: &Stamp) -> bool {
        let known = self.seen.as_ref().is_some_and(|seen| seen.ahead(now).is_none());
        let add = !known && self.ahead(now).is_some();
        if add {
            self.seen = Some(Box::new(Stamp { seen: None, ..now.clone() }));
        }
        add
    }

    /// How wrong some clock is that this timestamp shows: ours by it, or its own by `seen`.
    pub(super) fn skew(&self, now: &Stamp) -> Option<Duration> {
        self.ahead(now).or_else(|| self.ahead(self.seen.as_deref()?))
    }
}

/// How long until fewer than `budget` of these are left; `None` where that is so now.
pub(super) fn until_free(lefts: &[Duration], budget: u32) -> Option<Duration> {
    let free = lefts.len().checked_sub(usize::try_from(budget).unwrap_or(1))?;
    // There are few; to sort them would take eight kilobytes of code.
    let is_last = |left: &&Duration| lefts.iter().filter(|other| other <= left).count() > free;
    lefts.iter().filter(is_last).min().copied()
}
