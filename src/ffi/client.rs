//! The verbs as C calls them.

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;

use zeroize::Zeroize;

use super::body::vanta_body;
use super::call::vanta_call;
use super::error::vanta_error;
use super::guard::{Buffer, bytes, given, guard, guard_new, guard_out, text};
use super::handle::release;
use super::listing::vanta_listing;
use super::receipt::vanta_receipt;
use super::status::vanta_status;
use crate::error::Result;
use crate::{Client, Kind, Token};

/// A client of one application. Owned by the caller: free it with vanta_client_free(), when no
/// thread is inside a call. Any number of threads may use it at the same time, and they share one
/// token.
pub struct vanta_client(pub(super) Client);

/// Frees a client and wipes its secret, and with the last client of an application in the process
/// its token. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_client_free(client: Option<Box<vanta_client>>) {
    release(client);
}

/// Copies a token, and a NUL, into `buffer` of `size` bytes: for an Authorization header of your
/// own. It lives longer than the margin. `needed`, which may be NULL, gets the size that it takes;
/// a buffer that is too small is left holding "" (VANTA_BUFFER_TOO_SMALL). With a NULL buffer of
/// size 0 only the size is told. Blocks when a new token must be asked for. Wipe the buffer with
/// vanta_wipe(). `call` and `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_token(
    client: Option<&vanta_client>,
    call: Option<&vanta_call>,
    buffer: *mut c_char,
    size: usize,
    needed: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    token_out(client, call, Buffer::new(buffer, size, needed), error, Client::token)
}

/// As vanta_token(), for a token that lives at least so many seconds.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_token_valid_for(
    client: Option<&vanta_client>,
    seconds: u64,
    call: Option<&vanta_call>,
    buffer: *mut c_char,
    size: usize,
    needed: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    let get = |client: &Client| client.token_valid_for(seconds);
    token_out(client, call, Buffer::new(buffer, size, needed), error, get)
}

fn token_out(
    client: Option<&vanta_client>,
    call: Option<&vanta_call>,
    buffer: Buffer<'_>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
    get: impl FnOnce(&Client) -> Result<Token>,
) -> vanta_status {
    guard(error, || {
        let client = &given(client, "client")?.0;
        buffer.check()?;
        // Without settings there is nothing to clone, and a token from memory costs that much less.
        let token = match call {
            None => get(client)?,
            Some(_) => get(&vanta_call::apply(call, client))?,
        };
        buffer.fill(token.secret().expose())
    })
}

/// Tells that Vanta refused a token, of `size` bytes, with 401 in a request of your own: it is
/// given out no more. A token that was replaced meanwhile changes nothing.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_token_refused(
    client: Option<&vanta_client>,
    token: *const c_char,
    size: usize,
) -> vanta_status {
    guard(None, || {
        let client = given(client, "client")?;
        let text = std::str::from_utf8(bytes(token, size, "token")?);
        // What is no text is no token of ours.
        text.iter().for_each(|token| client.0.report_refused_text(token));
        Ok(())
    })
}

/// Replaces everything Vanta holds of `kind` for the body's resource with the body's records.
/// VANTA_OK means that Vanta clearly said yes; VANTA_OUTCOME_UNKNOWN that it may or may not have
/// happened; anything else that nothing was changed. `call`, `receipt` and `error` may be NULL.
/// Blocks.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_push(
    client: Option<&vanta_client>,
    kind: *const c_char,
    body: Option<&vanta_body>,
    call: Option<&vanta_call>,
    receipt: Option<&mut MaybeUninit<Option<Box<vanta_receipt>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_out(receipt, error, || {
        let client = vanta_call::apply(call, &given(client, "client")?.0);
        let kind: Kind = text(kind, "kind")?.parse()?;
        Ok(client.push(&kind, &given(body, "body")?.body)?.into())
    })
}

/// Reads what Vanta holds of `kind` for a resource. `call` and `error` may be NULL. Blocks.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_list(
    client: Option<&vanta_client>,
    kind: *const c_char,
    resource_id: *const c_char,
    call: Option<&vanta_call>,
    listing: Option<&mut MaybeUninit<Option<Box<vanta_listing>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(listing, error, || {
        let client = vanta_call::apply(call, &given(client, "client")?.0);
        let kind: Kind = text(kind, "kind")?.parse()?;
        Ok(vanta_listing(client.list(&kind, text(resource_id, "resource_id")?)?))
    })
}

/// Wipes memory that held a secret, in a way that no compiler leaves out. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_wipe(memory: *mut c_void, size: usize) {
    if !memory.is_null() && size <= isize::MAX as usize {
        // SAFETY: not null, no larger than an object may be, and the header asks for that many
        // writable bytes.
        unsafe { std::slice::from_raw_parts_mut(memory.cast::<u8>(), size) }.zeroize();
    }
}
