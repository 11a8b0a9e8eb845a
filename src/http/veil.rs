//! Bodies of answers pass the HTTP crate covered: it frames them, but never sees what they say.
//!
//! The crate dumps what it reads to the program's logger at trace level, and an access token is in
//! what it reads. So the bytes of a body are kept aside and blanks take their place.

/// How many bytes of chunk size, trailer or head are looked at together.
const LINE_CAP: usize = 64 << 10;

/// Where in an answer the next byte stands.
#[derive(Debug, Default, PartialEq, Eq)]
enum Place {
    /// In the status line or the headers.
    #[default]
    Head,
    /// In a body that ends by its length or with the connection.
    Plain,
    /// In the line that gives the size of a chunk.
    Size,
    /// In a chunk, with so many bytes to come.
    Chunk(u64),
    /// In the line end behind a chunk.
    ChunkEnd,
    /// Behind the last chunk.
    Trailer,
}

/// Follows the framing of one answer.
#[derive(Debug, Default)]
pub(super) struct Veil {
    place: Place,
    line: Vec<u8>,
}

impl Veil {
    /// Covers the body bytes among `bytes`, and gives each run of them to `keep` first.
    pub(super) fn cover(&mut self, bytes: &mut [u8], mut keep: impl FnMut(&[u8])) {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &mut bytes[at..];
            let body = match self.place {
                Place::Plain => rest.len(),
                Place::Chunk(left) => usize::try_from(left).unwrap_or(usize::MAX).min(rest.len()),
                _ => 0,
            };
            if body == 0 {
                at += self.frame(rest);
            } else {
                keep(&rest[..body]);
                rest[..body].fill(b' ');
                self.passed(body as u64);
                at += body;
            }
        }
    }

    fn passed(&mut self, body: u64) {
        if let Place::Chunk(left) = &mut self.place {
            *left -= body;
            if *left == 0 {
                self.place = Place::ChunkEnd;
            }
        }
    }

    /// Takes bytes that belong to the framing, up to the end of a line, and tells how many.
    fn frame(&mut self, bytes: &[u8]) -> usize {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(bytes.len(), |end| end + 1);
        let room = LINE_CAP - self.line.len();
        self.line.extend_from_slice(&bytes[..taken.min(room)]);
        let whole = match self.place {
            Place::Head => self.line.ends_with(b"\r\n\r\n") || self.line.ends_with(b"\n\n"),
            _ => end.is_some(),
        };
        if whole {
            let line = std::mem::take(&mut self.line);
            self.place = self.after(&line);
        }
        taken
    }

    fn after(&self, line: &[u8]) -> Place {
        match self.place {
            Place::Head => after_head(&String::from_utf8_lossy(line).to_ascii_lowercase()),
            Place::Size => match chunk_size(line) {
                Some(0) | None => Place::Trailer,
                Some(size) => Place::Chunk(size),
            },
            Place::ChunkEnd => Place::Size,
            _ => Place::Trailer,
        }
    }
}

fn after_head(head: &str) -> Place {
    let status = head.split_ascii_whitespace().nth(1).unwrap_or_default();
    // 100 Continue and its like come before the answer.
    if status.starts_with('1') {
        return Place::Head;
    }
    let chunked = head.lines().any(|line| {
        line.strip_prefix("transfer-encoding:").is_some_and(|value| value.contains("chunked"))
    });
    // HTTP/1.0 knows no chunks, and the HTTP crate does not look for any there.
    if chunked && !head.starts_with("http/1.0") { Place::Size } else { Place::Plain }
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?;
    let digits = text.split(';').next().unwrap_or_default().trim();
    u64::from_str_radix(digits, 16).ok()
}
