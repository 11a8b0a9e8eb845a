//! docs/errors.md has an entry for each kind of error, and no others, with its names in each
//! language.

use std::path::Path;

use vanta::{Action, ErrorKind};

use super::{WIDTH, wrapped};
use crate::c_abi::{ROOT, read};

const PAGE: &str = "docs/errors.md";

/// Converts `InvalidUtf8` to `INVALID_UTF8`.
fn upper(kind: ErrorKind) -> String {
    let letters = kind.name().chars();
    let letters = letters.map(|letter| match letter {
        'A'..='Z' => format!("_{letter}"),
        _ => letter.to_ascii_uppercase().to_string(),
    });
    letters.collect::<String>().trim_start_matches('_').to_owned()
}

/// Returns the class that Python raises: that of the status, or else that of the action.
fn python_class(source: &str, kind: ErrorKind) -> String {
    let of = |key: String| {
        let line = source.lines().find_map(|line| line.trim().strip_prefix(&key));
        line.map(|class| class.trim_end_matches(',').to_owned())
    };
    let own = of(format!("Status.{}: ", upper(kind)));
    own.unwrap_or_else(|| class_of_action(source, kind.action()))
}

fn class_of_action(source: &str, action: Action) -> String {
    let (_, table) = source.split_once("BY_ACTION: ").expect("errors.py has the table");
    // In C, 0 is no action.
    let key = format!("{}: ", action as i32 + 1);
    let line = table.lines().find_map(|line| line.trim().strip_prefix(&key));
    line.expect("each action has a class").trim_end_matches(',').to_owned()
}

/// Returns the paragraph below the heading of an error.
fn facts(source: &str, kind: ErrorKind) -> String {
    let (number, action, name) = (kind.code(), kind.action(), upper(kind));
    let text = format!(
        "Number {number}, action `{action:?}`, exit code {}: {}. `VANTA_ERR_{name}` in C, \
         `vanta::code::{}` in C++, `libvanta.{}` with `Status.{name}` in Python.",
        action.exit_code(),
        kind.words(),
        name.to_lowercase(),
        python_class(source, kind),
    );
    wrapped(&text, "", WIDTH).trim_end().to_owned()
}

/// Writes the paragraphs below the headings where `VANTA_BLESS` is set.
fn bless(page: &str, source: &str) -> String {
    if std::env::var_os("VANTA_BLESS").is_none() {
        return page.to_owned();
    }
    let fresh = |paragraph: &str| {
        let number = paragraph.strip_prefix("Number ").and_then(|rest| rest.split(',').next());
        let is_of = |kind: &&ErrorKind| number == Some(kind.code().to_string().as_str());
        let kind = ErrorKind::ALL.iter().find(is_of);
        kind.map_or(paragraph.to_owned(), |kind| facts(source, *kind))
    };
    let page = page.split("\n\n").map(fresh).collect::<Vec<_>>().join("\n\n");
    std::fs::write(Path::new(ROOT).join(PAGE), &page).expect("the page can be written");
    page
}

#[test]
fn the_page_of_errors_has_each_kind_with_its_names_number_action_and_exit_code() {
    let source = read("bindings/python/libvanta/errors.py");
    let page = bless(&read(PAGE), &source);
    let codes = read("bindings/cpp/vanta_enum.hpp");
    let mut entries = page.split("\n### ").skip(1);
    for kind in ErrorKind::ALL {
        let (number, action) = (kind.code(), kind.action());
        let entry = entries.next().unwrap_or_else(|| panic!("no entry for {}", kind.name()));
        let facts = format!("{}\n\n{}\n\n", kind.name(), facts(&source, *kind));
        assert!(entry.starts_with(&facts), "expected {facts}but found {entry}");
        let in_cpp = format!("    {} = VANTA_ERR_{},", upper(*kind).to_lowercase(), upper(*kind));
        assert!(codes.contains(&in_cpp), "{in_cpp}");
        for part in ["**Meaning.** ", "**Likely cause.** ", "**Remedy.** "] {
            assert!(entry.contains(part), "{} has no {part}", kind.name());
        }
        let row =
            format!("| {number} | [`{0}`](#{1}) | `{action:?}` |\n", kind.name(), anchor(*kind));
        assert!(page.contains(&row), "the table has no row {row}");
        let class = class_of_action(&source, action);
        let row = format!("| `{action:?}` | {} | `{class}` | ", action.exit_code());
        assert!(page.contains(&row), "the table of actions has no row {row}");
    }
    assert_eq!(entries.next(), None, "an entry that is of no kind");
}

fn anchor(kind: ErrorKind) -> String {
    kind.name().to_lowercase()
}
