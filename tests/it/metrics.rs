//! Snapshots, events and errors: counts add up, and each token request has a reason.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use vanta::{Client, Clock, Config, ErrorKind, Event, Kind, Reason, Result, Snapshot, Stage};

use crate::fakes::{EventRecorder, FakeStore, ManualClock};
use crate::harness::{Fault, Place, RESOURCE, Rig, accounts, assert_kind};
use crate::token::together;

const SECOND: Duration = Duration::from_secs(1);

fn list(client: &Client) -> Result<usize> {
    client.list(&Kind::USER_ACCOUNT, RESOURCE).map(|listing| listing.rows().len())
}

/// Returns how many tokens were returned, by the snapshot.
fn given(snapshot: &Snapshot) -> u64 {
    snapshot.cache_hits
        + snapshot.waits
        + snapshot.from_store
        + snapshot.token_requests
        + snapshot.renewal_failures
}

#[test]
fn snapshot_counts_add_up_to_the_tokens_returned() {
    let (rig, fake_store) = (Rig::new(), FakeStore::default());
    rig.sim.change(|settings| settings.token_delay = Duration::from_millis(200));
    let client = Client::new(fake_store.config(&rig)).expect("right");
    let succeeded = together(8, || client.token().is_ok());
    assert!(succeeded.iter().all(|given| *given));
    assert_eq!(given(&client.snapshot()), 8, "{}", client.snapshot());
    client.token().expect("in memory");
    // A cached token, and one from the store after the 401.
    rig.advance(10 * SECOND);
    fake_store.take_over(&rig.sim.issue_elsewhere());
    list(&client).expect("listed");
    // A cached token, and a new one after the 401.
    rig.sim.issue_elsewhere();
    list(&client).expect("listed");
    // The same token again, because there is no new one.
    rig.advance(3579 * SECOND);
    rig.script(Place::Token, Fault::Reply { status: 500, headers: Vec::new(), body: Vec::new() });
    client.token().expect("the old one");
    let seen = client.snapshot();
    assert_eq!(given(&seen), 14, "{seen}");
    assert_eq!(
        (seen.token_requests, seen.from_store, seen.renewal_failures, seen.rejections),
        (2, 1, 1, 2),
        "{seen}"
    );
    assert_eq!(seen.cache_hits + seen.waits, 10, "{seen}");
    assert_eq!(seen.generation, 3);
    assert_eq!(rig.sim.counters().token_requests, 3);
    let line = seen.to_string();
    assert!(
        line.contains("from the store 1, token requests 2, failed renewals 1, rejections 2"),
        "{line}"
    );
}

#[test]
fn each_token_request_has_its_reason() {
    let rig = Rig::new();
    let config = rig.config().scope("connectors.self:read-resource");
    let client = Client::new(config).expect("right");
    let reason = || client.snapshot().last_reason;
    assert_eq!(reason(), None);
    client.token().expect("the first");
    assert_eq!(reason(), Some(Reason::None));
    rig.advance(3600 * SECOND);
    client.token().expect("the second");
    assert_eq!(reason(), Some(Reason::Expired));
    rig.advance(10 * SECOND);
    rig.sim.issue_elsewhere();
    list(&client).expect("listed with the third");
    assert_eq!(reason(), Some(Reason::Rejected));
    rig.client().token().expect("the fourth, with more scopes");
    assert_eq!(reason(), Some(Reason::Scope));
    assert_eq!((client.snapshot().token_requests, rig.sim.counters().token_requests), (4, 4));
}

#[test]
fn snapshot_has_the_last_failure_and_the_remaining_rate_limit() {
    let rig = Rig::new();
    let client = rig.client();
    assert_eq!(client.snapshot().requests_left, 4);
    client.token().expect("a token");
    rig.advance(3600 * SECOND);
    rig.reply(Place::Token, 500, r#"{"error":"out of order"}"#);
    let error = assert_kind(client.token(), ErrorKind::TokenUnavailable);
    let seen = client.snapshot();
    let last = seen.last_error.clone().expect("it is reported");
    assert_eq!((last.kind, last.stage), (ErrorKind::TokenUnavailable, Stage::Read));
    assert_eq!(last.message, error.to_string());
    assert!(seen.to_string().contains("out of order"), "{seen}");
    assert_eq!((seen.requests_last_minute, seen.requests_left), (1, 3));
    client.token().expect("a new one");
    let seen = client.snapshot();
    assert_eq!((seen.last_error, seen.requests_left), (None, 2), "a success clears it");
    rig.advance(61 * SECOND);
    assert_eq!(client.snapshot().requests_left, 2, "a request counts for 62 s");
    rig.advance(2 * SECOND);
    assert_eq!(client.snapshot().requests_left, 4);
}

#[test]
fn rate_limit_error_has_its_stage() {
    let rig = Rig::new();
    let client = rig.client().with_deadline(10 * SECOND);
    for _ in 0..4 {
        rig.reply(Place::Token, 500, r#"{"error":"no"}"#);
        assert_kind(client.token(), ErrorKind::TokenUnavailable);
    }
    let error = assert_kind(client.token(), ErrorKind::TokenRateLimitReached);
    assert_eq!(error.stage(), Stage::Queue);
}

#[test]
fn second_401_error_has_both_responses_and_the_attempts() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(10 * SECOND);
    rig.reply_with(Place::Put, 401, &[("x-amzn-requestid", "one")], r#"{"error":"first"}"#);
    rig.reply_with(Place::Put, 401, &[("x-amzn-requestid", "two")], r#"{"error":"second"}"#);
    let pushed = client.push(&Kind::USER_ACCOUNT, &accounts(&["a"]));
    let error = assert_kind(pushed, ErrorKind::Unauthorized);
    // A read, the write, a token request, and the write again.
    assert_eq!((error.stage(), error.attempts()), (Stage::Read, 4));
    let first = error.cause().expect("the first is reported too");
    let facts = |error: &vanta::Error| (error.http_status(), error.request_id().map(str::to_owned));
    assert_eq!(facts(&error), (Some(401), Some("two".to_owned())));
    assert_eq!(facts(first), (Some(401), Some("one".to_owned())));
    assert_eq!(first.stage(), Stage::Read);
    assert!(first.cause().is_none());
    let line = error.to_string();
    assert!(line.find("second") < line.find("first"), "{line}");
}

#[test]
fn exhausted_rate_limit_error_has_the_time_to_wait() {
    let rig = Rig::new();
    let client = Client::new(rig.config().token_requests_per_minute(1)).expect("right");
    let token = client.token().expect("a token");
    rig.advance(10 * SECOND);
    client.report_token_rejected(&token);
    let error = assert_kind(client.token(), ErrorKind::TokenRateLimitReached);
    let wait = error.retry_after().expect("it is reported");
    assert!((47 * SECOND..=52 * SECOND).contains(&wait), "{wait:?}");
    assert!(
        error.is_retryable()
            && error.to_string().contains("1 token request within the last minute"),
        "{error}"
    );
    assert_eq!(error.attempts(), 0, "nothing was sent");
    assert_eq!(client.snapshot().requests_left, 0);
    assert_eq!(client.snapshot().last_error.map(|last| last.kind), Some(error.kind()));
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn delayed_push_error_has_stage_attempts_and_time_to_wait() {
    let rig = Rig::new();
    let push = || rig.client().push(&Kind::USER_ACCOUNT, &accounts(&["a"]));
    let limited = r#"{"error":"Too many requests"}"#;
    rig.reply_with(Place::Put, 429, &[("retry-after", "60")], limited);
    let error = assert_kind(push(), ErrorKind::RateLimited);
    // A token request, a read and the write.
    assert_eq!((error.stage(), error.http_status(), error.attempts()), (Stage::Read, Some(429), 3));
    assert_eq!(error.retry_after(), Some(60 * SECOND));

    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let origin = format!("https://{}", listener.local_addr().expect("bound"));
    drop(listener);
    let config = Config::new().origin(origin).static_token("vat_x").clock(rig.clock.clone());
    let error = assert_kind(list(&Client::new(config).expect("right")), ErrorKind::Connect);
    assert_eq!((error.stage(), error.http_status(), error.attempts()), (Stage::Connect, None, 4));
}

#[test]
fn fake_clock_and_custom_store_run_a_day_without_sleeping() {
    let (rig, fake_store, recorder) =
        (Rig::unlimited(), FakeStore::default(), EventRecorder::default());
    let clock = ManualClock::default();
    let config = recorder.at(fake_store.config(&rig)).clock(clock.clone());
    let client = Client::new(config).expect("right");
    let began = Instant::now();
    for hour in 1..=24 {
        // A busy token endpoint and a busy API add a second each, on this clock only.
        rig.reply(Place::Token, 503, "");
        rig.reply_with(Place::Get, 503, &[("retry-after", "9")], "");
        list(&client).expect("listed");
        assert_eq!(client.token().expect("in memory").generation(), hour);
        clock.pass(3600 * SECOND);
        rig.sim.advance(3600 * SECOND);
    }
    assert!(clock.slept() >= 24 * 10 * SECOND, "{:?}", clock.slept());
    assert!(began.elapsed() < clock.slept() / 4, "{:?}", began.elapsed());
    let is_new_token = |event: &Event| matches!(event, Event::NewToken { expires_in: 3599, .. });
    assert_eq!(recorder.events().iter().filter(|event| is_new_token(event)).count(), 24);
    let record = fake_store.record();
    assert_eq!(record["generation"], 24);
    assert_eq!(record["token"]["asked"]["boot_id"], clock.boot_id().as_str());
    assert_eq!(client.snapshot().store, "fake_store");
    assert_eq!(rig.sim.counters().unauthorized, 0);
}
