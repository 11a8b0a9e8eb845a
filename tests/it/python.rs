//! The Python package, as a program has it.

use crate::harness::Desk;
use crate::languages::{BUILT, command, secret_file, succeed};

/// What a script of tests/python prints.
#[track_caller]
fn told(desk: &Desk, script: &str) -> String {
    let words = BUILT.python(script);
    let output = succeed(&mut command(desk, &secret_file(desk), &words));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn every_status_has_its_name_exception_and_exit_code_in_python() {
    needs!("python3");
    let told = told(&Desk::new(), "tests/python/statuses.py");
    assert_eq!(told, "every status has its class\n");
}
