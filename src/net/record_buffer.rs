//! What was received of a TLS connection, as records: those that rustls has, and what came after.
//!
//! ```text
//!  0        start                 seen                   end        length
//!  | used up  | rustls needs it     | not yet shown        | room     |
//! ```
//!
//! Records are shown to rustls one by one. So it is known where each of them lies, and with it the
//! content that was decrypted in its place.

use std::io::{Error, ErrorKind, Result};
use std::ops::Range;

use rustls::SupportedCipherSuite;
use zeroize::{Zeroize, Zeroizing};

/// Type, version and length.
const HEADER: usize = 5;

/// What each cipher of ring adds to authenticate a record.
const TAG: usize = 16;

/// The types of records: change_cipher_spec, alert, handshake, application_data.
const TYPES: std::ops::RangeInclusive<u8> = 20..=23;

/// Enough for the handshakes of most servers, and for small responses.
const FIRST: usize = 4 << 10;

/// As much is read at a time where a server sends much.
const MUCH: usize = 64 << 10;

/// A handshake message can have 64 KiB, in many records.
const MOST: usize = 128 << 10;

/// No record is longer (RFC 5246 section 6.2.3).
const LONGEST_RECORD: usize = (16 << 10) + 2048;

#[derive(Default)]
pub(super) struct RecordBuffer {
    bytes: Zeroizing<Vec<u8>>,
    start: usize,
    seen: usize,
    end: usize,
    /// Where the last record begins that rustls has.
    record: usize,
    /// Content that was decrypted, and is not read yet.
    content: Range<usize>,
}

impl RecordBuffer {
    /// Where to receive more. Call it only when all content was read.
    pub(super) fn room(&mut self) -> Result<&mut [u8]> {
        let (length, was_full) = (self.bytes.len(), self.end == self.bytes.len());
        self.move_to_front();
        if was_full && (length < MUCH || self.end == length) {
            if length >= MOST {
                return Err(Error::new(ErrorKind::InvalidData, "message buffer full"));
            }
            self.bytes.resize((2 * length).max(FIRST), 0);
        }
        Ok(&mut self.bytes[self.end..])
    }

    fn move_to_front(&mut self) {
        self.bytes.copy_within(self.start..self.end, 0);
        self.seen -= self.start;
        self.end -= self.start;
        self.start = 0;
    }

    /// So many bytes were received.
    pub(super) fn received(&mut self, amount: usize) {
        self.end += amount;
    }

    /// Shows the next record to rustls. Returns whether there is one that is complete.
    pub(super) fn show_next(&mut self) -> bool {
        let length = self.header().map(|header| HEADER + length(header));
        match length.filter(|length| *length <= self.end - self.seen) {
            Some(length) => {
                self.record = self.seen;
                self.seen += length;
                true
            }
            None => false,
        }
    }

    fn header(&self) -> Option<&[u8; HEADER]> {
        self.bytes[self.seen..self.end].first_chunk()
    }

    /// What rustls has been shown and still needs.
    pub(super) fn shown(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..self.seen]
    }

    /// The same with what follows, where that begins as no record does: rustls says what is wrong.
    pub(super) fn no_record(&mut self) -> Option<&mut [u8]> {
        let header = self.header()?;
        let is_record =
            TYPES.contains(&header[0]) && header[1] == 3 && length(header) <= LONGEST_RECORD;
        if is_record { None } else { Some(&mut self.bytes[self.start..self.end]) }
    }

    /// rustls needs so many bytes no longer.
    pub(super) fn discard(&mut self, amount: usize) {
        self.start += amount;
    }

    /// The last record was decrypted, and holds content.
    pub(super) fn decrypted(&mut self, suite: Option<SupportedCipherSuite>) {
        let begin = self.record + HEADER;
        let payload = self.bytes.get(begin..self.seen).unwrap_or_default();
        self.content = begin..begin + content_length(payload, suite);
    }

    pub(super) fn has_content(&self) -> bool {
        !self.content.is_empty()
    }

    /// Takes some of the content. A record of which all is taken is wiped.
    pub(super) fn take_content(&mut self, room: &mut [u8]) -> usize {
        if self.content.is_empty() {
            return 0;
        }
        let amount = self.content.len().min(room.len());
        let from = self.content.start;
        room[..amount].copy_from_slice(&self.bytes[from..from + amount]);
        self.content.start += amount;
        if self.content.is_empty() {
            self.bytes[self.record..self.seen].zeroize();
        }
        amount
    }
}

fn length(header: &[u8; HEADER]) -> usize {
    usize::from(u16::from_be_bytes([header[3], header[4]]))
}

/// How much of a record's payload is content, once it was decrypted in its place.
///
/// In TLS 1.3 the content's type and padding of zeros follow it (RFC 8446 section 5.2). In TLS 1.2
/// the payload was longer by the nonce that it began with.
fn content_length(payload: &[u8], suite: Option<SupportedCipherSuite>) -> usize {
    let length = payload.len().saturating_sub(TAG);
    match suite {
        Some(SupportedCipherSuite::Tls12(suite)) => {
            length.saturating_sub(suite.aead_alg.key_block_shape().explicit_nonce_len)
        }
        _ => payload[..length].iter().rposition(|byte| *byte != 0).unwrap_or_default(),
    }
}
