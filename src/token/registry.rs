//! The applications that this process knows, in a hash table that a child of a fork can use.
//!
//! A fork may happen while another thread changes the table, and the child gets the memory as it is
//! at that moment. So each change is one store of one pointer: a node is complete before a link
//! leads to it, and it is freed after no link does. The child finds a complete table, whatever its
//! parent was doing, and takes a lock of its own to change it; its parent's may never be released.
//!
//! The same holds for the state of an entry. The child cannot take its parent's lock. So the whole
//! state is published at each change, and the child begins with a copy of what was published last.
//!
//! An application whose last client is dropped stays, if anything is known of its token requests:
//! a program that makes a client for each push has made four requests all the same. Each bucket
//! keeps a few of those, which bounds what they take together.

use std::hash::{DefaultHasher, Hash, Hasher, RandomState};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::process_state::ProcessState;
use crate::clock::Changed;
use crate::error::Result;
use crate::fork::PerProcess;
use crate::queue::Queue;
use crate::sync::{Mutex, MutexGuard};

/// The length of a search stays short for as many applications as a process may serve.
const BUCKETS: usize = 1024;

/// Applications without clients that a bucket keeps.
const MOST_IDLE: usize = 4;

/// An application in this process.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) origin: String,
    pub(super) client_id: String,
    /// Makes numbers of secrets that mean nothing outside this process.
    pub(super) hasher: RandomState,
    process: PerProcess<Process>,
    /// What a child of a fork begins with. Only whole values ever stand here.
    published: AtomicPtr<ProcessState>,
    /// Since when it has no clients, by a counter; 0 while it has some.
    idle_since: AtomicU64,
}

/// What belongs to one process alone.
#[derive(Debug)]
pub(super) struct Process {
    /// Never held during a request.
    state: Mutex<ProcessState>,
    /// Notified when a leader has ended, and when there is a token.
    pub(super) changed: Changed,
    /// The threads that want permits from the store.
    pub(super) store_queue: Queue,
}

impl Entry {
    pub(super) fn new(origin: &str, client_id: &str) -> Entry {
        let state = Box::new(ProcessState::new(origin, client_id));
        Entry {
            origin: origin.to_owned(),
            client_id: client_id.to_owned(),
            hasher: RandomState::new(),
            process: PerProcess::new(),
            published: AtomicPtr::new(Box::into_raw(state)),
            idle_since: AtomicU64::new(0),
        }
    }

    fn is_of(&self, origin: &str, client_id: &str) -> bool {
        self.origin == origin && self.client_id == client_id
    }

    /// The key of its record in a store.
    pub(super) fn key(&self) -> String {
        format!("{} {}", self.origin, self.client_id)
    }

    pub(super) fn process(&self) -> &Process {
        self.process.get(|| {
            // SAFETY: only whole values stand here. `publish` frees the one before, but it needs
            // the state of this process, which exists only when this has ended.
            let published = unsafe { &*self.published.load(Ordering::Acquire) };
            Process {
                state: Mutex::new(published.without_threads()),
                changed: Changed::default(),
                store_queue: Queue::default(),
            }
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, ProcessState> {
        self.process().state()
    }

    /// Publishes the state for a child of a fork. The caller holds the lock of the state.
    pub(super) fn publish(&self, state: &ProcessState) {
        let new = Box::into_raw(Box::new(state.without_threads()));
        let old = self.published.swap(new, Ordering::AcqRel);
        // SAFETY: leaked by this function or by `new`, and only one thread has the lock.
        drop(unsafe { Box::from_raw(old) });
    }

    fn add_client(&self, store: &str) -> Result<()> {
        let mut state = self.state();
        state.add_client(store)?;
        self.idle_since.store(0, Ordering::Relaxed);
        self.publish(&state);
        Ok(())
    }

    /// Returns whether it was the last client.
    fn remove_client(&self) -> bool {
        let mut state = self.state();
        let is_last = state.remove_client();
        if is_last {
            let count = IDLE_COUNT.fetch_add(1, Ordering::Relaxed) + 1;
            self.idle_since.store(count, Ordering::Relaxed);
        }
        self.publish(&state);
        is_last
    }

    fn idle_since(&self) -> Option<u64> {
        Some(self.idle_since.load(Ordering::Relaxed)).filter(|since| *since > 0)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        // SAFETY: leaked by `publish` or by `new`, and nothing refers to the entry any more.
        drop(unsafe { Box::from_raw(*self.published.get_mut()) });
    }
}

impl Process {
    pub(super) fn state(&self) -> MutexGuard<'_, ProcessState> {
        // The state is whole at every point where its lock is released, a panic included.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a change, at most so long.
    pub(super) fn wait<'a>(
        &'a self,
        state: MutexGuard<'a, ProcessState>,
        longest: Duration,
    ) -> MutexGuard<'a, ProcessState> {
        self.changed.wait(&self.state, state, longest)
    }
}

/// A link to a node; null at the end.
type Link = AtomicPtr<Node>;

struct Node {
    entry: Arc<Entry>,
    next: Link,
}

static TABLE: [Link; BUCKETS] = [const { Link::new(ptr::null_mut()) }; BUCKETS];

/// The table of this process. Each simulated one has its own.
fn table() -> &'static [Link; BUCKETS] {
    #[cfg(feature = "test-util")]
    if crate::simulation::world().is_some() {
        static SIMULATED: PerProcess<Box<[Link; BUCKETS]>> = PerProcess::new();
        return SIMULATED.get(|| Box::new([const { Link::new(ptr::null_mut()) }; BUCKETS]));
    }
    &TABLE
}

/// Held for each change and each search. No code of the program runs meanwhile.
static LOCK: PerProcess<Mutex<()>> = PerProcess::new();

/// Counts the times that an application became idle, so that the longest idle one is known.
static IDLE_COUNT: AtomicU64 = AtomicU64::new(0);

fn lock() -> MutexGuard<'static, ()> {
    LOCK.get(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// The entry of an application, for one more client.
pub(super) fn join(origin: &str, client_id: &str, store: &str) -> Result<Arc<Entry>> {
    let _lock = lock();
    let bucket = &table()[bucket_of(origin, client_id)];
    let known = nodes(bucket).find(|node| node.entry.is_of(origin, client_id));
    let entry = match known {
        Some(node) => Arc::clone(&node.entry),
        None => insert(bucket, Entry::new(origin, client_id)),
    };
    entry.add_client(store)?;
    Ok(entry)
}

/// One client less.
pub(super) fn leave(entry: &Entry) {
    let _lock = lock();
    if entry.remove_client() {
        evict(&table()[bucket_of(&entry.origin, &entry.client_id)]);
    }
}

fn bucket_of(origin: &str, client_id: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    (origin, client_id).hash(&mut hasher);
    usize::try_from(hasher.finish() % BUCKETS as u64).unwrap_or(0)
}

/// The nodes of a bucket. The caller holds the lock of the table.
fn nodes(bucket: &'static Link) -> impl Iterator<Item = &'static Node> {
    let mut link = bucket;
    std::iter::from_fn(move || {
        // SAFETY: a link leads to a complete node, which is freed only under the lock, after it was
        // unlinked. No caller keeps the reference for longer than it has the lock.
        let node = unsafe { link.load(Ordering::Acquire).as_ref() }?;
        link = &node.next;
        Some(node)
    })
}

fn insert(bucket: &Link, entry: Entry) -> Arc<Entry> {
    let entry = Arc::new(entry);
    let next = Link::new(bucket.load(Ordering::Acquire));
    let node = Box::new(Node { entry: Arc::clone(&entry), next });
    bucket.store(Box::into_raw(node), Ordering::Release);
    entry
}

/// Removes the idle entries that remember nothing, and of the others the longest idle one when
/// there are too many.
fn evict(bucket: &'static Link) {
    let idle = || nodes(bucket).filter_map(|node| node.entry.idle_since());
    let too_many = idle().count() > MOST_IDLE;
    let oldest = idle().min().filter(|_| too_many);
    remove(bucket, |entry| {
        let is_oldest = |since| Some(since) == oldest;
        entry.idle_since().is_some_and(|since| is_oldest(since) || entry.state().is_blank())
    });
}

fn remove(bucket: &'static Link, is_unwanted: impl Fn(&Entry) -> bool) {
    let mut link = bucket;
    loop {
        let at = link.load(Ordering::Acquire);
        // SAFETY: as in `nodes`.
        let Some(node) = (unsafe { at.as_ref() }) else { return };
        if !is_unwanted(&node.entry) {
            link = &node.next;
            continue;
        }
        link.store(node.next.load(Ordering::Acquire), Ordering::Release);
        // SAFETY: leaked by `insert`, and no link leads to it any more.
        drop(unsafe { Box::from_raw(at) });
    }
}

#[cfg(test)]
mod tests {
    use super::{BUCKETS, bucket_of};

    #[test]
    fn a_search_among_ten_thousand_applications_compares_few() {
        let mut counts = [0_u32; BUCKETS];
        for number in 0..10_000 {
            counts[bucket_of("https://api.vanta.com", &format!("vci_{number:032x}"))] += 1;
        }
        assert!(counts.iter().all(|count| *count <= 40), "{:?}", counts.iter().max());
    }
}
