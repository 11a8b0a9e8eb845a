//! A child of a fork keeps the token, and shares neither a connection nor a held lock.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::process::Command;

use vanta_simulator::RecordedRequest;

use crate::harness::{Fault, Place, Rig, TempFile, TempFolder};
use crate::jobs::{Jobs, kill, start, text, until};
use crate::languages::{BUILT, command, secret_file, succeed};

fn c(name: &str, standard: &str) -> OsString {
    BUILT.compile("gcc", standard, &format!("tests/c/{name}.c")).into_os_string()
}

/// Returns the connections that each process used. A process lists a resource of its own name.
fn connections(rig: &Rig) -> BTreeMap<String, BTreeSet<u64>> {
    let mut used: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let named = |request: &RecordedRequest| {
        request.target.split("process-").nth(1).map(|name| (name.to_owned(), request.connection))
    };
    for (name, connection) in rig.sim.requests().iter().filter_map(named) {
        used.entry(name).or_default().insert(connection);
    }
    used
}

#[track_caller]
fn nobody_shares(rig: &Rig, at_least: usize) {
    let used = connections(rig);
    assert!(used.len() >= at_least, "{used:?}");
    let all: usize = used.values().map(BTreeSet::len).sum();
    let different: BTreeSet<u64> = used.values().flatten().copied().collect();
    assert_eq!(different.len(), all, "a connection served two processes: {used:?}");
}

#[test]
fn children_of_a_c_program_work_while_its_threads_are_inside_calls() {
    needs!("gcc");
    let rig = Rig::unlimited();
    let secret = secret_file(&rig);
    let words = [c("fork", "-std=c99"), "24".into()];
    let output = succeed(&mut command(&rig, &secret, &words));
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(stdout, "24 of 24 children succeeded\nthe parent succeeded\n");
    assert_eq!(rig.sim.counters().token_requests, 1);
    nobody_shares(&rig, 25);
    // The parent's connection is still open after all children: none of them closed it.
    assert_eq!(connections(&rig)["0"].len(), 1);
}

fn python(jobs: &Jobs<'_>) -> Command {
    // Python 3.12 warns of every fork in a program with threads, which is what this tests.
    let words = ["python3", "-W", "ignore::DeprecationWarning", "tests/python/worker_processes.py"];
    jobs.run(&words.map(OsString::from))
}

#[test]
fn workers_of_python_share_the_token_whether_forked_or_spawned() {
    needs!("python3");
    for method in ["fork", "spawn"] {
        let (rig, folder) = (Rig::unlimited(), TempFolder::new());
        let jobs = Jobs::new(&rig, folder.path().join("token").display().to_string());
        let mut job = python(&jobs);
        job.args([method, "8"]);
        let output = start(job).end();
        assert!(output.status.success(), "{method}: {}", text(&output));
        assert!(text(&output).starts_with("1 token in"), "{method}: {}", text(&output));
        assert_eq!(rig.sim.counters().token_requests, 1, "{method}");
        nobody_shares(&rig, 2);
    }
}

#[test]
fn forked_workers_whose_token_expires_share_the_next_one_through_the_store() {
    needs!("python3");
    let rig = Rig::on_one_clock(|settings| settings.resource_limit_per_minute = None);
    let folder = TempFolder::new();
    let jobs = Jobs::new(&rig, folder.path().join("token").display().to_string());
    let mut job = python(&jobs);
    job.args(["fork", "8", "an hour passes"]);
    let output = start(job).end();
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).starts_with("1 token in"), "{}", text(&output));
    assert_eq!(rig.sim.counters().token_requests, 2);
}

/// Returns the system calls between the two marks of the program.
fn between_marks(trace: &str) -> Vec<&str> {
    let lines = trace.lines().skip_while(|line| !line.contains("getppid")).skip(1);
    lines.take_while(|line| !line.contains("getppid")).collect()
}

#[test]
fn cached_token_needs_no_allocation_and_no_system_call() {
    needs!("gcc", "strace");
    let rig = Rig::new();
    let secret = secret_file(&rig);
    let trace = TempFile::new("trace", b"");
    let program = c("cached_token_allocations", "-std=gnu99");
    let words: Vec<OsString> = ["strace".into(), "-o".into(), trace.path().into(), program].into();
    let output = succeed(&mut command(&rig, &secret, &words));
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(stdout, "some allocations for the first token, 0 for a thousand more\n");
    let trace = std::fs::read_to_string(trace.path()).expect("strace wrote it");
    assert_eq!(trace.matches("getppid").count(), 2, "the marks were seen");
    assert_eq!(between_marks(&trace), Vec::<&str>::new());
}

#[test]
fn inherited_store_lock_ends_with_the_parent() {
    needs!("gcc");
    let (rig, folder) = (Rig::new(), TempFolder::new());
    let store = folder.path().join("token").display().to_string();
    let jobs = Jobs::new(&rig, &store);
    rig.script(Place::Token, Fault::Hang);
    let pid_file = folder.path().join("child");
    let child = || std::fs::read_to_string(&pid_file).unwrap_or_default();
    let mut forker = start(jobs.run(&[c("fork_in_call", "-std=c99"), pid_file.clone().into()]));
    until("its child is there", || child().ends_with('\n'));
    assert_eq!(rig.sim.counters().token_requests, 1, "its parent requests a token");
    forker.signal("KILL");
    drop(forker);
    let mut probe = jobs.run(&[c("probe", "-std=c99")]);
    probe.args(["list", "user_account", "process-1"]);
    let output = start(probe).end();
    assert!(text(&output).contains("status 0"), "the child has the lock: {}", text(&output));
    kill("TERM", child().trim());
}

#[test]
fn child_forked_during_first_use_does_not_block() {
    needs!("gcc");
    let program = BUILT.compile("gcc", "-std=gnu99", "tests/c/fork_during_first_use.c");
    let output = succeed(&mut Command::new(program));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0 children hang\n");
}

#[test]
fn child_forked_while_clients_are_created_keeps_the_registry() {
    needs!("gcc");
    let folder = TempFolder::new();
    let program = BUILT.compile("gcc", "-std=gnu99", "tests/c/registry_fork.c");
    let output = succeed(Command::new(program).arg(folder.path().join("token")));
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(stdout, "200 of 200 children succeeded\n");
}
