//! `vanta doctor`: a line for each step, and the remedy of the one that fails.

use std::time::{Duration, SystemTime};

use vanta_simulator::{Fault, Gateway, Place};

use crate::rig::{Ran, Rig};

/// The words of each line.
fn states(ran: &Ran) -> Vec<(String, String)> {
    let words = |line: &str| {
        let mut words = line.split("  ").filter(|word| !word.is_empty()).map(str::trim);
        (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned())
    };
    ran.out.lines().map(words).collect()
}

#[test]
fn each_step_has_a_line() {
    let rig = Rig::new();
    let ran = rig.run(&["doctor"]).ends_with(0);
    let steps = ["configuration", "resolve", "connect", "tls", "service", "clock", "token store"];
    let expected: Vec<_> =
        steps.iter().chain(&["credentials"]).map(|s| ("ok".to_owned(), (*s).to_owned())).collect();
    assert_eq!(states(&ran), expected, "{}", ran.out);
    // Again, with the token that is stored now.
    rig.run(&["doctor"]).ends_with(0);
    assert_eq!(rig.sim.counters().token_requests, 1);
    let ran = rig.run(&["doctor", "--json"]).ends_with(0);
    let first: serde_json::Value =
        serde_json::from_str(ran.out.lines().next().expect("a line")).expect("JSON");
    assert_eq!((&first["step"], &first["state"]), (&"configuration".into(), &"ok".into()));
}

/// Runs the doctor with another variable, and returns the first line that failed.
fn failed(rig: &Rig, name: &str, value: &str, code: i32) -> String {
    let mut command = rig.vanta(&["doctor"]);
    command.env(name, value);
    let ran = rig.finish(command, b"").ends_with(code);
    let line = ran.out.lines().find(|line| line.starts_with("FAIL"));
    line.unwrap_or_else(|| panic!("{}", ran.out)).to_owned()
}

#[track_caller]
fn assert_has(line: &str, parts: &[&str]) {
    assert!(parts.iter().all(|part| line.contains(part)), "no {parts:?} in {line}");
}

#[test]
fn what_is_wrong_is_named_with_a_remedy() {
    let rig = Rig::on_one_clock();
    // The way there is tried without credentials too.
    let mut command = rig.vanta(&["doctor"]);
    command.env_remove("VANTA_CLIENT_ID");
    let ran = rig.finish(command, b"").ends_with(78);
    assert!(ran.out.contains("\nok    service"), "{}", ran.out);
    let line = failed(&rig, "VANTA_CLIENT_ID", "", 78);
    assert_has(&line, &["configuration", "set VANTA_CLIENT_ID or --client-id"]);
    let line = failed(&rig, "VANTA_ORIGIN", "https://vanta.invalid", 75);
    assert_has(&line, &["resolve", "vanta.invalid:443", "DNS"]);
    let line = failed(&rig, "VANTA_ORIGIN", "https://127.0.0.1:1", 75);
    assert_has(&line, &["connect", "127.0.0.1:1", "firewall"]);
    let line = failed(&rig, "VANTA_CA_FILE", "", 78);
    assert_has(&line, &["tls", "CA"]);
    let line = failed(&rig, "VANTA_PROXY", "http://127.0.0.1:1", 75);
    assert_has(&line, &["connect", "127.0.0.1:1"]);
    let other = rig.write("other", "hello").display().to_string();
    let line = failed(&rig, "VANTA_TOKEN_STORE", &other, 78);
    assert_has(&line, &["token store", &other]);
    rig.write("wrong", "vcs_wrong");
    let wrong = rig.path().join("wrong").display().to_string();
    let line = failed(&rig, "VANTA_CLIENT_SECRET_FILE", &wrong, 77);
    assert_has(&line, &["credentials", "not accepted"]);
}

#[test]
fn a_gateway_is_not_taken_for_the_service() {
    let rig = Rig::with(|settings| settings.gateway = Gateway::Page(403));
    let line = failed(&rig, "X", "", 78);
    assert_has(&line, &["service", "not recognisably Vanta's"]);
}

#[test]
fn a_wrong_clock_is_found_by_the_date_of_the_response() {
    let rig = Rig::new();
    let then = SystemTime::now() + Duration::from_secs(600);
    let headers =
        [("date", httpdate::fmt_http_date(then)), ("content-type", "application/json".into())];
    let headers = headers.map(|(name, value)| (name.to_owned(), value)).to_vec();
    let body = br#"{"message": "Unauthorized"}"#.to_vec();
    rig.sim.script(Place::Get, [Fault::Reply { status: 401, headers, body }]);
    let line = failed(&rig, "X", "", 78);
    assert_has(&line, &["clock", "s behind the service's; set this machine's clock"]);
}

#[test]
fn memory_as_the_store_is_doubtful() {
    let rig = Rig::new();
    let mut command = rig.vanta(&["doctor"]);
    command.env("VANTA_TOKEN_STORE", "memory");
    let ran = rig.finish(command, b"").ends_with(0);
    assert!(ran.out.contains("\nwarn  token store"), "{}", ran.out);
}
