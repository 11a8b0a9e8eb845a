//! One access token for all threads, from one token request.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use vanta::{Client, ErrorKind, Kind, Result, Token};

use crate::harness::{
    Fault, Place, RESOURCE, Rig, TempFile, accounts, assert_kind, without_deletion_guard,
};

const MINUTE: Duration = Duration::from_secs(60);

/// Runs `job` on this many threads that begin together.
pub fn together<T: Send>(threads: usize, job: impl Fn() -> T + Sync) -> Vec<T> {
    let start = Barrier::new(threads);
    let run = || {
        start.wait();
        job()
    };
    thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        handles.into_iter().map(|handle| handle.join().expect("no panic")).collect()
    })
}

pub fn tokens(client: &Client, threads: usize) -> Vec<Result<Token>> {
    together(threads, || client.token())
}

#[test]
fn the_request_is_json_with_exactly_the_four_members() {
    let rig = Rig::new();
    rig.client().token().expect("a token");
    let request = rig.sim.last_token_request().expect("one was made");
    let body: serde_json::Value = serde_json::from_slice(&request.body).expect("JSON");
    assert_eq!(body.as_object().expect("an object").len(), 4);
    assert_eq!(body["client_id"], rig.sim.client_id().as_str());
    assert_eq!(body["client_secret"], rig.sim.client_secret().as_str());
    assert_eq!(body["scope"], "connectors.self:write-resource connectors.self:read-resource");
    assert_eq!(body["grant_type"], "client_credentials");
    let header = |name: &str| {
        let found = request.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("accept"), "application/json");
    assert!(header("user-agent").starts_with("libvanta/0."), "{}", header("user-agent"));
    assert!(!request.target.contains(&rig.sim.client_secret()));
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn two_token_requests_have_identical_bytes() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    let first = rig.sim.last_token_request().expect("one was made");
    rig.advance(Duration::from_secs(4000));
    client.token().expect("another token");
    let second = rig.sim.last_token_request().expect("one was made");
    assert_eq!((first.headers, first.body), (second.headers, second.body));
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn cached_token_is_reused() {
    let rig = Rig::new();
    let client = rig.client();
    let first = client.token().expect("a token");
    for _ in 0..1000 {
        assert_eq!(client.token().expect("a token").generation(), first.generation());
    }
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn thirty_two_threads_on_an_empty_cache_make_one_request() {
    let rig = Rig::with(|settings| settings.token_delay = Duration::from_millis(50));
    let client = rig.client();
    let tokens = tokens(&client, 32);
    assert!(tokens.iter().all(|token| token.as_ref().is_ok_and(|t| t.generation() == 1)));
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn thirty_two_threads_with_a_wrong_secret_make_one_request_and_get_equal_errors() {
    let rig = Rig::with(|settings| settings.token_delay = Duration::from_millis(50));
    let client = Client::new(rig.config().client_secret("vcs_wrong")).expect("well formed");
    let errors: Vec<_> =
        tokens(&client, 32).into_iter().map(|t| t.expect_err("a wrong secret")).collect();
    assert_eq!(rig.sim.counters().token_requests, 1);
    for error in &errors {
        assert_eq!(error.kind(), ErrorKind::InvalidClient);
        assert_eq!(error.http_status(), Some(401));
        assert_eq!(error.excerpt(), errors[0].excerpt());
        assert_eq!((error.stage(), error.action()), (errors[0].stage(), errors[0].action()));
    }
}

#[test]
fn thirty_two_threads_on_an_expired_token_make_one_request() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(Duration::from_secs(3600));
    let tokens = tokens(&client, 32);
    assert!(tokens.iter().all(|token| token.as_ref().is_ok_and(|t| t.generation() == 2)));
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn expiry_margin_decides_when_a_token_is_renewed() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    // Its lifetime is 3599 s: with 45 s left, the token is used, because the expiry margin is 30 s.
    rig.advance(Duration::from_secs(3554));
    assert_eq!(client.token().expect("a token").generation(), 1);
    assert_eq!(client.token_valid_for(Duration::from_secs(5)).expect("a token").generation(), 1);
    assert_eq!(client.token_valid_for(Duration::from_secs(90)).expect("a token").generation(), 2);
    rig.advance(Duration::from_secs(3575));
    assert_eq!(client.token().expect("a token").generation(), 3);
}

#[test]
fn a_short_lived_token_is_not_renewed_for_ever() {
    let rig = Rig::with(|settings| settings.expires_in = 20);
    let client = rig.client();
    for _ in 0..5 {
        client.token().expect("a token");
    }
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn expiry_counts_from_before_the_request_was_sent() {
    let rig = Rig::with(|settings| settings.expires_in = 3600);
    let client = rig.client();
    rig.script(Place::Token, Fault::Delay(Duration::from_millis(1500)));
    client.token().expect("a token");
    rig.advance(Duration::from_millis(3_600_000 - 30_000 - 1_400));
    client.token().expect("another token");
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn a_step_of_the_wall_clock_neither_prolongs_a_token_nor_starts_a_loop() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    rig.clock.step_wall_ms(2 * 3_600_000);
    for _ in 0..5 {
        client.token().expect("a token");
    }
    assert_eq!(rig.sim.counters().token_requests, 2, "one for the step forwards");
    rig.clock.step_wall_ms(-2 * 3_600_000);
    rig.advance(Duration::from_secs(3580));
    client.token().expect("a token");
    assert_eq!(
        rig.sim.counters().token_requests,
        3,
        "the monotonic clock says that it has expired"
    );
}

#[test]
fn rejected_credentials_are_remembered_for_a_minute() {
    let rig = Rig::new();
    let secret = rig.sim.client_secret();
    let client = rig.client();
    rig.sim.set_client_secret("vcs_another");
    assert!(!assert_kind(client.token(), ErrorKind::InvalidClient).is_remembered());
    for _ in 0..100 {
        assert!(assert_kind(client.token(), ErrorKind::InvalidClient).is_remembered());
    }
    assert_eq!(rig.sim.counters().token_requests, 1);
    rig.sim.set_client_secret(&secret);
    rig.advance(MINUTE + Duration::from_secs(1));
    client.token().expect("the server is healed");
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn a_rotated_secret_file_is_read_again_without_restart() {
    let rig = Rig::new();
    let file = TempFile::new("secret", format!("{}\n", rig.sim.client_secret()).as_bytes());
    let config = vanta::Config::new()
        .origin(rig.sim.origin())
        .client_id(rig.sim.client_id())
        .client_secret_file(file.path())
        .ca_file(rig.ca.path())
        .clock(rig.clock.clone());
    let client = Client::new(config).expect("the configuration is right");
    client.token().expect("a token");
    rig.sim.set_client_secret("vcs_rotated");
    rig.advance(Duration::from_secs(4000));
    assert_kind(client.token(), ErrorKind::InvalidClient);
    std::fs::write(file.path(), "\u{feff}vcs_rotated\r\n").expect("writable");
    client.token().expect("changed credentials are tried at once");
    assert_eq!(rig.sim.counters().token_requests, 3);
}

#[test]
fn after_429_nothing_is_sent_until_the_server_allows_it() {
    let rig = Rig::new();
    rig.clock.stop();
    let client = rig.client();
    rig.reply_with(Place::Token, 429, &[("retry-after", "7")], r#"{"error":"Too many requests"}"#);
    let short_deadline = client.with_deadline(Duration::from_secs(3));
    let error = assert_kind(short_deadline.token(), ErrorKind::TokenRateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert!(error.is_retryable());
    rig.advance(Duration::from_secs(2));
    assert!(assert_kind(short_deadline.token(), ErrorKind::TokenRateLimited).is_remembered());
    assert_eq!(rig.sim.counters().token_requests, 1);
    rig.advance(Duration::from_secs(6));
    short_deadline.token().expect("the pause is over");
}

#[test]
fn unexpired_token_is_used_when_no_new_one_is_available() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(Duration::from_secs(3579));
    rig.sim.script(Place::Token, vec![server_error(), server_error(), server_error()]);
    for _ in 0..10 {
        assert_eq!(client.token().expect("the old one").generation(), 1);
    }
    assert_eq!(rig.sim.counters().token_requests, 2, "no renewal before a pause");
    assert_kind(client.token_valid_for(Duration::from_secs(300)), ErrorKind::TokenUnavailable);
}

fn server_error() -> Fault {
    Fault::Reply { status: 500, headers: Vec::new(), body: b"oops".to_vec() }
}

#[test]
fn token_request_is_retried_after_503_and_not_after_a_lost_response() {
    let rig = Rig::new();
    let client = rig.client();
    rig.reply(Place::Token, 503, r#"{"message":"Service temporarily unavailable"}"#);
    client.token().expect("the second request is served");
    assert_eq!(rig.sim.counters().token_requests, 2);
    for status in [502, 504] {
        let rig = Rig::new();
        rig.reply(Place::Token, status, "");
        assert_kind(rig.client().token(), ErrorKind::TokenResponseLost);
        assert_eq!(rig.sim.counters().token_requests, 1);
    }
    let rig = Rig::new();
    rig.script(Place::Token, Fault::LoseResponse);
    let error = assert_kind(rig.client().token(), ErrorKind::TokenResponseLost);
    assert!(error.is_retryable());
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn a_token_revoked_in_the_middle_of_a_batch_costs_one_new_token() {
    let rig = Rig::new();
    let client = rig.client();
    client
        .push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
        .expect("pushed");
    rig.advance(Duration::from_secs(10));
    rig.sim.issue_elsewhere();
    let receipt = client
        .push_with(&Kind::USER_ACCOUNT, &accounts(&["a", "b"]), &without_deletion_guard())
        .expect("pushed");
    assert_eq!(receipt.attempts, 3);
    assert_eq!(receipt.token_generation, 2);
    assert_eq!(rig.sim.counters().token_requests, 2);
    assert_eq!(rig.sim.rows("user_account", RESOURCE).len(), 2);
}

#[test]
fn thirty_two_threads_with_a_401_share_one_new_token() {
    let rig = Rig::with(|settings| settings.resource_limit_per_minute = None);
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(Duration::from_secs(10));
    rig.sim.issue_elsewhere();
    let listed = together(32, || client.list(&Kind::USER_ACCOUNT, RESOURCE));
    assert!(listed.iter().all(Result::is_ok), "{listed:?}");
    let counters = rig.sim.counters();
    assert_eq!(counters.token_requests, 2);
    assert!((1..=32).contains(&counters.unauthorized), "{}", counters.unauthorized);
    assert_eq!(counters.gets, 32 + counters.unauthorized, "who was refused has sent once more");
}

#[test]
fn second_401_is_an_error_with_both_responses() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(Duration::from_secs(10));
    rig.reply(Place::Put, 401, r#"{"error":"unauthorized"}"#);
    rig.reply(Place::Put, 401, r#"{"error":"go away"}"#);
    let error =
        assert_kind(client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])), ErrorKind::Unauthorized);
    assert_eq!(error.excerpt(), Some("go away"));
    assert_eq!(error.cause().and_then(|first| first.excerpt()), Some("unauthorized"));
    assert_eq!(error.attempts(), 4, "a read, the write, a token request, and the write again");
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn error_of_a_failed_token_request_after_401_has_both_responses() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    rig.sim.set_client_secret("vcs_another");
    rig.sim.revoke_token();
    let error = assert_kind(client.list(&Kind::USER_ACCOUNT, RESOURCE), ErrorKind::InvalidClient);
    assert_eq!(error.cause().map(|first| first.kind()), Some(ErrorKind::Unauthorized));
}

#[test]
fn waiter_times_out_at_its_own_deadline_and_the_leader_continues() {
    let rig = Rig::with(|settings| settings.token_delay = Duration::from_millis(900));
    let client = rig.client();
    let leader = client.clone();
    let leader = thread::spawn(move || leader.token());
    while rig.sim.counters().token_requests == 0 {
        thread::yield_now();
    }
    let short_deadline = client.with_deadline(Duration::from_millis(20));
    assert_kind(short_deadline.token(), ErrorKind::DeadlineExceeded);
    assert!(!leader.is_finished(), "it was not waited for");
    leader.join().expect("no panic").expect("the leader has its token");
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn cancelled_token_request_is_repeated_by_the_next_thread() {
    let rig = Rig::with(|settings| settings.token_delay = Duration::from_millis(900));
    let client = rig.client();
    let cancel = vanta::Cancel::new();
    let short_deadline = client.with_cancel(&cancel);
    let leader = thread::spawn(move || short_deadline.token());
    while rig.sim.counters().token_requests == 0 {
        thread::yield_now();
    }
    let waiter = client.clone();
    let waiter = thread::spawn(move || waiter.token());
    cancel.cancel();
    assert_kind(leader.join().expect("no panic"), ErrorKind::Cancelled);
    waiter.join().expect("no panic").expect("the waiter has its token");
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn no_token_request_starts_with_less_than_two_seconds_left() {
    let rig = Rig::new();
    let client = rig.client();
    let short_deadline = client.with_deadline(Duration::from_millis(1500));
    assert_kind(short_deadline.token(), ErrorKind::DeadlineExceeded);
    assert_eq!(rig.sim.counters().token_requests, 0);
    client.token().expect("with time there is a token");
    short_deadline.token().expect("and then it needs no time");
}
