//! The scripts of docs/command-line.md, as a person would put them into cron.

use std::fs;
use std::path::Path;
use std::time::Duration;

use vanta_simulator::{Fault, Place};

use crate::permissions::set_mode;
use crate::rig::{HEADER, RESOURCE, Ran, Rig, request};

/// The script of the page between `<!-- name -->` and `<!-- end -->`.
fn script(name: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/command-line.md");
    let page = fs::read_to_string(page).expect("it is there");
    let (_, rest) = page.split_once(&format!("<!-- {name} -->\n```sh\n")).expect("it is shown");
    rest.split("```").next().expect("it ends").to_owned()
}

impl Rig {
    fn executable(&self, name: &str, text: &str) {
        set_mode(&self.write(name, text), 0o700);
    }

    fn shell(&self, script: &str) -> Ran {
        let mut shell = self.command("sh");
        shell.arg(script);
        self.finish(shell, b"")
    }

    fn sqlite(&self, statements: &str) {
        let mut command = self.command("sqlite3");
        command.args(["hr.db", statements]);
        self.finish(command, b"").ends_with(0);
    }

    /// What `mail` was told since the last time: its arguments, then its input.
    fn mail(&self) -> String {
        let path = self.path().join("mail.txt");
        let told = fs::read_to_string(&path).unwrap_or_default();
        let _ = fs::remove_file(path);
        told
    }
}

/// A rig with a database of four accounts, the script of the page, and a `mail` that keeps all.
fn job() -> Rig {
    let rig = Rig::on_one_clock();
    rig.write("job.sh", script("job.sh"));
    rig.executable("mail", "#!/bin/sh\n{ echo \"$@\"; cat; } >> mail.txt\n");
    let rows = ["a", "b", "c", "d"].map(|id| {
        format!(
            "('{id}','Doe, {id}','https://x.example.com/{id}','{id}','{id}','{id}@example.com',\
             'BASE','2026-01-01T00:00:00Z','ACTIVE',1,'OTP;SMS','SSO')"
        )
    });
    rig.sqlite(&format!(
        "create table accounts ({HEADER}); insert into accounts values {}",
        rows.join(",")
    ));
    rig
}

#[test]
fn a_job_exports_pushes_and_mails_whoever_must_act() {
    needs!("sqlite3");
    let rig = job();
    rig.shell("job.sh").ends_with(0);
    assert_eq!((rig.mail(), rig.sim.rows("user_account", RESOURCE).len()), (String::new(), 4));

    rig.sqlite("update accounts set status = 'Retired' where uniqueId = 'c'");
    rig.shell("job.sh").ends_with(65);
    let mail = rig.mail();
    assert!(mail.starts_with("-s Vanta: correct the records hr@example.com\n"), "{mail}");
    assert!(mail.contains("row 4, column status (I4): \"Retired\" must be one of"), "{mail}");

    // Half of the database is gone: nobody is deleted for it.
    rig.sqlite("delete from accounts where uniqueId <> 'a'");
    rig.shell("job.sh").ends_with(65);
    assert!(rig.mail().contains("--expect-removals 3"));
    rig.sqlite("delete from accounts");
    rig.shell("job.sh").ends_with(65);
    assert!(rig.mail().contains("correct the records"));
    assert_eq!(rig.sim.counters().puts, 1);
}

#[test]
fn a_job_is_silent_about_what_the_next_run_settles() {
    needs!("sqlite3");
    let rig = job();
    rig.sim.script(Place::Put, vec![Fault::LoseResponse; 50]);
    rig.shell("job.sh").ends_with(76);
    rig.sim.clear_script();
    rig.sim.script(Place::Get, vec![Fault::Reset; 50]);
    rig.shell("job.sh").ends_with(75);
    assert_eq!(rig.mail(), "");
    rig.sim.clear_script();
    rig.shell("job.sh").ends_with(0);
    // The audit file has what was pushed, and that its outcome was not known.
    assert!(rig.read("audit.jsonl").contains("\"receiptKind\":\"verified\""));
}

#[test]
fn a_job_mails_the_operators_after_six_runs_that_the_next_one_did_not_settle() {
    needs!("sqlite3");
    let rig = job();
    // The count begins anew after a run that succeeds.
    for _ in 0..2 {
        rig.sim.script(Place::Get, vec![Fault::Reset; 500]);
        for _ in 0..5 {
            rig.shell("job.sh").ends_with(75);
            assert_eq!(rig.mail(), "");
        }
        rig.sim.clear_script();
        rig.shell("job.sh").ends_with(0);
    }
    rig.sim.script(Place::Get, vec![Fault::Reset; 500]);
    let mails = [(); 7].map(|()| {
        rig.shell("job.sh").ends_with(75);
        rig.mail()
    });
    let mail = mails[5].as_str();
    assert!(
        mail.starts_with("-s Vanta: 6 runs in a row ended with 75 ops@example.com\n"),
        "{mail}"
    );
    assert!(mail.contains("error: "), "{mail}");
    assert_eq!(mails.iter().filter(|mail| !mail.is_empty()).count(), 1, "{mails:?}");
}

#[test]
fn a_job_mails_the_operators_when_the_credentials_are_wrong() {
    needs!("sqlite3");
    let rig = job();
    rig.write("secret", "vcs_wrong");
    rig.shell("job.sh").ends_with(77);
    let mail = rig.mail();
    assert!(mail.starts_with("-s Vanta: push failed with 77 ops@example.com\n"), "{mail}");
}

#[test]
fn a_failed_export_in_a_pipe_deletes_nothing() {
    let rig = Rig::new();
    let mut shell = rig.command("sh");
    shell.args(["-c", "false | vanta push user_account - --format csv --resource-id x"]);
    rig.finish(shell, b"").ends_with(65).has_error(&["standard input is empty"]);
    assert_eq!(rig.sim.counters().puts, 0);
}

#[test]
fn an_old_script_shares_the_token_and_replaces_a_revoked_one() {
    needs!("curl");
    let rig = Rig::on_one_clock();
    rig.write("curl.sh", script("curl.sh"));
    rig.write("request.json", request(&["a"]));
    for _ in 0..2 {
        rig.shell("curl.sh").ends_with(0);
    }
    assert_eq!((rig.sim.counters().puts_accepted, rig.sim.counters().token_requests), (2, 1));
    rig.sim.advance(Duration::from_secs(2));
    rig.sim.revoke_token();
    rig.shell("curl.sh").ends_with(0);
    rig.run(&["push", "user_account", "request.json"]).ends_with(0);
    assert_eq!((rig.sim.counters().puts_accepted, rig.sim.counters().token_requests), (4, 2));
    rig.write("request.json", "[]");
    rig.shell("curl.sh").ends_with(1);
}
