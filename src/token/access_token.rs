//! An access token in the memory of a process.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::scopes::Scopes;
use super::snapshot::Source;
use super::state::StoredToken;
use super::timestamp::Timestamp;
use crate::clock::{Clock, ClockInstant, Nanos};
use crate::secret::Secret;

/// An access token. `Debug` does not show it. Clones share one copy, wiped when the last is
/// dropped.
#[derive(Clone)]
pub struct Token(Arc<Inner>);

struct Inner {
    secret: Secret,
    serial: u64,
    generation: u64,
    source: Source,
    /// `None` for a token that the configuration gave.
    terms: Option<Terms>,
    /// A later token request ended without a response, and this token was not seen to work since.
    suspect: AtomicBool,
    /// Vanta has accepted a request with it.
    worked: AtomicBool,
}

/// What the server granted, on the clocks of this process.
pub(super) struct Terms {
    pub(super) expires_at: ClockInstant,
    /// See [`StoredToken::longest_margin`].
    pub(super) longest_margin: Nanos,
    pub(super) requested_at: Timestamp,
    pub(super) scopes: Scopes,
    pub(super) granted: Option<String>,
    pub(super) lifetime_assumed: bool,
}

/// How many tokens this process has known.
static SERIALS: AtomicU64 = AtomicU64::new(0);

impl Token {
    /// A token that the configuration gave.
    pub(super) fn from_config(secret: Secret) -> Token {
        Token::new(secret, 0, Source::Static, None, [false, false])
    }

    /// A token of the shared state. Scopes that are equal to `known` share its text.
    pub(super) fn from_state(
        token: &StoredToken,
        generation: u64,
        source: Source,
        known: &Scopes,
        clock: &dyn Clock,
    ) -> Token {
        let remaining = token.remaining(&Timestamp::now(clock));
        let terms = Terms {
            expires_at: ClockInstant::now(clock).plus(remaining),
            longest_margin: token.longest_margin().into(),
            requested_at: token.requested_at.clone(),
            scopes: token.scopes.shared_with(known),
            granted: token.granted.clone(),
            lifetime_assumed: token.lifetime_assumed,
        };
        let secret = token.access_token.clone();
        Token::new(secret, generation, source, Some(terms), [token.suspect, token.worked])
    }

    fn new(
        secret: Secret,
        generation: u64,
        source: Source,
        terms: Option<Terms>,
        [suspect, worked]: [bool; 2],
    ) -> Token {
        let serial = SERIALS.fetch_add(1, Ordering::Relaxed) + 1;
        let (suspect, worked) = (AtomicBool::new(suspect), AtomicBool::new(worked));
        Token(Arc::new(Inner { secret, serial, generation, source, terms, suspect, worked }))
    }

    /// Returns the access token itself, for a header field `Authorization: Bearer …`.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.0.secret
    }

    /// Returns the number of this token among those of the application, from 1; 0 for a static
    /// token.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.0.generation
    }

    /// Returns a number that no other token of this process has.
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.0.serial
    }

    pub(super) fn source(&self) -> Source {
        self.0.source
    }

    #[inline]
    pub(super) fn terms(&self) -> Option<&Terms> {
        self.0.terms.as_ref()
    }

    /// How long until it expires, by this process's clocks; `None` when it has expired.
    pub(super) fn remaining(&self, now: ClockInstant) -> Option<Duration> {
        match &self.0.terms {
            Some(terms) => terms.expires_at.left(now),
            None => Some(Duration::MAX),
        }
    }

    pub(super) fn is_suspect(&self) -> bool {
        self.0.suspect.load(Ordering::Relaxed)
    }

    pub(super) fn set_suspect(&self, suspect: bool) {
        self.0.suspect.store(suspect, Ordering::Relaxed);
    }

    pub(super) fn has_worked(&self) -> bool {
        self.0.worked.load(Ordering::Relaxed)
    }

    /// Notes that a request with it was accepted. Returns whether that was not known before.
    pub(super) fn set_worked(&self) -> bool {
        let is_new = self.is_suspect() || !self.has_worked();
        if is_new {
            self.set_suspect(false);
            self.0.worked.store(true, Ordering::Relaxed);
        }
        is_new
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(generation {})", self.generation())
    }
}
