//! The rate limit as a sliding window: who gets permits, and when. First come, first served.
//!
//! A permit counts from the moment at which its request is sent. Until then it counts from the
//! moment at which it was acquired, so a job that died with permits delays the others by at most
//! one window. A waiter stands in the list until it has its permits. It renews its entry while it
//! waits, and the others drop an entry that was not renewed within a window.
//!
//! Nothing here waits, sends or stores. The same functions serve the threads of one process, whose
//! lists are in memory, and all jobs of an application, whose lists are in a store.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::timestamp::Timestamp;
use super::unknown::UnknownMembers;

/// The period of both rate limits: a minute, and 2 s for what a request may take on its way, as
/// Vanta counts it when it arrives, and for clocks that differ a little.
pub(super) const WINDOW: Duration = Duration::from_secs(62);

/// How old an entry of a waiter may become before the waiter renews it.
const RENEW_AFTER: Duration = Duration::from_secs(15);

/// More permits, and more waiters, than there are at one time, even where clocks differ.
const MOST_ENTRIES: usize = 200;

/// A call that waits for permits, as the others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Waiter {
    id: String,
    /// How many permits it waits for.
    permits: u32,
    /// When it came.
    since: Timestamp,
    /// When it last renewed its entry.
    at: Timestamp,
    /// Whether it stood in the list before.
    #[serde(skip)]
    known: bool,
    #[serde(flatten)]
    unknown: UnknownMembers,
}

/// How long a waiter has to wait, as far as can be known now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) length: Duration,
    /// Whether no other waiter is served before it.
    pub(super) is_first: bool,
}

/// The permits and the waiters of an application.
pub(super) struct SlidingWindow<'a> {
    pub(super) permits: &'a mut Vec<Timestamp>,
    pub(super) waiters: &'a mut Vec<Waiter>,
    pub(super) limit: u32,
}

impl Waiter {
    pub(super) fn new(permits: u32, now: &Timestamp) -> Waiter {
        // Each RandomState differs from every other, also in other processes.
        let id = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
        Waiter {
            id,
            permits,
            since: now.clone(),
            at: now.clone(),
            known: false,
            unknown: UnknownMembers::default(),
        }
    }

    pub(super) fn permits(&self) -> usize {
        usize::try_from(self.permits).unwrap_or(usize::MAX)
    }
}

impl SlidingWindow<'_> {
    /// Gives the waiter its permits when it is served now, and returns how long it waits otherwise.
    /// A waiter that waits for `longest` or longer is not entered. Also returns whether the lists
    /// changed.
    pub(super) fn acquire(
        &mut self,
        waiter: &mut Waiter,
        longest: Duration,
        now: &Timestamp,
    ) -> (Option<Wait>, bool) {
        self.drop_expired(&waiter.id, now);
        let own = self.waiters.iter().position(|other| other.id == waiter.id);
        let position = own.unwrap_or_else(|| self.position_of(waiter, now));
        let length = self.wait(position, waiter.permits, now);
        let wait = Wait { length, is_first: position == 0 };
        if !wait.length.is_zero() && wait.length < longest {
            return (Some(wait), self.enter(waiter, own, position, now));
        }
        own.map(|position| self.waiters.remove(position));
        if !wait.length.is_zero() {
            return (Some(wait), own.is_some());
        }
        self.permits.extend(std::iter::repeat_n(now.clone(), waiter.permits()));
        (None, true)
    }

    /// Adds permits that were acquired elsewhere.
    pub(super) fn add(&mut self, permits: usize, now: &Timestamp) {
        self.drop_expired("", now);
        self.permits.extend(std::iter::repeat_n(now.clone(), permits));
    }

    /// Removes a waiter that gives up. Returns whether it was there.
    pub(super) fn leave(&mut self, waiter: &Waiter) -> bool {
        let before = self.waiters.len();
        self.waiters.retain(|other| other.id != waiter.id);
        self.waiters.len() < before
    }

    /// Takes back permits that were not used. Returns whether any was there.
    pub(super) fn release(&mut self, unused: &[Timestamp]) -> bool {
        let mut found = false;
        for permit in unused {
            let at = self.permits.iter().rposition(|other| other == permit);
            found |= at.map(|at| self.permits.remove(at)).is_some();
        }
        found
    }

    /// Makes a permit count from now on. Returns whether it was there.
    pub(super) fn renew(&mut self, permit: &Timestamp, now: &Timestamp) -> bool {
        let used = self.permits.iter_mut().rfind(|other| *other == permit);
        used.map(|used| used.clone_from(now)).is_some()
    }

    fn drop_expired(&mut self, own: &str, now: &Timestamp) {
        // A timestamp in the future counts on the host that wrote it, and not here.
        self.permits.retain(|at| at.remaining_since_seen(WINDOW, now).is_some());
        let surplus = self.permits.len().saturating_sub(MOST_ENTRIES);
        self.permits.drain(..surplus);
        self.waiters.retain(|other| other.id == own || other.at.remaining(WINDOW, now).is_some());
        self.waiters.truncate(MOST_ENTRIES);
    }

    /// The last position; for a waiter whose entry was lost, the position that it had.
    fn position_of(&self, waiter: &Waiter, now: &Timestamp) -> usize {
        let age = waiter.since.age(now);
        let came_later = |other: &Waiter| waiter.known && other.since.age(now) < age;
        self.waiters.iter().position(came_later).unwrap_or(self.waiters.len())
    }

    /// Enters the waiter, or renews its entry. Returns whether either was needed.
    fn enter(
        &mut self,
        waiter: &mut Waiter,
        own: Option<usize>,
        position: usize,
        now: &Timestamp,
    ) -> bool {
        let is_fresh = |at: &Timestamp| at.remaining(RENEW_AFTER, now).is_some();
        if own.is_some_and(|own| is_fresh(&self.waiters[own].at)) {
            return false;
        }
        own.map(|own| self.waiters.remove(own));
        (waiter.at, waiter.known) = (now.clone(), true);
        self.waiters.insert(position, waiter.clone());
        true
    }

    /// How long the waiter at a position waits, when each before it takes its permits as soon as
    /// it can.
    fn wait(&self, position: usize, permits: u32, now: &Timestamp) -> Duration {
        let mut ends: Vec<Duration> =
            self.permits.iter().filter_map(|at| at.remaining(WINDOW, now)).collect();
        let mut served = Duration::ZERO;
        let before = self.waiters[..position].iter().map(|other| other.permits);
        for permits in before.chain([permits]) {
            let permits = permits.clamp(1, self.limit);
            let free = until_below(self.limit - permits + 1, &ends).unwrap_or_default();
            served = served.max(free);
            ends.retain(|end| *end > served);
            let end = served.saturating_add(WINDOW);
            ends.extend((0..permits).map(|_| end));
        }
        served
    }
}

/// How long until fewer than `limit` of the periods that end after these times are left; `None`
/// where that is so now.
pub(super) fn until_below(limit: u32, ends: &[Duration]) -> Option<Duration> {
    let free = ends.len().checked_sub(usize::try_from(limit).unwrap_or(1))?;
    // There are few; to sort them would take eight kilobytes of code.
    let is_last = |end: &&Duration| ends.iter().filter(|other| other <= end).count() > free;
    ends.iter().filter(is_last).min().copied()
}
