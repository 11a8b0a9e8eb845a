//! Leavers, and pushes that are sent only if something changed, from C, C++ and Python.

use std::ffi::OsString;

use vanta::Kind;

use crate::harness::{RESOURCE, Rig, TempFile, accounts};
use crate::languages::{BUILT, command, secret_file, succeed};

const KIND: Kind = Kind::USER_ACCOUNT;

#[track_caller]
fn deactivates(words: &[OsString]) {
    let rig = Rig::unlimited();
    let four = accounts(&["a", "b", "c", "d"]);
    let three = accounts(&["a", "b", "c"]);
    rig.client().push(&KIND, &four).expect("pushed");
    let puts = rig.sim.counters().puts;
    let files = [four, three].map(|body| TempFile::new("json", body.as_bytes()));
    let secret = secret_file(&rig);
    let mut program = command(&rig, &secret, words);
    let output = succeed(program.args(files.iter().map(TempFile::path)));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "leavers are deactivated\n");
    assert_eq!(rig.sim.counters().puts, puts + 2);
    let rows = rig.sim.rows(KIND.as_str(), RESOURCE);
    let left = rows.iter().find(|row| row["uniqueId"] == "d").expect("there is one");
    assert_eq!(left["status"], "DEACTIVATED");
    assert_eq!(left["deactivatedTimestamp"], "2026-01-02T00:00:00.000Z");
    assert!(left["deletedAt"].is_null());
}

#[test]
fn leavers_are_deactivated_from_c() {
    needs!("gcc");
    deactivates(&[BUILT.compile("gcc", "-std=c99", "tests/c/leavers.c").into()]);
}

#[test]
fn leavers_are_deactivated_from_cpp() {
    needs!("g++");
    deactivates(&[BUILT.compile("g++", "-std=c++17", "tests/cpp/leavers.cpp").into()]);
}

#[test]
fn leavers_are_deactivated_from_python() {
    needs!("python3");
    deactivates(&BUILT.python("tests/python/leavers.py"));
}
