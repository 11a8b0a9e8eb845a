#![doc = include_str!("../../SECURITY.md")]

use crate::scenarios::is_test;

const PAGE: &str = include_str!("../../SECURITY.md");

#[test]
fn every_claim_of_security_md_names_its_tests() {
    let rows = PAGE.lines().filter(|line| line.starts_with("| ") && !line.contains("| shown by |"));
    let mut claims = 0;
    for row in rows {
        let cell = row.trim_matches('|').rsplit('|').next().expect("a row has cells").trim();
        for test in cell.split(", ") {
            assert!(is_test(test), "there is no test {test}");
        }
        claims += 1;
    }
    assert!(claims > 15, "{claims}");
}
