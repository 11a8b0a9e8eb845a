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

/// Nothing: there is no receipt, or a line of an audit file records an unknown outcome.
pub const VANTA_RECEIPT_NONE: i32 = 0;
/// Vanta accepted a push with a clear success response.
pub const VANTA_RECEIPT_PUSHED: i32 = 1;
/// The live records were read, and are equal to the body's.
pub const VANTA_RECEIPT_VERIFIED: i32 = 2;
/// Vanta accepted a file for a document.
pub const VANTA_RECEIPT_UPLOADED: i32 = 3;
/// Nothing was sent: a list showed the records of the body. Such a receipt is no baseline, and
/// settles no unknown outcome; see vanta_options_set_only_if_changed().
pub const VANTA_RECEIPT_UNCHANGED: i32 = 4;

/// The proof that Vanta accepted a push, that a body was verified, or that a file was uploaded; or
/// the record of a push that was not sent. Owned by the caller: free it with vanta_receipt_free().
/// It never changes, so any number of threads may read it. Texts that getters return are valid
/// until it is freed.
///
/// ```c
/// static void print_receipt(const vanta_receipt *receipt)
/// {
///     printf("%s: %lu records at %s, sha256 %s\n", vanta_receipt_resource_id(receipt),
///            (unsigned long)vanta_receipt_record_count(receipt), vanta_receipt_time(receipt),
///            vanta_receipt_sha256(receipt));
/// }
/// ```
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
/// that getters return are valid as long as it is.
pub struct vanta_not_comparable(Vec<(CString, usize)>);

impl From<&[NotComparable]> for vanta_not_comparable {
    fn from(members: &[NotComparable]) -> vanta_not_comparable {
        let member = |member: &NotComparable| (c_text(&member.pointer), member.records);
        vanta_not_comparable(members.iter().map(member).collect())
    }
}

/// Returns the number of members. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_not_comparable_count(members: Option<&vanta_not_comparable>) -> usize {
    get(members, 0, |members| members.0.len())
}

/// Returns the JSON pointer of a member within a record, or NULL past the last member. With NULL:
/// NULL.
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

/// Returns how many live records were pushed with a member: 0 when an earlier push may have set it
/// and this body does not, and past the last member. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_not_comparable_records(
    members: Option<&vanta_not_comparable>,
    number: usize,
) -> usize {
    get(members, 0, |members| members.0.get(number).map_or(0, |member| member.1))
}

/// Parses a receipt from its line of JSON, of `size` bytes, as in the audit file: for use as a
/// baseline. Free it with vanta_receipt_free(). Returns VANTA_OK, or VANTA_ERR_INVALID_ARGUMENT for
/// any other text. `error` may be NULL.
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

/// Returns what the receipt proves: one of the VANTA_RECEIPT_ numbers. With NULL:
/// VANTA_RECEIPT_NONE.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_kind(receipt: Option<&vanta_receipt>) -> i32 {
    get(receipt, VANTA_RECEIPT_NONE, |receipt| match receipt.receipt.receipt_kind {
        ReceiptKind::Pushed => VANTA_RECEIPT_PUSHED,
        ReceiptKind::Verified => VANTA_RECEIPT_VERIFIED,
        ReceiptKind::Uploaded => VANTA_RECEIPT_UPLOADED,
        ReceiptKind::Unknown => VANTA_RECEIPT_NONE,
        ReceiptKind::Unchanged => VANTA_RECEIPT_UNCHANGED,
    })
}

/// Returns when the response came, by this machine's clock, as an RFC 3339 timestamp in UTC; never
/// NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_time(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.time.as_ptr())
}

/// Returns the kind of the records, or "document" for an upload; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_resource_kind(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.resource_kind.as_ptr())
}

/// Returns the SHA-256 of the request body, or of the uploaded file, in hexadecimal; never NULL.
/// With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_sha256(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.sha256.as_ptr())
}

/// Returns how many live records the push deleted, or -1 when the live records were not read. With
/// NULL: -1.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_removed(receipt: Option<&vanta_receipt>) -> i64 {
    let removed = |receipt: &vanta_receipt| receipt.receipt.removed;
    get(receipt, None, removed).and_then(|removed| i64::try_from(removed).ok()).unwrap_or(-1)
}

/// Returns the id that Vanta gave to an uploaded file, or NULL for other receipts. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_upload_id(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |receipt| pointer(receipt.upload_id.as_ref()))
}

/// Returns the origin of the service, or NULL in a receipt of an older version. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_origin(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |receipt| pointer(receipt.origin.as_ref()))
}

/// Returns the client id of the application, or NULL for a client with a static token, whose
/// application is not known. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_application(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |receipt| pointer(receipt.application.as_ref()))
}

/// Returns the members that vanta_verify() could not compare: their values are not proved. Borrowed
/// from the receipt: do not free it. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_not_comparable(
    receipt: Option<&vanta_receipt>,
) -> Option<&vanta_not_comparable> {
    get(receipt, None, |receipt| Some(&receipt.not_comparable))
}

/// Returns the generation of the access token of the last request. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_token_generation(receipt: Option<&vanta_receipt>) -> u64 {
    get(receipt, 0, |receipt| receipt.receipt.token_generation)
}

/// Returns 1 when the receipt was written to the audit file, 0 when there is no such file or
/// writing failed. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_is_audited(receipt: Option<&vanta_receipt>) -> i32 {
    get(receipt, 0, |receipt| i32::from(receipt.receipt.audited))
}

/// Returns the violations that are warnings; see vanta_options_set_rule(). Borrowed from the
/// receipt: do not free it. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_warnings(
    receipt: Option<&vanta_receipt>,
) -> Option<&vanta_violations> {
    get(receipt, None, |receipt| Some(&receipt.warnings))
}

/// Returns the receipt as one line of JSON, as in the audit file; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_json(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.json.as_ptr())
}

/// Returns the resource id, or the document id of an upload; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_resource_id(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.resource_id.as_ptr())
}

/// Returns the number of records. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_record_count(receipt: Option<&vanta_receipt>) -> usize {
    get(receipt, 0, |receipt| receipt.receipt.record_count)
}

/// Returns the size of the request body, or of the uploaded file, in bytes. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_byte_len(receipt: Option<&vanta_receipt>) -> u64 {
    get(receipt, 0, |receipt| receipt.receipt.byte_len)
}

/// Returns how many requests the call made in all attempts: token requests, reads (those of the
/// deletion guard too) and writes. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_attempts(receipt: Option<&vanta_receipt>) -> u32 {
    get(receipt, 0, |receipt| receipt.receipt.attempts)
}

/// Returns the HTTP status code of the response. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_http_status(receipt: Option<&vanta_receipt>) -> i32 {
    get(receipt, 0, |receipt| i32::from(receipt.receipt.http_status))
}

/// Returns the request id of the response, or NULL when there is none. With NULL: NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_request_id(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |receipt| pointer(receipt.request_id.as_ref()))
}

/// Returns the receipt on one line, for a log; never NULL. With NULL: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_line(receipt: Option<&vanta_receipt>) -> *const c_char {
    get(receipt, c"".as_ptr(), |receipt| receipt.line.as_ptr())
}

/// Frees a receipt. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_receipt_free(receipt: Option<Box<vanta_receipt>>) {
    release(receipt);
}
