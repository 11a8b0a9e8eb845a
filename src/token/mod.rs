//! Access tokens: one token for all jobs of an application, and as few token requests as possible.
//!
//! A new token revokes the one before it, at once and for every thread, process and host. Vanta
//! allows 5 token requests a minute. So this module is about one question: who may request a
//! token, and when?
//!
//! # The sources
//!
//! Three sources give tokens. Each wraps the next one:
//!
//! - [`request::TokenRequest`] sends one request to the token endpoint, and parses the response
//!   into a [`response::TokenResponse`].
//! - [`fetch::SharedSource`] takes a token from the store, or requests one in a store transaction.
//!   The policy decides which. Its state is the [`state::SharedState`], which all jobs of the
//!   application share. Without a store, a process has it alone.
//! - [`cache::CachedSource`] gives the cached token to all threads of a process. One of them
//!   fetches the next token for all. Its state is the [`process_state::ProcessState`], which all
//!   clients of the application in this process share. The [`registry`] holds one for each
//!   application.
//!
//! [`TokenSource`] is what a client has: a cached source, or a token that the configuration gave.
//! Beside the sources, [`permits`] counts the resource requests of all jobs in the same states.
//! [`rejection`] decides what to do after a 401.
//!
//! # Invariants
//!
//! 1. A token is replaced only by comparison: because it expires, because the server rejected that
//!    very token, or because it lacks a scope. A report about another token changes nothing.
//! 2. A token request is written to the store before it is sent. If its process dies, the next
//!    holder of the lock finds the trace, and takes the old token for suspect.
//! 3. No token request is made without the lock, unless there is no store, or the policy for an
//!    unavailable store is to go on alone.
//! 4. The policy ([`policy`], [`transitions`]) is pure: functions of the shared state and the
//!    time.
//! 5. No lock of a process is held during a request, a wait, or code of the program: stores, event
//!    handlers, the callback for the secret. A call from such code that would wait is an error.
//! 6. The fast path, [`cache::CachedSource::lend`], allocates nothing and makes no system call.
//!
//! # Single flight
//!
//! A thread that finds no good token becomes the leader, unless there is one: then it waits. When
//! the leader ends, the waiters take its token. They take its error only if it would be theirs
//! too: it came of the same credentials, and not of the leader's own deadline, cancel or refusal
//! to wait. Otherwise one of them becomes the leader. A waiter waits by its own deadline and
//! cancel. The leader does not notice waiters, and ends on every way out, a panic included. While
//! there is a leader, a token within the expiry margin is used by all other threads. After a
//! failure it is used for a while before the next try.
//!
//! # The store
//!
//! The store holds one record: the shared state as JSON (docs/token-store.md). Reading needs no
//! lock. A good token in the store is used even while another process holds the lock, is stopped,
//! or waits for a slow server. A reader without the lock writes nothing. While another process
//! requests a token, it uses the old one until that expires. A 401 then means to wait for the
//! lock.
//!
//! Only the holder of the lock writes. The lock is taken to request a token, and held during the
//! request: at most 40 s, and the time to save. It is taken briefly to change the lists of
//! permits, and to note that a token works. A record that cannot be written stays in the process,
//! and is merged with what the store has at each read, so that backoff and rate limit hold all the
//! same. The first writer after a lost record writes what its process knows. `generation` never
//! goes back.
//!
//! # What is remembered
//!
//! A request that was rejected for its credentials or scope is remembered by a fingerprint of
//! both, and is not repeated for 1 to 10 minutes. Only a response of Vanta counts, never that of a
//! gateway. After a 429 all jobs back off, for as long as the server asked or twice as long as
//! before. A request that may have arrived, and brought no response, makes the old token suspect:
//! it is used until the server rejects it. The token requests of the last 62 s are counted. A
//! request that never left is taken back.
//!
//! # Rejected tokens and contention
//!
//! A token that is rejected within a second of its issue has probably not propagated, and is tried
//! again. A token that worked, and is rejected long before it expires, was revoked by another
//! program. Three of those within ten minutes are contention: the jobs back off, and so each keeps
//! its token for longer. A token that never worked says nothing about other programs: the API may
//! reject every token during an outage. So new tokens are then requested less and less often, and
//! the last rejected token is tried once by each call, since it works again after the outage.
//!
//! # Permits
//!
//! A call acquires the permits for all its requests together, first come, first served, across
//! processes. It gives unused ones back. A permit counts for 62 s from when its request is sent. A
//! process that dies with permits, or while it waits, delays the others by at most that time. If
//! the store is busy or unavailable, the process counts for itself for a minute: the rate limit is
//! no reason to fail.
//!
//! # Clocks
//!
//! Within a process, a token expires by the monotonic or by the wall clock, whichever comes first.
//! Between processes, time is a [`timestamp::Timestamp`]: the time since boot and the wall clock.
//! Within one boot the larger age counts, because the time since boot stands still in a paused
//! machine, and the wall clock may be set back. Between hosts only the wall clock counts. A
//! timestamp in the future has age 0, so a token from there is used until the server rejects it. A
//! period that begins more than a minute in the future lasts no longer than from when a job first
//! saw it. That raises an event, and adds a sentence to later errors.
//!
//! # Fork
//!
//! A child cannot use the locks of its parent, which may be held by threads that it does not have.
//! So each process has locks of its own ([`PerProcess`](crate::fork::PerProcess)), and each change
//! of the process state is published as a whole. A child begins with the last published copy,
//! without leader and waiters. It has the parent's token: both use the same one.

mod access_token;
mod cache;
mod fetch;
mod permits;
mod policy;
mod process_state;
mod rate_limit;
mod registry;
mod rejection;
mod request;
mod requester;
mod response;
mod scopes;
mod snapshot;
mod state;
mod state_store;
mod timestamp;
mod transaction;
mod transitions;
mod unknown;

use std::sync::Arc;

pub use access_token::Token;
pub(crate) use permits::{Permits, has_waited};
pub(crate) use policy::Need;
pub use policy::Reason;
pub(crate) use rejection::Tried;
pub use snapshot::{LastError, Snapshot, Source};

use crate::clock::Deadline;
use crate::config::{Access, Settings};
use crate::error::{Error, Result};
use crate::http::Http;
use cache::CachedSource;
use permits::RateLimiter;
use state_store::StateStore;

/// Where a client has its tokens and its permits from.
#[derive(Debug)]
pub(crate) struct TokenSource {
    tokens: Tokens,
    limiter: RateLimiter,
}

#[derive(Debug)]
enum Tokens {
    /// From the configuration, and never replaced.
    Static(Token),
    Cached(Box<CachedSource>),
}

impl TokenSource {
    pub(crate) fn new(settings: Settings, http: Arc<Http>) -> Result<TokenSource> {
        let (tokens, states) = match &settings.access {
            Access::Fixed(secret) => {
                let states = Arc::new(StateStore::unshared(&settings));
                (Tokens::Static(Token::from_config(secret.clone())), states)
            }
            Access::Application(credentials) => {
                let source = CachedSource::new(&settings, credentials.clone(), http)?;
                let states = Arc::clone(&source.shared.states);
                (Tokens::Cached(Box::new(source)), states)
            }
        };
        Ok(TokenSource { tokens, limiter: RateLimiter::new(settings.requests_per_minute, states) })
    }

    /// Lends the cached token to `take`, if it meets `need`. No allocation, no system call, no
    /// waiting; so must `take` be.
    pub(crate) fn lend<T>(&self, need: Need, take: impl FnOnce(&Token) -> T) -> Option<T> {
        match &self.tokens {
            Tokens::Static(token) => Some(take(token)),
            Tokens::Cached(source) => source.lend(need, take),
        }
    }

    /// A token that meets `need`: the cached one, or the one that some thread is fetching.
    pub(crate) fn get(&self, need: Need, deadline: &Deadline) -> Result<Token> {
        match &self.tokens {
            Tokens::Static(token) => Ok(token.clone()),
            Tokens::Cached(source) => source.get(need, false, deadline),
        }
    }

    /// A token for a request whose response will be seen.
    pub(crate) fn for_request(&self, deadline: &Deadline) -> Result<(Token, Tried)> {
        match &self.tokens {
            Tokens::Static(token) => Ok((token.clone(), Tried::Nothing)),
            Tokens::Cached(source) => source.for_request(deadline),
        }
    }

    /// What to send after Vanta rejected `token` with 401, if anything.
    pub(crate) fn after_401(
        &self,
        token: &Token,
        tried: Tried,
        deadline: &Deadline,
    ) -> Option<Result<(Token, Tried)>> {
        match &self.tokens {
            Tokens::Cached(source) if !matches!(tried, Tried::Another) => {
                Some(source.after_401(token, tried, deadline))
            }
            _ => {
                self.token_rejected(token.secret().expose());
                None
            }
        }
    }

    /// Vanta rejected the token. It is dropped, unless a newer one has taken its place.
    pub(crate) fn token_rejected(&self, token: &str) {
        if let Tokens::Cached(source) = &self.tokens {
            source.token_rejected(token);
        }
    }

    /// Vanta accepted a request with the token.
    pub(crate) fn token_worked(&self, token: &Token, deadline: &Deadline) {
        if let Tokens::Cached(source) = &self.tokens {
            source.token_worked(token, deadline);
        }
    }

    /// Blocks until there are permits for so many requests, if the deadline allows.
    pub(crate) fn permits(&self, count: u32, deadline: &Deadline) -> Result<Permits<'_>> {
        self.limiter.permits(count, deadline)
    }

    /// Adds to an error that a clock is wrong, where that may be its cause.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match &self.tokens {
            Tokens::Static(_) => error,
            Tokens::Cached(source) => source.explain(error),
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        match &self.tokens {
            Tokens::Static(_) => {
                let store = "memory".to_owned();
                Snapshot { source: Source::Static, store, ..Snapshot::default() }
            }
            Tokens::Cached(source) => source.snapshot(),
        }
    }
}
