//! Events of a call that waits until a token may be requested, or repeats the token request.

use std::net::TcpListener;
use std::time::Duration;

use vanta::{Client, Clock, ErrorKind, Event, Kind};

use crate::fakes::EventRecorder;
use crate::harness::{Place, Rig, accounts, assert_kind};

const SECOND: Duration = Duration::from_secs(1);

/// Longer than what is left of the lifetime of a token that is a few seconds old.
const NEARLY_AN_HOUR: Duration = Duration::from_secs(3595);

/// Client and server have one clock, which only waits move.
fn rig() -> Rig {
    let rig = Rig::on_one_clock(|_| ());
    rig.clock.stop();
    rig
}

fn is_new_token(event: &Event) -> bool {
    matches!(event, Event::NewToken { .. })
}

/// Makes a client of an origin where no server listens.
fn refused(rig: &Rig, recorder: &EventRecorder) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let origin = format!("https://{}", listener.local_addr().expect("bound"));
    drop(listener);
    Client::new(recorder.at(rig.config().origin(origin))).expect("right")
}

#[test]
fn wait_after_a_429_to_a_token_request_has_an_event() {
    let (rig, recorder) = (rig(), EventRecorder::default());
    rig.reply_with(Place::Token, 429, &[("retry-after", "80")], "");
    let client = recorder.client(&rig).with_deadline(200 * SECOND);
    client.token().expect("requested after the backoff");
    let events = recorder.events();
    let [Event::Retrying { attempt: 1, wait, kind: ErrorKind::TokenRateLimited }, last] =
        &events[..]
    else {
        panic!("{events:?}")
    };
    assert!(*wait > 79 * SECOND && *wait <= 80 * SECOND && is_new_token(last), "{events:?}");
    let line = events[0].to_string();
    let words = "attempt 1 failed (too many token requests); the next one follows in ";
    assert!(line.starts_with(words), "{line}");
}

#[test]
fn wait_for_the_backoff_of_another_call_has_an_event_of_attempt_0() {
    let (rig, recorder) = (rig(), EventRecorder::default());
    rig.reply_with(Place::Token, 429, &[("retry-after", "30")], "");
    let impatient = rig.client().with_deadline(3 * SECOND);
    assert_kind(impatient.token(), ErrorKind::TokenRateLimited);
    recorder.client(&rig).with_deadline(200 * SECOND).token().expect("after the backoff");
    let events = recorder.events();
    assert!(matches!(events[0], Event::Retrying { attempt: 0, .. }), "{events:?}");
    let line = events[0].to_string();
    assert!(line.starts_with("a token request of another call failed (too many tok"), "{line}");
    assert!(events.len() == 2 && is_new_token(&events[1]), "{events:?}");
}

#[test]
fn repeated_token_request_has_an_event_before_its_backoff() {
    let (rig, recorder) = (rig(), EventRecorder::default());
    rig.reply_with(Place::Token, 503, &[("retry-after", "7")], "");
    recorder.client(&rig).token().expect("the second request is served");
    let events = recorder.events();
    let (wait, kind) = (7 * SECOND, ErrorKind::TokenUnavailable);
    assert_eq!(events[0], Event::Retrying { attempt: 1, wait, kind });
    assert!(events.len() == 2 && is_new_token(&events[1]), "{events:?}");
}

#[test]
fn token_request_of_a_refused_connection_is_repeated_once() {
    let (rig, recorder) = (rig(), EventRecorder::default());
    let error = assert_kind(refused(&rig, &recorder).token(), ErrorKind::Connect);
    assert_eq!(error.attempts(), 2);
    let retrying = Event::Retrying { attempt: 1, wait: SECOND, kind: ErrorKind::Connect };
    assert_eq!(recorder.events(), [retrying]);
}

#[test]
fn push_repeats_the_token_request_of_a_refused_connection_with_each_attempt() {
    let (rig, recorder) = (rig(), EventRecorder::default());
    let client = refused(&rig, &recorder).with_deadline(200 * SECOND);
    let pushed = client.push(&Kind::USER_ACCOUNT, &accounts(&["a"]));
    assert_eq!(assert_kind(pushed, ErrorKind::Connect).attempts(), 8);
    let attempt = |event: &Event| match event {
        Event::Retrying { attempt, .. } => *attempt,
        event => panic!("{event}"),
    };
    let attempts: Vec<u32> = recorder.events().iter().map(attempt).collect();
    assert_eq!(attempts, [1, 1, 1, 2, 1, 3, 1]);
}

#[test]
fn token_request_that_a_gateway_refuses_with_502_is_not_repeated() {
    let (rig, recorder) = (rig(), EventRecorder::default());
    rig.reply(Place::Token, 502, "<html><h1>502 Bad Gateway</h1></html>");
    let began = rig.clock.monotonic();
    let pushed = recorder.client(&rig).push(&Kind::USER_ACCOUNT, &accounts(&["a"]));
    let error = pushed.expect_err("the gateway responds with 502");
    assert_eq!((error.http_status(), error.attempts()), (Some(502), 1), "{error}");
    assert_eq!((recorder.events(), rig.clock.monotonic()), (vec![], began));
}

#[test]
fn wait_for_the_rate_limit_of_token_requests_has_an_event() {
    let (rig, recorder) = (rig(), EventRecorder::default());
    let client = recorder.client(&rig).with_deadline(200 * SECOND);
    for _ in 0..5 {
        client.token_valid_for(NEARLY_AN_HOUR).expect("a token");
        rig.advance(6 * SECOND);
    }
    let events = recorder.events();
    let waits = events.iter().filter_map(|event| match event {
        Event::RateLimitReached { wait } => Some(wait.as_secs()),
        _ => None,
    });
    assert_eq!(waits.collect::<Vec<_>>(), [38], "{events:?}");
    assert_eq!(events.len(), 6, "{events:?}");
}
