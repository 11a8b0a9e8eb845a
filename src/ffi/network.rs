//! Settings of the way to Vanta: whom to trust, and through which proxy.

use std::ffi::c_char;

use super::arguments::text;
use super::config::{change, secret_text, vanta_config};
use super::status::vanta_status;
use crate::Roots;
use crate::error::{Error, ErrorKind};

// == Configuration

/// A PEM file of certificate authorities that are trusted besides the roots, or a folder of such
/// files. Each line of the file that begins something has to give a certificate; otherwise the
/// error of vanta_client_new() names the line. In the environment it is `VANTA_CA_FILE`, or else
/// OpenSSL's `SSL_CERT_FILE` and `SSL_CERT_DIR`.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_ca_file(
    config: Option<&mut vanta_config>,
    path: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.ca_file(text(path, "path")?)))
}

// -- Which roots are trusted

/// Mozilla's public roots, as they were when the library was built. This is the default.
pub const VANTA_ROOTS_BUNDLED: i32 = 0;
/// Those of the system's bundle.
pub const VANTA_ROOTS_SYSTEM: i32 = 1;
/// None: the authorities of the CA file are the only ones.
pub const VANTA_ROOTS_NONE: i32 = 2;

/// Which authorities are trusted besides those of the CA file: one of the VANTA_ROOTS_ numbers;
/// another is VANTA_ERR_INVALID_ARGUMENT.
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

/// The proxy on the way to Vanta: "http://host:port", "environment" for the one that https_proxy
/// and no_proxy name, or "none" (the default). It is asked for a tunnel, so it sees the host's name
/// and no more. A URL that holds credentials is refused when the client is made: give them with
/// vanta_config_set_proxy_credentials().
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_proxy(
    config: Option<&mut vanta_config>,
    proxy: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.proxy(text(proxy, "proxy")?)))
}

/// Sets the credentials for the proxy (Basic authentication): "user:password", of `size` bytes.
/// They are copied; wipe yours with vanta_wipe().
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

/// A file that holds user:password for the proxy (Basic authentication). It is read when the client
/// is made.
#[unsafe(no_mangle)]
pub extern "C" fn vanta_config_set_proxy_credentials_file(
    config: Option<&mut vanta_config>,
    path: *const c_char,
) -> vanta_status {
    change(config, |config| Ok(config.proxy_credentials_file(text(path, "path")?)))
}
