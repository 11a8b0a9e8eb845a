//! What a proxy responds to a request for a tunnel, and what the error says about it.
//!
//! The proxy refused, and not the origin, which was not reached: so the error names the proxy and
//! quotes its words.

use std::io;

use super::excerpt::SecretFilter;
use super::html;
use crate::config::Proxy;
use crate::error::{Error, ErrorKind, Stage};
use crate::secret::Secret;

/// The header fields that say which program responded.
const NAMES: [&str; 3] = ["proxy-agent", "server", "via"];

/// Words of web servers that were sent plain HTTP on a port for TLS.
const WANTS_TLS: [&str; 3] = ["HTTPS port", "HTTPS server", "SSL-enabled"];

/// Schemes that a local proxy can add (RFC 4559, and NTLM as Microsoft documents it).
const ADDABLE: [&str; 3] = ["Negotiate", "NTLM", "Kerberos"];

const NOT_A_PROXY: &str = "check that the proxy's host and port are those of an HTTP proxy";

/// A request for a tunnel to `target`.
pub(super) struct Exchange<'a> {
    pub(super) proxy: &'a Proxy,
    pub(super) target: &'a str,
}

/// The final response to it.
pub(super) struct ProxyResponse {
    status: u16,
    reason: String,
    /// Names are in lower case.
    fields: Vec<(String, String)>,
    content: String,
}

/// What went wrong, and what to do about it.
struct Finding {
    kind: ErrorKind,
    problem: String,
    advice: String,
}

impl ProxyResponse {
    /// Reads a head; `None` if it is not one of HTTP/1.
    pub(super) fn parse(head: &[u8]) -> Option<ProxyResponse> {
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let (version, rest) = lines.next()?.split_once(' ')?;
        let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
        let is_number = status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit());
        let status = status.parse().ok().filter(|status| is_number && (100..600).contains(status));
        let fields = lines.filter_map(|line| line.split_once(':'));
        let fields =
            fields.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        Some(ProxyResponse {
            status: status.filter(|_| version.starts_with("HTTP/1."))?,
            reason: reason.trim().to_owned(),
            fields: fields.collect(),
            content: String::new(),
        })
    }

    pub(super) fn is_interim(&self) -> bool {
        self.status < 200
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The length of the content; where no field states it, as much as comes.
    pub(super) fn length(&self) -> usize {
        let length = self.values("content-length").next();
        length.and_then(|length| length.parse().ok()).unwrap_or(usize::MAX)
    }

    /// Takes the content, as far as it was read. Compressed content is not quoted.
    pub(super) fn set_content(&mut self, content: &[u8]) {
        let is_chunked = self.values("transfer-encoding").any(|coding| coding.contains("chunked"));
        let is_compressed = self.values("content-encoding").any(|coding| coding != "identity");
        self.content = match (is_compressed, is_chunked) {
            (true, _) => String::new(),
            (false, true) => String::from_utf8_lossy(&without_chunks(content)).into_owned(),
            (false, false) => String::from_utf8_lossy(content).into_owned(),
        };
    }

    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.fields.iter().filter(move |(field, _)| field == name);
        named.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The authentication schemes that it offers, each once.
    fn schemes(&self) -> Vec<String> {
        let fields = self.values("proxy-authenticate").chain(self.values("www-authenticate"));
        let mut found: Vec<String> = Vec::new();
        for scheme in fields.flat_map(schemes) {
            if !found.iter().any(|known| known.eq_ignore_ascii_case(&scheme)) {
                found.push(scheme);
            }
        }
        found
    }
}

impl Exchange<'_> {
    /// The error for a response that opens no tunnel.
    pub(super) fn refused(&self, response: &ProxyResponse) -> Error {
        let filter = self.filter();
        let names = NAMES.iter().filter_map(|name| {
            let value = response.values(name).next()?;
            Some(format!("{name} {:?}", filter.quote(value)))
        });
        let names: Vec<String> = names.collect();
        let names =
            if names.is_empty() { names.concat() } else { format!(" ({})", names.join(", ")) };
        let content = filter.quote(&html::text(&filter.hide(&response.content)));
        // Error documents often repeat the reason.
        let reason = filter.quote(&response.reason);
        let reason = if content.contains(&reason) { String::new() } else { reason };
        let texts = [reason, content].into_iter().filter(|text| !text.is_empty());
        let text = filter.quote(&texts.collect::<Vec<_>>().join(", "));
        let Finding { kind, problem, advice } = self.finding(response, &text);
        let text = if text.is_empty() { text } else { format!("; it responded {text:?}") };
        let status = response.status;
        self.error(kind, &names, &format!("{problem} (HTTP {status}){text}; {advice}"))
    }

    fn finding(&self, response: &ProxyResponse, text: &str) -> Finding {
        let target = self.target;
        let refused = |problem: String, advice: &str| Finding {
            kind: ErrorKind::ProxyRefused,
            problem,
            advice: advice.to_owned(),
        };
        let later =
            |problem: String, advice: String| Finding { kind: ErrorKind::Connect, problem, advice };
        match response.status {
            200..=299 => refused("sends data before the tunnel is used".to_owned(), NOT_A_PROXY),
            300..=399 => {
                let place = response.values("location").next().unwrap_or_default();
                let place = self.filter().quote(place);
                let advice = "sign in there, or have this host let through without a sign-in";
                refused(format!("redirects to {place:?} in place of a tunnel"), advice)
            }
            // Tinyproxy sends 401 where RFC 9110 section 15.5.8 has 407.
            401 | 407 => self.authentication(&response.schemes()),
            400 if WANTS_TLS.iter().any(|words| text.contains(words)) => self.speaks_tls(),
            400 => refused("does not understand a request for a tunnel".to_owned(), NOT_A_PROXY),
            405 | 501 => refused("does not support tunnels (CONNECT)".to_owned(), NOT_A_PROXY),
            408 | 429 => later(
                format!("does not open a tunnel to {target} now"),
                "try again later".to_owned(),
            ),
            500..=599 => {
                let host = target.rsplit_once(':').map_or(target, |(host, _)| host);
                let advice = format!("ask its administrator whether it can reach {host}");
                later(format!("could not reach {target}"), advice)
            }
            _ => refused(
                format!("does not allow a tunnel to {target}"),
                "ask its administrator to allow this host and port",
            ),
        }
    }

    /// What a response means that asks for credentials.
    fn authentication(&self, schemes: &[String]) -> Finding {
        let is_basic = |scheme: &String| scheme.eq_ignore_ascii_case("basic");
        let (problem, advice) = match &self.proxy.credentials {
            _ if !schemes.is_empty() && !schemes.iter().any(is_basic) => {
                return unsupported(schemes);
            }
            Some(credentials) => (
                format!("does not accept the credentials from {}", credentials.source),
                "correct the user name and password there".to_owned(),
            ),
            None => ("requires a user name and password".to_owned(), Proxy::credentials_rule()),
        };
        Finding { kind: ErrorKind::ProxyRefused, problem, advice }
    }

    /// The error for a connection that ended before a response.
    pub(super) fn closed(&self, received: &[u8], error: Option<&io::Error>) -> Error {
        let how = match (error, received.is_empty()) {
            (Some(error), _) => format!("broke the connection ({error})"),
            (None, true) => "closed the connection without a response".to_owned(),
            (None, false) => "closed the connection before its response was complete".to_owned(),
        };
        let advice = "if that repeats, it may not allow this host, or it expects TLS or SOCKS";
        self.error(ErrorKind::Connect, "", &format!("{how}; {advice} in place of HTTP"))
    }

    /// The error for bytes that are no response of HTTP/1.
    pub(super) fn not_http(&self, received: &[u8]) -> Error {
        let finding = match received {
            [0x15 | 0x16, 3, ..] => self.speaks_tls(),
            [5, ..] | [0, 0x5a..=0x5d, ..] => Finding {
                kind: ErrorKind::ProxyRefused,
                problem: "speaks SOCKS on this port, which is not supported".to_owned(),
                advice: "name an HTTP proxy".to_owned(),
            },
            _ => self.unknown_protocol(received),
        };
        self.error(finding.kind, "", &format!("{}; {}", finding.problem, finding.advice))
    }

    fn speaks_tls(&self) -> Finding {
        Finding {
            kind: ErrorKind::ProxyRefused,
            problem: format!("speaks TLS on port {}, which is not supported", self.proxy.port),
            advice: "name the port on which it speaks plain HTTP".to_owned(),
        }
    }

    fn unknown_protocol(&self, received: &[u8]) -> Finding {
        let text = self.filter().quote(&String::from_utf8_lossy(received));
        let is_http = received.starts_with(b"HTTP/1.");
        let is_text = received.iter().all(|byte| !byte.is_ascii_control() || *byte >= 9);
        let said = if is_text { format!(" ({text:?})") } else { String::new() };
        Finding {
            kind: ErrorKind::ProxyRefused,
            problem: match is_http {
                true => "sends a response head that is malformed, or longer than 16 KiB".to_owned(),
                false => format!("sends a response{said} that is not HTTP/1"),
            },
            advice: NOT_A_PROXY.to_owned(),
        }
    }

    fn error(&self, kind: ErrorKind, names: &str, words: &str) -> Error {
        let Proxy { host, port, .. } = self.proxy;
        Error::new(kind, format!("the proxy {host}:{port}{names} {words}")).at(Stage::Proxy)
    }

    /// Hides the credentials, and the password alone, should the proxy repeat them.
    fn filter(&self) -> SecretFilter {
        let secret = self.proxy.credentials.as_ref().map(|credentials| &credentials.text);
        let password = secret.and_then(|secret| secret.expose().split_once(':'));
        let password = password.map(|(_, password)| Secret::new(password));
        SecretFilter::new(secret.into_iter().chain(&password))
    }
}

/// What a proxy means that offers none of the schemes that are supported.
fn unsupported(schemes: &[String]) -> Finding {
    let offered = schemes.join(" and ");
    let is_addable = |scheme: &String| ADDABLE.iter().any(|it| it.eq_ignore_ascii_case(scheme));
    let local = match schemes.iter().any(is_addable) {
        true => ", or set as the proxy a local one that adds them, such as cntlm or px",
        false => "",
    };
    Finding {
        kind: ErrorKind::ProxyRefused,
        problem: format!("offers only {offered} for authentication, and only Basic is supported"),
        advice: format!(
            "have it offer Basic or let this host through without authentication{local}"
        ),
    }
}

/// The schemes of a challenge list such as `Basic realm="a, b", NTLM` (RFC 9110 section 11.3).
fn schemes(field: &str) -> Vec<String> {
    let mut quoted = false;
    let parts = field.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    let named = parts.filter_map(|part| {
        let part = part.trim();
        let end = part.find(|c: char| !is_token(c)).unwrap_or(part.len());
        let is_parameter = part[end..].trim_start().starts_with('=');
        (end > 0 && !is_parameter).then(|| part[..end].chars().take(20).collect())
    });
    named.take(8).collect()
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~+!#$%&'*^`|".contains(c)
}

/// The content of chunks, as far as they came (RFC 9112 section 7.1).
fn without_chunks(mut bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(&bytes[..end]);
        let size = line.split([';', '\r']).next().unwrap_or_default().trim();
        let rest = &bytes[end + 1..];
        let size = usize::from_str_radix(size, 16).unwrap_or(0).min(rest.len());
        if size == 0 {
            break;
        }
        content.extend_from_slice(&rest[..size]);
        bytes = rest[size..].trim_ascii_start();
    }
    content
}
