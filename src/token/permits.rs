//! The rate limiter: permits for resource requests, so many a minute for all jobs together.
//!
//! A call acquires the permits that it needs together, first come, first served. The lists of
//! permits and waiters are in the store, or in memory where there is none. While the store is busy
//! or unavailable this process counts for itself: the rate limit protects the other jobs, and is no
//! reason to fail.

use std::sync::Arc;
use std::time::Duration;

use super::process_state::ProcessState;
use super::rate_limit::{SlidingWindow, Wait, Waiter};
use super::state::SharedState;
use super::state_store::{StateStore, StoreLock};
use super::timestamp::Timestamp;
use crate::clock::{Deadline, WaitError};
use crate::error::{Error, ErrorKind, Result, Stage};
use crate::event::{self, Event};
use crate::queue::Place;
use crate::retry;

/// How long to try for the store's lock: a process that holds it longer requests a token. In real
/// time, in which the other processes work.
const LOCK_TIME: Duration = Duration::from_secs(1);

/// The same for what a call that has ended still writes: a cancelled call ends within 200 ms.
const LAST_TIME: Duration = Duration::from_millis(150);

/// Between two tries of a waiter: at first, and at last, in memory and in a store.
const FIRST_INTERVAL: Duration = Duration::from_millis(20);
const LONGEST_INTERVAL: Duration = Duration::from_millis(100);
const LONGEST_STORE_INTERVAL: Duration = Duration::from_secs(1);

/// A permit that is used so soon after it was acquired counts from its acquisition.
const AT_ONCE: Duration = Duration::from_secs(1);

/// The coarse clock that waits are measured with is behind the others by up to 4 ms.
const TICK: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(super) struct RateLimiter {
    /// How many requests a minute; 0 for any number.
    limit: u32,
    states: Arc<StateStore>,
}

/// Permits that a call holds. Those that it does not use are given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Permits<'a> {
    limiter: &'a RateLimiter,
    unused: Vec<Timestamp>,
}

impl<'a> Permits<'a> {
    /// Takes one of the permits out, for one request.
    pub(crate) fn split_one(&mut self) -> Permits<'a> {
        let unused = self.unused.pop().into_iter().collect();
        Permits { limiter: self.limiter, unused }
    }

    /// Makes one permit count from now on. Blocks for one where none is left, and then returns
    /// false: what else the request needs may have expired meanwhile.
    pub(crate) fn make_ready(&mut self, deadline: &Deadline) -> Result<bool> {
        if self.limiter.limit == 0 {
            return Ok(true);
        }
        while let Some(permit) = self.unused.pop() {
            if let Some(now) = self.limiter.renew(permit, deadline).map_err(ended)? {
                self.unused.push(now);
                return Ok(true);
            }
        }
        let began = deadline.now();
        self.unused = self.limiter.acquire(1, deadline)?;
        Ok(!has_waited(began, deadline))
    }

    /// Counts a request that is about to be sent, with the permit that is ready.
    pub(crate) fn use_one(&mut self) {
        self.unused.pop();
    }
}

impl Drop for Permits<'_> {
    fn drop(&mut self) {
        if !self.unused.is_empty() {
            self.limiter.change_at_end(|window| window.release(&self.unused));
        }
    }
}

/// A call that waits, until it has its permits or ends.
struct Waiting<'a> {
    limiter: &'a RateLimiter,
    waiter: Waiter,
    /// Whether it is in the list, where others see it.
    is_entered: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.is_entered {
            self.limiter.change_at_end(|window| window.leave(&self.waiter));
        }
    }
}

impl RateLimiter {
    pub(super) fn new(limit: u32, states: Arc<StateStore>) -> RateLimiter {
        RateLimiter { limit, states }
    }

    /// Blocks until there are so many permits, if the deadline allows. Where the limit is lower
    /// than that, the permits are acquired one by one, as they are used.
    pub(super) fn permits(&self, count: u32, deadline: &Deadline) -> Result<Permits<'_>> {
        let together = count <= self.limit;
        let unused = if together { self.acquire(count, deadline)? } else { Vec::new() };
        Ok(Permits { limiter: self, unused })
    }

    fn acquire(&self, count: u32, deadline: &Deadline) -> Result<Vec<Timestamp>> {
        if self.limit == 0 {
            return Ok(Vec::new());
        }
        let waiter = Waiter::new(count, &self.now());
        let mut waiting = Waiting { limiter: self, waiter, is_entered: false };
        let mut interval = FIRST_INTERVAL;
        let mut is_reported = false;
        loop {
            let (wait, now) = self.try_acquire(&mut waiting, deadline).map_err(ended)?;
            let Some(wait) = wait else { return Ok(vec![now; waiting.waiter.permits()]) };
            // By the same reading of the clock as the wait.
            if !waiting.is_entered {
                return Err(self.exceeded(wait.length));
            }
            if !is_reported && wait.length >= event::LEAST_WAIT {
                self.states.events.emit(Event::RateLimitReached { wait: wait.length });
                is_reported = true;
            }
            self.sleep(wait, interval, deadline).map_err(ended)?;
            interval = (interval * 2).min(self.longest_interval());
        }
    }

    fn exceeded(&self, wait: Duration) -> Error {
        let message = format!(
            "the rate limit of {} requests a minute, for all jobs together, is reached",
            self.limit
        );
        Error::new(ErrorKind::RateLimited, message).at(Stage::Queue).with_retry_after(wait)
    }

    /// The first waiter waits for time to pass; the others wait for what the first ones do.
    fn sleep(&self, wait: Wait, interval: Duration, deadline: &Deadline) -> Result<(), WaitError> {
        match wait.is_first {
            true => deadline.sleep((wait.length + TICK).min(self.longest_interval())),
            false => deadline.sleep_real_time(interval),
        }
    }

    fn longest_interval(&self) -> Duration {
        match self.states.is_shared() {
            true => LONGEST_STORE_INTERVAL,
            false => LONGEST_INTERVAL,
        }
    }

    /// Takes the permits if they are there. Also returns the moment from which they count.
    fn try_acquire(
        &self,
        waiting: &mut Waiting<'_>,
        deadline: &Deadline,
    ) -> Result<(Option<Wait>, Timestamp), WaitError> {
        let entered = Some(&waiting.waiter).filter(|_| waiting.is_entered);
        if let Some((wait, now)) = entered.and_then(|waiter| self.read_wait(waiter, deadline)) {
            return Ok((Some(wait), now));
        }
        // The threads of a process come to the store in the order of their calls.
        let place = Place::join(&self.states.entry.process().store_queue);
        place.wait(deadline)?;
        let longest = deadline.left()?;
        let mut acquire = |window: &mut SlidingWindow<'_>| {
            let now = self.now();
            let (wait, changed) = window.acquire(&mut waiting.waiter, longest, &now);
            ((wait, now), changed)
        };
        let (wait, now) = match self.change_in_store(&mut acquire, deadline)? {
            Some((wait, now)) => {
                let acquired = if wait.is_none() { waiting.waiter.permits() } else { 0 };
                self.change_in_memory(|window| (window.add(acquired, &now), true));
                (wait, now)
            }
            None => self.change_in_memory(acquire),
        };
        waiting.is_entered = wait.is_some_and(|wait| wait.length < longest);
        Ok((wait, now))
    }

    /// How long a waiter in the list still waits, read without the store's lock. `None` where the
    /// lists have to be changed, or the store cannot be read.
    fn read_wait(&self, waiter: &Waiter, deadline: &Deadline) -> Option<(Wait, Timestamp)> {
        let longest = deadline.left().ok()?;
        let mut state = self.store()?.read_briefly(deadline)?;
        let now = self.now();
        let is_new = state.mark_future_seen(&now);
        let mut window = self.window(&mut state);
        let (wait, changed) = window.acquire(&mut waiter.clone(), longest, &now);
        wait.filter(|wait| !is_new && !changed && wait.length < longest).map(|wait| (wait, now))
    }

    fn window<'a>(&self, state: &'a mut SharedState) -> SlidingWindow<'a> {
        let SharedState { permits, waiters, .. } = state;
        SlidingWindow { permits, waiters, limit: self.limit }
    }

    fn now(&self) -> Timestamp {
        self.states.now()
    }

    /// Makes a permit count from now on. Returns it, if it still counted.
    fn renew(
        &self,
        permit: Timestamp,
        deadline: &Deadline,
    ) -> Result<Option<Timestamp>, WaitError> {
        let now = self.now();
        if permit.remaining(AT_ONCE, &now).is_some() {
            return Ok(Some(permit));
        }
        let mut renew = |window: &mut SlidingWindow<'_>| {
            let renewed = window.renew(&permit, &now);
            (renewed, renewed)
        };
        let stored = self.change_in_store(&mut renew, deadline)?;
        let known = self.change_in_memory(renew);
        Ok(stored.unwrap_or(known).then_some(now))
    }

    /// Makes a change for a call that ends, however it ends, as far as that takes no time.
    fn change_at_end(&self, mut change: impl FnMut(&mut SlidingWindow<'_>) -> bool) {
        if std::thread::panicking() {
            return;
        }
        let deadline = Deadline::start(&self.states.clock, LAST_TIME, None);
        let mut change = |window: &mut SlidingWindow<'_>| ((), change(window));
        // A permit that stays in the store counts there for a window. That there was no time to
        // remove it does not show that the store is unavailable.
        if let Some(states) = self.store() {
            let lock = states.lock_briefly(LAST_TIME, &deadline).ok().flatten();
            lock.and_then(|lock| self.change_under_lock(states, lock, &mut change));
        }
        self.change_in_memory(change);
    }

    /// Changes the lists of this process. The change also returns whether anything changed.
    fn change_in_memory<T>(&self, change: impl FnOnce(&mut SlidingWindow<'_>) -> (T, bool)) -> T {
        let mut state = self.states.state();
        let ProcessState { permits, waiters, .. } = &mut *state;
        let (value, changed) = change(&mut SlidingWindow { permits, waiters, limit: self.limit });
        if changed {
            self.states.entry.publish(&state);
        }
        value
    }

    /// The store that counts the permits; `None` where this process counts for itself.
    fn store(&self) -> Option<&StateStore> {
        let states = &*self.states;
        (states.is_shared() && !states.failed_lately()).then_some(states)
    }

    /// Changes the lists in the store; `None` where this process counts for itself.
    fn change_in_store<T>(
        &self,
        change: &mut impl FnMut(&mut SlidingWindow<'_>) -> (T, bool),
        deadline: &Deadline,
    ) -> Result<Option<T>, WaitError> {
        let Some(states) = self.store() else { return Ok(None) };
        let lock = states.lock_briefly(LOCK_TIME, deadline)?;
        let changed = lock.and_then(|lock| self.change_under_lock(states, lock, change));
        if changed.is_none() {
            // Unless it was the call itself that ended.
            deadline.left()?;
            states.note_failure();
        }
        Ok(changed)
    }

    fn change_under_lock<T>(
        &self,
        states: &StateStore,
        lock: StoreLock,
        change: &mut impl FnMut(&mut SlidingWindow<'_>) -> (T, bool),
    ) -> Option<T> {
        let missing = || Some(remembered(states));
        states.update(lock, missing, |state| {
            let is_seen = state.mark_future_seen(&self.now());
            let is_learned = state.learn_whether_token_worked(&states.state().shared);
            let (value, changed) = change(&mut self.window(state));
            (value, changed || is_seen || is_learned)
        })
    }
}

fn ended(reason: WaitError) -> Error {
    let words = "while waiting for the rate limit";
    retry::wait_error(reason, Stage::Queue).with_message(words.to_owned())
}

/// A store that lost its record makes this process forget neither requests nor rejections.
fn remembered(states: &StateStore) -> SharedState {
    let process = states.state();
    let mut state = process.shared.clone();
    (state.token, state.request_started) = (None, None);
    state.permits.clone_from(&process.permits);
    state.waiters.clear();
    state
}

/// Whether so much time has passed that a token or a permit of that time may have expired.
pub(crate) fn has_waited(began: Duration, deadline: &Deadline) -> bool {
    deadline.now().saturating_sub(began) >= AT_ONCE
}
