//! The rate limit as a sliding window: who gets permits, and when. First come, first served.
//!
//! A permit counts from the moment at which its request is sent. Until then it counts from the
//! moment at which it was acquired, so a job that died with permits delays the others by at most
//! one window. A waiter stands in the list until it has its permits; it renews its entry while it
//! lives, and the others drop an entry that was not renewed within a window.
//!
//! Nothing here waits, sends or stores. The same rules hold for the threads of one process, whose
//! lists are in memory, and for all jobs of an application, whose lists are in a store.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::record::Unknown;
use super::stamp::{Stamp, until_free};

/// A minute, and what a request may take on its way: Vanta counts it when it has arrived.
pub(super) const WINDOW: Duration = Duration::from_secs(62);

/// How old an entry of a waiter may become before the waiter renews it.
const RENEW_AFTER: Duration = Duration::from_secs(15);

/// More permits, and more waiters, than there are at one time, even where clocks differ.
const MOST_KEPT: usize = 200;

/// A call that waits for permits, as the others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Waiter {
    id: String,
    /// How many permits it waits for.
    permits: u32,
    /// When it came.
    since: Stamp,
    /// When it last showed that it lives.
    at: Stamp,
    /// Whether it stood in the list before.
    #[serde(skip)]
    known: bool,
    #[serde(flatten)]
    unknown: Unknown,
}

/// How long a waiter has to wait, if all goes as it looks now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) length: Duration,
    /// Whether no other waiter is served before it.
    pub(super) is_first: bool,
}

/// The permits and the waiters of an application.
pub(super) struct Window<'a> {
    pub(super) permits: &'a mut Vec<Stamp>,
    pub(super) waiters: &'a mut Vec<Waiter>,
    pub(super) limit: u32,
}

impl Waiter {
    pub(super) fn new(permits: u32, now: &Stamp) -> Waiter {
        // Each RandomState differs from every other, also in other processes.
        let id = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
        Waiter {
            id,
            permits,
            since: now.clone(),
            at: now.clone(),
            known: false,
            unknown: Unknown::default(),
        }
    }

    pub(super) fn permits(&self) -> usize {
        usize::try_from(self.permits).unwrap_or(usize::MAX)
    }
}

impl Window<'_> {
    /// Gives the waiter its permits when it is served now, and says how long it waits otherwise. A
    /// waiter that waits for `longest` or longer is not kept. Returns whether the lists changed.
    pub(super) fn take(
        &mut self,
        waiter: &mut Waiter,
        longest: Duration,
        now: &Stamp,
    ) -> (Option<Wait>, bool) {
        self.drop_expired(&waiter.id, now);
        let own = self.waiters.iter().position(|other| other.id == waiter.id);
        let place = own.unwrap_or_else(|| self.place_of(waiter, now));
        let wait = Wait { length: self.wait(place, waiter.permits, now), is_first: place == 0 };
        if !wait.length.is_zero() && wait.length < longest {
            return (Some(wait), self.keep(waiter, own, place, now));
        }
        own.map(|place| self.waiters.remove(place));
        if !wait.length.is_zero() {
            return (Some(wait), own.is_some());
        }
        self.permits.extend(std::iter::repeat_n(now.clone(), waiter.permits()));
        (None, true)
    }

    /// Adds permits that were acquired elsewhere.
    pub(super) fn add(&mut self, permits: usize, now: &Stamp) {
        self.drop_expired("", now);
        self.permits.extend(std::iter::repeat_n(now.clone(), permits));
    }

    /// Takes a waiter out that gives up. Returns whether it was there.
    pub(super) fn leave(&mut self, waiter: &Waiter) -> bool {
        let before = self.waiters.len();
        self.waiters.retain(|other| other.id != waiter.id);
        self.waiters.len() < before
    }

    /// Takes back permits that were not used. Returns whether any was there.
    pub(super) fn give_back(&mut self, unused: &[Stamp]) -> bool {
        let mut found = false;
        for permit in unused {
            let at = self.permits.iter().rposition(|other| other == permit);
            found |= at.map(|at| self.permits.remove(at)).is_some();
        }
        found
    }

    /// Lets a permit count from now on. Returns whether it was there.
    pub(super) fn use_now(&mut self, permit: &Stamp, now: &Stamp) -> bool {
        let used = self.permits.iter_mut().rfind(|other| *other == permit);
        used.map(|used| used.clone_from(now)).is_some()
    }

    fn drop_expired(&mut self, own: &str, now: &Stamp) {
        // A timestamp in the future counts on the host that wrote it, and not here.
        self.permits.retain(|at| at.left_since_seen(WINDOW, now).is_some());
        let surplus = self.permits.len().saturating_sub(MOST_KEPT);
        self.permits.drain(..surplus);
        self.waiters.retain(|other| other.id == own || other.at.left_of(WINDOW, now).is_some());
        self.waiters.truncate(MOST_KEPT);
    }

    /// The last place; for a waiter whose entry was lost, the place that it had.
    fn place_of(&self, waiter: &Waiter, now: &Stamp) -> usize {
        let age = waiter.since.age(now);
        let came_later = |other: &Waiter| waiter.known && other.since.age(now) < age;
        self.waiters.iter().position(came_later).unwrap_or(self.waiters.len())
    }

    /// Enters the waiter, or renews its entry. Returns whether either was needed.
    fn keep(&mut self, waiter: &mut Waiter, own: Option<usize>, place: usize, now: &Stamp) -> bool {
        let fresh = |at: &Stamp| at.left_of(RENEW_AFTER, now).is_some();
        if own.is_some_and(|own| fresh(&self.waiters[own].at)) {
            return false;
        }
        own.map(|place| self.waiters.remove(place));
        (waiter.at, waiter.known) = (now.clone(), true);
        self.waiters.insert(place, waiter.clone());
        true
    }

    /// How long the waiter at a place waits, when each before it takes its permits as soon as it
    /// can.
    fn wait(&self, place: usize, permits: u32, now: &Stamp) -> Duration {
        let mut ends: Vec<Duration> =
            self.permits.iter().filter_map(|at| at.left_of(WINDOW, now)).collect();
        let mut served = Duration::ZERO;
        let before = self.waiters[..place].iter().map(|other| other.permits);
        for permits in before.chain([permits]) {
            let permits = permits.clamp(1, self.limit);
            let free = until_free(&ends, self.limit - permits + 1).unwrap_or_default();
            served = served.max(free);
            ends.retain(|end| *end > served);
            let end = served.saturating_add(WINDOW);
            ends.extend((0..permits).map(|_| end));
        }
        served
    }
}
