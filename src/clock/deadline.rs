//! Until when a call may go on, and who may end it sooner.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use super::system::SystemClock;
use super::time::Clock;
#[cfg(feature = "redis")]
use super::time::ClockInstant;

/// How long a wait goes on before it looks whether it was cancelled.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The longest deadline, 100 years: a moment before it and any time that is left fit into a
/// `Duration` together.
pub(crate) const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);

/// A flag that ends calls from another thread.
///
/// Give it to [`Client::with_cancel`](crate::Client::with_cancel), keep a clone, and call
/// [`cancel`](Cancel::cancel): calls under way end with
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) within 200 ms (or, where a push had left,
/// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown)), later ones at once.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Returns a flag that is not set.
    #[must_use]
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Sets the flag, which ends the calls. It is only an atomic store: safe from any thread and
    /// from a signal handler.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Returns whether the flag is set, for a wait of the program's own between two calls. It is
    /// only an atomic load: safe from any thread and from a signal handler.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Why a wait ended before what it waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitError {
    Expired,
    Cancelled,
}

/// The moment by which a call must have ended, the flag that ends it sooner, and how many requests
/// it made. Clones count together.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    clock: Arc<dyn Clock>,
    at: Duration,
    cancel: Option<Cancel>,
    requests: Arc<AtomicU32>,
}

impl Deadline {
    pub(crate) fn start(
        clock: &Arc<dyn Clock>,
        length: Duration,
        cancel: Option<Cancel>,
    ) -> Deadline {
        let at = clock.monotonic().saturating_add(length.min(LONGEST));
        Deadline::until(clock, at, cancel)
    }

    /// Ends at `at` on the monotonic clock.
    pub(crate) fn until(clock: &Arc<dyn Clock>, at: Duration, cancel: Option<Cancel>) -> Deadline {
        Deadline { clock: Arc::clone(clock), at, cancel, requests: Arc::default() }
    }

    /// Counts a request that is about to be made.
    pub(crate) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// How many requests the call has made: token requests, reads and writes, each attempt of them.
    pub(crate) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The same, but no later than in `length` from now.
    pub(crate) fn at_most(&self, length: Duration) -> Deadline {
        let at = self.clock.monotonic().checked_add(length).unwrap_or(Duration::MAX);
        Deadline { at: at.min(self.at), ..self.clone() }
    }

    /// What is left, but no less than `least` and no more than `most`, on the machine's own clock:
    /// a server outside knows no other, whatever clock a test gave the call.
    #[cfg(feature = "redis")]
    pub(crate) fn in_real_time(&self, least: Duration, most: Duration) -> Deadline {
        let left = self.left().unwrap_or_default().min(most).max(least);
        Deadline { cancel: self.cancel.clone(), ..Deadline::uncancelled(left) }
    }

    /// So long from now on the machine's own clock.
    pub(crate) fn uncancelled(length: Duration) -> Deadline {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Deadline::start(&clock, length, None)
    }

    /// This moment on both clocks of the call.
    #[cfg(feature = "redis")]
    pub(crate) fn moment(&self) -> ClockInstant {
        ClockInstant::now(&*self.clock)
    }

    /// The monotonic clock of the call.
    pub(crate) fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Time left, or why there is none.
    pub(crate) fn left(&self) -> Result<Duration, WaitError> {
        if self.cancel.as_ref().is_some_and(Cancel::is_cancelled) {
            return Err(WaitError::Cancelled);
        }
        match self.at.checked_sub(self.clock.monotonic()) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err(WaitError::Expired),
        }
    }

    /// How long to wait in one go: at most until the deadline, never past the next look at cancel.
    pub(crate) fn poll_interval(&self) -> Result<Duration, WaitError> {
        Ok(self.left()?.min(POLL_INTERVAL))
    }

    /// Waits a moment of real time for what others do in real time.
    pub(crate) fn sleep_briefly(&self, length: Duration) -> Result<(), WaitError> {
        SystemClock.sleep(length.min(self.poll_interval()?));
        self.left().map(drop)
    }

    /// The same for a longer time; cancel is felt all the while.
    pub(crate) fn sleep_real_time(&self, length: Duration) -> Result<(), WaitError> {
        let mut left = length;
        while !left.is_zero() {
            self.sleep_briefly(left.min(POLL_INTERVAL))?;
            left = left.saturating_sub(POLL_INTERVAL);
        }
        Ok(())
    }

    /// Waits, and ends early when the deadline or the cancel switch says so.
    pub(crate) fn sleep(&self, length: Duration) -> Result<(), WaitError> {
        let until = self.clock.monotonic().checked_add(length).unwrap_or(Duration::MAX);
        while let Some(left) = until.checked_sub(self.clock.monotonic()).filter(|d| !d.is_zero()) {
            self.clock.sleep(left.min(self.poll_interval()?));
        }
        Ok(())
    }
}
