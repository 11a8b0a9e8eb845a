//! What one call may be told besides its arguments, and the switch that ends it.

use std::mem::MaybeUninit;
use std::time::Duration;

use super::arguments::required;
use super::guard::{guard, guard_new};
use super::handle::release;
use super::push_settings::Settings;
use super::status::vanta_status;
use crate::{Cancel, Client, PushOptions};

// == Settings of single calls

/// Settings of single calls: pass NULL instead for those of the client. Owned by the caller: free
/// it with vanta_call_free(). It may be used for many calls, by one thread at a time.
#[derive(Default)]
pub struct vanta_call {
    deadline: Option<Duration>,
    cancel: Option<Cancel>,
    pub(super) push: Settings,
}

impl vanta_call {
    /// The client as this call wants it.
    pub(super) fn apply(call: Option<&vanta_call>, client: &Client) -> Client {
        let mut client = client.clone();
        if let Some(deadline) = call.and_then(|call| call.deadline) {
            client = client.with_deadline(deadline);
        }
        if let Some(cancel) = call.and_then(|call| call.cancel.as_ref()) {
            client = client.with_cancel(cancel);
        }
        call.map_or(client.clone(), |call| call.push.watch(client))
    }

    /// How this call wants a push.
    pub(super) fn options(call: Option<&vanta_call>) -> PushOptions {
        call.map(|call| call.push.options()).unwrap_or_default()
    }
}

/// Makes settings that change nothing. Free them with vanta_call_free().
#[unsafe(no_mangle)]
pub extern "C" fn vanta_call_new(
    call: Option<&mut MaybeUninit<Option<Box<vanta_call>>>>,
) -> vanta_status {
    guard_new(call, None, || Ok(vanta_call::default()))
}

/// How long a call may take in all, in milliseconds; without it, as long as the client's calls. No
/// token request starts with less than 2 s left: a call with a shorter deadline succeeds only with
/// a cached or stored token.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_call_set_deadline_ms(
    call: Option<&mut vanta_call>,
    milliseconds: u64,
) -> vanta_status {
    guard(None, || {
        required(call, "call")?.deadline = Some(Duration::from_millis(milliseconds));
        Ok(())
    })
}

/// The switch that ends the call. The settings keep it alive: it may be freed before they are.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_call_set_cancel(
    call: Option<&mut vanta_call>,
    cancel: Option<&vanta_cancel>,
) -> vanta_status {
    guard(None, || {
        required(call, "call")?.cancel = Some(required(cancel, "cancel")?.0.clone());
        Ok(())
    })
}

/// Frees settings. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_call_free(call: Option<Box<vanta_call>>) {
    release(call);
}

// == Ending calls

/// A switch that ends calls. Owned by the caller: free it with vanta_cancel_free(), when no thread
/// and no signal handler will throw it any more. Any thread may throw it.
pub struct vanta_cancel(Cancel);

/// Makes a switch that is off. Free it with vanta_cancel_free().
#[unsafe(no_mangle)]
pub extern "C" fn vanta_cancel_new(
    cancel: Option<&mut MaybeUninit<Option<Box<vanta_cancel>>>>,
) -> vanta_status {
    guard_new(cancel, None, || Ok(vanta_cancel(Cancel::new())))
}

/// Ends the calls that have this switch, within 200 ms, with VANTA_CANCELLED or
/// VANTA_OUTCOME_UNKNOWN, and all later ones at once, but for vanta_token() where a token is in
/// hand; it stays thrown. Safe to call from any thread and from a signal handler. With NULL:
/// nothing.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_cancel_now(cancel: Option<&vanta_cancel>) {
    // A store to an atomic, and nothing else: a signal handler may have stopped malloc midway, and
    // the first look at a thread-local of a library that was loaded late calls malloc.
    if let Some(cancel) = cancel {
        cancel.0.cancel();
    }
}

/// Frees a switch. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_cancel_free(cancel: Option<Box<vanta_cancel>>) {
    release(cancel);
}
