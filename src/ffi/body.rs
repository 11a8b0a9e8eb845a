//! The full state of one resource, as C makes it: from text, from a file, field by field.

use std::ffi::{CString, c_char, c_void};
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::arguments::{bytes, required, text};
use super::error::vanta_error;
use super::guard::guard_new;
use super::handle::{c_text, get, release};
use super::listing::vanta_listing;
use super::status::vanta_status;
use crate::Body;
use crate::error::{Error, ErrorKind, Result};

// == Bodies

/// The full state of one resource: a resource id and all its records, ready to be pushed, planned
/// or verified. Owned by the caller: free it with vanta_body_free(). It holds a copy of what it was
/// made from. It never changes, so any number of threads may use it.
///
/// The functions that make a body send nothing. They return VANTA_OK; VANTA_ERR_INVALID_PAYLOAD for
/// malformed JSON; VANTA_ERR_INVALID_ARGUMENT for a malformed resource id;
/// VANTA_ERR_INVALID_UNIQUE_ID or VANTA_ERR_DUPLICATE_UNIQUE_ID for a uniqueId that is missing,
/// blank or repeated; and VANTA_ERR_PAYLOAD_TOO_LARGE for more than 10,485,760 bytes.
///
/// ```c
/// vanta_body *body = NULL;
/// vanta_error *error = NULL;
/// if (vanta_body_from_file("accounts.json", &body, &error) != VANTA_OK)
///     fprintf(stderr, "%s\n", vanta_error_message(error));
/// else
///     printf("%lu records, %lu bytes\n", (unsigned long)vanta_body_record_count(body),
///            (unsigned long)vanta_body_byte_len(body));
/// vanta_error_free(error);
/// vanta_body_free(body);
/// ```
pub struct vanta_body {
    pub(super) body: Body,
    resource_id: CString,
}

impl From<Body> for vanta_body {
    fn from(body: Body) -> vanta_body {
        vanta_body { resource_id: c_text(body.resource_id()), body }
    }
}

/// Makes a body from a whole request body, {"resourceId": ..., "resources": [...]}, of `size` bytes
/// of JSON. Free it with vanta_body_free(). `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_from_request(
    json: *const c_char,
    size: usize,
    body: Option<&mut MaybeUninit<Option<Box<vanta_body>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(body, error, || Ok(Body::from_request(bytes(json, size, "json")?)?.into()))
}

/// Makes a body from a file that holds a whole request body; see vanta_body_from_request(). Free it
/// with vanta_body_free(). A file that cannot be read is VANTA_ERR_UNREADABLE_FILE. `error` may be
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_from_file(
    path: *const c_char,
    body: Option<&mut MaybeUninit<Option<Box<vanta_body>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(body, error, || Ok(Body::from_file(text(path, "path")?)?.into()))
}

/// Makes a body from a resource id and the JSON array of the records, of `size` bytes. Free it with
/// vanta_body_free(). `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_from_json_array(
    resource_id: *const c_char,
    json: *const c_char,
    size: usize,
    body: Option<&mut MaybeUninit<Option<Box<vanta_body>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(body, error, || {
        let resource_id = text(resource_id, "resource_id")?;
        Ok(Body::from_json_array(resource_id, bytes(json, size, "json")?)?.into())
    })
}

/// Makes a body from a resource id and newline-delimited JSON (NDJSON), of `size` bytes: one record
/// on each line. Free it with vanta_body_free(). `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_from_ndjson(
    resource_id: *const c_char,
    lines: *const c_char,
    size: usize,
    body: Option<&mut MaybeUninit<Option<Box<vanta_body>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(body, error, || {
        let resource_id = text(resource_id, "resource_id")?;
        Ok(Body::from_ndjson(resource_id, bytes(lines, size, "lines")?)?.into())
    })
}

/// Makes a body from a resource id and a file of newline-delimited JSON; see
/// vanta_body_from_ndjson(). Free it with vanta_body_free(). A file that cannot be read is
/// VANTA_ERR_UNREADABLE_FILE. `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_from_ndjson_file(
    resource_id: *const c_char,
    path: *const c_char,
    body: Option<&mut MaybeUninit<Option<Box<vanta_body>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(body, error, || {
        let resource_id = text(resource_id, "resource_id")?;
        Ok(Body::from_ndjson_file(resource_id, text(path, "path")?)?.into())
    })
}

/// Writes at most `size` bytes of the input to `buffer` and returns how many; 0 at the end of the
/// input, and -1 on failure. It must not throw or longjmp.
pub type vanta_read_callback =
    Option<extern "C" fn(buffer: *mut c_char, size: usize, user_data: *mut c_void) -> isize>;

/// Makes a body from a whole request body that `callback` reads, which is called with `user_data`
/// until the end of the input. Free it with vanta_body_free(). A callback that fails is
/// VANTA_ERR_UNREADABLE_FILE, and no body is made. `user_data` and `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_from_reader(
    callback: vanta_read_callback,
    user_data: *mut c_void,
    body: Option<&mut MaybeUninit<Option<Box<vanta_body>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(body, error, || {
        Ok(Body::from_reader(Reader { read: required(callback, "callback")?, user_data })?.into())
    })
}

/// Makes a body from a resource id and newline-delimited JSON that `callback` reads; see
/// vanta_body_from_reader(). Free it with vanta_body_free(). `user_data` and `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_from_ndjson_reader(
    resource_id: *const c_char,
    callback: vanta_read_callback,
    user_data: *mut c_void,
    body: Option<&mut MaybeUninit<Option<Box<vanta_body>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(body, error, || {
        let resource_id = text(resource_id, "resource_id")?;
        let reader = Reader { read: required(callback, "callback")?, user_data };
        Ok(Body::from_ndjson_reader(resource_id, reader)?.into())
    })
}

/// Makes a body from another and its leavers: the live accounts of `listing` that are missing in
/// `body`. Free it with vanta_body_free(); `body` and `listing` do not change, and may be freed
/// afterwards. Nothing is sent.
///
/// A leaver is added as the listing shows it, with the status DEACTIVATED, and with `now_unix_ms`,
/// the milliseconds since 1970, as its deactivatedTimestamp. A leaver that the listing shows as
/// DEACTIVATED already keeps its timestamp, and is left out from `keep_for_seconds` after it on:
/// the push then deletes it. Members that only the service adds, and optional ones that are null,
/// are left out. Soft-deleted rows are no leavers. A push counts each account that it deactivates
/// as a deletion, for the deletion guard. Only the new body knows its leavers: one that is made
/// from its text does not.
///
/// VANTA_ERR_INVALID_ARGUMENT: the listing is of another kind than VANTA_KIND_USER_ACCOUNT or of
/// another resource than the body, the time has a year outside 0001 to 9999, or the records of the
/// body have custom properties and the service shows them on no row. VANTA_ERR_INVALID_UNIQUE_ID:
/// the id of a live row is blank. A list that is not complete is an error of vanta_list() already.
/// `error` may be NULL.
///
/// ```c
/// vanta_listing *listing = NULL;
/// vanta_body *whole = NULL;
/// vanta_list(client, VANTA_KIND_USER_ACCOUNT, vanta_body_resource_id(body), NULL, &listing,
///            NULL);
/// vanta_body_with_leavers(body, listing, 90 * 24 * 60 * 60, (int64_t)time(NULL) * 1000, &whole,
///                         NULL);
/// vanta_push(client, VANTA_KIND_USER_ACCOUNT, whole, NULL, NULL, NULL);
/// vanta_body_free(whole);
/// vanta_listing_free(listing);
/// ```
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_with_leavers(
    body: Option<&vanta_body>,
    listing: Option<&vanta_listing>,
    keep_for_seconds: u64,
    now_unix_ms: i64,
    with_leavers: Option<&mut MaybeUninit<Option<Box<vanta_body>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(with_leavers, error, || {
        let body = &required(body, "body")?.body;
        let listing = &required(listing, "listing")?.0;
        let keep_for = Duration::from_secs(keep_for_seconds);
        Ok(body.with_leavers(listing, keep_for, time_of(now_unix_ms)?)?.into())
    })
}

fn time_of(unix_ms: i64) -> Result<SystemTime> {
    let from_epoch = Duration::from_millis(unix_ms.unsigned_abs());
    let time = match unix_ms {
        0.. => UNIX_EPOCH.checked_add(from_epoch),
        _ => UNIX_EPOCH.checked_sub(from_epoch),
    };
    let words = || format!("now_unix_ms {unix_ms} is a time that the system does not have");
    time.ok_or_else(|| Error::new(ErrorKind::InvalidArgument, words()))
}

/// A reader of the program's.
struct Reader {
    read: extern "C" fn(*mut c_char, usize, *mut c_void) -> isize,
    user_data: *mut c_void,
}

impl Read for Reader {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = (self.read)(room.as_mut_ptr().cast(), room.len(), self.user_data);
        match usize::try_from(read) {
            Ok(read) if read <= room.len() => Ok(read),
            Ok(_) => {
                Err(io::Error::other("the callback says that it wrote more than there is room"))
            }
            Err(_) => Err(io::Error::other("the callback says that it failed")),
        }
    }
}

/// Returns the resource id; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_resource_id(body: Option<&vanta_body>) -> *const c_char {
    get(body, c"".as_ptr(), |body| body.resource_id.as_ptr())
}

/// Returns the number of records. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_record_count(body: Option<&vanta_body>) -> usize {
    get(body, 0, |body| body.body.record_count())
}

/// Returns the size of the request body, in bytes. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_byte_len(body: Option<&vanta_body>) -> usize {
    get(body, 0, |body| body.body.byte_len())
}

/// Frees a body. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_free(body: Option<Box<vanta_body>>) {
    release(body);
}
