//! The configuration as C builds it: setters that only take, and a check when a client is made.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::mem::take;
use std::time::Duration;

use super::error::vanta_error;
use super::guard::{bytes, given, guard, guard_new, text};
use super::handle::release;
use super::status::vanta_status;
use crate::error::{Error, ErrorKind, Result};
use crate::{Client, Config, ffi::client::vanta_client};

/// How to reach Vanta, as whom, and how patiently. Owned by the caller: free it with
/// vanta_config_free(), which may be done as soon as the client is made. For one thread at a time.
pub struct vanta_config(Config);

/// Makes a configuration with the defaults of the README's table. The environment is not read.
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

fn change(
    config: Option<&mut vanta_config>,
    set: impl FnOnce(Config) -> Result<Config>,
) -> vanta_status {
    guard(None, || {
        let config = given(config, "config")?;
        // What was set before stays set when this value is refused.
        let before = config.0.clone();
        config.0 = set(take(&mut config.0)).inspect_err(|_| config.0 = before)?;
        Ok(())
    })
}

/// Takes from the environment (VANTA_CLIENT_ID and so on) what is not set by the functions below.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_use_environment(config: Option<&mut vanta_config>) -> vanta_status {
    change(config, |config| Ok(config.use_environment()))
}

/// The application's client id, "vci_...".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_client_id(
    config: Option<&mut vanta_config>,
    client_id: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.client_id(text(client_id, "client_id")?)))
}

/// The application's client secret, "vcs_...", of `size` bytes. It is copied; wipe yours with
/// vanta_wipe(). Prefer a file: it survives a rotation of the secret without a restart.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_client_secret(
    config: Option<&mut vanta_config>,
    client_secret: *const c_char,
    size: usize,
) -> vanta_status {
    change(config, |config| {
        let secret = bytes(client_secret, size, "client_secret")?;
        let not_text = |_| Error::new(ErrorKind::InvalidUtf8, "client_secret");
        Ok(config.client_secret(std::str::from_utf8(secret).map_err(not_text)?))
    })
}

/// A file that holds the client secret; it is read again for each token request.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_client_secret_file(
    config: Option<&mut vanta_config>,
    path: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.client_secret_file(text(path, "path")?)))
}

/// Scheme and host of the API, https only; default https and api.vanta.com.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_origin(
    config: Option<&mut vanta_config>,
    origin: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.origin(text(origin, "origin")?)))
}

/// Scopes to ask for, separated by spaces.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_scope(
    config: Option<&mut vanta_config>,
    scope: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.scope(text(scope, "scope")?)))
}

/// Where tokens are kept; this version knows "memory", the default.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_token_store(
    config: Option<&mut vanta_config>,
    store: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.token_store(text(store, "store")?)))
}

/// A PEM file of certificate authorities that are trusted besides the bundled public roots.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_ca_file(
    config: Option<&mut vanta_config>,
    path: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.ca_file(text(path, "path")?)))
}

/// Your program's name and version, for the User-Agent.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_application(
    config: Option<&mut vanta_config>,
    name: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.application(text(name, "name")?)))
}

/// How long a call may take in all, in milliseconds; default 120,000.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_deadline_ms(
    config: Option<&mut vanta_config>,
    milliseconds: u64,
) -> vanta_status {
    change(config, |config| Ok(config.deadline(Duration::from_millis(milliseconds))))
}

/// How long a token must still live to be used, in seconds; default 30.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_margin(
    config: Option<&mut vanta_config>,
    seconds: u64,
) -> vanta_status {
    change(config, |config| Ok(config.margin(Duration::from_secs(seconds))))
}

/// The largest list answer that is read, in bytes; default 256 MiB.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_list_cap(
    config: Option<&mut vanta_config>,
    size: u64,
) -> vanta_status {
    change(config, |config| Ok(config.list_cap(size)))
}

/// Allows an http:// origin on a loopback address, for a simulator.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_allow_plain_http_to_loopback(
    config: Option<&mut vanta_config>,
) -> vanta_status {
    change(config, |config| Ok(config.allow_plain_http_to_loopback()))
}

/// Checks a configuration and makes a client of it; nothing is sent. `error` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_client_new(
    config: Option<&vanta_config>,
    client: Option<&mut MaybeUninit<Option<Box<vanta_client>>>>,
    error: Option<&mut MaybeUninit<Option<Box<vanta_error>>>>,
) -> vanta_status {
    guard_new(client, error, || {
        let config = given(config, "config")?;
        Ok(vanta_client(Client::new(config.0.clone())?))
    })
}
