//! Programs in Python that use the package.

use crate::harness::Rig;
use crate::languages::{BUILT, command, secret_file, succeed};

/// Runs a script with one argument, and returns its output.
#[track_caller]
fn run(rig: &Rig, script: &str, argument: &str) -> String {
    let words = BUILT.python(script);
    let output = succeed(command(rig, &secret_file(rig), &words).arg(argument));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{script} is silent");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn every_status_has_its_name_exception_and_exit_code_in_python() {
    needs!("python3");
    let output = run(&Rig::new(), "tests/python/statuses.py", "");
    assert_eq!(output, "passed\n");
}

#[test]
fn rows_of_a_list_are_decoded_one_by_one_in_python() {
    needs!("python3");
    let output = run(&Rig::new(), "tests/python/large_listing.py", "1000");
    assert_eq!(output, "passed\n");
}

#[test]
fn help_repr_type_errors_logging_and_shared_deadline_of_python() {
    needs!("python3");
    let output = run(&Rig::new(), "tests/python/public_interface.py", "");
    assert_eq!(output, "passed\n");
}

#[test]
fn typed_records_of_python_have_the_fields_of_the_schemas() {
    needs!("python3");
    let output = run(&Rig::new(), "tests/python/typed_records.py", "src/resource/schemas");
    assert_eq!(output, "passed\n");
}
