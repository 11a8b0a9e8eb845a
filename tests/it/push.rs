//! Pushes and lists: success, error kinds, retries and unknown outcomes.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Body, Client, ErrorKind, Kind, Level, Rule, ValidationOptions};

use crate::harness::{
    Fault, Place, RESOURCE, Rig, VALID_FIXTURES, accounts, assert_kind, fixture_path,
    without_deletion_guard,
};
use crate::sample_records::request_path;

/// Pushes a body, and compares the list with it.
fn round_trip(client: &Client, kind: &Kind, path: &Path) {
    let name = path.display();
    let request = std::fs::read(path).expect("the request is there");
    let request: Value = serde_json::from_slice(&request).expect("JSON");
    let body = Body::from_file(path).unwrap_or_else(|e| panic!("{name}: {e}"));
    let receipt = client.push(kind, &body).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(receipt.record_count, body.record_count());
    let listing = client.list(kind, body.resource_id()).expect("listed");
    let listed: Vec<Value> = listing.live().map(|row| row.record()).collect();
    assert_eq!(Value::Array(listed), request["resources"], "{name}");
}

#[test]
fn every_valid_fixture_comes_back_equal() {
    let rig = Rig::unlimited();
    rig.clock.stop();
    let client = rig.client();
    for (name, kind) in VALID_FIXTURES {
        round_trip(&client, &kind, &fixture_path(name));
    }
}

#[test]
fn a_record_of_each_of_the_twelve_kinds_comes_back_equal() {
    let rig = Rig::unlimited();
    let client = rig.client();
    assert!(Kind::ALL.len() >= 12);
    for kind in Kind::ALL {
        round_trip(&client, kind, &request_path(kind));
    }
}

#[test]
fn rejected_records_are_reported_with_record_and_field() {
    let rig = Rig::new();
    let client = rig.client();
    let cases = [
        ("negative/missing_external_url.json", Kind::CUSTOM_RESOURCE, "externalUrl"),
        (
            "negative/static_analysis_float_severity.json",
            Kind::STATIC_ANALYSIS_VULNERABILITY,
            "severity",
        ),
    ];
    for (name, kind, field) in cases {
        let body = Body::from_file(fixture_path(name)).expect("well formed");
        let unchecked = without_deletion_guard()
            .validation(ValidationOptions::new().level(Rule::Schema, Level::Off));
        let pushed = client.push_with(&kind, &body, &unchecked);
        let error = assert_kind(pushed, ErrorKind::RecordsRejected);
        let fault = error.violations().first().expect("the record is named");
        let index = fault.index.expect("by its index");
        let id = body.unique_ids().nth(index).expect("there is such a record");
        assert_eq!(fault.unique_id.as_deref(), Some(id));
        let message = error.to_string();
        assert!(message.contains(field) && message.contains(id), "{message}");
        assert!(error.request_id().is_some());
        assert_eq!(rig.sim.rows(kind.as_str(), body.resource_id()).len(), 0);
    }
}

#[test]
fn each_of_the_servers_texts_names_the_record() {
    let body = accounts(&["DEV-0", "DEV-1"]);
    let cases = [
        ("/1: must have property 'fullName'", 1, "", "must have property 'fullName'"),
        ("/0/mfaMethods: must be array", 0, "/mfaMethods", "must be array"),
        ("/1/mfaMethods/0: must be string", 1, "/mfaMethods/0", "must be string"),
        (
            "/1/status: must be equal to one of the allowed values",
            1,
            "/status",
            "must be equal to one of the allowed values",
        ),
        (
            "Too many fields on resource with uniqueId DEV-1 (element 1). Extra keys: a, b",
            1,
            "",
            "Too many fields. Extra keys: a, b",
        ),
    ];
    for (text, index, pointer, message) in cases {
        let rig = Rig::new();
        rig.reply(Place::Put, 400, &json!({ "error": text }).to_string());
        let error =
            assert_kind(rig.client().push(&Kind::USER_ACCOUNT, &body), ErrorKind::RecordsRejected);
        let fault = &error.violations()[0];
        assert_eq!(fault.index, Some(index), "{text}");
        assert_eq!(fault.unique_id.as_deref(), Some(["DEV-0", "DEV-1"][index]));
        assert_eq!((fault.pointer.as_str(), fault.message.as_str()), (pointer, message));
    }
}

#[test]
fn push_replaces_the_full_state_and_soft_deleted_rows_are_marked() {
    let rig = Rig::new();
    let client = rig.client();
    client.push(&Kind::USER_ACCOUNT, &accounts(&["a", "b", "c"])).expect("pushed");
    client.push(&Kind::USER_ACCOUNT, &accounts(&["b", "c"])).expect("pushed");
    let listing = client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    let live: Vec<&str> = listing.live().map(|row| row.unique_id()).collect();
    assert_eq!(live, ["b", "c"]);
    let gone: Vec<_> = listing.deleted().collect();
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].unique_id(), "a");
    assert!(gone[0].deleted_at().is_some() && gone[0].created_at().is_some());
    assert!(listing.live().all(|row| row.updated_at().is_some()));
}

#[test]
fn the_same_bytes_are_sent_again_after_a_401() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(Duration::from_secs(10));
    rig.sim.issue_elsewhere();
    client
        .push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
        .expect("pushed");
    let puts: Vec<_> =
        rig.sim.requests().into_iter().filter(|request| request.method == "PUT").collect();
    assert_eq!(puts.len(), 2);
    assert_eq!(puts[0].body, puts[1].body);
    assert_eq!(puts[0].body, accounts(&["a"]).as_bytes());
}

#[test]
fn only_an_unambiguous_success_response_is_success() {
    let yes = [
        (200, r#"{"success":true}"#),
        (201, r#"{"success":true}"#),
        (200, r#"{"results":{"accepted":2,"rejected":0}}"#),
        (200, "\u{feff}{\"success\":true}"),
    ];
    let unknown = [
        (200, ""),
        (200, "{}"),
        (200, r#"{"success":false}"#),
        (200, r#"{"success":"true"}"#),
        (200, r#"{"success":1}"#),
        (200, r#"{"results":{"accepted":1,"rejected":1}}"#),
        (200, r#"{"results":{"accepted":1,"rejected":0}}"#),
        (200, r#"{"success":true,"results":{"accepted":1,"rejected":1}}"#),
        (200, "<html>fine</html>"),
        (204, ""),
        (200, r#"{"success":true"#),
    ];
    let body = accounts(&["a", "b"]);
    let push = |(status, text): (u16, &str)| {
        let rig = Rig::new();
        rig.reply(Place::Put, status, text);
        rig.client().push(&Kind::USER_ACCOUNT, &body)
    };
    for response in yes {
        push(response).unwrap_or_else(|error| panic!("{response:?}: {error}"));
    }
    for response in unknown {
        let error = assert_kind(push(response), ErrorKind::OutcomeUnknown);
        assert_eq!(error.http_status(), Some(response.0));
    }
}

#[test]
fn each_error_status_has_its_error_kind() {
    let html = "<!DOCTYPE html><title>Error</title><pre>Cannot PUT /v1/resources/x</pre>";
    let cases = [
        (403, r#"{"error":"unauthorized"}"#, ErrorKind::Forbidden, "unauthorized"),
        (404, r#"{"error":"no such resource"}"#, ErrorKind::NotFound, "declare the resource"),
        (404, html, ErrorKind::NotFound, "Cannot PUT /v1/resources/x"),
        (413, "HTTP content length exceeded 10485760 bytes.", ErrorKind::ServerTooLarge, "trim"),
        (418, r#"{"error":"short"}"#, ErrorKind::UnexpectedStatus, "short"),
        (422, r#"{"message":"Validation error"}"#, ErrorKind::RecordsRejected, "Validation error"),
    ];
    for (status, body, kind, words) in cases {
        let rig = Rig::new();
        rig.reply_with(Place::Put, status, &[("x-amz-cf-id", "cf-1")], body);
        let error = assert_kind(rig.client().push(&Kind::USER_ACCOUNT, &accounts(&["a"])), kind);
        assert!(error.to_string().contains(words), "{status}: {error}");
        assert_eq!(error.http_status(), Some(status));
        assert!(error.request_id().is_some());
        assert!(!error.is_retryable());
        assert_eq!(rig.sim.counters().puts, 1);
    }
}

#[test]
fn transient_errors_are_retried_with_backoff() {
    for status in [408, 429, 500, 502, 503, 504] {
        let rig = Rig::new();
        rig.reply(Place::Put, status, "");
        rig.reply(Place::Put, status, "");
        let client = rig.client().with_deadline(Duration::from_secs(100));
        let receipt = client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
        assert_eq!(rig.sim.counters().puts, 3, "{status}");
        assert_eq!(receipt.attempts, 7, "a token request, and a read before each of them");
    }
}

#[test]
fn retry_after_is_followed_in_both_forms_and_never_past_the_deadline() {
    let date = |secs: u64| {
        let now = std::time::UNIX_EPOCH + Duration::from_secs(1_790_000_000 + secs);
        httpdate(now)
    };
    let rig = Rig::new();
    rig.reply_with(Place::Put, 429, &[("retry-after", "9")], "");
    let (server, later) = (date(0), date(30));
    rig.reply_with(Place::Put, 429, &[("date", &server), ("retry-after", &later)], "");
    let before = vanta::Clock::monotonic(&rig.clock);
    let client = rig.client().with_deadline(Duration::from_secs(100));
    client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    let waited = vanta::Clock::monotonic(&rig.clock) - before;
    assert!(waited >= Duration::from_secs(39), "{waited:?}");
    assert!(waited < Duration::from_secs(60), "{waited:?}");

    let rig = Rig::new();
    let limited = r#"{"error":"Too many requests"}"#;
    rig.reply_with(Place::Put, 429, &[("retry-after", "60")], limited);
    let error = assert_kind(
        rig.client().push(&Kind::USER_ACCOUNT, &accounts(&["a"])),
        ErrorKind::RateLimited,
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    assert_eq!(rig.sim.counters().puts, 1);
}

fn httpdate(time: std::time::SystemTime) -> String {
    httpdate::fmt_http_date(time)
}

#[test]
fn lost_response_is_an_unknown_outcome_and_a_rerun_is_idempotent() {
    let rig = Rig::new();
    let client = rig.client();
    // Over a new connection, because the error must not be that of an idle one.
    client.token().expect("a token");
    rig.script(Place::Put, Fault::LoseResponse);
    let push = || client.push(&Kind::USER_ACCOUNT, &accounts(&["a"]));
    let error = assert_kind(push(), ErrorKind::OutcomeUnknown);
    assert!(error.is_retryable());
    assert!(error.cause().is_some(), "{error}");
    assert_eq!(client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed").live().count(), 1);
    push().expect("pushed");
    assert_eq!(client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed").rows().len(), 1);
}

#[test]
fn server_that_keeps_failing_leaves_the_outcome_unknown() {
    let rig = Rig::new();
    for _ in 0..4 {
        rig.reply(Place::Put, 504, r#"{"message":"Endpoint request timed out"}"#);
    }
    let error = assert_kind(
        rig.client().push(&Kind::USER_ACCOUNT, &accounts(&["a"])),
        ErrorKind::OutcomeUnknown,
    );
    assert_eq!(rig.sim.counters().puts, 4);
    assert_eq!(error.excerpt(), Some("Endpoint request timed out"));
}

#[test]
fn an_attempt_that_may_have_worked_is_not_forgotten_when_the_next_one_fails() {
    let rig = Rig::new();
    rig.reply(Place::Put, 504, "");
    rig.reply(Place::Put, 403, r#"{"error":"unauthorized"}"#);
    let push = || rig.client().push(&Kind::USER_ACCOUNT, &accounts(&["a"]));
    let error = assert_kind(push(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause().map(|last| last.kind()), Some(ErrorKind::Forbidden));
    assert_eq!(rig.sim.counters().puts, 2);
    rig.reply(Place::Put, 504, "");
    rig.reply(Place::Put, 400, r#"{"error":"/0/email: must be string"}"#);
    assert_kind(push(), ErrorKind::RecordsRejected);
}

#[test]
fn redirects_are_never_followed() {
    let trap = Rig::new();
    for status in [301, 302, 303, 307, 308] {
        for place in [Place::Token, Place::Put] {
            let rig = Rig::new();
            let target = format!("{}/oauth/token", trap.sim.origin());
            rig.reply_with(place, status, &[("location", &target)], "");
            let pushed = rig.client().push(&Kind::USER_ACCOUNT, &accounts(&["a"]));
            // Both statuses are also returned after a request was carried out.
            let kind = match (place, status) {
                (Place::Put, 302 | 303) => ErrorKind::OutcomeUnknown,
                _ => ErrorKind::RedirectRefused,
            };
            let error = assert_kind(pushed, kind);
            assert!(error.to_string().contains(&target), "{error}");
        }
    }
    assert_eq!(trap.sim.counters().connections, 0);
}

#[test]
fn list_response_that_is_not_a_list_is_an_error() {
    let cases = [
        "",
        "[]",
        "{}",
        r#"{"resources":{}}"#,
        r#"{"resources":[{"displayName":"no id"}]}"#,
        r#"{"resources":[],"pageInfo":{"hasNextPage":true}}"#,
        r#"{"resources":["#,
    ];
    for body in cases {
        let rig = Rig::new();
        rig.reply(Place::Get, 200, body);
        assert_kind(rig.client().list(&Kind::USER_ACCOUNT, RESOURCE), ErrorKind::InvalidResponse);
    }
}

#[test]
fn endless_list_response_is_cut_at_its_cap() {
    let rig = Rig::new();
    rig.clock.stop();
    rig.script(Place::Get, Fault::EndlessBody);
    let client = vanta::Client::new(rig.config().list_cap(1 << 20)).expect("right");
    assert_kind(client.list(&Kind::USER_ACCOUNT, RESOURCE), ErrorKind::ResponseTooLarge);
}

#[test]
fn list_before_the_first_push_is_empty() {
    let rig = Rig::new();
    let listing = rig.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    assert!(listing.rows().is_empty());
}

#[test]
fn unknown_kind_can_be_pushed() {
    let rig = Rig::new();
    rig.sim.declare(RESOURCE, "quantum_computer", None);
    let kind: Kind = "quantum_computer".parse().expect("well formed");
    let record = json!({
        "uniqueId": "q", "displayName": "Q", "externalUrl": "https://q.example.com/",
    });
    let body = Body::from_records(RESOURCE, &[record]).expect("right");
    rig.client().push(&kind, &body).expect("pushed");
}
