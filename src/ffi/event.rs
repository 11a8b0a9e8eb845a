//! What happens inside calls, as C is told of it.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use super::arguments::required;
use super::config::{change, vanta_config, vanta_destroy_callback};
use super::handle::c_text;
use super::status::vanta_status;
use crate::Event;

// == Events

/// Something that happened inside a call: one of the VANTA_EVENT_ numbers. Later versions may add
/// more.
pub type vanta_event = i32;

// -- Events

/// An event of a later version.
pub const VANTA_EVENT_OTHER: vanta_event = 0;
/// A token request succeeded. It revoked the previous access token.
pub const VANTA_EVENT_NEW_TOKEN: vanta_event = 1;
/// An access token that another job requested was read from the store.
pub const VANTA_EVENT_TOKEN_FROM_STORE: vanta_event = 2;
/// The token response has no token_type. A warning.
pub const VANTA_EVENT_TOKEN_TYPE_MISSING: vanta_event = 3;
/// The token store failed, or its record is malformed. A warning.
pub const VANTA_EVENT_STORE_FAILED: vanta_event = 4;
/// Access tokens were revoked long before they expired: another program requests tokens. A warning.
pub const VANTA_EVENT_CONTENTION: vanta_event = 5;
/// An access token was rejected within about a second of its issue. It is tried once more after a
/// moment.
pub const VANTA_EVENT_NEW_TOKEN_REJECTED: vanta_event = 6;
/// The server granted other scopes than were requested. A warning.
pub const VANTA_EVENT_SCOPE_DIFFERS: vanta_event = 7;
/// An access token could not be renewed; the previous one is still valid and is used. A warning.
pub const VANTA_EVENT_RENEWAL_FAILED: vanta_event = 8;
/// A request was rejected with 401 and is sent once more with another access token.
pub const VANTA_EVENT_TOKEN_REJECTED: vanta_event = 9;
/// The jobs of this application have reached the rate limit, of requests or of token requests. The
/// call waits.
pub const VANTA_EVENT_RATE_LIMIT_REACHED: vanta_event = 10;
/// A request or a token request failed temporarily and is sent again after a backoff.
pub const VANTA_EVENT_RETRYING: vanta_event = 11;
/// The call succeeded, and its receipt could not be written to the audit file. A warning.
pub const VANTA_EVENT_AUDIT_FAILED: vanta_event = 12;
/// Timestamps in the token store show that the clock of this machine, or of another that shares the
/// store, is wrong. Calls go on. A warning.
pub const VANTA_EVENT_CLOCK_SKEW: vanta_event = 13;

/// Receives an event, whether it is a warning (1 or 0), a line for a log, and `user_data`. The line
/// is valid during the call only, and holds no secret. Threads inside calls run the callback,
/// several at a time. It must not call the library, throw or longjmp.
pub type vanta_event_callback = Option<
    extern "C" fn(event: vanta_event, is_warning: i32, line: *const c_char, user_data: *mut c_void),
>;

/// Sets the callback for events. `destroy` is called when neither the configuration nor any client
/// needs `user_data` any more; not when this function fails. Default: none. `user_data` and
/// `destroy` may be NULL.
///
/// ```c
/// static void log_event(vanta_event event, int32_t is_warning, const char *line,
///                       void *user_data)
/// {
///     (void)event;
///     fprintf((FILE *)user_data, "vanta %s: %s\n", is_warning ? "warning" : "info", line);
/// }
///
/// static vanta_status log_events(vanta_config *config)
/// {
///     return vanta_config_on_event(config, log_event, stderr, NULL);
/// }
/// ```
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
