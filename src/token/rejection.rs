//! What follows a 401, and what follows a success: which token to send next, and which one works.
//!
//! A rejected token may be good again: a server that rejects every token for a while has revoked
//! none. So it is tried once more before a call fails because no token can be had now.

use std::time::Duration;

use super::access_token::Token;
use super::cache::CachedSource;
use super::policy::Need;
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Result, Stage};
use crate::event::{self, Event};
use crate::retry;

/// How long the store may take to note that a token works.
const STORE_TIMEOUT: Duration = Duration::from_secs(1);

/// A token that is rejected so soon after it was issued has probably not propagated yet.
const PROPAGATION: Duration = Duration::from_secs(1);

/// What a call has tried against a 401.
#[derive(Clone, Debug)]
pub(crate) enum Tried {
    Nothing,
    /// A token request of this call failed, so that the rejected token is tried once more.
    TokenRequest(Error),
    /// The same token again, which was new.
    Waiting,
    /// Another token that had worked, of another job. If it was revoked too, a third one is tried.
    Known,
    /// Another token, the last one to be tried.
    Another,
}

impl CachedSource {
    /// A token for a request whose response will be seen. Where no new token can be had now, that
    /// may be the one that was rejected last: after an outage it works again.
    pub(super) fn for_request(&self, deadline: &Deadline) -> Result<(Token, Tried)> {
        let error = match self.get(Need::Usual, true, deadline) {
            Ok(token) => return Ok((token, Tried::Nothing)),
            Err(error) => error,
        };
        let tried = match error.kind() {
            _ if made_no_request(&error) => Tried::Nothing,
            // The backoff is known now: after a 401 the call waits for it, if the deadline allows.
            ErrorKind::TokenRateLimited => Tried::Nothing,
            _ if is_no_verdict(&error) && deadline.left().is_ok() => {
                Tried::TokenRequest(error.clone())
            }
            _ => return Err(error),
        };
        let token = self.shared.rejected_token().ok_or(error)?;
        self.shared.states.state().stats.renewal_failures += 1;
        Ok((token, tried))
    }

    /// What to send after Vanta rejected `token` with 401.
    pub(super) fn after_401(
        &self,
        token: &Token,
        tried: Tried,
        deadline: &Deadline,
    ) -> Result<(Token, Tried)> {
        let (is_first, was_known) =
            (matches!(tried, Tried::Nothing), matches!(tried, Tried::Known));
        if let Some(wait) = self.until_propagated(token).filter(|_| is_first) {
            let generation = token.generation();
            self.shared.states.events.emit(Event::NewTokenRejected { generation });
            deadline.sleep(wait).map_err(|reason| retry::wait_error(reason, Stage::Queue))?;
            return Ok((token.clone(), Tried::Waiting));
        }
        self.token_rejected(token.secret().expose());
        if let Tried::TokenRequest(error) = tried {
            return Err(error);
        }
        let next = self.get(Need::Usual, false, deadline)?;
        let is_known = next.has_worked() && !was_known;
        Ok((next, if is_known { Tried::Known } else { Tried::Another }))
    }

    /// How long until the cached token is so old that a rejection means that it was revoked.
    fn until_propagated(&self, token: &Token) -> Option<Duration> {
        let terms = token.terms()?;
        let cached = self.shared.states.state().token.clone()?;
        let is_cached = cached.secret() == token.secret();
        // The age of one from the future is not known.
        let left = terms.requested_at.remaining(PROPAGATION, &self.shared.states.now());
        left.filter(|_| is_cached)
    }

    /// Drops the token, unless a newer one has taken its place.
    pub(super) fn token_rejected(&self, token: &str) {
        let states = &self.shared.states;
        let generation = states.change(|process| process.token_rejected(token));
        states.events.emit(Event::TokenRejected { generation });
    }

    /// A request with the token was accepted. The store is told once for each token.
    pub(super) fn token_worked(&self, token: &Token, deadline: &Deadline) {
        if !token.set_worked() {
            return;
        }
        let states = &self.shared.states;
        states.change(|process| process.token_worked(token));
        if states.is_shared() && !states.failed_lately() {
            // Best effort: it decides only whether a later rejection shows that it was revoked.
            self.store_that_token_worked(&deadline.at_most(STORE_TIMEOUT));
        }
    }

    /// Writes down that the token works, if the store's lock is free.
    fn store_that_token_worked(&self, deadline: &Deadline) {
        let states = &self.shared.states;
        let Some(lock) = states.lock_at_once(deadline) else { return };
        let known = states.state().shared.clone();
        states.update(lock, || None, |state| ((), state.learn_whether_token_worked(&known)));
    }

    /// Adds to an error that a clock is wrong, where that may be its cause.
    pub(super) fn explain(&self, error: Error) -> Error {
        let skew = self.shared.states.state().skew;
        match skew.filter(|_| depends_on_clocks(&error)) {
            Some(by) => error.with_note(&event::wrong_clock(by)),
            None => error,
        }
    }
}

/// Whether the call failed before a token request: because of what is remembered, or not allowed.
fn made_no_request(error: &Error) -> bool {
    let kinds = [
        ErrorKind::Contention,
        ErrorKind::TokenRateLimitReached,
        ErrorKind::TokenRequestNotAllowed,
    ];
    error.is_remembered() || kinds.contains(&error.kind())
}

/// Whether a token request failed without a verdict on the credentials.
fn is_no_verdict(error: &Error) -> bool {
    let kinds = [ErrorKind::GatewayResponse, ErrorKind::RedirectRefused];
    error.is_retryable() || kinds.contains(&error.kind())
}

/// Whether wrong clocks can have led to the error.
fn depends_on_clocks(error: &Error) -> bool {
    let kinds = [
        ErrorKind::Unauthorized,
        ErrorKind::TokenRateLimited,
        ErrorKind::TokenRateLimitReached,
        ErrorKind::RateLimited,
        ErrorKind::Contention,
    ];
    error.is_remembered() || kinds.contains(&error.kind())
}
