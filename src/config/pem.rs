//! Reads the certificates of a PEM file, and says in which line one cannot be read.
//!
//! A certificate that vanished here would end as an unknown issuer, far from its cause. So each
//! line that begins something is accounted for: it gives a certificate or a problem.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::error::shorten;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Pem {
    pub(super) certificates: Vec<Certificate>,
    pub(super) problems: Vec<Problem>,
}

#[derive(Debug)]
pub(super) struct Certificate {
    /// The line that it begins in.
    pub(super) line: usize,
    pub(super) der: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct Problem {
    pub(super) line: usize,
    /// Whether no certificate is lost by it: it is about a key, a request or a revocation list.
    pub(super) is_foreign: bool,
    pub(super) words: String,
}

/// A block whose end was not read yet.
struct Block {
    line: usize,
    label: String,
    base64: String,
}

impl Block {
    fn is_certificate(&self) -> bool {
        matches!(self.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE")
    }

    /// In a form that is not read here.
    fn holds_certificates(&self) -> bool {
        matches!(self.label.as_str(), "TRUSTED CERTIFICATE" | "PKCS7" | "CMS")
    }
}

impl Pem {
    /// A byte order mark is passed over. Line ends may be those of any system.
    pub(super) fn read(bytes: &[u8]) -> Pem {
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\r') => Pem::of_lines(text),
            _ => Pem::of_lines(&with_line_feeds(&String::from_utf8_lossy(bytes))),
        }
    }

    fn of_lines(text: &str) -> Pem {
        let text = text.trim_start_matches('\u{feff}');
        let (mut pem, mut block) = (Pem::default(), None);
        for (line, text) in text.split('\n').enumerate().map(|(i, text)| (i + 1, text.trim_end())) {
            block = pem.line(line, text, block);
        }
        if let Some(block) = block {
            pem.problem(block.line, format!("the {} that begins here has no end", block.label));
        }
        pem
    }

    fn problem(&mut self, line: usize, words: impl Into<String>) {
        self.problems.push(Problem { line, is_foreign: false, words: words.into() });
    }

    /// Reads a line, inside of `block` or outside of all. Returns the block that the next line is
    /// in.
    fn line(&mut self, line: usize, text: &str, mut block: Option<Block>) -> Option<Block> {
        // Most lines of a bundle. What the rest looks for has blanks or dashes.
        if let Some(block) = block.as_mut().filter(|one| one.is_certificate() && is_one_word(text))
        {
            block.base64.push_str(text);
        } else {
            block = self.other_line(line, text, block);
        }
        block
    }

    fn other_line(&mut self, line: usize, text: &str, block: Option<Block>) -> Option<Block> {
        if let Some(label) = marker(text, BEGIN) {
            if let Some(block) = block {
                let words = format!("the {} that begins here has no end", block.label);
                self.problem(block.line, words);
            }
            return Some(Block { line, label: label.to_owned(), base64: String::new() });
        }
        if text.contains(BEGIN) || text.contains("BEGIN CERTIFICATE") {
            self.problem(line, crowded(text));
        }
        let Some(mut block) = block else {
            if marker(text, END).is_some() {
                let words = "what ends here has no BEGIN line; put it back, or remove the rest";
                self.problem(line, words);
            }
            return None;
        };
        if text.contains(END) {
            self.end(line, text, &block);
            return None;
        }
        if block.is_certificate() {
            block.base64.extend(text.chars().filter(|c| !c.is_whitespace()));
        }
        Some(block)
    }

    fn end(&mut self, line: usize, text: &str, block: &Block) {
        // What begins in the line of an end was told of already.
        let ends = marker(text, END).is_some_and(|label| label == block.label);
        match STANDARD.decode(&block.base64) {
            _ if !block.is_certificate() => self.problems.push(Problem {
                line: block.line,
                is_foreign: !block.holds_certificates(),
                words: foreign(&block.label),
            }),
            _ if !ends && !text.contains(BEGIN) => {
                let words =
                    format!("{END}{}{DASHES} is expected here, alone in its line", block.label);
                self.problem(line, words);
            }
            Ok(der) => self.certificates.push(Certificate { line: block.line, der }),
            Err(_) => {
                self.problem(block.line, "the certificate that begins here is damaged (base64)");
            }
        }
    }
}

/// The text with the line ends of Unix. It is wiped: a private key may be in it by mistake.
fn with_line_feeds(text: &str) -> Zeroizing<String> {
    // A line end takes no more room than before, so nothing is copied a second time.
    let mut lines = Zeroizing::new(String::with_capacity(text.len()));
    for (index, part) in text.split('\r').enumerate() {
        lines.push_str(if index > 0 && !part.starts_with('\n') { "\n" } else { "" });
        lines.push_str(part);
    }
    lines
}

/// Whether it has neither a blank nor a dash. Each byte is looked at, which takes less time than to
/// stop early: a processor looks at 16 of them at once.
fn is_one_word(text: &str) -> bool {
    text.bytes().fold(true, |is_word, byte| is_word & matches!(byte, b'!'..=b'~') & (byte != b'-'))
}

/// The label of a line that is a marker and nothing else.
fn marker<'a>(text: &'a str, begin: &str) -> Option<&'a str> {
    let label = text.strip_prefix(begin)?.strip_suffix(DASHES)?;
    Some(label).filter(|label| !label.contains(DASHES))
}

/// Why a line that begins something does not count.
fn crowded(text: &str) -> &'static str {
    let place = |what: &str| text.find(what);
    if place(END).is_some_and(|end| place(BEGIN).is_some_and(|begin| end < begin)) {
        "an END and a BEGIN are in one line; put a line break between them (one file was appended \
         to another that has no line break at its end)"
    } else if marker(text.trim_start(), BEGIN).is_some() {
        "the line is indented; remove the blanks at its begin"
    } else {
        "-----BEGIN CERTIFICATE----- is expected alone in its line"
    }
}

/// What to do about a block that is no certificate. Its content is not quoted.
fn foreign(label: &str) -> String {
    let what = shorten(label);
    match label {
        "TRUSTED CERTIFICATE" => {
            "a TRUSTED CERTIFICATE, which only OpenSSL reads, begins here; convert it with \
             `openssl x509 -in OLD -out NEW`"
                .to_owned()
        }
        "PKCS7" | "CMS" => format!(
            "{what} begins here; take its certificates out with `openssl pkcs7 -print_certs -in \
             OLD -out NEW`"
        ),
        _ if label.ends_with("PRIVATE KEY") => {
            "a private key begins here; a CA file is for certificates, so keep the key elsewhere"
                .to_owned()
        }
        _ => format!("{what} begins here, which is no certificate; remove it"),
    }
}

/// A byte order mark of UTF-16, in either order.
pub(super) fn is_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
}

/// Why a file holds no PEM at all, and what to do.
pub(super) fn why_none(bytes: &[u8], is_certificate: bool) -> &'static str {
    match bytes {
        [] => "is empty",
        _ if is_utf16(bytes) => {
            "holds no PEM certificate that can be read, as it is UTF-16; save it as UTF-8"
        }
        _ if is_certificate => {
            "holds a certificate in DER, and no PEM certificate; convert it with `openssl x509 \
             -inform DER -in OLD -out NEW`"
        }
        [0x30, 0x80..=0x84, ..] => {
            "is binary, and holds no PEM certificate; convert it with `openssl pkcs7 -inform DER \
             -print_certs` or `openssl pkcs12 -nokeys`"
        }
        _ => "holds no PEM certificate",
    }
}
