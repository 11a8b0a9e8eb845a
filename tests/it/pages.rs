//! The pages name what there is.

use std::collections::BTreeSet;
use std::path::Path;

use crate::border::{ROOT, read};

/// README.md and the pages beside it.
fn pages() -> Vec<String> {
    let folder = std::fs::read_dir(Path::new(ROOT).join("docs")).expect("it is there");
    let names = folder.map(|entry| entry.expect("readable").file_name());
    let pages = names.map(|name| format!("docs/{}", name.to_string_lossy()));
    let pages = pages.filter(|name| name.ends_with(".md"));
    pages.chain(["README.md".to_owned()]).collect()
}

/// The names of a text that begin so; not stems that three dots go on.
fn names<'a>(text: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with(prefix) && !word.ends_with('_')).collect()
}

#[test]
fn a_name_of_c_that_a_page_uses_is_in_the_header() {
    let header = read("include/vanta.h");
    let known = names(&header, "vanta_");
    let of_others = BTreeSet::from(["vanta_static", "vanta_simulator"]);
    assert!(pages().len() > 5);
    for page in pages() {
        let text = read(&page);
        let unknown = &(&names(&text, "vanta_") - &known) - &of_others;
        assert!(unknown.is_empty(), "{page}: {unknown:?}");
    }
    assert!(!known.contains("vanta_push_now"));
}
