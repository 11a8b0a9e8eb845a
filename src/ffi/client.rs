//! The verbs as C calls them.

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use zeroize::Zeroize;

use super::arguments::{bytes, required, text};
use super::body::vanta_body;
use super::buffer::Buffer;
use super::change_plan::vanta_change_plan;
use super::config::vanta_config;
use super::error::vanta_error;
use super::guard::{guard, guard_here, guard_new, guard_out};
use super::handle::{get, release};
use super::listing::vanta_listing;
use super::options::vanta_options;
use super::receipt::vanta_receipt;
use super::status::vanta_status;
use super::violations::vanta_violations;
use crate::error::{Error, ErrorKind, Result};
use crate::token::Need;
use crate::{Client, Kind, Token, Upload, ValidationOptions};

// == Clients

/// A client of one application. Owned by the caller: free it with vanta_client_free(), when no
/// thread is inside a call. Any number of threads may use it at the same time, and they share one
/// token.
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

/// Validates a configuration, of which it keeps a copy, and makes a client. Free it with
/// vanta_client_free(). Nothing is sent, so it does not tell whether Vanta knows the credentials.
/// What is wrong with it has a number from -20 to -29, such as VANTA_ERR_MISSING_CREDENTIALS.
/// `error` may be NULL.
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

/// Frees a client and wipes its secret, and with the last client of an application in the process
/// its token. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_client_free(client: Option<Box<vanta_client>>) {
    release(client);
}

// == Tokens

/// Copies a token, and a NUL, into `buffer` of `size` bytes: for an Authorization header of your
/// own. It lives longer than the margin. `needed` gets the size that it takes; a buffer that is too
/// small is left holding "" (VANTA_ERR_BUFFER_TOO_SMALL). With a NULL buffer of size 0 only the
/// size is told. Wipe the buffer with vanta_wipe(). Blocks when a new token must be asked for.
/// `options`, `needed` and `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_token(
    client: Option<&vanta_client>,
    options: Option<&vanta_options>,
    buffer: *mut c_char,
    size: usize,
    needed: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    token_out(client, options, Buffer::new(buffer, size, needed), error, Need::Usual)
}

/// As vanta_token(), for a token that lives at least so many seconds. Blocks when a new token must
/// be asked for. `options`, `needed` and `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_token_valid_for(
    client: Option<&vanta_client>,
    seconds: u64,
    options: Option<&vanta_options>,
    buffer: *mut c_char,
    size: usize,
    needed: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    let need = Need::AtLeast(Duration::from_secs(seconds));
    token_out(client, options, Buffer::new(buffer, size, needed), error, need)
}

fn token_out(
    client: Option<&vanta_client>,
    options: Option<&vanta_options>,
    mut buffer: Buffer<'_>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
    need: Need,
) -> vanta_status {
    guard_here(error, || {
        let client = lock_client(client)?;
        buffer.check()?;
        let mut fill = |token: &Token| buffer.fill(token.secret().expose());
        // One that is in hand needs no settings, and nobody's share in it.
        match client.lend_token(need, &mut fill) {
            Some(filled) => filled,
            None => fill(&vanta_options::apply(options, &client).token_for(need)?),
        }
    })
}

/// The number of the token that vanta_token() would copy without waiting, or 0 where it would have
/// to wait. A caller that keeps a copy with its number copies again only when the number changes.
/// No other token of the process has it. Does not block. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_token_serial(client: Option<&vanta_client>) -> u64 {
    get(client, 0, |client| {
        let client = lock_client(Some(client)).ok();
        client.and_then(|client| client.lend_token(Need::Usual, Token::serial)).unwrap_or(0)
    })
}

/// Tells that Vanta refused a token, of `size` bytes, with 401 in a request of your own: it is
/// given out no more. A token that was replaced meanwhile changes nothing.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_report_token_rejected(
    client: Option<&vanta_client>,
    token: *const c_char,
    size: usize,
) -> vanta_status {
    guard(None, || {
        let client = lock_client(client)?;
        let text = std::str::from_utf8(bytes(token, size, "token")?);
        // What is no text is no token of ours.
        text.iter().for_each(|token| client.report_token_rejected_text(token));
        Ok(())
    })
}

// == Validation

/// Validates the records of a body as those of `kind`, by the rules of `options`. All faults are in
/// the error (VANTA_ERR_INVALID_RECORDS). `warnings` gets what Vanta may refuse one day: free it
/// with vanta_violations_free(). Nothing is sent; does not block. `options`, `warnings` and `error`
/// may be NULL.
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
        let warnings = vanta_violations::from(report.warnings.as_slice());
        report.into_error().map_or(Ok(warnings), Err)
    })
}

fn kind_of(kind: *const c_char) -> Result<Kind> {
    text(kind, "kind")?.parse()
}

// == Change plans

/// Compares a body with what is live, and tells what pushing it would change. Nothing is written.
/// Free the plan with vanta_change_plan_free(). Records that break a rule are refused here too
/// (VANTA_ERR_INVALID_RECORDS); what the guard would refuse is no error, but
/// vanta_change_plan_is_refused(). Blocks. `options` and `error` may be NULL.
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

/// Replaces everything Vanta holds of `kind` for the body's resource with the body's records.
///
/// Before anything is sent, every record is checked (VANTA_ERR_INVALID_RECORDS), and what is live
/// is read: an empty set is refused (VANTA_ERR_EMPTY_PAYLOAD), and so is a push that would remove
/// more than half of three or more live records (VANTA_ERR_TOO_MANY_REMOVALS). The functions of
/// vanta_options set another measure.
///
/// Pushes of one resource from one process go out one at a time, in the order of the calls. A push
/// that waits for an earlier one does so within its own deadline.
///
/// VANTA_OK means that Vanta clearly said yes; VANTA_ERR_OUTCOME_UNKNOWN that it may or may not
/// have happened: vanta_verify() settles it, and pushing the same again does no harm. With anything
/// else, VANTA_ERR_INTERNAL apart, nothing was changed. vanta_status_action() says what to do.
///
/// `receipt` gets the proof of a yes: free it with vanta_receipt_free(). Blocks. `options`,
/// `receipt` and `error` may be NULL.
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

/// Reads back what is live, and compares it with a body: every record of the body must be there,
/// with what the body says of it, and no other. Looks three times within some seconds, should Vanta
/// show a push late. VANTA_ERR_NOT_VERIFIED names each record that is missing, too many or
/// different. It also names members that the service returns on no row, unless the last push of the
/// resource is known to have been accepted with the same bytes, by this process or by the audit
/// file. Then vanta_receipt_not_comparable() lists these members. An unknown outcome is not settled
/// by them, nor by members that an earlier push may have set and the body does not:
/// vanta_change_plan_is_empty() says which earlier pushes are known. `receipt` gets the proof: free
/// it with vanta_receipt_free(). Blocks. `options`, `receipt` and `error` may be NULL.
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

/// Uploads a file for a document, given by its id or slug, with a date (YYYY-MM-DD) and a
/// description of at most 10,000 bytes where they are given. Each upload that Vanta takes adds a
/// version to the document, so one whose outcome is unknown (VANTA_ERR_OUTCOME_UNKNOWN) is not sent
/// again: look at the document first. The token needs the scope self:write-document, which the
/// configuration must name.
/// `receipt` gets the proof: free it with vanta_receipt_free(). Blocks. `effective_at_date`,
/// `description`, `options`, `receipt` and `error` may be NULL.
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

/// Reads what Vanta holds of `kind` for a resource. Free the listing with vanta_listing_free(). An
/// answer over the cap is VANTA_ERR_RESPONSE_TOO_LARGE. Blocks. `options` and `error` may be NULL.
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

// == Tokens

/// Wipes `size` bytes of memory that held a secret, in a way that no compiler leaves out. With
/// NULL: nothing.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_wipe(memory: *mut c_void, size: usize) {
    if !memory.is_null() && size <= isize::MAX as usize {
        // SAFETY: not null, no larger than an object may be, and the header asks for that many
        // writable bytes.
        unsafe { std::slice::from_raw_parts_mut(memory.cast::<u8>(), size) }.zeroize();
    }
}
