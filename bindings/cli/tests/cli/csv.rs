//! CSV files with every kind of trouble: each violation has its row, its column and its remedy.

use crate::rig::{HEADER, Rig, sheet};

/// A sheet of accounts a and b, in which a text is replaced.
fn with(old: &str, new: &str) -> Vec<u8> {
    let text = sheet(&["a", "b"]);
    assert!(text.contains(old), "{old}");
    text.replacen(old, new, 1).into_bytes()
}

/// A name, a text of a sheet of two accounts, what takes its place, and lines of the error.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

const CASES: [Case; 17] = [
    (
        "a column is missing",
        ",email",
        "",
        &["row 1: there is no column email, and the field is required; add a column email"],
    ),
    (
        "a name is misspelt",
        "email",
        "E-Mial",
        &[
            "row 1: there is no column email",
            "row 1, column E-Mial (F1): there is no field \"E-Mial\"; did you mean email?",
        ],
    ),
    (
        "a column that no account has",
        "authMethod\n",
        "authMethod,shoeSize\n",
        &["column shoeSize (M1): there is no field \"shoeSize\"; remove the column"],
    ),
    (
        "no schema of custom properties",
        "authMethod\n",
        "authMethod,customProperties.team\n",
        &["column customProperties.team (M1)", "--custom-properties FILE"],
    ),
    (
        "a name stands twice",
        "displayName",
        "uniqueId",
        &["column uniqueId (B1): there is another column uniqueId; remove one of the two"],
    ),
    (
        "a column without a name",
        "displayName",
        "",
        &["column  (B1): the column has no name; name it, or remove it"],
    ),
    (
        "a wrong truth value",
        "true",
        "perhaps",
        &["row 2, column mfaEnabled (J2): \"perhaps\" must be boolean; write true or false"],
    ),
    (
        "a word in small letters",
        "BASE",
        "base",
        &["(G2): \"base\" must be one of ADMIN, EDITOR, BASE; write BASE"],
    ),
    (
        "a wrong word in a list",
        "OTP;SMS",
        "OTP;Fax",
        &["row 2, column mfaMethods (K2): \"Fax\" must be one of", "write UNSUPPORTED or"],
    ),
    (
        "a date as spreadsheets have it",
        "2026-01-01T00:00:00Z",
        "2026-01-01 08:30:00",
        &["column createdTimestamp (H2)", "; write 2026-01-01T08:30:00Z, if that is UTC"],
    ),
    (
        "a date of another country",
        "2026-01-01T00:00:00Z",
        "01.02.2026",
        &["\"01.02.2026\" must be", "; write a date, a time and an offset"],
    ),
    (
        "an empty cell that is required",
        "a@example.com",
        "",
        &["row 2, column email (F2): the cell is empty, and the field is required; fill it"],
    ),
    (
        "no id",
        "\na,a,",
        "\n,a,",
        &["row 2, column uniqueId (A2): the cell is empty, and the field is required"],
    ),
    (
        "a NUL byte",
        "b@example.com",
        "b\0@example.com",
        &["row 3, column email (F3): the cell has a NUL byte; export the file again"],
    ),
    (
        "a row is too short",
        ",SSO\nb",
        "\nb",
        &["row 2: the row has 11 cells, and the header row has 12; complete the row"],
    ),
    (
        "a row is too long",
        "a,a,",
        "a,Doe, Ada,",
        &["row 2: the row has 13 cells, and the header row has 12; write values that have"],
    ),
    (
        "text behind a quote",
        "a,a,",
        "a,\"the\" a,",
        &["row 2, column displayName (B2): text follows a closing quote; write a quote"],
    ),
];

/// Files that differ more from such a sheet.
fn others() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let latin = sheet(&["a", "b"]).replacen("b,b,", "b,J\u{f6}rg,", 1);
    let utf16 = HEADER.encode_utf16().flat_map(u16::to_le_bytes);
    let long = "x".repeat(500);
    let shown = "(J2): \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\" must be boolean";
    let one_cell = "row 1: the header row is one cell, with ";
    vec![
        ("an id twice", sheet(&["a", "b", "a"]).into(), "(A4): \"a\" stands in row 2 too; remove"),
        (
            "Latin-1",
            latin.chars().map(|c| c as u8).collect(),
            "row 3, column displayName (B3): \"J\u{fffd}rg\" is not UTF-8; export the file",
        ),
        ("UTF-16", [0xff, 0xfe].into_iter().chain(utf16).collect(), "row 1: the file is UTF-16"),
        ("xlsx", b"PK\x03\x04\x14\0".to_vec(), "row 1: the file is a spreadsheet (xlsx)"),
        ("a page", b"<html><body>".to_vec(), "row 1: the file is HTML or XML; save it as CSV"),
        ("an open quote", with("b,b,", "b,\"b,"), "(B3): a quote is opened, and never closed; c"),
        ("semicolons", HEADER.replace(',', ";").into(), one_cell),
        ("tabs", HEADER.replace(',', "\t").into(), "give the separator: --delimiter tab"),
        ("a very long value", with("true", &long), shown),
        ("nothing", Vec::new(), "standard input is empty; did the export before it fail?"),
        ("line ends", b"\r\n\r\n".to_vec(), "standard input is empty"),
        ("a header row alone", HEADER.into(), "--allow-empty"),
    ]
}

/// All of them.
fn broken() -> Vec<(&'static str, Vec<u8>, Vec<&'static str>)> {
    let cases = CASES.iter().map(|(name, old, new, lines)| (*name, with(old, new), lines.to_vec()));
    cases.chain(others().into_iter().map(|(name, bytes, line)| (name, bytes, vec![line]))).collect()
}

#[test]
fn every_violation_has_a_row_a_column_and_a_remedy() {
    let rig = Rig::new();
    let files = broken();
    assert!(files.len() > 20);
    for (name, bytes, lines) in files.into_iter() {
        let ran = rig.pipe(&["validate", "user_account", "-", "-f", "csv"], bytes);
        assert_eq!(ran.code, 65, "{name}: {}{}", ran.out, ran.err);
        for line in lines {
            assert!(ran.err.contains(line), "{name}: no {line:?} in {}", ran.err);
        }
    }
}

#[test]
fn a_push_of_such_a_file_sends_nothing() {
    let rig = Rig::new();
    for (name, bytes, _) in broken().into_iter() {
        let ran = rig.pipe(&["push", "user_account", "-", "-f", "csv", "-r", "abc"], bytes);
        assert_eq!(ran.code, 65, "{name}: {}{}", ran.out, ran.err);
    }
    assert_eq!((rig.sim.counters().puts, rig.sim.counters().token_requests), (0, 0));
}

#[test]
fn violations_of_all_rows_are_reported_together() {
    let rig = Rig::new();
    let text = sheet(&["a", "b", "a"]).replacen("true", "perhaps", 1).replacen("SSO", "sso", 1);
    let text = text.replacen("email", "mail", 1);
    let ran = rig.pipe(&["validate", "user_account", "-"], text).ends_with(65);
    let cells = ["(F1)", "(J2)", "(L2)", "(A4)"];
    let found: Vec<Option<usize>> = cells.iter().map(|cell| ran.err.find(cell)).collect();
    assert!(found.iter().all(Option::is_some) && found.is_sorted(), "{}", ran.err);
}

#[test]
fn a_row_is_counted_as_a_spreadsheet_does_and_the_line_is_named_where_it_differs() {
    let rig = Rig::new();
    let text = sheet(&["a", "b"]).replacen("a,a,", "a,\"a\nb\",", 1);
    let text = text.replacen("b@example.com,BASE", "b@example.com,BOSS", 1);
    let ran = rig.pipe(&["validate", "user_account", "-"], text).ends_with(65);
    ran.has_error(&["row 3 (line 4), column permissionLevel (G3): \"BOSS\" must be one of"]);
}

#[test]
fn violations_as_json_have_the_cell() {
    let rig = Rig::new();
    let bytes = with("true", "perhaps");
    let ran = rig.pipe(&["validate", "user_account", "-", "--json"], bytes).ends_with(65);
    let report = ran.json();
    assert_eq!(report["valid"], false);
    let error = &report["errors"][0];
    let expected = serde_json::json!({
        "index": 0, "uniqueId": "a", "pointer": "/mfaEnabled",
        "message": "\"perhaps\" must be boolean", "remedy": "write true or false", "rule": "Schema",
        "row": 2, "line": 2, "column": "mfaEnabled", "cell": "J2",
    });
    assert_eq!(*error, expected);
}
