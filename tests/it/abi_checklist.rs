#![doc = include_str!("../abi_checklist.md")]

use crate::c_abi::read;
use crate::scenarios::{is_test, rows};

const TABLE: &str = include_str!("../abi_checklist.md");

/// Returns whether a script contains a text, for a cell such as `.ci/check-elf` "nodelete".
fn is_gate(cell: &str) -> bool {
    let parts: Vec<&str> = cell.split(['`', '"']).collect();
    let ["", script, " ", words, ""] = parts[..] else { return false };
    read(script).contains(words)
}

#[test]
fn every_row_of_the_abi_checklist_names_a_test_or_a_reason() {
    let (mut shown, mut not_run, mut not_applicable) = (0, 0, 0);
    let rows = rows(TABLE);
    assert!(rows.iter().map(|(number, _)| *number).eq(1..=112));
    for (number, cell) in rows {
        match cell.split_once(": ") {
            Some(("n/a", _)) => not_applicable += 1,
            Some(("not run", _)) => not_run += 1,
            _ => {
                shown += 1;
                let missing = cell.split(", ").find(|part| !is_test(part) && !is_gate(part));
                assert_eq!(missing, None, "promise {number}");
            }
        }
    }
    println!("112 promises: {shown} shown, {not_run} not run, {not_applicable} do not apply");
    assert!(shown >= 95);
    assert!(!is_gate("`.ci/check-elf` \"no such words\"") && !is_gate(".ci/check-elf"));
}
