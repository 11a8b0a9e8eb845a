//! What operators may know of an application's token: numbers and messages, never the token.

use std::fmt;

use super::policy::Reason;
use crate::error::{Error, ErrorKind, Stage};

/// Where a token came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// There is none.
    #[default]
    None,
    /// This process requested it.
    Requested,
    /// Another process requested it; it was taken from the store.
    Store,
    /// The configuration gave it.
    Static,
}

/// The state of an application's token in this process; `Display` is a line for a log.
///
/// `cache_hits + waits + from_store + token_requests + renewal_failures` is the number of times
/// that a token was returned. Nothing is counted for a static token.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Snapshot {
    /// Counts the tokens of the application, from 1; 0 when none was seen yet.
    pub generation: u64,
    /// Where the token came from.
    pub source: Source,
    /// Seconds until the token expires; 0 when there is none. Not known for a static token.
    pub seconds_left: u64,
    /// The server did not say how long the token lives; an hour is assumed.
    pub lifetime_assumed: bool,
    /// A later token request ended without a response: this token may be revoked.
    pub maybe_revoked: bool,
    /// The scopes that the server granted, or those that were requested where it did not say.
    pub scope: Option<String>,
    /// Cached tokens that were returned.
    pub cache_hits: u64,
    /// Tokens that were returned after waiting for another thread's request.
    pub waits: u64,
    /// Tokens taken from the store.
    pub from_store: u64,
    /// Token requests of this process that brought a token.
    pub token_requests: u64,
    /// Times that the old token was returned because no new one could be had.
    pub renewal_failures: u64,
    /// Rejections of tokens (401).
    pub rejections: u64,
    /// Token requests within the last minute, of all jobs as far as the store was last seen. One
    /// counts for 62 s: see
    /// [`token_requests_per_minute`](crate::Config::token_requests_per_minute).
    pub requests_last_minute: u32,
    /// Token requests that this minute still allows.
    pub requests_left: u32,
    /// Tokens revoked long before they expired within ten minutes; from 3 on it is contention.
    pub revoked: u32,
    /// Why the last token was requested.
    pub last_reason: Option<Reason>,
    /// The last failure; a success clears it.
    pub last_error: Option<LastError>,
    /// The store, by its name; `memory` where there is none.
    pub store: String,
    /// What was last wrong with the store, and what was done about it; the next good transaction
    /// clears it.
    pub store_error: Option<String>,
}

/// A failure, as a snapshot reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LastError {
    /// What went wrong.
    pub kind: ErrorKind,
    /// How far the call had come.
    pub stage: Stage,
    /// One line.
    pub message: String,
}

impl LastError {
    pub(super) fn of(error: &Error) -> LastError {
        LastError { kind: error.kind(), stage: error.stage(), message: error.to_string() }
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Snapshot { generation, source, seconds_left, store, .. } = self;
        write!(
            f,
            "token of generation {generation} ({source:?}, {store}) expires in {seconds_left} s"
        )?;
        let Snapshot { cache_hits, waits, from_store, token_requests, rejections, .. } = self;
        write!(f, "; cache hits {cache_hits}, waits {waits}, from the store {from_store}")?;
        write!(f, ", token requests {token_requests}, failed renewals {}", self.renewal_failures)?;
        write!(f, ", rejections {rejections}")?;
        let Snapshot { requests_last_minute, requests_left, revoked, .. } = self;
        write!(
            f,
            "; token requests in the last minute {requests_last_minute}, left {requests_left}"
        )?;
        if *revoked > 0 {
            write!(f, "; tokens revoked early {revoked}")?;
        }
        if let Some(trouble) = &self.store_error {
            write!(f, "; {trouble}")?;
        }
        match &self.last_error {
            Some(error) => write!(f, "; last error (stage {:?}) {}", error.stage, error.message),
            None => Ok(()),
        }
    }
}
