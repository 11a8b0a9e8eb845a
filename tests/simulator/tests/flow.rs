//! Tokens, pushes, lists and rate limits.

mod common;

use std::time::Duration;

use serde_json::{Value, json};
use vanta_simulator::{Duplicates, RetryAfter, Settings, Simulator};

use common::{
    BOTH, RESOURCE, background_check, bearer, connect_tls, credentials, get, plain, put, receive,
    request, request_token, send, token,
};

const KIND: &str = "background_check_connector";

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().filter_map(|row| row["uniqueId"].as_str()).collect()
}

#[test]
fn a_push_over_tls_is_read_back_on_the_same_connection() {
    let sim = Simulator::start();
    for name in ["localhost", "127.0.0.1", "::1"] {
        let mut tls = connect_tls(&sim, name);
        let json = "content-type: application/json\r\n";
        let body = credentials(&sim, BOTH).to_string();
        send(&mut tls, "POST", "/oauth/token", json, body.as_bytes()).expect("sent");
        let response = receive(&mut tls).expect("a response").json();
        let token = response["access_token"].as_str().expect("a token");
        assert_eq!(
            (&response["expires_in"], &response["token_type"]),
            (&json!(3599), &json!("Bearer"))
        );
        let body = json!({ "resourceId": RESOURCE, "resources": [background_check("a")] });
        let path = format!("/v1/resources/{KIND}");
        send(&mut tls, "PUT", &path, &bearer(token), body.to_string().as_bytes()).expect("sent");
        assert_eq!(receive(&mut tls).expect("a response").text(), r#"{"success":true}"#);
        let path = format!("{path}?resourceId={RESOURCE}");
        send(&mut tls, "GET", &path, &bearer(token), b"").expect("sent");
        let response = receive(&mut tls).expect("a response");
        assert!(
            response.head.contains("x-amzn-requestid: ") && response.head.contains("x-amz-cf-id: ")
        );
        assert_eq!(response.json()["resources"], json!(sim.rows(KIND, RESOURCE)));
    }
    let requests = sim.requests();
    assert_eq!(requests.iter().filter(|request| request.connection == 3).count(), 3);
    assert_eq!(sim.last_token_request().expect("three").body_len, requests[0].body.len());
}

#[test]
fn credentials_and_tokens_have_the_shapes_of_real_ones() {
    let sim = plain(|_| ());
    let parts = |text: &str| -> Vec<usize> { text.split('_').map(str::len).collect() };
    assert_eq!(parts(&sim.client_secret()), [3, 6, 64]);
    assert!(sim.client_id().starts_with("vci_") && sim.client_secret().starts_with("vcs_"));
    assert!(token(&sim).starts_with("vat_"));
    assert_eq!(parts(&token(&sim)), [3, 6, 40]);
    assert_ne!(sim.client_secret(), plain(|_| ()).client_secret());
}

#[test]
fn one_token_lives() {
    let sim = plain(|_| ());
    let first = token(&sim);
    let foreign = sim.issue_elsewhere();
    assert_eq!(sim.live_token(), Some(foreign));
    let list = |token: &str| {
        let path = format!("/v1/resources/{KIND}?resourceId={RESOURCE}");
        request(&sim, "GET", &path, &bearer(token), b"").expect("a response").status
    };
    assert_eq!(list(&first), 401);
    let second = token(&sim);
    assert_eq!(list(&second), 200);
    sim.advance(Duration::from_secs(3599));
    assert_eq!((list(&second), sim.live_token()), (401, None));
    let counters = sim.counters();
    assert_eq!(
        (counters.tokens_issued, counters.tokens_issued_elsewhere, counters.token_requests),
        (2, 1, 2)
    );
    assert_eq!((counters.unauthorized, counters.refusals[&401]), (2, 2));
    let third = token(&sim);
    sim.revoke_token();
    assert_eq!(list(&third), 401);
}

#[test]
fn a_token_does_what_its_scope_says() {
    let sim = plain(|_| ());
    let read = credentials(&sim, "connectors.self:read-resource self:read-document");
    assert_eq!(request_token(&sim, &read).expect("a response").status, 200);
    assert_eq!(put(&sim, KIND, &json!([])).status, 403);
    assert_eq!(get(&sim, KIND).expect("a response").status, 200);
}

#[test]
fn limits_are_sliding_and_lists_share_them_with_pushes() {
    let sim = Simulator::start_with(Settings {
        tls: false,
        retry_after: RetryAfter::HttpDate(30),
        ..Settings::default()
    });
    for _ in 0..10 {
        assert_eq!(put(&sim, KIND, &json!([])).status, 200);
        assert_eq!(get(&sim, KIND).expect("a response").status, 200);
    }
    let response = get(&sim, KIND).expect("a response");
    assert!(response.status == 429 && response.head.contains("retry-after: "), "{response:?}");
    sim.change(|settings| settings.resource_limit_per_minute = None);
    assert_eq!(get(&sim, KIND).expect("a response").status, 200);
    sim.change(|settings| settings.failed_request_revokes_token = true);
    let statuses = |n| -> Vec<u16> {
        (0..n)
            .map(|_| request_token(&sim, &credentials(&sim, BOTH)).expect("a response").status)
            .collect()
    };
    assert_eq!(statuses(5), [200, 200, 200, 200, 429]);
    assert_eq!(sim.live_token(), None, "with this setting a failed request revokes it");
    sim.advance(Duration::from_secs(60));
    assert_eq!(statuses(1), [200]);
    let counters = sim.counters();
    assert_eq!((counters.rate_limited, counters.token_refusals), (2, 1));
    assert_eq!(counters.most_token_requests_a_minute, 6);
}

#[test]
fn an_omitted_record_stays_as_deleted_until_it_returns() {
    let sim = plain(|_| ());
    put(&sim, KIND, &json!([background_check("a"), background_check("b")]));
    let created = sim.rows(KIND, RESOURCE)[0]["createdAt"].clone();
    sim.advance(Duration::from_secs(5));
    put(&sim, KIND, &json!([background_check("b"), background_check("c")]));
    let rows = sim.rows(KIND, RESOURCE);
    assert_eq!(ids(&rows), ["b", "c", "a"]);
    assert!(rows[0]["deletedAt"].is_null() && rows[2]["deletedAt"].is_string());
    sim.change(|settings| settings.duplicate_unique_id = Duplicates::LastWins);
    put(&sim, KIND, &json!([background_check("a"), background_check("a")]));
    let rows = sim.rows(KIND, RESOURCE);
    assert_eq!(ids(&rows), ["a", "b", "c"]);
    assert_eq!((&rows[0]["createdAt"], &rows[0]["deletedAt"]), (&created, &Value::Null));
    assert_ne!(rows[0]["updatedAt"], created);
    assert_eq!(sim.counters().records_accepted, 6);
}

#[test]
fn stale_reads_are_for_lists_alone() {
    let sim = plain(|settings| settings.stale_reads = 2);
    put(&sim, KIND, &json!([background_check("a")]));
    assert_eq!(sim.rows(KIND, RESOURCE).len(), 1, "the truth");
    let listed = || get(&sim, KIND).expect("a response").json()["resources"].clone();
    assert_eq!((listed(), listed()), (json!([]), json!([])));
    assert_eq!(listed(), json!(sim.rows(KIND, RESOURCE)));
}

#[test]
fn every_token_request_is_counted_even_those_with_faults() {
    use vanta_simulator::{Fault, Place};
    let sim = plain(|_| ());
    let busy = || Fault::Reply { status: 503, headers: vec![], body: vec![] };
    sim.script(Place::Token, [busy(), Fault::Drop, busy()]);
    for _ in 0..4 {
        let _ = request_token(&sim, &credentials(&sim, BOTH));
    }
    let counters = sim.counters();
    assert_eq!(
        (counters.token_requests, counters.most_token_requests_a_minute, counters.tokens_issued),
        (4, 4, 1)
    );
    assert_eq!(counters.connections, 4);
}
