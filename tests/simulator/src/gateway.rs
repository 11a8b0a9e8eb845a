//! Gateways in front of Vanta: firewalls, proxies, CDNs and captive portals.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::StatusCode;

use crate::reply::Reply;

/// A gateway between the client and Vanta, which terminates TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gateway {
    /// There is none.
    #[default]
    None,
    /// It responds to every request with this status and an HTML page, such as 401, 403, 404 or
    /// 503. No request reaches Vanta.
    Page(u16),
    /// It responds with this status and a line of text. No request reaches Vanta.
    Text(u16),
    /// It responds with this status and an empty body. No request reaches Vanta.
    Empty(u16),
    /// A firewall: it responds with 403 and an HTML page to a request whose body has this text.
    /// Other requests pass.
    Firewall(String),
    /// A captive portal: it responds to every request with 200 and a page to sign in to.
    Portal,
    /// A captive portal: it redirects every request to its page with 302.
    PortalRedirect,
    /// Requests pass, and each response is compressed with gzip, though the request does not ask
    /// for that.
    Gzip,
    /// Requests pass, and each response gets a header field of this many bytes.
    LongHead(usize),
    /// Requests pass, and each response gets a header field that goes on in the next line
    /// (obs-fold).
    FoldedHead,
}

impl Gateway {
    /// Returns its response in Vanta's place, if it responds.
    pub(crate) fn block(&self, body: &[u8]) -> Option<Reply> {
        match self {
            Gateway::Page(status) => Some(page(*status)),
            Gateway::Text(status) => {
                Some(reply(*status, "text/plain", "RBAC: access denied").with("server", SERVER))
            }
            Gateway::Empty(status) => Some(reply(*status, "text/plain", "")),
            Gateway::Firewall(text) if has(body, text.as_bytes()) => Some(page(403)),
            Gateway::Portal => Some(portal(200)),
            Gateway::PortalRedirect => {
                Some(portal(302).with("location", "http://portal.example/sign-in"))
            }
            _ => None,
        }
    }

    /// Changes a response of Vanta's.
    pub(crate) fn pass(&self, mut reply: Reply) -> Reply {
        match self {
            Gateway::Gzip => {
                reply.body = gzip(&reply.body);
                reply.with("content-encoding", "gzip").with("via", VIA)
            }
            Gateway::LongHead(bytes) => reply.with("x-gateway", &"x".repeat(*bytes)),
            Gateway::FoldedHead => reply.with("x-gateway", "one\r\n two"),
            _ => reply,
        }
    }

    /// Returns whether an HTTP library cannot write its responses.
    pub(crate) fn is_raw(&self) -> bool {
        matches!(self, Gateway::LongHead(_) | Gateway::FoldedHead)
    }
}

const SERVER: &str = "example-firewall/7";
const VIA: &str = "1.1 gateway.example";

fn has(body: &[u8], text: &[u8]) -> bool {
    !text.is_empty() && body.windows(text.len()).any(|part| part == text)
}

/// Returns a response without the header fields of Vanta's front end.
fn reply(status: u16, content_type: &str, body: &str) -> Reply {
    let headers = vec![("content-type".to_owned(), content_type.to_owned())];
    Reply { status, headers, body: body.as_bytes().to_vec() }
}

fn page(status: u16) -> Reply {
    let known = StatusCode::from_u16(status).ok();
    let reason = known.and_then(|status| status.canonical_reason()).unwrap_or("Error");
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>{status} {reason}</title><style>p {{ margin: 0 }}\
         </style></head>\n<body><h1>Request blocked</h1><p>The request was blocked by the network. \
         Support id: 4711</p></body></html>\n"
    );
    reply(status, "text/html; charset=utf-8", &page).with("server", SERVER).with("via", VIA)
}

fn portal(status: u16) -> Reply {
    let page = "<!DOCTYPE html>\n<html><head><title>Guest network</title></head>\n<body><form>\
                Sign in to use the network</form></body></html>\n";
    reply(status, "text/html", page).with("server", "example-portal")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).and_then(|()| packed.finish()).expect("memory takes all bytes")
}
