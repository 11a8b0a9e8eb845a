//! How the shared state changes: by a token request, by its response, and by what another copy
//! of the state knows. Pure functions, as the policy is.

use std::cmp::Reverse;
use std::time::Duration;

use super::policy::{CONTENTION_PERIOD, never_worked, was_revoked};
use super::rate_limit::WINDOW;
use super::response::TokenResponse;
use super::scopes::Scopes;
use super::state::{Backoff, LONGEST_BACKOFF_S, RejectedRequest, SharedState, StoredToken};
use super::timestamp::Timestamp;
use super::unknown::UnknownMembers;
use crate::error::{Action, Error, ErrorKind};
use crate::retry;
use crate::secret::Secret;

/// How long a rejected request is remembered at first; it doubles up to `LONGEST_BACKOFF_S`.
const REMEMBERED_S: u64 = 60;

/// More rejected requests than jobs with different credentials have at one time.
const MOST_REJECTED: usize = 8;

/// Vanta allows 5 token requests a minute; a 429 without advice means a fifth of one at least.
const RATE_LIMIT_BACKOFF_S: u64 = 12;

impl SharedState {
    /// A request is about to be sent. It is written down before, in case its process dies.
    pub(super) fn begin_request(&mut self, rejected: &[Secret], now: &Timestamp) {
        let replaced = self.token.take_if(|token| rejected.contains(&token.access_token));
        if replaced.as_ref().is_some_and(|token| was_revoked(token, now)) {
            self.revoked.push(now.clone());
        }
        self.replaced = replaced;
        self.revoked.retain(|at| at.remaining_since_seen(CONTENTION_PERIOD, now).is_some());
        self.token_requests.retain(|at| at.remaining_since_seen(WINDOW, now).is_some());
        self.token_requests.push(now.clone());
        self.request_started = Some(now.clone());
    }

    /// The request never reached the server, so it does not count.
    pub(super) fn undo_request(&mut self) {
        self.request_started = None;
        self.token_requests.pop();
        self.restore();
    }

    /// Brings the rejected token back: when the server rejected everything for a while, it is good
    /// again afterwards. It has to work again before another rejection of it means anything.
    fn restore(&mut self) {
        let replaced = self.replaced.take();
        self.token = self.token.take().or(replaced.map(|token| StoredToken {
            suspect: true,
            worked: false,
            ..token
        }));
    }

    /// The request brought a token. `fingerprint` is that of the request.
    pub(super) fn add_token(
        &mut self,
        response: &TokenResponse,
        scopes: Scopes,
        requested_at: Timestamp,
        fingerprint: &str,
    ) -> StoredToken {
        let is_same = |token: &&StoredToken| token.access_token == response.access_token;
        let old = self.token.as_ref().filter(is_same);
        let replaced = self.replaced.as_ref().filter(|old| never_worked(old, &requested_at));
        let token = StoredToken {
            was_repeated: old.is_some(),
            worked: old.is_some_and(|old| old.worked),
            access_token: response.access_token.clone(),
            scopes,
            granted: response.scope.clone(),
            requested_at,
            lifetime_s: response.lifetime.as_secs(),
            lifetime_assumed: response.lifetime_assumed,
            suspect: false,
            rejected_before: replaced.map_or(0, |old| old.rejected_before.saturating_add(1)),
            unknown: UnknownMembers::default(),
        };
        self.generation = self.generation.saturating_add(1);
        self.token = Some(token.clone());
        (self.request_started, self.replaced) = (None, None);
        self.backoff = None;
        self.rejected_requests.retain(|one| one.fingerprint != fingerprint);
        token
    }

    /// The request failed, and may have reached the server.
    pub(super) fn add_failure(&mut self, error: &Error, fingerprint: String, now: &Timestamp) {
        self.request_started = None;
        self.restore();
        let suspect = self.token.as_mut().filter(|_| error.kind() != ErrorKind::InvalidScope);
        if let Some(token) = suspect {
            // No source says whether a request that fails revokes the token before it.
            token.suspect = true;
        }
        if error.kind() == ErrorKind::TokenRateLimited {
            self.back_off(error, now);
        } else if error.action() == Action::FixCredentials {
            self.add_rejected_request(error, fingerprint, now);
        }
    }

    fn back_off(&mut self, error: &Error, now: &Timestamp) {
        let before = self.backoff.as_ref().map_or(0, |backoff| backoff.length().as_secs());
        let doubled = (before * 2).clamp(RATE_LIMIT_BACKOFF_S, LONGEST_BACKOFF_S);
        let seconds = advised_seconds(error).unwrap_or(doubled);
        let unknown = UnknownMembers::default();
        self.backoff = Some(Backoff { at: now.clone(), seconds, unknown });
    }

    fn add_rejected_request(&mut self, error: &Error, fingerprint: String, now: &Timestamp) {
        let requests = &mut self.rejected_requests;
        let same = requests.iter().position(|one| one.fingerprint == fingerprint);
        let doubled = same.map(|at| requests.remove(at).seconds * 2);
        let seconds = advised_seconds(error).or(doubled).unwrap_or(REMEMBERED_S);
        let seconds = seconds.clamp(REMEMBERED_S, LONGEST_BACKOFF_S);
        requests.push(RejectedRequest::new(fingerprint, now.clone(), seconds, error));
        let surplus = requests.len().saturating_sub(MOST_REJECTED);
        requests.drain(..surplus);
    }

    /// Takes over that the token was seen to work, unless it was rejected since. Returns whether
    /// that was not known here.
    pub(super) fn learn_whether_token_worked(&mut self, known: &SharedState) -> bool {
        let (Some(ours), Some(theirs)) = (&mut self.token, &known.token) else { return false };
        let is_same = ours.access_token == theirs.access_token && !ours.suspect;
        let is_new = is_same && theirs.worked && !ours.worked;
        ours.worked |= is_new;
        is_new
    }

    /// Adds what this process knows and could not write. The token that was requested last stays.
    ///
    /// A store may be readable but not writable: a full disk, a quota, an I/O error. Its state is
    /// then older than what this process knows. Without the merge, this process would forget the
    /// backoff and the requests of the last minute at each read, and would send token requests
    /// without a pause.
    ///
    /// A process that went on alone has counted generations of its own, and its higher number may
    /// be that of an older token, which has expired or was `rejected`. In the place of the good one
    /// in the store it would lead to a token request, which revokes the good one.
    pub(super) fn merge(&mut self, known: &SharedState, rejected: &[Secret], now: &Timestamp) {
        let rank = |state: &SharedState| {
            let token = state.token.as_ref()?;
            let is_good = !rejected.contains(&token.access_token);
            Some((is_good, Reverse(token.requested_at.age(now)), state.generation))
        };
        if rank(known) >= rank(self) {
            self.token.clone_from(&known.token);
        }
        self.generation = self.generation.max(known.generation);
        add_new(&mut self.token_requests, &known.token_requests);
        add_new(&mut self.revoked, &known.revoked);
        self.merge_backoff(known.backoff.as_ref(), now);
        known.rejected_requests.iter().for_each(|one| self.merge_rejected_request(one, now));
    }

    /// Keeps the backoff that ends later. One that is over counts too: the next one doubles it.
    pub(super) fn merge_backoff(&mut self, known: Option<&Backoff>, now: &Timestamp) {
        let left = |backoff: &Backoff| backoff.at.remaining_since_seen(backoff.length(), now);
        if known.is_some() && known.and_then(left) >= self.backoff.as_ref().and_then(left) {
            self.backoff = known.cloned();
        }
    }

    fn merge_rejected_request(&mut self, known: &RejectedRequest, now: &Timestamp) {
        let left = |one: &RejectedRequest| {
            one.at.remaining_since_seen(Duration::from_secs(one.seconds), now)
        };
        let mut requests = self.rejected_requests.iter_mut();
        match requests.find(|one| one.fingerprint == known.fingerprint) {
            Some(ours) if left(known) > left(ours) => *ours = known.clone(),
            Some(_) => {}
            None => self.rejected_requests.push(known.clone()),
        }
    }
}

/// What the server asks to wait, in whole seconds.
fn advised_seconds(error: &Error) -> Option<u64> {
    retry::advice(error).map(|wait| wait.as_secs_f64().ceil() as u64)
}

/// The same moment may have been marked as seen on one side only.
fn add_new(moments: &mut Vec<Timestamp>, known: &[Timestamp]) {
    let is_new = |one: &&Timestamp| !moments.iter().any(|other| other.is_same(one));
    let new: Vec<Timestamp> = known.iter().filter(is_new).cloned().collect();
    moments.extend(new);
}
