//! Hides the content of responses from ureq, which frames it, but never sees it.
//!
//! At trace level ureq logs what it reads to the program's logger, and an access token is in what
//! it reads. So the transport takes the content out of the bytes that it hands to ureq, and puts
//! blanks in its place. To find the content, this file follows the framing (RFC 9112 sections 6 and
//! 7.1); whether a response is valid is for ureq to say.

/// How many bytes of a head, chunk size or trailer are looked at together.
const LONGEST_LINE: usize = 64 << 10;

/// The part of a response to which the next byte belongs.
#[derive(Debug, Default, PartialEq, Eq)]
enum Part {
    /// The status line and the header fields.
    #[default]
    Head,
    /// Content that ends by its length or with the connection.
    Content,
    /// The line that gives the size of a chunk.
    ChunkSize,
    /// A chunk, with so many bytes to come.
    Chunk(u64),
    /// The line end behind a chunk.
    ChunkEnd,
    /// What follows the last chunk.
    Trailer,
}

/// Follows the framing of one response.
#[derive(Debug, Default)]
pub(super) struct ContentRedactor {
    part: Part,
    /// The head, or the line, as far as it has come.
    line: Vec<u8>,
}

impl ContentRedactor {
    /// Gives each run of content among `bytes` to `keep`, and overwrites it with blanks.
    pub(super) fn take_content(&mut self, bytes: &mut [u8], mut keep: impl FnMut(&[u8])) {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &mut bytes[at..];
            let content = match self.part {
                Part::Content => rest.len(),
                Part::Chunk(left) => usize::try_from(left).unwrap_or(usize::MAX).min(rest.len()),
                _ => 0,
            };
            if content == 0 {
                at += self.frame(rest);
            } else {
                keep(&rest[..content]);
                rest[..content].fill(b' ');
                self.passed(content as u64);
                at += content;
            }
        }
    }

    fn passed(&mut self, content: u64) {
        if let Part::Chunk(left) = &mut self.part {
            *left -= content;
            if *left == 0 {
                self.part = Part::ChunkEnd;
            }
        }
    }

    /// Takes bytes of the framing, up to the end of a line, and returns how many.
    fn frame(&mut self, bytes: &[u8]) -> usize {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(bytes.len(), |end| end + 1);
        let room = LONGEST_LINE - self.line.len();
        self.line.extend_from_slice(&bytes[..taken.min(room)]);
        let is_complete = match self.part {
            Part::Head => self.line.ends_with(b"\r\n\r\n") || self.line.ends_with(b"\n\n"),
            _ => end.is_some(),
        };
        if is_complete {
            let line = std::mem::take(&mut self.line);
            self.part = self.next(&line);
        }
        taken
    }

    /// The part that follows this line, or this head.
    fn next(&self, line: &[u8]) -> Part {
        match self.part {
            Part::Head => after_head(&String::from_utf8_lossy(line).to_ascii_lowercase()),
            Part::ChunkSize => match chunk_size(line) {
                Some(0) | None => Part::Trailer,
                Some(size) => Part::Chunk(size),
            },
            Part::ChunkEnd => Part::ChunkSize,
            _ => Part::Trailer,
        }
    }
}

fn after_head(head: &str) -> Part {
    let status = head.split_ascii_whitespace().nth(1).unwrap_or_default();
    // 100 Continue and its like come before the response.
    if status.starts_with('1') {
        return Part::Head;
    }
    let chunked = head.lines().any(|line| {
        line.strip_prefix("transfer-encoding:").is_some_and(|value| value.contains("chunked"))
    });
    // HTTP/1.0 has no chunks, and ureq does not look for any there.
    if chunked && !head.starts_with("http/1.0") { Part::ChunkSize } else { Part::Content }
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?;
    let digits = text.split(';').next().unwrap_or_default().trim();
    u64::from_str_radix(digits, 16).ok()
}
