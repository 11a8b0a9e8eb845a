//! Memory that is given back is wiped: what passed through the HTTP and TLS crates was in it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::{null_mut, write_volatile};

/// No secret is in a larger block: the largest token answer that is read has this size, TLS moves
/// 64 KiB at a time, and records and lists are no secrets.
const LARGEST: usize = 1 << 20;

/// The system's allocator, and what it takes back is wiped.
pub(crate) struct Wiping;

// SAFETY: the system's allocator does the work; what is written is a block that it gave out, before
// it is given back.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if layout.size() <= LARGEST {
            // SAFETY: the block is this long, and the caller's for the last time.
            unsafe { wipe(memory, layout.size()) };
        }
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }

    /// The system would leave what a block held behind when it moves it.
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.size() > LARGEST {
            // SAFETY: as above.
            return unsafe { System.realloc(memory, layout, size) };
        }
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else { return null_mut() };
        // SAFETY: the blocks are as long as is said, and two.
        unsafe {
            let moved = System.alloc(wanted);
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(memory, layout.size().min(size));
                self.dealloc(memory, layout);
            }
            moved
        }
    }
}

/// Volatile, so that no compiler leaves it out because nobody reads it again; by words, for speed.
///
/// # Safety
///
/// `size` bytes from `memory` on are the caller's.
unsafe fn wipe(memory: *mut u8, size: usize) {
    const WORD: usize = size_of::<u64>();
    let aligned = memory.addr() % WORD == 0;
    let words = if aligned { size / WORD } else { 0 };
    // SAFETY: all within the block.
    unsafe {
        for word in 0..words {
            write_volatile(memory.cast::<u64>().add(word), 0);
        }
        for byte in words * WORD..size {
            write_volatile(memory.add(byte), 0);
        }
    }
}
