//! An origin: where requests are sent, and so which host gets the client secret.
//!
//! Origins are compared in a normal form: the host in lower case and without a trailing dot, no
//! default port, no leading zeros, no slash at the end. Two spellings of one origin share a token.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::check::{LONGEST_ORIGIN, check_length};
use super::problem::invalid;
use crate::error::{Error, ErrorKind, Result};

/// These only redirect, and a redirect loses bodies and credentials
/// (<https://developer.vanta.com/reference/overview>).
const REDIRECTING: [&str; 2] = ["api.eu.vanta.com", "api.aus.vanta.com"];

/// Vanta's own hosts serve the API at their root.
const WITHOUT_PREFIX: [&str; 2] = ["api.vanta.com", "api.vanta-gov.com"];

/// RFC 1035 section 2.3.4.
const LONGEST_HOST: usize = 253;

/// Scheme, host, port and the path prefix of an API gateway, in normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(String);

impl Origin {
    /// Parses an origin. What was given is not repeated in errors: it may hold a password.
    pub(super) fn parse(text: &str, allow_loopback_http: bool) -> Result<Origin> {
        check_length("the origin", text, LONGEST_ORIGIN)?;
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        check_components(rest)?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let malformed = || invalid("the origin's host or port is malformed");
        let (host, port) = host_and_port(authority).ok_or_else(malformed)?;
        let host = normal_host(host)?;
        let is_https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" if allow_loopback_http && is_loopback(&host) => false,
            "http" => return Err(insecure(&host)),
            _ => return Err(invalid("the origin must begin with https://")),
        };
        let (scheme, default) = if is_https { ("https", 443) } else { ("http", 80) };
        let port = port.filter(|port| *port != default);
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        let prefix = prefix(path, &host)?;
        Ok(Origin(format!("{scheme}://{host}{port}{prefix}")))
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Host, or host and port.
    pub(super) fn authority(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.split_once('/').map_or(rest, |(authority, _)| authority)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The normal form of an origin that a record or a receipt names. Text that is no origin stays as
/// it is, and so equals no origin.
pub(crate) fn normal_origin(text: &str) -> String {
    Origin::parse(text, true).map_or_else(|_| text.to_owned(), |origin| origin.0)
}

/// Whether a stored text names the origin `own`, which is in normal form. Older versions stored an
/// origin as it was configured.
pub(crate) fn is_origin(stored: &str, own: &str) -> bool {
    stored == own || normal_origin(stored) == own
}

fn insecure(host: &str) -> Error {
    let rule = "would send the secret unencrypted; use https (plain http is possible to loopback \
                only, with Config::allow_plain_http_to_loopback())";
    Error::new(ErrorKind::InsecureOrigin, format!("http://{host} {rule}"))
}

/// Refuses the components of a URL that an origin does not have.
fn check_components(rest: &str) -> Result<()> {
    if rest.contains('@') {
        return Err(invalid("the origin holds a user name or password; remove them"));
    }
    if rest.contains(['?', '#']) {
        return Err(invalid("the origin holds a query or a fragment; remove it"));
    }
    Ok(())
}

/// The host in normal form.
fn normal_host(host: &str) -> Result<String> {
    if let Some(ip) = ipv6(host) {
        return Ok(format!("[{ip}]"));
    }
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    if host.len() > LONGEST_HOST || host.split('.').any(str::is_empty) {
        return Err(invalid("the origin's host is malformed"));
    }
    if is_numeric(&host) && host.parse::<Ipv4Addr>().is_err() {
        // Some programs read 010 as eight, and others as ten.
        let rule = "write an IPv4 address as four decimal numbers without leading zeros";
        return Err(invalid(format!("the origin's host is a number; {rule}")));
    }
    if REDIRECTING.contains(&host.as_str()) {
        let rule = "it only redirects; all regions use https://api.vanta.com";
        return Err(invalid(format!("origin {host}: {rule}")));
    }
    Ok(host)
}

/// Whether the system's resolver may read the name as an IPv4 address. No domain ends in a number.
pub(super) fn is_numeric(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").unwrap_or("-");
    let is_hex = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    last.bytes().all(|byte| byte.is_ascii_digit()) || is_hex
}

/// The path that an API gateway serves the API below; empty for none.
fn prefix(path: &str, host: &str) -> Result<String> {
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        return Ok(String::new());
    }
    if WITHOUT_PREFIX.contains(&host) {
        let rule = format!("{host} serves the API without one; give https://{host}");
        return Err(invalid(format!("the origin holds a path, and {rule}")));
    }
    if path.ends_with("/oauth/token") || path.contains("/v1/resources") {
        let rule = "give the part before it, since the library adds /oauth/token and /v1 itself";
        return Err(invalid(format!("the origin holds the path of an endpoint; {rule}")));
    }
    if !path.split('/').skip(1).all(is_segment) {
        let rule = "give segments of letters, digits and -._~!$&'()*+,;= without . and .. alone";
        return Err(invalid(format!("the origin's path prefix is malformed; {rule}")));
    }
    Ok(path.to_owned())
}

/// RFC 3986 section 3.3, without escapes: two spellings of one prefix would be two origins.
fn is_segment(segment: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:".contains(&byte);
    !matches!(segment, "" | "." | "..") && segment.bytes().all(plain)
}

/// Splits `host`, `host:port` or `[::1]:port`; `None` where it is neither.
pub(super) fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    // Names with underscores are common inside clusters, though RFC 1123 does not allow them.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let named = !host.is_empty() && host.chars().all(plain);
    if !named && ipv6(host).is_none() {
        return None;
    }
    match port {
        None => Some((host, None)),
        Some(port) => Some((host, Some(parse_port(port)?))),
    }
}

/// A port from 1 to 65535, in digits alone.
fn parse_port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port > 0)
}

fn ipv6(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

fn is_loopback(host: &str) -> bool {
    let ip = ipv6(host).map(IpAddr::V6).or_else(|| host.parse().ok());
    host == "localhost" || ip.is_some_and(|ip| ip.is_loopback())
}
