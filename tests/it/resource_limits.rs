//! Threads, descriptors, memory or the resolver run out: a status is returned.

use std::ffi::OsString;
use std::process::Command;

use crate::harness::{Rig, TempFolder};
use crate::jobs::text;
use crate::languages::{BUILT, command, secret_file, succeed};
use crate::load_tolerance::until_in_time;
use crate::tools;

pub fn c(name: &str, standard: &str) -> OsString {
    BUILT.compile("gcc", standard, &format!("tests/c/{name}.c")).into_os_string()
}

/// Runs a program, checks that its stderr is empty, and returns its stdout.
pub fn run(rig: &Rig, words: &[OsString]) -> String {
    let secret = secret_file(rig);
    let output = succeed(&mut command(rig, &secret, words));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{words:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn without_threads_or_descriptors_a_status_is_returned_and_calls_recover() {
    needs!("gcc", "localhost");
    for what in ["threads", "descriptors"] {
        let words = [c("resource_limits", "-std=gnu99"), what.into()];
        assert_eq!(run(&Rig::unlimited(), &words), "recovered\n", "{what}");
    }
}

#[test]
fn a_resolver_that_hangs_is_abandoned_and_its_thread_blocks_signals() {
    needs!("gcc", "localhost");
    let words = [c("resource_limits", "-std=gnu99"), "resolver".into()];
    let in_time = "ended within 200 ms\nrecovered\n";
    let tries = until_in_time(in_time, || run(&Rig::unlimited(), &words));
    assert!(tries.iter().all(|stdout| stdout.ends_with("recovered\n")), "{tries:?}");
}

#[test]
fn without_memory_a_process_ends_and_corrupts_no_file() {
    needs!("gcc");
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let store = folder.path().join("token");
    let secret = secret_file(&rig);
    let words = [c("out_of_memory", "-std=gnu99"), "40".into()];
    let output = succeed(command(&rig, &secret, &words).env("VANTA_TOKEN_STORE", &store));
    assert_eq!(text(&output).trim(), "40 of 40 aborted or returned");
    let record = std::fs::read(&store).expect("the parent's last job wrote it");
    serde_json::from_slice::<serde_json::Value>(&record).expect("whole");
    let names = std::fs::read_dir(folder.path()).expect("ours").count();
    assert_eq!(names, 2, "the store, its lock, and nothing half-written");
}

#[test]
fn sandbox_without_threads_files_or_network_has_a_status_for_each() {
    needs!("gcc", "localhost");
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let token = rig.client().token().expect("a token").secret().expose().to_owned();
    let secret = secret_file(&rig);
    let words = [c("sandbox", "-std=gnu99"), folder.path().into()];
    let output = succeed(command(&rig, &secret, &words).env("TEST_TOKEN", token));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let skipped: Vec<&str> = stdout.lines().filter(|line| line.contains("SKIPPED")).collect();
    skipped.iter().for_each(|line| tools::skip_part(line));
    let good = stdout.lines().filter(|line| line.ends_with("passed")).count();
    assert_eq!(good + skipped.len(), 3, "{stdout}");
}

#[test]
fn many_concurrent_hostname_lookups_all_finish() {
    needs!("gcc", "localhost");
    let output = succeed(&mut Command::new(c("concurrent_lookups", "-std=gnu99")));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0 of 40 lookups did not finish\n");
}
