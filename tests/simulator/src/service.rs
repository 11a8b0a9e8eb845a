//! Handles one request: reads it, records it, and returns the scripted or the usual response.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, header};

use crate::BODY_LIMIT;
use crate::api::{self, ApiRequest};
use crate::faults::{Fault, Place};
use crate::gateway::Gateway;
use crate::reply::Reply;
use crate::settings::Settings;
use crate::state::{Pending, RECORDED_BYTES, RecordedRequest, Shared};
use crate::uploads;

/// An action on a connection outside HTTP.
#[derive(Debug)]
pub(crate) enum RawAction {
    /// Writes the bytes and closes.
    Write(Vec<u8>),
    /// Writes the bytes while the peer may still be sending, and closes after a while.
    WriteEarly(Vec<u8>),
    Reset,
    Hang,
    Drip {
        bytes_per_tick: usize,
        tick: Duration,
        response: Vec<u8>,
    },
    Endless,
}

/// Reports to the connection that the request is handled by an action.
#[derive(Debug)]
pub(crate) struct TakenOver;

impl fmt::Display for TakenOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request is handled outside HTTP")
    }
}

impl std::error::Error for TakenOver {}

/// The simulator as one connection uses it.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) shared: Arc<Shared>,
    pub(crate) number: u64,
    pub(crate) action: Arc<Mutex<Option<RawAction>>>,
}

type Served = Result<Response<Full<Bytes>>, TakenOver>;

impl Connection {
    pub(crate) async fn serve(self, request: Request<Incoming>) -> Served {
        let Some(path) = self.path(&request) else {
            self.record(&request, Place::Any, &[]);
            self.state(|state| state.refused(404));
            let (method, path) = (request.method().as_str(), request.uri().path());
            return Ok(response(&Reply::no_path(method, path)));
        };
        let place = place(request.method().as_str(), &path);
        let fault = self.state(|state| state.script.take(place)).unwrap_or(Fault::Pass);
        if let Fault::EarlyReply { status, body } = fault {
            self.record(&request, place, &[]);
            return self
                .take_over(RawAction::WriteEarly(Reply::new(status, "text/plain", body).wire()));
        }
        if let Fault::CutBody(bytes) = fault {
            let (parts, body) = request.into_parts();
            let beginning = beginning(body, bytes).await;
            self.record(&Request::from_parts(parts, ()), place, &beginning);
            return self.take_over(RawAction::Reset);
        }
        if length(&request) > BODY_LIMIT as u64 {
            self.record(&request, place, &[]);
            return self.too_large();
        }
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts, ());
        let body = match Limited::new(body, BODY_LIMIT).collect().await {
            Ok(body) => body.to_bytes().to_vec(),
            Err(error) if error.is::<LengthLimitError>() => {
                self.record(&request, place, &[]);
                return self.too_large();
            }
            // The request was cut off, so there is no client to respond to.
            Err(_) => return self.take_over(RawAction::Write(Vec::new())),
        };
        self.record(&request, place, &body);
        let api_request = api_request(&request, path, body);
        self.act(fault, api_request, place).await
    }

    /// Returns the path below the prefix; `None` for a path that is not below it.
    fn path<B>(&self, request: &Request<B>) -> Option<String> {
        let prefix = self.state(|state| state.settings.path_prefix.clone());
        let path = request.uri().path().strip_prefix(prefix.as_str())?;
        path.starts_with('/').then(|| path.to_owned())
    }

    /// Returns a refusal that does not wait for the end of the body.
    fn too_large(&self) -> Served {
        self.state(|state| state.refused(413));
        self.take_over(RawAction::WriteEarly(Reply::too_large().wire()))
    }

    async fn act(self, fault: Fault, api_request: ApiRequest, place: Place) -> Served {
        match fault {
            Fault::Reply { status, headers, body } => Ok(scripted(status, headers, body)),
            Fault::ApplyThenReply { status, headers, body } => {
                self.usual(&api_request, place).await;
                Ok(scripted(status, headers, body))
            }
            Fault::ReplyThenApply { delay, status, headers, body } => {
                self.apply_later(api_request, place, delay);
                Ok(scripted(status, headers, body))
            }
            Fault::ApplyThenReset => {
                self.usual(&api_request, place).await;
                self.take_over(RawAction::Reset)
            }
            Fault::Raw(bytes) => self.take_over(RawAction::Write(bytes)),
            Fault::Drop => self.take_over(RawAction::Write(Vec::new())),
            Fault::Reset => self.take_over(RawAction::Reset),
            Fault::Hang => self.take_over(RawAction::Hang),
            Fault::Drip { bytes_per_tick, tick, response } => {
                self.take_over(RawAction::Drip { bytes_per_tick, tick, response })
            }
            Fault::EndlessBody => self.take_over(RawAction::Endless),
            Fault::HoldResponse => {
                self.usual(&api_request, place).await;
                self.take_over(RawAction::Hang)
            }
            Fault::LoseResponse => self.cut(&api_request, place, 0).await,
            Fault::CutResponse(bytes) => self.cut(&api_request, place, bytes).await,
            Fault::CloseIdle => self.cut(&api_request, place, usize::MAX).await,
            Fault::Delay(wait) => {
                tokio::time::sleep(wait).await;
                self.respond(&api_request, place).await
            }
            Fault::Pass | Fault::EarlyReply { .. } | Fault::CutBody(_) => {
                self.respond(&api_request, place).await
            }
        }
    }

    async fn respond(&self, api_request: &ApiRequest, place: Place) -> Served {
        let reply = self.usual(api_request, place).await;
        match self.gateway(place).is_raw() {
            true => self.take_over(RawAction::Write(reply.wire())),
            false => Ok(response(&reply)),
        }
    }

    /// Returns the gateway that handles a request.
    fn gateway(&self, place: Place) -> Gateway {
        let Settings { gateway, gateway_at, .. } = self.state(|state| state.settings.clone());
        let meets = gateway_at == Place::Any || gateway_at == place;
        if meets { gateway } else { Gateway::None }
    }

    async fn usual(&self, api_request: &ApiRequest, place: Place) -> Reply {
        let gateway = self.gateway(place);
        if let Some(reply) = gateway.block(&api_request.body) {
            self.state(|state| state.counters.blocked += 1);
            return reply;
        }
        gateway.pass(self.at_vanta(api_request, place).await)
    }

    async fn at_vanta(&self, api_request: &ApiRequest, place: Place) -> Reply {
        let delay = self.state(|state| state.settings.token_delay);
        if place == Place::Token && !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        api::respond(&self.shared, api_request)
    }

    /// Makes the request take effect after this time, whether or not the connection stays open.
    fn apply_later(&self, api_request: ApiRequest, place: Place, delay: Duration) {
        let (connection, pending) = (self.clone(), Pending::begin(&self.shared));
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            connection.usual(&api_request, place).await;
            drop(pending);
        });
    }

    /// Makes the request take effect, and sends only this many bytes of the response.
    async fn cut(self, api_request: &ApiRequest, place: Place, bytes: usize) -> Served {
        let mut wire = self.usual(api_request, place).await.wire();
        wire.truncate(bytes);
        self.take_over(RawAction::Write(wire))
    }

    fn take_over(&self, action: RawAction) -> Served {
        *self.action.lock().expect("held for a moment only") = Some(action);
        Err(TakenOver)
    }

    fn state<T>(&self, f: impl FnOnce(&mut crate::state::State) -> T) -> T {
        f(&mut self.shared.state.lock().expect("no handler panics while it holds the state"))
    }

    fn record<B>(&self, request: &Request<B>, place: Place, body: &[u8]) {
        let text =
            |value: &header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = request.headers().iter();
        let recorded = RecordedRequest {
            method: request.method().to_string(),
            target: request.uri().to_string(),
            headers: headers.map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: body[..body.len().min(RECORDED_BYTES)].to_vec(),
            body_len: body.len(),
            connection: self.number,
        };
        let now = self.shared.clock.now();
        self.state(|state| {
            match place {
                Place::Token => state.token_request(now),
                Place::Put => state.counters.puts += 1,
                Place::Get => state.counters.gets += 1,
                Place::Upload => state.counters.uploads += 1,
                Place::Connect | Place::Any => {}
            }
            state.recorded.push(recorded);
        });
    }
}

fn place(method: &str, path: &str) -> Place {
    match (method, path) {
        (_, "/oauth/token") => Place::Token,
        ("PUT", _) => Place::Put,
        ("POST", path) if uploads::document(path).is_some() => Place::Upload,
        ("GET", path) if path.starts_with("/v1/") => Place::Get,
        _ => Place::Any,
    }
}

/// Returns the first bytes of a body, or all of a shorter one.
async fn beginning(mut body: Incoming, bytes: usize) -> Vec<u8> {
    let mut read = Vec::new();
    while read.len() < bytes {
        let Some(Ok(frame)) = body.frame().await else { break };
        read.extend(frame.into_data().unwrap_or_default());
    }
    read.truncate(bytes);
    read
}

fn length<B>(request: &Request<B>) -> u64 {
    let value = request.headers().get(header::CONTENT_LENGTH);
    value.and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0)
}

fn api_request(request: &Request<()>, path: String, body: Vec<u8>) -> ApiRequest {
    let header = |name| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    ApiRequest {
        method: request.method().to_string(),
        path,
        query: request.uri().query().unwrap_or_default().to_owned(),
        content_type: header(header::CONTENT_TYPE),
        encoding: header(header::CONTENT_ENCODING),
        bearer: header(header::AUTHORIZATION).strip_prefix("Bearer ").map(str::to_owned),
        body,
    }
}

/// Returns a response of a fault, with its own headers before the usual ones.
fn scripted(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Response<Full<Bytes>> {
    let mut reply = Reply::new(status, "application/json", body);
    let is_own = |name: &str| headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    reply.headers.retain(|(name, _)| !is_own(name));
    reply.headers.extend(headers);
    response(&reply)
}

fn response(reply: &Reply) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    response
        .body(Full::new(Bytes::from(reply.body.clone())))
        .expect("tests script headers that HTTP can carry")
}
