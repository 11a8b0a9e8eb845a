//! The simulator's time: real time, and what the test has added to it.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

pub(crate) struct Clock {
    began: Instant,
    shift_ms: AtomicU64,
    followed: OnceLock<Box<Followed>>,
}

/// Time since some fixed moment, and since 1970.
type Followed = dyn Fn() -> (Duration, Duration) + Send + Sync;

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({:?})", self.now())
    }
}

impl Clock {
    pub(crate) fn new() -> Clock {
        Clock { began: Instant::now(), shift_ms: AtomicU64::new(0), followed: OnceLock::new() }
    }

    /// Takes the time from another clock from now on.
    pub(crate) fn follow(&self, time: impl Fn() -> (Duration, Duration) + Send + Sync + 'static) {
        assert!(self.followed.set(Box::new(time)).is_ok(), "it follows a clock already");
    }

    /// Returns the time since the simulator started, or since the epoch of the other clock.
    pub(crate) fn now(&self) -> Duration {
        self.followed.get().map_or_else(|| self.began.elapsed(), |time| time().0) + self.shift()
    }

    pub(crate) fn wall(&self) -> SystemTime {
        let followed = self.followed.get().map(|time| SystemTime::UNIX_EPOCH + time().1);
        followed.unwrap_or_else(SystemTime::now) + self.shift()
    }

    pub(crate) fn advance(&self, by: Duration) {
        let ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX / 4);
        self.shift_ms.fetch_add(ms, Ordering::SeqCst);
    }

    fn shift(&self) -> Duration {
        Duration::from_millis(self.shift_ms.load(Ordering::SeqCst))
    }
}
