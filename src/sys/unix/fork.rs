//! Notices a fork, and closes in the child what it must not share with its parent.
//!
//! A page that the kernel wipes in every child tells, at the price of one read of memory. A hook
//! that libc runs in the child, and only there, closes the descriptors that must not be shared; it
//! takes no lock, and it also wipes the page where the kernel does not, as on macOS.

use std::os::fd::{AsFd, AsRawFd};
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64, Ordering};

use super::memory;

/// Descriptors that are watched at one time; more stay open in a child, where nobody uses them.
const MOST_WATCHED: usize = 256;

/// The newest process of this line of forks.
static NEWEST: AtomicU64 = AtomicU64::new(1);

/// Holds this process's number, and 0 in a child that has not looked yet.
static PAGE: AtomicPtr<AtomicU64> = AtomicPtr::new(ptr::null_mut());

/// Takes the page's place where the kernel has no such pages.
static PLAIN: AtomicU64 = AtomicU64::new(1);

static WATCHED: [AtomicI32; MOST_WATCHED] = [const { AtomicI32::new(-1) }; MOST_WATCHED];

/// A number that differs between a parent and its child. One read of memory, but for the first.
pub(crate) fn epoch() -> u64 {
    let page = PAGE.load(Ordering::Acquire);
    let page = if page.is_null() { prepare() } else { page };
    // SAFETY: the page is whole before its address is stored, and it is never given back.
    let page = unsafe { &*page };
    match page.load(Ordering::Acquire) {
        0 => number(page),
        epoch => epoch,
    }
}

/// Gives a child its number; of several threads that look at once, one decides.
#[cold]
fn number(page: &AtomicU64) -> u64 {
    let next = NEWEST.fetch_add(1, Ordering::AcqRel) + 1;
    match page.compare_exchange(0, next, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => next,
        Err(other) => other,
    }
}

#[cold]
fn prepare() -> *mut AtomicU64 {
    let page = wiped_page().unwrap_or((&raw const PLAIN).cast_mut());
    match PAGE.compare_exchange(ptr::null_mut(), page, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => {
            // SAFETY: the hook only stores to atomics and closes descriptors.
            unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
            page
        }
        // Another thread was first, and its page counts. Ours is leaked: it is a single page.
        Err(first) => first,
    }
}

fn wiped_page() -> Option<*mut AtomicU64> {
    let page = memory::wiped_in_children()?.cast::<AtomicU64>();
    // SAFETY: a writable page that nobody else knows yet, and zeros are a valid number.
    unsafe { page.as_ref() }.store(NEWEST.load(Ordering::Acquire), Ordering::Release);
    Some(page.as_ptr())
}

/// Runs in a child before anything else does. Only atomics and `close`: both are safe there.
extern "C" fn in_child() {
    let page = PAGE.load(Ordering::Acquire);
    if !page.is_null() {
        // SAFETY: as in `epoch`.
        unsafe { &*page }.store(0, Ordering::Release);
    }
    for place in &WATCHED {
        let descriptor = place.swap(-1, Ordering::AcqRel);
        if descriptor >= 0 {
            // SAFETY: the parent held it at the moment of the fork, so it is a descriptor of ours.
            unsafe { libc::close(descriptor) };
        }
    }
}

/// A descriptor that every child closes: a connection, or a lock that must not outlive its holder.
#[derive(Debug)]
pub(crate) struct Watched(Option<usize>);

impl Watched {
    /// Drop it before the descriptor is closed: its number may soon be somebody else's.
    pub(crate) fn new(descriptor: &impl AsFd) -> Watched {
        epoch();
        let descriptor = descriptor.as_fd().as_raw_fd();
        let free = |place: &AtomicI32| {
            place.compare_exchange(-1, descriptor, Ordering::AcqRel, Ordering::Acquire).is_ok()
        };
        Watched(WATCHED.iter().position(free))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(place) = self.0 {
            WATCHED[place].store(-1, Ordering::Release);
        }
    }
}
