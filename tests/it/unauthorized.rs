//! After a 401: a comparison, at most one new token, and retries with the same bytes.

use std::thread;
use std::time::Duration;

use vanta::{Client, Clock, ErrorKind, Event, Kind, Result};

use crate::fakes::{EventRecorder, FakeStore, ManualClock};
use crate::harness::{Fault, Place, RESOURCE, Rig, accounts, assert_kind, without_deletion_guard};

const SECOND: Duration = Duration::from_secs(1);

fn push(client: &Client) -> Result<vanta::Receipt> {
    client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
}

fn list(client: &Client) -> Result<usize> {
    client.list(&Kind::USER_ACCOUNT, RESOURCE).map(|listing| listing.rows().len())
}

/// Returns the requests with `method`: their bearer tokens and bodies.
fn sent(rig: &Rig, method: &str) -> Vec<(String, Vec<u8>)> {
    let requests = rig.sim.requests().into_iter().filter(|request| request.method == method);
    let bearer = |headers: &[(String, String)]| {
        headers.iter().find_map(|(_, value)| value.strip_prefix("Bearer ").map(str::to_owned))
    };
    requests.map(|request| (bearer(&request.headers).unwrap_or_default(), request.body)).collect()
}

/// Makes a client whose token, from the fake store, is old enough to be revoked.
fn settled(rig: &Rig, fake_store: &FakeStore, recorder: &EventRecorder) -> Client {
    let client = Client::new(recorder.at(fake_store.config(rig))).expect("right");
    client.token().expect("a token");
    rig.advance(10 * SECOND);
    recorder.events();
    client
}

#[test]
fn token_stored_by_another_job_is_used_without_a_token_request() {
    let (rig, fake_store, recorder) = (Rig::new(), FakeStore::default(), EventRecorder::default());
    let client = settled(&rig, &fake_store, &recorder);
    let theirs = rig.sim.issue_elsewhere();
    fake_store.take_over(&theirs);
    let receipt = push(&client).expect("pushed");
    assert_eq!((receipt.attempts, receipt.token_generation), (2, 2));
    let expected =
        [Event::TokenRejected { generation: 1 }, Event::TokenFromStore { generation: 2 }];
    assert_eq!(recorder.events(), expected);
    let puts = sent(&rig, "PUT");
    assert_eq!(puts[1], (theirs, puts[0].1.clone()), "the same bytes with their token");
    assert_eq!(rig.sim.counters().token_requests, 1);
    assert_eq!(client.snapshot().from_store, 1);
}

#[test]
fn rejected_stored_token_costs_one_token_request_and_one_retry() {
    let (rig, fake_store, recorder) = (Rig::new(), FakeStore::default(), EventRecorder::default());
    let client = settled(&rig, &fake_store, &recorder);
    rig.sim.issue_elsewhere();
    assert_eq!(push(&client).expect("pushed").token_generation, 2);
    let events = recorder.events();
    assert_eq!(events[0], Event::TokenRejected { generation: 1 });
    assert!(matches!(events[1], Event::NewToken { generation: 2, .. }), "{events:?}");
    let puts = sent(&rig, "PUT");
    assert_eq!(puts.len(), 2);
    assert_eq!(puts[0].1, puts[1].1);
    assert_eq!(rig.sim.live_token().as_ref(), Some(&puts[1].0));
    assert_eq!(fake_store.record()["token"]["access_token"], puts[1].0.as_str());
    assert_eq!(rig.sim.counters().token_requests, 2);
}

/// Pushes with a revoked token while the token that another job has stored is revoked too. Returns
/// the result, and how many times the push was sent.
fn push_with_two_revoked_tokens(rig: &Rig, worked: bool) -> (Result<vanta::Receipt>, usize) {
    let (fake_store, recorder) = (FakeStore::default(), EventRecorder::default());
    let client = settled(rig, &fake_store, &recorder);
    fake_store.take_over(&rig.sim.issue_elsewhere());
    let mut record = fake_store.record();
    record["token"]["worked"] = worked.into();
    fake_store.put(&record);
    rig.sim.issue_elsewhere();
    (push(&client), sent(rig, "PUT").len())
}

#[test]
fn token_of_another_job_that_was_revoked_too_is_replaced_in_the_same_call() {
    let rig = Rig::new();
    let (pushed, sent) = push_with_two_revoked_tokens(&rig, true);
    assert_eq!(pushed.expect("pushed").token_generation, 3);
    assert_eq!((sent, rig.sim.counters().token_requests), (3, 2));
}

#[test]
fn token_of_another_job_that_never_worked_is_the_last_one_to_be_tried() {
    let rig = Rig::new();
    let (pushed, sent) = push_with_two_revoked_tokens(&rig, false);
    assert_kind(pushed, ErrorKind::Unauthorized);
    assert_eq!((sent, rig.sim.counters().token_requests), (2, 1));
}

#[test]
fn error_401_of_an_older_token_retries_with_the_current_token() {
    let rig = Rig::new();
    let client = rig.client();
    let first = client.token().expect("a token");
    rig.advance(10 * SECOND);
    rig.script(Place::Get, Fault::Delay(Duration::from_millis(700)));
    let slow = client.clone();
    let slow = thread::spawn(move || list(&slow));
    while rig.sim.counters().gets == 0 {
        thread::yield_now();
    }
    client.report_token_rejected(&first);
    let second = client.token().expect("a new one");
    slow.join().expect("no panic").expect("listed with the current token");
    let gets = sent(&rig, "GET");
    assert_eq!(gets[0].0, first.secret().expose());
    assert_eq!(gets[1].0, second.secret().expose());
    assert_eq!((gets.len(), rig.sim.counters().token_requests), (2, 2));
    assert_eq!(client.token().expect("it was not dropped").generation(), 2);
}

#[test]
fn error_has_401_and_429_and_nothing_is_requested_in_the_backoff() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(10 * SECOND);
    rig.sim.issue_elsewhere();
    rig.reply_with(Place::Token, 429, &[("retry-after", "60")], r#"{"error":"too many"}"#);
    let error = assert_kind(push(&client), ErrorKind::TokenRateLimited);
    assert_eq!((error.http_status(), error.retry_after()), (Some(429), Some(60 * SECOND)));
    let first = error.cause().expect("the 401 is reported too");
    assert_eq!((first.kind(), first.http_status()), (ErrorKind::Unauthorized, Some(401)));
    for _ in 0..5 {
        assert!(assert_kind(push(&client), ErrorKind::TokenRateLimited).is_remembered());
    }
    let counters = rig.sim.counters();
    assert_eq!((counters.token_requests, counters.puts), (2, 6), "each tries the old token once");
    rig.advance(61 * SECOND);
    push(&client).expect("the pause is over");
}

#[test]
fn a_403_costs_no_token_and_the_snapshot_shows_the_scope() {
    let rig = Rig::new();
    let reader = rig.config().scope("connectors.self:read-resource");
    let client = Client::new(reader).expect("right");
    let error = assert_kind(push(&client), ErrorKind::Forbidden);
    assert!(error.to_string().contains("give the application and the token the scope"), "{error}");
    assert_eq!(client.snapshot().scope.as_deref(), Some("connectors.self:read-resource"));
    rig.reply(Place::Put, 403, r#"{"error":"insufficient_scope"}"#);
    let error = assert_kind(push(&client), ErrorKind::Forbidden);
    assert_eq!(error.excerpt(), Some("insufficient_scope"));
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"a:write\"";
    rig.reply_with(Place::Put, 403, &[("www-authenticate", challenge)], "");
    let error = assert_kind(push(&client), ErrorKind::Forbidden);
    assert!(error.to_string().contains("the scope a:write is needed"), "{error}");
    let counters = rig.sim.counters();
    assert_eq!((counters.token_requests, counters.puts), (1, 3));
    assert_eq!(client.token().expect("it was not dropped").generation(), 1);
}

#[test]
fn a_401_of_a_gateway_rejects_no_token_and_requests_none() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    let list = || client.list(&Kind::USER_ACCOUNT, RESOURCE);
    let page = "<html><h1>Sign in to the network</h1></html>";
    for (content, shown) in [(page, "Sign in to the network"), ("RBAC: denied", "RBAC: denied")] {
        rig.advance(10 * SECOND);
        rig.reply(Place::Get, 401, content);
        let error = assert_kind(list(), ErrorKind::GatewayResponse);
        assert!(error.to_string().contains("a gateway responded"), "{error}");
        assert!(error.to_string().contains(shown), "{error}");
        assert_eq!(error.attempts(), 1);
        rig.reply_with(Place::Get, 401, &[("www-authenticate", "Basic realm=x")], content);
        assert_kind(list(), ErrorKind::GatewayResponse);
        list().expect("the token is as good as before");
    }
    rig.advance(10 * SECOND);
    rig.reply(Place::Put, 401, "RBAC: denied");
    let error = assert_kind(push(&client), ErrorKind::GatewayResponse);
    assert!(error.to_string().contains("a gateway responded"), "{error}");
    assert_eq!(rig.sim.counters().token_requests, 1);
    assert_eq!(client.token().expect("it was not dropped").generation(), 1);
}

#[test]
fn a_401_in_json_with_a_bearer_challenge_empty_or_of_one_word_rejects_the_token() {
    let challenge = [("www-authenticate", "Bearer error=\"invalid_token\"")];
    let responses: [(&str, &[(&str, &str)]); 4] = [
        (r#"{"message":"no"}"#, &[]),
        ("Jwt is expired", &challenge),
        ("", &[]),
        ("Unauthorized\n", &[]),
    ];
    for (content, fields) in responses {
        let rig = Rig::new();
        let client = rig.client();
        client.token().expect("a token");
        rig.advance(10 * SECOND);
        rig.reply_with(Place::Get, 401, fields, content);
        client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed with another token");
        assert_eq!(rig.sim.counters().token_requests, 2, "{content}");
    }
}

/// Makes a client whose token is younger than a second, however slow the machine is.
fn newborn(rig: &Rig, recorder: &EventRecorder) -> (Client, ManualClock) {
    let clock = ManualClock::default();
    let client = Client::new(recorder.at(rig.config()).clock(clock.clone())).expect("right");
    client.token().expect("a token");
    clock.pass(Duration::from_millis(200));
    recorder.events();
    (client, clock)
}

#[test]
fn new_token_rejected_once_is_retried_after_a_second() {
    let (rig, recorder) = (Rig::new(), EventRecorder::default());
    let (client, clock) = newborn(&rig, &recorder);
    rig.reply(Place::Put, 401, r#"{"error":"unauthorized"}"#);
    assert_eq!(push(&client).expect("pushed").token_generation, 1);
    assert_eq!(recorder.events(), [Event::NewTokenRejected { generation: 1 }]);
    assert_eq!(clock.slept(), Duration::from_millis(800));
    let puts = sent(&rig, "PUT");
    assert_eq!(puts[0], puts[1], "the same token, the same bytes");
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn new_token_rejected_twice_is_replaced_once() {
    let (rig, recorder) = (Rig::new(), EventRecorder::default());
    let (client, _) = newborn(&rig, &recorder);
    for _ in 0..2 {
        rig.reply(Place::Put, 401, r#"{"error":"no"}"#);
    }
    assert_eq!(push(&client).expect("pushed").token_generation, 2);
    assert_eq!(rig.sim.counters().token_requests, 2);
    for _ in 0..3 {
        rig.reply(Place::Put, 401, r#"{"error":"no"}"#);
    }
    let error = assert_kind(push(&client), ErrorKind::Unauthorized);
    assert!(error.to_string().contains("a new token was rejected twice"), "{error}");
    assert_eq!((error.attempts(), rig.sim.counters().token_requests), (4, 3));
}

/// Revokes the token, lets `rest` pass and lists. Returns how long the call has waited.
fn after_a_kill(rig: &Rig, client: &Client, rest: u64) -> Duration {
    rig.advance(Duration::from_secs(rest));
    rig.sim.issue_elsewhere();
    let before = rig.clock.monotonic();
    list(client).expect("the pause was waited out");
    rig.clock.monotonic() - before
}

#[test]
fn three_revoked_tokens_are_contention_with_growing_backoff() {
    let rig = Rig::on_one_clock(|settings| settings.resource_limit_per_minute = None);
    let recorder = EventRecorder::default();
    let client = recorder.client(&rig).with_deadline(600 * SECOND);
    list(&client).expect("a token that works");
    let waits = [20, 20, 20, 5, 5, 5, 5].map(|rest| after_a_kill(&rig, &client, rest));
    assert!(waits[..3].iter().all(|wait| *wait < 4 * SECOND), "{waits:?}");
    assert!(waits[2..].is_sorted_by(|one, next| one < next), "{waits:?}");
    assert!((8 * SECOND..=14 * SECOND).contains(&waits[3]), "{waits:?}");
    assert!(waits[6] > 100 * SECOND, "{waits:?}");
    let killed = recorder.events().into_iter().filter_map(|event| match event {
        Event::Contention { revoked } => Some(revoked),
        _ => None,
    });
    assert_eq!(killed.collect::<Vec<_>>(), [3, 4, 5, 6]);
    assert_eq!(client.snapshot().revoked, 7);
    assert_eq!(rig.sim.counters().token_requests, 8);
    assert!(rig.sim.counters().most_token_requests_a_minute <= 4);

    rig.advance(5 * SECOND);
    rig.sim.issue_elsewhere();
    let error = assert_kind(list(&client.with_deadline(20 * SECOND)), ErrorKind::Contention);
    assert!(error.retry_after() > Some(100 * SECOND), "{error}");
    assert_eq!(error.cause().and_then(|first| first.http_status()), Some(401));
    assert_eq!(rig.sim.counters().token_requests, 8);
}

#[test]
fn tokens_revoked_near_their_expiry_are_not_contention() {
    let rig = Rig::on_one_clock(|settings| settings.expires_in = 1500);
    let recorder = EventRecorder::default();
    let client = recorder.client(&rig);
    client.token().expect("a token");
    for _ in 0..5 {
        assert!(after_a_kill(&rig, &client, 20) < 10 * SECOND);
    }
    assert!(!recorder.events().iter().any(|event| matches!(event, Event::Contention { .. })));
    assert_eq!(client.snapshot().revoked, 0);
}

#[test]
fn retry_on_401_disabled_returns_the_401_without_a_token_request() {
    let rig = Rig::new();
    let client = Client::new(rig.config().retry_on_401(false)).expect("right");
    let token = client.token().expect("a token");
    rig.advance(10 * SECOND);
    rig.sim.issue_elsewhere();
    let error = assert_kind(push(&client), ErrorKind::Unauthorized);
    assert_eq!((error.http_status(), error.attempts()), (Some(401), 1));
    assert_eq!(error.excerpt(), Some("unauthorized"));
    let counters = rig.sim.counters();
    assert_eq!((counters.token_requests, counters.puts), (1, 1));
    assert_eq!(client.token().expect("it is still in memory").generation(), 1);
    client.report_token_rejected(&token);
    assert_eq!(push(&client).expect("pushed").token_generation, 2);
}
