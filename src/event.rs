//! Events and progress for the program's own handlers. No event has a secret in it.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::ErrorKind;

/// Something that happened inside a call. `Display` is a line for a log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A token request succeeded; the token before it is revoked.
    NewToken {
        /// Counts the tokens of the application, from 1.
        generation: u64,
        /// Seconds the token lives, as the server said.
        expires_in: u64,
    },
    /// A token that another job requested was taken from the store.
    TokenFromStore {
        /// Counts the tokens of the application.
        generation: u64,
    },
    /// The token response has no `token_type`; the token is used as a Bearer token.
    TokenTypeMissing,
    /// The token store could not be used, or its record could not be read; what is done about it.
    StoreFailed {
        /// Which store, what went wrong, and what is done about it.
        message: String,
    },
    /// Tokens were revoked long before they expired: some other program requests new ones.
    Contention {
        /// How many within ten minutes.
        revoked: usize,
    },
    /// A token was rejected within a second of its issue: it is tried once more after a moment.
    NewTokenRejected {
        /// The generation of the rejected token.
        generation: u64,
    },
    /// The server granted other scopes than were requested.
    ScopeDiffers {
        /// What the server granted.
        granted: String,
    },
    /// A token could not be renewed, and the old one is used until it expires.
    RenewalFailed {
        /// Why there is no new token.
        kind: ErrorKind,
    },
    /// A resource request was rejected with 401, or a program reported that: the token is not used
    /// any more.
    TokenRejected {
        /// The generation of the rejected token.
        generation: u64,
    },
    /// Timestamps in the token store show that the clock of this machine, or of another that
    /// shares the store, is wrong. Calls go on.
    ClockSkew {
        /// By how much, about.
        by: Duration,
    },
    /// A push was accepted, and its receipt could not be written to the audit file.
    AuditFailed {
        /// What went wrong, with the file's name.
        message: String,
    },
    /// The jobs of this application have made as many requests, or token requests, as a minute
    /// allows. A wait of less than 0.1 s has no event.
    RateLimitReached {
        /// How long the call waits for its permits, if no other call ends early.
        wait: Duration,
    },
    /// A request failed in a way that may pass, and is made again. It may be a token request.
    Retrying {
        /// Which attempt failed, from 1. It is 0 where another call made the token request.
        attempt: u32,
        /// How long is waited first.
        wait: Duration,
        /// What went wrong.
        kind: ErrorKind,
    },
}

impl Event {
    /// Returns whether an operator should know of the event, though the call goes on.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        matches!(
            self,
            Event::TokenTypeMissing
                | Event::StoreFailed { .. }
                | Event::Contention { .. }
                | Event::ScopeDiffers { .. }
                | Event::RenewalFailed { .. }
                | Event::AuditFailed { .. }
                | Event::ClockSkew { .. }
        )
    }
}

/// A shorter wait for the rate limit is not reported: the line would say 0.0 s.
pub(crate) const LEAST_WAIT: Duration = Duration::from_millis(100);

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::NewToken { generation, expires_in } => {
                write!(f, "new token, generation {generation}, valid for {expires_in} s")
            }
            Event::TokenFromStore { generation } => {
                write!(f, "token of generation {generation} taken from the store")
            }
            Event::TokenTypeMissing => {
                f.write_str("the token response has no token_type; Bearer is assumed")
            }
            Event::StoreFailed { message } | Event::AuditFailed { message } => f.write_str(message),
            Event::Contention { revoked } => {
                let who = "another program requests tokens for this application";
                write!(f, "{revoked} tokens were revoked within ten minutes; {who}")
            }
            Event::NewTokenRejected { generation } => {
                write!(
                    f,
                    "token of generation {generation} is new and was rejected; it is sent once more"
                )
            }
            Event::ScopeDiffers { granted } => {
                write!(f, "the server granted another scope, {granted:?}")
            }
            Event::RenewalFailed { kind } => {
                write!(f, "the token was not renewed ({}); the old one is used", kind.words())
            }
            Event::TokenRejected { generation } => {
                write!(f, "token of generation {generation} was rejected")
            }
            Event::ClockSkew { by } => f.write_str(&wrong_clock(*by)),
            Event::RateLimitReached { wait } => {
                let secs = wait.as_secs_f64();
                write!(f, "the rate limit is reached; the next request follows in {secs:.1} s")
            }
            Event::Retrying { attempt, wait, kind } => {
                match attempt {
                    0 => f.write_str("a token request of another call failed")?,
                    _ => write!(f, "attempt {attempt} failed")?,
                }
                let (words, secs) = (kind.words(), wait.as_secs_f64());
                write!(f, " ({words}); the next one follows in {secs:.1} s")
            }
        }
    }
}

/// The sentence about a wrong clock, of the event and of later errors.
pub(crate) fn wrong_clock(by: Duration) -> String {
    let seconds = by.as_secs();
    let about = match seconds {
        0..120 => format!("{seconds} s"),
        120..7140 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h", (seconds + 1800) / 3600),
    };
    format!(
        "the clock of this machine or of another that shares the token store is wrong by about \
         {about}"
    )
}

/// How far the sending of a body has come; see
/// [`Client::with_progress`](crate::Client::with_progress).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes of the body that are on their way. Begins anew with each attempt.
    pub sent: u64,
    /// Bytes of the whole body.
    pub total: u64,
    /// Records in the body.
    pub records: usize,
}

/// The callback that is told how much of a body was sent.
#[derive(Clone)]
pub(crate) struct ProgressHandler(Arc<dyn Fn(&Progress) + Send + Sync>);

impl ProgressHandler {
    pub(crate) fn new(handler: impl Fn(&Progress) + Send + Sync + 'static) -> ProgressHandler {
        ProgressHandler(Arc::new(handler))
    }

    pub(crate) fn report(&self, progress: &Progress) {
        in_user_callback(|| (self.0)(progress));
    }
}

/// The callback that is given events; none by default.
#[derive(Clone, Default)]
pub(crate) struct EventHandler(Option<Arc<EventFn>>);

type EventFn = dyn Fn(&Event) + Send + Sync;

impl EventHandler {
    pub(crate) fn new(handler: impl Fn(&Event) + Send + Sync + 'static) -> EventHandler {
        EventHandler(Some(Arc::new(handler)))
    }

    pub(crate) fn emit(&self, event: Event) {
        if let Some(handler) = &self.0 {
            in_user_callback(|| handler(&event));
        }
    }
}

crate::sync::thread_local! {
    static IN_USER_CALLBACK: Cell<bool> = const { Cell::new(false) };
}

/// Runs a callback of the program's inside a call of ours: a handler, or a store of its own.
pub(crate) fn in_user_callback<T>(callback: impl FnOnce() -> T) -> T {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            IN_USER_CALLBACK.with(|flag| flag.set(self.0));
        }
    }
    let _restore = Restore(IN_USER_CALLBACK.with(|flag| flag.replace(true)));
    callback()
}

/// Whether this thread is inside such a callback: a call that waits would wait for itself.
pub(crate) fn is_in_user_callback() -> bool {
    IN_USER_CALLBACK.with(Cell::get)
}

impl fmt::Debug for ProgressHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProgressHandler")
    }
}

impl fmt::Debug for EventHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.0.is_some() { "set" } else { "none" };
        write!(f, "EventHandler({state})")
    }
}
