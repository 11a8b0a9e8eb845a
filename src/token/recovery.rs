//! Recovery after rejections: which token was seen to work, and one more try of a rejected one.
//!
//! A rejected token may be good again: a server that rejects every token for a while has revoked
//! none. So it is tried once more before a call fails because no token can be had now.

use std::time::Duration;

use super::Token;
use super::keeper::{Shared, Tried};
use super::record::Kept;
use super::renew::Renewer;
use super::rules::{MINUTE, Need};
use super::snapshot::Source;
use super::stamp::Stamp;
use super::store_access::{HOLD, update};
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Result, Step};
use crate::event::{self, Event};
use crate::retry;

/// How long the store may take to note that a token works.
const STORE_TIMEOUT: Duration = Duration::from_secs(1);

/// A token that is rejected so soon after it was issued has probably not propagated yet.
const YOUNG: Duration = Duration::from_secs(1);

impl Shared {
    pub(super) fn after_401(
        &self,
        token: &Token,
        tried: Tried,
        deadline: &Deadline,
    ) -> Result<(Token, Tried)> {
        let is_first = matches!(tried, Tried::Nothing);
        if let Some(wait) = self.until_grown(token).filter(|_| is_first) {
            let generation = token.generation();
            self.renewer.events.emit(Event::YoungTokenRefused { generation });
            deadline.sleep(wait).map_err(|reason| retry::wait_error(reason, Step::Queue))?;
            return Ok((token.clone(), Tried::Waiting));
        }
        self.refused(token.secret().expose());
        if let Tried::TokenRequest(error) = tried {
            return Err(error);
        }
        Ok((self.get(Need::Usual, deadline)?, Tried::Another))
    }

    /// How long until the current token is old enough to have been revoked.
    fn until_grown(&self, token: &Token) -> Option<Duration> {
        let life = token.0.life.as_ref()?;
        let current = self.renewer.slot.state().memory.token.clone()?;
        let same = current.secret() == token.secret();
        // How old one from the future is, nobody knows.
        let left = life.asked.left_of(YOUNG, &Stamp::now(&*self.renewer.clock));
        left.filter(|_| same)
    }

    pub(super) fn refused(&self, token: &str) {
        let slot = &self.renewer.slot;
        let mut state = slot.state();
        let generation = state.memory.refuse(token);
        slot.publish(&state.memory);
        drop(state);
        self.renewer.events.emit(Event::TokenRefused { generation });
    }

    pub(super) fn for_request(&self, deadline: &Deadline) -> Result<(Token, Tried)> {
        let error = match self.get_or_fail(Need::Usual, true, deadline) {
            Ok(token) => return Ok((token, Tried::Nothing)),
            Err(error) => error,
        };
        let tried = match error.kind() {
            _ if asked_for_none(&error) => Tried::Nothing,
            // The pause is known now: after a 401 it is waited for, if the deadline allows.
            ErrorKind::TokenRateLimited => Tried::Nothing,
            _ if is_no_verdict(&error) && deadline.left().is_ok() => {
                Tried::TokenRequest(error.clone())
            }
            _ => return Err(error),
        };
        let token = self.renewer.rejected_token().ok_or(error)?;
        self.renewer.slot.state().memory.stats.kept += 1;
        Ok((token, tried))
    }

    /// Once for each token and process; the store is told once for each token.
    pub(super) fn proved(&self, token: &Token, deadline: &Deadline) {
        let slot = &self.renewer.slot;
        let mut state = slot.state();
        state.memory.prove(token);
        slot.publish(&state.memory);
        let unavailable = state.memory.alone_since.clone();
        drop(state);
        if unavailable.is_none_or(|at| at.left_of(MINUTE, &self.renewer.now()).is_none()) {
            // Best effort: it decides only whether a later rejection shows that it was revoked.
            self.renewer.store_proof(&deadline.at_most(STORE_TIMEOUT));
        }
    }

    pub(super) fn explain(&self, error: Error) -> Error {
        let skew = self.renewer.slot.state().memory.skew;
        match skew.filter(|_| depends_on_clocks(&error)) {
            Some(by) => error.with_note(&event::wrong_clock(by)),
            None => error,
        }
    }
}

impl Renewer {
    /// The token that was rejected last, for one more request with it.
    pub(super) fn rejected_token(&self) -> Option<Token> {
        let state = self.slot.state();
        let memory = &state.memory;
        let kept = memory.rejected(&self.scopes, &self.now())?;
        let source = if self.store.is_some() { Source::Store } else { Source::Minted };
        // It has to prove itself again, whatever it did before.
        let kept = Kept { worked: false, ..kept.clone() };
        Some(Token::of(&kept, memory.record.generation, source, self))
    }

    /// Writes down that the token works, if the store's lock is free.
    fn store_proof(&self, deadline: &Deadline) {
        let Some(store) = self.store.as_deref() else { return };
        let key = self.slot.key();
        if let Ok(Some(locked)) = event::in_user_callback(|| store.try_lock(&key, HOLD, deadline)) {
            let known = self.slot.state().memory.record.clone();
            update(self, locked, || None, |record| ((), record.keep_proof(&known)));
        }
    }
}

/// Whether the call failed before a token request: because of what is remembered, or not allowed.
fn asked_for_none(error: &Error) -> bool {
    let kinds = [ErrorKind::Contention, ErrorKind::TokenBudgetExhausted, ErrorKind::WouldMint];
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
        ErrorKind::TokenBudgetExhausted,
        ErrorKind::RateLimited,
        ErrorKind::Contention,
    ];
    error.is_remembered() || kinds.contains(&error.kind())
}
