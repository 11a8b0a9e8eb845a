//! The four formats of records, from a file and from standard input.

use crate::rig::{RESOURCE, Rig, account, request, sheet};

#[test]
fn each_format_is_recognised_and_pushes_the_same_records() {
    let (a, b) = (account("a").to_string(), account("b").to_string());
    let texts = [
        ("request", request(&["a", "b"])),
        ("array", format!(" [{a},{b}]")),
        ("ndjson", format!("{a}\n{b}\n")),
        ("csv", sheet(&["a", "b"]).replace("OTP;SMS", "OTP").replace("SSO", "PASSWORD")),
    ];
    for (format, text) in texts {
        let rig = Rig::new();
        rig.write("records", &text);
        let file = ["push", "user_account", "records", "--resource-id", RESOURCE];
        rig.run(&file).ends_with(0);
        let records = |rig: &Rig| {
            let mut rows = rig.sim.rows("user_account", RESOURCE);
            rows.iter_mut().for_each(|row| row["updatedAt"] = row["createdAt"].take());
            rows
        };
        assert_eq!(records(&rig).len(), 2, "{format}");
        assert_eq!(records(&rig)[0]["mfaMethods"], serde_json::json!(["OTP"]), "{format}");
        let first = records(&rig);
        let named = ["push", "user_account", "-", "--format", format, "-r", RESOURCE];
        rig.pipe(&named, &text).ends_with(0);
        assert_eq!(records(&rig), first, "{format}");
    }
}

#[test]
fn one_object_is_a_line_or_a_request_by_its_members() {
    let rig = Rig::new();
    let line = account("a").to_string();
    rig.pipe(&["push", "user_account", "-", "-r", RESOURCE], line).ends_with(0);
    assert_eq!(rig.sim.rows("user_account", RESOURCE).len(), 1);
    let broken = request(&["a"]).replace("]}", "");
    let ran = rig.pipe(&["push", "user_account", "-"], broken).ends_with(65);
    ran.has_error(&["standard input: ", "EOF"]);
}

#[test]
fn the_ending_of_a_name_says_the_format() {
    let rig = Rig::new();
    rig.write("a.csv", "{");
    rig.run(&["validate", "user_account", "a.csv"]).ends_with(65).has_error(&["row 1"]);
    rig.write("a.ndjson", account("a").to_string());
    rig.run(&["validate", "user_account", "a.ndjson"]).ends_with(0);
}

#[test]
fn the_resource_id_comes_from_the_request_an_option_or_the_environment() {
    let rig = Rig::new();
    rig.write("a.csv", sheet(&["a"]));
    let push = ["push", "user_account", "a.csv"];
    rig.run(&push).ends_with(64).has_error(&["--resource-id", "VANTA_RESOURCE_ID"]);
    let mut command = rig.vanta(&push);
    command.env("VANTA_RESOURCE_ID", RESOURCE);
    rig.finish(command, b"").ends_with(0);
    rig.write("a.json", request(&["a"]));
    let ran = rig.run(&["push", "user_account", "a.json", "-r", "another"]).ends_with(64);
    ran.has_error(&["--resource-id is another, and the request in a.json has", RESOURCE]);
    assert_eq!(rig.sim.counters().puts, 1);
}

#[test]
fn validate_needs_neither_credentials_nor_a_resource() {
    let rig = Rig::new();
    let mut command = rig.vanta(&["validate", "user_account", "-"]);
    command.env_clear();
    let ran = rig.finish(command, sheet(&["a", "b"]).as_bytes()).ends_with(0);
    assert_eq!(ran.out, "2 records of user_account are valid\n");
    let ran = rig.pipe(&["validate", "user_account", "-", "--json"], sheet(&["a"])).ends_with(0);
    let report = ran.json();
    assert_eq!((&report["records"], &report["valid"]), (&1.into(), &true.into()));
    assert_eq!(rig.sim.counters().token_requests, 0);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let rig = Rig::new();
    let ran = rig.run(&["validate", "user_account", "none.csv"]).ends_with(78);
    let why = if cfg!(windows) { "" } else { "No such file" };
    ran.has_error(&[&format!("a file cannot be read: none.csv, {why}"), "(os error 2)"]);
}

#[test]
fn warnings_are_shown_beside_errors() {
    let rig = Rig::new();
    let records = request(&["a"]).replace("https:", "http:").replace("PASSWORD", "MAGIC");
    rig.write("a.json", records);
    for command in ["validate", "plan", "push", "verify"] {
        let ran = rig.run(&[command, "user_account", "a.json"]).ends_with(65);
        ran.has_error(&["warning: record 0 (uniqueId a) at /externalUrl", "/authMethod - must be"]);
        let quiet = rig.run(&[command, "user_account", "a.json", "--quiet"]).ends_with(65);
        assert!(!quiet.err.contains("warning"), "{command}: {}", quiet.err);
        let ran = rig.run(&[command, "user_account", "a.json", "--json"]).ends_with(65).json();
        let found = ran.get("error").unwrap_or(&ran);
        assert_eq!(found["warnings"][0]["pointer"], "/externalUrl", "{command}: {ran}");
        assert_eq!(found["warnings"][0]["rule"], "HttpsUrl");
        assert_eq!(found["warnings"].as_array().map(Vec::len), Some(1));
    }
    assert_eq!(rig.sim.counters().connections, 0);
}
