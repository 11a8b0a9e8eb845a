//! One connection as ureq sees it: buffers in, buffers out, and no secret in either.
//!
//! A transport serves one request. When ureq asks whether its connection can be kept, it gives it
//! to the idle connections, and returns `false`: ureq keeps none.
//!
//! A request's head waits for the first bytes of its content, so that both are sent in one TLS
//! record. Only then the Authorization field is written, as the last of the head, and wiped once it
//! is sent: ureq never holds the access token.

use std::fmt;
use std::sync::Arc;

use ureq::config::Config;
use ureq::http::Uri;
use zeroize::{Zeroize, Zeroizing};

use super::connect::Dialer;
use super::context::RequestContext;
use super::failure::wrap;
use super::idle::{Connection, IdleConnections};
use super::redact::ContentRedactor;
use super::stream::HttpStream;
use super::unversioned::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, ResolvedSocketAddrs, Resolver,
    Transport,
};
use crate::error::{Error, ErrorKind, Result, Stage};
use crate::secret::Secret;

/// The end of a request's head.
const END: &[u8] = b"\r\n\r\n";

/// Ends the field before it, and begins its own.
const AUTHORIZATION: &[u8] = b"\r\nauthorization: Bearer ";

pub(super) const INPUT: usize = 16 << 10;
pub(super) const OUTPUT: usize = 64 << 10;

/// The connections to one origin: the idle ones, and the way to a new one.
pub(super) struct Connections {
    pub(super) idle: IdleConnections,
    pub(super) dialer: Dialer,
}

/// Finds the connection for one request.
pub(super) struct RequestConnector {
    pub(super) connections: Arc<Connections>,
    pub(super) context: Arc<RequestContext>,
}

impl RequestConnector {
    fn connection(&self) -> Result<Connection> {
        let context = &self.context;
        if context.may_use_idle_connection() {
            let idle = self.connections.idle.take(context.needs_proven_connection());
            if let Some((connection, last_used)) = idle {
                context.set_idle_since(last_used);
                return Ok(connection);
            }
        }
        let stream = self.connections.dialer.open(context)?;
        let buffers = LazyBuffers::new(INPUT, OUTPUT);
        Ok(Connection { stream, buffers, is_proven: false })
    }
}

impl Connector<()> for RequestConnector {
    type Out = HttpTransport;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<HttpTransport>, ureq::Error> {
        let Connection { stream, buffers, .. } = self.connection().map_err(wrap)?;
        Ok(Some(HttpTransport {
            connections: Arc::clone(&self.connections),
            context: Arc::clone(&self.context),
            stream: Some(stream),
            buffers,
            redactor: ContentRedactor::default(),
            head: Head::default(),
        }))
    }
}

impl fmt::Debug for RequestConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestConnector")
    }
}

/// Resolves nothing: the connector does so, and only for a new connection.
#[derive(Debug)]
pub(super) struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(
        &self,
        _: &Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

/// A connection while it serves a request.
pub(super) struct HttpTransport {
    connections: Arc<Connections>,
    context: Arc<RequestContext>,
    /// `None` once the connection was given back.
    stream: Option<HttpStream>,
    buffers: LazyBuffers,
    redactor: ContentRedactor,
    /// The request's head, until there is something to send with it.
    head: Head,
}

#[derive(Default)]
struct Head {
    bytes: Zeroizing<Vec<u8>>,
    complete: bool,
}

impl HttpTransport {
    /// Sends `amount` bytes of output.
    fn send(&mut self, amount: usize) -> Result<()> {
        let Some(stream) = &mut self.stream else { return Err(released()) };
        if self.head.bytes.is_empty() {
            return stream.send(&self.context, &self.buffers.output()[..amount], amount);
        }
        let mut bytes = with_authorization(&self.head.bytes, self.context.bearer(), amount);
        bytes.extend_from_slice(&self.buffers.output()[..amount]);
        self.head.bytes.zeroize();
        stream.send(&self.context, &bytes, amount)
    }

    /// Takes output that belongs to the head.
    fn hold(&mut self, amount: usize) {
        let output = &mut self.buffers.output()[..amount];
        self.head.bytes.extend_from_slice(output);
        self.head.complete = self.head.bytes.ends_with(END);
    }

    fn receive(&mut self) -> Result<usize> {
        if !self.head.bytes.is_empty() {
            self.send(0)?;
        }
        let Some(stream) = &mut self.stream else { return Err(released()) };
        let room = self.buffers.input_append_buf();
        if room.is_empty() {
            // Without room nothing can come, which would pass for a peer that hung up.
            let words = format!("a head, or a line of a body, has more than {INPUT} bytes");
            return Err(Error::new(ErrorKind::ResponseTooLarge, words).at(Stage::Read));
        }
        let amount = stream.receive(&self.context, room)?;
        let context = &self.context;
        self.redactor.take_content(&mut room[..amount], |bytes| context.append_content(bytes));
        self.buffers.input_appended(amount);
        Ok(amount)
    }
}

fn released() -> Error {
    Error::new(ErrorKind::Internal, "the connection was given back already")
}

/// The request's head with the Authorization field as its last, and room for `more` bytes after it.
///
/// No more room than that: all of it is wiped. No less: a buffer that grows leaves a copy behind.
fn with_authorization(head: &[u8], bearer: Option<&Secret>, more: usize) -> Zeroizing<Vec<u8>> {
    let parts: [&[u8]; 4] = match (head.strip_suffix(END), bearer) {
        (Some(fields), Some(token)) => [fields, AUTHORIZATION, token.expose().as_bytes(), END],
        _ => [head, b"", b"", b""],
    };
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length + more));
    parts.into_iter().for_each(|part| bytes.extend_from_slice(part));
    bytes
}

impl Transport for HttpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        self.context.set_step(Stage::Send);
        if !self.head.complete {
            self.hold(amount);
            return Ok(());
        }
        let sent = self.send(amount);
        // A token request carries the client secret here.
        self.buffers.output()[..amount].zeroize();
        sent.map_err(wrap)
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        self.receive().map(|amount| amount > 0).map_err(wrap)
    }

    /// ureq asks when the response is complete, and both sides keep the connection open.
    fn is_open(&mut self) -> bool {
        // The peer of a request that was cut off may be waiting for the rest.
        if let Some(stream) = self.stream.take().filter(|stream| !stream.is_write_closed()) {
            let buffers = std::mem::replace(&mut self.buffers, LazyBuffers::new(1, 1));
            let is_proven = self.context.may_use_idle_connection();
            let connection = Connection { stream, buffers, is_proven };
            self.connections.idle.put(connection, self.context.now());
        }
        false
    }

    fn is_tls(&self) -> bool {
        self.stream.as_ref().is_some_and(HttpStream::is_tls)
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpTransport({:?})", self.stream)
    }
}
