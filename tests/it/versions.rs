//! Two versions of the library share one token store and one audit file.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vanta::{Client, Clock, Kind, PushOptions, Receipt, ReceiptKind};

use crate::harness::{RESOURCE, Rig, TempFolder, accounts, fixture, fixture_path};
use crate::jobs::{Jobs, RUST_PUSH, all_succeed};

const KIND: Kind = Kind::USER_ACCOUNT;

/// The members that the older version knew, and wrote.
const OLDER: [&str; 11] = [
    "format",
    "origin",
    "client_id",
    "salt",
    "generation",
    "token",
    "started",
    "requests",
    "refusals",
    "pause",
    "revoked",
];

/// Returns a record of an older version for this application.
fn older(rig: &Rig, name: &str) -> String {
    let text = String::from_utf8(fixture(&format!("older/{name}"))).expect("text");
    let text = text.replace("{origin}", &rig.sim.origin());
    let text = text.replace("{client_id}", &rig.sim.client_id());
    let text = text.replace("{token}", &rig.sim.live_token().unwrap_or_default());
    text.replace("{wall_ms}", &rig.clock.wall().as_millis().to_string())
}

fn client(rig: &Rig, store: &Path) -> Client {
    let config = rig.config().token_store(store.display().to_string());
    Client::new(config).expect("the store is safe")
}

fn record(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("there")).expect("JSON")
}

/// Makes a store with a record of the older version that has a valid token.
fn older_store(rig: &Rig, folder: &TempFolder) -> PathBuf {
    let path = folder.path().join("token");
    client(rig, &path).token().expect("a token");
    fs::write(&path, older(rig, "token-record.json")).expect("ours");
    path
}

#[test]
fn the_token_of_an_older_record_is_used_and_its_generation_continues() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let path = older_store(&rig, &folder);
    let job = client(&rig, &path);
    job.push(&KIND, &accounts(&["a"])).expect("pushed with the older version's token");
    assert_eq!(rig.sim.counters().token_requests, 1);
    rig.sim.revoke_token();
    job.push(&KIND, &accounts(&["a"])).expect("pushed with a new token");
    let record = record(&path);
    assert_eq!((rig.sim.counters().token_requests, &record["generation"]), (2, &json!(4)));
    let salt = &record["salt"];
    assert_eq!((&record["format"], salt), (&json!(1), &json!("7f0e5a1b2c3d4e5f")));
}

#[test]
fn members_of_a_newer_version_are_kept_through_a_token_request() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let path = older_store(&rig, &folder);
    let mut newer = record(&path);
    newer["added_later"] = json!({"a": [1, "two"]});
    fs::write(&path, newer.to_string()).expect("ours");
    let job = client(&rig, &path);
    job.push(&KIND, &accounts(&["a"])).expect("pushed");
    rig.sim.revoke_token();
    job.push(&KIND, &accounts(&["a"])).expect("pushed with a new token");
    assert_eq!(record(&path)["added_later"], json!({"a": [1, "two"]}));
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn processes_of_both_versions_take_turns_with_one_token() {
    let (rig, folder) = (
        Rig::on_one_clock(|settings| settings.resource_limit_per_minute = None),
        TempFolder::new(),
    );
    let path = folder.path().join("token");
    let jobs = Jobs::new(&rig, path.display().to_string());
    for round in 0..5 {
        let mut job = jobs.run(std::slice::from_ref(&RUST_PUSH));
        job.arg("user_account").arg(fixture_path("01_user_account_3.json"));
        all_succeed([job]);
        // The older version reads the record, and writes the members that it knows.
        let mut written = record(&path);
        let members = written.as_object_mut().expect("an object");
        members.retain(|name, _| OLDER.contains(&name.as_str()));
        let token = members["token"].as_object_mut().expect("a token");
        token.retain(|name, _| name != "worked" && name != "rejected_before");
        fs::write(&path, written.to_string()).expect("ours");
        let generation = &record(&path)["generation"];
        assert_eq!((rig.sim.counters().token_requests, generation), (1, &json!(1)), "{round}");
    }
    assert_eq!(rig.sim.counters().puts_accepted, 5);
}

#[test]
fn an_audit_file_holds_lines_of_both_versions_in_any_order() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let path = folder.path().join("audit.jsonl");
    let lines = older(&rig, "audit.jsonl");
    folder.write("audit.jsonl", lines.as_bytes());
    let job = Client::new(rig.config().audit_file(&path)).expect("right");
    let baseline = || PushOptions::new().baseline_from_audit(&path, &KIND, RESOURCE);
    let body = accounts(&["a", "b", "c"]);
    job.push_with(&KIND, &body, &baseline().expect("an older receipt")).expect("pushed");
    // The older version appends its line after that of this one.
    let text = fs::read_to_string(&path).expect("text");
    let last = lines.lines().last().expect("a line").replace("11-29T09", "11-30T10");
    fs::write(&path, format!("{text}{last}\n")).expect("ours");
    let newest = Receipt::last_live(&path, &KIND, RESOURCE).expect("readable").expect("one");
    assert_eq!((newest.record_count, newest.http_status, newest.byte_len), (3, 200, 1315));
    job.push_with(&KIND, &body, &baseline().expect("an older receipt")).expect("pushed");
    let text = fs::read_to_string(&path).expect("text");
    let receipts = text.lines().map(|line| Receipt::from_json(line).expect("a receipt"));
    let receipts: Vec<Receipt> = receipts.collect();
    assert_eq!(receipts.len(), 5);
    assert!(receipts.iter().all(|receipt| receipt.receipt_kind == ReceiptKind::Pushed));
    assert!(receipts.iter().all(|receipt| receipt.resource_kind == KIND));
    assert_eq!(text.matches("\"proof\"").count(), 3, "older lines stay as they were");
}
