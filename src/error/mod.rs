//! Errors: what went wrong, and what the caller should do about it.

mod kind;
mod message;
mod shorten;
mod text;
mod violation;

use std::fmt;
use std::time::{Duration, SystemTime};

pub use kind::{Action, ErrorKind};
pub(crate) use shorten::shorten;
pub(crate) use text::{grouped, is_unseen, many, sanitize, times};
pub use violation::Violation;

use crate::sys;

/// The kind of a system error: `otherwise`, unless the machine is out of resources.
pub(crate) fn kind_of(error: &std::io::Error, otherwise: ErrorKind) -> ErrorKind {
    match sys::error::is_out_of_resources(error) {
        true => ErrorKind::OutOfResources,
        false => otherwise,
    }
}

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How far a call had come when it failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Before any network: arguments, records, configuration.
    #[default]
    Validate,
    /// Looking up the host name.
    Resolve,
    /// Opening the connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// Sending the request.
    Send,
    /// Waiting for the response to begin.
    Wait,
    /// Reading the response.
    Read,
    /// Waiting for another thread's token request, or between two attempts.
    Queue,
    /// Locking, reading or writing the token store.
    Store,
    /// Asking a proxy for a tunnel.
    Proxy,
}

/// What went wrong, how far the call had come, and what to do about it.
///
/// `Display` is one line that says what, where and what to do. No secret is ever in it.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    advice: String,
    operation: String,
    step: Stage,
    facts: Facts,
    violations: Vec<Violation>,
    /// Violations that are not in the list, since it was full.
    unlisted: usize,
    warnings: Vec<Violation>,
    remembered: bool,
    source: Option<Error>,
}

/// What is known of the request and of its response, if there was one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) date: Option<SystemTime>,
    pub(crate) oauth_error: Option<String>,
    pub(crate) excerpt: Option<String>,
    pub(crate) attempts: u32,
    /// The request was sent completely.
    pub(crate) sent: bool,
    /// A kept connection was closed before a byte of the response came: the request is sent again
    /// on a new one.
    pub(crate) stale: bool,
    /// To send the request again may have its effect a second time.
    pub(crate) not_idempotent: bool,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            advice: String::new(),
            operation: String::new(),
            step: Stage::Validate,
            facts: Facts::default(),
            violations: Vec::new(),
            unlisted: 0,
            warnings: Vec::new(),
            remembered: false,
            source: None,
        }))
    }

    /// The error for a call that a callback makes: it would wait for the call that it is in.
    pub(crate) fn reentrant() -> Error {
        Error::new(ErrorKind::Reentrant, "make requests after the callback has returned")
    }

    /// Names what the error is about, before the message.
    pub(crate) fn about(mut self, what: &str) -> Error {
        self.0.message = format!("{what}, {}", self.0.message);
        self
    }

    /// Adds a sentence after the message, or after the advice where there is one.
    pub(crate) fn with_note(mut self, words: &str) -> Error {
        let Inner { message, advice, .. } = &mut *self.0;
        let text = if advice.is_empty() { message } else { advice };
        let gap = if text.is_empty() { "" } else { "; " };
        *text += &format!("{gap}{words}");
        self
    }

    /// Replaces the message.
    pub(crate) fn with_message(mut self, words: String) -> Error {
        self.0.message = words;
        self
    }

    /// Sets what to do, which is shown after the server's words.
    pub(crate) fn with_advice(mut self, words: impl Into<String>) -> Error {
        self.0.advice = words.into();
        self
    }

    pub(crate) fn at(mut self, step: Stage) -> Error {
        self.0.step = step;
        self
    }

    pub(crate) fn with_facts(mut self, facts: Facts) -> Error {
        self.0.facts = facts;
        self
    }

    pub(crate) fn without_excerpt(mut self) -> Error {
        self.0.facts.excerpt = None;
        self
    }

    pub(crate) fn with_violations(mut self, faults: Vec<Violation>) -> Error {
        self.0.violations = faults;
        self
    }

    /// Sets the violations, of which there are `count`, and not all need be listed.
    pub(crate) fn with_some_violations(mut self, count: usize, listed: Vec<Violation>) -> Error {
        self.0.unlisted = count.saturating_sub(listed.len());
        self.with_violations(listed)
    }

    pub(crate) fn with_warnings(mut self, warnings: Vec<Violation>) -> Error {
        self.0.warnings = warnings;
        self
    }

    /// Puts `root` at the end of the chain of causes.
    pub(crate) fn with_source(mut self, root: Error) -> Error {
        self.0.source = Some(match self.0.source.take() {
            Some(source) => source.with_source(root),
            None => root,
        });
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Error {
        self.0.facts.attempts = attempts;
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Duration) -> Error {
        self.0.facts.retry_after = Some(wait);
        self
    }

    /// Records whether the request was sent completely.
    pub(crate) fn with_sent(mut self, sent: bool) -> Error {
        self.0.facts.sent = sent;
        self
    }

    pub(crate) fn was_sent(&self) -> bool {
        self.0.facts.sent
    }

    pub(crate) fn stale(mut self, stale: bool) -> Error {
        self.0.facts.stale = stale;
        self
    }

    /// Notes that to send the request again may have its effect a second time.
    pub(crate) fn not_idempotent(mut self) -> Error {
        self.0.facts.not_idempotent = true;
        self
    }

    pub(crate) fn is_stale(&self) -> bool {
        self.0.facts.stale
    }

    /// Names the operation that failed, unless an inner one is named already.
    pub(crate) fn in_operation(mut self, operation: impl Into<String>) -> Error {
        if self.0.operation.is_empty() {
            self.0.operation = operation.into();
        }
        self
    }

    /// Marks an error that is returned again without a new request.
    pub(crate) fn remembered(mut self) -> Error {
        self.0.remembered = true;
        self
    }

    /// Returns what went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the number of the kind, as the C ABI has it.
    #[must_use]
    pub fn code(&self) -> i32 {
        self.0.kind.code()
    }

    /// Returns what the caller should do.
    #[must_use]
    pub fn action(&self) -> Action {
        self.0.kind.action()
    }

    /// Returns whether the same call may succeed later and can safely be repeated: the
    /// [`action`](Error::action) is [`RetryLater`](Action::RetryLater) or
    /// [`VerifyOrRepeat`](Action::VerifyOrRepeat), and it is no upload that may have taken effect.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let again = matches!(self.action(), Action::RetryLater | Action::VerifyOrRepeat);
        again && !self.0.facts.not_idempotent
    }

    /// Returns how far the call had come.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.0.step
    }

    /// Returns the HTTP status of the response, if there was one.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.0.facts.status
    }

    /// Returns the request id of the response (`x-amzn-requestid` and the like).
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.facts.request_id.as_deref()
    }

    /// Returns how long the server asks to wait before the next attempt, uncapped. For a token
    /// request that was limited (429) it is at least as long as the library itself waits.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.facts.retry_after
    }

    /// Returns when the response was made by the server's clock, to compare this machine's with.
    #[must_use]
    pub fn server_date(&self) -> Option<SystemTime> {
        self.0.facts.date
    }

    /// Returns the `error` code of an OAuth error response (RFC 6749 section 5.2).
    #[must_use]
    pub fn oauth_error(&self) -> Option<&str> {
        self.0.facts.oauth_error.as_deref()
    }

    /// Returns the beginning of the response's text: bounded, one line, without markup and secrets.
    #[must_use]
    pub fn excerpt(&self) -> Option<&str> {
        self.0.facts.excerpt.as_deref()
    }

    /// Returns how many requests the call made, in all its attempts: token requests, reads and
    /// writes. A request that found no connection counts too. 0 when none was made.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.facts.attempts
    }

    /// Returns the violations, as far as they are known: what is wrong with which record.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// Returns the violations that are only warnings, of a validation that found errors too. The
    /// records are rejected for [`violations`](Error::violations) alone.
    #[must_use]
    pub fn warnings(&self) -> &[Violation] {
        &self.0.warnings
    }

    /// Returns whether this is an earlier failure, returned again without a new request.
    #[must_use]
    pub fn is_remembered(&self) -> bool {
        self.0.remembered
    }

    /// Returns the error before this one: the first 401 of a pair, or what made an outcome unknown.
    #[must_use]
    pub fn cause(&self) -> Option<&Error> {
        self.0.source.as_ref()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({} {}: {self})", self.kind().name(), self.code())
    }
}

/// `Display` includes the error before this one, so `source()` is `None`; [`Error::cause`] has it.
impl std::error::Error for Error {}
