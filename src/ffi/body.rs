//! The full state of one resource, as C makes it: from text, from a file, field by field.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use super::error::vanta_error;
use super::guard::{bytes, guard_new, text};
use super::handle::{c_text, get, release};
use super::status::vanta_status;
use crate::Body;

/// The full state of one resource: a resource id and all its records, ready to be pushed, planned
/// or verified. Owned by the caller: free it with vanta_body_free(). It never changes, so any
/// number of threads may use it. It holds a copy of what it was made from.
pub struct vanta_body {
    pub(super) body: Body,
    resource_id: CString,
}

impl From<Body> for vanta_body {
    fn from(body: Body) -> vanta_body {
        vanta_body { resource_id: c_text(body.resource_id()), body }
    }
}

/// Reads a whole request body, {"resourceId": ..., "resources": [...]}, of `size` bytes of JSON.
/// `error` may be NULL. Nothing is sent.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_from_request(
    json: *const c_char,
    size: usize,
    body: Option<&mut MaybeUninit<Option<Box<vanta_body>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(body, error, || Ok(Body::from_request(bytes(json, size, "json")?)?.into()))
}

/// As vanta_body_from_request(), from a file.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_from_file(
    path: *const c_char,
    body: Option<&mut MaybeUninit<Option<Box<vanta_body>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(body, error, || Ok(Body::from_file(text(path, "path")?)?.into()))
}

/// Reads the JSON array of the records, of `size` bytes, for a resource id of the console's.
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

/// The resource id; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_resource_id(body: Option<&vanta_body>) -> *const c_char {
    get(body, c"".as_ptr(), |body| body.resource_id.as_ptr())
}

/// How many records it has. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_count(body: Option<&vanta_body>) -> usize {
    get(body, 0, |body| body.body.len())
}

/// How many bytes are sent. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_size(body: Option<&vanta_body>) -> usize {
    get(body, 0, |body| body.body.as_bytes().len())
}

/// Frees a body. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_body_free(body: Option<Box<vanta_body>>) {
    release(body);
}
