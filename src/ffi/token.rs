//! Access tokens for requests that a program makes itself.

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::time::Duration;

use zeroize::Zeroize;

use super::arguments::bytes;
use super::buffer::Buffer;
use super::client::{lock_client, vanta_client};
use super::error::vanta_error;
use super::guard::{guard, guard_here};
use super::handle::get;
use super::options::vanta_options;
use super::status::vanta_status;
use crate::Token;
use crate::token::Need;

// == Tokens

/// Copies an access token (a bearer token for an Authorization header field of your own) and a NUL
/// to `buffer`, of `size` bytes. The token's lifetime left is longer than the expiry margin. Sets
/// `needed` to the size in bytes, with the NUL. With a NULL buffer of size 0 it only sets `needed`.
/// Blocks until a cached or stored token is found, or a token request ends; a token request revokes
/// the previous token. Returns VANTA_OK, VANTA_ERR_BUFFER_TOO_SMALL with `buffer` set to "", or a
/// network or token code. Wipe the buffer with vanta_wipe(). `options`, `needed` and `error` may be
/// NULL.
///
/// ```c
/// char token[16385]; // the longest access token has 16,384 bytes
/// vanta_status status = vanta_token(client, NULL, token, sizeof token, NULL, NULL);
/// if (status == VANTA_OK)
///     printf("a token of %lu bytes\n", (unsigned long)strlen(token));
/// vanta_wipe(token, sizeof token);
/// ```
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

/// Copies an access token that is valid for at least `seconds` seconds; otherwise the same as
/// vanta_token(). Blocks until a cached or stored token is found, or a token request ends.
/// `options`, `needed` and `error` may be NULL.
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

/// Returns the serial number of the access token that vanta_token() would copy without waiting, or
/// 0 when it would have to wait. Each token of the process has its own number, so a caller that
/// keeps a copy of the token copies it again only when the number changes. Does not block. With
/// NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_token_serial(client: Option<&vanta_client>) -> u64 {
    get(client, 0, |client| {
        let client = lock_client(Some(client)).ok();
        client.and_then(|client| client.lend_token(Need::Usual, Token::serial)).unwrap_or(0)
    })
}

/// Reports that Vanta rejected an access token, of `size` bytes, with 401 in a request of your own.
/// The library does not return this token again. A token that was replaced meanwhile changes
/// nothing. Returns VANTA_OK.
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

/// Overwrites `size` bytes of memory that held a secret with zeros, in a way that a compiler cannot
/// remove. With NULL: nothing.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_wipe(memory: *mut c_void, size: usize) {
    if !memory.is_null() && size <= isize::MAX as usize {
        // SAFETY: not null, no larger than an object may be, and the header asks for that many
        // writable bytes.
        unsafe { std::slice::from_raw_parts_mut(memory.cast::<u8>(), size) }.zeroize();
    }
}
