//! A tunnel through an HTTP proxy (CONNECT, RFC 9110 section 9.3.6).
//!
//! TLS to the origin goes through it: the proxy learns the host's name and no more.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::context::RequestContext;
use super::proxy_response::{Exchange, ProxyResponse};
use super::stream::HttpStream;
use crate::config::Proxy;
use crate::error::{Result, Stage};

/// No proxy's response is longer, as far as it is read.
const MOST: usize = 16 << 10;

/// As much is read at a time.
const ROOM: usize = 1024;

/// A proxy that sends content without its length may keep the connection open behind it: after so
/// many polls without a byte, or so many reads, the content has ended.
const MOST_WAITS: usize = 5;
const MOST_READS: usize = 64;

/// Requests a tunnel to `target`, a host and port.
pub(super) fn open(
    stream: &mut HttpStream,
    context: &RequestContext,
    proxy: &Proxy,
    user_agent: &str,
    target: &str,
) -> Result<()> {
    context.set_step(Stage::Proxy);
    let exchange = Exchange { proxy, target };
    stream.send_all(context, &request(target, proxy, user_agent))?;
    let mut tunnel = Tunnel { stream, context, exchange };
    // Room for all of it: a proxy may repeat the credentials, and a copy would not be wiped.
    let mut received = Zeroizing::new(Vec::with_capacity(MOST + ROOM));
    let Some((begin, end)) = tunnel.read_head(&mut received)? else {
        return Err(tunnel.exchange.not_http(&received));
    };
    let Some(mut response) = ProxyResponse::parse(&received[begin..end]) else {
        return Err(tunnel.exchange.not_http(&received[begin..]));
    };
    match response.is_success() {
        true if end == received.len() => return Ok(()),
        true => {}
        false => tunnel.read_content(&mut received, end.saturating_add(response.length()))?,
    }
    response.set_content(&received[end..]);
    Err(tunnel.exchange.refused(&response))
}

fn request(target: &str, proxy: &Proxy, user_agent: &str) -> Zeroizing<Vec<u8>> {
    let mut head =
        format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: {user_agent}\r\n")
            .into_bytes();
    // Room for all, so that no copy of the credentials is left behind by a move.
    let mut request = Zeroizing::new(Vec::with_capacity(head.len() + MOST));
    request.append(&mut head);
    if let Some(credentials) = &proxy.credentials {
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(credentials.text.expose()));
        request.extend_from_slice(b"Proxy-Authorization: Basic ");
        request.extend_from_slice(encoded.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request
}

/// A tunnel that was requested.
struct Tunnel<'a> {
    stream: &'a mut HttpStream,
    context: &'a RequestContext,
    exchange: Exchange<'a>,
}

impl Tunnel<'_> {
    /// Reads the head of the final response, and returns where it begins and ends; those with 1xx
    /// come before it. `None` if it is not HTTP.
    fn read_head(&mut self, received: &mut Vec<u8>) -> Result<Option<(usize, usize)>> {
        let mut begin = 0;
        loop {
            let end = head_end(&received[begin..]).map(|length| begin + length);
            match end {
                Some(end) if is_interim(&received[begin..end]) => begin = end,
                Some(end) => return Ok(Some((begin, end))),
                None if received.len() > MOST || !may_be_http(&received[begin..]) => {
                    return Ok(None);
                }
                None if self.read_more(received)? => {}
                None => return Err(self.exchange.closed(received, None)),
            }
        }
    }

    /// Reads some bytes; `false` at the end.
    fn read_more(&mut self, received: &mut Vec<u8>) -> Result<bool> {
        let mut room = Zeroizing::new([0; ROOM]);
        let outcome = self.stream.read(self.context, &mut *room)?;
        let amount = outcome.map_err(|error| self.exchange.closed(received, Some(&error)))?;
        received.extend_from_slice(&room[..amount]);
        Ok(amount > 0)
    }

    /// Reads what explains a refusal, as far as it comes soon. The refusal itself is known: a
    /// deadline that passes meanwhile ends only the reading.
    fn read_content(&mut self, received: &mut Vec<u8>, end: usize) -> Result<()> {
        let deadline = self.context.deadline()?;
        let (mut room, mut waits) = (Zeroizing::new([0; ROOM]), 0);
        for _ in 0..MOST_READS {
            let Ok(time) = deadline.poll_interval() else { break };
            if received.len() >= end.min(MOST) || waits > MOST_WAITS {
                break;
            }
            match self.stream.read_within(&mut *room, time) {
                None => waits += 1,
                Some(0) => break,
                Some(amount) => received.extend_from_slice(&room[..amount]),
            }
        }
        Ok(())
    }
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
