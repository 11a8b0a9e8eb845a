//! The content of a response, as it is received. It may hold a token, so all of it is wiped.

use std::collections::TryReserveError;

use zeroize::Zeroizing;

/// As much room is made because the response states its length, before any of it has come.
const MOST_EXPECTED: usize = 2 << 20;

/// Later the room is at most so many times what has come.
const MOST_TIMES: usize = 32;

#[derive(Default)]
pub(super) struct ResponseContent {
    bytes: Zeroizing<Vec<u8>>,
    /// The length that the response states.
    expected: usize,
}

impl ResponseContent {
    /// Makes room for the length that the response states.
    pub(super) fn expect(&mut self, length: u64) {
        self.expected = usize::try_from(length).unwrap_or_default();
        let more = self.expected.min(MOST_EXPECTED).saturating_sub(self.bytes.len());
        // Where there is too little memory, `append` asks for it again.
        let _ = self.make_room(more, more);
    }

    pub(super) fn append(&mut self, bytes: &[u8]) {
        let length = self.bytes.len();
        let double = length.max(bytes.len());
        let rest = self.expected.saturating_sub(length).min(length.saturating_mul(MOST_TIMES));
        // Where there is too little memory, the last line asks for it, and fails as a vector does.
        let _ = self
            .make_room(bytes.len(), rest.max(double))
            .or_else(|_| self.make_room(bytes.len(), double));
        self.bytes.extend_from_slice(bytes);
    }

    /// Makes room for `more` bytes where there is none for `least`. A buffer that grew by itself
    /// would leave a copy behind.
    fn make_room(&mut self, least: usize, more: usize) -> Result<(), TryReserveError> {
        if self.bytes.capacity() - self.bytes.len() < least {
            let mut larger = Zeroizing::new(Vec::new());
            larger.try_reserve_exact(self.bytes.len() + more)?;
            larger.extend_from_slice(&self.bytes);
            self.bytes = larger;
        }
        Ok(())
    }

    /// The first `length` bytes, and `None` where there are fewer. Some may have come behind the
    /// end of the response.
    pub(super) fn into_bytes(mut self, length: u64) -> Option<Zeroizing<Vec<u8>>> {
        let length = usize::try_from(length).ok().filter(|length| *length <= self.bytes.len())?;
        self.bytes.truncate(length);
        Some(self.bytes)
    }
}
