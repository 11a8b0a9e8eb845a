//! The proof of a push that was accepted, as C reads it.

use std::ffi::{CString, c_char};

use super::handle::{c_text, get, pointer, release};
use crate::Receipt;

/// Proof of a push that Vanta accepted. Owned by the caller: free it with vanta_receipt_free(). It
/// never changes, so any number of threads may read it. Texts live until it is freed.
pub struct vanta_receipt {
    receipt: Receipt,
    line: CString,
    resource_id: CString,
    request_id: Option<CString>,
}

impl From<Receipt> for vanta_receipt {
    fn from(receipt: Receipt) -> vanta_receipt {
        vanta_receipt {
            line: c_text(&receipt.to_string()),
            resource_id: c_text(&receipt.resource_id),
            request_id: receipt.request_id.as_deref().map(c_text),
            receipt,
        }
    }
}

/// The resource id that was pushed for; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_resource_id(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.resource_id.as_ptr())
}

/// How many records were pushed. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_records(receipt: Option<&vanta_receipt>) -> usize {
    get(receipt, 0, |receipt| receipt.receipt.records)
}

/// How many bytes the request's body had. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_bytes(receipt: Option<&vanta_receipt>) -> u64 {
    get(receipt, 0, |receipt| receipt.receipt.bytes)
}

/// How many requests it took; the last one was accepted. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_attempts(receipt: Option<&vanta_receipt>) -> u32 {
    get(receipt, 0, |receipt| receipt.receipt.attempts)
}

/// The HTTP status of the answer. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_http_status(receipt: Option<&vanta_receipt>) -> i32 {
    get(receipt, 0, |receipt| i32::from(receipt.receipt.status))
}

/// The request id that the server's front gave out; NULL when there is none.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_request_id(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |receipt| pointer(receipt.request_id.as_ref()))
}

/// The receipt on one line, for a log; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_line(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.line.as_ptr())
}

/// Frees a receipt. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_free(receipt: Option<Box<vanta_receipt>>) {
    release(receipt);
}
