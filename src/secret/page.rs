//! Memory of its own for one secret: core dumps leave it out, and it goes back to the system wiped.

use std::ptr::{self, NonNull};
use std::slice;

use zeroize::Zeroize;

use crate::sys::memory;

/// Whole pages, as the system gives them out.
pub(super) struct Page {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: nobody else knows the memory, and it is written before it is shared.
unsafe impl Send for Page {}
// SAFETY: as above.
unsafe impl Sync for Page {}

impl Page {
    /// A copy of `text`; `None` where the system has no memory to give.
    pub(super) fn holding(text: &str) -> Option<Page> {
        let start = memory::allocate(room(text.len()))?;
        // SAFETY: it is as long as the text, and nobody else's.
        unsafe { ptr::copy_nonoverlapping(text.as_ptr(), start.as_ptr(), text.len()) };
        Some(Page { start, length: text.len() })
    }

    pub(super) fn text(&self) -> &str {
        // SAFETY: `holding` put a text of this length there, and nobody changes it.
        unsafe {
            let bytes = slice::from_raw_parts(self.start.as_ptr(), self.length);
            std::str::from_utf8_unchecked(bytes)
        }
    }
}

/// No system gives out pages for nothing.
fn room(length: usize) -> usize {
    length.max(1)
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: the pages are ours, this long, and nobody has them after this.
        unsafe {
            slice::from_raw_parts_mut(self.start.as_ptr(), self.length).zeroize();
            memory::free(self.start, room(self.length));
        }
    }
}
