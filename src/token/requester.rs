//! Requests a token in a store transaction.
//!
//! The request is written down before it is sent, and its outcome before the lock is given back. So
//! a process that dies in between leaves a trace, and no other job requests a token meanwhile.

use std::sync::Arc;
use std::time::Duration;

use super::policy::{LONGEST_REQUEST, Reason, requests_last_minute, scopes_to_request};
use super::request::{TokenRequest, made_no_token, may_have_arrived};
use super::response::TokenResponse;
use super::scopes::Scopes;
use super::snapshot::Source;
use super::state::{SharedState, StoredToken};
use super::timestamp::Timestamp;
use super::transaction::Transaction;
use crate::clock::Deadline;
use crate::config::Credentials;
use crate::error::{Error, ErrorKind, Result, Stage};
use crate::event::{Event, EventHandler};
use crate::http::Http;
use crate::retry::{self, LEAST_TIME};
use crate::secret::Secret;

/// Before the one repetition.
const BACKOFF: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct TokenRequester {
    pub(super) http: Arc<Http>,
    pub(super) credentials: Credentials,
    /// The scopes that this client needs.
    pub(super) scopes: Scopes,
    /// Whether a response without a type, or with fewer scopes, is an error.
    pub(super) strict: bool,
    pub(super) requests_per_minute: u32,
}

/// A token, and how it was got.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) token: StoredToken,
    pub(super) generation: u64,
    /// `Source::None` for a token that was cached already.
    pub(super) source: Source,
    /// Why it was requested; `None` when it was in the store.
    pub(super) reason: Option<Reason>,
    /// Whether the response named the type of the token.
    has_type: bool,
}

impl Fetched {
    pub(super) fn from_store(token: StoredToken, generation: u64) -> Fetched {
        Fetched { token, generation, source: Source::Store, reason: None, has_type: true }
    }

    /// Reports what is new. The caller holds no lock: an event handler may take its time.
    pub(super) fn report(&self, events: &EventHandler) {
        let Fetched { token, generation, .. } = self;
        let generation = *generation;
        match self.source {
            Source::Store => return events.emit(Event::TokenFromStore { generation }),
            Source::None => return,
            _ => {}
        }
        events.emit(Event::NewToken { generation, expires_in: token.lifetime_s });
        let differs = |granted: &&String| Scopes::new(granted) != token.scopes;
        if let Some(granted) = token.granted.as_ref().filter(differs) {
            events.emit(Event::ScopeDiffers { granted: granted.clone() });
        }
        if !self.has_type {
            events.emit(Event::TokenTypeMissing);
        }
    }
}

impl TokenRequester {
    /// The secret from the program's callback, if it has one. It is called while the store is not
    /// locked: other jobs do not wait for a vault.
    pub(super) fn secret_from_callback(&self) -> Result<Option<Secret>> {
        self.credentials.call_back()
    }

    /// `secret` is the one from the callback. Any other is read here, once for each token request.
    pub(super) fn prepare(
        &self,
        state: &SharedState,
        secret: Option<Secret>,
        now: &Timestamp,
    ) -> Result<TokenRequest<'_>> {
        let client_secret = secret.map_or_else(|| self.credentials.secret(), Ok)?;
        let scopes = scopes_to_request(state, &self.scopes, &client_secret, now);
        let fingerprint = state.fingerprint(&client_secret, &scopes);
        let (client_id, grant_type) = (&self.credentials.client_id, "client_credentials");
        Ok(TokenRequest { client_id, client_secret, scopes, grant_type, fingerprint })
    }

    /// Requests a token. Repeats the request at most once, and only where it certainly made none.
    pub(super) fn request(
        &self,
        mut transaction: Transaction<'_>,
        request: &TokenRequest<'_>,
        reason: Reason,
        rejected: &[Secret],
        call: &Deadline,
    ) -> Result<Fetched> {
        // Not longer than the lock was taken for.
        let deadline = &transaction.until.clone();
        let (mut attempts, mut earlier) = (1, None);
        loop {
            let merge = |error, earlier: &mut _| retry::merge(error, earlier, deadline);
            enough_time(deadline).map_err(|error| merge(error, &mut earlier))?;
            let requested_at = transaction.now();
            transaction.state.begin_request(rejected, &requested_at);
            transaction.save()?;
            let response = request.send(&self.http, deadline);
            let response = response.map_err(|error| merge(never_sent(error, call), &mut earlier));
            let error = match response.and_then(|response| self.check(response, request)) {
                Ok(response) => {
                    let token = add_token(&mut transaction, &response, request, requested_at);
                    let (generation, reason) = (transaction.state.generation, Some(reason));
                    let (source, has_type) = (Source::Requested, response.has_type);
                    return Ok(Fetched { token, generation, source, reason, has_type });
                }
                Err(error) => self.failed(&mut transaction, request, error),
            };
            let error = error.with_attempts(attempts);
            if attempts > 1 || !self.may_repeat(&transaction, &error, deadline) {
                return Err(error);
            }
            let (attempt, wait) = (attempts, backoff(&error));
            transaction.report(Event::Retrying { attempt, wait, kind: error.kind() });
            attempts += 1;
            if let Err(reason) = deadline.sleep(wait) {
                return Err(retry::ended(reason, error));
            }
            earlier = Some(error);
        }
    }

    /// With `strict`, whether the response is as RFC 6749 and the request want it.
    fn check(&self, response: TokenResponse, request: &TokenRequest<'_>) -> Result<TokenResponse> {
        let requested = &request.scopes;
        let message = match &response.scope {
            _ if !self.strict => return Ok(response),
            _ if !response.has_type => "token_type is missing".to_owned(),
            Some(granted) if !Scopes::new(granted).contain(requested) => {
                format!("{granted:?} was granted, and {:?} was requested", requested.as_str())
            }
            _ => return Ok(response),
        };
        Err(Error::new(ErrorKind::InvalidTokenResponse, message).at(Stage::Read))
    }

    fn failed(
        &self,
        transaction: &mut Transaction<'_>,
        request: &TokenRequest<'_>,
        error: Error,
    ) -> Error {
        let now = transaction.now();
        match may_have_arrived(&error) {
            true => transaction.state.add_failure(&error, request.fingerprint.clone(), &now),
            false => transaction.state.undo_request(),
        }
        transaction.save_anyway();
        match &transaction.state.backoff {
            Some(backoff) if error.kind() == ErrorKind::TokenRateLimited => {
                // What the server asked for, or the backoff where it asked for less.
                let wait = error.retry_after().unwrap_or_default();
                error.with_retry_after(wait.max(Duration::from_secs(backoff.seconds)))
            }
            _ => self.explain(error, request),
        }
    }

    /// Adds to an error about scopes those of all clients and those of this one, and to one about
    /// the credentials what looks wrong with their shape.
    pub(super) fn explain(&self, error: Error, request: &TokenRequest<'_>) -> Error {
        match error.kind() {
            ErrorKind::InvalidScope => {
                let (requested, own) = (&request.scopes, &self.scopes);
                let advice = "request only scopes that the application has in the Developer \
                              Console";
                let message = format!("requested {requested}; this client needs {own}");
                error.with_message(message).with_advice(advice)
            }
            ErrorKind::InvalidClient
            | ErrorKind::InvalidGrant
            | ErrorKind::UnauthorizedClient
            | ErrorKind::InvalidTokenRequest
            | ErrorKind::OtherTokenRefusal => {
                match self.credentials.suspicion(&request.client_secret) {
                    Some(note) => error.with_note(&note),
                    None => error,
                }
            }
            _ => error,
        }
    }

    fn may_repeat(
        &self,
        transaction: &Transaction<'_>,
        error: &Error,
        deadline: &Deadline,
    ) -> bool {
        let made = requests_last_minute(&transaction.state, &transaction.now());
        let made = u32::try_from(made).unwrap_or(u32::MAX);
        let needed = backoff(error).saturating_add(LEAST_TIME);
        let has_time = deadline.left().is_ok_and(|left| left > needed);
        made_no_token(error) && made < self.requests_per_minute && has_time
    }
}

fn add_token(
    transaction: &mut Transaction<'_>,
    response: &TokenResponse,
    request: &TokenRequest<'_>,
    requested_at: Timestamp,
) -> StoredToken {
    let (scopes, fingerprint) = (request.scopes.clone(), &request.fingerprint);
    let token = transaction.state.add_token(response, scopes, requested_at, fingerprint);
    transaction.save_anyway();
    token
}

/// Before the one repetition: never sooner than the server asks.
fn backoff(error: &Error) -> Duration {
    error.retry_after().unwrap_or_default().max(BACKOFF)
}

/// The time for which the lock was taken bounds a token request too. When it was over and the
/// deadline of the call was not, no connection was made.
fn never_sent(error: Error, call: &Deadline) -> Error {
    if error.kind() != ErrorKind::DeadlineExceeded || call.left().is_err() {
        return error;
    }
    let seconds = LONGEST_REQUEST.as_secs();
    let message = format!("the token request could not be sent within {seconds} s");
    Error::new(ErrorKind::Connect, message).at(error.stage()).with_source(error)
}

fn enough_time(deadline: &Deadline) -> Result<()> {
    let left = deadline.left().map_err(|reason| retry::wait_error(reason, Stage::Queue))?;
    if left >= LEAST_TIME {
        return Ok(());
    }
    let message = "a token request needs at least 2 s, and less is left";
    Err(Error::new(ErrorKind::DeadlineExceeded, message).at(Stage::Queue))
}
