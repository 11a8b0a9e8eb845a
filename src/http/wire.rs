//! One connection as the HTTP crate sees it: buffers in, buffers out, and no secret in either.
//!
//! A request's head waits for the first bytes of its body, so that both leave in one TLS record;
//! the bearer token is put into the head only then, and wiped when it has left.

use zeroize::{Zeroize, Zeroizing};

use super::call;
use super::line::Line;
use super::seam::{Buffers, LazyBuffers, NextTimeout, Transport};
use super::veil::Veil;
use crate::error::{ErrorKind, Step};

/// Stands in the `Authorization` header until the head leaves.
pub(super) const PLACEHOLDER: &str = "Bearer libvanta-puts-the-token-here";

pub(super) const INPUT: usize = 16 << 10;
pub(super) const OUTPUT: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct Wire {
    line: Line,
    buffers: LazyBuffers,
    veil: Veil,
    /// The request's head, until there is something to send with it.
    head: Head,
}

#[derive(Debug, Default)]
struct Head {
    bytes: Zeroizing<Vec<u8>>,
    whole: bool,
}

impl Wire {
    pub(super) fn new(line: Line) -> Wire {
        let buffers = LazyBuffers::new(INPUT, OUTPUT);
        Wire { line, buffers, veil: Veil::default(), head: Head::default() }
    }

    /// Takes output that belongs to the head.
    fn hold(&mut self, amount: usize) {
        self.veil = Veil::default();
        let output = &mut self.buffers.output()[..amount];
        self.head.bytes.extend_from_slice(output);
        self.head.whole = self.head.bytes.ends_with(b"\r\n\r\n");
    }

    /// Sends the head and the first `amount` bytes of output behind it.
    fn send_with_head(&mut self, amount: usize) -> Result<(), ureq::Error> {
        let mut bytes = with_token(&self.head.bytes, amount);
        bytes.extend_from_slice(&self.buffers.output()[..amount]);
        self.head.bytes.zeroize();
        self.line.send(&bytes, amount)
    }
}

/// The head with the token in the place that was kept for it, and room for `more` bytes behind it.
///
/// No more room than that: all of it is wiped. No less: what outgrew it would be moved, and leave a
/// copy behind.
fn with_token(head: &[u8], more: usize) -> Zeroizing<Vec<u8>> {
    let held = place_of(PLACEHOLDER.as_bytes(), head);
    let (before, token, behind) = match (held, call::bearer()) {
        (Some(at), Some(token)) => (&head[..at], Some(token), &head[at + PLACEHOLDER.len()..]),
        _ => (head, None, &[][..]),
    };
    let bearer: [&[u8]; 2] = match &token {
        Some(token) => [b"Bearer ", token.expose().as_bytes()],
        None => [b"", b""],
    };
    let parts = [before, bearer[0], bearer[1], behind];
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut whole = Zeroizing::new(Vec::with_capacity(length + more));
    parts.into_iter().for_each(|part| whole.extend_from_slice(part));
    whole
}

/// Where `needle` begins. Its first letter is rare in a head: few places are looked at twice.
fn place_of(needle: &[u8], head: &[u8]) -> Option<usize> {
    let begins = |at: &usize| head[*at] == needle[0] && head[*at..].starts_with(needle);
    (0..head.len()).find(begins)
}

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        call::step(Step::Send);
        if !self.head.whole {
            self.hold(amount);
            return Ok(());
        }
        let sent = if self.head.bytes.is_empty() {
            self.line.send(&self.buffers.output()[..amount], amount)
        } else {
            self.send_with_head(amount)
        };
        // A token request carries the client secret here.
        self.buffers.output()[..amount].zeroize();
        sent
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        if !self.head.bytes.is_empty() {
            self.send_with_head(0)?;
        }
        self.head.whole = false;
        let room = self.buffers.input_append_buf();
        if room.is_empty() {
            // Without room nothing can come, which would pass for a peer that hung up.
            let words = format!("a head, or a line in a body, of more than {INPUT} bytes");
            return Err(call::fail_with(ErrorKind::AnswerTooLarge, Step::Read, words));
        }
        let amount = self.line.receive(room)?;
        self.veil.cover(&mut room[..amount], call::keep);
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        // A token request that died with a connection from the pool would be a lost answer.
        if call::wants_fresh_line() {
            return false;
        }
        // Asked when the answer has come, and again before the next request: then is time to look.
        if call::has_answer() { !self.line.is_deaf() } else { self.line.is_idle() }
    }

    fn is_tls(&self) -> bool {
        self.line.is_tls()
    }
}
