//! What Vanta holds, as C reads it: row by row, or as one JSON text.

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;

use super::arguments::required;
use super::buffer::Buffer;
use super::error::vanta_error;
use super::guard::guard;
use super::handle::{c_text, get, release};
use super::status::vanta_status;
use crate::error::{Error, ErrorKind};
use crate::{Listing, Row};

// == Lists

/// The rows of a list response. Owned by the caller: free it with vanta_listing_free(). It never
/// changes, so any number of threads may read it.
///
/// ```c
/// vanta_listing *listing = NULL;
/// vanta_status status = vanta_list(client, VANTA_KIND_USER_ACCOUNT, "66f0c0ffee0000000000a001",
///                                  NULL, &listing, NULL);
/// for (size_t i = 0; status == VANTA_OK && i < vanta_listing_count(listing); i++) {
///     size_t size;
///     const char *row = vanta_listing_row(listing, i, &size);
///     if (!vanta_listing_row_is_deleted(listing, i))
///         printf("%.*s\n", (int)size, row);
/// }
/// vanta_listing_free(listing);
/// ```
pub struct vanta_listing(pub(super) Listing);

/// Receives a row as NUL-terminated JSON, its size in bytes, whether it is soft-deleted (1 or 0),
/// and `user_data`. The text is valid during the call only. Return 0 to continue, any other number
/// to stop. It must not throw or longjmp.
pub type vanta_row_callback = Option<
    extern "C" fn(row: *const c_char, size: usize, deleted: i32, user_data: *mut c_void) -> i32,
>;

/// Returns the number of rows, soft-deleted ones included. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_listing_count(listing: Option<&vanta_listing>) -> usize {
    get(listing, 0, |listing| listing.0.rows().len())
}

/// Returns the number of live rows. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_listing_live_count(listing: Option<&vanta_listing>) -> usize {
    get(listing, 0, |listing| listing.0.live().count())
}

/// Copies all rows as a JSON array, and a NUL, to `buffer`, of `size` bytes. Sets `needed` to the
/// size in bytes, with the NUL. With a NULL buffer of size 0 it only sets `needed`. Returns
/// VANTA_OK, or VANTA_ERR_BUFFER_TOO_SMALL with `buffer` set to "". `needed` and `error` may be
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_listing_json(
    listing: Option<&vanta_listing>,
    buffer: *mut c_char,
    size: usize,
    needed: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    let mut buffer = Buffer::new(buffer, size, needed);
    guard(error, || {
        let listing = required(listing, "listing")?;
        buffer.check()?;
        let rows = listing.0.rows().iter().map(Row::as_json).collect();
        buffer.fill(&serde_json::Value::Array(rows).to_string())
    })
}

/// Calls `callback` with each row, in order. Returns VANTA_OK, or VANTA_ERR_CANCELLED when the
/// callback stops. `user_data` and `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_listing_each(
    listing: Option<&vanta_listing>,
    callback: vanta_row_callback,
    user_data: *mut c_void,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard(error, || {
        let listing = required(listing, "listing")?;
        let callback = required(callback, "callback")?;
        for row in listing.0.rows() {
            let text = c_text(&row.as_json().to_string());
            let deleted = i32::from(row.is_deleted());
            if callback(text.as_ptr(), text.as_bytes().len(), deleted, user_data) != 0 {
                return Err(Error::new(ErrorKind::Cancelled, "the callback stopped the listing"));
            }
        }
        Ok(())
    })
}

/// Returns a row as the JSON text of the response, and sets `size` to its length in bytes. The text
/// belongs to the listing and is not NUL-terminated. Past the last row it returns NULL and sets 0.
/// `size` may be NULL. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_listing_row(
    listing: Option<&vanta_listing>,
    index: usize,
    size: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    let row = get(row(listing, index), None, |row| Some(row.as_text()));
    if let Some(size) = size {
        size.write(row.map_or(0, str::len));
    }
    row.map_or(std::ptr::null(), |text| text.as_ptr().cast())
}

/// Returns 1 when a row is soft-deleted, 0 when it is live or past the last row. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_listing_row_is_deleted(
    listing: Option<&vanta_listing>,
    index: usize,
) -> i32 {
    get(row(listing, index), 0, |row| i32::from(row.is_deleted()))
}

fn row(listing: Option<&vanta_listing>, index: usize) -> Option<&Row> {
    listing?.0.rows().get(index)
}

/// Frees a listing. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_listing_free(listing: Option<Box<vanta_listing>>) {
    release(listing);
}
