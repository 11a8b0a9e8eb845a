//! `vanta list`, `vanta upload` and `vanta status`.

use std::path::Path;

use serde_json::Value;

use crate::rig::{RESOURCE, Rig, request};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn a_list_is_a_table_rows_or_records_to_push_again() {
    let rig = Rig::new();
    rig.write("a.json", request(&["a", "b", "c"]));
    rig.run(&["push", "user_account", "a.json"]).ends_with(0);
    rig.write("b.json", request(&["a", "b"]));
    rig.run(&["push", "user_account", "b.json"]).ends_with(0);
    let list = |options: &[&str]| {
        rig.run(&[&["list", "user_account", RESOURCE], options].concat()).ends_with(0)
    };
    let ran = list(&[]);
    assert_eq!(ran.out.lines().count(), 3, "{}", ran.out);
    assert!(ran.out.starts_with("UNIQUE ID") && ran.out.contains("\na "), "{}", ran.out);
    ran.has_error(&["2 live records, 1 soft-deleted row\n"]);
    let rows = lines(&list(&["--json", "--deleted"]).out);
    assert_eq!(rows.iter().filter(|row| !row["deletedAt"].is_null()).count(), 1);
    let records = list(&["--records"]).out;
    assert!(lines(&records)[0].get("createdAt").is_none());
    let push = ["push", "user_account", "-", "--resource-id", RESOURCE];
    rig.pipe(&push, records).ends_with(0);
}

#[test]
fn what_nothing_reads_any_more_is_no_error() {
    let rig = Rig::new();
    let mut shell = rig.command("sh");
    shell.args(["-c", "vanta completions bash | true; vanta kinds | head -n 1"]);
    let ran = rig.finish(shell, b"").ends_with(0);
    assert_eq!((ran.err.as_str(), ran.out.lines().count()), ("", 1));
}

#[test]
fn an_upload_requests_the_scope_that_it_needs() {
    let rig = Rig::new();
    rig.sim.declare_document("access-requests");
    rig.write("requests.pdf", "%PDF-1.7");
    let upload = ["upload", "access-requests", "requests.pdf"];
    let ran = rig.run(&[&upload[..], &["--json", "--effective-at-date", "2026-01-31"]].concat());
    assert_eq!(ran.ends_with(0).json()["receiptKind"], "uploaded");
    assert_eq!(rig.sim.uploads().len(), 1);
    let request = rig.sim.last_token_request().expect("it was made");
    assert!(String::from_utf8_lossy(&request.body).contains("self:write-document"));
}

#[test]
fn status_requests_no_token() {
    let rig = Rig::new();
    let ran = rig.run(&["status"]).ends_with(0);
    assert!(ran.out.contains("none; the next command requests one"), "{}", ran.out);
    assert_eq!(rig.sim.counters().token_requests, 0);
    rig.run(&["list", "user_account", RESOURCE]).ends_with(0);
    let status = rig.run(&["status", "--json"]).ends_with(0).json();
    assert_eq!((&status["hasToken"], &status["generation"]), (&true.into(), &1.into()));
    assert_eq!(status["tokenRequestsLeft"], 3);
    let folder = if cfg!(windows) { "vanta" } else { ".local/state/vanta" };
    let store = status["store"].as_str().and_then(|store| store.strip_prefix("file "));
    assert_eq!(Path::new(store.expect("a file")).parent(), Some(&*rig.path().join(folder)));
    assert_eq!(rig.sim.counters().token_requests, 1);
}
