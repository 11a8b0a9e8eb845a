//! The library is loaded, unloaded, loaded twice, and interrupted by signals.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::harness::{Rig, TempFolder};
use crate::jobs::{Jobs, start, text};
use crate::languages::{BUILT, command, secret_file, succeed};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn c(name: &str, standard: &str) -> OsString {
    BUILT.compile("gcc", standard, &format!("tests/c/{name}.c")).into_os_string()
}

#[test]
fn a_program_that_unloads_the_library_may_fork() {
    needs!("gcc");
    let rig = Rig::new();
    let secret = secret_file(&rig);
    let words = [c("unload", "-std=gnu11"), BUILT.folder.join("libvanta.so").into()];
    let output = succeed(&mut command(&rig, &secret, &words));
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(stdout, "the child ended with 0, and 1 thread runs\n");
}

#[test]
fn dlopen_and_dlclose_a_hundred_times_while_threads_make_calls() {
    needs!("gcc");
    let rig = Rig::unlimited();
    let secret = secret_file(&rig);
    let words = [c("reload", "-std=gnu11"), BUILT.folder.join("libvanta.so").into()];
    let output = succeed(&mut command(&rig, &secret, &words));
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(stdout, "mapped 1 time and stays, works in a namespace of its own\n");
}

#[test]
fn a_program_of_the_agreed_abi_runs_with_the_library_of_today() {
    needs!("gcc");
    let rig = Rig::new();
    let secret = secret_file(&rig);
    let headers = TempFolder::new();
    std::fs::copy(Path::new(ROOT).join("bindings/c/abi.h"), headers.path().join("vanta.h"))
        .expect("it is agreed on");
    let program = BUILT.folder.join("probe-of-the-agreed-abi");
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=c99", "-Werror", "-I"]).arg(headers.path()).args(["tests/c/probe.c", "-o"]);
    gcc.arg(&program).arg("-L").arg(&BUILT.folder).args(["-lvanta", "-Wl,-rpath"]);
    succeed(gcc.arg(&BUILT.folder).current_dir(ROOT));
    let mut list = command(&rig, &secret, &[program.into()]);
    let output = succeed(list.args(["list", "user_account", "66f0c0ffee0000000000a001"]));
    assert!(text(&output).starts_with("status 0\n"), "{}", text(&output));
}

/// Links a program with the static library.
fn linked_with_the_archive(name: &str) -> OsString {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("target/tmp");
    let program = BUILT.folder.join(format!("{name}-static"));
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=gnu11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", "include"]);
    gcc.arg(format!("tests/c/{name}.c")).arg("-o").arg(&program);
    gcc.arg(target.join("debug/libvanta.a")).args(["-lm", "-lpthread", "-ldl", "-lgcc_s"]);
    succeed(gcc.current_dir(ROOT));
    program.into()
}

#[test]
fn two_copies_of_the_library_work_in_one_process() {
    needs!("gcc");
    let (rig, folder) = (Rig::new(), TempFolder::new());
    let jobs = Jobs::new(&rig, folder.path().join("token").display().to_string());
    let library = BUILT.folder.join("libvanta.so");
    let output = start(jobs.run(&[linked_with_the_archive("two_copies"), library.into()])).end();
    assert!(output.status.success(), "{:?}", output.status);
    assert_eq!(text(&output).trim(), "one token");
    assert_eq!(rig.sim.counters().token_requests, 1);
}

/// Starts another process that holds the lock of the store.
fn holder(folder: &TempFolder) -> Child {
    let mut flock = Command::new("flock");
    flock.arg("-F").arg(folder.path().join("token.lock"));
    flock.args(["sh", "-c", "echo locked; exec sleep 60"]).stdout(Stdio::piped());
    let mut holder = flock.spawn().expect("flock is part of util-linux");
    let mut stdout = BufReader::new(holder.stdout.take().expect("piped")).lines();
    assert_eq!(stdout.next().and_then(Result::ok).as_deref(), Some("locked"));
    holder
}

#[test]
fn signals_do_not_end_the_wait_for_the_store_lock() {
    needs!("gcc", "g++", "python3", "flock");
    for (word, expected) in [("cancel", "status -47"), ("wait", "status 0")] {
        let (rig, folder) = (Rig::new(), TempFolder::new());
        let jobs = Jobs::new(&rig, folder.path().join("token").display().to_string());
        // The library makes a private lock file.
        assert!(start(jobs.push(0)).end().status.success());
        std::fs::remove_file(folder.path().join("token")).expect("ours");
        let mut holder = holder(&folder);
        let mut job = jobs.run(&[c("signals_during_lock_wait", "-std=c99"), word.into()]);
        let mut job = job.spawn().expect("it starts");
        let mut lines = BufReader::new(job.stdout.take().expect("piped")).lines();
        assert_eq!(lines.next().and_then(Result::ok).as_deref(), Some("thirty signals"));
        if word == "wait" {
            holder.kill().expect("it runs");
        }
        assert_eq!(lines.next().and_then(Result::ok).as_deref(), Some(expected));
        job.wait().expect("it ends");
        let _ = holder.kill();
        holder.wait().expect("it ends");
        let requests = if word == "wait" { 2 } else { 1 };
        assert_eq!(rig.sim.counters().token_requests, requests, "{word}");
    }
}

#[test]
fn memory_that_is_freed_holds_neither_secret_nor_token() {
    needs!("gcc");
    let freed_memory = |tls: bool| {
        let (rig, folder) = (Rig::with(|settings| settings.tls = tls), TempFolder::new());
        let jobs = Jobs::new(&rig, folder.path().join("token").display().to_string());
        let run =
            || text(&start(jobs.run(&[c("freed_memory", "-std=gnu99")])).end()).trim().to_owned();
        // The first run requests the token, the second takes it from the store.
        [run(), run()]
    };
    let nothing = "0 secrets and 0 tokens in memory that was freed";
    assert_eq!(freed_memory(false), [nothing, nothing], "our own buffers");
    assert_eq!(freed_memory(true), [nothing, nothing], "those of the TLS crate too");
    println!("memory, C, while a client exists: {nothing}");
}

#[test]
fn signal_handler_may_set_cancel_at_any_time() {
    needs!("gcc");
    let mut program = Command::new(c("cancel_in_signal_handler", "-std=gnu11"));
    let output = succeed(program.arg(BUILT.folder.join("libvanta.so")));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "no handler hangs\n");
}
