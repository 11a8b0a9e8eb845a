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

/// The rows of one resource. Owned by the caller: free it with vanta_listing_free(). It never
/// changes, so any number of threads may read it.
pub struct vanta_listing(pub(super) Listing);

/// Is called for each row with the row as JSON text, its size, whether it is soft-deleted (1 or 0),
/// and the caller's own pointer. The text lives for the call only. Return 0 to go on, anything else
/// to stop. It must not throw or jump out.
pub type vanta_row_callback = Option<
    extern "C" fn(row: *const c_char, size: usize, deleted: i32, user_data: *mut c_void) -> i32,
>;

/// How many rows there are, soft-deleted ones among them. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_listing_count(listing: Option<&vanta_listing>) -> usize {
    get(listing, 0, |listing| listing.0.rows().len())
}

/// How many rows are live. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_listing_live_count(listing: Option<&vanta_listing>) -> usize {
    get(listing, 0, |listing| listing.0.live().count())
}

/// Copies all rows as a JSON array and a NUL into `buffer`, of `size` bytes; `needed` gets the size
/// that it takes. With a NULL buffer of size 0 only the size is told. A buffer that is too small is
/// left holding "" (VANTA_ERR_BUFFER_TOO_SMALL). Nothing is sent. `needed` and `error` may be NULL.
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

/// Calls `callback` for each row, in order, with `user_data`; see vanta_row_callback. A callback
/// that stops makes this return VANTA_ERR_CANCELLED. Nothing is sent. `user_data` and `error` may
/// be NULL.
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

/// Returns a row as the JSON text that the server sent, and sets `size` to its length in bytes. The
/// text belongs to the listing and is not NUL-terminated. NULL and 0 past the last row. `size` may
/// be NULL. With NULL: NULL.
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
