//! The verbs as C calls them.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};

use super::arguments::{required, text};
use super::body::vanta_body;
use super::change_plan::vanta_change_plan;
use super::config::vanta_config;
use super::error::vanta_error;
use super::guard::{guard_new, guard_out};
use super::handle::release;
use super::listing::vanta_listing;
use super::options::vanta_options;
use super::receipt::vanta_receipt;
use super::status::vanta_status;
use super::violations::vanta_violations;
use crate::error::{Error, ErrorKind, Result};
use crate::{Client, Kind, Upload, ValidationOptions};

// == Clients

/// A client of one application. Owned by the caller: free it with vanta_client_free(), when no
/// thread is inside a call. Any number of threads may use it at the same time. All clients of an
/// application in a process share one access token.
pub struct vanta_client {
    client: Client,
    /// Set for good when a call panicked, since the state that it left is unknown.
    poisoned: AtomicBool,
}

impl From<Client> for vanta_client {
    fn from(client: Client) -> vanta_client {
        vanta_client { client, poisoned: AtomicBool::new(false) }
    }
}

/// A client that a call uses; a panic of that call makes it unusable.
pub(super) struct LockedClient<'a>(&'a vanta_client);

pub(super) fn lock_client(client: Option<&vanta_client>) -> Result<LockedClient<'_>> {
    let client = required(client, "client")?;
    if client.poisoned.load(Ordering::SeqCst) {
        let words = "an earlier call of this client panicked: free it, and make a new one";
        return Err(Error::new(ErrorKind::Internal, words));
    }
    Ok(LockedClient(client))
}

impl Deref for LockedClient<'_> {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.0.client
    }
}

impl Drop for LockedClient<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.poisoned.store(true, Ordering::SeqCst);
        }
    }
}

/// Validates a configuration, copies it, and makes a client. Free it with vanta_client_free().
/// Nothing is sent, so wrong credentials are not noticed yet. Returns VANTA_OK, or a code from -20
/// to -29, such as VANTA_ERR_MISSING_CREDENTIALS. `error` may be NULL.
///
/// ```c
/// vanta_client *client = NULL;
/// vanta_error *error = NULL;
/// if (vanta_client_new(config, &client, &error) != VANTA_OK)
///     fprintf(stderr, "%s\n", vanta_error_message(error));
/// vanta_config_free(config);
/// vanta_client_free(client);
/// vanta_error_free(error);
/// ```
#[unsafe(no_mangle)]
pub extern "C" fn vanta_client_new(
    config: Option<&vanta_config>,
    client: Option<&mut MaybeUninit<Option<Box<vanta_client>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(client, error, || {
        let config = required(config, "config")?;
        Ok(Client::new(config.0.clone())?.into())
    })
}

/// Frees a client and wipes its client secret. The last client of an application in the process
/// wipes the access token too. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_client_free(client: Option<Box<vanta_client>>) {
    release(client);
}

// == Validation

/// Validates the records of a body against the schema of `kind` and the rules of `options`. Returns
/// VANTA_OK, or VANTA_ERR_INVALID_RECORDS with every violation in the error: see
/// vanta_error_violations() and vanta_error_warnings(). Sets `warnings` to the violations that are
/// warnings, and to NULL on failure: free it with vanta_violations_free(). Nothing is sent; it does
/// not block. `options`, `warnings` and `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_validate(
    kind: *const c_char,
    body: Option<&vanta_body>,
    options: Option<&vanta_options>,
    warnings: Option<&mut MaybeUninit<Option<Box<vanta_violations>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_out(warnings, error, || {
        let (kind, body) = (kind_of(kind)?, &required(body, "body")?.body);
        let usual = ValidationOptions::new();
        let report =
            body.validate(&kind, options.map_or(&usual, |options| options.push.checks()))?;
        let warnings = report.into_warnings();
        let warnings =
            warnings.map_err(|error| error.in_operation(format!("validating {kind}")))?;
        Ok(vanta_violations::from(warnings.as_slice()))
    })
}

fn kind_of(kind: *const c_char) -> Result<Kind> {
    text(kind, "kind")?.parse()
}

// == Change plans

/// Reads the remote state and compares it with a body. Nothing is changed. Free the plan with
/// vanta_change_plan_free(). Blocks until the plan is made or the deadline passes. Returns
/// VANTA_OK, VANTA_ERR_INVALID_RECORDS, or a network, token or response code. A push that the
/// deletion guard would reject is no error here: see vanta_change_plan_is_refused(). `options` and
/// `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_plan(
    client: Option<&vanta_client>,
    kind: *const c_char,
    body: Option<&vanta_body>,
    options: Option<&vanta_options>,
    plan: Option<&mut MaybeUninit<Option<Box<vanta_change_plan>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(plan, error, || {
        let locked = lock_client(client)?;
        let client = vanta_options::apply(options, &locked);
        let (kind, body) = (kind_of(kind)?, &required(body, "body")?.body);
        Ok(client.plan_with(&kind, body, &vanta_options::push_options(options))?.into())
    })
}

// == Pushes

/// Replaces all records of `kind` that Vanta holds for the body's resource with the body's records.
/// A record that is missing from the body is deleted.
///
/// Before the request is sent, every record is validated (VANTA_ERR_INVALID_RECORDS) and the
/// deletion guard reads the remote state: it rejects a body without records
/// (VANTA_ERR_EMPTY_PAYLOAD), and a push that would delete more than half of three or more live
/// records (VANTA_ERR_TOO_MANY_REMOVALS). The options of pushes set other limits.
///
/// Pushes of one resource from one process are sent one at a time, in the order of the calls.
/// Waiting for an earlier push counts against the call's own deadline.
///
/// Blocks until the response is read or the deadline passes. Temporary failures are retried with
/// backoff. Returns VANTA_OK only for a clear success response. VANTA_ERR_OUTCOME_UNKNOWN means
/// that the push may have taken effect: vanta_verify() settles it, and a push is idempotent, so
/// that the same body can safely be pushed again. After any other code but VANTA_ERR_INTERNAL
/// nothing was changed. vanta_status_action() says what to do.
///
/// Sets `receipt` to the proof of the push: free it with vanta_receipt_free(). `options`, `receipt`
/// and `error` may be NULL.
///
/// ```c
/// vanta_receipt *receipt = NULL;
/// vanta_error *error = NULL;
/// vanta_status status =
///     vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, NULL, &receipt, &error);
/// // Only a verify that succeeds settles it. Otherwise the outcome is still unknown.
/// if (status == VANTA_ERR_OUTCOME_UNKNOWN &&
///     vanta_verify(client, VANTA_KIND_USER_ACCOUNT, body, NULL, &receipt, NULL) == VANTA_OK)
///     status = VANTA_OK;
/// puts(status == VANTA_OK ? vanta_receipt_line(receipt) : vanta_error_message(error));
/// vanta_receipt_free(receipt);
/// vanta_error_free(error);
/// ```
#[unsafe(no_mangle)]
pub extern "C" fn vanta_push(
    client: Option<&vanta_client>,
    kind: *const c_char,
    body: Option<&vanta_body>,
    options: Option<&vanta_options>,
    receipt: Option<&mut MaybeUninit<Option<Box<vanta_receipt>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_out(receipt, error, || {
        let locked = lock_client(client)?;
        let client = vanta_options::apply(options, &locked);
        let (kind, body) = (kind_of(kind)?, &required(body, "body")?.body);
        Ok(client.push_with(&kind, body, &vanta_options::push_options(options))?.into())
    })
}

/// Reads the remote state and compares it with a body: the live records must be the body's, and
/// equal in every member that the body sets. It reads up to three times within some seconds, since
/// Vanta may show a push late. Blocks until the records are equal, the last read differs, or the
/// deadline passes.
///
/// Returns VANTA_OK, VANTA_ERR_NOT_VERIFIED with each record that is missing, unexpected or
/// different, or a network, token or response code. A member that the service returns on no row
/// counts as a difference, unless the last push of the resource is known to have been accepted with
/// the same bytes, by this process or by the audit file. Then vanta_receipt_not_comparable() lists
/// the member. Such members settle no unknown outcome; nor do members that an earlier push may have
/// set and the body does not (vanta_change_plan_is_empty() says which earlier pushes are known).
///
/// Sets `receipt` to the proof: free it with vanta_receipt_free(). `options`, `receipt` and `error`
/// may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_verify(
    client: Option<&vanta_client>,
    kind: *const c_char,
    body: Option<&vanta_body>,
    options: Option<&vanta_options>,
    receipt: Option<&mut MaybeUninit<Option<Box<vanta_receipt>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_out(receipt, error, || {
        let locked = lock_client(client)?;
        let client = vanta_options::apply(options, &locked);
        Ok(client.verify(&kind_of(kind)?, &required(body, "body")?.body)?.into())
    })
}

// == Documents

/// Uploads a file to a document, which is named by its id or slug. `effective_at_date` is a date
/// (YYYY-MM-DD), and `description` has at most 10,000 bytes. The token needs the scope
/// self:write-document, which vanta_config_set_scope() must name. Blocks until the response is read
/// or the deadline passes. A file that cannot be read is VANTA_ERR_UNREADABLE_FILE.
///
/// Each upload adds a version to the document, so uploads are not idempotent: the library does not
/// send one again whose outcome is unknown (VANTA_ERR_OUTCOME_UNKNOWN). Look at the document before
/// you repeat it.
///
/// Sets `receipt` to the proof: free it with vanta_receipt_free(). `effective_at_date`,
/// `description`, `options`, `receipt` and `error` may be NULL.
///
/// ```c
/// vanta_receipt *receipt = NULL;
/// vanta_status status = vanta_upload(client, "access-review", "review.pdf", "2026-01-31",
///                                    "Quarterly access review", NULL, &receipt, NULL);
/// if (status == VANTA_OK)
///     printf("uploaded as %s\n", vanta_receipt_upload_id(receipt));
/// vanta_receipt_free(receipt);
/// ```
#[unsafe(no_mangle)]
pub extern "C" fn vanta_upload(
    client: Option<&vanta_client>,
    document_id: *const c_char,
    path: *const c_char,
    effective_at_date: *const c_char,
    description: *const c_char,
    options: Option<&vanta_options>,
    receipt: Option<&mut MaybeUninit<Option<Box<vanta_receipt>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_out(receipt, error, || {
        let locked = lock_client(client)?;
        let client = vanta_options::apply(options, &locked);
        let mut upload = Upload::new(text(document_id, "document_id")?, text(path, "path")?);
        if !effective_at_date.is_null() {
            upload = upload.effective_at_date(text(effective_at_date, "effective_at_date")?);
        }
        if !description.is_null() {
            upload = upload.description(text(description, "description")?);
        }
        Ok(client.upload(&upload)?.into())
    })
}

// == Lists

/// Reads the records of `kind` that Vanta holds for a resource. Free the listing with
/// vanta_listing_free(). Blocks until the response is read or the deadline passes. Returns
/// VANTA_OK, VANTA_ERR_RESPONSE_TOO_LARGE for a response over vanta_config_set_list_cap(), or a
/// network, token or response code. `options` and `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_list(
    client: Option<&vanta_client>,
    kind: *const c_char,
    resource_id: *const c_char,
    options: Option<&vanta_options>,
    listing: Option<&mut MaybeUninit<Option<Box<vanta_listing>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(listing, error, || {
        let locked = lock_client(client)?;
        let client = vanta_options::apply(options, &locked);
        Ok(vanta_listing(client.list(&kind_of(kind)?, text(resource_id, "resource_id")?)?))
    })
}
