//! Callbacks of C, C++ and Python during a push: memory, NULL, negative numbers, exceptions.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;

use serde_json::Value;

use crate::harness::{Rig, TempFile, TempFolder};
use crate::languages::{BUILT, command, secret_file, succeed, valgrind};

/// Runs a program that prints one line, and returns the lines of its audit file.
fn audited(words: &[OsString], line: &str) -> (Rig, Vec<Value>) {
    let (rig, folder) = (Rig::new(), TempFolder::new());
    let (secret, file) = (secret_file(&rig), TempFile::new("pdf", b"%PDF"));
    let audit = folder.path().join("audit.jsonl");
    let mut command = command(&rig, &secret, words);
    command.env("VANTA_SCOPE", SCOPES).arg(&audit).arg(file.path());
    let output = succeed(&mut command);
    assert_eq!(String::from_utf8_lossy(&output.stdout), line, "{words:?}");
    let lines = std::fs::read_to_string(&audit).unwrap_or_default();
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let lines = lines.collect();
    (rig, lines)
}

const SCOPES: &str = "connectors.self:write-resource connectors.self:read-resource \
                      self:write-document";

fn proofs(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["receiptKind"].as_str().expect("text")).collect()
}

#[test]
fn valgrind_finds_nothing_in_pushes_receipts_plans_and_readers_of_c() {
    needs!("gcc", "valgrind");
    let program = BUILT.compile("gcc", "-std=c99", "tests/c/pushes.c");
    let (rig, lines) = audited(&valgrind(program), "passed\n");
    let pushed = ["pushed", "pushed", "pushed", "pushed", "verified", "uploaded", "uploaded"];
    assert_eq!(proofs(&lines), pushed);
    assert_eq!((rig.sim.counters().puts, rig.sim.counters().uploads_accepted), (4, 2));
}

#[test]
fn cpp_exception_in_a_callback_is_rethrown_by_the_call_and_nothing_leaks() {
    needs!("g++", "valgrind");
    let program = BUILT.compile("g++", "-std=c++17", "tests/cpp/callbacks.cpp");
    let (rig, _) = audited(&valgrind(program), "passed\n");
    let counters = rig.sim.counters();
    assert_eq!((counters.puts, counters.gets), (1, 1), "nothing of what was wrong was sent");
}

#[test]
fn python_reports_wrong_arguments_and_sends_nothing() {
    needs!("python3");
    let words = BUILT.python("tests/python/wrong_arguments.py");
    let (rig, lines) = audited(&words, "passed\n");
    assert_eq!(proofs(&lines), ["pushed"; 3]);
    assert_eq!(rig.sim.counters().puts, 3, "nothing of what was wrong was sent");
}

#[test]
fn exception_out_of_a_c_callback_terminates_the_process() {
    needs!("g++");
    let program = BUILT.compile("g++", "-std=c++17", "tests/cpp/throwing_callbacks.cpp");
    for what in ["event", "reader"] {
        let rig = Rig::new();
        let secret = secret_file(&rig);
        let mut command = command(&rig, &secret, &[program.clone().into(), what.into()]);
        let status = command.output().expect("it starts").status;
        assert_eq!(status.signal(), Some(6), "{what}: SIGABRT, and not {status}");
    }
}
