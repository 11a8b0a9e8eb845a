//! The verbs: token, push, list.

mod judge;
mod list;
mod push;
mod turns;

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use list::{Listing, Row};
pub use push::Receipt;
use turns::{Turn, Turns};

use crate::body::{Body, check_resource_id};
use crate::clock::{Cancel, Clock, Deadline};
use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{self, Listener};
use crate::http::{Answer, Http, Method, Request};
use crate::resource::Kind;
use crate::retry;
use crate::token::{Keeper, Need, Snapshot, Token, Tried};

/// The largest answer to a push that is read.
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
}

struct Shared {
    http: Arc<Http>,
    keeper: Keeper,
    clock: Arc<dyn Clock>,
    events: Listener,
    list_cap: u64,
    leave_401: bool,
    turns: Turns,
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
            turns: Turns::new(),
            keeper: Keeper::new(settings, http)?,
        };
        Ok(Client { shared: Arc::new(shared), deadline, cancel: None })
    }

    /// The same client with another deadline: the time that each call may take in all.
    ///
    /// A call that needs a new token is not begun with less than 2 s.
    pub fn with_deadline(&self, deadline: Duration) -> Client {
        Client { deadline, ..self.clone() }
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
    fn needed(&self, need: Need) -> Result<Token> {
        let keeper = &self.shared.keeper;
        keeper.hit(need).map_or_else(|| keeper.get(need, &self.start()), Ok)
    }

    /// Tells that Vanta refused a token with 401, where it was used in a request of your own.
    ///
    /// It is given out no more, and the next call takes a newer one from the store or asks for one.
    /// A token that was replaced meanwhile changes nothing.
    pub fn report_refused(&self, token: &Token) {
        self.shared.keeper.refused(token.secret().expose());
    }

    #[cfg(feature = "capi")]
    pub(crate) fn report_refused_text(&self, token: &str) {
        self.shared.keeper.refused(token);
    }

    /// The state of the application's token in this process, for operators; never the token.
    pub fn snapshot(&self) -> Snapshot {
        self.shared.keeper.snapshot()
    }

    /// Replaces everything Vanta holds of `kind` for the body's resource with the body's records.
    ///
    /// `Ok` means that Vanta clearly said yes. An error of kind
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) means that it may or may not have
    /// happened; with any other error, nothing was changed.
    pub fn push(&self, kind: &Kind, body: &Body) -> Result<Receipt> {
        body.refuse_empty().map_err(|error| error.doing(format!("pushing {kind}")))?;
        let turn = self.shared.turns.take(format!("{kind} {}", body.resource_id()));
        let verb = Verb {
            method: Method::Put,
            path: format!("/v1/resources/{kind}"),
            body: Some(body.as_bytes()),
            cap: ANSWER_CAP,
            turn: Some(&turn),
        };
        let pushed = self.call(&verb, |answer, sent| push::judge(kind, body, answer, sent));
        if pushed.is_ok() {
            turn.accepted();
        }
        pushed.map_err(|error| error.doing(format!("pushing {kind}")))
    }

    /// Reads what Vanta holds of `kind` for a resource, soft-deleted rows among it.
    pub fn list(&self, kind: &Kind, resource_id: &str) -> Result<Listing> {
        check_resource_id(resource_id)?;
        let verb = Verb {
            method: Method::Get,
            path: format!("/v1/resources/{kind}?resourceId={resource_id}"),
            body: None,
            cap: self.shared.list_cap,
            turn: None,
        };
        let listed = self.call(&verb, |answer, _| list::judge(answer));
        listed.map_err(|error| error.doing(format!("listing {kind}")))
    }

    fn start(&self) -> Deadline {
        Deadline::start(&self.shared.clock, self.deadline, self.cancel.clone())
    }

    /// Makes the request until its answer is judged good, or it fails for good.
    fn call<T>(&self, verb: &Verb<'_>, judge: impl Fn(&Answer, Sent) -> Result<T>) -> Result<T> {
        if event::is_outside() {
            return Err(Error::new(ErrorKind::Reentrant, "a request was to be made"));
        }
        let deadline = self.start();
        let requests = Cell::new(0);
        let done = retry::run(&deadline, &self.shared.events, || {
            let (answer, generation) = self.authorized(verb, &deadline, &requests)?;
            judge(&answer, Sent { attempts: requests.get(), generation })
        });
        done.map_err(|error| match requests.get() {
            0 => error,
            made => error.with_attempts(made),
        })
    }

    /// Sends with a token; after a 401 again, the same bytes, with what the keeper advises.
    fn authorized(
        &self,
        verb: &Verb<'_>,
        deadline: &Deadline,
        requests: &Cell<u32>,
    ) -> Result<(Answer, u64)> {
        let keeper = &self.shared.keeper;
        let mut token = keeper.get(Need::Usual, deadline)?;
        let (mut tried, mut before) = (Tried::Nothing, None);
        loop {
            let answer = self.send(verb, &token, deadline, requests)?;
            if answer.status != 401 {
                // Trouble may come from a gateway that never looked at the token.
                if answer.status < 500 && !answer.is_page() {
                    keeper.proved(&token);
                }
                return Ok((answer, token.generation()));
            }
            let refusal = judge::unauthorized(&answer, tried, before);
            if self.shared.leave_401 {
                return Err(refusal);
            }
            match keeper.after_401(&token, tried, deadline) {
                None => return Err(refusal),
                Some(Err(error)) => return Err(error.with_source(refusal)),
                Some(Ok((next, how))) => (token, tried, before) = (next, how, Some(refusal)),
            }
        }
    }

    fn send(
        &self,
        verb: &Verb<'_>,
        token: &Token,
        deadline: &Deadline,
        requests: &Cell<u32>,
    ) -> Result<Answer> {
        if requests.get() > 0 && verb.turn.is_some_and(Turn::is_overtaken) {
            let words = "it was not sent again: a newer push of this resource was accepted";
            return Err(Error::new(ErrorKind::Superseded, words));
        }
        requests.set(requests.get() + 1);
        let request = Request {
            method: verb.method,
            path: verb.path.clone(),
            bearer: Some(token.secret()),
            body: verb.body,
            hidden: &[],
            cap: verb.cap,
        };
        self.shared.http.send(&request, deadline)
    }
}

/// A request without its token.
struct Verb<'a> {
    method: Method,
    path: String,
    body: Option<&'a [u8]>,
    cap: u64,
    /// Where the order of requests matters.
    turn: Option<&'a Turn<'a>>,
}

/// What was sent before an answer came.
#[derive(Clone, Copy, Debug)]
struct Sent {
    attempts: u32,
    generation: u64,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
