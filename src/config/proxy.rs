//! The proxy that connections to the origin are made through, if any.

use std::path::Path;

use zeroize::Zeroizing;

use super::environment::variable;
use super::no_proxy;
use super::origin::{Origin, host_and_port};
use super::problem::invalid;
use super::read::read_secret;
use super::table::Values;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// The port that curl uses where a proxy's URL names none.
const PORT: u16 = 1080;

/// The settings and variables that give credentials, as errors name them.
const CREDENTIALS_IN: &str = "Config::proxy_credentials_file(), Config::proxy_credentials() or \
                              VANTA_PROXY_CREDENTIALS_FILE";

/// An HTTP proxy.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) credentials: Option<ProxyCredentials>,
}

/// What the proxy asks for (Basic authentication, RFC 7617).
#[derive(Clone, Debug)]
pub(crate) struct ProxyCredentials {
    /// `user:password`.
    pub(crate) text: Secret,
    /// The setting, file or variable that gave them.
    pub(crate) source: String,
}

impl Proxy {
    /// What an error says where the proxy asks for credentials and has been given none.
    pub(crate) fn credentials_rule() -> String {
        format!("set user:password with {CREDENTIALS_IN}")
    }
}

/// Finds the proxy that code or environment name; `None` is a direct connection.
pub(super) fn find(values: &Values, origin: &Origin) -> Result<Option<Proxy>> {
    let proxy = match values.proxy.as_ref().map(Secret::expose) {
        None | Some("none") => None,
        Some("environment") => from_environment(origin)?,
        Some(url) if url.contains('@') => {
            let rule = format!("set them with {CREDENTIALS_IN}, since URLs are often logged");
            return Err(invalid(format!("the proxy's URL holds a user name or password; {rule}")));
        }
        Some(url) => Some(parse(url, "the proxy")?),
    };
    let Some(proxy) = proxy else { return Ok(None) };
    let credentials = credentials(values)?.or(proxy.credentials);
    Ok(Some(Proxy { credentials, ..proxy }))
}

/// The credentials that the settings give, from memory or from a file.
fn credentials(values: &Values) -> Result<Option<ProxyCredentials>> {
    let (text, file) = (&values.proxy_credentials, &values.proxy_credentials_file);
    let from_file = |path: &Path| check(read_secret(path)?, &path.display().to_string());
    match (text, file) {
        (Some(_), Some(_)) => {
            let both = "the proxy's credentials are set as a value and as a file; keep one";
            Err(invalid(both))
        }
        (Some(text), None) => check(text.clone(), "Config::proxy_credentials()").map(Some),
        (None, Some(path)) => from_file(path).map(Some),
        (None, None) => Ok(None),
    }
}

/// Finds the proxy of the host's other programs. It is used only when that was asked for.
fn from_environment(origin: &Origin) -> Result<Option<Proxy>> {
    // Anyone who sends a request to a CGI program can set HTTP_PROXY.
    let names: &[&'static str] = match origin.is_https() {
        true => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        false => &["http_proxy", "all_proxy", "ALL_PROXY"],
    };
    let Some((name, url)) = first(names)? else { return Ok(None) };
    let is_exempt = match first(&["no_proxy", "NO_PROXY"])? {
        Some((list_name, list)) => no_proxy::exempts(origin, list_name, &list)?,
        None => false,
    };
    if is_exempt { Ok(None) } else { parse(&url, name).map(Some) }
}

/// The first variable that has a value, by name and value.
fn first(names: &[&'static str]) -> Result<Option<(&'static str, Zeroizing<String>)>> {
    for name in names {
        if let Some(value) = variable(name)? {
            return Ok(Some((name, Zeroizing::new(value))));
        }
    }
    Ok(None)
}

/// Reads `http://user:password@host:port`, all but the host optional. Errors show nothing of it
/// but a scheme that is known.
fn parse(url: &str, what: &str) -> Result<Proxy> {
    let (scheme, rest) = url.trim().split_once("://").unwrap_or(("http", url.trim()));
    if !scheme.eq_ignore_ascii_case("http") {
        return Err(unsupported(scheme, what));
    }
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (credentials, authority) = match rest.rsplit_once('@') {
        Some((credentials, authority)) => (Some(unescaped(credentials)), authority),
        None => (None, rest),
    };
    let (host, port) = host_and_port(authority)
        .ok_or_else(|| invalid(format!("{what} is malformed; write http://host:port")))?;
    let credentials = credentials.map(|credentials| check(Secret::new(credentials), what));
    let credentials = credentials.transpose()?;
    Ok(Proxy { host: host.to_owned(), port: port.unwrap_or(PORT), credentials })
}

/// The error for a proxy that does not speak plain HTTP.
fn unsupported(scheme: &str, what: &str) -> Error {
    let scheme = scheme.to_ascii_lowercase();
    let rule = match scheme.as_str() {
        "https" => {
            "give the port on which the proxy speaks plain HTTP, as http://host:port; through the \
             tunnel, all is TLS up to Vanta"
        }
        "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => {
            "use an HTTP proxy, as http://host:port"
        }
        _ => return invalid(format!("{what} has an unknown scheme; only http:// is supported")),
    };
    invalid(format!("{what} begins with {scheme}://, and only http:// is supported; {rule}"))
}

/// RFC 7617 section 2: a user's name has no colon, and neither holds control characters.
fn check(text: Secret, source: &str) -> Result<ProxyCredentials> {
    let shown = text.expose();
    if !shown.contains(':') || shown.chars().any(char::is_control) {
        let rule = "write a proxy's credentials as user:password, on one line";
        return Err(invalid(format!("{source} is malformed; {rule}")));
    }
    Ok(ProxyCredentials { text, source: source.to_owned() })
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
