//! Parts of hand-written files that tests generate from the source, between two marked lines.
//! `VANTA_BLESS=1 cargo test --test it -- generated:: header::` writes all of them.

mod configuration;
mod enums;
mod errors;
mod kind_fields;
mod kinds;
mod prototypes;
mod records;
mod settings;
mod settings_of_python;
mod snapshot;
mod statuses;

use std::path::Path;

use crate::c_abi::{ROOT, read};

/// How long a line of a page may be.
const WIDTH: usize = 135;
const BEGIN: &str = "generated from ";
const END: &str = "end of what is generated";

/// Compares the lines after the one that names `source` with the generated ones, and writes them
/// where `VANTA_BLESS` is set.
#[track_caller]
fn assert_generated(file: &str, source: &str, fresh: &str) {
    let text = read(file);
    let (begin, end) = section(&text, source).unwrap_or_else(|| panic!("{file} has no {source}"));
    if text[begin..end] == *fresh {
        return;
    }
    let command = "VANTA_BLESS=1 cargo test --test it -- generated:: header::";
    assert!(std::env::var_os("VANTA_BLESS").is_some(), "{file} is stale: run {command}");
    let whole = format!("{}{fresh}{}", &text[..begin], &text[end..]);
    std::fs::write(Path::new(ROOT).join(file), whole).expect("the file can be written");
}

/// Returns where the lines between the two marked ones begin and end.
fn section(text: &str, source: &str) -> Option<(usize, usize)> {
    let marked = text.find(&format!("{BEGIN}{source}"))?;
    let begin = marked + text[marked..].find('\n')? + 1;
    let end = begin + text[begin..].find(END)?;
    Some((begin, text[..end].rfind('\n')? + 1))
}

/// Wraps a text into lines of at most `width` columns, each after `indent`.
fn wrapped(text: &str, indent: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut line = indent.to_owned();
    for word in text.split(' ') {
        if line.len() > indent.len() && line.chars().count() + word.chars().count() >= width {
            lines += line.trim_end();
            lines.push('\n');
            line = indent.to_owned();
        }
        line += word;
        line.push(' ');
    }
    lines + line.trim_end() + "\n"
}

#[test]
fn a_section_is_found_and_a_stale_one_is_an_error() {
    let text = "a\n# -- generated from x --\nb\n  # -- end of what is generated --\nc\n";
    let (begin, end) = section(text, "x").expect("it is there");
    assert_eq!(&text[begin..end], "b\n");
    assert!(section(text, "y").is_none());
    assert_eq!(wrapped("aa bb cc", "# ", 8), "# aa bb\n# cc\n");
}
