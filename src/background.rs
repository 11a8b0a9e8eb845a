//! Background threads of the library, on which no signal of the host is handled.
//!
//! They are made by `pthread_create`, and their results do not pass through a channel of std's.
//! The standard library keeps a handle of the current thread in a thread-local that has a
//! destructor, and `thread::spawn` of Rust 1.85 panics where that thread-local is destroyed
//! already: in `atexit` handlers and in destructors of the main thread, from which programs make
//! their last calls. So nothing here touches a thread-local that has a destructor.

use std::any::Any;
use std::cell::Cell;
use std::ffi::{CString, c_void};
use std::io;
use std::mem::{self, MaybeUninit};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The name of each background thread begins with this.
const PREFIX: &str = "vanta-";

/// Enough for the system's resolver and its modules, and for TLS. The default depends on the
/// environment (`ulimit -s`).
const STACK: usize = 1 << 20;

thread_local! {
    static IS_OWN: Cell<bool> = const { Cell::new(false) };
}

/// What a new thread is given.
struct Task {
    name: CString,
    job: Box<dyn FnOnce() + Send>,
}

/// Starts a thread that has all signals blocked. It is detached.
fn start(name: &str, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let name = CString::new(format!("{PREFIX}{name}"))?;
    let task = Box::into_raw(Box::new(Task { name, job: Box::new(job) }));
    // A new thread inherits the signal mask of the one that creates it.
    let masked = Masked::all();
    let outcome = create(task.cast());
    drop(masked);
    if outcome != 0 {
        // SAFETY: it came from `Box::into_raw`, and no thread has it.
        drop(unsafe { Box::from_raw(task) });
        return Err(io::Error::from_raw_os_error(outcome));
    }
    Ok(())
}

/// Creates the thread; 0 or an error number.
fn create(task: *mut c_void) -> i32 {
    let mut attributes = MaybeUninit::uninit();
    let mut thread = MaybeUninit::uninit();
    // SAFETY: the attributes are initialised before they are used, and destroyed once. `run`
    // takes the task over if the thread is created.
    unsafe {
        let outcome = libc::pthread_attr_init(attributes.as_mut_ptr());
        if outcome != 0 {
            return outcome;
        }
        let attributes = attributes.as_mut_ptr();
        libc::pthread_attr_setdetachstate(attributes, libc::PTHREAD_CREATE_DETACHED);
        libc::pthread_attr_setstacksize(attributes, STACK);
        let outcome = libc::pthread_create(thread.as_mut_ptr(), attributes, run, task);
        libc::pthread_attr_destroy(attributes);
        outcome
    }
}

extern "C" fn run(task: *mut c_void) -> *mut c_void {
    // SAFETY: `start` made it, and gave it to this thread alone.
    let task = unsafe { Box::from_raw(task.cast::<Task>()) };
    IS_OWN.set(true);
    set_name(&task.name);
    // No panic may leave a function of C. Its value could panic in turn when it is dropped.
    let panicked: Option<Box<dyn Any + Send>> = catch_unwind(AssertUnwindSafe(task.job)).err();
    mem::forget(panicked);
    ptr::null_mut()
}

/// The name of the current thread, for debuggers. A failure is ignored.
fn set_name(name: &CString) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    // SAFETY: the name is terminated, and it is copied.
    unsafe {
        libc::pthread_setname_np(libc::pthread_self(), name.as_ptr());
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = name;
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

/// While it lives, the current thread has all signals blocked; then it has its own mask again.
struct Masked(Option<libc::sigset_t>);

impl Masked {
    fn all() -> Masked {
        let mut all = MaybeUninit::uninit();
        let mut before = MaybeUninit::uninit();
        // SAFETY: both sets are ours; the first is filled before it is used.
        let outcome = unsafe {
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr())
        };
        // SAFETY: where it succeeded, the mask before it was written.
        Masked((outcome == 0).then(|| unsafe { before.assume_init() }))
    }
}

impl Drop for Masked {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // SAFETY: the mask that the thread had.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before, ptr::null_mut()) };
        }
    }
}
