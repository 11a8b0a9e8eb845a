//! A secret is text that wipes itself and cannot be printed; `expose()` is the only way in.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// Shorter text than this is no secret worth hiding, and hiding it would tear words apart.
const SHORTEST_HIDDEN: usize = 6;

/// What takes the place of a secret in text that is shown.
const MASK: &str = "***";

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Text that must not be seen: a client secret or an access token.
///
/// `Debug` prints `Secret(***)`, there is no `Display`, and the memory is wiped when the last clone
/// is dropped. Clones share one copy.
///
/// ```
/// let secret = vanta::Secret::new("vcs_example");
/// assert_eq!(format!("{secret:?}"), "Secret(***)");
/// assert_eq!(secret.expose(), "vcs_example");
/// ```
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<Box<str>>>);

impl Secret {
    /// Takes the text over. Where the caller keeps another copy, wiping that one is the caller's.
    pub fn new(text: impl Into<Box<str>>) -> Secret {
        Secret(Arc::new(Zeroizing::new(text.into())))
    }

    /// The text itself. Every place that calls this is a place where a secret can leak.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` with every copy of the secret replaced, however a server may have encoded it.
    pub(crate) fn hide_in(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for needle in self.encodings() {
            if needle.len() >= SHORTEST_HIDDEN && shown.contains(needle.as_str()) {
                shown = shown.replace(needle.as_str(), MASK);
            }
        }
        shown
    }

    /// The forms in which an echo of the secret could come back: raw, in JSON, in a URL, in base64.
    fn encodings(&self) -> Vec<Zeroizing<String>> {
        let raw = self.expose();
        let percent = utf8_percent_encode(raw, RESERVED).to_string();
        let json = Zeroizing::new(serde_json::to_string(raw).unwrap_or_default());
        let mut forms = vec![raw.to_owned(), json.trim_matches('"').to_owned()];
        let every: String = raw.bytes().map(|byte| format!("%{byte:02X}")).collect();
        forms.extend([percent.to_lowercase(), percent, every.to_lowercase(), every]);
        for alphabet in [&alphabet::STANDARD, &alphabet::URL_SAFE] {
            forms.extend((0..3).map(|shift| base64_core(raw, shift, alphabet)));
        }
        forms.into_iter().map(Zeroizing::new).collect()
    }
}

/// The base64 characters that depend on `text` alone when `shift` unknown bytes precede it.
fn base64_core(text: &str, shift: usize, alphabet: &alphabet::Alphabet) -> String {
    let mut bytes = Zeroizing::new(vec![0; shift]);
    bytes.extend_from_slice(text.as_bytes());
    let whole = GeneralPurpose::new(alphabet, NO_PAD).encode(&bytes);
    let first = (shift * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    whole.get(first..last).unwrap_or_default().to_owned()
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
