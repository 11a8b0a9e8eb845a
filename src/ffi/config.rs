//! The configuration as C builds it: setters that only take, and a check when a client is made.

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::mem::take;
use std::time::Duration;

use super::arguments::{bytes, required, text};
use super::guard::{guard, guard_new};
use super::handle::release;
use super::status::vanta_status;
use super::store::{Callbacks, vanta_store};
use crate::error::{Error, ErrorKind, Result};
use crate::{Config, OnStoreUnavailable};

// == Configuration

/// How to reach Vanta, as whom, and how patiently. Owned by the caller: free it with
/// vanta_config_free(), which may be done as soon as the client is made. For one thread at a time.
pub struct vanta_config(pub(super) Config);

/// Is called once with the caller's own pointer, when it is no longer needed.
pub type vanta_destroy_callback = Option<extern "C" fn(user_data: *mut c_void)>;

/// Makes a configuration with the defaults of the README's table. Free it with vanta_config_free().
/// The environment is not read. The functions below only take a value, and the last one counts:
/// whether all is right together, vanta_client_new() tells.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_new(
    config: Option<&mut MaybeUninit<Option<Box<vanta_config>>>>,
) -> vanta_status {
    guard_new(config, None, || Ok(vanta_config(Config::new())))
}

/// Frees a configuration. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_free(config: Option<Box<vanta_config>>) {
    release(config);
}

pub(super) fn change(
    config: Option<&mut vanta_config>,
    set: impl FnOnce(Config) -> Result<Config>,
) -> vanta_status {
    changed(config, Box::new(set))
}

/// One function for all setters: a copy in each of them took twenty kilobytes.
fn changed(
    config: Option<&mut vanta_config>,
    set: Box<dyn FnOnce(Config) -> Result<Config> + '_>,
) -> vanta_status {
    guard(None, || {
        let config = required(config, "config")?;
        // What was set before stays set when this value is refused.
        let before = config.0.clone();
        config.0 = set(take(&mut config.0)).inspect_err(|_| config.0 = before)?;
        Ok(())
    })
}

/// Takes from the environment, when the client is made, what is not set by the functions below: the
/// variables of the README's table.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_use_environment(config: Option<&mut vanta_config>) -> vanta_status {
    change(config, |config| Ok(config.use_environment()))
}

/// The application's client id, "vci_...": visible ASCII, at most 255 bytes.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_client_id(
    config: Option<&mut vanta_config>,
    client_id: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.client_id(text(client_id, "client_id")?)))
}

/// The application's client secret, "vcs_...", of `size` bytes: visible ASCII without blanks, at
/// most 16 KiB. It is copied; wipe yours with vanta_wipe(). Prefer a file: it survives a rotation
/// of the secret without a restart.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_client_secret(
    config: Option<&mut vanta_config>,
    client_secret: *const c_char,
    size: usize,
) -> vanta_status {
    change(config, |config| {
        Ok(config.client_secret(secret_text(client_secret, size, "client_secret")?))
    })
}

/// Text that is given by its size, and is not shown when it is none.
pub(super) fn secret_text<'a>(start: *const c_char, size: usize, name: &str) -> Result<&'a str> {
    let not_text = |_| Error::new(ErrorKind::InvalidUtf8, name);
    std::str::from_utf8(bytes(start, size, name)?).map_err(not_text)
}

/// A file that holds the client secret; it is read again for each token request.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_client_secret_file(
    config: Option<&mut vanta_config>,
    path: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.client_secret_file(text(path, "path")?)))
}

/// Sets where the API is served: https, a host, and a port if need be. The default is https and
/// api.vanta.com. The URL of an API gateway may have a path prefix: all requests go below it.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_origin(
    config: Option<&mut vanta_config>,
    origin: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.origin(text(origin, "origin")?)))
}

/// Scopes to ask for, separated by spaces: visible ASCII without " and \, at most 4096 bytes.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_scope(
    config: Option<&mut vanta_config>,
    scope: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.scope(text(scope, "scope")?)))
}

/// Where the token is kept: "memory" (the default), the absolute path of a file that the jobs of
/// one host share, or, in a build with Redis, a URL rediss://... of a Redis that several hosts
/// share.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_token_store(
    config: Option<&mut vanta_config>,
    store: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.token_store(text(store, "store")?)))
}

/// The group, by name or number, whose members share the store's file (mode 0660, else 0600).
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_token_store_group(
    config: Option<&mut vanta_config>,
    group: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.token_store_group(text(group, "group")?)))
}

/// A file that holds the password of the Redis that is the store.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_token_store_password_file(
    config: Option<&mut vanta_config>,
    path: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.token_store_password_file(text(path, "path")?)))
}

// -- When the store is away

/// What to do when the store cannot be reached: a call that needs a new token fails with
/// VANTA_ERR_STORE_UNAVAILABLE. This is the default.
pub const VANTA_ON_STORE_UNAVAILABLE_FAIL: i32 = 0;
/// What to do when the store cannot be reached: go on as if this process were alone. A token that
/// is asked for then kills the one that other jobs use.
pub const VANTA_ON_STORE_UNAVAILABLE_PROCEED: i32 = 1;

/// What to do when the store cannot be reached: one of the VANTA_ON_STORE_UNAVAILABLE_ numbers;
/// another is VANTA_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_on_store_unavailable(
    config: Option<&mut vanta_config>,
    policy: i32,
) -> vanta_status {
    change(config, |config| match policy {
        VANTA_ON_STORE_UNAVAILABLE_FAIL => {
            Ok(config.on_store_unavailable(OnStoreUnavailable::Fail))
        }
        VANTA_ON_STORE_UNAVAILABLE_PROCEED => {
            Ok(config.on_store_unavailable(OnStoreUnavailable::Proceed))
        }
        other => Err(Error::new(ErrorKind::InvalidArgument, format!("policy {other}"))),
    })
}

// == Custom token stores

/// A store of your own. The struct is copied; its functions are called with `user_data` until its
/// destroy is called. A struct of another size, or without one of the functions, is
/// VANTA_ERR_INVALID_ARGUMENT; when this function fails, destroy is not called. `user_data` may be
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_custom_token_store(
    config: Option<&mut vanta_config>,
    store: *const vanta_store,
    user_data: *mut c_void,
) -> vanta_status {
    change(config, |config| Ok(config.custom_token_store(Callbacks::new(store, user_data)?)))
}

// == Configuration

/// A token from outside, of `size` bytes: it is used as it is, never renewed, and a 401 goes to the
/// caller. It is copied; wipe yours with vanta_wipe().
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_static_token(
    config: Option<&mut vanta_config>,
    token: *const c_char,
    size: usize,
) -> vanta_status {
    change(config, |config| Ok(config.static_token(secret_text(token, size, "token")?)))
}

/// Never makes a token request: tokens come from the store alone, where another job puts them.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_token_from_store_only(
    config: Option<&mut vanta_config>,
    on: i32,
) -> vanta_status {
    change(config, |config| Ok(config.token_from_store_only(on != 0)))
}

/// How many token requests all jobs together may make in a minute, 1 to 5; default 4.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_token_requests_per_minute(
    config: Option<&mut vanta_config>,
    a_minute: u32,
) -> vanta_status {
    change(config, |config| Ok(config.token_requests_per_minute(a_minute)))
}

/// How many resource requests all jobs together may make in a minute, 1 to 20; default 20. A
/// call acquires the permits for all its requests together, first come, first served, and waits
/// for them as far as its deadline allows. 0 sets no limit, for a simulator.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_requests_per_minute(
    config: Option<&mut vanta_config>,
    a_minute: u32,
) -> vanta_status {
    change(config, |config| Ok(config.requests_per_minute(a_minute)))
}

/// A file to which each receipt is appended as a line of JSON, and synced before the call returns.
/// It is created with mode 0600. A file that is there must be the user's own, with mode 0600 and
/// one name: a symbolic link or a hard link is refused, as for the token store.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_audit_file(
    config: Option<&mut vanta_config>,
    path: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.audit_file(text(path, "path")?)))
}

/// Takes a token answer that leaves token_type out, or grants less than was asked for, as an error.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_strict_token_response(
    config: Option<&mut vanta_config>,
    on: i32,
) -> vanta_status {
    change(config, |config| Ok(config.strict_token_response(on != 0)))
}

/// A 401 goes to the caller at once: no other token is tried. See vanta_report_token_rejected().
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_retry_on_401(
    config: Option<&mut vanta_config>,
    on: i32,
) -> vanta_status {
    change(config, |config| Ok(config.retry_on_401(on != 0)))
}

/// Your program's name and version, for the User-Agent: printable ASCII, at most 255 bytes.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_user_agent(
    config: Option<&mut vanta_config>,
    name: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.user_agent(text(name, "name")?)))
}

/// How long a call may take in all, in milliseconds; default 120,000. No token request starts with
/// less than 2 s left: vanta_client_new() refuses a deadline below 3 s, unless the client requests
/// no tokens (vanta_config_set_static_token(), vanta_config_set_token_from_store_only()).
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_deadline_ms(
    config: Option<&mut vanta_config>,
    milliseconds: u64,
) -> vanta_status {
    change(config, |config| Ok(config.deadline(Duration::from_millis(milliseconds))))
}

/// How long a token must still live to be used, in seconds; default 30.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_expiry_margin(
    config: Option<&mut vanta_config>,
    seconds: u64,
) -> vanta_status {
    change(config, |config| Ok(config.expiry_margin(Duration::from_secs(seconds))))
}

/// The largest list response that is read, in bytes; default 64 MiB.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_list_cap(
    config: Option<&mut vanta_config>,
    size: u64,
) -> vanta_status {
    change(config, |config| Ok(config.list_cap(size)))
}

/// Allows an http:// origin on a loopback address, for a simulator. The address that is connected
/// to counts, not the name localhost: any other address, also a proxy's, is
/// VANTA_ERR_INSECURE_ORIGIN.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_allow_plain_http_to_loopback(
    config: Option<&mut vanta_config>,
    on: i32,
) -> vanta_status {
    change(config, |config| Ok(config.allow_plain_http_to_loopback(on != 0)))
}
