//! A client secret that a function of C returns.

use std::ffi::{CStr, c_char, c_void};

use zeroize::Zeroizing;

use super::arguments::required;
use super::config::{change, vanta_config, vanta_destroy_callback};
use super::status::vanta_status;
use crate::Secret;
use crate::error::Result;

// == Configuration

/// No secret is longer, with some room for white space around it.
const ROOM: usize = (16 << 10) + 64;

const REASON_ROOM: usize = 512;

/// Copies the client secret to `secret`, which has `room` bytes, sets `*size` to its length in
/// bytes, and returns 0. The library wipes the bytes. On failure it returns another number, and may
/// first write the reason to `reason`, as NUL-terminated UTF-8 of at most `reason_room` bytes. The
/// error quotes the reason, so it must not hold the secret. Threads inside calls run the callback,
/// several at a time. It must not call the library, throw or longjmp.
pub type vanta_secret_callback = Option<
    unsafe extern "C" fn(
        secret: *mut c_char,
        room: usize,
        size: *mut usize,
        reason: *mut c_char,
        reason_room: usize,
        user_data: *mut c_void,
    ) -> i32,
>;

type Callback =
    unsafe extern "C" fn(*mut c_char, usize, *mut usize, *mut c_char, usize, *mut c_void) -> i32;

/// Sets a callback that returns the client secret, for a vault. It is called for each token
/// request, never by vanta_client_new(), and no lock is held meanwhile. The deadline does not
/// interrupt it, so it needs a timeout of its own. When it fails, the call returns
/// VANTA_ERR_SECRET_UNAVAILABLE. `destroy` is called when neither the configuration nor any client
/// needs `user_data` any more; not when this function fails. Default: none. `user_data` and
/// `destroy` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_client_secret_callback(
    config: Option<&mut vanta_config>,
    callback: vanta_secret_callback,
    user_data: *mut c_void,
    destroy: vanta_destroy_callback,
) -> vanta_status {
    change(config, |config| {
        let callback = required(callback, "callback")?;
        let source = Source { callback, user_data, destroy };
        Ok(config.client_secret_callback(move || source.read()))
    })
}

/// A callback of the program's.
struct Source {
    callback: Callback,
    user_data: *mut c_void,
    destroy: vanta_destroy_callback,
}

// SAFETY: the header asks for a callback that may be called by several threads, with this pointer.
unsafe impl Send for Source {}
// SAFETY: as above.
unsafe impl Sync for Source {}

impl Source {
    fn read(&self) -> Result<Secret, String> {
        let mut secret = Zeroizing::new(vec![0_u8; ROOM]);
        let (mut size, mut reason) = (0, Zeroizing::new(vec![0_u8; REASON_ROOM]));
        let (start, words) = (secret.as_mut_ptr().cast(), reason.as_mut_ptr().cast());
        // SAFETY: the program's own function; it is told how many bytes it may write.
        let status =
            unsafe { (self.callback)(start, ROOM, &mut size, words, REASON_ROOM, self.user_data) };
        if status != 0 {
            return Err(failure(status, &reason));
        }
        let bytes = secret.get(..size).ok_or("the secret is larger than its room")?;
        let text = std::str::from_utf8(bytes).map_err(|_| "the secret is not valid UTF-8")?;
        Ok(Secret::new(text))
    }
}

/// The reason that the function wrote, or its number.
fn failure(status: i32, reason: &[u8]) -> String {
    let text = CStr::from_bytes_until_nul(reason).unwrap_or_default().to_string_lossy();
    match text.is_empty() {
        true => format!("it returned {status}"),
        false => text.into_owned(),
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if let Some(destroy) = self.destroy {
            destroy(self.user_data);
        }
    }
}
