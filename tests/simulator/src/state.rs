//! The state of the simulated Vanta: one live token, the rows, the rate limits, and the numbers of
//! requests.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ring::digest;
use serde::Serialize;
use serde_json::Value;

use crate::clock::Clock;
use crate::dates::rfc3339;
use crate::faults::Script;
use crate::rows::{Row, id, stored};
use crate::schemas;
use crate::settings::{ReplaceScope, Settings};
use crate::uploads::Upload;

const MINUTE: Duration = Duration::from_secs(60);

/// How many bytes of a request's body are recorded.
pub(crate) const RECORDED_BYTES: usize = 64 << 10;

/// The numbers of requests so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Requests to the token endpoint.
    pub token_requests: u64,
    /// Issued tokens.
    pub tokens_issued: u64,
    /// Tokens issued to other clients, by `issue_elsewhere`.
    pub tokens_issued_elsewhere: u64,
    /// Token requests that were refused.
    pub token_refusals: u64,
    /// Pushes, successful or not.
    pub puts: u64,
    /// Pushes that took effect.
    pub puts_accepted: u64,
    /// Lists.
    pub gets: u64,
    /// Uploads of documents, successful or not.
    pub uploads: u64,
    /// Uploads that were accepted.
    pub uploads_accepted: u64,
    /// Requests to which a gateway responded in Vanta's place.
    pub blocked: u64,
    /// Refusals by status.
    pub refusals: BTreeMap<u16, u64>,
    /// Requests refused with 401.
    pub unauthorized: u64,
    /// Requests refused with 429.
    pub rate_limited: u64,
    /// Connections that were accepted.
    pub connections: u64,
    /// Records in pushes that took effect.
    pub records_accepted: u64,
    /// The most token requests within any minute, including those with a fault.
    pub most_token_requests_a_minute: u64,
}

/// A recorded request.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The first 64 KiB of the body.
    pub body: Vec<u8>,
    /// The length of the whole body.
    pub body_len: usize,
    /// The number of its connection, from 1.
    pub connection: u64,
}

/// A push that took effect.
#[derive(Clone, Debug)]
pub struct AppliedPush {
    /// Its kind.
    pub kind: String,
    /// Its resource.
    pub resource_id: String,
    /// Its first record, by which a test recognises it.
    pub first: Value,
    /// SHA-256 of the request body as it was received, in lower-case hexadecimal.
    pub sha256: String,
}

/// A live token.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) token: String,
    pub(crate) scope: String,
    pub(crate) until: Duration,
}

pub(crate) type Key = (String, String);

/// A resource as the console declares it.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) kind: String,
    pub(crate) custom: Option<Value>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) live: Option<Live>,
    pub(crate) script: Script,
    pub(crate) counters: Counters,
    pub(crate) recorded: Vec<RecordedRequest>,
    pub(crate) declared: HashMap<String, Declared>,
    /// The ids of documents that were declared.
    pub(crate) documents: HashSet<String>,
    pub(crate) uploads: Vec<Upload>,
    pub(crate) taken: Vec<AppliedPush>,
    rows: HashMap<Key, Vec<Row>>,
    /// The state before the last push, and how many lists still show it.
    stale: HashMap<Key, (u32, Vec<Row>)>,
    windows: HashMap<&'static str, VecDeque<Duration>>,
}

/// The state that all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) state: Mutex<State>,
    /// Connections from which requests may come, and pending requests.
    pub(crate) pending: AtomicUsize,
}

/// Counts one pending operation, until it is dropped.
#[derive(Debug)]
pub(crate) struct Pending(Arc<Shared>);

impl Pending {
    pub(crate) fn begin(shared: &Arc<Shared>) -> Pending {
        shared.pending.fetch_add(1, Ordering::SeqCst);
        Pending(Arc::clone(shared))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.pending.fetch_sub(1, Ordering::SeqCst);
    }
}

impl State {
    pub(crate) fn new(settings: Settings) -> State {
        State {
            settings,
            client_id: format!("vci_{}", random(32)),
            client_secret: format!("vcs_{}_{}", random(6), random(64)),
            live: None,
            script: Script::default(),
            counters: Counters::default(),
            recorded: Vec::new(),
            declared: HashMap::new(),
            documents: HashSet::new(),
            uploads: Vec::new(),
            taken: Vec::new(),
            rows: HashMap::new(),
            stale: HashMap::new(),
            windows: HashMap::new(),
        }
    }

    /// Issues a token, and revokes the one before it.
    pub(crate) fn issue(&mut self, scope: &str, now: Duration) -> String {
        let token = format!("vat_{}_{}", random(6), random(40));
        let until = now + Duration::from_secs(self.settings.expires_in);
        self.live = Some(Live { token: token.clone(), scope: scope.to_owned(), until });
        token
    }

    /// Counts a request of a group. Returns false when the rate limit is exceeded.
    pub(crate) fn within(
        &mut self,
        group: &'static str,
        limit: Option<u32>,
        now: Duration,
    ) -> bool {
        let window = self.windows.entry(group).or_default();
        while window.front().is_some_and(|at| *at + MINUTE <= now) {
            window.pop_front();
        }
        window.push_back(now);
        limit.is_none_or(|limit| window.len() <= limit as usize)
    }

    /// Counts a token request, whatever its outcome.
    pub(crate) fn token_request(&mut self, now: Duration) {
        self.counters.token_requests += 1;
        self.within("token requests seen", None, now);
        let seen = self.windows.get("token requests seen").map_or(0, VecDeque::len);
        let most = &mut self.counters.most_token_requests_a_minute;
        *most = (*most).max(seen as u64);
    }

    /// Returns the live token, unless it has expired.
    pub(crate) fn live(&self, now: Duration) -> Option<&Live> {
        self.live.as_ref().filter(|live| live.until > now)
    }

    pub(crate) fn refused(&mut self, status: u16) {
        *self.counters.refusals.entry(status).or_default() += 1;
        match status {
            401 => self.counters.unauthorized += 1,
            429 => self.counters.rate_limited += 1,
            _ => {}
        }
    }

    /// Replaces the full state: omitted records are marked as deleted, returning ones are live
    /// again.
    pub(crate) fn replace(&mut self, key: &Key, records: &[Value], body: &[u8], clock: &Clock) {
        let now = rfc3339(clock.wall());
        if self.settings.replace_scope == ReplaceScope::Kind {
            let others =
                self.rows.iter_mut().filter(|((kind, id), _)| *kind == key.0 && *id != key.1);
            others.flat_map(|(_, rows)| rows).for_each(|row| row.delete(&now));
        }
        let schema = self.schema(key);
        let old = self.rows.remove(key).unwrap_or_default();
        self.stale.insert(key.clone(), (self.settings.stale_reads, old.clone()));
        let mut before: HashMap<String, Row> =
            old.iter().map(|row| (row.id().to_owned(), row.clone())).collect();
        let mut rows: Vec<Row> = Vec::with_capacity(records.len());
        let mut places: HashMap<&str, usize> = HashMap::new();
        for record in records {
            let as_stored = stored(record, &schema, &self.settings);
            if let Some(place) = places.get(id(record)) {
                rows[*place].record = as_stored;
                continue;
            }
            places.insert(id(record), rows.len());
            let created = before.remove(id(record)).map_or_else(|| now.clone(), |row| row.created);
            let (record, updated) = (as_stored, now.clone());
            rows.push(Row { record, created, updated, deleted: None });
        }
        rows.extend(old.into_iter().filter(|row| before.contains_key(row.id())).map(|mut row| {
            row.delete(&now);
            row
        }));
        let first = records.first().cloned().unwrap_or_default();
        let (kind, resource_id) = key.clone();
        self.taken.push(AppliedPush { kind, resource_id, first, sha256: sha256(body) });
        self.counters.puts_accepted += 1;
        self.counters.records_accepted += records.len() as u64;
        self.rows.insert(key.clone(), rows);
    }

    /// Returns the rows as a list shows them, which may be stale.
    pub(crate) fn listed(&mut self, key: &Key) -> Vec<Value> {
        let stale = self.stale.get_mut(key).filter(|(left, _)| *left > 0);
        let stale = stale.map(|(left, old)| {
            *left -= 1;
            old.clone()
        });
        stale.map_or_else(|| self.shown(key), |old| self.in_list(key, &old))
    }

    /// Returns the current rows, in the form of a list.
    pub(crate) fn shown(&self, key: &Key) -> Vec<Value> {
        self.in_list(key, self.rows.get(key).map_or(&[], Vec::as_slice))
    }

    fn in_list(&self, key: &Key, rows: &[Row]) -> Vec<Value> {
        let schema = self.schema(key);
        rows.iter().map(|row| row.shown(&schema, &self.settings)).collect()
    }

    /// Returns the schema of a record of this kind, with the custom properties declared for the
    /// resource.
    pub(crate) fn schema(&self, (kind, resource_id): &Key) -> Value {
        let declared = self.declared.get(resource_id).filter(|declared| declared.kind == *kind);
        schemas::schema(kind, declared.and_then(|declared| declared.custom.as_ref()))
    }

    /// Returns whether a live component of this id was pushed, for any resource.
    pub(crate) fn has_component(&self, wanted: &str) -> bool {
        let of_kind = self.rows.iter().filter(|((kind, _), _)| kind == "vulnerable_component");
        of_kind.flat_map(|(_, rows)| rows).any(|row| row.deleted.is_none() && row.id() == wanted)
    }
}

/// SHA-256 in lower-case hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns random lower-case hexadecimal digits.
pub(crate) fn random(digits: usize) -> String {
    use std::hash::{BuildHasher, RandomState};
    let mut text = String::new();
    while text.len() < digits {
        text.push_str(&format!("{:016x}", RandomState::new().hash_one(text.len())));
    }
    text.truncate(digits);
    text
}
