//! Memory of its own for one secret: core dumps leave it out, and it goes back to the system wiped.

use std::ptr::{self, NonNull};
use std::slice;

use zeroize::Zeroize;

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
        // A mapping of nothing is an error.
        let length = text.len().max(1);
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new mapping, wherever the system likes.
        let memory = unsafe { libc::mmap(ptr::null_mut(), length, access, kind, -1, 0) };
        if memory == libc::MAP_FAILED {
            return None;
        }
        // SAFETY: the mapping is ours. A kernel that cannot do it leaves a page like any other.
        unsafe { libc::madvise(memory, length, libc::MADV_DONTDUMP) };
        let start = NonNull::new(memory.cast::<u8>())?;
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

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, this long, and nobody has it after this.
        unsafe {
            slice::from_raw_parts_mut(self.start.as_ptr(), self.length).zeroize();
            libc::munmap(self.start.as_ptr().cast(), self.length.max(1));
        }
    }
}
