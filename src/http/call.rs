//! What the connection must know of the call it serves.
//!
//! The HTTP crate's seam hands a connection no facts about the request, and a call never leaves its
//! thread: so the facts stand here, in a slot of the thread, from `begin` to `end`.

use std::cell::RefCell;
use std::collections::TryReserveError;
use std::io;
use std::mem::ManuallyDrop;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{Content, Method, Request, explain};
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Result, Step};
use crate::event::{Progress, ProgressHandler};
use crate::retry;
use crate::secret::Secret;

/// Room that is made on the word of an answer alone.
const MOST_EXPECTED: usize = 2 << 20;

/// Once something has come, the word is good for so many times that.
const MOST_TIMES: usize = 32;

/// No server closes a connection that was idle for less.
const IDLE: Duration = Duration::from_secs(2);

thread_local! {
    /// Never destroyed, so that calls can be made when the thread is about to end: the last ones
    /// of a program come after its main thread's own destructors.
    static SLOT: ManuallyDrop<RefCell<Option<State>>> =
        const { ManuallyDrop::new(RefCell::new(None)) };
}

/// The facts of one request.
pub(super) struct State {
    deadline: Deadline,
    method: Method,
    /// `None` for a token request.
    bearer: Option<Secret>,
    step: Step,
    /// Bytes of the request's body that have not been handed to the kernel.
    unsent: u64,
    watched: Option<(ProgressHandler, Progress)>,
    head_sent: bool,
    answered: bool,
    /// Whether a connection from the pool serves the call: it may have died while it was idle.
    reused: bool,
    /// A failure of our own making, which the HTTP crate cannot carry.
    failure: Option<Error>,
    /// The answer's body.
    inflow: Zeroizing<Vec<u8>>,
    /// How long it is to be, as the answer says.
    expected: usize,
}

/// Holds the slot; empties it on any way out, a panic included.
pub(super) struct Call(());

impl Call {
    /// Fails where the thread is in a call already: a callback must not call the client.
    pub(super) fn begin(deadline: Deadline, request: &Request<'_>) -> Result<Call> {
        deadline.left().map_err(|reason| retry::wait_error(reason, Step::Check))?;
        let total = request.content.as_ref().map_or(0, Content::length);
        let progress = |records| Progress { sent: 0, total, records };
        let watched = request.watched.map(|(who, records)| (who.clone(), progress(records)));
        let state = State {
            deadline,
            method: request.method,
            bearer: request.bearer.cloned(),
            step: Step::Resolve,
            unsent: total,
            watched,
            head_sent: false,
            answered: false,
            reused: true,
            failure: None,
            inflow: Zeroizing::default(),
            expected: 0,
        };
        SLOT.with(|slot| match &mut *slot.borrow_mut() {
            Some(_) => Err(Error::new(ErrorKind::Reentrant, "a call inside a call")),
            free => {
                *free = Some(state);
                Ok(Call(()))
            }
        })
    }

    pub(super) fn end(self) -> State {
        SLOT.with(|slot| slot.take())
            .expect("begin filled the slot, and only the end of this call empties it")
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        SLOT.with(|slot| slot.take());
    }
}

impl State {
    /// Whether the request's body left before its answer came.
    pub(super) fn left_whole(&self) -> bool {
        self.unsent == 0
    }

    /// The answer's body: so many bytes, though more may have come behind it.
    pub(super) fn into_body(mut self, length: u64) -> Result<Zeroizing<Vec<u8>>> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if self.inflow.len() < length {
            return Err(self.explain(ureq::Error::BodyStalled));
        }
        self.inflow.truncate(length);
        Ok(self.inflow)
    }

    /// The error for a call that ended without an answer.
    pub(super) fn explain(self, error: ureq::Error) -> Error {
        let whole = self.head_sent && self.unsent == 0;
        let stale = self.reused && self.head_sent && !self.answered;
        let mut found = self.failure.unwrap_or_else(|| explain(&error, self.step));
        if found.kind() == ErrorKind::Receive && !whole && !self.answered {
            let words = "the connection broke before all of it was sent";
            found = Error::new(ErrorKind::Send, words).at(Step::Send).with_source(found);
        }
        let lapsed = matches!(found.kind(), ErrorKind::DeadlineExceeded | ErrorKind::Cancelled);
        let error = match (self.method, &self.bearer) {
            // The server ended the handshake, so it has processed nothing.
            _ if found.kind() == ErrorKind::Tls => return found,
            (Method::Post, None) if self.head_sent => {
                let words = "the previous token may be revoked";
                let lost = Error::new(ErrorKind::TokenAnswerLost, words).at(found.step());
                // Who cancels wants to hear that, and the next thread in need may ask again.
                match found.kind() {
                    ErrorKind::Cancelled => found.with_source(lost),
                    _ => lost.with_source(found),
                }
            }
            _ => found,
        };
        error.stale(stale && !lapsed).with_sent(whole)
    }
}

/// Runs `f` on the state of this thread's call; outside a call there is nothing to know.
fn with<T>(f: impl FnOnce(&mut State) -> T) -> Option<T> {
    SLOT.with(|slot| slot.borrow_mut().as_mut().map(f))
}

/// Notes an error of our own and gives the HTTP crate something to carry in its place.
pub(super) fn fail(error: Error) -> ureq::Error {
    let text = error.kind().words();
    with(|call| call.failure.get_or_insert(error).kind());
    ureq::Error::Io(std::io::Error::other(text))
}

pub(super) fn fail_with(kind: ErrorKind, step: Step, message: impl Into<String>) -> ureq::Error {
    fail(Error::new(kind, message).at(step))
}

/// The connection broke while the answer was awaited or read. The HTTP crate would take that for
/// the end of a body of which nobody told the length.
pub(super) fn broken(error: &io::Error) -> ureq::Error {
    let words = match error.kind() {
        io::ErrorKind::UnexpectedEof => "the connection was cut off".to_owned(),
        _ => error.to_string(),
    };
    let step = with(|call| call.step).unwrap_or_default();
    fail_with(ErrorKind::Receive, step, words)
}

/// Looks whether the call may go on, and gives its deadline.
pub(super) fn deadline() -> Result<Deadline, ureq::Error> {
    let found = with(|call| (call.deadline.clone(), call.deadline.left(), call.step));
    match found {
        Some((deadline, Ok(_), _)) => Ok(deadline),
        Some((_, Err(reason), step)) => Err(fail(retry::wait_error(reason, step))),
        None => Err(ureq::Error::ConnectionFailed),
    }
}

/// How long to wait before the deadline and the cancel are looked at again.
pub(super) fn poll_interval() -> Result<Duration, ureq::Error> {
    let deadline = deadline()?;
    // What passed since `deadline` looked is found at the next look.
    Ok(deadline.poll_interval().unwrap_or_default())
}

/// Whether nothing of our own has gone wrong yet.
pub(super) fn is_well() -> bool {
    with(|call| call.failure.is_none()).unwrap_or_default()
}

pub(super) fn step(step: Step) {
    with(|call| call.step = step);
}

/// The answer is waited for, or, where it has begun, read.
pub(super) fn listening() {
    with(|call| call.step = if call.answered { Step::Read } else { Step::Wait });
}

/// Whether no connection from the pool will do.
pub(super) fn wants_fresh_line() -> bool {
    with(|call| call.method == Method::Post).unwrap_or(true)
}

/// A connection that was in use a moment ago did not die of being idle.
pub(super) fn idle_since(heard: Duration) {
    with(|call| {
        let idle = call.deadline.now().saturating_sub(heard);
        call.reused &= idle >= IDLE;
    });
}

/// A new connection was made for this call.
pub(super) fn dialled() {
    with(|call| call.reused = false);
}

pub(super) fn bearer() -> Option<Secret> {
    with(|call| call.bearer.clone()).flatten()
}

/// `body` bytes of the request, and its head before them, are with the kernel.
pub(super) fn sent(body: usize) {
    let watched = with(|call| {
        call.head_sent = true;
        call.unsent = call.unsent.saturating_sub(body as u64);
        let (watcher, progress) = call.watched.as_mut()?;
        progress.sent = progress.total - call.unsent;
        Some((watcher.clone(), *progress))
    });
    // The slot is free while somebody else's code runs.
    if let Some((watcher, progress)) = watched.flatten().filter(|_| body > 0) {
        watcher.report(&progress);
    }
}

/// Bytes of the answer's head have come.
pub(super) fn answered() {
    with(|call| call.answered = true);
}

/// Whether bytes of the answer's head have come.
pub(super) fn has_answer() -> bool {
    with(|call| call.answered).unwrap_or_default()
}

/// So many bytes of the answer's body are to come, as the answer says.
pub(super) fn expect(bytes: u64) {
    let bytes = usize::try_from(bytes).unwrap_or_default();
    with(|call| {
        call.expected = bytes;
        let more = bytes.min(MOST_EXPECTED).saturating_sub(call.inflow.len());
        // What cannot be had now is asked for again when it is needed.
        let _ = make_room(&mut call.inflow, more, more);
    });
}

/// Keeps bytes of the answer's body.
pub(super) fn keep(bytes: &[u8]) {
    with(|call| {
        let came = call.inflow.len();
        let twice = came.max(bytes.len());
        let rest = call.expected.saturating_sub(came).min(came.saturating_mul(MOST_TIMES));
        // What cannot be had is asked for once more below, where it is missed.
        let _ = make_room(&mut call.inflow, bytes.len(), rest.max(twice))
            .or_else(|_| make_room(&mut call.inflow, bytes.len(), twice));
        call.inflow.extend_from_slice(bytes);
    });
}

/// Sees to it that there is room for `least` more bytes; where there is not, makes room for `more`.
/// A buffer that grew by itself would leave a copy behind, and a token may be in it.
fn make_room(
    kept: &mut Zeroizing<Vec<u8>>,
    least: usize,
    more: usize,
) -> Result<(), TryReserveError> {
    if kept.capacity() - kept.len() < least {
        let mut larger = Zeroizing::new(Vec::new());
        larger.try_reserve_exact(kept.len() + more)?;
        larger.extend_from_slice(kept);
        *kept = larger;
    }
    Ok(())
}
