//! A tunnel through an HTTP proxy (CONNECT, RFC 9110 section 9.3.6).
//!
//! TLS to the origin goes through it: the proxy learns the host's name and no more.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ureq::http::Uri;
use zeroize::Zeroizing;

use super::call;
use super::proxy_response::{Exchange, ProxyResponse};
use super::stream::HttpStream;
use crate::config::Proxy;
use crate::error::Step;

/// No proxy's response is longer, as far as it is read.
const MOST: usize = 16 << 10;

/// As much is read at a time.
const ROOM: usize = 1024;

/// A proxy that sends a page without its length may keep the connection open behind it: after so
/// many polls without a byte, or so many reads, the page has ended.
const MOST_WAITS: usize = 5;
const MOST_READS: usize = 64;

/// Requests a tunnel to the host of `uri`.
pub(super) fn open(
    stream: &mut HttpStream,
    proxy: &Proxy,
    user_agent: &str,
    uri: &Uri,
) -> Result<(), ureq::Error> {
    call::step(Step::Proxy);
    let default = if uri.scheme_str() == Some("http") { 80 } else { 443 };
    let host = uri.host().unwrap_or_default();
    let target = format!("{host}:{}", uri.port_u16().unwrap_or(default));
    let exchange = Exchange { proxy, target: &target };
    stream.send_all(&request(&target, proxy, user_agent))?;
    // Room for all of it: a proxy may repeat the credentials, and a copy would not be wiped.
    let mut received = Zeroizing::new(Vec::with_capacity(MOST + ROOM));
    let Some((begin, end)) = read_head(stream, &exchange, &mut received)? else {
        return Err(call::fail(exchange.not_http(&received)));
    };
    let Some(mut response) = ProxyResponse::parse(&received[begin..end]) else {
        return Err(call::fail(exchange.not_http(&received[begin..])));
    };
    match response.is_success() {
        true if end == received.len() => return Ok(()),
        true => {}
        false => read_content(stream, &mut received, end.saturating_add(response.length()))?,
    }
    response.set_content(&received[end..]);
    Err(call::fail(exchange.refused(&response)))
}

fn request(target: &str, proxy: &Proxy, user_agent: &str) -> Zeroizing<Vec<u8>> {
    let mut head =
        format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: {user_agent}\r\n")
            .into_bytes();
    // Room for all, so that no copy of the credentials is left behind by a move.
    let mut whole = Zeroizing::new(Vec::with_capacity(head.len() + MOST));
    whole.append(&mut head);
    if let Some(credentials) = &proxy.credentials {
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(credentials.text.expose()));
        whole.extend_from_slice(b"Proxy-Authorization: Basic ");
        whole.extend_from_slice(encoded.as_bytes());
        whole.extend_from_slice(b"\r\n");
    }
    whole.extend_from_slice(b"\r\n");
    whole
}

/// Reads the head of the final response, and returns where it begins and ends; those with 1xx come
/// before it. `None` if it is not HTTP.
fn read_head(
    stream: &mut HttpStream,
    exchange: &Exchange<'_>,
    received: &mut Vec<u8>,
) -> Result<Option<(usize, usize)>, ureq::Error> {
    let mut begin = 0;
    loop {
        let end = head_end(&received[begin..]).map(|length| begin + length);
        match end {
            Some(end) if is_interim(&received[begin..end]) => begin = end,
            Some(end) => return Ok(Some((begin, end))),
            None if received.len() > MOST || !may_be_http(&received[begin..]) => return Ok(None),
            None if read_more(stream, exchange, received)? => {}
            None => return Err(call::fail(exchange.closed(received, None))),
        }
    }
}

/// Reads some bytes; `false` at the end.
fn read_more(
    stream: &mut HttpStream,
    exchange: &Exchange<'_>,
    received: &mut Vec<u8>,
) -> Result<bool, ureq::Error> {
    let mut room = Zeroizing::new([0; ROOM]);
    match stream.read(&mut *room) {
        Ok(amount) => {
            received.extend_from_slice(&room[..amount]);
            Ok(amount > 0)
        }
        Err(ureq::Error::Io(error)) if call::is_well() => {
            Err(call::fail(exchange.closed(received, Some(&error))))
        }
        Err(lapsed) => Err(lapsed),
    }
}

/// Reads what explains a refusal, as far as it comes soon. The refusal itself is known: a deadline
/// that passes meanwhile ends only the reading.
fn read_content(
    stream: &mut HttpStream,
    received: &mut Vec<u8>,
    end: usize,
) -> Result<(), ureq::Error> {
    let deadline = call::deadline()?;
    let (mut room, mut waits) = (Zeroizing::new([0; ROOM]), 0);
    for _ in 0..MOST_READS {
        let Ok(time) = deadline.poll_interval() else { break };
        if received.len() >= end.min(MOST) || waits > MOST_WAITS {
            break;
        }
        match stream.read_within(&mut *room, time) {
            None => waits += 1,
            Some(0) => break,
            Some(amount) => received.extend_from_slice(&room[..amount]),
        }
    }
    Ok(())
}

/// Whether the bytes begin, as far as there are any, as a response of HTTP/1 does.
fn may_be_http(bytes: &[u8]) -> bool {
    bytes.iter().zip(b"HTTP/1.").all(|(byte, expected)| byte == expected)
}

/// How long the head is, with the empty line that ends it (RFC 9112 section 2.2).
fn head_end(bytes: &[u8]) -> Option<usize> {
    let ends = (0..bytes.len()).filter(|at| bytes[*at] == b'\n');
    ends.map(|at| at + 1).find_map(|at| match &bytes[at..] {
        [b'\n', ..] => Some(at + 1),
        [b'\r', b'\n', ..] => Some(at + 2),
        _ => None,
    })
}

fn is_interim(head: &[u8]) -> bool {
    ProxyResponse::parse(head).is_some_and(|response| response.is_interim())
}
