//! What all jobs of an application know together, as it stands in a store.
//!
//! The page `token-store` describes it for other languages; a test compares the two.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::answer::cure;
use super::scopes::Scopes;
use super::stamp::Stamp;
use super::window::Waiter;
use crate::config::is_origin;
use crate::error::{Action, Error, ErrorKind, Facts};
use crate::hex;
use crate::http::clean;
use crate::secret::Secret;
use crate::store::{FORMAT, written};

/// No token is believed to live longer than a day, whatever a record says.
const LONGEST_LIFE_S: u64 = 86_400;

/// No refusal is remembered, and no pause kept, for longer than ten minutes.
pub(super) const LONGEST_PAUSE_S: u64 = 600;

fn bound(seconds: &mut u64, most: u64) {
    *seconds = (*seconds).min(most);
}

/// Members that this version does not know. They are kept, so that two versions of the library can
/// share a store; `Debug` does not show them, because one may be a secret.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Unknown(serde_json::Map<String, serde_json::Value>);

impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unknown({})", self.0.len())
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Record {
    format: u32,
    origin: String,
    client_id: String,
    /// Makes the fingerprints of this record differ from those of any other.
    salt: String,
    /// Counts the application's tokens.
    pub(super) generation: u64,
    pub(super) token: Option<Kept>,
    /// A token request was begun, and nobody has said how it ended.
    pub(super) started: Option<Stamp>,
    /// The token requests of the last minute.
    #[serde(default)]
    pub(super) requests: Vec<Stamp>,
    /// The resource requests of the last minute.
    #[serde(default)]
    pub(super) resource_requests: Vec<Stamp>,
    /// The calls that wait for permits, first come, first served.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) waiting: Vec<Waiter>,
    /// Refusals that are remembered: asking again with the same credentials would cost the others.
    #[serde(default)]
    pub(super) refusals: Vec<Refusal>,
    /// The server asked for a pause (429).
    pub(super) pause: Option<Pause>,
    /// When tokens were refused that should have lived on: somebody else took new ones.
    #[serde(default)]
    pub(super) revoked: Vec<Stamp>,
    /// The rejected token while its replacement is requested: it comes back when that fails.
    #[serde(skip)]
    pub(super) replaced: Option<Kept>,
    #[serde(flatten)]
    unknown: Unknown,
}

/// The token, and what is known of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(serialize_with = "show", deserialize_with = "take")]
    pub(super) access_token: Secret,
    /// What was asked for.
    pub(super) scopes: Scopes,
    /// What the server says it granted, where it says so.
    pub(super) granted: Option<String>,
    /// Before the request was sent: from here its life counts.
    pub(super) asked: Stamp,
    pub(super) lifetime_s: u64,
    /// The server did not say how long it lives.
    #[serde(default)]
    pub(super) lifetime_assumed: bool,
    /// A renewal brought this same token again: it is used to its end.
    #[serde(default)]
    pub(super) last: bool,
    /// A later token request ended in the dark: this token may be dead.
    #[serde(default)]
    pub(super) suspect: bool,
    /// Vanta has accepted a request with it.
    #[serde(default)]
    pub(super) worked: bool,
    /// How many tokens in a row before this one were rejected soon and had never worked.
    #[serde(default)]
    pub(super) rejected_before: u32,
    #[serde(flatten)]
    pub(super) unknown: Unknown,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Refusal {
    pub(super) fingerprint: String,
    pub(super) at: Stamp,
    pub(super) seconds: u64,
    status: i32,
    http_status: Option<u16>,
    oauth_error: Option<String>,
    excerpt: Option<String>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Pause {
    pub(super) at: Stamp,
    /// As many as the server asked for.
    pub(super) seconds: u64,
    #[serde(flatten)]
    pub(super) unknown: Unknown,
}

impl Pause {
    /// How long no token request is made. It is bounded, whatever the server asked for.
    pub(super) fn length(&self) -> Duration {
        Duration::from_secs(self.seconds.min(LONGEST_PAUSE_S))
    }
}

fn show<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

fn take<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    let secret = Secret::new(String::deserialize(deserializer)?);
    // It is put into a header as it stands (RFC 6750 section 2.1).
    let text = secret.expose();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(D::Error::custom("access_token is none"));
    }
    Ok(secret)
}

impl Record {
    pub(super) fn new(origin: &str, client_id: &str) -> Record {
        let salt = RandomState::new().hash_one(std::process::id());
        Record {
            format: FORMAT,
            origin: origin.to_owned(),
            client_id: client_id.to_owned(),
            salt: format!("{salt:016x}"),
            ..Record::default()
        }
    }

    /// What a store holds; `None` when it is not a whole record of this format.
    pub(super) fn read(bytes: &[u8]) -> Option<Record> {
        let mut record: Record = serde_json::from_slice(written(bytes)).ok()?;
        // Whoever wrote it may have been wrong: no number of its binds us for long.
        record.token.iter_mut().for_each(|token| bound(&mut token.lifetime_s, LONGEST_LIFE_S));
        record.refusals.iter_mut().for_each(|one| bound(&mut one.seconds, LONGEST_PAUSE_S));
        (record.format == FORMAT).then_some(record)
    }

    /// Two applications in one record would kill each other's tokens.
    pub(super) fn is_of(&self, origin: &str, client_id: &str) -> bool {
        self.client_id == client_id && is_origin(&self.origin, origin)
    }

    /// Whether it says nothing of any request.
    pub(super) fn is_blank(&self) -> bool {
        let requests = self.requests.len() + self.resource_requests.len() + self.revoked.len();
        requests + self.refusals.len() == 0 && self.pause.is_none() && self.started.is_none()
    }

    /// Marks the windows that begin in the future as seen; returns whether any was new.
    pub(super) fn see_future(&mut self, now: &Stamp) -> bool {
        let refusals = self.refusals.iter_mut().map(|refusal| &mut refusal.at);
        let pause = self.pause.iter_mut().map(|pause| &mut pause.at);
        let requests = self.requests.iter_mut().chain(&mut self.resource_requests);
        let stamps = requests.chain(&mut self.revoked).chain(refusals).chain(pause);
        stamps.fold(false, |any, stamp| stamp.see(now) | any)
    }

    /// How wrong some clock is that wrote into the record or reads it now.
    pub(super) fn skew(&self, now: &Stamp) -> Option<Duration> {
        let token = self.token.iter().map(|kept| &kept.asked);
        let refusals = self.refusals.iter().map(|refusal| &refusal.at);
        let pause = self.pause.iter().map(|pause| &pause.at);
        let requests = self.requests.iter().chain(&self.resource_requests);
        let stamps = requests.chain(&self.revoked).chain(refusals).chain(pause).chain(token);
        stamps.filter_map(|stamp| stamp.skew(now)).max()
    }

    /// Takes over that the token was seen to work, unless it was rejected since. Returns whether
    /// that was not known here.
    pub(super) fn keep_proof(&mut self, known: &Record) -> bool {
        let (Some(ours), Some(theirs)) = (&mut self.token, &known.token) else { return false };
        let same = ours.access_token == theirs.access_token && !ours.suspect;
        let news = same && theirs.worked && !ours.worked;
        ours.worked |= news;
        news
    }

    /// The application that it is of, for messages.
    pub(super) fn owner(&self) -> String {
        clean(&format!("{} at {}", self.client_id, self.origin))
    }

    pub(super) fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut length = Length(0);
        serde_json::to_writer(&mut length, self).expect("text and numbers can be encoded");
        // Room for all of it: a buffer that grew would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
        serde_json::to_writer(&mut *bytes, self).expect("it was encoded just now");
        bytes
    }

    /// Tells credentials and scopes apart without keeping any of them.
    pub(super) fn fingerprint(&self, secret: &Secret, scopes: &Scopes) -> String {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        for part in [&self.salt, secret.expose(), scopes.as_str()] {
            context.update(part.as_bytes());
            context.update(&[0]);
        }
        hex::encode(&context.finish().as_ref()[..8])
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

impl Kept {
    pub(super) fn lifetime(&self) -> Duration {
        Duration::from_secs(self.lifetime_s)
    }

    /// The most that a margin may take of its life.
    pub(super) fn spare(&self) -> Duration {
        // The next request would bring the last one again, and a token that lives shorter than the
        // margin is not renewed for ever.
        if self.last { Duration::ZERO } else { self.lifetime() / 4 }
    }

    /// How long until it expires. One from the future is new: if it was rejected each time, two
    /// hosts whose clocks differ would revoke each other's tokens on every push.
    pub(super) fn left(&self, now: &Stamp) -> Duration {
        self.lifetime().saturating_sub(self.asked.age(now))
    }
}

impl Refusal {
    pub(super) fn new(fingerprint: String, at: Stamp, seconds: u64, error: &Error) -> Refusal {
        Refusal {
            fingerprint,
            at,
            seconds,
            status: error.code(),
            http_status: error.status(),
            oauth_error: error.oauth_error().map(str::to_owned),
            excerpt: error.excerpt().map(str::to_owned),
            unknown: Unknown::default(),
        }
    }

    /// The error to tell again.
    pub(super) fn error(&self) -> Error {
        // No other kind is ever remembered.
        let refusal = |kind: &&ErrorKind| kind.action() == Action::FixCredentials;
        let mut kinds = ErrorKind::ALL.iter().filter(refusal);
        let kind = kinds.find(|kind| kind.code() == self.status);
        let facts = Facts {
            status: self.http_status,
            oauth_error: self.oauth_error.as_deref().map(clean),
            excerpt: self.excerpt.as_deref().map(clean),
            ..Facts::default()
        };
        let kind = kind.copied().unwrap_or(ErrorKind::OtherTokenRefusal);
        Error::new(kind, "").with_advice(cure(kind)).with_facts(facts).remembered()
    }
}
