//! Ends a long computation when its call is cancelled or its deadline passes.

use std::cell::Cell;

use crate::clock::{Deadline, WaitError};

/// How many bytes are worked on between two checks: well below a millisecond.
const STRIDE: usize = 64 << 10;

pub(super) struct Checkpoints<'d> {
    deadline: &'d Deadline,
    /// Bytes until the next check.
    left: Cell<usize>,
}

impl<'d> Checkpoints<'d> {
    pub(super) fn new(deadline: &'d Deadline) -> Checkpoints<'d> {
        Checkpoints { deadline, left: Cell::new(STRIDE) }
    }

    /// Counts bytes that were worked on. Fails where the computation is to end.
    pub(super) fn pass(&self, bytes: usize) -> Result<(), WaitError> {
        match self.left.get().checked_sub(bytes) {
            Some(left) => self.left.set(left),
            None => {
                self.left.set(STRIDE);
                self.deadline.left()?;
            }
        }
        Ok(())
    }
}
