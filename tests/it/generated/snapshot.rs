//! The fields of Python's snapshot, with the documentation of the header.

use super::statuses::comment;
use super::{assert_generated, wrapped};
use crate::c_abi::constants;
use crate::header::fresh;

/// Fields that a function of their own returns in C.
const TEXTS: [&str; 5] = ["last_error", "scope", "store", "store_error", "line"];

/// Returns the documentation of C with the values of Python.
fn in_python(words: &str) -> String {
    const RENAMED: [(&str, &str); 9] = [
        ("one of the VANTA_SOURCE_ numbers", "a TokenSource"),
        ("one of the VANTA_REASON_ numbers", "a RequestReason"),
        ("one of the VANTA_STAGE_ numbers", "a Stage"),
        ("; -1 when", "; None when"),
        (
            "The status code of the last failure; 0 when",
            "The Status of the last failure; None when",
        ),
        ("; otherwise 0.", "; otherwise False."),
        ("; never NULL.", "."),
        ("NULL", "None"),
        ("one line, for a log", "one line, for a log, as str() returns it"),
    ];
    let text = words.split(" With NULL: ").next().unwrap_or_default();
    let text = RENAMED.iter().fold(text.to_owned(), |text, (c, python)| text.replace(c, python));
    let text = text.strip_prefix("1 when").map_or(text.clone(), |rest| format!("True when{rest}"));
    text.strip_prefix("Returns the").map_or(text.clone(), |rest| format!("The{rest}"))
}

fn entry(name: &str, words: &str) -> String {
    format!("    {name}\n") + &wrapped(&in_python(words), "        ", 100)
}

#[test]
fn documentation_of_pythons_snapshot_has_each_field_of_the_header() {
    let header = fresh();
    let mut entries = String::new();
    for (constant, _) in constants(&header, "VANTA_SNAPSHOT_") {
        let name = constant.trim_start_matches("VANTA_SNAPSHOT_").to_lowercase();
        entries += &entry(&name, &comment(&header, &constant));
    }
    let functions = crate::manual::functions_of(&header);
    for name in TEXTS {
        let getter = format!("vanta_snapshot_{name}");
        let (_, words) =
            functions.iter().find(|(function, _)| function.name == getter).expect(name);
        entries += &entry(name, words);
    }
    assert_generated("bindings/python/libvanta/snapshot.py", "include/vanta.h", &entries);
}

#[test]
fn values_of_c_become_those_of_python() {
    let words = "1 when a; otherwise 0.";
    assert_eq!(in_python(words), "True when a; otherwise False.");
    let words = "Returns the b, or NULL when c. With NULL: NULL.";
    assert_eq!(in_python(words), "The b, or None when c.");
}
