//! The audit file has a complete line for each receipt, whatever else is written to it.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use serde_json::Value;
use vanta::{Action, Body, Client, Config, ErrorKind, Event, Kind, Receipt, ReceiptKind, Upload};

use crate::harness::{
    RESOURCE, Rig, TempFile, TempFolder, accounts, assert_kind, fixture_path,
    without_deletion_guard,
};
use crate::jobs::{Jobs, all_succeed};
use crate::languages::succeed;

const KIND: Kind = Kind::USER_ACCOUNT;

fn client(rig: &Rig, path: &Path) -> Client {
    Client::new(rig.config().audit_file(path)).expect("right")
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).expect("text").lines().map(str::to_owned).collect()
}

/// Returns all lines, and checks that each is complete.
fn receipts(path: &Path) -> Vec<Receipt> {
    let one = |line: &String| Receipt::from_json(line).unwrap_or_else(|e| panic!("{line:?}: {e}"));
    lines(path).iter().map(one).collect()
}

#[test]
fn each_receipt_is_a_line_in_a_file_of_its_owners_alone() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let path = folder.path().join("audit");
    let client = client(&rig, &path);
    assert!(!path.exists(), "it is made when there is something to write");
    let file = TempFile::new("pdf", b"evidence");
    let made = [
        client.push(&KIND, &accounts(&["a"])).expect("pushed"),
        client.verify(&KIND, &accounts(&["a"])).expect("verified"),
        client.upload(&Upload::new("doc", file.path())).expect("uploaded"),
    ];
    assert!(made.iter().all(|receipt| receipt.audited));
    let expected: Vec<String> = made.iter().map(Receipt::to_json).collect();
    assert_eq!(lines(&path), expected);
    assert!(fs::read(&path).expect("bytes").ends_with(b"\n"));
    assert!(path.is_file());
    #[cfg(unix)]
    assert_eq!(fs::metadata(&path).expect("it is there").mode() & 0o777, 0o600);
    assert_eq!(Receipt::last_live(&path, &KIND, RESOURCE).expect("readable").map(|r| r.time), {
        Some(made[1].time.clone())
    });
}

#[test]
fn failed_push_adds_no_line() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let path = folder.path().join("audit");
    let client = client(&rig, &path);
    assert_kind(client.push(&KIND, &accounts(&[])), ErrorKind::EmptyPayload);
    rig.reply(crate::harness::Place::Put, 403, "{}");
    assert_kind(client.push(&KIND, &accounts(&["a"])), ErrorKind::Forbidden);
    assert_kind(client.verify(&KIND, &accounts(&["a"])), ErrorKind::NotVerified);
    assert_eq!(lines(&path), Vec::<String>::new());
}

#[test]
fn existing_lines_stay_and_an_incomplete_line_damages_no_other() {
    let rig = Rig::unlimited();
    for before in ["", "older\n", "older\n{\"receiptKind\":\"pus", "{"] {
        let file = TempFile::new("audit", before.as_bytes());
        let client = client(&rig, file.path());
        let made = [(); 2].map(|()| {
            client
                .push_with(&KIND, &accounts(&["a"]), &without_deletion_guard())
                .expect("pushed")
                .to_json()
        });
        let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
        let expected = format!("{before}{gap}{}\n{}\n", made[0], made[1]);
        assert_eq!(fs::read_to_string(file.path()).expect("text"), expected);
        let last = Receipt::last_live(file.path(), &KIND, RESOURCE).expect("readable");
        assert!(last.is_some());
    }
}

#[test]
fn threads_and_clients_share_the_file_and_no_line_is_mixed() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let path = folder.path().join("audit");
    let shared = client(&rig, &path);
    thread::scope(|scope| {
        for number in 0..8 {
            let client = if number < 4 { shared.clone() } else { client(&rig, &path) };
            scope.spawn(move || {
                let body = Body::from_json_array(&format!("of-{number}"), "[]").expect("right");
                for _ in 0..40 {
                    assert!(client.verify(&KIND, &body).expect("nothing is live").audited);
                }
            });
        }
    });
    let found = receipts(&path);
    for number in 0..8 {
        let of = |receipt: &&Receipt| receipt.resource_id == format!("of-{number}");
        assert_eq!(found.iter().filter(of).count(), 40);
    }
    assert_eq!(found.len(), 320, "and no blank ones");
}

#[cfg(unix)]
#[test]
fn processes_in_four_languages_share_the_file() {
    needs!("gcc", "g++", "python3");
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let path = folder.path().join("audit");
    let jobs = Jobs::new(&rig, folder.path().join("token").display().to_string());
    all_succeed((0..8).map(|number| {
        let mut job = jobs.push(number);
        job.env("VANTA_AUDIT_FILE", &path);
        job
    }));
    let found = receipts(&path);
    let pushed = found.iter().filter(|receipt| receipt.receipt_kind == ReceiptKind::Pushed);
    assert_eq!((pushed.count(), found.len()), (8, 16), "each pushes and verifies");
    let payload = fs::read(fixture_path("01_user_account_3.json")).expect("is there");
    let sum = crate::receipts::sha256sum(&payload);
    assert!(found.iter().all(|receipt| receipt.record_count == 3 && receipt.sha256 == sum));
    assert_eq!(fs::metadata(&path).expect("it is there").mode() & 0o777, 0o600);
}

#[cfg(unix)]
#[test]
fn audit_file_that_cannot_be_written_is_an_error_before_sending() {
    let folder = TempFolder::new();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("folder")).expect("ours");
    succeed(Command::new("mkfifo").arg(at("pipe")));
    symlink("/dev/full", at("device")).expect("ours");
    symlink(at("nothing/there"), at("dangling")).expect("ours");
    let file = TempFile::new("pdf", b"evidence");
    for path in ["folder", "pipe", "device", "dangling", "no/such/folder"].map(at) {
        let rig = Rig::unlimited();
        let client = client(&rig, &path);
        for failed in [
            client.push(&KIND, &accounts(&["a"])),
            client.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard()),
            client.verify(&KIND, &accounts(&["a"])),
            client.upload(&Upload::new("doc", file.path())),
        ] {
            let error = assert_kind(failed, ErrorKind::UnwritableFile);
            assert_eq!((error.code(), error.action()), (-25, Action::FixConfig));
            let named = path.display().to_string();
            assert!(error.to_string().contains(&named), "{error}");
        }
        assert_eq!(rig.sim.counters().connections, 0, "{}", path.display());
    }
}

/// Makes a push, and replaces the audit file by something else meanwhile.
fn spoilt(rig: &Rig, config: Config, path: PathBuf) -> Receipt {
    let file = path.clone();
    let client = Client::new(config.audit_file(path)).expect("right").with_progress(move |_| {
        if file.is_file() {
            fs::remove_file(&file).expect("ours");
            fs::create_dir(&file).expect("ours");
        }
    });
    let receipt = client.push(&KIND, &accounts(&["a"])).expect("Vanta has accepted it");
    assert_eq!(rig.sim.counters().puts_accepted, 1);
    receipt
}

#[test]
fn audit_file_error_after_the_push_is_an_event() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let (config, log) = rig.with_event_log();
    let path = folder.path().join("audit");
    let receipt = spoilt(&rig, config, path.clone());
    assert!(!receipt.audited);
    let failed: Vec<String> = log
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::AuditFailed { message: ref words } => {
                assert!(words.contains(&path.display().to_string()), "{words}");
                Some(event.to_string())
            }
            _ => None,
        })
        .collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
}

/// Set in a process that plays a machine whose disk has room for one page.
#[cfg(unix)]
const FULL: &str = "VANTA_TEST_FULL_DISK";

#[cfg(unix)]
fn on_a_full_disk(path: &Path) {
    let rig = Rig::unlimited();
    let (config, log) = rig.with_event_log();
    let client = Client::new(config.audit_file(path)).expect("right");
    let receipt = client.push(&KIND, &accounts(&["a"])).expect("Vanta has accepted it");
    assert!(!receipt.audited);
    let failed = |event: &Event| matches!(event, Event::AuditFailed { .. });
    assert_eq!(log.events().iter().filter(|event| failed(event)).count(), 1);
}

#[cfg(unix)]
#[test]
fn full_disk_affects_neither_the_push_nor_later_lines() {
    if let Some(path) = std::env::var_os(FULL) {
        return on_a_full_disk(Path::new(&path));
    }
    let older = format!("{}\n", "x".repeat(4000));
    let file = TempFile::new("audit", older.as_bytes());
    // No file of that process may grow beyond a page: its write is cut short, and the next fails.
    let script = "trap '' XFSZ; exec prlimit --fsize=4096:4096 \"$0\" --exact \"$1\"";
    let own = std::env::current_exe().expect("a program knows its path");
    let name = "receipt_lines::full_disk_affects_neither_the_push_nor_later_lines";
    let mut full = Command::new("sh");
    let output = succeed(full.args(["-c", script]).arg(own).arg(name).env(FULL, file.path()));
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(stdout.contains("1 passed"), "{stdout}");
    assert_eq!(fs::metadata(file.path()).expect("it is there").len(), 4096, "a line was cut short");
    let rig = Rig::unlimited();
    let receipt = client(&rig, file.path()).push(&KIND, &accounts(&["a"])).expect("pushed");
    assert!(receipt.audited);
    let lines = lines(file.path());
    assert_eq!((lines.len(), &lines[0]), (3, &older.trim_end().to_owned()));
    assert!(serde_json::from_str::<Value>(&lines[1]).is_err(), "half a line");
    assert_eq!(lines[2], receipt.to_json());
}
