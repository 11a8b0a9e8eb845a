//! The Python package, as a program has it.

use crate::harness::Desk;
use crate::languages::{BUILT, command, secret_file, succeed};

/// What a script of tests/python prints, with one argument.
#[track_caller]
fn told(desk: &Desk, script: &str, argument: &str) -> String {
    let words = BUILT.python(script);
    let output = succeed(command(desk, &secret_file(desk), &words).arg(argument));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{script} is silent");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn every_status_has_its_name_exception_and_exit_code_in_python() {
    needs!("python3");
    let told = told(&Desk::new(), "tests/python/statuses.py", "");
    assert_eq!(told, "every status has its class\n");
}

#[test]
fn rows_of_a_list_are_decoded_one_by_one_in_python() {
    needs!("python3");
    let told = told(&Desk::new(), "tests/python/listings.py", "1000");
    assert_eq!(told, "rows are decoded when they are asked for\n");
}

#[test]
fn help_repr_type_errors_logging_and_shared_deadline_of_python() {
    needs!("python3");
    let told = told(&Desk::new(), "tests/python/surface.py", "");
    assert_eq!(told, "the surface is as it should be\n");
}

#[test]
fn typed_records_of_python_have_the_fields_of_the_schemas() {
    needs!("python3");
    let told = told(&Desk::new(), "tests/python/typed.py", "src/resource/schemas");
    assert_eq!(told, "typed records are those of the schemas\n");
}
