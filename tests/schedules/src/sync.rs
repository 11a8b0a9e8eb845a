//! The primitives of std that the library uses, on threads of shuttle.
//!
//! Another thread can go on before a lock is taken, and while a thread waits. It need not be able
//! to before a lock is given back, or before a thread that holds a lock waits: all that the others
//! can do then, they can do before the lock is taken or after it is given back.
//!
//! No wait ends because its time is over, unless [`end_timed_waits`] ends it. So a thread that is
//! not notified waits for ever, and shuttle reports it.

use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, LockResult, PoisonError};
use std::time::Duration;

use shuttle::sync;

pub use shuttle::thread_local;

std::thread_local! {
    static STAYS: Cell<bool> = const { Cell::new(false) };
    static TIMED: RefCell<Vec<Arc<sync::Condvar>>> = const { RefCell::new(Vec::new()) };
}

/// Whether the running thread goes on at this point, whatever the scheduler would choose.
pub(crate) fn stays() -> bool {
    STAYS.replace(false)
}

/// As [`std::sync::Mutex`].
#[derive(Debug, Default)]
pub struct Mutex<T>(sync::Mutex<T>);

/// As [`std::sync::MutexGuard`].
#[derive(Debug)]
pub struct MutexGuard<'a, T>(Option<sync::MutexGuard<'a, T>>);

impl<T> Mutex<T> {
    /// As [`std::sync::Mutex::new`].
    pub const fn new(value: T) -> Mutex<T> {
        Mutex(sync::Mutex::new(value))
    }

    /// As [`std::sync::Mutex::lock`].
    ///
    /// # Errors
    ///
    /// A thread panicked while it had the lock.
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let wrap = |guard| MutexGuard(Some(guard));
        self.0.lock().map(wrap).map_err(|poisoned| PoisonError::new(wrap(poisoned.into_inner())))
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("the lock is held")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect("the lock is held")
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if let Some(guard) = self.0.take() {
            STAYS.set(true);
            drop(guard);
            STAYS.set(false);
        }
    }
}

/// As [`std::sync::Condvar`].
#[derive(Debug, Default)]
pub struct Condvar(Arc<sync::Condvar>);

impl Condvar {
    /// As [`std::sync::Condvar::wait_timeout`], but the time is over only when [`end_timed_waits`]
    /// says so.
    ///
    /// # Errors
    ///
    /// A thread panicked while it had the lock.
    pub fn wait_timeout<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        longest: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, sync::WaitTimeoutResult)> {
        let inner = guard.0.take().expect("the lock is held");
        TIMED.with_borrow_mut(|timed| timed.push(Arc::clone(&self.0)));
        // To be registered, to give the lock back and to wait is one step.
        STAYS.set(true);
        let waited = self.0.wait_timeout(inner, longest);
        TIMED.with_borrow_mut(|timed| {
            let own = timed.iter().position(|one| Arc::ptr_eq(one, &self.0));
            timed.swap_remove(own.expect("it was registered"));
        });
        let wrap = |(guard, result)| (MutexGuard(Some(guard)), result);
        waited.map(wrap).map_err(|poisoned| PoisonError::new(wrap(poisoned.into_inner())))
    }

    /// As [`std::sync::Condvar::notify_all`].
    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// Ends all waits that have a longest time.
pub fn end_timed_waits() {
    for condvar in TIMED.with_borrow(Vec::clone) {
        condvar.notify_all();
    }
}

/// Forgets the waits of an execution that did not end.
pub(crate) fn begin() {
    STAYS.set(false);
    TIMED.with_borrow_mut(Vec::clear);
}
