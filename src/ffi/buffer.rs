//! A buffer of the caller's, for text that is copied out.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use super::arguments::null;
use crate::error::{Error, ErrorKind, Result};

/// The caller's buffer for text and a NUL, and where the size that it takes is told.
pub(super) struct Buffer<'a> {
    start: *mut c_char,
    size: usize,
    needed: Option<&'a mut MaybeUninit<usize>>,
}

impl<'a> Buffer<'a> {
    /// Leaves "" in it, and 0 as the size, for the case that nothing better comes.
    pub(super) fn new(
        start: *mut c_char,
        size: usize,
        needed: Option<&'a mut MaybeUninit<usize>>,
    ) -> Buffer<'a> {
        let mut buffer = Buffer { start, size, needed };
        buffer.tell(0);
        if !start.is_null() && size > 0 {
            // SAFETY: the header asks for `size` writable bytes, and there is at least one.
            unsafe { start.write(0) };
        }
        buffer
    }

    fn tell(&mut self, size: usize) {
        if let Some(needed) = &mut self.needed {
            needed.write(size);
        }
    }

    /// NULL is a question for the size alone, and then its own size must be 0.
    pub(super) fn check(&self) -> Result<()> {
        if self.start.is_null() && self.size > 0 { Err(null("buffer")) } else { Ok(()) }
    }

    pub(super) fn fill(&mut self, text: &str) -> Result<()> {
        let takes = text.len() + 1;
        self.tell(takes);
        if self.start.is_null() {
            return Ok(());
        }
        if self.size < takes {
            let message = format!("it has {} bytes, and {takes} are needed", self.size);
            return Err(Error::new(ErrorKind::BufferTooSmall, message));
        }
        // SAFETY: the header asks for `size` writable bytes, and `takes` are no more than that.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr().cast(), self.start, text.len());
            self.start.add(text.len()).write(0);
        }
        Ok(())
    }
}
