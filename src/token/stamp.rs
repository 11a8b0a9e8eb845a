//! A moment that other processes and other hosts can read.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Clock;

/// How far the wall clocks of two hosts may be apart. A moment that lies further ahead was written
/// by a clock that was wrong.
const SKEW: Duration = Duration::from_secs(60);

/// Time since boot, which never steps, for readers of the same boot; the wall clock for others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    boot_id: String,
    boot_ms: u64,
    wall_ms: u64,
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Stamp {
    pub(super) fn now(clock: &dyn Clock) -> Stamp {
        Stamp { boot_id: clock.boot_id(), boot_ms: ms(clock.boot()), wall_ms: ms(clock.wall()) }
    }

    /// How long ago it was; `None` when it lies ahead by more than clocks may differ.
    pub(super) fn age(&self, now: &Stamp) -> Option<Duration> {
        self.age_within(SKEW, now)
    }

    /// The same, where clocks may differ by so much.
    pub(super) fn age_within(&self, skew: Duration, now: &Stamp) -> Option<Duration> {
        let same_boot = !self.boot_id.is_empty() && self.boot_id == now.boot_id;
        let (then, now) = match same_boot {
            true => (self.boot_ms, now.boot_ms),
            false => (self.wall_ms, now.wall_ms),
        };
        let ahead = Duration::from_millis(then.saturating_sub(now));
        (ahead <= skew).then(|| Duration::from_millis(now.saturating_sub(then)))
    }

    /// What is left of `span`, which began here; `None` when it is over.
    pub(super) fn left_of(&self, span: Duration, now: &Stamp) -> Option<Duration> {
        span.checked_sub(self.age(now)?).filter(|left| !left.is_zero())
    }
}

/// How long until fewer than `budget` of these are left; `None` where that is so now.
pub(super) fn until_free(lefts: &[Duration], budget: u32) -> Option<Duration> {
    let free = lefts.len().checked_sub(usize::try_from(budget).unwrap_or(1))?;
    // There are few; to sort them would take eight kilobytes of code.
    let is_last = |left: &&Duration| lefts.iter().filter(|other| other <= left).count() > free;
    lefts.iter().filter(is_last).min().copied()
}
