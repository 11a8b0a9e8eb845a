//! docs/errors.md has an entry for each kind of error, and no others.

use vanta::ErrorKind;

use crate::c_abi::read;

/// Converts `InvalidUtf8` to `VANTA_ERR_INVALID_UTF8`.
fn c_name(kind: ErrorKind) -> String {
    let letters = kind.name().chars();
    let letters = letters.map(|letter| match letter {
        'A'..='Z' => format!("_{letter}"),
        _ => letter.to_ascii_uppercase().to_string(),
    });
    format!("VANTA_ERR{}", letters.collect::<String>())
}

#[test]
fn the_page_of_errors_has_each_kind_with_its_number_action_and_exit_code() {
    let page = read("docs/errors.md");
    let mut entries = page.split("\n### ").skip(1);
    for kind in ErrorKind::ALL {
        let (number, action) = (kind.code(), kind.action());
        let entry = entries.next().unwrap_or_else(|| panic!("no entry for {}", kind.name()));
        let facts = format!(
            "{}\n\nNumber {number}, `{}` in C, action `{action:?}`, exit code {}: {}.\n\n",
            kind.name(),
            c_name(*kind),
            action.exit_code(),
            kind.words(),
        );
        assert!(entry.starts_with(&facts), "expected {facts}but found {entry}");
        for part in ["**Meaning.** ", "**Likely cause.** ", "**Remedy.** "] {
            assert!(entry.contains(part), "{} has no {part}", kind.name());
        }
        let row =
            format!("| {number} | [`{0}`](#{1}) | `{action:?}` |\n", kind.name(), anchor(*kind));
        assert!(page.contains(&row), "the table has no row {row}");
    }
    assert_eq!(entries.next(), None, "an entry that is of no kind");
}

fn anchor(kind: ErrorKind) -> String {
    kind.name().to_lowercase()
}
