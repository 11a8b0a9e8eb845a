//! Scripted faults: which requests they affect, and what they do.

use std::collections::VecDeque;
use std::time::Duration;

use hyper::StatusCode;

/// The requests that a scripted fault affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At a new connection, before TLS.
    Connect,
    /// At the token endpoint.
    Token,
    /// At a push.
    Put,
    /// At a list.
    Get,
    /// At an upload of a document.
    Upload,
    /// At any request.
    Any,
}

/// What happens to one request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing: the next fault in the queue is for the next request.
    Pass,
    /// This response, and the request has no effect.
    Reply {
        /// The HTTP status.
        status: u16,
        /// Headers besides the usual ones.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// These bytes instead of a response, and the connection closes; the request has no effect.
    Raw(Vec<u8>),
    /// The connection closes without a response, though the whole request was read; it has no
    /// effect.
    Drop,
    /// The connection is reset without a response, though the whole request was read; it has no
    /// effect.
    Reset,
    /// The connection is reset after this many bytes of the request's body; the request has no
    /// effect.
    CutBody(usize),
    /// No response, on a connection that stays open; the request has no effect.
    Hang,
    /// The whole request was read and takes effect, but the connection closes without a response.
    LoseResponse,
    /// The request takes effect, but there is no response, on a connection that stays open.
    HoldResponse,
    /// The request takes effect, but only this many bytes of the response are sent.
    CutResponse(usize),
    /// The request takes effect, but the connection is reset without a response.
    ApplyThenReset,
    /// The request takes effect, but this response replaces the usual one.
    ApplyThenReply {
        /// The HTTP status.
        status: u16,
        /// Headers besides the usual ones.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// This response immediately; the request takes effect only afterwards, as behind a gateway
    /// that stops waiting for the service.
    ReplyThenApply {
        /// The time after the response.
        delay: Duration,
        /// The HTTP status.
        status: u16,
        /// Headers besides the usual ones.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// These bytes, a few at a time; the request has no effect.
    Drip {
        /// How many bytes at a time.
        bytes_per_tick: usize,
        /// The interval between them.
        tick: Duration,
        /// All bytes.
        response: Vec<u8>,
    },
    /// 200 and a body without end; the request has no effect.
    EndlessBody,
    /// A response after the head of the request was read; its body is not read.
    EarlyReply {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Vec<u8>,
    },
    /// A delay, then the usual response.
    Delay(Duration),
    /// The usual response, then the connection closes without notice.
    CloseIdle,
}

impl Fault {
    /// Returns a gateway response: an HTML page with this status. The request has no effect.
    pub fn gateway_response(status: u16) -> Fault {
        let (headers, body) = page(status);
        Fault::Reply { status, headers, body }
    }

    /// Returns a gateway response in the place of the usual one. The request takes effect.
    pub fn apply_then_gateway_response(status: u16) -> Fault {
        let (headers, body) = page(status);
        Fault::ApplyThenReply { status, headers, body }
    }

    /// Returns a gateway response that is sent immediately. The request takes effect only after
    /// `delay`.
    pub fn gateway_response_then_apply(status: u16, delay: Duration) -> Fault {
        let (headers, body) = page(status);
        Fault::ReplyThenApply { delay, status, headers, body }
    }
}

/// Returns the headers and the body of a gateway response.
fn page(status: u16) -> (Vec<(String, String)>, Vec<u8>) {
    let known = StatusCode::from_u16(status).ok();
    let reason = known.and_then(|status| status.canonical_reason()).unwrap_or("Error");
    let title = format!("{status} {reason}");
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n\
         <center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    let html = ("content-type".to_owned(), "text/html".to_owned());
    (vec![html], page.into_bytes())
}

/// The queued faults.
#[derive(Debug, Default)]
pub(crate) struct Script(VecDeque<(Place, Fault)>);

impl Script {
    pub(crate) fn add(&mut self, place: Place, faults: impl IntoIterator<Item = Fault>) {
        self.0.extend(faults.into_iter().map(|fault| (place, fault)));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Removes and returns the fault for a request at `place`.
    pub(crate) fn take(&mut self, place: Place) -> Option<Fault> {
        let meets =
            |wanted: &Place| *wanted == place || (*wanted == Place::Any && place != Place::Connect);
        let at = self.0.iter().position(|(wanted, _)| meets(wanted))?;
        self.0.remove(at).map(|(_, fault)| fault)
    }
}
