//! A secret is text that wipes itself and cannot be printed; `expose()` is the only way in.

mod page;

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

use crate::hex;

use page::Page;

/// Shorter text than this is no secret worth hiding, and hiding it would tear words apart.
const SHORTEST_HIDDEN: usize = 6;

/// What takes the place of a secret in text that is shown.
const MASK: &str = "***";

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Text that must not be seen: a client secret or an access token.
///
/// `Debug` prints `Secret(***)`, there is no `Display`, and the memory is wiped when the last clone
/// is dropped. Clones share one copy, which core dumps leave out, but for those of macOS.
///
/// ```
/// let secret = vanta::Secret::new("vcs_example");
/// assert_eq!(format!("{secret:?}"), "Secret(***)");
/// assert_eq!(secret.expose(), "vcs_example");
/// ```
#[derive(Clone)]
pub struct Secret(Arc<Kept>);

/// The one copy.
enum Kept {
    Page(Page),
    /// Where the system has no pages left.
    Heap(Zeroizing<Box<str>>),
}

impl Secret {
    /// Takes the text over. When the caller keeps another copy, wiping that one is the caller's
    /// task.
    #[must_use]
    pub fn new(text: impl Into<Box<str>>) -> Secret {
        let text = Zeroizing::new(text.into());
        if let Some(page) = Page::holding(&text) {
            return Secret(Arc::new(Kept::Page(page)));
        }
        Secret(Arc::new(Kept::Heap(text)))
    }

    /// Returns the text itself. Every place that calls this is a place where a secret can leak.
    #[must_use]
    pub fn expose(&self) -> &str {
        match &*self.0 {
            Kept::Page(page) => page.text(),
            Kept::Heap(text) => text,
        }
    }

    /// `text` with every copy of the secret replaced, however a server may have encoded it.
    pub(crate) fn hide_in(&self, text: &str) -> String {
        let mut shown = Zeroizing::new(text.to_owned());
        for needle in self.encodings() {
            if needle.len() >= SHORTEST_HIDDEN && shown.contains(needle.as_str()) {
                shown = Zeroizing::new(shown.replace(needle.as_str(), MASK));
            }
        }
        std::mem::take(&mut *shown)
    }

    /// The forms in which an echo of the secret could come back: raw, in JSON, in a URL, in base64.
    fn encodings(&self) -> Vec<Zeroizing<String>> {
        let raw = self.expose();
        let percent = exact(3 * raw.len(), utf8_percent_encode(raw, RESERVED));
        let mut every = exact(3 * raw.len(), [""; 0]);
        raw.bytes().for_each(|byte| {
            every.push('%');
            every.extend(hex::digits(byte));
        });
        let lower = |text: &str| Zeroizing::new(text.to_ascii_lowercase());
        let mut forms = vec![exact(raw.len(), [raw]), json(raw), lower(&percent), percent];
        forms.extend([Zeroizing::new(every.to_ascii_uppercase()), every]);
        for alphabet in [&alphabet::STANDARD, &alphabet::URL_SAFE] {
            forms.extend((0..3).map(|shift| base64_core(raw, shift, alphabet)));
        }
        forms
    }
}

/// The parts in one text, in room for all: one that grew would leave copies behind.
fn exact<'a>(room: usize, parts: impl IntoIterator<Item = &'a str>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(room));
    text.extend(parts);
    text
}

/// As it stands between the quotes.
fn json(text: &str) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(6 * text.len() + 2));
    // Text can always be encoded, and there is room for it.
    let _ = serde_json::to_writer(&mut *bytes, text);
    let inner = bytes.get(1..bytes.len().saturating_sub(1)).unwrap_or_default();
    exact(inner.len(), std::str::from_utf8(inner))
}

/// The base64 characters that depend on `text` alone when `shift` unknown bytes precede it.
fn base64_core(text: &str, shift: usize, alphabet: &alphabet::Alphabet) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(shift + text.len()));
    bytes.resize(shift, 0);
    bytes.extend_from_slice(text.as_bytes());
    let whole = Zeroizing::new(GeneralPurpose::new(alphabet, NO_PAD).encode(&bytes));
    let first = (shift * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    exact(whole.len(), whole.get(first..last))
}

impl PartialEq for Secret {
    fn eq(&self, other: &Secret) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({MASK})")
    }
}
