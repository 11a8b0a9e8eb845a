//! The rate limiter: permits for resource requests, so many a minute for all jobs together.
//!
//! A call acquires the permits that it needs together, first come, first served. The lists of
//! permits and waiters stand in the store, or in memory where there is none. While the store is
//! busy or unavailable this process counts for itself: the rate limit is a courtesy to the other
//! jobs, and no reason to fail.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::record::Record;
use super::renew::Renewer;
use super::rules::MINUTE;
use super::slot::State;
use super::stamp::Stamp;
use super::store_access::{lock, read, update};
use super::window::{Wait, Waiter, Window};
use crate::clock::{Clock, Deadline, WaitError};
use crate::error::{Error, ErrorKind, Result, Step};
use crate::event::{Event, EventHandler};
use crate::fork::PerProcess;
use crate::queue::Place;
use crate::retry;
use crate::store::LockedRecord;

/// How long the store's lock is tried: a process that holds it longer requests a token. In real
/// time, in which the others work.
const LOCK_TIME: Duration = Duration::from_secs(1);

/// The same for what a call that has ended still writes: a cancelled call ends within 200 ms.
const LAST_TIME: Duration = Duration::from_millis(150);

/// Between two looks of a waiter: at first, and at last, in memory and in a store.
const FIRST_INTERVAL: Duration = Duration::from_millis(20);
const LONGEST_INTERVAL: Duration = Duration::from_millis(100);
const LONGEST_STORE_INTERVAL: Duration = Duration::from_secs(1);

/// A permit that is used so soon after it was acquired counts from its acquisition.
const AT_ONCE: Duration = Duration::from_secs(1);

/// The coarse clock that waits are measured with is behind the others by up to 4 ms.
const TICK: Duration = Duration::from_millis(10);

/// The lists of a client whose token came from outside: it shares them with no other.
#[derive(Debug)]
pub(super) struct Own(PerProcess<Mutex<Lists>>);

#[derive(Debug, Default)]
struct Lists {
    permits: Vec<Stamp>,
    waiters: Vec<Waiter>,
}

impl Own {
    pub(super) fn new() -> Own {
        Own(PerProcess::new())
    }
}

/// Where permits are counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counter<'a> {
    Own(&'a Own),
    Shared(&'a Renewer),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct RateLimiter<'a> {
    /// How many requests a minute; 0 for any number.
    pub(super) limit: u32,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) events: &'a EventHandler,
    pub(super) counter: Counter<'a>,
}

/// Permits that a call holds. Those that it does not use are given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Permits<'a> {
    limiter: RateLimiter<'a>,
    unused: Vec<Stamp>,
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
            if let Some(now) = self.limiter.use_now(permit, deadline).map_err(ended)? {
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
            self.limiter.at_end(|window| window.give_back(&self.unused));
        }
    }
}

/// A call that waits, until it has its permits or ends.
struct Waiting<'a> {
    limiter: RateLimiter<'a>,
    waiter: Waiter,
    /// Whether others see it wait.
    is_entered: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.is_entered {
            self.limiter.at_end(|window| window.leave(&self.waiter));
        }
    }
}

impl<'a> RateLimiter<'a> {
    /// Blocks until there are so many permits, if the deadline allows. Where the limit is lower
    /// than that, the permits are acquired one by one, as they are used.
    pub(super) fn permits(self, count: u32, deadline: &Deadline) -> Result<Permits<'a>> {
        let together = count <= self.limit;
        let unused = if together { self.acquire(count, deadline)? } else { Vec::new() };
        Ok(Permits { limiter: self, unused })
    }

    fn acquire(self, count: u32, deadline: &Deadline) -> Result<Vec<Stamp>> {
        if self.limit == 0 {
            return Ok(Vec::new());
        }
        let waiter = Waiter::new(count, &self.now());
        let mut waiting = Waiting { limiter: self, waiter, is_entered: false };
        let mut interval = FIRST_INTERVAL;
        let mut is_told = false;
        loop {
            let (wait, now) = self.poll(&mut waiting, deadline).map_err(ended)?;
            let Some(wait) = wait else { return Ok(vec![now; waiting.waiter.permits()]) };
            // By the same reading of the clock as the wait.
            if !waiting.is_entered {
                return Err(self.exceeded(wait.length));
            }
            if !is_told {
                self.events.emit(Event::Paced { wait: wait.length });
                is_told = true;
            }
            self.sleep(wait, interval, deadline).map_err(ended)?;
            interval = (interval * 2).min(self.longest_interval());
        }
    }

    fn exceeded(&self, wait: Duration) -> Error {
        let words = format!("the rate limit is used up ({} a minute for all jobs)", self.limit);
        Error::new(ErrorKind::RateLimited, words).at(Step::Queue).with_retry_after(wait)
    }

    /// The first waiter waits for time to pass; the others wait for what the first ones do.
    fn sleep(&self, wait: Wait, interval: Duration, deadline: &Deadline) -> Result<(), WaitError> {
        match wait.is_first {
            true => deadline.sleep((wait.length + TICK).min(self.longest_interval())),
            false => deadline.sleep_real_time(interval),
        }
    }

    fn longest_interval(&self) -> Duration {
        match self.counter {
            Counter::Shared(renewer) if renewer.store.is_some() => LONGEST_STORE_INTERVAL,
            _ => LONGEST_INTERVAL,
        }
    }

    /// Takes the permits if they are there. Also returns the moment from which they count.
    fn poll(
        &self,
        waiting: &mut Waiting<'_>,
        deadline: &Deadline,
    ) -> Result<(Option<Wait>, Stamp), WaitError> {
        let entered = Some(&waiting.waiter).filter(|_| waiting.is_entered);
        if let Some((wait, now)) = entered.and_then(|waiter| self.look(waiter, deadline)) {
            return Ok((Some(wait), now));
        }
        // The threads of a process come to the store in the order of their calls.
        let place = match self.counter {
            Counter::Shared(renewer) => Some(Place::join(&renewer.slot.inner().at_store)),
            Counter::Own(_) => None,
        };
        place.as_ref().map_or(Ok(()), |place| place.wait(deadline))?;
        let longest = deadline.left()?;
        let mut take = |window: &mut Window<'_>| {
            let now = self.now();
            let (wait, changed) = window.take(&mut waiting.waiter, longest, &now);
            ((wait, now), changed)
        };
        let (wait, now) = match self.in_store(&mut take, deadline)? {
            Some((wait, now)) => {
                let granted = if wait.is_none() { waiting.waiter.permits() } else { 0 };
                self.in_memory(|window| (window.add(granted, &now), true));
                (wait, now)
            }
            None => self.in_memory(take),
        };
        waiting.is_entered = wait.is_some_and(|wait| wait.length < longest);
        Ok((wait, now))
    }

    /// How long a waiter in the list still waits, read without the store's lock. `None` where the
    /// lists have to be changed, or the store cannot be read.
    fn look(&self, waiter: &Waiter, deadline: &Deadline) -> Option<(Wait, Stamp)> {
        let renewer = self.shared()?;
        let longest = deadline.left().ok()?;
        let mut record = read(renewer, deadline)?;
        let now = self.now();
        let is_new = record.see_future(&now);
        let Record { resource_requests, waiting, .. } = &mut record;
        let (permits, waiters) = (resource_requests, waiting);
        let mut window = Window { permits, waiters, limit: self.limit };
        let (wait, changed) = window.take(&mut waiter.clone(), longest, &now);
        wait.filter(|wait| !is_new && !changed && wait.length < longest).map(|wait| (wait, now))
    }

    fn now(&self) -> Stamp {
        Stamp::now(&**self.clock)
    }

    /// Lets a permit count from now on. Returns it, if it still counted.
    fn use_now(&self, permit: Stamp, deadline: &Deadline) -> Result<Option<Stamp>, WaitError> {
        let now = self.now();
        if permit.left_of(AT_ONCE, &now).is_some() {
            return Ok(Some(permit));
        }
        let mut use_it = |window: &mut Window<'_>| {
            let used = window.use_now(&permit, &now);
            (used, used)
        };
        let stored = self.in_store(&mut use_it, deadline)?;
        let known = self.in_memory(use_it);
        Ok(stored.unwrap_or(known).then_some(now))
    }

    /// Makes a change for a call that ends, however it ends, as far as that takes no time.
    fn at_end(&self, mut change: impl FnMut(&mut Window<'_>) -> bool) {
        if std::thread::panicking() {
            return;
        }
        let deadline = Deadline::start(self.clock, LAST_TIME, None);
        let mut change = |window: &mut Window<'_>| ((), change(window));
        // What is not taken out of the store counts there for a window. That there was no time for
        // it does not show that the store is unavailable.
        if let Some(renewer) = self.shared() {
            let locked = lock(renewer, LAST_TIME, &deadline).ok().flatten();
            locked.and_then(|locked| self.under_lock(renewer, locked, &mut change));
        }
        self.in_memory(change);
    }

    /// Changes the lists of this process. The change also returns whether anything changed.
    fn in_memory<T>(&self, change: impl FnOnce(&mut Window<'_>) -> (T, bool)) -> T {
        let limit = self.limit;
        match self.counter {
            Counter::Own(own) => {
                let lists = own.0.get(Mutex::default);
                let Lists { permits, waiters } =
                    &mut *lists.lock().unwrap_or_else(PoisonError::into_inner);
                change(&mut Window { permits, waiters, limit }).0
            }
            Counter::Shared(renewer) => {
                let mut state = renewer.slot.state();
                let State { memory, waiters, .. } = &mut *state;
                let permits = &mut memory.permits;
                let (value, changed) = change(&mut Window { permits, waiters, limit });
                if changed {
                    renewer.slot.publish(memory);
                }
                value
            }
        }
    }

    /// Whose store is used; `None` where this process counts for itself.
    fn shared(&self) -> Option<&'a Renewer> {
        let Counter::Shared(renewer) = self.counter else { return None };
        (renewer.store.is_some() && !is_alone(renewer, &self.now())).then_some(renewer)
    }

    /// Changes the lists in the store; `None` where this process counts for itself.
    fn in_store<T>(
        &self,
        change: &mut impl FnMut(&mut Window<'_>) -> (T, bool),
        deadline: &Deadline,
    ) -> Result<Option<T>, WaitError> {
        let Some(renewer) = self.shared() else { return Ok(None) };
        let locked = lock(renewer, LOCK_TIME, deadline)?;
        let changed = locked.and_then(|locked| self.under_lock(renewer, locked, change));
        if changed.is_none() {
            // Unless it was the call itself that ended.
            deadline.left()?;
            self.go_alone(renewer);
        }
        Ok(changed)
    }

    fn under_lock<T>(
        &self,
        renewer: &Renewer,
        locked: Box<dyn LockedRecord>,
        change: &mut impl FnMut(&mut Window<'_>) -> (T, bool),
    ) -> Option<T> {
        let missing = || Some(remembered(renewer));
        update(renewer, locked, missing, |record| {
            let seen = record.see_future(&self.now());
            let seen = record.keep_proof(&renewer.slot.state().memory.record) || seen;
            let Record { resource_requests, waiting, .. } = record;
            let (permits, waiters) = (resource_requests, waiting);
            let (value, changed) = change(&mut Window { permits, waiters, limit: self.limit });
            (value, changed || seen)
        })
    }

    /// A store that is unavailable is not waited for at each request.
    fn go_alone(&self, renewer: &Renewer) {
        let mut state = renewer.slot.state();
        state.memory.alone_since = Some(self.now());
        renewer.slot.publish(&state.memory);
    }
}

fn ended(reason: WaitError) -> Error {
    retry::wait_error(reason, Step::Queue)
}

fn is_alone(renewer: &Renewer, now: &Stamp) -> bool {
    let since = renewer.slot.state().memory.alone_since.clone();
    since.is_some_and(|since| since.left_of(MINUTE, now).is_some())
}

/// A store that lost its record makes this process forget neither requests nor refusals.
fn remembered(renewer: &Renewer) -> Record {
    let state = renewer.slot.state();
    let mut record = state.memory.record.clone();
    (record.token, record.started) = (None, None);
    record.resource_requests.clone_from(&state.memory.permits);
    record.waiting.clear();
    record
}

/// Whether so much time has passed that what was in hand then may have expired.
pub(crate) fn has_waited(began: Duration, deadline: &Deadline) -> bool {
    deadline.now().saturating_sub(began) >= AT_ONCE
}
