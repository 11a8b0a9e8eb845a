//! The applications that this process knows, in a hash table that a child of a fork can use.
//!
//! A fork may happen while another thread changes the table, and the child gets the memory as it is
//! at that moment. So each change is one store of one pointer: a node is complete before a link
//! leads to it, and it is freed after no link does. The child finds a complete table, whatever its
//! parent was doing, and takes a lock of its own to change it; its parent's may never be released.
//!
//! An application whose last client is dropped stays, if anything is known of its token requests:
//! a program that makes a client for each push has made four requests all the same. Each bucket
//! keeps a few of those, which bounds what they take together.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::slot::Slot;
use crate::error::Result;
use crate::fork::PerProcess;

/// The length of a search stays short for as many applications as a process may serve.
const BUCKETS: usize = 1024;

/// Applications without clients that a bucket keeps.
const MOST_IDLE: usize = 4;

/// A link to a node; null at the end.
type Link = AtomicPtr<Node>;

struct Node {
    slot: Arc<Slot>,
    next: Link,
}

static TABLE: [Link; BUCKETS] = [const { Link::new(ptr::null_mut()) }; BUCKETS];

/// Held for each change and each search. Nothing of the program's runs meanwhile.
static LOCK: PerProcess<Mutex<()>> = PerProcess::new();

/// Counts the times that an application became idle, so that the longest idle one is known.
static IDLE: AtomicU64 = AtomicU64::new(0);

fn lock() -> MutexGuard<'static, ()> {
    LOCK.get(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// The slot of an application, for one more client.
pub(super) fn enter(origin: &str, client_id: &str, store: &str) -> Result<Arc<Slot>> {
    let _lock = lock();
    let bucket = &TABLE[bucket_of(origin, client_id)];
    let known = nodes(bucket).find(|node| node.slot.is_of(origin, client_id));
    let slot = match known {
        Some(node) => Arc::clone(&node.slot),
        None => insert(bucket, Slot::new(origin, client_id)),
    };
    slot.enter(store)?;
    Ok(slot)
}

/// One client less.
pub(super) fn leave(slot: &Slot) {
    let _lock = lock();
    if slot.leave(|| IDLE.fetch_add(1, Ordering::Relaxed) + 1) {
        evict(&TABLE[bucket_of(&slot.origin, &slot.client_id)]);
    }
}

fn bucket_of(origin: &str, client_id: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    (origin, client_id).hash(&mut hasher);
    usize::try_from(hasher.finish() % BUCKETS as u64).unwrap_or(0)
}

/// The nodes of a bucket. Called with the lock in hand.
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

fn insert(bucket: &Link, slot: Slot) -> Arc<Slot> {
    let slot = Arc::new(slot);
    let next = Link::new(bucket.load(Ordering::Acquire));
    let node = Box::new(Node { slot: Arc::clone(&slot), next });
    bucket.store(Box::into_raw(node), Ordering::Release);
    slot
}

/// Removes the idle slots that remember nothing, and of the others the longest idle one when there
/// are too many.
fn evict(bucket: &'static Link) {
    let idle = || nodes(bucket).filter_map(|node| node.slot.idle_since());
    let too_many = idle().count() > MOST_IDLE;
    let oldest = idle().min().filter(|_| too_many);
    remove(bucket, |slot| {
        slot.idle_since().is_some_and(|since| Some(since) == oldest || slot.is_blank())
    });
}

fn remove(bucket: &'static Link, unwanted: impl Fn(&Slot) -> bool) {
    let mut link = bucket;
    loop {
        let at = link.load(Ordering::Acquire);
        // SAFETY: as in `nodes`.
        let Some(node) = (unsafe { at.as_ref() }) else { return };
        if !unwanted(&node.slot) {
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
