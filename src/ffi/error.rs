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

/// The description of a failed call. Owned by the caller: free it with vanta_error_free(). It never
/// changes, so any number of threads may read it. Texts that getters return are valid until it is
/// freed.
///
/// ```c
/// vanta_error *error = NULL;
/// vanta_status status = vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, NULL, NULL, &error);
/// if (status != VANTA_OK) {
///     const vanta_violations *list = vanta_error_violations(error);
///     fprintf(stderr, "%s\n", vanta_error_message(error));
///     for (size_t i = 0; i < vanta_violations_count(list); i++) {
///         const char *id = vanta_violations_unique_id(list, i); // NULL: unknown
///         if (vanta_violations_index(list, i) >= 0)             // -1: not in the body
///             fprintf(stderr, "record %ld, ", (long)vanta_violations_index(list, i));
///         fprintf(stderr, "\"%s\"%s: %s\n", id != NULL ? id : "",
///                 vanta_violations_pointer(list, i), vanta_violations_message(list, i));
///     }
///     if (vanta_error_is_retryable(error))
///         fprintf(stderr, "the same call may succeed later\n");
/// }
/// vanta_error_free(error);
/// ```
pub struct vanta_error {
    error: Error,
    message: CString,
    request_id: Option<CString>,
    excerpt: Option<CString>,
    oauth_error: Option<CString>,
    violations: vanta_violations,
    warnings: vanta_violations,
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
            warnings: vanta_violations::from(error.warnings()),
            cause: error.cause().map(|cause| Box::new(vanta_error::from(cause.clone()))),
            error,
        }
    }
}

/// Returns the status code of the error, which its function returned too. With NULL:
/// VANTA_ERR_NULL_POINTER.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_code(error: Option<&vanta_error>) -> vanta_status {
    get(error, VANTA_ERR_NULL_POINTER, |error| error.error.code())
}

/// Returns one line that says what the call was doing, what went wrong, and what to do; never NULL.
/// It holds no secret. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_message(error: Option<&vanta_error>) -> *const c_char {
    get(error, c"".as_ptr(), |error| error.message.as_ptr())
}

/// Returns how far the call had come. With NULL: VANTA_STAGE_VALIDATE.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_stage(error: Option<&vanta_error>) -> vanta_stage {
    get(error, VANTA_STAGE_VALIDATE, |error| stage(error.error.stage()))
}

/// Returns 1 when the same call may succeed later and can safely be repeated, otherwise 0: when
/// vanta_status_action() is VANTA_ACTION_RETRY_LATER or VANTA_ACTION_VERIFY_OR_REPEAT, and it is no
/// upload that may have taken effect. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_is_retryable(error: Option<&vanta_error>) -> i32 {
    get(error, 0, |error| i32::from(error.error.is_retryable()))
}

/// Returns 1 when the error repeats an earlier failure without a new request, otherwise 0. With
/// NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_is_remembered(error: Option<&vanta_error>) -> i32 {
    get(error, 0, |error| i32::from(error.error.is_remembered()))
}

/// Returns the HTTP status code of the response, or 0 when there was none. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_http_status(error: Option<&vanta_error>) -> i32 {
    get(error, 0, |error| error.error.http_status().map_or(0, i32::from))
}

/// Returns how many requests the call made in all attempts: token requests, reads and writes, and
/// those that opened no connection. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_attempts(error: Option<&vanta_error>) -> u32 {
    get(error, 0, |error| error.error.attempts())
}

/// Returns how long the server requested to wait (Retry-After), in milliseconds and uncapped, or -1
/// when it did not. With NULL: -1.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_retry_after_ms(error: Option<&vanta_error>) -> i64 {
    get(error, -1, |error| {
        let wait = error.error.retry_after();
        wait.map_or(-1, |wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
    })
}

/// Returns the request id of the response, for a report to Vanta, or NULL when there is none. With
/// NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_request_id(error: Option<&vanta_error>) -> *const c_char {
    get(error, null(), |error| pointer(error.request_id.as_ref()))
}

/// Returns the beginning of the response's text on one line, with secrets redacted, or NULL when
/// there was no text. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_excerpt(error: Option<&vanta_error>) -> *const c_char {
    get(error, null(), |error| pointer(error.excerpt.as_ref()))
}

/// Returns the error code of an OAuth error response, such as "invalid_client", or NULL when there
/// is none. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_oauth_error(error: Option<&vanta_error>) -> *const c_char {
    get(error, null(), |error| pointer(error.oauth_error.as_ref()))
}

/// Returns the error before this one, such as the first 401 of two, or NULL when there is none.
/// Borrowed from this error: do not free it. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_cause(error: Option<&vanta_error>) -> Option<&vanta_error> {
    get(error, None, |error| error.cause.as_deref())
}

/// Returns the violations of single records: an empty list when there are none. They are errors;
/// vanta_error_warnings() has the warnings. Borrowed from the error: do not free it. With NULL:
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_violations(error: Option<&vanta_error>) -> Option<&vanta_violations> {
    get(error, None, |error| Some(&error.violations))
}

/// Returns the violations that are warnings, of a validation that found errors too: an empty list
/// when there are none. Borrowed from the error: do not free it. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_warnings(error: Option<&vanta_error>) -> Option<&vanta_violations> {
    get(error, None, |error| Some(&error.warnings))
}

/// Frees an error and everything borrowed from it. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_error_free(error: Option<Box<vanta_error>>) {
    release(error);
}
