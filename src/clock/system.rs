//! The machine's own clocks.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::Duration;

use super::time::Clock;
#[cfg(feature = "test-util")]
use crate::simulation;
use crate::sys;

/// The machine's own clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn monotonic(&self) -> Duration {
        #[cfg(feature = "test-util")]
        if let Some(world) = simulation::world() {
            return world.monotonic();
        }
        sys::clock::monotonic()
    }

    fn wall(&self) -> Duration {
        #[cfg(feature = "test-util")]
        if let Some(world) = simulation::world() {
            return world.wall();
        }
        sys::clock::wall()
    }

    fn boot(&self) -> Duration {
        #[cfg(feature = "test-util")]
        if let Some(world) = simulation::world() {
            return world.boot();
        }
        sys::clock::boot()
    }

    fn boot_id(&self) -> String {
        #[cfg(feature = "test-util")]
        if let Some(world) = simulation::world() {
            return world.boot_id();
        }
        known_boot_id().to_owned()
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
fn known_boot_id() -> &'static str {
    static KNOWN: AtomicPtr<String> = AtomicPtr::new(ptr::null_mut());
    // SAFETY: what is stored below is leaked, and never changed.
    if let Some(known) = unsafe { KNOWN.load(Ordering::Acquire).as_ref() } {
        return known;
    }
    let id = Box::leak(Box::new(sys::clock::boot_id()));
    match KNOWN.compare_exchange(ptr::null_mut(), id, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => id,
        // SAFETY: as above.
        Err(first) => unsafe { &*first },
    }
}
