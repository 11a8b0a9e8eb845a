//! The only place that knows the time or waits; a moment is always read from two clocks.
//!
//! The steady clock never steps but may stand still while the machine sleeps; the wall clock runs
//! on but may be set. What must be true of time is asked of both.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long a wait goes on before it looks whether it was cancelled.
const SLICE: Duration = Duration::from_millis(100);

/// Where the library takes time from, and how it waits.
///
/// [`SystemClock`] is the default; tests of a job use [`TestClock`].
pub trait Clock: Send + Sync + fmt::Debug {
    /// Time since some fixed moment, on a clock that is never set.
    fn steady(&self) -> Duration;
    /// Time since 1970-01-01T00:00:00Z as the machine believes it to be.
    fn wall(&self) -> Duration;
    /// Waits, as the back-off between two attempts does.
    fn sleep(&self, length: Duration);
}

/// The machine's own clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn steady(&self) -> Duration {
        steady_now()
    }

    fn wall(&self) -> Duration {
        wall_now()
    }

    fn sleep(&self, length: Duration) {
        std::thread::sleep(length);
    }
}

/// The machine's clocks, shifted by hand: a wait takes no time but moves the clock.
///
/// Real time runs on underneath, so that a peer that never answers still meets its deadline.
///
/// ```
/// use std::time::Duration;
/// use vanta::{Clock, TestClock};
/// let clock = TestClock::new();
/// let before = clock.steady();
/// clock.sleep(Duration::from_secs(3600));
/// assert!(clock.steady() - before >= Duration::from_secs(3600));
/// ```
#[derive(Clone, Debug, Default)]
pub struct TestClock(Arc<Shift>);

#[derive(Debug, Default)]
struct Shift {
    steady_ms: AtomicI64,
    wall_ms: AtomicI64,
}

impl TestClock {
    /// A clock that agrees with the machine until it is moved.
    pub fn new() -> TestClock {
        TestClock::default()
    }

    /// Lets time pass: both clocks move.
    pub fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4);
        self.0.steady_ms.fetch_add(ms, Ordering::SeqCst);
        self.step_wall_ms(ms);
    }

    /// Sets the wall clock forwards or backwards, as an administrator or NTP would.
    pub fn step_wall_ms(&self, ms: i64) {
        self.0.wall_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn steady(&self) -> Duration {
        shifted(steady_now(), self.0.steady_ms.load(Ordering::SeqCst))
    }

    fn wall(&self) -> Duration {
        shifted(wall_now(), self.0.wall_ms.load(Ordering::SeqCst))
    }

    fn sleep(&self, length: Duration) {
        self.advance(length);
    }
}

fn shifted(time: Duration, ms: i64) -> Duration {
    let by = Duration::from_millis(ms.unsigned_abs());
    if ms < 0 { time.saturating_sub(by) } else { time + by }
}

#[cfg(target_os = "linux")]
fn steady_now() -> Duration {
    coarse(libc::CLOCK_MONOTONIC_COARSE).unwrap_or_else(precise_steady)
}

#[cfg(target_os = "linux")]
fn wall_now() -> Duration {
    coarse(libc::CLOCK_REALTIME_COARSE).unwrap_or_else(precise_wall)
}

#[cfg(not(target_os = "linux"))]
fn steady_now() -> Duration {
    precise_steady()
}

#[cfg(not(target_os = "linux"))]
fn wall_now() -> Duration {
    precise_wall()
}

/// A clock that advances in steps of some milliseconds, in return for a read of about 5 ns.
#[cfg(target_os = "linux")]
fn coarse(id: libc::clockid_t) -> Option<Duration> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes one `timespec` into memory that we own.
    let status = unsafe { libc::clock_gettime(id, &mut time) };
    let (secs, nanos) = (u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?);
    (status == 0).then(|| Duration::new(secs, nanos))
}

fn precise_steady() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

fn precise_wall() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// A moment on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    steady: Duration,
    wall: Duration,
}

impl Moment {
    pub(crate) fn now(clock: &dyn Clock) -> Moment {
        Moment { steady: clock.steady(), wall: clock.wall() }
    }

    pub(crate) fn plus(self, by: Duration) -> Moment {
        let later = |time: Duration| time.checked_add(by).unwrap_or(Duration::MAX);
        Moment { steady: later(self.steady), wall: later(self.wall) }
    }

    /// Time from `now` until this moment, by the clock that says less; `None` when it has passed.
    pub(crate) fn left(self, now: Moment) -> Option<Duration> {
        let steady = self.steady.checked_sub(now.steady)?;
        let wall = self.wall.checked_sub(now.wall)?;
        Some(steady.min(wall)).filter(|left| !left.is_zero())
    }
}

/// A switch that ends calls from another thread.
///
/// Give it to [`Client::with_cancel`](crate::Client::with_cancel), keep a clone, and call
/// [`cancel`](Cancel::cancel): calls under way end with
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) within 200 ms (or, where a push had left,
/// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown)), later ones at once.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A switch that is off.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Ends the calls. Only an atomic store: safe from any thread and from a signal handler.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether [`cancel`](Cancel::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Why a wait ended before what it waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lapse {
    Expired,
    Cancelled,
}

/// The moment by which a call must have ended, and the switch that ends it sooner.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    clock: Arc<dyn Clock>,
    at: Duration,
    cancel: Option<Cancel>,
}

impl Deadline {
    pub(crate) fn start(
        clock: &Arc<dyn Clock>,
        length: Duration,
        cancel: Option<Cancel>,
    ) -> Deadline {
        let at = clock.steady().checked_add(length).unwrap_or(Duration::MAX);
        Deadline { clock: Arc::clone(clock), at, cancel }
    }

    /// The steady clock of the call.
    pub(crate) fn now(&self) -> Duration {
        self.clock.steady()
    }

    /// Time left, or why there is none.
    pub(crate) fn left(&self) -> Result<Duration, Lapse> {
        if self.cancel.as_ref().is_some_and(Cancel::is_cancelled) {
            return Err(Lapse::Cancelled);
        }
        match self.at.checked_sub(self.clock.steady()) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err(Lapse::Expired),
        }
    }

    /// How long to wait in one go: at most until the deadline, never past the next look at cancel.
    pub(crate) fn slice(&self) -> Result<Duration, Lapse> {
        Ok(self.left()?.min(SLICE))
    }

    /// Waits, and ends early when the deadline or the cancel switch says so.
    pub(crate) fn sleep(&self, length: Duration) -> Result<(), Lapse> {
        let until = self.clock.steady().checked_add(length).unwrap_or(Duration::MAX);
        while let Some(left) = until.checked_sub(self.clock.steady()).filter(|d| !d.is_zero()) {
            self.clock.sleep(left.min(self.slice()?));
        }
        Ok(())
    }
}
