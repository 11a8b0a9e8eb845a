//! What a connection must know of the request that it serves, and what it reports about it.
//!
//! A context is created for one request and ends with it. [`Http::send`](super::Http::send), the
//! connector and the transport share it. One thread uses it, but ureq demands of a transport that
//! it could move to another: hence the lock, which is never held while code of the program runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zeroize::Zeroizing;

use super::content::ResponseContent;
use super::failure;
use super::request::{Content, Method, Request};
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Result, Stage};
use crate::event::{Progress, ProgressHandler};
use crate::retry;
use crate::secret::Secret;

/// No server closes a connection that was idle for less.
const SHORT_IDLE: Duration = Duration::from_secs(2);

/// One request.
pub(super) struct RequestContext {
    deadline: Deadline,
    method: Method,
    /// `None` for a token request.
    bearer: Option<Secret>,
    /// The length of the request's content.
    length: u64,
    progress: Option<(ProgressHandler, usize)>,
    state: Mutex<State>,
}

/// How far it has come.
#[derive(Default)]
struct State {
    step: Stage,
    /// Bytes of the request's content that the system has not taken yet.
    unsent: u64,
    head_sent: bool,
    /// Whether bytes of the response have come.
    responded: bool,
    /// Whether the connection was idle for long: the server may have closed it meanwhile.
    was_idle: bool,
    content: ResponseContent,
}

impl RequestContext {
    /// Fails where the deadline has passed already.
    pub(super) fn new(request: &Request<'_>, deadline: &Deadline) -> Result<Arc<RequestContext>> {
        deadline.left().map_err(|reason| retry::wait_error(reason, Stage::Validate))?;
        let length = request.content.as_ref().map_or(0, Content::length);
        let state = State { step: Stage::Resolve, unsent: length, ..State::default() };
        Ok(Arc::new(RequestContext {
            deadline: deadline.clone(),
            method: request.method,
            bearer: request.bearer.cloned(),
            length,
            progress: request.progress.map(|(handler, records)| (handler.clone(), records)),
            state: Mutex::new(state),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Duration {
        self.deadline.now()
    }

    /// The deadline, unless it has passed or the call was cancelled.
    pub(super) fn deadline(&self) -> Result<&Deadline> {
        self.poll_interval().map(|_| &self.deadline)
    }

    /// For how long to wait before looking at the deadline and the cancel flag again.
    pub(super) fn poll_interval(&self) -> Result<Duration> {
        let interval = self.deadline.poll_interval();
        interval.map_err(|reason| retry::wait_error(reason, self.state().step))
    }

    pub(super) fn bearer(&self) -> Option<&Secret> {
        self.bearer.as_ref()
    }

    /// Whether the request may use an idle connection. A POST may not, which is a token request or
    /// an upload: neither can be repeated where its response is lost on a connection that the
    /// server has closed.
    pub(super) fn may_use_idle_connection(&self) -> bool {
        self.method != Method::Post
    }

    /// Whether an idle connection must have served another request than a POST. A PUT that breaks
    /// without a response has an unknown outcome; a GET is sent again.
    pub(super) fn needs_proven_connection(&self) -> bool {
        self.method == Method::Put
    }

    /// The connection has been idle since then.
    pub(super) fn set_idle_since(&self, last_used: Duration) {
        self.state().was_idle = self.now().saturating_sub(last_used) >= SHORT_IDLE;
    }

    pub(super) fn set_step(&self, step: Stage) {
        self.state().step = step;
    }

    /// An error at the current step.
    pub(super) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, message).at(self.state().step)
    }

    /// The system has taken the request's head, and `content` more bytes of its content.
    pub(super) fn sent(&self, content: usize) {
        let mut state = self.state();
        state.head_sent = true;
        state.unsent = state.unsent.saturating_sub(content as u64);
        let (sent, total) = (self.length.saturating_sub(state.unsent), self.length);
        drop(state);
        if let Some((handler, records)) = self.progress.as_ref().filter(|_| content > 0) {
            handler.report(&Progress { sent, total, records: *records });
        }
    }

    /// The response is awaited, or more of it.
    pub(super) fn await_response(&self) {
        let mut state = self.state();
        state.step = if state.responded { Stage::Read } else { Stage::Wait };
    }

    /// Bytes of the response have come.
    pub(super) fn responded(&self) {
        let mut state = self.state();
        state.responded = true;
        state.step = Stage::Read;
    }

    /// So many bytes of content are to come, as the response states.
    pub(super) fn expect_content(&self, length: u64) {
        self.state().content.expect(length);
    }

    pub(super) fn append_content(&self, bytes: &[u8]) {
        self.state().content.append(bytes);
    }

    /// Takes the content of the response, which has this length.
    pub(super) fn take_content(&self, length: u64) -> Result<Zeroizing<Vec<u8>>> {
        let content = std::mem::take(&mut self.state().content);
        content.into_bytes(length).ok_or_else(|| self.explain(ureq::Error::BodyStalled))
    }

    /// Whether all of the request's content was sent.
    pub(super) fn is_sent_completely(&self) -> bool {
        self.state().unsent == 0
    }

    /// The error for a request that got no response, or not all of it.
    pub(super) fn explain(&self, error: ureq::Error) -> Error {
        let state = self.state();
        let sent = state.head_sent && state.unsent == 0;
        let mut error = failure::into_error(error, state.step);
        if error.kind() == ErrorKind::Receive && !sent && !state.responded {
            let words = "the connection broke before the request was sent completely";
            error = Error::new(ErrorKind::Send, words).at(Stage::Send).with_source(error);
        }
        // The server ended the handshake, so it has processed nothing.
        if error.kind() == ErrorKind::Tls {
            return error;
        }
        let is_wait = matches!(error.kind(), ErrorKind::DeadlineExceeded | ErrorKind::Cancelled);
        let stale = state.was_idle && state.head_sent && !state.responded && !is_wait;
        let is_token_request = self.method == Method::Post && self.bearer.is_none();
        if is_token_request && state.head_sent {
            error = response_lost(error);
        }
        error.stale(stale).with_sent(sent)
    }
}

/// The error for a token request that the server may have carried out.
fn response_lost(error: Error) -> Error {
    let words = "the previous token may be revoked";
    let lost = Error::new(ErrorKind::TokenResponseLost, words).at(error.stage());
    match error.kind() {
        // A cancel stays a cancel: a waiter may then request a token itself.
        ErrorKind::Cancelled => error.with_source(lost),
        _ => lost.with_source(error),
    }
}
