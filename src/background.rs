//! Background threads of the library, on which no signal of the host is handled.
//!
//! They are made by `pthread_create`, and their results do not pass through a channel of std's.
//! The standard library keeps a handle of the current thread in a thread-local that has a
//! destructor, and `thread::spawn` of Rust 1.85 panics where that thread-local is destroyed
//! already: in `atexit` handlers and in destructors of the main thread, from which programs make
//! their last calls. So nothing here touches a thread-local that has a destructor.

use std::cell::Cell;
use std::ffi::CString;
use std::io;
use std::mem;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::sys;

/// The name of each background thread begins with this.
const PREFIX: &str = "vanta-";

thread_local! {
    static IS_OWN: Cell<bool> = const { Cell::new(false) };
}

/// Starts a thread that has all signals blocked. It is detached.
fn start(name: &str, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let own = move || {
        IS_OWN.set(true);
        job();
    };
    sys::thread::start(CString::new(format!("{PREFIX}{name}"))?, Box::new(own))
}

/// Whether the current thread is a background thread: its panics are not printed.
#[cfg(feature = "capi")]
pub(crate) fn is_own() -> bool {
    IS_OWN.get()
}

/// The result of a job on a background thread.
pub(crate) struct Pending<T>(Arc<Slot<T>>);

struct Slot<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

enum State<T> {
    Running,
    Done(T),
    /// The result was taken, or the job panicked.
    Ended,
}

/// Runs a job on a background thread of its own.
pub(crate) fn run_in_background<T: Send + 'static>(
    name: &str,
    job: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Pending<T>> {
    let slot = Arc::new(Slot { state: Mutex::new(State::Running), changed: Condvar::new() });
    let end = End(Arc::clone(&slot));
    start(name, move || end.0.set(State::Done(job())))?;
    Ok(Pending(slot))
}

impl<T> Slot<T> {
    fn set(&self, state: State<T>) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.changed.notify_all();
    }
}

/// Ends the slot of a job that panics.
struct End<T>(Arc<Slot<T>>);

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        let state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_running = matches!(*state, State::Running);
        drop(state);
        if is_running {
            self.0.set(State::Ended);
        }
    }
}

impl<T> Pending<T> {
    /// Waits for the result, at most this long. It can be taken once.
    pub(crate) fn recv_timeout(&self, at_most: Duration) -> Result<T, RecvTimeoutError> {
        let state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_running = |state: &mut State<T>| matches!(state, State::Running);
        let waited = self.0.changed.wait_timeout_while(state, at_most, is_running);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Running) {
            return Err(RecvTimeoutError::Timeout);
        }
        match mem::replace(&mut *state, State::Ended) {
            State::Done(result) => Ok(result),
            State::Running | State::Ended => Err(RecvTimeoutError::Disconnected),
        }
    }
}
