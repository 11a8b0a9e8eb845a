//! Counts the allocations of each thread, and of all threads together. On Windows it counts none:
//! there Rust 1.85 allocates the counters themselves, and counting would call itself.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};

struct Counting;

#[cfg_attr(unix, global_allocator)]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static TIMES: Cell<u64> = const { Cell::new(0) };
    /// Negative where a thread frees what another has allocated.
    static HELD: Cell<i64> = const { Cell::new(0) };
    static MOST: Cell<i64> = const { Cell::new(0) };
    /// Whether allocations of this thread are counted: those of the tests' own recording are not.
    static PAUSED: Cell<bool> = const { Cell::new(false) };
}

/// The bytes that all threads have allocated and not freed.
static IN_USE: AtomicI64 = AtomicI64::new(0);

/// A thread that ends may have no counters any more.
fn count(times: u64, bytes: i64) {
    IN_USE.fetch_add(bytes, Ordering::Relaxed);
    let _ = PAUSED.try_with(|paused| {
        if !paused.get() {
            let _ = TIMES.try_with(|count| count.set(count.get() + times));
            let _ = HELD.try_with(|held| {
                held.set(held.get() + bytes);
                let _ = MOST.try_with(|most| most.set(most.get().max(held.get())));
            });
        }
    });
}

// SAFETY: the system's allocator does the work, and counting touches no memory of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as i64);
        // SAFETY: the caller meets the requirements of the system's allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(0, -(layout.size() as i64));
        // SAFETY: the memory came from the system's allocator.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// Returns how many bytes this process has allocated and not freed.
pub fn in_use() -> i64 {
    IN_USE.load(Ordering::Relaxed)
}

/// Returns how often this thread has allocated.
pub fn allocations() -> u64 {
    TIMES.get()
}

/// Runs `f`, and returns the peak of bytes that this thread allocated meanwhile.
pub fn peak<T>(f: impl FnOnce() -> T) -> (T, u64) {
    let before = HELD.get();
    MOST.set(before);
    let result = f();
    (result, MOST.get().saturating_sub(before).unsigned_abs())
}

/// Runs `f` without counting its allocations.
pub fn uncounted<T>(f: impl FnOnce() -> T) -> T {
    let before = PAUSED.replace(true);
    let result = f();
    PAUSED.set(before);
    result
}

#[cfg(unix)]
#[test]
fn peak_memory_of_a_thread_is_counted() {
    let (kept, most) = peak(|| {
        drop(vec![0u8; 1 << 20]);
        uncounted(|| drop(vec![0u8; 1 << 22]));
        vec![0u8; 1000]
    });
    assert_eq!((kept.len(), most), (1000, 1 << 20));
}
