//! A fair queue: first come, first served, one at a time.

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::{Changed, Deadline, WaitError};
use crate::sync::{Mutex, MutexGuard};

/// Numbers all places of the process, and goes on in a child of a fork: no number is used twice.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Threads in the order in which they joined. The first of them may go on.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    places: Mutex<VecDeque<u64>>,
    changed: Changed,
}

/// A place in a queue. Dropping it lets the next thread go on.
#[derive(Debug)]
pub(crate) struct Place<Q: Deref<Target = Queue>> {
    queue: Q,
    number: u64,
}

impl Queue {
    fn places(&self) -> MutexGuard<'_, VecDeque<u64>> {
        // The list is whole at every point where its lock is released, a panic included.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Q: Deref<Target = Queue>> Place<Q> {
    /// Takes the last place of the queue.
    pub(crate) fn join(queue: Q) -> Place<Q> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        queue.places().push_back(number);
        Place { queue, number }
    }

    /// Blocks until this place is the first, or the deadline ends the wait.
    pub(crate) fn wait(&self, deadline: &Deadline) -> Result<(), WaitError> {
        let mut places = self.queue.places();
        while places.front() != Some(&self.number) {
            // Other threads act in real time, whatever clock the deadline follows.
            let slice = deadline.poll_interval()?;
            places = self.queue.changed.wait(&self.queue.places, places, slice);
        }
        Ok(())
    }
}

impl<Q: Deref<Target = Queue>> Drop for Place<Q> {
    fn drop(&mut self) {
        let mut places = self.queue.places();
        places.retain(|number| *number != self.number);
        let is_awaited = !places.is_empty();
        drop(places);
        // To notify is a system call, even where no thread waits.
        if is_awaited {
            self.queue.changed.notify_all();
        }
    }
}
