//! The machine's own clocks: the coarse ones where they will do, which cost about 5 ns a read.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::time::Clock;
#[cfg(feature = "test-util")]
use crate::simulation;

/// The machine's own clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[cfg(target_os = "linux")]
    fn monotonic(&self) -> Duration {
        #[cfg(feature = "test-util")]
        if let Some(world) = simulation::world() {
            return world.monotonic();
        }
        read(libc::CLOCK_MONOTONIC_COARSE).unwrap_or_else(precise_monotonic)
    }

    #[cfg(not(target_os = "linux"))]
    fn monotonic(&self) -> Duration {
        precise_monotonic()
    }

    #[cfg(target_os = "linux")]
    fn wall(&self) -> Duration {
        #[cfg(feature = "test-util")]
        if let Some(world) = simulation::world() {
            return world.wall();
        }
        read(libc::CLOCK_REALTIME_COARSE).unwrap_or_else(precise_wall)
    }

    #[cfg(not(target_os = "linux"))]
    fn wall(&self) -> Duration {
        precise_wall()
    }

    #[cfg(target_os = "linux")]
    fn boot(&self) -> Duration {
        #[cfg(feature = "test-util")]
        if let Some(world) = simulation::world() {
            return world.boot();
        }
        read(libc::CLOCK_BOOTTIME).unwrap_or_else(precise_monotonic)
    }

    #[cfg(not(target_os = "linux"))]
    fn boot(&self) -> Duration {
        precise_monotonic()
    }

    #[cfg(target_os = "linux")]
    fn boot_id(&self) -> String {
        #[cfg(feature = "test-util")]
        if let Some(world) = simulation::world() {
            return world.boot_id();
        }
        known_boot_id().to_owned()
    }

    #[cfg(not(target_os = "linux"))]
    fn boot_id(&self) -> String {
        String::new()
    }

    fn sleep(&self, length: Duration) {
        #[cfg(feature = "test-util")]
        if let Some(world) = simulation::world() {
            return world.sleep(length);
        }
        std::thread::sleep(length);
    }
}

/// Read once: no process outlives the boot that it is of. Two threads that come first both read it;
/// neither waits for the other, which a child of a fork might do for ever.
#[cfg(target_os = "linux")]
fn known_boot_id() -> &'static str {
    static KNOWN: AtomicPtr<String> = AtomicPtr::new(ptr::null_mut());
    // SAFETY: what is stored below is leaked, and never changed.
    if let Some(known) = unsafe { KNOWN.load(Ordering::Acquire).as_ref() } {
        return known;
    }
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let id = Box::leak(Box::new(id.trim().to_owned()));
    match KNOWN.compare_exchange(ptr::null_mut(), id, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => id,
        // SAFETY: as above.
        Err(first) => unsafe { &*first },
    }
}

#[cfg(target_os = "linux")]
#[inline(always)]
fn read(id: libc::clockid_t) -> Option<Duration> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes one `timespec` into memory that we own.
    let status = unsafe { libc::clock_gettime(id, &mut time) };
    let (secs, nanos) = (u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?);
    (status == 0).then(|| Duration::new(secs, nanos))
}

fn precise_monotonic() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

fn precise_wall() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
