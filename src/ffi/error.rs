//! The error as C reads it: every text is made once, and lives as long as the error.

use std::ffi::{CString, c_char};
use std::ptr::null;

use super::handle::{c_text, get, pointer, release};
use super::names::in_c;
use super::stage::{VANTA_STAGE_VALIDATE, stage, vanta_stage};
use super::status::{VANTA_ERR_NULL_POINTER, vanta_status};
use super::violations::vanta_violations;
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
    violations: vanta_violations,
    cause: Option<Box<vanta_error>>,
}

impl From<Error> for vanta_error {
    fn from(error: Error) -> vanta_error {
        vanta_error {
            message: c_text(&in_c(&error.to_string())),
            request_id: error.request_id().map(c_text),
            excerpt: error.excerpt().map(c_text),
            oauth_error: error.oauth_error().map(c_text),
            violations: vanta_violations::from(error.violations()),
            cause: error.cause().map(|cause| Box::new(vanta_error::from(cause.clone()))),
            error,
        }
    }
}

/// The status of the error, which is what the function that made it returned. With NULL:
/// VANTA_ERR_NULL_POINTER.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_code(error: Option<&vanta_error>) -> vanta_status {
    get(error, VANTA_ERR_NULL_POINTER, |error| error.error.code())
}

/// One line that says what went wrong, where, and what to do; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_message(error: Option<&vanta_error>) -> *const c_char {
    get(error, c"".as_ptr(), |error| error.message.as_ptr())
}

/// How far the call had come. With NULL: VANTA_STAGE_VALIDATE.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_stage(error: Option<&vanta_error>) -> vanta_stage {
    get(error, VANTA_STAGE_VALIDATE, |error| stage(error.error.stage()))
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
    get(error, 0, |error| error.error.http_status().map_or(0, i32::from))
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

/// Returns what is wrong with single records; an empty list where nothing is. Borrowed from the
/// error: do not free it. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_violations(error: Option<&vanta_error>) -> Option<&vanta_violations> {
    get(error, None, |error| Some(&error.violations))
}

/// Frees an error and all that was borrowed from it. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_free(error: Option<Box<vanta_error>>) {
    release(error);
}
