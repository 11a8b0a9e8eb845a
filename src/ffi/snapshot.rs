//! The state of a token, as C reads it: numbers by their field, and a few texts.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use super::client::{lock_client, vanta_client};
use super::error::vanta_error;
use super::guard::guard_new;
use super::handle::{c_text, get, pointer, release};
use super::stage::stage;
use super::status::vanta_status;
use crate::{Reason, Snapshot, Source};

// == Snapshots of the token state

/// The state of an application's token in this process: never the token. Owned by the caller: free
/// it with vanta_snapshot_free(). It never changes, so any number of threads may read it.
pub struct vanta_snapshot {
    snapshot: Snapshot,
    line: CString,
    store: CString,
    scope: Option<CString>,
    last_error: Option<CString>,
    store_error: Option<CString>,
}

/// A number of a snapshot: one of the VANTA_SNAPSHOT_ constants.
pub type vanta_snapshot_field = i32;

// -- Numbers of a snapshot

/// Counts the tokens of the application, from 1; 0 when none was seen yet.
pub const VANTA_SNAPSHOT_GENERATION: vanta_snapshot_field = 0;
/// Where the token came from: a VANTA_SOURCE_ number.
pub const VANTA_SNAPSHOT_SOURCE: vanta_snapshot_field = 1;
/// Seconds that the token still lives; 0 when there is none.
pub const VANTA_SNAPSHOT_SECONDS_LEFT: vanta_snapshot_field = 2;
/// 1 when the server did not say how long the token lives, and an hour is assumed.
pub const VANTA_SNAPSHOT_LIFETIME_ASSUMED: vanta_snapshot_field = 3;
/// 1 when a later token request got no clear response: this token may be revoked.
pub const VANTA_SNAPSHOT_MAYBE_REVOKED: vanta_snapshot_field = 4;
/// Tokens given out from memory.
pub const VANTA_SNAPSHOT_CACHE_HITS: vanta_snapshot_field = 5;
/// Tokens given out after waiting for another thread's request.
pub const VANTA_SNAPSHOT_WAITS: vanta_snapshot_field = 6;
/// Tokens taken from the store.
pub const VANTA_SNAPSHOT_FROM_STORE: vanta_snapshot_field = 7;
/// Token requests of this process that brought a token.
pub const VANTA_SNAPSHOT_TOKEN_REQUESTS: vanta_snapshot_field = 8;
/// Times that the old token was given out because no new one could be had.
pub const VANTA_SNAPSHOT_RENEWAL_FAILURES: vanta_snapshot_field = 9;
/// Answers 401 that were reported of tokens.
pub const VANTA_SNAPSHOT_REJECTIONS: vanta_snapshot_field = 10;
/// Token requests within the last minute, of all jobs as far as the store was last seen.
pub const VANTA_SNAPSHOT_REQUESTS_LAST_MINUTE: vanta_snapshot_field = 11;
/// Token requests that this minute still allows.
pub const VANTA_SNAPSHOT_REQUESTS_LEFT: vanta_snapshot_field = 12;
/// Tokens killed long before their time within ten minutes; from 3 on it is contention.
pub const VANTA_SNAPSHOT_REVOKED: vanta_snapshot_field = 13;
/// Why the last token was asked for: a VANTA_REASON_ number; -1 when none was.
pub const VANTA_SNAPSHOT_LAST_REASON: vanta_snapshot_field = 14;
/// The status of the last failure; 0 when there was none since the last success.
pub const VANTA_SNAPSHOT_LAST_ERROR_CODE: vanta_snapshot_field = 15;
/// The step of the last failure: a VANTA_STAGE_ number; -1 when there was none.
pub const VANTA_SNAPSHOT_LAST_ERROR_STAGE: vanta_snapshot_field = 16;

// -- Where a token came from

/// There is no token.
pub const VANTA_SOURCE_NONE: i64 = 0;
/// This process asked for it.
pub const VANTA_SOURCE_REQUESTED: i64 = 1;
/// Another process asked for it; it was taken from the store.
pub const VANTA_SOURCE_STORE: i64 = 2;
/// The configuration gave it.
pub const VANTA_SOURCE_STATIC: i64 = 3;

// -- Why a token was asked for

/// There was no token.
pub const VANTA_REASON_NONE: i64 = 0;
/// The token had too little of its life left.
pub const VANTA_REASON_EXPIRED: i64 = 1;
/// Vanta had refused the token.
pub const VANTA_REASON_REJECTED: i64 = 2;
/// The token did not hold all scopes that were needed.
pub const VANTA_REASON_SCOPE: i64 = 3;

fn source(source: Source) -> i64 {
    match source {
        Source::None => VANTA_SOURCE_NONE,
        Source::Requested => VANTA_SOURCE_REQUESTED,
        Source::Store => VANTA_SOURCE_STORE,
        Source::Static => VANTA_SOURCE_STATIC,
    }
}

fn reason(reason: Reason) -> i64 {
    match reason {
        Reason::None => VANTA_REASON_NONE,
        Reason::Expired => VANTA_REASON_EXPIRED,
        Reason::Rejected => VANTA_REASON_REJECTED,
        Reason::Scope => VANTA_REASON_SCOPE,
    }
}

fn number(snapshot: &Snapshot, field: vanta_snapshot_field) -> i64 {
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    match field {
        VANTA_SNAPSHOT_GENERATION => whole(snapshot.generation),
        VANTA_SNAPSHOT_SOURCE => source(snapshot.source),
        VANTA_SNAPSHOT_SECONDS_LEFT => whole(snapshot.seconds_left),
        VANTA_SNAPSHOT_LIFETIME_ASSUMED => i64::from(snapshot.lifetime_assumed),
        VANTA_SNAPSHOT_MAYBE_REVOKED => i64::from(snapshot.maybe_revoked),
        VANTA_SNAPSHOT_CACHE_HITS => whole(snapshot.cache_hits),
        VANTA_SNAPSHOT_WAITS => whole(snapshot.waits),
        VANTA_SNAPSHOT_FROM_STORE => whole(snapshot.from_store),
        VANTA_SNAPSHOT_TOKEN_REQUESTS => whole(snapshot.token_requests),
        VANTA_SNAPSHOT_RENEWAL_FAILURES => whole(snapshot.renewal_failures),
        VANTA_SNAPSHOT_REJECTIONS => whole(snapshot.rejections),
        VANTA_SNAPSHOT_REQUESTS_LAST_MINUTE => i64::from(snapshot.requests_last_minute),
        VANTA_SNAPSHOT_REQUESTS_LEFT => i64::from(snapshot.requests_left),
        VANTA_SNAPSHOT_REVOKED => i64::from(snapshot.revoked),
        VANTA_SNAPSHOT_LAST_REASON => snapshot.last_reason.map_or(-1, reason),
        VANTA_SNAPSHOT_LAST_ERROR_CODE => {
            snapshot.last_error.as_ref().map_or(0, |error| i64::from(error.kind.code()))
        }
        VANTA_SNAPSHOT_LAST_ERROR_STAGE => {
            snapshot.last_error.as_ref().map_or(-1, |error| i64::from(stage(error.stage)))
        }
        _ => -1,
    }
}

/// Takes a snapshot. Free it with vanta_snapshot_free(). It neither waits for the network nor asks
/// the store. `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_client_snapshot(
    client: Option<&vanta_client>,
    snapshot: Option<&mut MaybeUninit<Option<Box<vanta_snapshot>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(snapshot, error, || {
        let snapshot = lock_client(client)?.snapshot();
        Ok(vanta_snapshot {
            line: c_text(&snapshot.to_string()),
            store: c_text(&snapshot.store),
            scope: snapshot.scope.as_deref().map(c_text),
            store_error: snapshot.store_error.as_deref().map(c_text),
            last_error: snapshot.last_error.as_ref().map(|error| c_text(&error.message)),
            snapshot,
        })
    })
}

/// A number of the snapshot; -1 for an unknown field. With NULL: -1.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_number(
    snapshot: Option<&vanta_snapshot>,
    field: vanta_snapshot_field,
) -> i64 {
    get(snapshot, -1, |snapshot| number(&snapshot.snapshot, field))
}

/// The snapshot on one line, for a log; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_line(snapshot: Option<&vanta_snapshot>) -> *const c_char {
    get(snapshot, c"".as_ptr(), |snapshot| snapshot.line.as_ptr())
}

/// The store, by its name; "memory" where there is none; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_store(snapshot: Option<&vanta_snapshot>) -> *const c_char {
    get(snapshot, c"".as_ptr(), |snapshot| snapshot.store.as_ptr())
}

/// The scopes that were granted, separated by spaces; NULL when there is no token. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_scope(snapshot: Option<&vanta_snapshot>) -> *const c_char {
    get(snapshot, std::ptr::null(), |snapshot| pointer(snapshot.scope.as_ref()))
}

/// The last failure in words; NULL when there was none since the last success. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_last_error(snapshot: Option<&vanta_snapshot>) -> *const c_char {
    get(snapshot, std::ptr::null(), |snapshot| pointer(snapshot.last_error.as_ref()))
}

/// What was last wrong with the store, and what was done about it; NULL when the last visit was
/// good. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_store_error(snapshot: Option<&vanta_snapshot>) -> *const c_char {
    get(snapshot, std::ptr::null(), |snapshot| pointer(snapshot.store_error.as_ref()))
}

/// Frees a snapshot. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_free(snapshot: Option<Box<vanta_snapshot>>) {
    release(snapshot);
}
