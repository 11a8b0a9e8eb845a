//! The proof of what Vanta accepted, as C reads it.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use super::arguments::bytes;
use super::error::vanta_error;
use super::guard::guard_new;
use super::handle::{c_text, get, pointer, release};
use super::status::vanta_status;
use super::violations::vanta_violations;
use crate::{NotComparable, Receipt, ReceiptKind};

// == Receipts

// -- What a receipt proves

/// Nothing: there is no receipt, or a line of an audit file tells of an unknown outcome.
pub const VANTA_RECEIPT_NONE: i32 = 0;
/// Vanta clearly said yes to a push.
pub const VANTA_RECEIPT_PUSHED: i32 = 1;
/// What is live was read back, and is what the body says.
pub const VANTA_RECEIPT_VERIFIED: i32 = 2;
/// Vanta took a file for a document.
pub const VANTA_RECEIPT_UPLOADED: i32 = 3;

/// Proof of a push that Vanta accepted, of a body that was found live, or of an upload. Owned by
/// the caller: free it with vanta_receipt_free(). It never changes, so any number of threads may
/// read it. Texts live until it is freed.
pub struct vanta_receipt {
    receipt: Receipt,
    line: CString,
    json: CString,
    time: CString,
    resource_kind: CString,
    resource_id: CString,
    sha256: CString,
    request_id: Option<CString>,
    upload_id: Option<CString>,
    origin: Option<CString>,
    application: Option<CString>,
    not_comparable: vanta_not_comparable,
    warnings: vanta_violations,
}

impl From<Receipt> for vanta_receipt {
    fn from(receipt: Receipt) -> vanta_receipt {
        vanta_receipt {
            line: c_text(&receipt.to_string()),
            json: c_text(&receipt.to_json()),
            time: c_text(&receipt.time),
            resource_kind: c_text(receipt.resource_kind.as_str()),
            resource_id: c_text(&receipt.resource_id),
            sha256: c_text(&receipt.sha256),
            request_id: receipt.request_id.as_deref().map(c_text),
            upload_id: receipt.upload_id.as_deref().map(c_text),
            origin: receipt.origin.as_deref().map(c_text),
            application: receipt.application.as_deref().map(c_text),
            not_comparable: vanta_not_comparable::from(receipt.not_comparable.as_slice()),
            warnings: vanta_violations::from(receipt.warnings.as_slice()),
            receipt,
        }
    }
}

impl vanta_receipt {
    pub(super) fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}

/// Members that could not be compared, since the service returns them on no row. Borrowed from a
/// receipt or a plan: do not free it. It never changes, so any number of threads may read it. Texts
/// live as long as it.
pub struct vanta_not_comparable(Vec<(CString, usize)>);

impl From<&[NotComparable]> for vanta_not_comparable {
    fn from(members: &[NotComparable]) -> vanta_not_comparable {
        let member = |member: &NotComparable| (c_text(&member.pointer), member.records);
        vanta_not_comparable(members.iter().map(member).collect())
    }
}

/// Number of members. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_not_comparable_count(members: Option<&vanta_not_comparable>) -> usize {
    get(members, 0, |members| members.0.len())
}

/// JSON pointer of a member within a record; NULL past the last member. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_not_comparable_pointer(
    members: Option<&vanta_not_comparable>,
    number: usize,
) -> *const c_char {
    let pointer = |members: &vanta_not_comparable| {
        members.0.get(number).map_or(std::ptr::null(), |member| member.0.as_ptr())
    };
    get(members, std::ptr::null(), pointer)
}

/// Number of live records that were pushed with a member; 0 where an earlier push may have set it
/// and this body does not, and past the last member. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_not_comparable_records(
    members: Option<&vanta_not_comparable>,
    number: usize,
) -> usize {
    get(members, 0, |members| members.0.get(number).map_or(0, |member| member.1))
}

/// Reads a receipt from its line of JSON, of `size` bytes, as the audit file has it: to be a
/// baseline. Free it with vanta_receipt_free(). What is no receipt is VANTA_ERR_INVALID_ARGUMENT.
/// `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_from_json(
    json: *const c_char,
    size: usize,
    receipt: Option<&mut MaybeUninit<Option<Box<vanta_receipt>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(receipt, error, || {
        let line = String::from_utf8_lossy(bytes(json, size, "json")?);
        Ok(Receipt::from_json(&line)?.into())
    })
}

/// Returns what the receipt proves: a VANTA_RECEIPT_ number. With NULL: VANTA_RECEIPT_NONE.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_kind(receipt: Option<&vanta_receipt>) -> i32 {
    get(receipt, VANTA_RECEIPT_NONE, |receipt| match receipt.receipt.receipt_kind {
        ReceiptKind::Pushed => VANTA_RECEIPT_PUSHED,
        ReceiptKind::Verified => VANTA_RECEIPT_VERIFIED,
        ReceiptKind::Uploaded => VANTA_RECEIPT_UPLOADED,
        ReceiptKind::Unknown => VANTA_RECEIPT_NONE,
    })
}

/// When the answer came, by this machine's clock: RFC 3339, in UTC; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_time(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.time.as_ptr())
}

/// The kind that was pushed, "document" for an upload; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_resource_kind(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.resource_kind.as_ptr())
}

/// SHA-256 of the bytes that were sent, or of the file, in hexadecimal; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_sha256(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.sha256.as_ptr())
}

/// How many live records the push removed; -1 where the live records were not read. With NULL: -1.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_removed(receipt: Option<&vanta_receipt>) -> i64 {
    let removed = |receipt: &vanta_receipt| receipt.receipt.removed;
    get(receipt, None, removed).and_then(|removed| i64::try_from(removed).ok()).unwrap_or(-1)
}

/// The id that Vanta gave to an uploaded file; NULL for other receipts. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_upload_id(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |receipt| pointer(receipt.upload_id.as_ref()))
}

/// The origin of the service; NULL in a line of an older version. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_origin(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |receipt| pointer(receipt.origin.as_ref()))
}

/// The client id of the application; NULL where the client has a static token, whose application it
/// does not know. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_application(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |receipt| pointer(receipt.application.as_ref()))
}

/// Members that vanta_verify() could not compare: what Vanta holds for them is not proved. Borrowed
/// from the receipt: do not free it. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_not_comparable(
    receipt: Option<&vanta_receipt>,
) -> Option<&vanta_not_comparable> {
    get(receipt, None, |receipt| Some(&receipt.not_comparable))
}

/// The generation of the token that the last request carried. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_token_generation(receipt: Option<&vanta_receipt>) -> u64 {
    get(receipt, 0, |receipt| receipt.receipt.token_generation)
}

/// 1 when the receipt is in the audit file; 0 where there is none, or writing it failed. With NULL:
/// 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_is_audited(receipt: Option<&vanta_receipt>) -> i32 {
    get(receipt, 0, |receipt| i32::from(receipt.receipt.audited))
}

/// What Vanta may refuse one day; see vanta_options_set_rule(). Borrowed from the receipt: do not
/// free it. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_warnings(
    receipt: Option<&vanta_receipt>,
) -> Option<&vanta_violations> {
    get(receipt, None, |receipt| Some(&receipt.warnings))
}

/// The receipt as one line of JSON, as the audit file has it; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_json(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.json.as_ptr())
}

/// The resource id, or that of the document; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_resource_id(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.resource_id.as_ptr())
}

/// How many records there are. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_record_count(receipt: Option<&vanta_receipt>) -> usize {
    get(receipt, 0, |receipt| receipt.receipt.record_count)
}

/// How many bytes the request's body had; those of the file for an upload. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_byte_len(receipt: Option<&vanta_receipt>) -> u64 {
    get(receipt, 0, |receipt| receipt.receipt.byte_len)
}

/// How many requests the call made, in all its attempts: token requests, reads (of the deletion
/// guard too) and writes. The last one was accepted. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_attempts(receipt: Option<&vanta_receipt>) -> u32 {
    get(receipt, 0, |receipt| receipt.receipt.attempts)
}

/// The HTTP status of the answer. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_http_status(receipt: Option<&vanta_receipt>) -> i32 {
    get(receipt, 0, |receipt| i32::from(receipt.receipt.http_status))
}

/// The request id that the server's front gave out; NULL when there is none. With NULL: NULL.
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
