//! Which process this is: a child of a fork uses neither its parent's locks nor its connections.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

use crate::sys;
pub(crate) use crate::sys::fork::Watched;

/// A number that differs between a parent and its child. One read of memory, but for the first.
pub(crate) fn epoch() -> u64 {
    #[cfg(feature = "test-util")]
    if let Some(world) = crate::simulation::world() {
        return world.process();
    }
    sys::fork::epoch()
}

/// A value that each process has for itself. A child makes its own and forgets its parent's, whose
/// locks may be held by threads that the child does not have.
#[derive(Debug)]
pub(crate) struct PerProcess<T> {
    value: AtomicPtr<Owned<T>>,
    /// The process in which a thread is making the value, or has made it.
    maker: AtomicU64,
}

struct Owned<T> {
    epoch: u64,
    value: T,
    /// The value of another simulated process.
    #[cfg(feature = "test-util")]
    next: *mut Owned<T>,
}

impl<T: Send + Sync> PerProcess<T> {
    pub(crate) const fn new() -> PerProcess<T> {
        PerProcess { value: AtomicPtr::new(ptr::null_mut()), maker: AtomicU64::new(0) }
    }

    /// The value of this process; made, by one thread, when there is none yet.
    pub(crate) fn get(&self, make: impl FnOnce() -> T) -> &T {
        let epoch = epoch();
        match self.owned(epoch) {
            Some(value) => value,
            None => self.renew(epoch, make),
        }
    }

    fn owned(&self, epoch: u64) -> Option<&T> {
        // SAFETY: what is stored here was leaked, and only `drop` takes it back.
        let owned = unsafe { self.value.load(Ordering::Acquire).as_ref() }?;
        #[cfg(feature = "test-util")]
        let owned = owned.of_simulated(epoch)?;
        (owned.epoch == epoch).then_some(&owned.value)
    }

    #[cold]
    fn renew(&self, epoch: u64, make: impl FnOnce() -> T) -> &T {
        let maker = self.maker.load(Ordering::Acquire);
        let claim = |maker| {
            let (set, read) = (Ordering::AcqRel, Ordering::Acquire);
            maker != epoch && self.maker.compare_exchange(maker, epoch, set, read).is_ok()
        };
        if claim(maker) {
            // Should `make` panic, nobody waits for ever, and the next call tries again.
            let given_up = GivenUp(&self.maker);
            let value = make();
            std::mem::forget(given_up);
            let owned = Owned {
                epoch,
                value,
                #[cfg(feature = "test-util")]
                next: self.value.load(Ordering::Acquire),
            };
            self.value.store(Box::into_raw(Box::new(owned)), Ordering::Release);
        }
        loop {
            match self.owned(epoch) {
                Some(value) => return value,
                // Another thread is about to have made it.
                None => std::thread::yield_now(),
            }
            assert!(
                self.maker.load(Ordering::Acquire) == epoch,
                "the thread that made it panicked"
            );
        }
    }
}

#[cfg(feature = "test-util")]
impl<T> Owned<T> {
    /// The value of this process. A real one has no other value than the newest; each simulated one
    /// keeps its own.
    fn of_simulated(&self, epoch: u64) -> Option<&Owned<T>> {
        let mut owned = self;
        while owned.epoch != epoch && crate::simulation::world().is_some() {
            // SAFETY: as in `owned`: it was the newest once, and was not taken back.
            owned = unsafe { owned.next.as_ref() }?;
        }
        Some(owned)
    }
}

struct GivenUp<'a>(&'a AtomicU64);

impl Drop for GivenUp<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Release);
    }
}

impl<T> Drop for PerProcess<T> {
    fn drop(&mut self) {
        let found = *self.value.get_mut();
        // SAFETY: as in `owned`.
        let own = unsafe { found.as_ref() }.is_some_and(|owned| owned.epoch == epoch());
        if own {
            // SAFETY: leaked by `renew`, and nobody can borrow it any more.
            drop(unsafe { Box::from_raw(found) });
        }
    }
}
