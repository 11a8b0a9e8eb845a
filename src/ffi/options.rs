//! The options of single calls, and the flag that cancels them.

use std::mem::MaybeUninit;
use std::time::Duration;

use super::arguments::required;
use super::guard::{guard, guard_new};
use super::handle::release;
use super::push_settings::Settings;
use super::status::vanta_status;
use crate::{Cancel, Client, Clock, PushOptions, SystemClock};

// == Options of single calls

/// The options of single calls. NULL in place of options means the client's settings. Owned by the
/// caller: free them with vanta_options_free(). They may be used for many calls, by one thread at a
/// time. Setters return VANTA_OK, or one of the codes that their comments name.
///
/// Each call that blocks uses the deadline, the cancel flag and the progress callback. The other
/// options are for vanta_push() and vanta_plan(), and of these the rules, the schema and the custom
/// properties are for vanta_validate() too. The remaining calls ignore them.
///
/// ```c
/// vanta_options *options = NULL;
/// vanta_options_new(&options);
/// vanta_options_set_shared_deadline_ms(options, 300000);
/// if (vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, options, NULL, NULL) == VANTA_OK)
///     vanta_verify(client, VANTA_KIND_USER_ACCOUNT, body, options, NULL, NULL);
/// vanta_options_free(options);
/// ```
#[derive(Default)]
pub struct vanta_options {
    deadline: Option<CallDeadline>,
    cancel: Option<Cancel>,
    pub(super) push: Settings,
}

#[derive(Clone, Copy)]
enum CallDeadline {
    Each(Duration),
    /// One for all calls: its end on the monotonic clock.
    Shared(Duration),
}

impl CallDeadline {
    fn apply(self, client: &Client) -> Client {
        match self {
            CallDeadline::Each(length) => client.with_deadline(length),
            CallDeadline::Shared(end) => {
                client.with_shared_deadline(end.saturating_sub(SystemClock.monotonic()))
            }
        }
    }
}

impl vanta_options {
    /// Returns the client with these options.
    pub(super) fn apply(options: Option<&vanta_options>, client: &Client) -> Client {
        let mut client = client.clone();
        if let Some(deadline) = options.and_then(|options| options.deadline) {
            client = deadline.apply(&client);
        }
        if let Some(cancel) = options.and_then(|options| options.cancel.as_ref()) {
            client = client.with_cancel(cancel);
        }
        options.map_or(client.clone(), |options| options.push.watch(client))
    }

    /// Returns the options of a push.
    pub(super) fn push_options(options: Option<&vanta_options>) -> PushOptions {
        options.map(|options| options.push.options()).unwrap_or_default()
    }
}

/// Makes options with the defaults. Free them with vanta_options_free(). Returns VANTA_OK.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_new(
    options: Option<&mut MaybeUninit<Option<Box<vanta_options>>>>,
) -> vanta_status {
    guard_new(options, None, || Ok(vanta_options::default()))
}

/// Sets the deadline of each call, in milliseconds: the timeout of the whole call. No token request
/// starts with less than 2 s left, so a call with a shorter deadline succeeds only with a cached or
/// stored token. Default: vanta_config_set_deadline_ms().
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_set_deadline_ms(
    options: Option<&mut vanta_options>,
    milliseconds: u64,
) -> vanta_status {
    guard(None, || {
        required(options, "options")?.deadline =
            Some(CallDeadline::Each(Duration::from_millis(milliseconds)));
        Ok(())
    })
}

/// Sets one deadline for all calls with these options together, in milliseconds from now: for a
/// push and its verify, or a whole job. It replaces vanta_options_set_deadline_ms(), and the other
/// way round. Default: none.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_set_shared_deadline_ms(
    options: Option<&mut vanta_options>,
    milliseconds: u64,
) -> vanta_status {
    guard(None, || {
        let end = SystemClock.monotonic().saturating_add(Duration::from_millis(milliseconds));
        required(options, "options")?.deadline = Some(CallDeadline::Shared(end));
        Ok(())
    })
}

/// Sets the cancel flag of the calls. The options keep it alive, so it may be freed before them.
/// Default: none.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_set_cancel(
    options: Option<&mut vanta_options>,
    cancel: Option<&vanta_cancel>,
) -> vanta_status {
    guard(None, || {
        required(options, "options")?.cancel = Some(required(cancel, "cancel")?.0.clone());
        Ok(())
    })
}

/// Frees options. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_options_free(options: Option<Box<vanta_options>>) {
    release(options);
}

// == Cancelling calls

/// A flag that cancels calls. Owned by the caller: free it with vanta_cancel_free(), when no thread
/// and no signal handler will set it any more. Any thread may set it and read it.
///
/// ```c
/// static vanta_cancel *interrupted;
///
/// static void on_signal(int number)
/// {
///     (void)number;
///     vanta_cancel_set(interrupted);
/// }
///
/// static vanta_status cancel_on_interrupt(vanta_options *options)
/// {
///     vanta_status status = vanta_cancel_new(&interrupted);
///     if (status == VANTA_OK)
///         status = vanta_options_set_cancel(options, interrupted);
///     signal(SIGINT, on_signal);
///     return status;
/// }
/// ```
pub struct vanta_cancel(Cancel);

/// Makes a flag that is not set. Free it with vanta_cancel_free(). Returns VANTA_OK.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_cancel_new(
    cancel: Option<&mut MaybeUninit<Option<Box<vanta_cancel>>>>,
) -> vanta_status {
    guard_new(cancel, None, || Ok(vanta_cancel(Cancel::new())))
}

/// Sets the flag. Calls with this flag return within 200 ms, with VANTA_ERR_CANCELLED or
/// VANTA_ERR_OUTCOME_UNKNOWN, and later calls return at once; only vanta_token() still returns a
/// cached token. The flag stays set. Safe to call from any thread and from a signal handler. With
/// NULL: nothing.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_cancel_set(cancel: Option<&vanta_cancel>) {
    // A store to an atomic, and nothing else: a signal handler may have stopped malloc midway, and
    // the first look at a thread-local of a library that was loaded late calls malloc.
    if let Some(cancel) = cancel {
        cancel.0.cancel();
    }
}

/// Returns 1 when the flag is set, otherwise 0: for a wait of the program's own between two calls.
/// Safe to call from any thread and from a signal handler. With NULL: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_cancel_is_set(cancel: Option<&vanta_cancel>) -> i32 {
    // As in vanta_cancel_set().
    i32::from(cancel.is_some_and(|cancel| cancel.0.is_cancelled()))
}

/// Frees a flag. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_cancel_free(cancel: Option<Box<vanta_cancel>>) {
    release(cancel);
}
