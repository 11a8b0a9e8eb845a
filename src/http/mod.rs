//! The wire: the only room that names `ureq`; a request becomes an [`Answer`] or an error.

mod answer;
mod call;
mod connect;
mod json;
mod page;
mod proxy_response;
mod resolve;
mod seam;
mod sender;
mod stream;
mod tls;
mod tunnel;
mod veil;
mod wire;

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use ureq::http::{self, Response, header};
use ureq::{Agent, Body, SendBody};

use answer::Excerpt;
pub(crate) use answer::{Answer, clean, says_no, without_mark};
use call::Call;
pub(crate) use sender::Sender;

use crate::clock::{Clock, Deadline};
use crate::config::{Proxy, Settings};
use crate::error::{Error, ErrorKind, Result, Step};
use crate::event::{self, ProgressHandler};
use crate::fork::PerProcess;
use crate::net::Trust;
use crate::secret::Secret;

/// The largest answer that is read when it is no success.
const ERROR_CAP: u64 = 1 << 20;

/// The methods of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
}

/// One request, which may be sent again as it is.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    /// Path and query below the origin. Never a secret: URLs are logged all over the world.
    pub(crate) path: String,
    pub(crate) bearer: Option<&'a Secret>,
    pub(crate) content: Option<Content<'a>>,
    /// What must not be shown should the answer echo it.
    pub(crate) hidden: &'a [&'a Secret],
    /// The largest answer body that is read.
    pub(crate) cap: u64,
    /// Who watches the sending, and how many records there are.
    pub(crate) watched: Option<(&'a ProgressHandler, usize)>,
}

/// What a request carries, and can carry again.
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    Json(&'a [u8]),
    Stream(&'a dyn Stream),
}

/// So many bytes, which are read anew for each attempt.
pub(crate) trait Stream {
    fn media_type(&self) -> &str;
    fn length(&self) -> u64;
    fn open(&self) -> io::Result<Box<dyn Read + '_>>;
}

impl Content<'_> {
    fn media_type(&self) -> &str {
        match self {
            Content::Json(_) => "application/json",
            Content::Stream(stream) => stream.media_type(),
        }
    }

    fn length(&self) -> u64 {
        match self {
            Content::Json(bytes) => bytes.len() as u64,
            Content::Stream(stream) => stream.length(),
        }
    }

    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        match self {
            Content::Json(bytes) => Ok(Box::new(*bytes)),
            Content::Stream(stream) => stream.open(),
        }
    }
}

impl fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({}, {} bytes)", self.media_type(), self.length())
    }
}

/// A keeper of connections to one origin.
pub(crate) struct Http {
    /// A child of a fork has connections of its own.
    agent: PerProcess<Agent>,
    trust: Trust,
    proxy: Option<Proxy>,
    user_agent: String,
    origin: String,
    clock: Arc<dyn Clock>,
}

impl Http {
    pub(crate) fn new(settings: &Settings) -> Result<Http> {
        Ok(Http {
            agent: PerProcess::new(),
            trust: settings.trust.clone(),
            proxy: settings.proxy.clone(),
            user_agent: settings.user_agent.clone(),
            origin: settings.origin.to_string(),
            clock: Arc::clone(&settings.clock),
        })
    }

    fn agent(&self) -> &Agent {
        self.agent.get(|| {
            let config = Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .proxy(None)
                .user_agent(self.user_agent.as_str())
                .accept("application/json")
                .accept_encoding("identity")
                .input_buffer_size(wire::INPUT)
                .output_buffer_size(wire::OUTPUT)
                .build();
            let hosts = resolve::Hosts::new(self.proxy.as_ref());
            let resolver = resolve::Resolver(Arc::clone(&hosts));
            let proxy = self.proxy.clone();
            let connector =
                connect::HttpConnector::new(&self.trust, proxy, &self.user_agent, hosts);
            Agent::with_parts(config, connector, resolver)
        })
    }

    /// Sends `request` once. `Ok` is any complete response, whatever its status.
    pub(crate) fn send(&self, request: &Request<'_>, deadline: &Deadline) -> Result<Answer> {
        let secrets = request.hidden.iter().map(|secret| (*secret).clone());
        let excerpt = Excerpt::hiding(secrets.chain(request.bearer.cloned()).collect());
        let call = Call::begin(deadline.clone(), request)?;
        deadline.count_request();
        // A logger of the program's may be called from inside the HTTP crate.
        let response = match event::in_user_callback(|| self.exchange(request)) {
            Ok(response) => response,
            Err(error) => return Err(call.end().explain(error)),
        };
        let (parts, body) = response.into_parts();
        let good = parts.status.is_success();
        let cap = if good { request.cap } else { request.cap.min(ERROR_CAP) };
        // A buffer that grows takes three times the room while it does.
        call::expect(body.content_length().unwrap_or_default().min(cap));
        let read = event::in_user_callback(|| read_to_cap(body, cap, good));
        let end = call.end();
        let length = match read {
            Ok(length) => length,
            Err(error) => return Err(end.explain(error)),
        };
        let whole = end.left_whole();
        let mut answer = Answer::new(&parts, end.into_body(length)?, excerpt, self.clock.wall());
        answer.whole = whole;
        Ok(answer)
    }

    fn exchange(&self, request: &Request<'_>) -> Result<Response<Body>, ureq::Error> {
        let method = match request.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
        };
        let uri = format!("{}{}", self.origin, request.path);
        let mut head = http::Request::builder().method(method).uri(uri);
        if request.method == Method::Post {
            // The connection that carried the client secret is not kept.
            head = head.header(header::CONNECTION, "close");
        }
        let Some(content) = &request.content else { return self.agent().run(head.body(())?) };
        let head = head
            .header(header::CONTENT_TYPE, content.media_type())
            .header(header::CONTENT_LENGTH, content.length());
        let mut source = Source(content.open().map_err(|error| unread(&error))?);
        self.agent().run(head.body(SendBody::from_reader(&mut source))?)
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Http({})", self.origin)
    }
}

/// A request's body. That it cannot be read is not the network's fault.
struct Source<'a>(Box<dyn Read + 'a>);

impl Read for Source<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.0.read(room).inspect_err(|error| drop(unread(error)))
    }
}

fn unread(error: &io::Error) -> ureq::Error {
    call::fail_with(ErrorKind::UnreadableFile, Step::Send, error.to_string())
}

/// Reads on to the end, so that the connection can be kept; the bytes themselves are in the call.
/// Of a refusal the beginning is enough: its status says all that counts. Gives the length.
fn read_to_cap(body: Body, cap: u64, needs_all: bool) -> Result<u64, ureq::Error> {
    // Blanks: what they cover is kept aside. Most answers are a few words.
    let length = body.content_length().and_then(|length| usize::try_from(length).ok());
    let mut scratch = vec![0; length.unwrap_or(wire::INPUT).clamp(64, wire::INPUT)];
    let (mut reader, mut seen) = (body.into_reader(), 0);
    loop {
        match reader.read(&mut scratch) {
            Ok(0) => return Ok(seen),
            Ok(n) => seen += n as u64,
            Err(error) => return Err(ureq::Error::Io(error)),
        }
        if seen > cap {
            let too_large = Err(ureq::Error::BodyExceedsLimit(cap));
            return if needs_all { too_large } else { Ok(seen) };
        }
    }
}

/// What a failure of the HTTP crate means, given how far the call had come.
fn explain(error: &ureq::Error, step: Step) -> Error {
    let (kind, message) = match (error, step) {
        (ureq::Error::BodyExceedsLimit(cap), _) => {
            (ErrorKind::AnswerTooLarge, format!("more than {cap} bytes"))
        }
        (ureq::Error::Http(_) | ureq::Error::BadUri(_), _) => {
            (ErrorKind::Internal, "the request could not be built".to_owned())
        }
        (ureq::Error::Io(io), Step::Wait | Step::Read) => (ErrorKind::Receive, broken(io)),
        (error, Step::Wait | Step::Read) => (ErrorKind::Receive, invalid_http(error)),
        (error, _) => (ErrorKind::Send, error.to_string()),
    };
    Error::new(kind, message).at(step)
}

/// How the connection broke.
fn broken(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            "the server closed the connection before the response was complete".to_owned()
        }
        _ => error.to_string(),
    }
}

/// Why a response cannot be read as HTTP.
fn invalid_http(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Protocol(error) => format!(
            "the response is not valid HTTP ({}); a header field that goes on in the next \
             line (obs-fold) is not valid either",
            error.to_string().replace(": ", ", ")
        ),
        _ => "the response is not valid HTTP".to_owned(),
    }
}
