//! The handle of an application: what all its clones share, and its access token.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Cancel, Clock, Deadline, LONGEST};
use crate::config::{Access, Config, Settings};
use crate::error::{Error, Result};
use crate::event::{self, EventHandler, Progress, ProgressHandler};
use crate::http::Http;
use crate::receipt::{Application, Audit};
use crate::token::{Need, Snapshot, Token, TokenSource};

/// A client of one application. Clones are cheap, share everything, and may be used by any thread.
///
/// Every call blocks for at most its deadline; see [`with_deadline`](Client::with_deadline) and
/// [`with_cancel`](Client::with_cancel).
#[derive(Clone)]
pub struct Client {
    pub(super) shared: Arc<Shared>,
    time_limit: TimeLimit,
    cancel: Option<Cancel>,
    pub(super) progress: Option<ProgressHandler>,
}

/// How long calls may take.
#[derive(Clone, Copy, Debug)]
enum TimeLimit {
    /// Each call by itself.
    Each(Duration),
    /// All calls together: until this moment on the monotonic clock.
    Until(Duration),
}

pub(super) struct Shared {
    pub(super) http: Arc<Http>,
    pub(super) tokens: TokenSource,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) events: EventHandler,
    pub(super) list_cap: u64,
    pub(super) retry_on_401: bool,
    /// Which application this client is of.
    pub(super) application: Application,
    pub(super) audit: Option<Audit>,
}

impl Client {
    /// Validates the whole configuration and makes a client. Nothing is sent before the first call.
    ///
    /// # Errors
    ///
    /// A kind of the block of configuration, −20 to −39 in [`ErrorKind`](crate::ErrorKind): a
    /// setting is malformed, two contradict each other, or a file that one names cannot be used.
    pub fn new(config: Config) -> Result<Client> {
        let settings = config.resolve()?;
        let http = Arc::new(Http::new(&settings)?);
        let time_limit = TimeLimit::Each(settings.deadline);
        let shared = Shared {
            clock: Arc::clone(&settings.clock),
            events: settings.events.clone(),
            list_cap: settings.list_cap,
            http: Arc::clone(&http),
            retry_on_401: settings.retry_on_401,
            application: application(&settings),
            audit: settings.audit_file.clone().map(Audit::new),
            tokens: TokenSource::new(settings, http)?,
        };
        Ok(Client { shared: Arc::new(shared), time_limit, cancel: None, progress: None })
    }

    /// Returns the same client with another deadline: the timeout of each whole call, give or take
    /// the tick of a coarse clock, which is 1 to 10 ms.
    ///
    /// No token request starts with less than 2 s left: a call with a shorter deadline succeeds
    /// only with a cached or stored token.
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Client {
        Client { time_limit: TimeLimit::Each(deadline), ..self.clone() }
    }

    /// Returns the same client with one deadline for all its calls together, which starts now: for
    /// a push and its verify, or a whole job.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use vanta::{Body, Client, Config, Kind};
    /// let job = Client::new(Config::from_env())?.with_shared_deadline(Duration::from_secs(600));
    /// let accounts = Body::from_file("accounts.json")?;
    /// job.push(&Kind::USER_ACCOUNT, &accounts)?;
    /// job.verify(&Kind::USER_ACCOUNT, &accounts)?; // by then, at most what is left of 10 minutes
    /// # Ok::<(), vanta::Error>(())
    /// ```
    #[must_use]
    pub fn with_shared_deadline(&self, deadline: Duration) -> Client {
        let end = self.shared.clock.monotonic().saturating_add(deadline.min(LONGEST));
        Client { time_limit: TimeLimit::Until(end), ..self.clone() }
    }

    /// Returns the same client, whose pushes and uploads call `handler` with their progress, on the
    /// calling thread. The handler must not call the client.
    #[must_use]
    pub fn with_progress(&self, handler: impl Fn(&Progress) + Send + Sync + 'static) -> Client {
        Client { progress: Some(ProgressHandler::new(handler)), ..self.clone() }
    }

    /// Returns the same client, whose calls end when `cancel` is set.
    #[must_use]
    pub fn with_cancel(&self, cancel: &Cancel) -> Client {
        Client { cancel: Some(cancel.clone()), ..self.clone() }
    }

    /// Returns a token that is valid for longer than the expiry margin (30 s unless set otherwise).
    ///
    /// Returns the cached token where that is so. Where a new token cannot be had and the old one
    /// is still valid, returns the old one.
    ///
    /// # Errors
    ///
    /// [`InvalidClient`](crate::ErrorKind::InvalidClient),
    /// [`TokenRateLimited`](crate::ErrorKind::TokenRateLimited),
    /// [`DeadlineExceeded`](crate::ErrorKind::DeadlineExceeded) and the other kinds of
    /// configuration, network and token requests: [`Error::action`] says what to do.
    pub fn token(&self) -> Result<Token> {
        self.token_for(Need::Usual)
    }

    /// Returns a token that is valid for at least `time`: the cached one where it is, otherwise a
    /// new one.
    ///
    /// # Errors
    ///
    /// As [`token`](Client::token).
    pub fn token_valid_for(&self, time: Duration) -> Result<Token> {
        self.token_for(Need::AtLeast(time))
    }

    /// The cached token needs no deadline, which would cost as much as all the rest.
    pub(crate) fn token_for(&self, need: Need) -> Result<Token> {
        match self.shared.tokens.lend(need, Token::clone) {
            Some(token) => Ok(token),
            None => self.wait_for_token(need),
        }
    }

    #[cold]
    fn wait_for_token(&self, need: Need) -> Result<Token> {
        let tokens = &self.shared.tokens;
        tokens.get(need, &self.start()).map_err(|error| tokens.explain(error))
    }

    /// Calls `take`, which must be short, with the cached token; `None` where that does not meet
    /// the need.
    #[cfg(feature = "capi")]
    pub(crate) fn lend_token<T>(&self, need: Need, take: impl FnOnce(&Token) -> T) -> Option<T> {
        self.shared.tokens.lend(need, take)
    }

    /// Reports that Vanta rejected a token with 401, in a request of your own.
    ///
    /// The token is not returned again: the next call takes a newer one from the store or requests
    /// one. To report a token that was replaced meanwhile changes nothing.
    pub fn report_token_rejected(&self, token: &Token) {
        self.shared.tokens.token_rejected(token.secret().expose());
    }

    #[cfg(feature = "capi")]
    pub(crate) fn report_token_rejected_text(&self, token: &str) {
        self.shared.tokens.token_rejected(token);
    }

    /// Returns the state of the application's token in this process, for operators. The token is
    /// not part of it.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.shared.tokens.snapshot()
    }

    /// The deadline of a call that begins now.
    pub(super) fn start(&self) -> Deadline {
        let (clock, cancel) = (&self.shared.clock, self.cancel.clone());
        match self.time_limit {
            TimeLimit::Each(length) => Deadline::start(clock, length, cancel),
            TimeLimit::Until(end) => Deadline::until(clock, end, cancel),
        }
    }

    /// Refuses a call that a callback makes: it would wait for the call that it is in.
    pub(super) fn refuse_in_callback(&self) -> Result<()> {
        match event::is_in_user_callback() {
            true => Err(Error::reentrant()),
            false => Ok(()),
        }
    }

    /// Completes the error of a call: how many requests it made, and whether a clock is wrong.
    pub(super) fn complete(&self, error: Error, deadline: &Deadline) -> Error {
        let error = self.shared.tokens.explain(error);
        match deadline.requests() {
            0 => error,
            made => error.with_attempts(made),
        }
    }
}

fn application(settings: &Settings) -> Application {
    let client_id = match &settings.access {
        Access::Application(credentials) => Some(credentials.client_id.clone()),
        Access::Fixed(_) => None,
    };
    Application { origin: settings.origin.to_string(), client_id }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("time_limit", &self.time_limit).finish_non_exhaustive()
    }
}
