//! A tunnel through an HTTP proxy (CONNECT, RFC 9110 section 9.3.6).
//!
//! What goes through it is TLS to the origin: the proxy learns the host's name and no more.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ureq::http::Uri;
use zeroize::Zeroizing;

use super::call;
use super::stream::HttpStream;
use crate::config::Proxy;
use crate::error::{ErrorKind, Step};

/// No proxy has more to say.
const MOST: usize = 16 << 10;

/// Asks for a tunnel to the host of `uri`.
pub(super) fn open(line: &mut HttpStream, proxy: &Proxy, uri: &Uri) -> Result<(), ureq::Error> {
    call::step(Step::Proxy);
    let default = if uri.scheme_str() == Some("http") { 80 } else { 443 };
    let host = uri.host().unwrap_or_default();
    let target = format!("{host}:{}", uri.port_u16().unwrap_or(default));
    line.send_all(&request(&target, proxy))?;
    let status = read_status(line, proxy)?;
    let credentials = proxy.credentials.is_some();
    let (kind, words) = match status {
        Some(200..=299) => return Ok(()),
        // Tinyproxy says 401 where RFC 9110 section 15.5.8 has 407.
        Some(401 | 407) if credentials => {
            (ErrorKind::ProxyRefused, "does not accept the credentials")
        }
        Some(401 | 407) => {
            (ErrorKind::ProxyRefused, "wants credentials: name a file that holds them")
        }
        Some(500..=599) => (ErrorKind::Connect, "could not reach it"),
        Some(_) => (ErrorKind::ProxyRefused, "does not let us: it must allow this host"),
        None => (ErrorKind::ProxyRefused, "answers in no HTTP: it may be no HTTP proxy"),
    };
    let status = status.map_or_else(String::new, |status| format!(" (status {status})"));
    Err(failed(kind, proxy, &format!("asked for {target}, {words}{status}")))
}

fn failed(kind: ErrorKind, proxy: &Proxy, words: &str) -> ureq::Error {
    let message = format!("the proxy {}:{} {words}", proxy.host, proxy.port);
    call::fail_with(kind, Step::Proxy, message)
}

fn request(target: &str, proxy: &Proxy) -> Zeroizing<Vec<u8>> {
    let mut head = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
    // Room for all, so that no copy of the credentials is left behind by a move.
    let mut whole = Zeroizing::new(Vec::with_capacity(head.len() + MOST));
    whole.append(&mut head);
    if let Some(credentials) = &proxy.credentials {
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(credentials.expose()));
        whole.extend_from_slice(b"Proxy-Authorization: Basic ");
        whole.extend_from_slice(encoded.as_bytes());
        whole.extend_from_slice(b"\r\n");
    }
    whole.extend_from_slice(b"\r\n");
    whole
}

/// Reads the status of the final answer; those of 1xx come before it.
fn read_status(line: &mut HttpStream, proxy: &Proxy) -> Result<Option<u16>, ureq::Error> {
    let (mut heard, mut begin) = (Vec::new(), 0);
    loop {
        let end = read_head(line, proxy, &mut heard, begin)?;
        let status = end.and_then(|end| status(&heard[begin..end]));
        match (status, end) {
            (Some(100..=199), Some(end)) if end <= MOST => begin = end,
            (Some(200..=299), Some(end)) if end < heard.len() => {
                // Before we have spoken, nothing comes through a tunnel.
                let words = "speaks where a tunnel should begin";
                return Err(failed(ErrorKind::ProxyRefused, proxy, words));
            }
            _ => return Ok(status),
        }
    }
}

/// Reads on to the empty line that ends the head which begins there, and gives the place behind it.
fn read_head(
    line: &mut HttpStream,
    proxy: &Proxy,
    heard: &mut Vec<u8>,
    begin: usize,
) -> Result<Option<usize>, ureq::Error> {
    loop {
        let end = heard[begin..].windows(4).position(|end| end == b"\r\n\r\n");
        if end.is_some() || heard.len() > MOST {
            return Ok(end.map(|end| begin + end + 4));
        }
        let mut room = [0; 1024];
        let amount = match line.read(&mut room) {
            Ok(amount) => amount,
            Err(ureq::Error::Io(error)) if call::is_well() => {
                let words = format!("closed the connection: {error}");
                return Err(failed(ErrorKind::Connect, proxy, &words));
            }
            Err(lapsed) => return Err(lapsed),
        };
        match amount {
            0 if heard.is_empty() => {
                let words = "closed the connection without a word";
                return Err(failed(ErrorKind::Connect, proxy, words));
            }
            0 if heard[begin..].starts_with(b"HTTP/1.") => {
                let words = "closed the connection in its answer";
                return Err(failed(ErrorKind::Connect, proxy, words));
            }
            0 => return Ok(None),
            _ => heard.extend_from_slice(&room[..amount]),
        }
    }
}

/// The status of a head.
fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|byte| *byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    words.next().filter(|version| version.starts_with("HTTP/1."))?;
    words.next()?.parse().ok().filter(|status| (100..600).contains(status))
}
