//! What every C function does first and last.

use std::mem::MaybeUninit;

use super::arguments::null;
use super::error::vanta_error;
use super::panic::{catch_panic, catch_panic_here};
use super::status::{VANTA_OK, vanta_status};
use crate::error::Result;

/// Where a handle is given to the caller; null where the caller does not want it.
pub(super) type Out<'a, T> = Option<&'a mut MaybeUninit<Option<Box<T>>>>;

/// Where an error is given to the caller.
pub(super) type ErrorOut<'a> = Out<'a, vanta_error>;

/// Runs a function's body: no panic passes, the error goes out, the status comes back.
pub(super) fn guard(error: ErrorOut<'_>, body: impl FnOnce() -> Result<()>) -> vanta_status {
    report(catch_panic(body).and_then(|outcome| outcome), error)
}

/// As [`guard`], in place: for what costs so little that the way there would be felt.
#[inline(always)]
pub(super) fn guard_here(error: ErrorOut<'_>, body: impl FnOnce() -> Result<()>) -> vanta_status {
    report(catch_panic_here(body).and_then(|outcome| outcome), error)
}

/// Gives the error out, and returns its status.
#[inline(never)]
fn report(outcome: Result<()>, error: ErrorOut<'_>) -> vanta_status {
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
