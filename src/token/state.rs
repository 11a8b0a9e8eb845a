//! What all jobs of an application know together, as it stands in a store.
//!
//! The page `token-store` describes it for other languages; a test compares the two.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::rate_limit::Waiter;
use super::response::credentials_advice;
use super::scopes::Scopes;
use super::timestamp::Timestamp;
use super::unknown::UnknownMembers;
use crate::config::is_origin;
use crate::error::{Action, Error, ErrorKind, Facts};
use crate::hex;
use crate::http::clean;
use crate::secret::Secret;
use crate::store::{FORMAT, written};

/// No token is believed to live longer than a day, whatever the stored state says.
const LONGEST_LIFETIME_S: u64 = 86_400;

/// No rejected token request is remembered, and no backoff lasts, for longer than ten minutes.
pub(super) const LONGEST_BACKOFF_S: u64 = 600;

/// The state that the jobs of one application share. Without a store, one process has it alone.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct SharedState {
    format: u32,
    origin: String,
    pub(super) client_id: String,
    /// Makes the fingerprints of this state differ from those of any other.
    salt: String,
    /// Counts the application's tokens.
    pub(super) generation: u64,
    pub(super) token: Option<StoredToken>,
    /// When the token request was started whose end is not known yet.
    #[serde(rename = "started")]
    pub(super) request_started: Option<Timestamp>,
    /// The token requests of the last window (62 s).
    #[serde(default, rename = "requests")]
    pub(super) token_requests: Vec<Timestamp>,
    /// The permits for resource requests of the last window.
    #[serde(default, rename = "resource_requests")]
    pub(super) permits: Vec<Timestamp>,
    /// The calls that wait for permits, first come, first served.
    #[serde(default, rename = "waiting", skip_serializing_if = "Vec::is_empty")]
    pub(super) waiters: Vec<Waiter>,
    /// The same request again would be rejected again, and would count against the rate limit.
    #[serde(default, rename = "refusals")]
    pub(super) rejected_requests: Vec<RejectedRequest>,
    /// After a 429.
    #[serde(rename = "pause")]
    pub(super) backoff: Option<Backoff>,
    /// When tokens were rejected long before they expired: another program requests tokens.
    #[serde(default)]
    pub(super) revoked: Vec<Timestamp>,
    /// The rejected token while its replacement is requested. It comes back when that fails.
    #[serde(skip)]
    pub(super) replaced: Option<StoredToken>,
    #[serde(flatten)]
    unknown: UnknownMembers,
}

/// The token, and what is known of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredToken {
    #[serde(serialize_with = "expose", deserialize_with = "checked_token")]
    pub(super) access_token: Secret,
    /// What was requested.
    pub(super) scopes: Scopes,
    /// What the server says it granted, where it says so.
    pub(super) granted: Option<String>,
    /// Before the request was sent: the lifetime counts from here.
    #[serde(rename = "asked")]
    pub(super) requested_at: Timestamp,
    pub(super) lifetime_s: u64,
    /// The server did not say how long it lives.
    #[serde(default)]
    pub(super) lifetime_assumed: bool,
    /// A later token request brought this same token again: it is used until it expires.
    #[serde(default, rename = "last")]
    pub(super) was_repeated: bool,
    /// A later token request ended without a response: this token may be revoked.
    #[serde(default)]
    pub(super) suspect: bool,
    /// Vanta has accepted a request with it.
    #[serde(default)]
    pub(super) worked: bool,
    /// How many tokens in a row before this one were rejected soon and had never worked.
    #[serde(default)]
    pub(super) rejected_before: u32,
    #[serde(flatten)]
    pub(super) unknown: UnknownMembers,
}

/// A token request that the server rejected for its credentials or its scope.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RejectedRequest {
    /// Of the credentials and the scope.
    pub(super) fingerprint: String,
    pub(super) at: Timestamp,
    /// How long it is remembered.
    pub(super) seconds: u64,
    status: i32,
    http_status: Option<u16>,
    oauth_error: Option<String>,
    excerpt: Option<String>,
    #[serde(flatten)]
    unknown: UnknownMembers,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Backoff {
    pub(super) at: Timestamp,
    /// As many as the server asked for.
    pub(super) seconds: u64,
    #[serde(flatten)]
    pub(super) unknown: UnknownMembers,
}

impl Backoff {
    /// How long no token request is made. It is bounded, whatever the server asked for.
    pub(super) fn length(&self) -> Duration {
        Duration::from_secs(self.seconds.min(LONGEST_BACKOFF_S))
    }
}

fn expose<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

fn checked_token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    let secret = Secret::new(String::deserialize(deserializer)?);
    // It is put into a header field as it stands (RFC 6750 section 2.1).
    let text = secret.expose();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(D::Error::custom("access_token is none"));
    }
    Ok(secret)
}

fn limit(seconds: &mut u64, most: u64) {
    *seconds = (*seconds).min(most);
}

impl SharedState {
    pub(super) fn new(origin: &str, client_id: &str) -> SharedState {
        let salt = RandomState::new().hash_one(std::process::id());
        SharedState {
            format: FORMAT,
            origin: origin.to_owned(),
            client_id: client_id.to_owned(),
            salt: format!("{salt:016x}"),
            ..SharedState::default()
        }
    }

    /// What a store holds; `None` when it is not a whole record of this format.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<SharedState> {
        let mut state: SharedState = serde_json::from_slice(written(bytes)).ok()?;
        // The job that wrote it may have been wrong: no number of its binds this one for long.
        state.token.iter_mut().for_each(|one| limit(&mut one.lifetime_s, LONGEST_LIFETIME_S));
        let rejected = state.rejected_requests.iter_mut();
        rejected.for_each(|one| limit(&mut one.seconds, LONGEST_BACKOFF_S));
        (state.format == FORMAT).then_some(state)
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut length = Length(0);
        serde_json::to_writer(&mut length, self).expect("text and numbers can be encoded");
        // Room for all of it: a buffer that grew would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
        serde_json::to_writer(&mut *bytes, self).expect("it was encoded just now");
        bytes
    }

    /// Two applications with one state would revoke each other's tokens.
    pub(super) fn is_of(&self, origin: &str, client_id: &str) -> bool {
        self.client_id == client_id && is_origin(&self.origin, origin)
    }

    /// The application that it is of, for messages.
    pub(super) fn owner(&self) -> String {
        clean(&format!("{} at {}", self.client_id, self.origin))
    }

    /// Whether it says nothing of any request.
    pub(super) fn is_blank(&self) -> bool {
        let requests = self.token_requests.len() + self.permits.len() + self.revoked.len();
        requests + self.rejected_requests.len() == 0
            && self.backoff.is_none()
            && self.request_started.is_none()
    }

    /// Tells credentials and scopes apart without storing any of them.
    pub(super) fn fingerprint(&self, secret: &Secret, scopes: &Scopes) -> String {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        for part in [&self.salt, secret.expose(), scopes.as_str()] {
            context.update(part.as_bytes());
            context.update(&[0]);
        }
        hex::encode(&context.finish().as_ref()[..8])
    }

    /// Marks the periods that begin in the future as seen; returns whether any was new.
    pub(super) fn mark_future_seen(&mut self, now: &Timestamp) -> bool {
        let rejected = self.rejected_requests.iter_mut().map(|one| &mut one.at);
        let backoff = self.backoff.iter_mut().map(|backoff| &mut backoff.at);
        let requests = self.token_requests.iter_mut().chain(&mut self.permits);
        let all = requests.chain(&mut self.revoked).chain(rejected).chain(backoff);
        all.fold(false, |any, timestamp| timestamp.mark_seen(now) | any)
    }

    /// How wrong some clock is that wrote into the state or reads it now.
    pub(super) fn skew(&self, now: &Timestamp) -> Option<Duration> {
        let token = self.token.iter().map(|token| &token.requested_at);
        let rejected = self.rejected_requests.iter().map(|one| &one.at);
        let backoff = self.backoff.iter().map(|backoff| &backoff.at);
        let requests = self.token_requests.iter().chain(&self.permits);
        let all = requests.chain(&self.revoked).chain(rejected).chain(backoff).chain(token);
        all.filter_map(|timestamp| timestamp.skew(now)).max()
    }
}

/// Counts what is written to it.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl StoredToken {
    pub(super) fn lifetime(&self) -> Duration {
        Duration::from_secs(self.lifetime_s)
    }

    /// The longest expiry margin: a token with a short lifetime is not replaced at each call.
    pub(super) fn longest_margin(&self) -> Duration {
        // The next request would bring a repeated token again.
        if self.was_repeated { Duration::ZERO } else { self.lifetime() / 4 }
    }

    /// How long until it expires. One from the future is new: if it was rejected each time, two
    /// hosts whose clocks differ would revoke each other's tokens on every push.
    pub(super) fn remaining(&self, now: &Timestamp) -> Duration {
        self.lifetime().saturating_sub(self.requested_at.age(now))
    }
}

impl RejectedRequest {
    pub(super) fn new(
        fingerprint: String,
        at: Timestamp,
        seconds: u64,
        error: &Error,
    ) -> RejectedRequest {
        RejectedRequest {
            fingerprint,
            at,
            seconds,
            status: error.code(),
            http_status: error.http_status(),
            oauth_error: error.oauth_error().map(str::to_owned),
            excerpt: error.excerpt().map(str::to_owned),
            unknown: UnknownMembers::default(),
        }
    }

    /// The error, for a later call.
    pub(super) fn error(&self) -> Error {
        // No other kind is ever remembered.
        let is_remembered = |kind: &&ErrorKind| kind.action() == Action::FixCredentials;
        let mut kinds = ErrorKind::ALL.iter().filter(is_remembered);
        let kind = kinds.find(|kind| kind.code() == self.status);
        let facts = Facts {
            status: self.http_status,
            oauth_error: self.oauth_error.as_deref().map(clean),
            excerpt: self.excerpt.as_deref().map(clean),
            ..Facts::default()
        };
        let kind = kind.copied().unwrap_or(ErrorKind::OtherTokenRefusal);
        let advice = credentials_advice(kind);
        Error::new(kind, "").with_advice(advice).with_facts(facts).remembered()
    }
}
