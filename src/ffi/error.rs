//! The error as C reads it: every text is made once, and lives as long as the error.

use std::ffi::{CString, c_char};
use std::ptr::null;

use super::faults::FaultText;
use super::handle::{c_text, get, pointer, release};
use super::names::in_c;
use super::status::{VANTA_NULL_POINTER, vanta_status};
use super::step::{VANTA_STEP_CHECK, step, vanta_step};
use crate::error::Error;

// == Errors

/// What went wrong. Owned by the caller: free it with vanta_error_free(). It never changes, so any
/// number of threads may read it. Texts are borrowed from it and live until it is freed.
pub struct vanta_error {
    error: Error,
    message: CString,
    request_id: Option<CString>,
    excerpt: Option<CString>,
    oauth_error: Option<CString>,
    faults: Vec<FaultText>,
    cause: Option<Box<vanta_error>>,
}

impl From<Error> for vanta_error {
    fn from(error: Error) -> vanta_error {
        vanta_error {
            message: c_text(&in_c(&error.to_string())),
            request_id: error.request_id().map(c_text),
            excerpt: error.excerpt().map(c_text),
            oauth_error: error.oauth_error().map(c_text),
            faults: error.faults().iter().map(FaultText::from).collect(),
            cause: error.cause().map(|cause| Box::new(vanta_error::from(cause.clone()))),
            error,
        }
    }
}

/// The status of the error, which is what the function that made it returned. With NULL:
/// VANTA_NULL_POINTER.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_status(error: Option<&vanta_error>) -> vanta_status {
    get(error, VANTA_NULL_POINTER, |error| error.error.code())
}

/// One line that says what went wrong, where, and what to do; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_message(error: Option<&vanta_error>) -> *const c_char {
    get(error, c"".as_ptr(), |error| error.message.as_ptr())
}

/// How far the call had come. With NULL: VANTA_STEP_CHECK.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_step(error: Option<&vanta_error>) -> vanta_step {
    get(error, VANTA_STEP_CHECK, |error| step(error.error.step()))
}

/// 1 when running the same call again, later, can succeed and can do no harm; else 0. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_is_retryable(error: Option<&vanta_error>) -> i32 {
    get(error, 0, |error| i32::from(error.error.is_retryable()))
}

/// 1 when this is an earlier failure told again, without a new request; else 0. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_is_remembered(error: Option<&vanta_error>) -> i32 {
    get(error, 0, |error| i32::from(error.error.is_remembered()))
}

/// The HTTP status of the answer; 0 when there was none. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_http_status(error: Option<&vanta_error>) -> i32 {
    get(error, 0, |error| error.error.status().map_or(0, i32::from))
}

/// How many requests the call made, in all its attempts: token requests, reads and writes. One that
/// found no connection counts too. 0 when none was made. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_attempts(error: Option<&vanta_error>) -> u32 {
    get(error, 0, |error| error.error.attempts())
}

/// How long the server asks to wait, in milliseconds, uncapped; -1 when it did not say. With NULL:
/// -1.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_retry_after_ms(error: Option<&vanta_error>) -> i64 {
    get(error, -1, |error| {
        let wait = error.error.retry_after();
        wait.map_or(-1, |wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
    })
}

/// The request id that the server's front gave out, for a report to Vanta; NULL when there is none.
/// With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_request_id(error: Option<&vanta_error>) -> *const c_char {
    get(error, null(), |error| pointer(error.request_id.as_ref()))
}

/// The beginning of what the server said, on one line, without secrets; NULL when it said nothing.
/// With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_excerpt(error: Option<&vanta_error>) -> *const c_char {
    get(error, null(), |error| pointer(error.excerpt.as_ref()))
}

/// The error code of an OAuth error answer, such as "invalid_client"; NULL when there is none. With
/// NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_oauth_error(error: Option<&vanta_error>) -> *const c_char {
    get(error, null(), |error| pointer(error.oauth_error.as_ref()))
}

/// The error before this one, such as the first 401 of a pair; NULL when there is none. Borrowed:
/// it is freed with this one. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_cause(error: Option<&vanta_error>) -> Option<&vanta_error> {
    get(error, None, |error| error.cause.as_deref())
}

/// How many faults of single records are known. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_fault_count(error: Option<&vanta_error>) -> usize {
    get(error, 0, |error| error.faults.len())
}

fn fault(error: Option<&vanta_error>, number: usize) -> Option<&FaultText> {
    error?.faults.get(number)
}

/// Position of the record that a fault is about, from 0; -1 when it is not known, or past the last
/// fault. With NULL: -1.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_fault_index(error: Option<&vanta_error>, number: usize) -> i64 {
    get(fault(error, number), -1, |fault| fault.index)
}

/// The uniqueId of the record that a fault is about; NULL when it is not known, or past the last
/// fault. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_fault_unique_id(
    error: Option<&vanta_error>,
    number: usize,
) -> *const c_char {
    get(fault(error, number), null(), |fault| pointer(fault.unique_id.as_ref()))
}

/// JSON pointer to the fault within its record, "" for the record itself; NULL past the last fault.
/// With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_fault_pointer(
    error: Option<&vanta_error>,
    number: usize,
) -> *const c_char {
    get(fault(error, number), null(), |fault| fault.pointer.as_ptr())
}

/// What is wrong, in words; NULL past the last fault. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_fault_message(
    error: Option<&vanta_error>,
    number: usize,
) -> *const c_char {
    get(fault(error, number), null(), |fault| fault.message.as_ptr())
}

/// Frees an error and all that was borrowed from it. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_free(error: Option<Box<vanta_error>>) {
    release(error);
}
