//! Signals end a call in good order; a terminal shows what is under way.

use std::process::Stdio;
use std::thread;

use vanta_simulator::{Fault, Place};

use crate::rig::{RESOURCE, Rig, request};

/// Starts a command, sends SIGTERM when the simulator has seen the request, and returns the exit
/// code and standard error. SIGINT is ignored where the tests run in the background of a shell.
fn interrupted(rig: &Rig, arguments: &[&str], has_begun: fn(&Rig) -> bool) -> (i32, String) {
    let mut command = rig.vanta(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it is there");
    while !has_begun(rig) {
        let ended = child.try_wait().expect("it can be waited for");
        assert_eq!(ended, None, "it ended before its request");
        thread::yield_now();
    }
    let mut kill = rig.command("sh");
    kill.args(["-c", &format!("kill -TERM {}", child.id())]);
    rig.finish(kill, b"").ends_with(0);
    let output = child.wait_with_output().expect("it ends");
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_signal_cancels_a_read_and_leaves_the_outcome_of_a_push_open() {
    let rig = Rig::new();
    rig.sim.script(Place::Get, [Fault::Hang]);
    let list = ["list", "user_account", RESOURCE];
    let (code, told) = interrupted(&rig, &list, |rig| rig.sim.counters().gets > 0);
    assert!(code == 130 && told.contains("the call was cancelled"), "{code}: {told}");
    rig.write("a.json", request(&["a"]));
    rig.sim.script(Place::Put, [Fault::HoldResponse]);
    let push = ["push", "user_account", "a.json"];
    let (code, told) = interrupted(&rig, &push, |rig| rig.sim.counters().puts > 0);
    assert!(code == 76 && told.contains("the outcome is unknown"), "{code}: {told}");
}

#[test]
fn a_signal_ends_the_reading_of_standard_input_at_once() {
    let rig = Rig::new();
    let mut shell = rig.command("sh");
    // The input stays open, and nothing comes.
    let script = "mkfifo fifo; exec 3<> fifo
        vanta push user_account - -r x < fifo & kill -TERM $!; wait $!";
    shell.args(["-c", script]);
    let ran = rig.finish(shell, b"");
    assert_ne!(ran.code, 0);
}

#[test]
fn a_terminal_shows_progress_and_quiet_does_not() {
    needs!("python3");
    let rig = Rig::new();
    rig.write("a.json", request(&["a"]));
    let pty = |option: &str| {
        let mut python = rig.command("python3");
        python.env("TERM", "xterm");
        let code =
            "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
        python.args(["-c", code, "vanta", "push", "user_account", "a.json", option]);
        rig.finish(python, b"").ends_with(0).out
    };
    let shown = pty("--color=never");
    assert!(shown.contains("user_account") && shown.contains("\x1b["), "{shown:?}");
    assert_eq!(pty("--quiet"), "");
}
