//! Ids that differ only in letter case, in blanks at their ends or in Unicode normalisation.

use serde_json::{Value, json};
use vanta::{Body, ErrorKind, Kind, Level, Rule, ValidationOptions, ValidationReport};

use crate::counting_allocator;
use crate::harness::{RESOURCE, assert_kind};

const BLANKS: &str = "leading or trailing blanks";
const CASE: &str = "letter case";
const FORM: &str = "Unicode normalisation";

fn record(id: &str) -> Value {
    json!({"uniqueId": id, "displayName": "x", "externalUrl": "https://x.example.com"})
}

fn body(ids: &[impl AsRef<str>]) -> Body {
    let records: Vec<Value> = ids.iter().map(|id| record(id.as_ref())).collect();
    Body::from_records(RESOURCE, &records).expect("no two ids are equal")
}

fn report(body: &Body, level: Option<Level>) -> ValidationReport {
    let usual = ValidationOptions::new();
    let checks = level.map_or(usual.clone(), |level| usual.level(Rule::SimilarIds, level));
    body.validate(&Kind::CUSTOM_RESOURCE, &checks).expect("the checks make sense")
}

/// Returns the record and the text of each warning.
fn warnings(ids: &[&str]) -> Vec<(usize, String)> {
    let report = report(&body(ids), None);
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    let found = report.warnings.into_iter().map(|warning| {
        let index = warning.index.expect("it is about a record");
        assert_eq!((&*warning.pointer, warning.unique_id), ("/uniqueId", Some(ids[index].into())));
        (index, warning.message)
    });
    found.collect()
}

/// Returns the difference that a warning names for the second of two ids; `None` without a warning.
fn difference(first: &str, second: &str) -> Option<String> {
    let mut found = warnings(&[first, "other", second]);
    assert!(found.len() <= 1, "{found:?}");
    let (index, message) = found.pop()?;
    assert_eq!(index, 2, "a warning is never about the first record");
    let rest = message.strip_prefix(&format!("differs from {first:?} of record 0 only in "));
    Some(rest.unwrap_or_else(|| panic!("{message}")).to_owned())
}

#[test]
fn ids_that_differ_only_in_letter_case_are_a_warning() {
    for (a, b) in [
        ("Bob", "bob"),
        ("BOB", "bOb"),
        ("JOSÉ", "josé"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("STRASSE", "straße"),
        ("ẞ", "ß"),
        ("ЖУК", "жук"),
    ] {
        for (first, second) in [(a, b), (b, a)] {
            assert_eq!(difference(first, second).as_deref(), Some(CASE), "{first} {second}");
        }
    }
}

#[test]
fn ids_that_differ_only_in_unicode_normalisation_are_a_warning() {
    for (nfc, other) in [
        ("caf\u{e9}", "cafe\u{301}"),
        ("\u{ac00}", "\u{1100}\u{1161}"),
        ("\u{1ed9}", "o\u{302}\u{323}"),
        ("a\u{323}\u{302}", "a\u{302}\u{323}"),
        ("e\u{302}\u{301}\u{5b0}\u{327}b", "e\u{327}\u{5b0}\u{302}\u{301}b"),
        ("\u{212a}", "K"),
        ("\u{212b}", "\u{c5}"),
    ] {
        for (first, second) in [(nfc, other), (other, nfc)] {
            assert_eq!(difference(first, second).as_deref(), Some(FORM), "{first:?} {second:?}");
        }
    }
}

#[test]
fn ids_that_differ_only_in_leading_or_trailing_blanks_are_a_warning() {
    // Blanks, and invisible characters.
    for blank in [
        " ",
        "  ",
        "\t",
        "\n",
        "\u{0}",
        "\u{a0}",
        "\u{ad}",
        "\u{200b}",
        "\u{200e}",
        "\u{2003}",
        "\u{2060}",
        "\u{3000}",
        "\u{3164}",
        "\u{fe0f}",
        "\u{feff}",
        "\u{e0020}",
    ] {
        for id in [format!("{blank}a"), format!("a{blank}"), format!("{blank}a{blank}")] {
            for (first, second) in [("a", id.as_str()), (&id, "a")] {
                assert_eq!(difference(first, second).as_deref(), Some(BLANKS), "{id:?}");
            }
        }
    }
    assert_eq!(difference(" a", "a ").as_deref(), Some(BLANKS));
    assert_eq!(difference("é ", "é").as_deref(), Some(BLANKS));
}

#[test]
fn warning_names_every_difference_of_similar_ids() {
    let two = |a, b| Some(format!("{a} and {b}"));
    assert_eq!(difference("Bob", " bob"), two(BLANKS, CASE));
    assert_eq!(difference("\u{c9}a", "e\u{301}a"), two(CASE, FORM));
    assert_eq!(difference("\u{e9}", "e\u{301}\u{200b}"), two(BLANKS, FORM));
    let all = Some(format!("{BLANKS} and {CASE} and {FORM}"));
    assert_eq!(difference("\u{e9}", "E\u{301} "), all);
}

#[test]
fn ids_that_differ_in_more_are_no_warning() {
    for (first, second) in [
        ("Bob", "rob"),
        ("e", "é"),
        ("a b", "ab"),
        ("A\u{200b}b", "ab"),
        ("A b", "a  b"),
        ("①", "1"),
        ("Ａ", "A"),
        ("x²", "x2"),
        ("a\u{302}\u{301}", "a\u{301}\u{302}"),
        ("a\u{302}b\u{323}", "a\u{323}b\u{302}"),
    ] {
        assert_eq!(difference(first, second), None, "{first} {second}");
    }
}

#[test]
fn each_similar_id_names_the_first_record_of_its_group() {
    let found = warnings(&["x", "bob", "Zoe", "BOB", "y", "zoe", "Bob\u{a0}"]);
    let warning = |index, id: &str, first, what| {
        (index, format!("differs from {id:?} of record {first} only in {what}"))
    };
    let both = format!("{BLANKS} and {CASE}");
    let expected =
        [warning(3, "bob", 1, CASE), warning(5, "Zoe", 2, CASE), warning(6, "bob", 1, &both)];
    assert_eq!(found, expected);
}

#[test]
fn similar_ids_can_be_an_error_or_off() {
    let body = body(&["Bob", "bob"]);
    let count = |level| {
        let report = report(&body, level);
        (report.errors.len(), report.warnings.len())
    };
    assert_eq!(count(None), (0, 1));
    assert_eq!(count(Some(Level::Warning)), (0, 1));
    assert_eq!(count(Some(Level::Error)), (1, 0));
    assert_eq!(count(Some(Level::Off)), (0, 0));
    let error = report(&body, Some(Level::Error)).into_error().expect("it is an error");
    let line = "record 1 (uniqueId bob) at /uniqueId - differs from \"Bob\" of record 0 only in \
                letter case";
    assert!(error.to_string().contains(line), "{error}");
    assert_eq!(error.kind(), ErrorKind::InvalidRecords);
}

#[test]
fn violations_of_the_schema_and_similar_ids_stand_record_by_record() {
    let mut records = ["Bob", "bob", "c", "BOB"].map(record);
    records[1]["displayName"] = json!(7);
    records[2]["externalUrl"] = json!(7);
    let body = Body::from_records(RESOURCE, &records).expect("well formed");
    let report = report(&body, Some(Level::Error));
    let places = report.errors.iter().map(|one| (one.index, one.pointer.as_str()));
    let expected = [(1, "/displayName"), (1, "/uniqueId"), (2, "/externalUrl"), (3, "/uniqueId")];
    assert_eq!(Vec::from_iter(places), expected.map(|(index, pointer)| (Some(index), pointer)));
    let error = report.into_error().expect("there are errors").to_string();
    assert!(error.contains("4 violations in 3 of 4 records"), "{error}");
}

#[test]
fn equal_ids_are_an_error_and_no_warning() {
    let records = [record("Bob"), record("Bob")];
    assert_kind(Body::from_records(RESOURCE, &records), ErrorKind::DuplicateUniqueId);
}

#[test]
fn ids_of_lower_case_ascii_cost_no_allocation() {
    let ids: Vec<String> = (0..100_000).rev().map(|number| format!("host-{number:06}")).collect();
    let body = body(&ids);
    let allocations = |level| {
        let before = counting_allocator::allocations();
        assert!(report(&body, Some(level)).warnings.is_empty());
        counting_allocator::allocations() - before
    };
    let (off, warning) = (allocations(Level::Off), allocations(Level::Warning));
    assert_eq!(warning, off);
}

#[test]
fn ids_in_order_need_no_map() {
    let ids: Vec<String> = (0..1_000).map(|number| format!("HÔTE-{number:06}")).collect();
    let body = body(&ids);
    let peak = |level| counting_allocator::peak(|| report(&body, Some(level))).1;
    let (off, warning) = (peak(Level::Off), peak(Level::Warning));
    assert!(warning < off + 500, "{warning} bytes, and {off} without the rule");
}

#[test]
fn a_similar_id_of_a_great_body_is_found_with_one_map_of_its_ids() {
    let mut ids: Vec<String> = (0..100_000).rev().map(|number| format!("É-{number}")).collect();
    ids.push("é-50000".to_owned());
    let body = body(&ids);
    let peak = |level| counting_allocator::peak(|| report(&body, Some(level)));
    assert!(peak(Level::Off).1 < 1 << 20, "no map where the rule is off");
    let (report, peak) = peak(Level::Warning);
    assert_eq!(report.warnings.len(), 1);
    assert_eq!(report.warnings[0].index, Some(100_000));
    assert!(report.warnings[0].message.contains("of record 49999 only in letter case"));
    assert!(peak < 6 << 20, "{peak} bytes");
}

#[test]
fn a_long_id_is_quoted_in_part() {
    let long = format!("{}a", " ".repeat(1 << 20));
    let found = warnings(&[&long, "A", "a "]);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|(_, message)| message.len() < 300), "{found:?}");
    assert!(found[0].1.contains("…\" of record 0 only in"), "{}", found[0].1);
}
