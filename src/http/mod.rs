//! Requests and responses: the only module that uses `ureq`.
//!
//! # The path of a request
//!
//! [`Http::send`] sends one [`Request`] once, and returns any complete [`Response`], whatever its
//! status. For each request it creates a `RequestContext`, and an `Agent` of ureq that lives as
//! long as the request. The agent's connector holds the context, and gives it to the transport.
//!
//! ```text
//!  Http::send ------------ RequestContext ------------+   in: deadline, token, progress
//!    |                                                |  out: step, content, what was sent
//!    |   head, content     +-> RequestConnector ------+
//!    +-------------> ureq -+     IdleConnections      |
//!       status, fields <---+     Dialer (tunnel, TLS) |
//!                          +-> HttpTransport ---------+
//!                                ContentRedactor
//!                                HttpStream --> net::Stream
//! ```
//!
//! - **The deadline and the cancel flag** are in the context. ureq has no timeouts set: each wait
//!   in `HttpStream` asks the context for how long it may last, at most 100 ms at a time.
//! - **The access token** is in the context. The transport writes it into the head as it sends it:
//!   ureq neither wipes its buffers nor keeps them out of its log, so it never holds the token.
//! - **Progress** is reported by the context whenever the system has taken more of the content. No
//!   lock is held while the handler runs.
//! - **The content of a response** goes from the transport into the context; ureq gets blanks in
//!   its place (`redact`). ureq finds its end, and `send` takes as much from the context.
//! - **Errors** of the connector and the transport pass ureq inside an `ureq::Error::Other`, and
//!   come out unchanged (`failure`). Those of ureq itself are explained by how far the request had
//!   come, which the context knows.
//! - **A connection is used again** when ureq has read the response to its end, and both sides keep
//!   it open. The transport then gives it to the idle connections of this process, from which a
//!   later request takes it; a POST takes none. So the connection of a token request serves the
//!   requests that need the token: what it carried was wiped where it was sent and read. A child of
//!   a fork begins with none.
//! - **ureq sees** the head without the token, the content of the request, and of the response the
//!   status, the header fields and the framing. It opens no connection, resolves no name, follows
//!   no redirect and keeps nothing between requests.
//!
//! A logger of the program may run while ureq does, so `send` marks that time as a user callback: a
//! call of the client in there is refused.
//!
//! # Files
//!
//! Each file uses only files above it.
//!
//! | file | what it has |
//! |---|---|
//! | `unversioned` | the parts of ureq that may change |
//! | `failure` | errors on their way through ureq |
//! | `request` | a request |
//! | `content`, `redact` | the content of a response, and how it is kept from ureq |
//! | `context` | `RequestContext` |
//! | `tls_error`, `stream` | input and output under the deadline |
//! | `html`, `excerpt` | quotes foreign text without secrets |
//! | `proxy_response`, `tunnel` | a tunnel through a proxy |
//! | `idle`, `connect` | idle and new connections |
//! | `transport` | the connector and transport that ureq calls |
//! | `json`, `response`, `sender` | a response, and whether the service or a gateway sent it |

mod connect;
mod content;
mod context;
mod excerpt;
mod failure;
mod html;
mod idle;
mod json;
mod proxy_response;
mod redact;
mod request;
mod response;
mod sender;
mod stream;
mod tls_error;
mod transport;
mod tunnel;
mod unversioned;

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use ureq::config::Config;
use ureq::http::{self, Uri, header};
use ureq::{Agent, Body, SendBody};

pub(crate) use excerpt::clean;
pub(crate) use request::{Content, ContentStream, Method, Request};
pub(crate) use response::{Response, means_none, without_bom};
pub(crate) use sender::Sender;

use connect::Dialer;
use context::RequestContext;
use excerpt::SecretFilter;
use idle::IdleConnections;
use transport::{Connections, NoResolver, RequestConnector};

use crate::clock::{Clock, Deadline};
use crate::config::{Proxy, Settings};
use crate::error::{Error, ErrorKind, Result, Stage};
use crate::event;
use crate::fork::PerProcess;
use crate::net::Trust;

/// The largest content that is read of a response that is no success.
const MOST_OF_A_FAILURE: u64 = 1 << 20;

/// Sends requests to one origin.
pub(crate) struct Http {
    /// A child of a fork has connections of its own.
    connections: PerProcess<Arc<Connections>>,
    config: Config,
    trust: Trust,
    proxy: Option<Proxy>,
    user_agent: String,
    origin: String,
    uri: Uri,
    clock: Arc<dyn Clock>,
}

impl Http {
    pub(crate) fn new(settings: &Settings) -> Result<Http> {
        let origin = settings.origin.to_string();
        let uri = origin.parse().map_err(|_| {
            Error::new(ErrorKind::Internal, "the origin cannot be used in a request")
        })?;
        Ok(Http {
            connections: PerProcess::new(),
            config: config(&settings.user_agent),
            trust: settings.trust.clone(),
            proxy: settings.proxy.clone(),
            user_agent: settings.user_agent.clone(),
            origin,
            uri,
            clock: Arc::clone(&settings.clock),
        })
    }

    fn connections(&self) -> Arc<Connections> {
        let connections = self.connections.get(|| {
            let (proxy, user_agent) = (self.proxy.clone(), self.user_agent.clone());
            let dialer = Dialer::new(self.uri.clone(), proxy, user_agent, &self.trust);
            Arc::new(Connections { idle: IdleConnections::default(), dialer })
        });
        Arc::clone(connections)
    }

    /// Sends `request` once. `Ok` is any complete response, whatever its status.
    pub(crate) fn send(&self, request: &Request<'_>, deadline: &Deadline) -> Result<Response> {
        if event::is_in_user_callback() {
            return Err(Error::reentrant());
        }
        let context = RequestContext::new(request, deadline)?;
        deadline.count_request();
        // A logger of the program's may be called from inside ureq.
        let exchanged = event::in_user_callback(|| self.exchange(request, &context));
        let (head, length) = exchanged.map_err(|error| context.explain(error))?;
        let content = context.take_content(length)?;
        let filter = SecretFilter::new(request.secrets.iter().copied().chain(request.bearer));
        let mut response = Response::new(&head, content, filter, self.clock.wall());
        response.sent_completely = context.is_sent_completely();
        Ok(response)
    }

    /// Has ureq send the request and read the response. Returns the head of the response, and the
    /// length of the content that is in the context.
    fn exchange(
        &self,
        request: &Request<'_>,
        context: &Arc<RequestContext>,
    ) -> Result<(http::response::Parts, u64), ureq::Error> {
        let connector =
            RequestConnector { connections: self.connections(), context: Arc::clone(context) };
        let agent = Agent::with_parts(self.config.clone(), connector, NoResolver);
        let head = self.head(request);
        let response = match &request.content {
            None => agent.run(head.body(())?)?,
            Some(content) => {
                let mut reader = ContentReader::open(content)?;
                agent.run(head.body(SendBody::from_reader(&mut reader))?)?
            }
        };
        let (head, body) = response.into_parts();
        let is_success = head.status.is_success();
        let cap = if is_success {
            request.max_content
        } else {
            request.max_content.min(MOST_OF_A_FAILURE)
        };
        // A buffer that grows takes three times the room while it does.
        context.expect_content(body.content_length().unwrap_or_default().min(cap));
        Ok((head, read_to_cap(body, cap, is_success)?))
    }

    fn head(&self, request: &Request<'_>) -> http::request::Builder {
        let method = match request.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
        };
        let uri = format!("{}{}", self.origin, request.path);
        let head = http::Request::builder().method(method).uri(uri);
        match &request.content {
            None => head,
            Some(content) => head
                .header(header::CONTENT_TYPE, content.media_type())
                .header(header::CONTENT_LENGTH, content.length()),
        }
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Http({})", self.origin)
    }
}

fn config(user_agent: &str) -> Config {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent(user_agent)
        .accept("application/json")
        .accept_encoding("identity")
        .input_buffer_size(transport::INPUT)
        .output_buffer_size(transport::OUTPUT)
        .build()
}

/// Reads the content of a request. That it cannot be read is not the network's fault.
struct ContentReader<'a>(Box<dyn Read + 'a>);

impl ContentReader<'_> {
    fn open<'a>(content: &'a Content<'_>) -> Result<ContentReader<'a>, ureq::Error> {
        let opened = content.open();
        opened.map(ContentReader).map_err(|error| failure::wrap(unreadable(&error)))
    }
}

impl Read for ContentReader<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.0.read(room).map_err(|error| failure::wrap_io(unreadable(&error)))
    }
}

fn unreadable(error: &io::Error) -> Error {
    Error::new(ErrorKind::UnreadableFile, error.to_string()).at(Stage::Send)
}

/// Reads on to the end, so that the connection can be kept; the bytes themselves are in the
/// context. Of a failure the beginning is enough: its status says all that counts. Returns the
/// length.
fn read_to_cap(body: Body, cap: u64, needs_all: bool) -> Result<u64, ureq::Error> {
    // What is read here are blanks. Most responses are a few words.
    let length = body.content_length().and_then(|length| usize::try_from(length).ok());
    let room = length.unwrap_or(transport::INPUT).clamp(64, transport::INPUT);
    let mut blanks = vec![0; room];
    let (mut reader, mut seen) = (body.into_reader(), 0);
    loop {
        match reader.read(&mut blanks).map_err(failure::from_reader)? {
            0 => return Ok(seen),
            amount => seen += amount as u64,
        }
        if seen > cap {
            let too_large = Err(ureq::Error::BodyExceedsLimit(cap));
            return if needs_all { too_large } else { Ok(seen) };
        }
    }
}
