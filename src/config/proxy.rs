//! The way to the origin: straight, or through a proxy that is asked for a tunnel.

use std::env;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use zeroize::Zeroizing;

use super::origin::{Origin, host_and_port};
use super::{Values, invalid, read_secret};
use crate::error::Result;
use crate::secret::Secret;

/// Where `curl` looks too, when a proxy names no port.
const PORT: u16 = 1080;

/// An HTTP proxy.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// `user:password`.
    pub(crate) credentials: Option<Secret>,
}

/// The proxy that code or environment name; `None` is the straight way.
pub(super) fn find(values: &Values, origin: &Origin) -> Result<Option<Proxy>> {
    let file = values.proxy_credentials_file.as_deref();
    let proxy = match values.proxy.as_ref().map(Secret::expose) {
        None | Some("none") => None,
        Some("environment") => from_environment(origin)?,
        Some(url) if url.contains('@') => {
            let rule = "give them in a file, as the proxy's credentials file";
            return Err(invalid(format!("the proxy's URL holds credentials: {rule}")));
        }
        Some(url) => Some(parse(url, "the proxy")?),
    };
    let Some(proxy) = proxy else { return Ok(None) };
    let named = file.map(|path| check(read_secret(path)?, &path.display().to_string()));
    let credentials = named.transpose()?.or(proxy.credentials);
    Ok(Some(Proxy { credentials, ..proxy }))
}

/// What the programs of this host use, but only when that was asked for.
fn from_environment(origin: &Origin) -> Result<Option<Proxy>> {
    let exempt = first(&["no_proxy", "NO_PROXY"]).unwrap_or_default();
    if is_exempt(origin, &exempt) {
        return Ok(None);
    }
    // HTTP_PROXY in capitals can be set by who calls a CGI program.
    let names: &[&str] = match origin.is_https() {
        true => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        false => &["http_proxy", "all_proxy", "ALL_PROXY"],
    };
    first(names).map(|url| parse(&url, "the environment's proxy")).transpose()
}

fn first(names: &[&str]) -> Option<Zeroizing<String>> {
    let values = names.iter().filter_map(|name| env::var(name).ok().map(Zeroizing::new));
    values.into_iter().find(|value| !value.is_empty())
}

/// `http://user:password@host:port`, all but the host optional. Nothing of it is shown in errors.
fn parse(url: &str, what: &str) -> Result<Proxy> {
    let (scheme, rest) = url.trim().split_once("://").unwrap_or(("http", url.trim()));
    if !scheme.eq_ignore_ascii_case("http") {
        let rule = "only http:// proxies are known here; TLS to Vanta goes through them unopened";
        return Err(invalid(format!("{what} is of another kind: {rule}")));
    }
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (credentials, authority) = match rest.rsplit_once('@') {
        Some((credentials, authority)) => (Some(unescaped(credentials)), authority),
        None => (None, rest),
    };
    let (host, port) = host_and_port(authority)
        .ok_or_else(|| invalid(format!("{what} is malformed: say http://host:port")))?;
    let credentials = credentials.map(|credentials| check(Secret::new(credentials), what));
    let credentials = credentials.transpose()?;
    Ok(Proxy { host: host.to_owned(), port: port.unwrap_or(PORT), credentials })
}

/// RFC 7617 section 2: a user's name has no colon, and neither holds control characters.
fn check(credentials: Secret, from: &str) -> Result<Secret> {
    let text = credentials.expose();
    if !text.contains(':') || text.chars().any(char::is_control) {
        return Err(invalid(format!("{from}: credentials are written user:password, on one line")));
    }
    Ok(credentials)
}

/// `%40` as `@`; what is no escape stays as it is.
fn unescaped(text: &str) -> String {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let hex = hex.filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a list such as `.example.com, 10.0.0.0/8, localhost:8080` names the origin.
fn is_exempt(origin: &Origin, list: &str) -> bool {
    let Some((host, port)) = host_and_port(origin.authority()) else { return false };
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    let port = port.unwrap_or(if origin.is_https() { 443 } else { 80 });
    let entries = list.split([',', ' ']).filter(|entry| !entry.is_empty());
    entries.map(str::to_ascii_lowercase).any(|entry| names(&entry, &host, port))
}

fn names(entry: &str, host: &str, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    if let Ok(ip) = host.parse::<IpAddr>() {
        let entry = entry.trim_matches(['[', ']']);
        let range = range(entry).is_some_and(|range| range.contains(&ip));
        return range || host_and_port(entry).is_some_and(|found| found == (host, Some(port)));
    }
    let (name, only) = host_and_port(entry.trim_start_matches('.')).unwrap_or((entry, None));
    let under = host.strip_suffix(name).is_some_and(|head| head.is_empty() || head.ends_with('.'));
    under && !name.is_empty() && only.is_none_or(|only| only == port)
}

/// An address, or a block of them as in RFC 4632.
fn range(entry: &str) -> Option<RangeInclusive<IpAddr>> {
    let (ip, bits) = entry.split_once('/').unwrap_or((entry, ""));
    let ip: IpAddr = ip.parse().ok()?;
    let size = if ip.is_ipv4() { 32 } else { 128 };
    let bits: u32 = if bits.is_empty() { size } else { bits.parse().ok()? };
    let free = size.checked_sub(bits)?;
    let rest = 1_u128.checked_shl(free).map_or(u128::MAX, |room| room - 1);
    Some(match ip {
        IpAddr::V4(ip) => {
            let rest = u32::try_from(rest).ok()?;
            let first = ip.to_bits() & !rest;
            IpAddr::V4(first.into())..=IpAddr::V4((first | rest).into())
        }
        IpAddr::V6(ip) => {
            let first = ip.to_bits() & !rest;
            IpAddr::V6(first.into())..=IpAddr::V6((first | rest).into())
        }
    })
}
