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

/// The state of an application's access token in this process, without the token itself. Owned by
/// the caller: free it with vanta_snapshot_free(). It never changes, so any number of threads may
/// read it. Texts that getters return are valid until it is freed.
pub struct vanta_snapshot {
    snapshot: Snapshot,
    line: CString,
    store: CString,
    scope: Option<CString>,
    last_error: Option<CString>,
    store_error: Option<CString>,
}

/// A number in a snapshot: one of the VANTA_SNAPSHOT_ constants.
pub type vanta_snapshot_field = i32;

// -- Numbers of a snapshot

/// The number of the application's current access token, counted from 1; 0 when there was none yet.
pub const VANTA_SNAPSHOT_GENERATION: vanta_snapshot_field = 0;
/// Where the token came from: one of the VANTA_SOURCE_ numbers.
pub const VANTA_SNAPSHOT_SOURCE: vanta_snapshot_field = 1;
/// The token's lifetime left, in seconds; 0 when there is no token.
pub const VANTA_SNAPSHOT_SECONDS_LEFT: vanta_snapshot_field = 2;
/// 1 when the token response has no lifetime, and one hour is assumed; otherwise 0.
pub const VANTA_SNAPSHOT_LIFETIME_ASSUMED: vanta_snapshot_field = 3;
/// 1 when a later token request got no clear response, so that this token may be revoked; otherwise
/// 0.
pub const VANTA_SNAPSHOT_MAYBE_REVOKED: vanta_snapshot_field = 4;
/// How many calls used the cached token.
pub const VANTA_SNAPSHOT_CACHE_HITS: vanta_snapshot_field = 5;
/// How many calls waited for another thread's token request.
pub const VANTA_SNAPSHOT_WAITS: vanta_snapshot_field = 6;
/// How many tokens were read from the store.
pub const VANTA_SNAPSHOT_FROM_STORE: vanta_snapshot_field = 7;
/// How many token requests of this process succeeded.
pub const VANTA_SNAPSHOT_TOKEN_REQUESTS: vanta_snapshot_field = 8;
/// How many times the previous token was used because the renewal failed.
pub const VANTA_SNAPSHOT_RENEWAL_FAILURES: vanta_snapshot_field = 9;
/// How many times a token was rejected with 401.
pub const VANTA_SNAPSHOT_REJECTIONS: vanta_snapshot_field = 10;
/// Token requests of all jobs within the last minute, as of the last read of the store.
pub const VANTA_SNAPSHOT_REQUESTS_LAST_MINUTE: vanta_snapshot_field = 11;
/// Token requests that the rate limit still allows in this minute.
pub const VANTA_SNAPSHOT_REQUESTS_LEFT: vanta_snapshot_field = 12;
/// Tokens that were revoked long before they expired, within ten minutes; from 3 on it is
/// contention.
pub const VANTA_SNAPSHOT_REVOKED: vanta_snapshot_field = 13;
/// Why the last token was requested: one of the VANTA_REASON_ numbers; -1 when none was requested.
pub const VANTA_SNAPSHOT_LAST_REASON: vanta_snapshot_field = 14;
/// The status code of the last failure; 0 when there was none since the last success.
pub const VANTA_SNAPSHOT_LAST_ERROR_CODE: vanta_snapshot_field = 15;
/// The stage of the last failure: one of the VANTA_STAGE_ numbers; -1 when there was none.
pub const VANTA_SNAPSHOT_LAST_ERROR_STAGE: vanta_snapshot_field = 16;

// -- Where a token came from

/// There is no token.
pub const VANTA_SOURCE_NONE: i64 = 0;
/// This process requested the token.
pub const VANTA_SOURCE_REQUESTED: i64 = 1;
/// Another process requested the token, and it was read from the store.
pub const VANTA_SOURCE_STORE: i64 = 2;
/// The configuration has a static token.
pub const VANTA_SOURCE_STATIC: i64 = 3;

// -- Why a token was requested

/// There was no token.
pub const VANTA_REASON_NONE: i64 = 0;
/// The token had expired, or less lifetime left than the expiry margin.
pub const VANTA_REASON_EXPIRED: i64 = 1;
/// Vanta had rejected the token.
pub const VANTA_REASON_REJECTED: i64 = 2;
/// The token did not have all scopes that were needed.
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

/// Takes a snapshot of the state of the access token. Free it with vanta_snapshot_free(). Uses
/// neither network nor store. Returns VANTA_OK. `error` may be NULL.
///
/// ```c
/// vanta_snapshot *snapshot = NULL;
/// if (vanta_client_snapshot(client, &snapshot, NULL) == VANTA_OK)
///     printf("%ld token requests, %ld s left\n",
///            (long)vanta_snapshot_number(snapshot, VANTA_SNAPSHOT_TOKEN_REQUESTS),
///            (long)vanta_snapshot_number(snapshot, VANTA_SNAPSHOT_SECONDS_LEFT));
/// vanta_snapshot_free(snapshot);
/// ```
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

/// Returns a number of the snapshot, or -1 for an unknown field. With NULL: -1.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_number(
    snapshot: Option<&vanta_snapshot>,
    field: vanta_snapshot_field,
) -> i64 {
    get(snapshot, -1, |snapshot| number(&snapshot.snapshot, field))
}

/// Returns the snapshot on one line, for a log; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_line(snapshot: Option<&vanta_snapshot>) -> *const c_char {
    get(snapshot, c"".as_ptr(), |snapshot| snapshot.line.as_ptr())
}

/// Returns the name of the token store, "memory" when no store is shared; never NULL. With NULL:
/// "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_store(snapshot: Option<&vanta_snapshot>) -> *const c_char {
    get(snapshot, c"".as_ptr(), |snapshot| snapshot.store.as_ptr())
}

/// Returns the granted scopes, separated by spaces, or NULL when there is no token. With NULL:
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_scope(snapshot: Option<&vanta_snapshot>) -> *const c_char {
    get(snapshot, std::ptr::null(), |snapshot| pointer(snapshot.scope.as_ref()))
}

/// Returns the message of the last failure, or NULL when there was none since the last success.
/// With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_last_error(snapshot: Option<&vanta_snapshot>) -> *const c_char {
    get(snapshot, std::ptr::null(), |snapshot| pointer(snapshot.last_error.as_ref()))
}

/// Returns the last failure of the store and how it was handled, or NULL when the last use of the
/// store succeeded. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_store_error(snapshot: Option<&vanta_snapshot>) -> *const c_char {
    get(snapshot, std::ptr::null(), |snapshot| pointer(snapshot.store_error.as_ref()))
}

/// Frees a snapshot. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_snapshot_free(snapshot: Option<Box<vanta_snapshot>>) {
    release(snapshot);
}
