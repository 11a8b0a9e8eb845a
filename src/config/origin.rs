//! An origin is a scheme and a host that a secret may be sent to.

use std::fmt;
use std::net::IpAddr;

use super::check::{LONGEST_ORIGIN, check_length};
use super::invalid;
use crate::error::{Error, ErrorKind, Result};

/// These only redirect, and a redirect loses bodies and credentials
/// (<https://developer.vanta.com/reference/overview>).
const REDIRECTING: [&str; 2] = ["api.eu.vanta.com", "api.aus.vanta.com"];

/// Scheme, host and port, as in RFC 6454, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(String);

impl Origin {
    /// Parses an origin. What was given is not repeated in errors: it may hold a password.
    pub(super) fn parse(text: &str, allow_loopback_http: bool) -> Result<Origin> {
        check_length("the origin", text, LONGEST_ORIGIN)?;
        let text = text.trim().trim_end_matches('/');
        let (scheme, authority) = text.split_once("://").unwrap_or(("", text));
        let host = check_authority(authority)?;
        if REDIRECTING.contains(&host) {
            let rule = "it only redirects; all regions use https://api.vanta.com";
            return Err(invalid(format!("origin {host}: {rule}")));
        }
        match scheme.to_ascii_lowercase().as_str() {
            "https" => Ok(Origin(format!("https://{authority}"))),
            "http" if allow_loopback_http && is_loopback(host) => {
                Ok(Origin(format!("http://{authority}")))
            }
            "http" => Err(insecure(host)),
            _ => Err(invalid("the origin must begin with https://")),
        }
    }
}

fn insecure(host: &str) -> Error {
    let rule = "plain http would show the secret to the network; use https \
                (loopback alone may be allowed, by allow_plain_http_to_loopback)";
    Error::new(ErrorKind::InsecureOrigin, format!("origin http://{host}: {rule}"))
}

impl Origin {
    pub(super) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Host, or host and port.
    pub(super) fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }
}

/// Host, or host and port, and nothing else; gives the host.
fn check_authority(authority: &str) -> Result<&str> {
    if authority.contains('@') {
        return Err(invalid("the origin holds a user name or password: take them out"));
    }
    if authority.contains(['/', '?', '#']) {
        return Err(invalid("the origin holds a path: give scheme and host only"));
    }
    let found = host_and_port(authority).map(|(host, _)| host);
    found.ok_or_else(|| invalid("the origin's host or port is malformed"))
}

/// Splits `host`, `host:port` or `[::1]:port`; `None` where it is neither.
pub(super) fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let named = !host.is_empty() && host.chars().all(plain);
    if !named && ipv6(host).is_none() {
        return None;
    }
    match port.map(|port| port.parse().ok().filter(|port| *port > 0)) {
        None => Some((host, None)),
        Some(port) => Some((host, Some(port?))),
    }
}

fn ipv6(host: &str) -> Option<IpAddr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

fn is_loopback(host: &str) -> bool {
    let ip = ipv6(host).or_else(|| host.parse().ok());
    host == "localhost" || ip.is_some_and(|ip| ip.is_loopback())
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
