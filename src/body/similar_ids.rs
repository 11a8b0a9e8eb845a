//! Finds ids that differ only in letter case, in blanks at their ends or in Unicode normalisation.
//!
//! Ids are compared in a folded form: without blanks at the ends, canonically decomposed (NFD) and
//! in one letter case. The folded form is computed where it is hashed or compared, and not stored,
//! so that a large body costs one map of its ids and no copy of them.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

use super::parse::is_blank;

/// How many characters of the earlier id a message quotes.
const QUOTED: usize = 100;

/// A record whose id is similar to that of an earlier record.
pub(super) struct SimilarId {
    pub(super) index: usize,
    /// The first record with an id of the same folded form.
    earlier: usize,
}

/// Returns the records whose ids are similar to an earlier id, in their order. No two ids may be
/// equal.
pub(super) fn find(ids: &[String]) -> Vec<SimilarId> {
    if ids.iter().all(|id| is_folded(id)) {
        return Vec::new();
    }
    let folded = ids.iter().map(|id| Folded(trim(id)));
    // Most sources sort their records: then no map is needed.
    if folded.clone().is_sorted_by(|a, b| a.chars().lt(b.chars())) {
        return Vec::new();
    }
    let mut first = HashMap::with_capacity(ids.len());
    let similar = folded.enumerate().filter_map(|(index, id)| {
        let earlier = *first.entry(id).or_insert(index);
        (earlier != index).then_some(SimilarId { index, earlier })
    });
    similar.collect()
}

impl SimilarId {
    /// Returns the text of the violation; `ids` are the ids of all records.
    pub(super) fn message(&self, ids: &[String]) -> String {
        let (id, earlier) = (&ids[self.index], &ids[self.earlier]);
        let mut shown: String = earlier.chars().take(QUOTED).collect();
        if shown.len() < earlier.len() {
            shown += "…";
        }
        let what = differences(id, earlier);
        format!("differs from {shown:?} of record {} only in {what}", self.earlier)
    }
}

fn differences(a: &str, b: &str) -> String {
    let mut found = Vec::new();
    if blanks(a) != blanks(b) {
        found.push("leading or trailing blanks");
    }
    let (a, b) = (trim(a), trim(b));
    let (same, same_form) = (a == b, nfd(a).eq(nfd(b)));
    if !same && !same_form {
        found.push("letter case");
    }
    // A sign such as KELVIN has the normal form of a letter, and the lower case of that letter.
    if !same && (same_form || !fold(a.chars()).eq(fold(b.chars()))) {
        found.push("Unicode normalisation");
    }
    found.join(" and ")
}

/// Returns what stands before and behind the text of an id.
fn blanks(id: &str) -> (&str, &str) {
    let (text, rest) = (id.trim_start_matches(is_blank), id.trim_end_matches(is_blank));
    (&id[..id.len() - text.len()], &id[rest.len()..])
}

fn trim(id: &str) -> &str {
    id.trim_matches(is_blank)
}

/// Whether an id is its own folded form, and is of ASCII, as most ids are.
fn is_folded(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    let visible = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = id.as_bytes();
    visible(bytes.first()) && visible(bytes.last()) && bytes.iter().all(|&byte| plain(byte))
}

/// A trimmed id that is compared in its folded form. It is trimmed once and not per comparison,
/// since there may be megabytes of blanks.
struct Folded<'a>(&'a str);

impl Folded<'_> {
    /// No decomposition reaches back across an ASCII character.
    fn chars(&self) -> impl Iterator<Item = char> {
        let (ascii, rest) = self.0.split_at(self.0.bytes().take_while(u8::is_ascii).count());
        let ascii = ascii.bytes().map(|byte| char::from(byte.to_ascii_lowercase()));
        ascii.chain(fold(nfd(rest)))
    }
}

impl Hash for Folded<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.chars().for_each(|c| c.hash(state));
    }
}

impl PartialEq for Folded<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.chars().eq(other.chars())
    }
}

impl Eq for Folded<'_> {}

/// Approximates Unicode's full case folding by what the standard library has: the upper case of a
/// letter in lower case again, since `ß` and `ς` meet `ss` and `σ` only there.
fn fold(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    chars.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// Returns the canonical decomposition of a text. The crate's iterator would bring its tables of
/// compatibility decompositions too, which are 60 kB of the C library.
fn nfd(text: &str) -> impl Iterator<Item = char> {
    let mut chars = Vec::with_capacity(text.len());
    text.chars().for_each(|c| decompose_canonical(c, |part| chars.push(part)));
    // Marks stand in the order of their classes; the class of all other characters is 0.
    let runs = chars.chunk_by_mut(|_, &next| canonical_combining_class(next) != 0);
    runs.for_each(|run| run.sort_by_key(|&mark| canonical_combining_class(mark)));
    chars.into_iter()
}
