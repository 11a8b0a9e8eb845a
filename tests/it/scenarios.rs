#![doc = include_str!("../scenarios.md")]

use std::path::Path;

const TABLE: &str = include_str!("../scenarios.md");

/// Returns the number and the last cell of each row.
pub(crate) fn rows(table: &str) -> Vec<(usize, &str)> {
    let row = |line| {
        let mut cells = str::split(line, '|').map(str::trim);
        let number = cells.nth(1)?.parse().ok()?;
        Some((number, cells.nth(1)?))
    };
    table.lines().filter_map(row).collect()
}

/// Returns whether the module contains such a test.
pub(crate) fn is_test(path: &str) -> bool {
    let Some((chapter, name)) = path.split_once("::") else { return false };
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let files = [format!("{chapter}.rs"), format!("{chapter}/mod.rs")];
    let text = files.iter().find_map(|file| std::fs::read_to_string(tests.join(file)).ok());
    let text = text.unwrap_or_default();
    let mut before = "";
    text.lines().any(|line| {
        let found = before == "#[test]" && line == format!("fn {name}() {{");
        before = line;
        found
    })
}

#[test]
fn every_scenario_names_a_test_or_a_reason() {
    let rows = rows(TABLE);
    let numbers: Vec<usize> = rows.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=149).collect::<Vec<_>>());
    let (reasons, shown): (Vec<_>, Vec<_>) =
        rows.iter().partition(|(_, cell)| cell.starts_with("n/a: "));
    for (number, cell) in &shown {
        for path in cell.split(", ") {
            assert!(is_test(path), "scenario {number}: there is no test {path}");
        }
    }
    println!("{} scenarios are shown by tests, {} have a reason", shown.len(), reasons.len());
    assert!(!is_test("scenarios::no_such_test") && !is_test("scenarios::rows"));
}
