//! Plan, push and verify: results, exit codes, and what is written for people and programs.

use serde_json::json;
use vanta_simulator::{Fault, Place};

use crate::rig::{RESOURCE, Rig, request, sheet};

#[test]
fn a_push_writes_a_receipt_and_verify_another() {
    let rig = Rig::new();
    rig.write("a.json", request(&["a", "b"]));
    let ran = rig.run(&["push", "user_account", "a.json", "--verify"]).ends_with(0);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].contains("2 records in") && lines[0].contains("accepted"), "{lines:?}");
    assert!(lines[1].contains("2 records live"), "{lines:?}");
    let ran = rig.run(&["verify", "user_account", "a.json", "--json"]).ends_with(0);
    let receipt = ran.json();
    assert_eq!(receipt["receiptKind"], "verified");
    assert_eq!(receipt["application"], rig.sim.client_id());
    assert_eq!(rig.run(&["push", "user_account", "a.json", "--quiet"]).ends_with(0).out, "");
    // One token for all four.
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn json_is_one_line_for_each_receipt() {
    let rig = Rig::new();
    rig.write("a.json", request(&["a"]));
    let ran = rig.run(&["push", "user_account", "a.json", "--verify", "--json", "-q"]).ends_with(0);
    let kinds: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).expect("JSON")["receiptKind"].take()
        })
        .collect();
    assert_eq!(kinds, [json!("pushed"), json!("verified")]);
}

#[test]
fn a_plan_lists_changes_and_sends_nothing() {
    let rig = Rig::new();
    rig.write("a.json", request(&["a", "b", "c", "d"]));
    rig.run(&["push", "user_account", "a.json"]).ends_with(0);
    rig.write("b.json", request(&["a", "b", "c", "e"]).replacen("OTP", "SMS", 1));
    for command in [vec!["plan"], vec!["push", "--dry-run"]] {
        let ran = rig.run(&[&command[..], &["user_account", "b.json"]].concat()).ends_with(0);
        let expected = ["1 added, 1 changed, 1 removed", "\n+ e\n", "\n~ a /mfaMethods", "\n- d\n"];
        assert!(expected.iter().all(|part| ran.out.contains(part)), "{}", ran.out);
    }
    let plan = rig.run(&["plan", "user_account", "b.json", "--json"]).ends_with(0).json();
    assert_eq!((&plan["added"], &plan["removed"]), (&json!(["e"]), &json!(["d"])));
    assert_eq!(rig.sim.counters().puts, 1);
}

#[test]
fn a_refusal_of_the_service_names_the_row() {
    let rig = Rig::new();
    let body = r#"{"message": "resources[1].email: Invalid input"}"#;
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let reply = Fault::Reply { status: 400, headers, body: body.as_bytes().to_vec() };
    rig.sim.script(Place::Put, [reply]);
    let push = ["push", "user_account", "-", "-r", RESOURCE];
    let ran = rig.pipe(&push, sheet(&["a", "b"])).ends_with(65);
    ran.has_error(&["the records were rejected", "HTTP 400"]);
}

#[test]
fn exit_codes_are_those_of_the_readme() {
    let rig = Rig::on_one_clock();
    rig.write("a.json", request(&["a"]));
    let push = ["push", "user_account", "a.json", "--deadline", "3s"];
    let with = |name: &str, value: &str| {
        let mut command = rig.vanta(&push);
        command.env(name, value);
        rig.finish(command, b"").code
    };
    assert_eq!(rig.run(&["push", "user_account"]).code, 64);
    assert_eq!(rig.run(&["fly"]).code, 64);
    assert_eq!(rig.run(&["push", "user_account", "-"]).code, 65);
    assert_eq!(with("VANTA_CLIENT_ID", ""), 78);
    assert_eq!(with("VANTA_ORIGIN", "http://example.com"), 78);
    assert_eq!(with("VANTA_ORIGIN", "https://localhost:1"), 75);
    rig.write("wrong", "vcs_wrong");
    assert_eq!(
        with("VANTA_CLIENT_SECRET_FILE", &rig.path().join("wrong").display().to_string()),
        77
    );
    assert_eq!(rig.sim.counters().puts, 0);
    rig.sim.script(Place::Put, vec![Fault::LoseResponse; 50]);
    let ran = rig.run(&push).ends_with(76);
    ran.has_error(&["the outcome is unknown"]);
    rig.sim.clear_script();
    rig.run(&["verify", "user_account", "a.json"]).ends_with(0);
}

#[test]
fn an_error_as_json_has_its_facts() {
    let rig = Rig::new();
    rig.write("a.json", request(&["a"]));
    rig.sim.set_client_secret("vcs_another");
    let ran = rig.run(&["push", "user_account", "a.json", "--json"]).ends_with(77);
    let error = &ran.json()["error"];
    assert_eq!(error["name"], "InvalidClient");
    assert_eq!((&error["action"], &error["exitCode"]), (&json!("FixCredentials"), &json!(77)));
    assert_eq!((&error["httpStatus"], &error["isRetryable"]), (&json!(401), &json!(false)));
    assert!(ran.err.starts_with("error: "), "{}", ran.err);
}

#[test]
fn colours_follow_the_option_and_the_environment() {
    let rig = Rig::new();
    rig.write("a.json", request(&["a"]));
    let plan = |extra: &[&str], name: &str| {
        let mut command = rig.vanta(&[&["plan", "user_account", "a.json"], extra].concat());
        command.env(name, "1");
        rig.finish(command, b"").ends_with(0).out.contains('\x1b')
    };
    assert!(!plan(&[], "X") && plan(&["--color", "always"], "X"));
    assert!(!plan(&["--color", "never"], "X") && !plan(&[], "NO_COLOR"));
}

#[test]
fn verbose_tells_what_happens_inside_and_no_secret() {
    let rig = Rig::new();
    rig.write("a.json", request(&["a"]));
    let ran = rig.run(&["push", "user_account", "a.json", "--verbose"]).ends_with(0);
    ran.has_error(&["note: new token, generation 1, valid for"]);
}
