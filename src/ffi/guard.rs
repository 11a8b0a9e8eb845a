//! What every function of the border does first and last.

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_char};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::vanta_error;
use super::status::{VANTA_OK, vanta_status};
use crate::background;
use crate::error::{Error, ErrorKind, Result};

/// Where a handle is given to the caller; null where the caller does not want it.
pub(super) type Out<'a, T> = Option<&'a mut MaybeUninit<Option<Box<T>>>>;

/// Where an error is given to the caller.
pub(super) type ErrorOut<'a> = Out<'a, vanta_error>;

thread_local! {
    /// Whether this thread is inside the border, and where the last panic there came from.
    static INSIDE: Cell<u32> = const { Cell::new(0) };
    /// Never destroyed, as a program's last calls come after its main thread's own destructors.
    static PLACE: ManuallyDrop<RefCell<String>> =
        const { ManuallyDrop::new(RefCell::new(String::new())) };
}

/// Runs what may panic: the panic ends here, and the host's stderr is not written to.
pub(super) fn contain<T>(body: impl FnOnce() -> T) -> Result<T> {
    let (mut body, mut outcome) = (Some(body), None);
    caught(&mut || outcome = body.take().map(|body| body()))?;
    outcome.ok_or_else(|| Error::new(ErrorKind::Internal, "a call that was not made"))
}

/// One function for all bodies: a copy in each of the border's functions took a hundred kilobytes.
#[inline(never)]
fn caught(body: &mut dyn FnMut()) -> Result<()> {
    contain_here(body)
}

#[inline(always)]
fn contain_here<T>(body: impl FnOnce() -> T) -> Result<T> {
    // Nobody waits for who is first: in a child of a fork that thread may not be.
    static HOOKED: AtomicBool = AtomicBool::new(false);
    if !HOOKED.load(Ordering::Relaxed) && !HOOKED.swap(true, Ordering::Relaxed) {
        hook();
    }
    INSIDE.set(INSIDE.get() + 1);
    let outcome = catch_unwind(AssertUnwindSafe(body));
    INSIDE.set(INSIDE.get() - 1);
    outcome.map_err(|_| panicked())
}

#[cold]
fn hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| match INSIDE.get() {
        0 if !background::is_own() => before(info),
        // The words of a panic may quote what it met; its place may not.
        _ => {
            let place = info.location().map_or_else(String::new, |at| format!(" at {at}"));
            PLACE.with(|before| before.replace(place));
        }
    }));
}

#[cold]
fn panicked() -> Error {
    let words = format!("a panic inside the library{}", PLACE.with(|place| place.take()));
    Error::new(ErrorKind::Internal, words)
}

/// Runs a function's body: no panic passes, the error goes out, the status comes back.
pub(super) fn guard(error: ErrorOut<'_>, body: impl FnOnce() -> Result<()>) -> vanta_status {
    told(contain(body).and_then(|outcome| outcome), error)
}

/// As [`guard`], in place: for what costs so little that the way there would be felt.
#[inline(always)]
pub(super) fn guard_here(error: ErrorOut<'_>, body: impl FnOnce() -> Result<()>) -> vanta_status {
    told(contain_here(body).and_then(|outcome| outcome), error)
}

/// The error goes out, the status comes back.
#[inline(never)]
fn told(outcome: Result<()>, error: ErrorOut<'_>) -> vanta_status {
    let (status, found) = match outcome {
        Ok(()) => (VANTA_OK, None),
        Err(error) => (error.code(), Some(Box::new(vanta_error::from(error)))),
    };
    if let Some(error) = error {
        error.write(found);
    }
    status
}

/// The same for a function that gives a handle out: null unless it succeeds.
pub(super) fn guard_out<T>(
    out: Out<'_, T>,
    error: ErrorOut<'_>,
    body: impl FnOnce() -> Result<T>,
) -> vanta_status {
    let mut made = None;
    let status = guard(error, || {
        made = Some(Box::new(body()?));
        Ok(())
    });
    if let Some(out) = out {
        out.write(made);
    }
    status
}

/// As [`guard_out`], where the caller must want the handle.
pub(super) fn guard_new<T>(
    out: Out<'_, T>,
    error: ErrorOut<'_>,
    body: impl FnOnce() -> Result<T>,
) -> vanta_status {
    match out {
        Some(out) => guard_out(Some(out), error, body),
        None => guard(error, || Err(null("the output"))),
    }
}

pub(super) fn null(name: &str) -> Error {
    Error::new(ErrorKind::NullPointer, format!("{name} is NULL"))
}

pub(super) fn given<T>(value: Option<T>, name: &str) -> Result<T> {
    value.ok_or_else(|| null(name))
}

/// A NUL-terminated string of the caller's.
pub(super) fn text<'a>(text: *const c_char, name: &str) -> Result<&'a str> {
    std::str::from_utf8(text_bytes(text, name)?).map_err(|error| {
        let message = format!("{name} at byte {}", error.valid_up_to());
        Error::new(ErrorKind::InvalidUtf8, message)
    })
}

/// The bytes of a NUL-terminated string of the caller's, without the NUL.
pub(super) fn text_bytes<'a>(text: *const c_char, name: &str) -> Result<&'a [u8]> {
    if text.is_null() {
        return Err(null(name));
    }
    // SAFETY: the header asks for a NUL-terminated string that lives for the call.
    Ok(unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// Bytes of the caller's; null is allowed where there are none.
pub(super) fn bytes<'a>(bytes: *const c_char, size: usize, name: &str) -> Result<&'a [u8]> {
    match (bytes.is_null(), size) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(null(name)),
        (false, size) if size > isize::MAX as usize => {
            let message = format!("the size of {name} is larger than any object can be");
            Err(Error::new(ErrorKind::InvalidArgument, message))
        }
        // SAFETY: not null, no larger than an object may be, and the header asks for that many
        // readable bytes that live for the call.
        (false, size) => Ok(unsafe { std::slice::from_raw_parts(bytes.cast(), size) }),
    }
}

/// The caller's buffer for text and a NUL, and where the size that it takes is told.
pub(super) struct Buffer<'a> {
    start: *mut c_char,
    size: usize,
    needed: Option<&'a mut MaybeUninit<usize>>,
}

impl<'a> Buffer<'a> {
    /// Leaves "" in it, and 0 as the size, for the case that nothing better comes.
    pub(super) fn new(
        start: *mut c_char,
        size: usize,
        needed: Option<&'a mut MaybeUninit<usize>>,
    ) -> Buffer<'a> {
        let mut buffer = Buffer { start, size, needed };
        buffer.tell(0);
        if !start.is_null() && size > 0 {
            // SAFETY: the header asks for `size` writable bytes, and there is at least one.
            unsafe { start.write(0) };
        }
        buffer
    }

    fn tell(&mut self, size: usize) {
        if let Some(needed) = &mut self.needed {
            needed.write(size);
        }
    }

    /// NULL is a question for the size alone, and then its own size must be 0.
    pub(super) fn check(&self) -> Result<()> {
        if self.start.is_null() && self.size > 0 { Err(null("buffer")) } else { Ok(()) }
    }

    pub(super) fn fill(&mut self, text: &str) -> Result<()> {
        let takes = text.len() + 1;
        self.tell(takes);
        if self.start.is_null() {
            return Ok(());
        }
        if self.size < takes {
            let message = format!("it has {} bytes, and {takes} are needed", self.size);
            return Err(Error::new(ErrorKind::BufferTooSmall, message));
        }
        // SAFETY: the header asks for `size` writable bytes, and `takes` are no more than that.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr().cast(), self.start, text.len());
            self.start.add(text.len()).write(0);
        }
        Ok(())
    }
}
