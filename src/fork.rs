//! Which process this is: a child of a fork uses neither its parent's locks nor its connections.
//!
//! A page that the kernel wipes in every child tells, at the price of one read of memory. A hook
//! that libc runs in the child, and only there, closes the descriptors that must not be shared; it
//! takes no lock, and it also wipes the page where the kernel does not.

use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64, Ordering};

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
    #[cfg(feature = "test-util")]
    if let Some(world) = crate::simulation::world() {
        return world.process();
    }
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

/// A page that every child finds full of zeros (Linux 4.14 and later).
#[cfg(target_os = "linux")]
fn wiped_page() -> Option<*mut AtomicU64> {
    const SIZE: usize = 4096;
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANON);
    // SAFETY: a new mapping of our own; nothing is replaced.
    let page = unsafe { libc::mmap(ptr::null_mut(), SIZE, access, kind, -1, 0) };
    if page == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: the mapping that was just made.
    let wiped = unsafe { libc::madvise(page, SIZE, libc::MADV_WIPEONFORK) } == 0;
    let page = page.cast::<AtomicU64>();
    // SAFETY: a writable page that nobody else knows yet, and zeros are a valid number.
    unsafe { &*page }.store(NEWEST.load(Ordering::Acquire), Ordering::Release);
    wiped.then_some(page)
}

#[cfg(not(target_os = "linux"))]
fn wiped_page() -> Option<*mut AtomicU64> {
    None
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
    pub(crate) fn new(descriptor: i32) -> Watched {
        epoch();
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

/// A value that each process has for itself. A child makes its own and forgets its parent's, whose
/// locks may be held by threads that the child does not have.
#[derive(Debug)]
pub(crate) struct PerProcess<T> {
    value: AtomicPtr<Owned<T>>,
    /// The process in which a thread is making the value, or has made it.
    maker: AtomicU64,
}

struct Owned<T> {
    epoch: u64,
    value: T,
    /// The value of another simulated process.
    #[cfg(feature = "test-util")]
    next: *mut Owned<T>,
}

impl<T: Send + Sync> PerProcess<T> {
    pub(crate) const fn new() -> PerProcess<T> {
        PerProcess { value: AtomicPtr::new(ptr::null_mut()), maker: AtomicU64::new(0) }
    }

    /// The value of this process; made, by one thread, when there is none yet.
    pub(crate) fn get(&self, make: impl FnOnce() -> T) -> &T {
        let epoch = epoch();
        match self.owned(epoch) {
            Some(value) => value,
            None => self.renew(epoch, make),
        }
    }

    fn owned(&self, epoch: u64) -> Option<&T> {
        // SAFETY: what is stored here was leaked, and only `drop` takes it back.
        let owned = unsafe { self.value.load(Ordering::Acquire).as_ref() }?;
        #[cfg(feature = "test-util")]
        let owned = owned.of_simulated(epoch)?;
        (owned.epoch == epoch).then_some(&owned.value)
    }

    #[cold]
    fn renew(&self, epoch: u64, make: impl FnOnce() -> T) -> &T {
        let maker = self.maker.load(Ordering::Acquire);
        let claim = |maker| {
            let (set, read) = (Ordering::AcqRel, Ordering::Acquire);
            maker != epoch && self.maker.compare_exchange(maker, epoch, set, read).is_ok()
        };
        if claim(maker) {
            // Should `make` panic, nobody waits for ever, and the next call tries again.
            let given_up = GivenUp(&self.maker);
            let value = make();
            std::mem::forget(given_up);
            let owned = Owned {
                epoch,
                value,
                #[cfg(feature = "test-util")]
                next: self.value.load(Ordering::Acquire),
            };
            self.value.store(Box::into_raw(Box::new(owned)), Ordering::Release);
        }
        loop {
            match self.owned(epoch) {
                Some(value) => return value,
                // Another thread is about to have made it.
                None => std::thread::yield_now(),
            }
            assert!(
                self.maker.load(Ordering::Acquire) == epoch,
                "the thread that made it panicked"
            );
        }
    }
}

#[cfg(feature = "test-util")]
impl<T> Owned<T> {
    /// The value of this process. A real one has no other value than the newest; each simulated one
    /// keeps its own.
    fn of_simulated(&self, epoch: u64) -> Option<&Owned<T>> {
        let mut owned = self;
        while owned.epoch != epoch && crate::simulation::world().is_some() {
            // SAFETY: as in `owned`: it was the newest once, and was not taken back.
            owned = unsafe { owned.next.as_ref() }?;
        }
        Some(owned)
    }
}

struct GivenUp<'a>(&'a AtomicU64);

impl Drop for GivenUp<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Release);
    }
}

impl<T> Drop for PerProcess<T> {
    fn drop(&mut self) {
        let found = *self.value.get_mut();
        // SAFETY: as in `owned`.
        let own = unsafe { found.as_ref() }.is_some_and(|owned| owned.epoch == epoch());
        if own {
            // SAFETY: leaked by `renew`, and nobody can borrow it any more.
            drop(unsafe { Box::from_raw(found) });
        }
    }
}
