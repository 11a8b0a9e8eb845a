//! A clock for tests: the machine's, shifted by hand, for one process or for several together.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::system::SystemClock;
use super::time::Clock;
use crate::sys;

/// How long a wait looks whether the test has moved the clock.
const REAL_NAP: Duration = Duration::from_millis(5);

/// The machine's clocks, shifted by hand: a wait takes no time but moves the clock.
///
/// Real time runs on underneath, so that the deadline still passes while a peer does not respond.
///
/// ```
/// use std::time::Duration;
/// use vanta::{Clock, TestClock};
/// let clock = TestClock::new();
/// let before = clock.monotonic();
/// clock.sleep(Duration::from_secs(3600));
/// assert!(clock.monotonic() - before >= Duration::from_secs(3600));
/// ```
#[derive(Clone, Debug)]
pub struct TestClock {
    shift: Shift,
    /// Another machine's, where the test wants one.
    boot_id: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
enum Shift {
    Own(Arc<Shifts>),
    /// In a file that other processes have mapped too.
    Shared(&'static Shifts),
}

/// Milliseconds by which each clock is ahead of the machine's.
#[derive(Debug, Default)]
#[repr(C)]
struct Shifts {
    monotonic: AtomicI64,
    wall: AtomicI64,
    boot: AtomicI64,
    /// Not 0 where the test alone moves the clock.
    manual: AtomicI64,
    /// Not 0 where real time does not count: then the others hold the time itself.
    stopped: AtomicI64,
}

impl Default for TestClock {
    fn default() -> TestClock {
        TestClock { shift: Shift::Own(Arc::default()), boot_id: None }
    }
}

impl TestClock {
    /// Returns a clock that agrees with the machine until it is moved.
    #[must_use]
    pub fn new() -> TestClock {
        TestClock::default()
    }

    /// Returns a clock that every process which names the same file shares. The file is made if
    /// need be.
    ///
    /// # Errors
    ///
    /// The error of the system where the file cannot be made or mapped.
    #[doc(hidden)]
    pub fn shared(path: &Path) -> io::Result<TestClock> {
        let mut options = std::fs::OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path)?;
        file.set_len(size_of::<Shifts>() as u64)?;
        let shifts = sys::memory::map_shared(&file, size_of::<Shifts>())?.cast();
        // SAFETY: the file is as long as the atomics, other processes access it by atomics too, and
        // the mapping stays.
        let shift = Shift::Shared(unsafe { shifts.as_ref() });
        Ok(TestClock { shift, boot_id: None })
    }

    /// Returns the same time on another machine, or after another start of this one.
    #[must_use]
    #[doc(hidden)]
    pub fn on_machine(&self, boot_id: &str) -> TestClock {
        TestClock { shift: self.shift.clone(), boot_id: Some(boot_id.into()) }
    }

    /// Makes a wait last until the test moves the clock, in any process that shares it. A wait does
    /// not move the clock then.
    #[doc(hidden)]
    pub fn move_by_hand(&self) {
        self.shifts().manual.store(1, Ordering::SeqCst);
    }

    /// Stops the clock for all processes that share it: only waits and the test move it. The
    /// deadline does not pass while a peer does not respond.
    #[doc(hidden)]
    pub fn stop(&self) {
        let shifts = self.shifts();
        for (shift, time) in [
            (&shifts.monotonic, self.monotonic()),
            (&shifts.wall, self.wall()),
            (&shifts.boot, self.boot()),
        ] {
            shift.store(i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 4), Ordering::SeqCst);
        }
        shifts.stopped.store(1, Ordering::SeqCst);
    }

    /// The machine's time, moved by one of the shifts.
    fn shifted(&self, time: Duration, shift: fn(&Shifts) -> &AtomicI64) -> Duration {
        let shifts = self.shifts();
        let ms = shift(shifts).load(Ordering::SeqCst);
        // How tests of the border have the library panic where no caller can make it.
        assert!(ms != i64::MIN, "a test broke this clock");
        let by = Duration::from_millis(ms.unsigned_abs());
        match shifts.stopped.load(Ordering::SeqCst) {
            0 if ms < 0 => time.saturating_sub(by),
            0 => time + by,
            _ => by,
        }
    }

    /// Lets time pass: all clocks move.
    pub fn advance(&self, by: Duration) {
        add(&self.shifts().monotonic, by);
        self.suspend(by);
    }

    /// Lets the machine sleep: the monotonic clock stands still.
    pub fn suspend(&self, by: Duration) {
        add(&self.shifts().boot, by);
        add(&self.shifts().wall, by);
    }

    /// Sets the wall clock forwards or backwards, as an administrator or NTP would.
    pub fn step_wall_ms(&self, ms: i64) {
        self.shifts().wall.fetch_add(ms, Ordering::SeqCst);
    }

    fn shifts(&self) -> &Shifts {
        match &self.shift {
            Shift::Own(shifts) => shifts,
            Shift::Shared(shifts) => shifts,
        }
    }
}

/// Rounds up: on a stopped clock, a wait that did not move it would never end.
fn add(shift: &AtomicI64, by: Duration) {
    let ms = by.as_nanos().div_ceil(1_000_000);
    shift.fetch_add(i64::try_from(ms).unwrap_or(i64::MAX / 4), Ordering::SeqCst);
}

impl Clock for TestClock {
    fn monotonic(&self) -> Duration {
        self.shifted(SystemClock.monotonic(), |shifts| &shifts.monotonic)
    }

    fn wall(&self) -> Duration {
        self.shifted(SystemClock.wall(), |shifts| &shifts.wall)
    }

    fn boot(&self) -> Duration {
        self.shifted(SystemClock.boot(), |shifts| &shifts.boot)
    }

    fn boot_id(&self) -> String {
        self.boot_id.as_deref().map_or_else(|| SystemClock.boot_id(), str::to_owned)
    }

    fn sleep(&self, length: Duration) {
        match self.shifts().manual.load(Ordering::SeqCst) {
            0 => self.advance(length),
            _ => std::thread::sleep(length.min(REAL_NAP)),
        }
    }
}
