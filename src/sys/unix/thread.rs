//! Threads that are made by `pthread_create`, with all signals blocked.

use std::any::Any;
use std::ffi::{CString, c_void};
use std::io;
use std::mem::{self, MaybeUninit};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

/// Enough for the system's resolver and its modules, and for TLS. The default depends on the
/// environment (`ulimit -s`).
const STACK: usize = 1 << 20;

/// What a new thread is given.
struct Task {
    name: CString,
    job: Box<dyn FnOnce() + Send>,
}

/// Starts a thread of this name that has all signals blocked. It is detached, and a panic of its
/// job ends it. Touches no thread-local that has a destructor.
pub(crate) fn start(name: CString, job: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    let task = Box::into_raw(Box::new(Task { name, job }));
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
    set_name(&task.name);
    // No panic may leave a function of C. Its value could panic in turn when it is dropped.
    let panicked: Option<Box<dyn Any + Send>> = catch_unwind(AssertUnwindSafe(task.job)).err();
    mem::forget(panicked);
    ptr::null_mut()
}

/// The name of the current thread, for debuggers. A failure is ignored.
fn set_name(name: &CString) {
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
    // SAFETY: the name is terminated, and it is copied.
    unsafe {
        libc::pthread_setname_np(libc::pthread_self(), name.as_ptr());
    }
    #[cfg(target_vendor = "apple")]
    // SAFETY: as above.
    unsafe {
        libc::pthread_setname_np(name.as_ptr());
    }
    #[cfg(not(any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_vendor = "apple"
    )))]
    let _ = name;
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
