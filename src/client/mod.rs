//! The verbs: token, push, plan, verify, list, upload.

mod call;
mod classify;
mod compare;
mod completeness;
mod deletion_guard;
mod list;
mod member_name;
mod options;
mod outcomes;
mod plan;
mod push;
mod receipts;
mod rejection;
mod remote;
mod row;
mod rows;
mod sequence;
mod upload;
mod verify;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use compare::Difference;
pub use list::Listing;
pub use options::PushOptions;
pub use plan::{Change, Plan};
pub use row::Row;

use crate::clock::{Cancel, Clock, Deadline};
use crate::config::{Access, Config, Settings};
use crate::error::Result;
use crate::event::{EventHandler, Progress, ProgressHandler};
use crate::http::Http;
use crate::receipt::{Application, Audit};
use crate::token::{Need, Snapshot, Token, TokenSource};

/// The largest answer to a push or an upload that is read.
const ANSWER_CAP: u64 = 1 << 20;

/// A client of one application. Clones are cheap, share everything, and may be used by any thread.
///
/// Every call blocks for at most its deadline; see [`with_deadline`](Client::with_deadline) and
/// [`with_cancel`](Client::with_cancel).
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    deadline: Duration,
    cancel: Option<Cancel>,
    watcher: Option<ProgressHandler>,
}

struct Shared {
    http: Arc<Http>,
    tokens: TokenSource,
    clock: Arc<dyn Clock>,
    events: EventHandler,
    list_cap: u64,
    leave_401: bool,
    /// Which application this client is of.
    application: Application,
    audit: Option<Audit>,
}

impl Client {
    /// Checks the configuration. Nothing is sent before the first call.
    pub fn new(config: Config) -> Result<Client> {
        let settings = config.settle()?;
        let http = Arc::new(Http::new(&settings)?);
        let deadline = settings.deadline;
        let shared = Shared {
            clock: Arc::clone(&settings.clock),
            events: settings.events.clone(),
            list_cap: settings.list_cap,
            http: Arc::clone(&http),
            leave_401: settings.leave_401,
            application: application(&settings),
            audit: settings.audit_file.clone().map(Audit::new),
            tokens: TokenSource::new(settings, http)?,
        };
        Ok(Client { shared: Arc::new(shared), deadline, cancel: None, watcher: None })
    }

    /// The same client with another deadline: the time that each call may take in all.
    ///
    /// No token request starts with less than 2 s left: a call with a shorter deadline succeeds
    /// only with a cached or stored token.
    pub fn with_deadline(&self, deadline: Duration) -> Client {
        Client { deadline, ..self.clone() }
    }

    /// The same client, whose pushes and uploads tell how far they have come, on the calling
    /// thread. The watcher must not call the client.
    pub fn with_progress(&self, watcher: impl Fn(&Progress) + Send + Sync + 'static) -> Client {
        Client { watcher: Some(ProgressHandler::new(watcher)), ..self.clone() }
    }

    /// The same client, whose calls end when `cancel` is thrown.
    pub fn with_cancel(&self, cancel: &Cancel) -> Client {
        Client { cancel: Some(cancel.clone()), ..self.clone() }
    }

    /// A token that lives longer than the margin (30 s unless set otherwise).
    ///
    /// Comes from memory where there is one. When a new one cannot be had and the old one still
    /// lives, the old one is given.
    pub fn token(&self) -> Result<Token> {
        self.needed(Need::Usual)
    }

    /// A token that lives for at least so many seconds; a new one, where the one in hand does not.
    pub fn token_valid_for(&self, seconds: u64) -> Result<Token> {
        self.needed(Need::AtLeast(Duration::from_secs(seconds)))
    }

    /// A token from memory needs no deadline, which would cost as much as all the rest.
    pub(crate) fn needed(&self, need: Need) -> Result<Token> {
        match self.shared.tokens.lend(need, Token::clone) {
            Some(token) => Ok(token),
            None => self.awaited(need),
        }
    }

    #[cold]
    fn awaited(&self, need: Need) -> Result<Token> {
        let tokens = &self.shared.tokens;
        tokens.get(need, &self.start()).map_err(|error| tokens.explain(error))
    }

    /// Lends the token in hand to `take`, which must be short; `None` where it is not as needed.
    #[cfg(feature = "capi")]
    pub(crate) fn lend_token<T>(&self, need: Need, take: impl FnOnce(&Token) -> T) -> Option<T> {
        self.shared.tokens.lend(need, take)
    }

    /// Tells that Vanta refused a token with 401, where it was used in a request of your own.
    ///
    /// It is given out no more, and the next call takes a newer one from the store or asks for one.
    /// A token that was replaced meanwhile changes nothing.
    pub fn report_refused(&self, token: &Token) {
        self.shared.tokens.token_rejected(token.secret().expose());
    }

    #[cfg(feature = "capi")]
    pub(crate) fn report_refused_text(&self, token: &str) {
        self.shared.tokens.token_rejected(token);
    }

    /// The state of the application's token in this process, for operators; never the token.
    pub fn snapshot(&self) -> Snapshot {
        self.shared.tokens.snapshot()
    }

    fn start(&self) -> Deadline {
        Deadline::start(&self.shared.clock, self.deadline, self.cancel.clone())
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
        f.debug_struct("Client").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
