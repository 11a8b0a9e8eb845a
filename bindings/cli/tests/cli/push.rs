//! Plan, push and verify: results, exit codes, and what is written for people and programs.

use serde_json::json;
use vanta_simulator::{Fault, Place};

use crate::desk::{Desk, RESOURCE, request, sheet};

#[test]
fn a_push_writes_a_receipt_and_verify_another() {
    let desk = Desk::new();
    desk.write("a.json", request(&["a", "b"]));
    let ran = desk.run(&["push", "user_account", "a.json", "--verify"]).ends_with(0);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].contains("2 records in") && lines[0].contains("accepted"), "{lines:?}");
    assert!(lines[1].contains("2 records live"), "{lines:?}");
    let ran = desk.run(&["verify", "user_account", "a.json", "--json"]).ends_with(0);
    let receipt = ran.json();
    assert_eq!(receipt["receiptKind"], "verified");
    assert_eq!(receipt["application"], desk.sim.client_id());
    assert_eq!(desk.run(&["push", "user_account", "a.json", "--quiet"]).ends_with(0).out, "");
    // One token for all four.
    assert_eq!(desk.sim.counters().token_requests, 1);
}

#[test]
fn json_is_one_line_for_each_receipt() {
    let desk = Desk::new();
    desk.write("a.json", request(&["a"]));
    let ran =
        desk.run(&["push", "user_account", "a.json", "--verify", "--json", "-q"]).ends_with(0);
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
    let desk = Desk::new();
    desk.write("a.json", request(&["a", "b", "c", "d"]));
    desk.run(&["push", "user_account", "a.json"]).ends_with(0);
    desk.write("b.json", request(&["a", "b", "c", "e"]).replacen("OTP", "SMS", 1));
    for command in [vec!["plan"], vec!["push", "--dry-run"]] {
        let ran = desk.run(&[&command[..], &["user_account", "b.json"]].concat()).ends_with(0);
        let expected = ["1 added, 1 changed, 1 removed", "\n+ e\n", "\n~ a /mfaMethods", "\n- d\n"];
        assert!(expected.iter().all(|part| ran.out.contains(part)), "{}", ran.out);
    }
    let plan = desk.run(&["plan", "user_account", "b.json", "--json"]).ends_with(0).json();
    assert_eq!((&plan["added"], &plan["removed"]), (&json!(["e"]), &json!(["d"])));
    assert_eq!(desk.sim.counters().puts, 1);
}

#[test]
fn a_refusal_of_the_service_names_the_row() {
    let desk = Desk::new();
    let body = r#"{"message": "resources[1].email: Invalid input"}"#;
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let reply = Fault::Reply { status: 400, headers, body: body.as_bytes().to_vec() };
    desk.sim.script(Place::Put, [reply]);
    let push = ["push", "user_account", "-", "-r", RESOURCE];
    let ran = desk.pipe(&push, sheet(&["a", "b"])).ends_with(65);
    ran.has_error(&["the records were rejected", "HTTP 400"]);
}

#[test]
fn exit_codes_are_those_of_the_readme() {
    let desk = Desk::on_one_clock();
    desk.write("a.json", request(&["a"]));
    let push = ["push", "user_account", "a.json", "--deadline", "3s"];
    let with = |name: &str, value: &str| {
        let mut command = desk.vanta(&push);
        command.env(name, value);
        desk.finish(command, b"").code
    };
    assert_eq!(desk.run(&["push", "user_account"]).code, 64);
    assert_eq!(desk.run(&["fly"]).code, 64);
    assert_eq!(desk.run(&["push", "user_account", "-"]).code, 65);
    assert_eq!(with("VANTA_CLIENT_ID", ""), 78);
    assert_eq!(with("VANTA_ORIGIN", "http://example.com"), 78);
    assert_eq!(with("VANTA_ORIGIN", "https://localhost:1"), 75);
    desk.write("wrong", "vcs_wrong");
    assert_eq!(
        with("VANTA_CLIENT_SECRET_FILE", &desk.path().join("wrong").display().to_string()),
        77
    );
    assert_eq!(desk.sim.counters().puts, 0);
    desk.sim.script(Place::Put, vec![Fault::LoseResponse; 50]);
    let ran = desk.run(&push).ends_with(76);
    ran.has_error(&["the outcome is unknown"]);
    desk.sim.clear_script();
    desk.run(&["verify", "user_account", "a.json"]).ends_with(0);
}

#[test]
fn an_error_as_json_has_its_facts() {
    let desk = Desk::new();
    desk.write("a.json", request(&["a"]));
    desk.sim.set_client_secret("vcs_another");
    let ran = desk.run(&["push", "user_account", "a.json", "--json"]).ends_with(77);
    let error = &ran.json()["error"];
    assert_eq!(error["name"], "InvalidClient");
    assert_eq!((&error["action"], &error["exitCode"]), (&json!("FixCredentials"), &json!(77)));
    assert_eq!((&error["httpStatus"], &error["isRetryable"]), (&json!(401), &json!(false)));
    assert!(ran.err.starts_with("error: "), "{}", ran.err);
}

#[test]
fn colours_follow_the_option_and_the_environment() {
    let desk = Desk::new();
    desk.write("a.json", request(&["a"]));
    let plan = |extra: &[&str], name: &str| {
        let mut command = desk.vanta(&[&["plan", "user_account", "a.json"], extra].concat());
        command.env(name, "1");
        desk.finish(command, b"").ends_with(0).out.contains('\x1b')
    };
    assert!(!plan(&[], "X") && plan(&["--color", "always"], "X"));
    assert!(!plan(&["--color", "never"], "X") && !plan(&[], "NO_COLOR"));
}

#[test]
fn verbose_tells_what_happens_inside_and_no_secret() {
    let desk = Desk::new();
    desk.write("a.json", request(&["a"]));
    let ran = desk.run(&["push", "user_account", "a.json", "--verbose"]).ends_with(0);
    ran.has_error(&["note: new token, generation 1, valid for"]);
}
