//! The programs of docs/unattended-jobs.md: their exit codes, SIGTERM, and an unknown outcome.

use std::ffi::OsString;

use crate::docs::program;
use crate::harness::{Fault, Place, Rig, TempFolder, fixture_path};
use crate::jobs::{Jobs, start, text, until};
use crate::languages::BUILT;

const PAGE: &str = "docs/unattended-jobs.md";

/// Writes the programs of the page into a folder, and returns their commands.
fn programs(folder: &TempFolder) -> [Vec<OsString>; 2] {
    let write = |name: &str| {
        folder.write(name, program(PAGE, name).as_bytes());
        folder.path().join(name).display().to_string()
    };
    let cpp = BUILT.compile("g++", "-std=c++17", &write("unattended.cpp"));
    [BUILT.python(&write("unattended.py")), vec![cpp.into_os_string()]]
}

/// Runs a program, and returns its exit code and what it printed.
fn run(rig: &Rig, words: &[OsString], payload: &str) -> (Option<i32>, String) {
    let jobs = Jobs::new(rig, "memory");
    let mut command = jobs.run(words);
    command.arg(fixture_path(payload));
    let output = start(command).end();
    (output.status.code(), text(&output))
}

#[test]
fn unattended_jobs_verify_and_exit_with_the_code_of_the_error() {
    needs!("g++", "python3");
    let folder = TempFolder::new();
    for words in programs(&folder) {
        let (code, printed) = run(&Rig::new(), &words, "01_user_account_3.json");
        assert!(code == Some(0) && printed.contains("3 records live"), "{words:?}: {printed}");
        let (code, printed) = run(&Rig::new(), &words, "negative/empty_resources.json");
        assert_eq!(code, Some(65), "{words:?}: {printed}");
        // No success and no refusal: only verify tells that the push took effect.
        let rig = Rig::new();
        let (headers, body) = (Vec::new(), b"{}".to_vec());
        rig.script(Place::Put, Fault::ApplyThenReply { status: 200, headers, body });
        let (code, printed) = run(&rig, &words, "01_user_account_3.json");
        assert!(code == Some(0) && printed.contains("unknown: verifying"), "{words:?}: {printed}");
        assert_eq!(rig.sim.counters().puts, 1, "{words:?}: {printed}");
    }
}

#[test]
fn sigterm_ends_an_unattended_job_with_the_outcome_of_its_push() {
    needs!("g++", "python3");
    let folder = TempFolder::new();
    for words in programs(&folder) {
        for (place, expected) in [(Place::Get, 130), (Place::Put, 76)] {
            let rig = Rig::new();
            rig.script(place, Fault::HoldResponse);
            let jobs = Jobs::new(&rig, "memory");
            let mut command = jobs.run(&words);
            command.arg(fixture_path("01_user_account_3.json"));
            let mut job = start(command);
            until("the request arrives", || match place {
                Place::Put => rig.sim.counters().puts == 1,
                _ => rig.sim.counters().gets == 1,
            });
            job.signal("TERM");
            let output = job.end();
            assert_eq!(output.status.code(), Some(expected), "{words:?}: {}", text(&output));
        }
    }
}
