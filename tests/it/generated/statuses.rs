//! The status codes and the enumerations of Python, generated from the constants of the header.

use std::fmt::Write;

use super::{assert_generated, wrapped};
use crate::c_abi::constants;
use crate::header::fresh;

const SOURCE: &str = "include/vanta.h";

/// Enumerations of Python: the prefix in C, the class, how many constants come before the first,
/// and the documentation.
const WORDS: [(&str, &str, usize, &str); 9] = [
    ("VANTA_STAGE_", "Stage", 0, "How far a call had come when it failed."),
    ("VANTA_EVENT_", "Event", 0, "What an event reports."),
    ("VANTA_RULE_", "Rule", 0, "A rule that records are validated by."),
    ("VANTA_LEVEL_", "Level", 0, "What breaking a rule comes to."),
    ("VANTA_RECEIPT_", "ReceiptKind", 1, "What a receipt is proof of."),
    ("VANTA_ROOTS_", "Roots", 0, "Which certificate authorities are trusted."),
    ("VANTA_ON_STORE_UNAVAILABLE_", "OnStoreUnavailable", 0, "What to do without a store."),
    ("VANTA_SOURCE_", "TokenSource", 0, "Where the cached token came from."),
    ("VANTA_REASON_", "RequestReason", 0, "Why a token was requested last."),
];

/// Returns the comment of a constant in one line.
pub(super) fn comment(header: &str, name: &str) -> String {
    let before = header.split(&format!("\n#define {name} ")).next().unwrap_or_default();
    let text = before.rsplit("/**").next().unwrap_or_default();
    let text = text.split("*/").next().unwrap_or_default();
    let words = text.split_whitespace().filter(|word| *word != "*");
    words.collect::<Vec<_>>().join(" ").replace("vanta_error_violations()", "`violations`")
}

/// Returns the constants of a prefix by their numbers, which have no gap.
fn numbered(header: &str, prefix: &str) -> Vec<String> {
    let mut declared = constants(header, prefix);
    declared.sort_by_key(|(_, number)| *number);
    let gapless = (0..).zip(&declared).all(|(place, (_, number))| place == *number);
    assert!(gapless && declared.len() > 1, "{declared:?} leave no gap");
    declared.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn words_of_python_are_the_constants_of_the_header() {
    let header = fresh();
    let mut classes = String::new();
    for (prefix, class, skipped, about) in WORDS {
        let _ = write!(classes, "\n\nclass {class}(_Word):\n    \"\"\"{about}\"\"\"\n\n");
        for name in &numbered(&header, prefix)[skipped..] {
            let word = name.trim_start_matches(prefix);
            classes += &wrapped(&comment(&header, name), "    # ", 100);
            let _ = writeln!(classes, "    {word} = \"{}\"", word.to_lowercase());
        }
    }
    assert_generated("bindings/python/libvanta/words.py", SOURCE, &(classes + "\n\n"));
}

#[test]
fn statuses_of_python_are_those_of_the_header() {
    let header = fresh();
    let mut members = String::from("    # Done, and sure of it.\n    OK = 0\n");
    let statuses = constants(&header, "VANTA_ERR_");
    assert!(statuses.len() > 50, "{statuses:?}");
    for (name, number) in statuses {
        members += &wrapped(&comment(&header, &name), "    # ", 100);
        let _ = writeln!(members, "    {} = {number}", name.trim_start_matches("VANTA_ERR_"));
    }
    assert_generated("bindings/python/libvanta/status.py", SOURCE, &members);
}

#[test]
fn comment_of_a_constant_is_found() {
    let header = "/** A b. */\n#define X 0\n\n/**\n * C\n * d.\n */\n#define Y (-1)\n";
    assert_eq!((comment(header, "X").as_str(), comment(header, "Y").as_str()), ("A b.", "C d."));
}
