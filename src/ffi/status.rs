//! Status numbers as C sees them: those of the table of kinds, which a test compares.

use std::ffi::{CStr, CString, c_char};

use super::handle::{c_text, get};
use crate::fork::PerProcess;
use crate::{Action, ErrorKind};

// == Status codes

/// The result of a call: VANTA_OK or one of the negative codes below. Codes never change their
/// meaning. vanta_status_name() returns the name of a code, vanta_status_text() its meaning, and
/// vanta_status_action() what to do about it.
pub type vanta_status = i32;

/// The call succeeded.
pub const VANTA_OK: vanta_status = 0;
// -- The call is wrong

/// A kind's name, a resource id or another argument is malformed.
pub const VANTA_ERR_INVALID_ARGUMENT: vanta_status = -1;
/// A pointer that must not be NULL is NULL.
pub const VANTA_ERR_NULL_POINTER: vanta_status = -2;
/// The buffer is too small. The function sets the size that is needed.
pub const VANTA_ERR_BUFFER_TOO_SMALL: vanta_status = -3;
/// A string is not valid UTF-8.
pub const VANTA_ERR_INVALID_UTF8: vanta_status = -4;
/// A callback called the library in a way that would have to wait for the callback's own call.
pub const VANTA_ERR_REENTRANT: vanta_status = -5;
// -- The records are wrong

/// The payload is not a request body: malformed JSON, a byte order mark, or the wrong members.
pub const VANTA_ERR_INVALID_PAYLOAD: vanta_status = -10;
/// The body has no records. Pushing it would delete every record of the resource.
pub const VANTA_ERR_EMPTY_PAYLOAD: vanta_status = -11;
/// A record's uniqueId is missing, blank or not a string.
pub const VANTA_ERR_INVALID_UNIQUE_ID: vanta_status = -12;
/// Two records have the same uniqueId.
pub const VANTA_ERR_DUPLICATE_UNIQUE_ID: vanta_status = -13;
/// The request body is larger than the service allows (10,485,760 bytes).
pub const VANTA_ERR_PAYLOAD_TOO_LARGE: vanta_status = -14;
/// Records violate the schema of their kind, or a rule whose level is VANTA_LEVEL_ERROR.
/// vanta_error_violations() lists every violation.
pub const VANTA_ERR_INVALID_RECORDS: vanta_status = -15;
/// The deletion guard rejected the push: it would delete more live records than allowed. See
/// vanta_options_expect_removals().
pub const VANTA_ERR_TOO_MANY_REMOVALS: vanta_status = -16;
// -- The configuration is wrong

/// A setting is malformed, or two settings contradict each other.
pub const VANTA_ERR_INVALID_CONFIG: vanta_status = -20;
/// The client id or the client secret is missing.
pub const VANTA_ERR_MISSING_CREDENTIALS: vanta_status = -21;
/// The origin is not https, and vanta_config_set_allow_plain_http_to_loopback() does not allow it.
pub const VANTA_ERR_INSECURE_ORIGIN: vanta_status = -22;
/// A file of the configuration, or of records, cannot be read.
pub const VANTA_ERR_UNREADABLE_FILE: vanta_status = -23;
/// The token store cannot be used as it is. The message says what to correct.
pub const VANTA_ERR_UNUSABLE_STORE: vanta_status = -24;
/// A file of the configuration cannot be written.
pub const VANTA_ERR_UNWRITABLE_FILE: vanta_status = -25;
/// The client secret callback failed. No token was requested.
pub const VANTA_ERR_SECRET_UNAVAILABLE: vanta_status = -26;
// -- Network

/// The host name could not be resolved.
pub const VANTA_ERR_RESOLVE: vanta_status = -40;
/// No connection could be opened.
pub const VANTA_ERR_CONNECT: vanta_status = -41;
/// The proxy refused the tunnel, requires credentials, or is not an HTTP proxy. Vanta was not
/// reached.
pub const VANTA_ERR_PROXY_REFUSED: vanta_status = -42;
/// The TLS handshake failed. The message says what is wrong with the certificate.
pub const VANTA_ERR_TLS: vanta_status = -43;
/// The connection failed before the request was sent completely. The request had no effect.
pub const VANTA_ERR_SEND: vanta_status = -44;
/// The connection failed before the response was read completely.
pub const VANTA_ERR_RECEIVE: vanta_status = -45;
/// The deadline passed (timeout). The call changed nothing at Vanta.
pub const VANTA_ERR_DEADLINE_EXCEEDED: vanta_status = -46;
/// The caller cancelled the call. The call changed nothing at Vanta.
pub const VANTA_ERR_CANCELLED: vanta_status = -47;
/// The response is a redirect. The library never follows one, so that credentials are not sent to
/// another host.
pub const VANTA_ERR_REDIRECT_REFUSED: vanta_status = -48;
/// The response is larger than its limit, such as vanta_config_set_list_cap().
pub const VANTA_ERR_RESPONSE_TOO_LARGE: vanta_status = -49;
/// The request was sent, and no clear response came. It may or may not have taken effect.
pub const VANTA_ERR_OUTCOME_UNKNOWN: vanta_status = -50;
/// The response is not recognisably Vanta's: a gateway (firewall, proxy, CDN, captive portal)
/// responded, or the response is empty. It says nothing about token, scope and records.
pub const VANTA_ERR_GATEWAY_RESPONSE: vanta_status = -52;

// -- Access tokens

/// The server does not accept client id and secret (invalid_client).
pub const VANTA_ERR_INVALID_CLIENT: vanta_status = -60;
/// The application may not have a requested scope (invalid_scope).
pub const VANTA_ERR_INVALID_SCOPE: vanta_status = -61;
/// The server finds the token request malformed (invalid_request).
pub const VANTA_ERR_INVALID_TOKEN_REQUEST: vanta_status = -62;
/// The server does not accept the grant (invalid_grant).
pub const VANTA_ERR_INVALID_GRANT: vanta_status = -63;
/// The application may not use the client credentials grant (unauthorized_client).
pub const VANTA_ERR_UNAUTHORIZED_CLIENT: vanta_status = -64;
/// The server does not support the client credentials grant (unsupported_grant_type).
pub const VANTA_ERR_UNSUPPORTED_GRANT_TYPE: vanta_status = -65;
/// The server responded with another OAuth error; vanta_error_oauth_error() returns its code.
pub const VANTA_ERR_OTHER_TOKEN_REFUSAL: vanta_status = -66;
/// The server rejected the token request by its rate limit: 5 a minute for each application (429).
pub const VANTA_ERR_TOKEN_RATE_LIMITED: vanta_status = -67;
/// The token endpoint failed or timed out (408 or 5xx).
pub const VANTA_ERR_TOKEN_UNAVAILABLE: vanta_status = -68;
/// The token request was sent, and no usable response came. The previous token may be revoked.
pub const VANTA_ERR_TOKEN_RESPONSE_LOST: vanta_status = -69;
/// The token response is malformed.
pub const VANTA_ERR_INVALID_TOKEN_RESPONSE: vanta_status = -70;
/// The access token has a type other than Bearer.
pub const VANTA_ERR_UNSUPPORTED_TOKEN_TYPE: vanta_status = -71;
/// The server rejected the access token and its replacement (401 twice), or a token that has no
/// replacement (401 once).
pub const VANTA_ERR_UNAUTHORIZED: vanta_status = -72;
/// The access token does not allow this request (403).
pub const VANTA_ERR_FORBIDDEN: vanta_status = -73;
/// A new access token is needed, and this client may not request one.
pub const VANTA_ERR_TOKEN_REQUEST_NOT_ALLOWED: vanta_status = -74;
/// The jobs of this application have used up their own limit of token requests a minute. See
/// vanta_config_set_token_requests_per_minute().
pub const VANTA_ERR_TOKEN_RATE_LIMIT_REACHED: vanta_status = -75;
/// The token store cannot be reached or failed. See vanta_config_set_on_store_unavailable().
pub const VANTA_ERR_STORE_UNAVAILABLE: vanta_status = -76;
/// Another process held the lock of the token store until the deadline.
pub const VANTA_ERR_STORE_LOCKED: vanta_status = -77;
/// Another program requests access tokens for this application, which revokes the library's.
pub const VANTA_ERR_CONTENTION: vanta_status = -78;
// -- Responses to a push, a list or an upload

/// Vanta rejected the records. vanta_error_violations() lists those that the response names.
pub const VANTA_ERR_RECORDS_REJECTED: vanta_status = -80;
/// The kind or the resource id is not declared in the console, or the origin's path is wrong (404).
pub const VANTA_ERR_NOT_FOUND: vanta_status = -81;
/// The server finds the request body too large (413).
pub const VANTA_ERR_SERVER_TOO_LARGE: vanta_status = -82;
/// The server rejected the request by its rate limit: 20 a minute for each application (429).
pub const VANTA_ERR_RATE_LIMITED: vanta_status = -83;
/// The server failed or timed out (408 or 5xx).
pub const VANTA_ERR_UNAVAILABLE: vanta_status = -84;
/// The response has an HTTP status without a meaning here.
pub const VANTA_ERR_UNEXPECTED_STATUS: vanta_status = -85;
/// The response to a list request is malformed or incomplete.
pub const VANTA_ERR_INVALID_RESPONSE: vanta_status = -86;
/// The live records differ from the body, or cannot be compared with it. vanta_error_violations()
/// lists the differences.
pub const VANTA_ERR_NOT_VERIFIED: vanta_status = -87;
// -- The library and the machine

/// The library has a defect.
pub const VANTA_ERR_INTERNAL: vanta_status = -100;
/// The machine has no thread, socket or memory left.
pub const VANTA_ERR_OUT_OF_RESOURCES: vanta_status = -101;

/// What to do about a status code: one of the VANTA_ACTION_ numbers.
pub type vanta_action = i32;

// -- What to do about a status

/// The call succeeded: nothing to do.
pub const VANTA_ACTION_NONE: vanta_action = 0;
/// Correct the program: it called the library wrongly.
pub const VANTA_ACTION_FIX_CALL: vanta_action = 1;
/// Correct the records. Nothing was changed at Vanta.
pub const VANTA_ACTION_FIX_RECORDS: vanta_action = 2;
/// Correct the configuration before the next run.
pub const VANTA_ACTION_FIX_CONFIG: vanta_action = 3;
/// Correct credentials or scope in the console: Vanta does not accept them.
pub const VANTA_ACTION_FIX_CREDENTIALS: vanta_action = 4;
/// Run the same call again later. This attempt changed nothing.
pub const VANTA_ACTION_RETRY_LATER: vanta_action = 5;
/// Verify, or push the same body again: the call may have taken effect. Look at the document before
/// repeating an upload, since each upload adds a version.
pub const VANTA_ACTION_VERIFY_OR_REPEAT: vanta_action = 6;
/// Stop: the caller cancelled the call.
pub const VANTA_ACTION_STOP: vanta_action = 7;
/// Report the error, with its request id: no caller can correct it.
pub const VANTA_ACTION_REPORT: vanta_action = 8;

/// In the order of their numbers, from 1.
const ACTIONS: [Action; 8] = [
    Action::FixCall,
    Action::FixRecords,
    Action::FixConfig,
    Action::FixCredentials,
    Action::RetryLater,
    Action::VerifyOrRepeat,
    Action::Stop,
    Action::Report,
];

fn kind(status: vanta_status) -> Option<ErrorKind> {
    ErrorKind::ALL.iter().copied().find(|kind| kind.code() == status)
}

/// Texts of all statuses, in the order of `ErrorKind::ALL`. A child of a fork waits for no thread
/// that it does not have.
type Texts = PerProcess<Vec<CString>>;

fn text_of(
    texts: &'static Texts,
    status: vanta_status,
    (ok, unknown): (&'static CStr, &'static CStr),
    text: fn(ErrorKind) -> String,
) -> *const c_char {
    let make = || ErrorKind::ALL.iter().map(|kind| c_text(&text(*kind))).collect();
    if status == VANTA_OK {
        return ok.as_ptr();
    }
    get(Some(&status), unknown.as_ptr(), |status| {
        let at = ErrorKind::ALL.iter().position(|kind| kind.code() == *status);
        at.and_then(|at| texts.get(make).get(at)).map_or(unknown.as_ptr(), |text| text.as_ptr())
    })
}

/// Returns the meaning of a status code in words. The text is valid until the process ends, never
/// NULL, for any number.
///
/// ```c
/// vanta_status status = vanta_config_use_environment(config);
/// if (status != VANTA_OK)
///     fprintf(stderr, "%s: %s\n", vanta_status_name(status), vanta_status_text(status));
/// ```
#[unsafe(no_mangle)]
pub extern "C" fn vanta_status_text(status: vanta_status) -> *const c_char {
    static TEXTS: Texts = PerProcess::new();
    text_of(&TEXTS, status, (c"done", c"an unknown status"), |kind| kind.words().to_owned())
}

/// Returns the name of a status code, such as "VANTA_ERR_TLS", or "" for a number that is no status
/// code. The text is valid until the process ends, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_status_name(status: vanta_status) -> *const c_char {
    static NAMES: Texts = PerProcess::new();
    text_of(&NAMES, status, (c"VANTA_OK", c""), c_name)
}

/// `InvalidUtf8` is `VANTA_ERR_INVALID_UTF8`.
fn c_name(kind: ErrorKind) -> String {
    let mut name = String::from("VANTA_ERR");
    for letter in kind.name().chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// Returns what to do about a status code: one of the VANTA_ACTION_ numbers, and
/// VANTA_ACTION_REPORT for a number that is no status code.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_status_action(status: vanta_status) -> vanta_action {
    let action = kind(status).map(ErrorKind::action);
    let at = ACTIONS.iter().position(|known| Some(*known) == action);
    match at.and_then(|at| vanta_action::try_from(at + 1).ok()) {
        Some(number) => number,
        None if status == VANTA_OK => VANTA_ACTION_NONE,
        None => VANTA_ACTION_REPORT,
    }
}

/// Returns the exit code of a job for an action: 0 for VANTA_ACTION_NONE, 64 for FIX_CALL, 65 for
/// FIX_RECORDS, 75 for RETRY_LATER, 76 for VERIFY_OR_REPEAT, 77 for FIX_CREDENTIALS, 78 for
/// FIX_CONFIG, 130 for STOP, and 70 for REPORT and any other number.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_action_exit_code(action: vanta_action) -> i32 {
    if action == VANTA_ACTION_NONE {
        return 0;
    }
    let at = usize::try_from(action).ok().and_then(|number| number.checked_sub(1));
    let action = at.and_then(|at| ACTIONS.get(at)).unwrap_or(&Action::Report);
    i32::from(action.exit_code())
}

// == Version

/// The major version of this header. 0 means that the ABI may still change.
pub const VANTA_VERSION_MAJOR: u32 = 0;
/// The minor version of this header. It grows when functions are added.
pub const VANTA_VERSION_MINOR: u32 = 1;
/// The patch version of this header. It grows when defects are corrected.
pub const VANTA_VERSION_PATCH: u32 = 0;
/// The version of this header as one number, for #if: major * 10000 + minor * 100 + patch.
pub const VANTA_VERSION_NUMBER: u32 = 100;

/// Returns the version of the loaded library, such as "0.1.0". The text is valid until the process
/// ends, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The version of the ABI: the number in the library's soname. It changes only when programs must
/// be compiled again.
pub const VANTA_ABI_VERSION: u32 = 0;

/// Returns the ABI version of the loaded library.
///
/// ```c
/// if (vanta_abi_version() != VANTA_ABI_VERSION)
///     fprintf(stderr, "compiled for another ABI than libvanta %s has\n", vanta_version());
/// ```
#[unsafe(no_mangle)]
pub extern "C" fn vanta_abi_version() -> u32 {
    VANTA_ABI_VERSION
}
