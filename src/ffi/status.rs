//! Status numbers as C sees them: those of the table of kinds, which a test compares.

use std::ffi::{CStr, CString, c_char};

use super::handle::{c_text, get};
use crate::fork::PerProcess;
use crate::{Action, ErrorKind};

// == Status codes

/// What a call came to: 0, or one of the negative numbers below. Numbers never change.
pub type vanta_status = i32;

/// Done, and sure of it.
pub const VANTA_OK: vanta_status = 0;
// -- The call is wrong

/// A kind's name, a resource id or another argument is malformed.
pub const VANTA_ERR_INVALID_ARGUMENT: vanta_status = -1;
/// A pointer that must not be NULL is. Only from C.
pub const VANTA_ERR_NULL_POINTER: vanta_status = -2;
/// The buffer is too small; the size that is needed was told. Only from C.
pub const VANTA_ERR_BUFFER_TOO_SMALL: vanta_status = -3;
/// A string is not valid UTF-8. Only from C.
pub const VANTA_ERR_INVALID_UTF8: vanta_status = -4;
/// A callback of the program's called the library, which waits for it.
pub const VANTA_ERR_REENTRANT: vanta_status = -5;
// -- The records are wrong

/// The payload is not what a push takes: broken JSON, a byte order mark, a wrong shape.
pub const VANTA_ERR_INVALID_PAYLOAD: vanta_status = -10;
/// The set of records is empty: pushing it would delete everything of the kind.
pub const VANTA_ERR_EMPTY_PAYLOAD: vanta_status = -11;
/// A record's uniqueId is missing, blank or not a string.
pub const VANTA_ERR_INVALID_UNIQUE_ID: vanta_status = -12;
/// Two records share a uniqueId.
pub const VANTA_ERR_DUPLICATE_UNIQUE_ID: vanta_status = -13;
/// The request body is larger than Vanta takes (10,485,760 bytes).
pub const VANTA_ERR_PAYLOAD_TOO_LARGE: vanta_status = -14;
/// Records break the schema of their kind, or a rule that was made an error:
/// vanta_error_violations() has every fault.
pub const VANTA_ERR_INVALID_RECORDS: vanta_status = -15;
/// The push would remove more of what is live than it may: see vanta_options_expect_removals().
pub const VANTA_ERR_TOO_MANY_REMOVALS: vanta_status = -16;
// -- The configuration is wrong

/// A setting is malformed, or two settings contradict each other.
pub const VANTA_ERR_INVALID_CONFIG: vanta_status = -20;
/// No client id or no client secret was given.
pub const VANTA_ERR_MISSING_CREDENTIALS: vanta_status = -21;
/// The origin is not https (or plain http to loopback, when that was switched on).
pub const VANTA_ERR_INSECURE_ORIGIN: vanta_status = -22;
/// A file named in the configuration, or what records are read from, cannot be read.
pub const VANTA_ERR_UNREADABLE_FILE: vanta_status = -23;
/// The token store must not be used as it is: see the message for what to fix.
pub const VANTA_ERR_UNUSABLE_STORE: vanta_status = -24;
/// A file named in the configuration cannot be written.
pub const VANTA_ERR_UNWRITABLE_FILE: vanta_status = -25;
/// The client secret callback returned an error; no token was requested.
pub const VANTA_ERR_SECRET_UNAVAILABLE: vanta_status = -26;
// -- On the way

/// The host name could not be resolved.
pub const VANTA_ERR_RESOLVE: vanta_status = -40;
/// No connection could be made.
pub const VANTA_ERR_CONNECT: vanta_status = -41;
/// A proxy refused a tunnel, asks for credentials, or is no HTTP proxy: Vanta was not reached.
pub const VANTA_ERR_PROXY_REFUSED: vanta_status = -42;
/// The TLS handshake failed: see the message for the certificate's fault.
pub const VANTA_ERR_TLS: vanta_status = -43;
/// The connection broke before the request was sent whole: it had no effect.
pub const VANTA_ERR_SEND: vanta_status = -44;
/// The connection broke while the answer was awaited or read.
pub const VANTA_ERR_RECEIVE: vanta_status = -45;
/// The deadline passed; nothing was changed at Vanta by this call.
pub const VANTA_ERR_DEADLINE_EXCEEDED: vanta_status = -46;
/// The caller cancelled; nothing was changed at Vanta by this call.
pub const VANTA_ERR_CANCELLED: vanta_status = -47;
/// The server answered with a redirect. They are never followed: credentials stay here.
pub const VANTA_ERR_REDIRECT_REFUSED: vanta_status = -48;
/// The answer is larger than the cap for it.
pub const VANTA_ERR_RESPONSE_TOO_LARGE: vanta_status = -49;
/// The request left, and no clear yes or no came back: it may or may not have taken effect.
pub const VANTA_ERR_OUTCOME_UNKNOWN: vanta_status = -50;
/// The response is not recognisably Vanta's: a gateway (firewall, proxy, CDN, captive portal)
/// responded, or the response is empty. It says nothing about token, scope and records.
pub const VANTA_ERR_GATEWAY_RESPONSE: vanta_status = -52;

// -- Tokens

/// Client id and secret are not accepted (invalid_client).
pub const VANTA_ERR_INVALID_CLIENT: vanta_status = -60;
/// A scope is not allowed for this application (invalid_scope).
pub const VANTA_ERR_INVALID_SCOPE: vanta_status = -61;
/// The token request is malformed in the server's eyes (invalid_request).
pub const VANTA_ERR_INVALID_TOKEN_REQUEST: vanta_status = -62;
/// The grant is not accepted (invalid_grant).
pub const VANTA_ERR_INVALID_GRANT: vanta_status = -63;
/// The application may not use client credentials (unauthorized_client).
pub const VANTA_ERR_UNAUTHORIZED_CLIENT: vanta_status = -64;
/// The server does not know client credentials (unsupported_grant_type).
pub const VANTA_ERR_UNSUPPORTED_GRANT_TYPE: vanta_status = -65;
/// Another OAuth error: vanta_error_oauth_error() has its code.
pub const VANTA_ERR_OTHER_TOKEN_REFUSAL: vanta_status = -66;
/// Too many token requests: Vanta allows 5 a minute for each application.
pub const VANTA_ERR_TOKEN_RATE_LIMITED: vanta_status = -67;
/// The token endpoint has trouble of its own (408 or 5xx).
pub const VANTA_ERR_TOKEN_UNAVAILABLE: vanta_status = -68;
/// The token request was sent, and no usable response came; the token before may be revoked.
pub const VANTA_ERR_TOKEN_RESPONSE_LOST: vanta_status = -69;
/// The token endpoint's answer is not what it should be.
pub const VANTA_ERR_INVALID_TOKEN_RESPONSE: vanta_status = -70;
/// The token is of a type other than Bearer.
pub const VANTA_ERR_UNSUPPORTED_TOKEN_TYPE: vanta_status = -71;
/// A token was refused, and so was the next one (401 twice; once where there is no next one).
pub const VANTA_ERR_UNAUTHORIZED: vanta_status = -72;
/// The token does not allow this call (403).
pub const VANTA_ERR_FORBIDDEN: vanta_status = -73;
/// A new token is needed, and this client must not ask for one.
pub const VANTA_ERR_TOKEN_REQUEST_NOT_ALLOWED: vanta_status = -74;
/// The jobs of this application have made as many token requests as a minute allows.
pub const VANTA_ERR_TOKEN_BUDGET_EXHAUSTED: vanta_status = -75;
/// The token store cannot be reached or fails, and the policy is to do nothing without it.
pub const VANTA_ERR_STORE_UNAVAILABLE: vanta_status = -76;
/// Another process held the token store's lock for as long as the call could wait.
pub const VANTA_ERR_STORE_LOCKED: vanta_status = -77;
/// Another program requests tokens for this application, which revokes ours.
pub const VANTA_ERR_CONTENTION: vanta_status = -78;
// -- Answers to a push, a list or an upload

/// Vanta refused the records: vanta_error_violations() says which.
pub const VANTA_ERR_RECORDS_REJECTED: vanta_status = -80;
/// The kind or the resource id is not declared in the console, or the path is wrong (404).
pub const VANTA_ERR_NOT_FOUND: vanta_status = -81;
/// The server finds the body too large (413).
pub const VANTA_ERR_SERVER_TOO_LARGE: vanta_status = -82;
/// Too many requests: Vanta allows 20 a minute for each application.
pub const VANTA_ERR_RATE_LIMITED: vanta_status = -83;
/// The server has trouble of its own (408 or 5xx).
pub const VANTA_ERR_UNAVAILABLE: vanta_status = -84;
/// The server answered with a status that has no meaning here.
pub const VANTA_ERR_UNEXPECTED_STATUS: vanta_status = -85;
/// The list that came back is not what a list should be.
pub const VANTA_ERR_INVALID_RESPONSE: vanta_status = -86;
/// What is live is not what was pushed, or cannot be compared with it: vanta_error_violations()
/// says where.
pub const VANTA_ERR_NOT_VERIFIED: vanta_status = -87;
// -- The library and the machine

/// A defect of this library.
pub const VANTA_ERR_INTERNAL: vanta_status = -100;
/// The machine refused a thread, a socket or memory.
pub const VANTA_ERR_OUT_OF_RESOURCES: vanta_status = -101;

/// What the caller should do about a status: one of the VANTA_ACTION_ numbers.
pub type vanta_action = i32;

// -- What to do about a status

/// Nothing: all is well.
pub const VANTA_ACTION_NONE: vanta_action = 0;
/// The call itself is wrong: correct the program.
pub const VANTA_ACTION_FIX_CALL: vanta_action = 1;
/// The records are wrong: correct the data. Nothing was changed at Vanta.
pub const VANTA_ACTION_FIX_RECORDS: vanta_action = 2;
/// The configuration is wrong: correct it before the next run.
pub const VANTA_ACTION_FIX_CONFIG: vanta_action = 3;
/// Vanta does not accept the credentials or the scope: correct them in the console.
pub const VANTA_ACTION_FIX_CREDENTIALS: vanta_action = 4;
/// Run the same again later; nothing was changed by this attempt.
pub const VANTA_ACTION_RETRY_LATER: vanta_action = 5;
/// It may or may not have taken effect: verify, or run the same push again. An upload adds a
/// version each time: look at the document first.
pub const VANTA_ACTION_VERIFY_OR_REPEAT: vanta_action = 6;
/// Nothing: the caller ended the call itself.
pub const VANTA_ACTION_STOP: vanta_action = 7;
/// An error that no caller can fix: report it, with the request id if there is one.
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

/// Returns what a status code means, in words: valid forever, never NULL, for any number.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_status_text(status: vanta_status) -> *const c_char {
    static TEXTS: Texts = PerProcess::new();
    text_of(&TEXTS, status, (c"done", c"an unknown status"), |kind| kind.words().to_owned())
}

/// Returns the name of a status code, such as "VANTA_ERR_TLS"; "" for a number
/// that is none. Valid forever, never NULL.
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

/// What to do about a status: one of the VANTA_ACTION_ numbers; for an unknown one, report it.
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

/// Returns the exit code of a job for an action: 0 for VANTA_ACTION_NONE, otherwise as in
/// sysexits.h where that has one. 64: correct the call. 65: correct the records. 70: report it. 75:
/// run the same again later. 76: verify, or run the same again. 77: correct the credentials. 78:
/// correct the configuration. 130: the call was cancelled. 70 for an unknown action.
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

/// The major version of this header: larger than 0 when it keeps what it promises for good.
pub const VANTA_VERSION_MAJOR: u32 = 0;
/// The minor version of this header: a larger one has more.
pub const VANTA_VERSION_MINOR: u32 = 1;
/// The patch version of this header: a larger one has fewer faults.
pub const VANTA_VERSION_PATCH: u32 = 0;
/// The three as one number, for #if: major * 10000 + minor * 100 + patch. vanta_version() tells
/// that of the library that is loaded.
pub const VANTA_VERSION_NUMBER: u32 = 100;

/// The version of the library, such as "0.1.0"; always valid, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The version of the ABI: the number in the library's soname. It changes only when a program
/// would have to be compiled again.
pub const VANTA_ABI_VERSION: u32 = 0;

/// The ABI version of the library that is loaded; compare it with VANTA_ABI_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_abi_version() -> u32 {
    VANTA_ABI_VERSION
}
