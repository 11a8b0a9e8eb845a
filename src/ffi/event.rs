//! What happens inside calls, as C is told of it.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use super::arguments::required;
use super::config::{change, vanta_config, vanta_destroy_callback};
use super::handle::c_text;
use super::status::vanta_status;
use crate::Event;

// == Events

/// Something that happened inside a call; one of the VANTA_EVENT_ numbers. Later versions may tell
/// of more.
pub type vanta_event = i32;

// -- Events

/// Something of a later version.
pub const VANTA_EVENT_OTHER: vanta_event = 0;
/// A token request succeeded, which revokes the token before.
pub const VANTA_EVENT_NEW_TOKEN: vanta_event = 1;
/// A token that another job asked for was taken from the store.
pub const VANTA_EVENT_TOKEN_FROM_STORE: vanta_event = 2;
/// The token answer does not say of what type the token is. A warning.
pub const VANTA_EVENT_TOKEN_TYPE_MISSING: vanta_event = 3;
/// The token store could not be used, or its record could not be read. A warning.
pub const VANTA_EVENT_STORE_FAILED: vanta_event = 4;
/// Tokens were revoked long before they expired: another program requests tokens. A warning.
pub const VANTA_EVENT_CONTENTION: vanta_event = 5;
/// A token that is hardly a second old was refused: it is tried once more after a moment.
pub const VANTA_EVENT_NEW_TOKEN_REJECTED: vanta_event = 6;
/// The server granted other scopes than were asked for. A warning.
pub const VANTA_EVENT_SCOPE_DIFFERS: vanta_event = 7;
/// A token could not be renewed, but the old one still lives and goes on being used. A warning.
pub const VANTA_EVENT_RENEWAL_FAILED: vanta_event = 8;
/// A request was refused with 401 and is sent once more with another token.
pub const VANTA_EVENT_TOKEN_REJECTED: vanta_event = 9;
/// The jobs of this application have made as many requests as a minute allows.
pub const VANTA_EVENT_RATE_LIMIT_REACHED: vanta_event = 10;
/// A request failed in a way that may pass, and is made again.
pub const VANTA_EVENT_RETRYING: vanta_event = 11;
/// Vanta said yes, and the receipt could not be written to the audit file. A warning.
pub const VANTA_EVENT_AUDIT_FAILED: vanta_event = 12;
/// Timestamps in the token store show that the clock of this machine, or of another that shares
/// the store, is wrong. Calls go on. A warning.
pub const VANTA_EVENT_CLOCK_SKEW: vanta_event = 13;

/// Is told what happens: which event, whether it is a warning (1 or 0), a line for a log, and the
/// caller's own pointer. The line lives for the call only, and holds no secret. It is called by the
/// threads that are inside calls, several at a time, and must not call the library, throw or jump
/// out.
pub type vanta_event_callback = Option<
    extern "C" fn(event: vanta_event, is_warning: i32, line: *const c_char, user_data: *mut c_void),
>;

/// Sets the callback for events inside calls. Default: none. `destroy` is called when neither the
/// configuration nor any client needs the two any more; not when this function fails. `user_data`
/// and `destroy` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_on_event(
    config: Option<&mut vanta_config>,
    callback: vanta_event_callback,
    user_data: *mut c_void,
    destroy: vanta_destroy_callback,
) -> vanta_status {
    change(config, |config| {
        let handler = Arc::new(EventCallback {
            callback: required(callback, "callback")?,
            user_data,
            destroy,
        });
        Ok(config.on_event(move |event| handler.handle(event)))
    })
}

/// A callback of the program's, and its pointer.
struct EventCallback {
    callback: extern "C" fn(vanta_event, i32, *const c_char, *mut c_void),
    user_data: *mut c_void,
    destroy: vanta_destroy_callback,
}

// SAFETY: the header asks for a callback that may be called by several threads, with this pointer.
unsafe impl Send for EventCallback {}
// SAFETY: as above.
unsafe impl Sync for EventCallback {}

impl EventCallback {
    fn handle(&self, event: &Event) {
        let line = c_text(&event.to_string());
        let is_warning = i32::from(event.is_warning());
        (self.callback)(number(event), is_warning, line.as_ptr(), self.user_data);
    }
}

impl Drop for EventCallback {
    fn drop(&mut self) {
        if let Some(destroy) = self.destroy {
            destroy(self.user_data);
        }
    }
}

fn number(event: &Event) -> vanta_event {
    match event {
        Event::NewToken { .. } => VANTA_EVENT_NEW_TOKEN,
        Event::TokenFromStore { .. } => VANTA_EVENT_TOKEN_FROM_STORE,
        Event::TokenTypeMissing => VANTA_EVENT_TOKEN_TYPE_MISSING,
        Event::StoreFailed { .. } => VANTA_EVENT_STORE_FAILED,
        Event::Contention { .. } => VANTA_EVENT_CONTENTION,
        Event::NewTokenRejected { .. } => VANTA_EVENT_NEW_TOKEN_REJECTED,
        Event::ScopeDiffers { .. } => VANTA_EVENT_SCOPE_DIFFERS,
        Event::RenewalFailed { .. } => VANTA_EVENT_RENEWAL_FAILED,
        Event::TokenRejected { .. } => VANTA_EVENT_TOKEN_REJECTED,
        Event::RateLimitReached { .. } => VANTA_EVENT_RATE_LIMIT_REACHED,
        Event::Retrying { .. } => VANTA_EVENT_RETRYING,
        Event::AuditFailed { .. } => VANTA_EVENT_AUDIT_FAILED,
        Event::ClockSkew { .. } => VANTA_EVENT_CLOCK_SKEW,
    }
}
