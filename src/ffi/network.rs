//! Settings of the way to Vanta: whom to trust, and through which proxy.

use std::ffi::c_char;

use super::arguments::text;
use super::config::{change, secret_text, vanta_config};
use super::status::vanta_status;
use crate::Roots;
use crate::error::{Error, ErrorKind};

// == Configuration

/// Sets a PEM file of certificate authorities, or a folder of such files, to trust in addition to
/// the roots. When a certificate in the file is malformed, vanta_client_new() fails and names the
/// line. Default: none. Environment: VANTA_CA_FILE, otherwise OpenSSL's SSL_CERT_FILE and
/// SSL_CERT_DIR.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_ca_file(
    config: Option<&mut vanta_config>,
    path: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.ca_file(text(path, "path")?)))
}

// -- Trusted roots

/// Trusts Mozilla's public roots, as of the library's build. This is the default.
pub const VANTA_ROOTS_BUNDLED: i32 = 0;
/// Trusts the roots of the system's bundle.
pub const VANTA_ROOTS_SYSTEM: i32 = 1;
/// Trusts no roots: only the authorities of the CA file.
pub const VANTA_ROOTS_NONE: i32 = 2;

/// Sets which certificate authorities are trusted in addition to those of the CA file: one of the
/// VANTA_ROOTS_ numbers; another is VANTA_ERR_INVALID_ARGUMENT. Default: VANTA_ROOTS_BUNDLED.
/// Environment: VANTA_ROOTS ("bundled", "system" or "none").
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_roots(
    config: Option<&mut vanta_config>,
    roots: i32,
) -> vanta_status {
    change(config, |config| match roots {
        VANTA_ROOTS_BUNDLED => Ok(config.roots(Roots::Bundled)),
        VANTA_ROOTS_SYSTEM => Ok(config.roots(Roots::System)),
        VANTA_ROOTS_NONE => Ok(config.roots(Roots::None)),
        other => Err(Error::new(ErrorKind::InvalidArgument, format!("roots {other}"))),
    })
}

/// Sets the proxy: "http://host:port", "environment" for the variables https_proxy and no_proxy, or
/// "none". The library requests a tunnel (CONNECT), so the proxy sees the host name only.
/// vanta_client_new() rejects a URL that holds credentials: set them with
/// vanta_config_set_proxy_credentials(). Default: "none". Environment: VANTA_PROXY.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_proxy(
    config: Option<&mut vanta_config>,
    proxy: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.proxy(text(proxy, "proxy")?)))
}

/// Sets the credentials for the proxy (Basic authentication): "user:password", of `size` bytes.
/// They are copied; wipe yours with vanta_wipe(). Default: none.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_proxy_credentials(
    config: Option<&mut vanta_config>,
    credentials: *const c_char,
    size: usize,
) -> vanta_status {
    change(config, |config| {
        Ok(config.proxy_credentials(secret_text(credentials, size, "credentials")?))
    })
}

/// Sets the path of a file that holds user:password for the proxy. vanta_client_new() reads it.
/// Default: none. Environment: VANTA_PROXY_CREDENTIALS_FILE.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_proxy_credentials_file(
    config: Option<&mut vanta_config>,
    path: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.proxy_credentials_file(text(path, "path")?)))
}
