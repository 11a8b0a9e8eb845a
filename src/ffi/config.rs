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

/// The settings of a client. Owned by the caller: free it with vanta_config_free(), at any time
/// after vanta_client_new(). Only one thread at a time may use it.
///
/// Setters only store the value; the last call wins. vanta_client_new() validates the whole
/// configuration. A setter returns VANTA_OK, or one of the codes that its comment names, and then
/// keeps the value before.
///
/// ```c
/// vanta_config *config = NULL;
/// vanta_config_new(&config);
/// vanta_config_use_environment(config);
/// vanta_config_set_client_id(config, "vci_example");
/// vanta_config_set_client_secret_file(config, "client-secret");
/// vanta_config_set_deadline_ms(config, 60000);
/// vanta_config_set_user_agent(config, "nightly-accounts 1.4");
/// ```
pub struct vanta_config(pub(super) Config);

/// Releases what `user_data` points to. The library calls it once, when it no longer needs the
/// pointer.
pub type vanta_destroy_callback = Option<extern "C" fn(user_data: *mut c_void)>;

/// Makes a configuration with the defaults, which each setter documents. Free it with
/// vanta_config_free(). The environment is not read. Returns VANTA_OK.
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

/// Lets vanta_client_new() read each setting that no setter set from its environment variable:
/// VANTA_CLIENT_ID, VANTA_CLIENT_SECRET, VANTA_CLIENT_SECRET_FILE, VANTA_ORIGIN, VANTA_SCOPE,
/// VANTA_TOKEN_STORE, VANTA_TOKEN_STORE_GROUP, VANTA_TOKEN_STORE_PASSWORD_FILE,
/// VANTA_ON_STORE_UNAVAILABLE, VANTA_REQUESTS_PER_MINUTE, VANTA_CA_FILE, VANTA_ROOTS, VANTA_PROXY,
/// VANTA_PROXY_CREDENTIALS_FILE and VANTA_AUDIT_FILE. Default: the environment is not read.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_use_environment(config: Option<&mut vanta_config>) -> vanta_status {
    change(config, |config| Ok(config.use_environment()))
}

/// Sets the application's client id, "vci_...": visible ASCII, at most 255 bytes. Default: none,
/// required. Environment: VANTA_CLIENT_ID.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_client_id(
    config: Option<&mut vanta_config>,
    client_id: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.client_id(text(client_id, "client_id")?)))
}

/// Sets the application's client secret, "vcs_...", of `size` bytes: visible ASCII without blanks,
/// at most 16 KiB. The secret is copied; wipe yours with vanta_wipe(). Exactly one of secret,
/// secret file and secret callback is required. A file is preferable: a rotation of the secret
/// needs no restart. Default: none. Environment: VANTA_CLIENT_SECRET.
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

/// Sets the path of a file that holds the client secret. The file is read for each token request.
/// Blanks and line ends around the secret are ignored. Default: none. Environment:
/// VANTA_CLIENT_SECRET_FILE.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_client_secret_file(
    config: Option<&mut vanta_config>,
    path: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.client_secret_file(text(path, "path")?)))
}

/// Sets where the API is served: https, a host, and a port if it is not 443. The URL of an API
/// gateway may have a path prefix; all requests then go below it. Default: `https://api.vanta.com`.
/// Environment: VANTA_ORIGIN.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_origin(
    config: Option<&mut vanta_config>,
    origin: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.origin(text(origin, "origin")?)))
}

/// Sets the scopes to request, separated by spaces: visible ASCII without " and \, at most 4096
/// bytes. Default: "connectors.self:write-resource connectors.self:read-resource". Environment:
/// VANTA_SCOPE.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_scope(
    config: Option<&mut vanta_config>,
    scope: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.scope(text(scope, "scope")?)))
}

/// Sets where the access token is stored. "memory" keeps it in this process. The absolute path of a
/// file shares it among the jobs of one host. A URL rediss://... of a Redis, in a build with Redis,
/// shares it among hosts. Jobs of one application must share a store, since each token request
/// revokes the previous token. Default: "memory". Environment: VANTA_TOKEN_STORE.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_token_store(
    config: Option<&mut vanta_config>,
    store: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.token_store(text(store, "store")?)))
}

/// Sets the group, by name or number, that may use the store's file. The file then has mode 0660
/// instead of 0600. Default: none. Environment: VANTA_TOKEN_STORE_GROUP.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_token_store_group(
    config: Option<&mut vanta_config>,
    group: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.token_store_group(text(group, "group")?)))
}

/// Sets the path of a file that holds the password of the Redis store. Default: none. Environment:
/// VANTA_TOKEN_STORE_PASSWORD_FILE.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_token_store_password_file(
    config: Option<&mut vanta_config>,
    path: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.token_store_password_file(text(path, "path")?)))
}

// -- When the token store is unavailable

/// A call that needs a new token fails with VANTA_ERR_STORE_UNAVAILABLE. This is the default.
pub const VANTA_ON_STORE_UNAVAILABLE_FAIL: i32 = 0;
/// The call proceeds without the store. A token request then revokes the token that other jobs use.
pub const VANTA_ON_STORE_UNAVAILABLE_PROCEED: i32 = 1;

/// Sets what a call does when the token store is unavailable: one of the
/// VANTA_ON_STORE_UNAVAILABLE_ numbers; another is VANTA_ERR_INVALID_ARGUMENT. Default:
/// VANTA_ON_STORE_UNAVAILABLE_FAIL. Environment: VANTA_ON_STORE_UNAVAILABLE ("fail" or "proceed").
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

/// Sets a token store of your own. The struct is copied. Its functions are called with `user_data`
/// until its destroy is called. A struct of another size, or without a required function, is
/// VANTA_ERR_INVALID_ARGUMENT. When this function fails, destroy is not called. Default: none.
/// `user_data` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_custom_token_store(
    config: Option<&mut vanta_config>,
    store: *const vanta_store,
    user_data: *mut c_void,
) -> vanta_status {
    change(config, |config| Ok(config.custom_token_store(Callbacks::new(store, user_data)?)))
}

// == Configuration

/// Sets an access token of your own, of `size` bytes. The library never renews it and requests no
/// other, so a 401 fails the call. The token is copied; wipe yours with vanta_wipe(). Default:
/// none.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_static_token(
    config: Option<&mut vanta_config>,
    token: *const c_char,
    size: usize,
) -> vanta_status {
    change(config, |config| Ok(config.static_token(secret_text(token, size, "token")?)))
}

/// Sets whether access tokens come from the store only (1), where another job puts them. The client
/// then makes no token request and needs no client secret. Default: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_token_from_store_only(
    config: Option<&mut vanta_config>,
    on: i32,
) -> vanta_status {
    change(config, |config| Ok(config.token_from_store_only(on != 0)))
}

/// Sets the rate limit of token requests, in requests a minute of all jobs together: 1 to 5. Vanta
/// allows 5. Default: 4.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_token_requests_per_minute(
    config: Option<&mut vanta_config>,
    a_minute: u32,
) -> vanta_status {
    change(config, |config| Ok(config.token_requests_per_minute(a_minute)))
}

/// Sets the rate limit of resource requests, in requests a minute of all jobs together: 1 to 20, or
/// 0 for no limit, against a simulator. Vanta allows 20. A call acquires the permits of all its
/// requests together, first come, first served, and waits for them until its deadline. Default: 20.
/// Environment: VANTA_REQUESTS_PER_MINUTE.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_requests_per_minute(
    config: Option<&mut vanta_config>,
    a_minute: u32,
) -> vanta_status {
    change(config, |config| Ok(config.requests_per_minute(a_minute)))
}

/// Sets the path of a file to which each receipt is appended as one line of JSON, synced before the
/// call returns. A new file gets mode 0600. An existing file must belong to the user, have mode
/// 0600, and be no symbolic or hard link. Default: none. Environment: VANTA_AUDIT_FILE.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_audit_file(
    config: Option<&mut vanta_config>,
    path: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.audit_file(text(path, "path")?)))
}

/// Sets whether a token response without token_type, or with fewer scopes than requested, is an
/// error (1) or an event (0). Default: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_strict_token_response(
    config: Option<&mut vanta_config>,
    on: i32,
) -> vanta_status {
    change(config, |config| Ok(config.strict_token_response(on != 0)))
}

/// Sets what happens when a request is rejected with 401. With 1, the client checks whether a newer
/// token exists, requests at most one, and sends the same request once more. With 0, the call
/// fails; see vanta_report_token_rejected(). Default: 1.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_retry_on_401(
    config: Option<&mut vanta_config>,
    on: i32,
) -> vanta_status {
    change(config, |config| Ok(config.retry_on_401(on != 0)))
}

/// Sets your program's name and version, which are appended to the User-Agent header field:
/// printable ASCII, at most 255 bytes. Default: "".
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_user_agent(
    config: Option<&mut vanta_config>,
    name: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.user_agent(text(name, "name")?)))
}

/// Sets the deadline of each call, in milliseconds: the timeout of the whole call, retries
/// included. No token request starts with less than 2 s left. Below 3 s, vanta_client_new() returns
/// VANTA_ERR_INVALID_CONFIG, unless the client requests no tokens (vanta_config_set_static_token(),
/// vanta_config_set_token_from_store_only()). Default: 120,000.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_deadline_ms(
    config: Option<&mut vanta_config>,
    milliseconds: u64,
) -> vanta_status {
    change(config, |config| Ok(config.deadline(Duration::from_millis(milliseconds))))
}

/// Sets the expiry margin, in seconds: an access token with less lifetime left is renewed before it
/// is used. A larger expiry margin renews earlier, and each renewal revokes the token that other
/// jobs use. Default: 30.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_expiry_margin(
    config: Option<&mut vanta_config>,
    seconds: u64,
) -> vanta_status {
    change(config, |config| Ok(config.expiry_margin(Duration::from_secs(seconds))))
}

/// Sets the largest response to a list request, in bytes. A larger one is
/// VANTA_ERR_RESPONSE_TOO_LARGE. Default: 67,108,864 (64 MiB).
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_list_cap(
    config: Option<&mut vanta_config>,
    size: u64,
) -> vanta_status {
    change(config, |config| Ok(config.list_cap(size)))
}

/// Sets whether the origin may be http:// on a loopback address (1), for a simulator. The address
/// of the connection must be a loopback address, whatever the host name; any other, also a proxy's,
/// is VANTA_ERR_INSECURE_ORIGIN. Default: 0.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_allow_plain_http_to_loopback(
    config: Option<&mut vanta_config>,
    on: i32,
) -> vanta_status {
    change(config, |config| Ok(config.allow_plain_http_to_loopback(on != 0)))
}
