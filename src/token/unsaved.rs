//! Merges a record of the store with what this process knows and could not write.
//!
//! A store may be readable but not writable: a full disk, a quota, an I/O error. Its record is then
//! older than what this process knows. Without the merge, this process would forget the pauses and
//! the requests of the last minute at each read, and would send token requests without a pause.

use std::cmp::Reverse;
use std::time::Duration;

use super::record::{Pause, Record, Refusal};
use super::stamp::Stamp;

impl Record {
    /// Adds what `known` has and this record lacks. The token of the higher generation stays.
    pub(super) fn merge(&mut self, known: &Record, now: &Stamp) {
        let rank = |record: &Record| {
            let asked = record.token.as_ref().map(|kept| &kept.asked)?;
            Some((record.generation, Reverse(asked.age(now))))
        };
        if rank(known) >= rank(self) {
            self.token.clone_from(&known.token);
        }
        self.generation = self.generation.max(known.generation);
        add_new(&mut self.requests, &known.requests);
        add_new(&mut self.revoked, &known.revoked);
        self.merge_pause(known.pause.as_ref(), now);
        known.refusals.iter().for_each(|refusal| self.merge_refusal(refusal, now));
    }

    /// Keeps the pause that ends later. One that is over counts too: the next one doubles it.
    pub(super) fn merge_pause(&mut self, known: Option<&Pause>, now: &Stamp) {
        let left = |pause: &Pause| pause.at.left_since_seen(pause.length(), now);
        if known.is_some() && known.and_then(left) >= self.pause.as_ref().and_then(left) {
            self.pause = known.cloned();
        }
    }

    fn merge_refusal(&mut self, known: &Refusal, now: &Stamp) {
        let left = |refusal: &Refusal| {
            refusal.at.left_since_seen(Duration::from_secs(refusal.seconds), now)
        };
        let same = self.refusals.iter_mut().find(|one| one.fingerprint == known.fingerprint);
        match same {
            Some(ours) if left(known) > left(ours) => *ours = known.clone(),
            Some(_) => {}
            None => self.refusals.push(known.clone()),
        }
    }
}

/// The same moment may have been marked as seen on one side only.
fn add_new(moments: &mut Vec<Stamp>, known: &[Stamp]) {
    let is_new = |one: &&Stamp| !moments.iter().any(|other| other.is_same(one));
    let new: Vec<Stamp> = known.iter().filter(is_new).cloned().collect();
    moments.extend(new);
}
