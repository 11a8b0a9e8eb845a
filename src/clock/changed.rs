//! Waits for what other threads of the process do.

use std::sync::PoisonError;
use std::time::Duration;

use crate::sync::{Condvar, Mutex, MutexGuard};

/// Tells the threads that wait for a change of what a mutex guards. In real time, whatever clock
/// the calls have.
#[derive(Debug, Default)]
pub(crate) struct Changed(Condvar);

impl Changed {
    /// Waits for a change, at most so long. It may also end for no reason.
    pub(crate) fn wait<'a, T>(
        &self,
        lock: &'a Mutex<T>,
        guard: MutexGuard<'a, T>,
        longest: Duration,
    ) -> MutexGuard<'a, T> {
        #[cfg(all(feature = "test-util", not(vanta_schedules)))]
        if let Some(world) = crate::simulation::world() {
            drop(guard);
            world.wait(longest);
            return lock.lock().unwrap_or_else(PoisonError::into_inner);
        }
        let _ = lock;
        self.0.wait_timeout(guard, longest).unwrap_or_else(PoisonError::into_inner).0
    }

    pub(crate) fn notify_all(&self) {
        #[cfg(all(feature = "test-util", not(vanta_schedules)))]
        if let Some(world) = crate::simulation::world() {
            world.notify();
        }
        self.0.notify_all();
    }
}
