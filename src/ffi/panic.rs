//! A panic inside a call ends here, as an error.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::background;
use crate::error::{Error, ErrorKind, Result};

thread_local! {
    /// How many calls of the library this thread is inside of, one in the other.
    static CALL_DEPTH: Cell<u32> = const { Cell::new(0) };
    /// Where the last panic inside a call came from. It has no destructor, since a program's last
    /// calls come after those of its main thread.
    static PANIC_LOCATION: ManuallyDrop<RefCell<String>> =
        const { ManuallyDrop::new(RefCell::new(String::new())) };
}

/// Runs what may panic: the panic becomes an error, and the host's stderr is not written to.
pub(super) fn catch_panic<T>(body: impl FnOnce() -> T) -> Result<T> {
    let (mut body, mut outcome) = (Some(body), None);
    catch_panic_in(&mut || outcome = body.take().map(|body| body()))?;
    outcome.ok_or_else(|| Error::new(ErrorKind::Internal, "a call that was not made"))
}

/// One function for all bodies: a copy in each C function took a hundred kilobytes.
#[inline(never)]
fn catch_panic_in(body: &mut dyn FnMut()) -> Result<()> {
    catch_panic_here(body)
}

#[inline(always)]
pub(super) fn catch_panic_here<T>(body: impl FnOnce() -> T) -> Result<T> {
    // No thread waits for the one that comes first: a child of a fork may not have it.
    static HOOKED: AtomicBool = AtomicBool::new(false);
    if !HOOKED.load(Ordering::Relaxed) && !HOOKED.swap(true, Ordering::Relaxed) {
        install_hook();
    }
    CALL_DEPTH.set(CALL_DEPTH.get() + 1);
    let outcome = catch_unwind(AssertUnwindSafe(body));
    CALL_DEPTH.set(CALL_DEPTH.get() - 1);
    outcome.map_err(|_| panicked())
}

#[cold]
fn install_hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| match CALL_DEPTH.get() {
        0 if !background::is_own() => before(info),
        // The message of a panic may quote a secret; its location does not.
        _ => {
            let location = info.location().map_or_else(String::new, |at| format!(" at {at}"));
            PANIC_LOCATION.with(|before| before.replace(location));
        }
    }));
}

#[cold]
fn panicked() -> Error {
    let words =
        format!("a panic inside the library{}", PANIC_LOCATION.with(|location| location.take()));
    Error::new(ErrorKind::Internal, words)
}
