//! One connection as the HTTP crate sees it: buffers in, buffers out, and no secret in either.
//!
//! A request's head waits for the first bytes of its body, so that both are sent in one TLS record.
//! Only then the Authorization field is written, as the last of the head, and wiped once it is
//! sent: ureq never holds the access token.

use zeroize::{Zeroize, Zeroizing};

use super::call;
use super::seam::{Buffers, LazyBuffers, NextTimeout, Transport};
use super::stream::HttpStream;
use super::veil::Veil;
use crate::error::{ErrorKind, Step};

/// The end of a request's head.
const END: &[u8] = b"\r\n\r\n";

/// Ends the field before it, and begins its own.
const AUTHORIZATION: &[u8] = b"\r\nauthorization: Bearer ";

pub(super) const INPUT: usize = 16 << 10;
pub(super) const OUTPUT: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct Wire {
    stream: HttpStream,
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
    pub(super) fn new(stream: HttpStream) -> Wire {
        let buffers = LazyBuffers::new(INPUT, OUTPUT);
        Wire { stream, buffers, veil: Veil::default(), head: Head::default() }
    }

    /// Takes output that belongs to the head.
    fn hold(&mut self, amount: usize) {
        self.veil = Veil::default();
        let output = &mut self.buffers.output()[..amount];
        self.head.bytes.extend_from_slice(output);
        self.head.whole = self.head.bytes.ends_with(END);
    }

    /// Sends the head and the first `amount` bytes of output behind it.
    fn send_with_head(&mut self, amount: usize) -> Result<(), ureq::Error> {
        let mut bytes = with_authorization(&self.head.bytes, amount);
        bytes.extend_from_slice(&self.buffers.output()[..amount]);
        self.head.bytes.zeroize();
        self.stream.send(&bytes, amount)
    }
}

/// The request's head with the Authorization field as its last, and room for `more` bytes after it.
///
/// No more room than that: all of it is wiped. No less: a buffer that grows leaves a copy behind.
fn with_authorization(head: &[u8], more: usize) -> Zeroizing<Vec<u8>> {
    let bearer = call::bearer();
    let parts: [&[u8]; 4] = match (head.strip_suffix(END), &bearer) {
        (Some(fields), Some(token)) => [fields, AUTHORIZATION, token.expose().as_bytes(), END],
        _ => [head, b"", b"", b""],
    };
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut whole = Zeroizing::new(Vec::with_capacity(length + more));
    parts.into_iter().for_each(|part| whole.extend_from_slice(part));
    whole
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
            self.stream.send(&self.buffers.output()[..amount], amount)
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
        let amount = self.stream.receive(room)?;
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
        if call::has_answer() { !self.stream.is_write_closed() } else { self.stream.is_idle() }
    }

    fn is_tls(&self) -> bool {
        self.stream.is_tls()
    }
}
