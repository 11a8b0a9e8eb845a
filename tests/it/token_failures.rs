//! Token requests that fail: the rate limit, and whether the earlier token is still valid.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use socket2::SockRef;
use vanta::{Client, Clock, Config, ErrorKind, Event, Kind, Result, Stage, Token};

use crate::harness::{
    Fault, Place, RESOURCE, Rig, accounts, assert_kind, stopped_clock, without_deletion_guard,
};

const SECOND: Duration = Duration::from_secs(1);

/// Less than the remaining lifetime of a token that is a minute old.
const NEARLY_AN_HOUR: Duration = Duration::from_secs(3590);

/// Makes a client with a token whose request no longer counts for the rate limit.
fn with_token(rig: &Rig) -> Client {
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(63 * SECOND);
    client
}

/// Makes the next token request fail with `fault`, after which the earlier token may be revoked.
fn lose(rig: &Rig, client: &Client, fault: Fault) {
    rig.script(Place::Token, fault);
    assert_kind(client.token_valid_for(NEARLY_AN_HOUR), ErrorKind::TokenResponseLost);
}

/// Makes a call whose token request fails with `fault`. The rest of the deadline passes after that
/// has begun. Returns the result of the call, and how long it took.
fn wait_in_vain(rig: &Rig, fault: Fault, call: impl FnOnce() -> Result<Token> + Send) -> Waited {
    let (asked, began) = (rig.sim.counters().token_requests, rig.clock.monotonic());
    rig.script(Place::Token, fault);
    thread::scope(|scope| {
        let call = scope.spawn(call);
        while rig.sim.counters().token_requests == asked {
            thread::yield_now();
        }
        rig.clock.advance(Duration::from_millis(4500));
        let outcome = call.join().expect("no panic");
        Waited { outcome, time: rig.clock.monotonic() - began }
    })
}

struct Waited {
    outcome: Result<Token>,
    time: Duration,
}

impl Waited {
    #[track_caller]
    fn assert_five_seconds(&self) {
        // A second for a loaded machine.
        assert!(self.time >= 5 * SECOND && self.time < 6 * SECOND, "{:?}", self.time);
    }
}

#[test]
fn token_request_that_was_not_sent_does_not_count_to_the_rate_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let refusing = format!("https://{}", listener.local_addr().expect("bound"));
    drop(listener);
    let rig = Rig::new();
    let bare = Config::new().client_id("vci_x").client_secret("vcs_x").clock(rig.clock.clone());
    for (config, kind, step, attempts) in [
        (
            bare.clone().origin("https://no-such-host.invalid"),
            ErrorKind::Resolve,
            Stage::Resolve,
            2,
        ),
        (bare.clone().origin(refusing), ErrorKind::Connect, Stage::Connect, 2),
        (bare.origin(rig.sim.origin()), ErrorKind::Tls, Stage::Tls, 1),
    ] {
        let client = Client::new(config).expect("right");
        for _ in 0..5 {
            let error = assert_kind(client.token(), kind);
            assert_eq!((error.stage(), error.attempts()), (step, attempts));
        }
        let snapshot = client.snapshot();
        assert_eq!((snapshot.requests_last_minute, snapshot.requests_left), (0, 4));
    }
    assert_eq!(rig.sim.counters().token_requests, 0);
}

#[test]
fn missing_token_response_ends_at_the_deadline_and_marks_the_token_suspect() {
    let rig = Rig::new();
    let client = with_token(&rig).with_deadline(5 * SECOND);
    let waited = wait_in_vain(&rig, Fault::Hang, || client.token_valid_for(NEARLY_AN_HOUR));
    waited.assert_five_seconds();
    let error = assert_kind(waited.outcome, ErrorKind::TokenResponseLost);
    assert_eq!(error.cause().map(|cause| cause.kind()), Some(ErrorKind::DeadlineExceeded));
    assert_eq!(error.attempts(), 1);
    let snapshot = client.snapshot();
    assert_eq!((snapshot.requests_last_minute, snapshot.requests_left), (1, 3));
    assert!(snapshot.maybe_revoked && snapshot.generation == 1, "{snapshot}");
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn unexpired_token_is_returned_when_the_token_response_is_lost() {
    let rig = Rig::new();
    let (config, log) = rig.with_event_log();
    let client = Client::new(config).expect("right").with_deadline(5 * SECOND);
    client.token().expect("a token");
    rig.advance(3579 * SECOND);
    let waited = wait_in_vain(&rig, Fault::Hang, || client.token());
    waited.assert_five_seconds();
    assert_eq!(waited.outcome.expect("the old one").generation(), 1);
    let failed = Event::RenewalFailed { kind: ErrorKind::TokenResponseLost };
    assert!(log.events().contains(&failed), "{:?}", log.events());
    assert!(client.snapshot().maybe_revoked);
}

#[test]
fn slow_token_response_ends_at_the_deadline() {
    let rig = Rig::new();
    let client = rig.client().with_deadline(5 * SECOND);
    let response = format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n", "x".repeat(2000)).into_bytes();
    let drip = Fault::Drip { bytes_per_tick: 1, tick: Duration::from_millis(20), response };
    let waited = wait_in_vain(&rig, drip, || client.token());
    waited.assert_five_seconds();
    let error = assert_kind(waited.outcome, ErrorKind::TokenResponseLost);
    assert_eq!(error.cause().map(|cause| cause.kind()), Some(ErrorKind::DeadlineExceeded));
}

#[test]
fn a_suspect_token_that_works_is_suspect_no_more() {
    let rig = Rig::new();
    let client = with_token(&rig);
    lose(&rig, &client, Fault::Drop);
    assert!(client.snapshot().maybe_revoked);
    rig.reply(Place::Get, 502, "the gateway's own trouble");
    rig.reply_with(Place::Get, 502, &[("retry-after", "300")], "still");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect_err("out of order");
    assert!(client.snapshot().maybe_revoked, "a gateway has not looked at the token");
    let receipt = client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    assert_eq!((receipt.attempts, receipt.token_generation), (2, 1));
    assert!(!client.snapshot().maybe_revoked);
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn rejected_suspect_token_costs_one_token_request_and_one_retry() {
    let rig = Rig::new();
    let client = with_token(&rig);
    // The request took effect, so the earlier token is revoked.
    lose(&rig, &client, Fault::LoseResponse);
    let receipt = client
        .push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
        .expect("pushed");
    assert_eq!(receipt.attempts, 3, "the write, a token request, and the write again");
    assert!(!client.snapshot().maybe_revoked);
    let counters = rig.sim.counters();
    assert_eq!((counters.token_requests, counters.puts, counters.puts_accepted), (3, 2, 1));
    assert_eq!(counters.unauthorized, 1);
}

/// Reads a request, and ends its response in a reset.
fn reset_after(mut tcp: TcpStream, response: &str) {
    let _ = tcp.read(&mut [0; 4096]).expect("a request");
    tcp.write_all(response.as_bytes()).expect("sent");
    SockRef::from(&tcp).set_linger(Some(Duration::ZERO)).expect("a socket can be reset");
}

#[test]
fn connection_reset_during_the_token_response_is_a_lost_response() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"access_token\":";
    for response in ["", "HTTP/1.1 20", half] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let origin = format!("http://{}", listener.local_addr().expect("bound"));
        let config = Config::new().origin(origin).allow_plain_http_to_loopback(true);
        let client = Client::new(config.client_id("vci_x").client_secret("vcs_x")).expect("right");
        let (error, connections) = thread::scope(|scope| {
            let server = scope.spawn(|| reset_after(listener.accept().expect("one").0, response));
            let error = assert_kind(client.token(), ErrorKind::TokenResponseLost);
            server.join().expect("no panic");
            listener.set_nonblocking(true).expect("a socket can be non-blocking");
            (error, listener.accept().is_ok())
        });
        assert_eq!(error.cause().map(|cause| cause.kind()), Some(ErrorKind::Receive));
        assert_eq!((error.attempts(), connections), (1, false), "nothing is sent again");
        assert_eq!(client.snapshot().requests_left, 3);
    }
}

#[test]
fn truncated_token_response_marks_the_earlier_token_suspect() {
    for fault in [Fault::Reset, Fault::Drop, Fault::CutResponse(20), Fault::CutResponse(250)] {
        let rig = Rig::new();
        let client = with_token(&rig);
        lose(&rig, &client, fault.clone());
        let snapshot = client.snapshot();
        assert!(snapshot.maybe_revoked, "{fault:?}");
        assert_eq!((snapshot.generation, snapshot.requests_left), (1, 3), "{fault:?}");
        client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("whether it is valid shows");
    }
}

/// Sends an endless response until the client closes. Returns how many bytes that were.
fn endless(mut tcp: TcpStream) -> usize {
    let _ = tcp.read(&mut [0; 4096]).expect("a request");
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    let mut written = 0;
    let mut rest = head;
    while tcp.write_all(rest.as_bytes()).is_ok() {
        written += rest.len();
        rest = &chunk;
    }
    written
}

#[test]
fn endless_token_response_is_cut_at_its_cap_and_the_connection_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let origin = format!("http://{}", listener.local_addr().expect("bound"));
    let server = thread::spawn(move || endless(listener.accept().expect("a connection").0));
    let config =
        Config::new().origin(origin).allow_plain_http_to_loopback(true).clock(stopped_clock());
    let client = Client::new(config.client_id("vci_x").client_secret("vcs_x")).expect("right");
    let error = assert_kind(client.token(), ErrorKind::TokenResponseLost);
    assert_eq!(error.cause().map(|cause| cause.kind()), Some(ErrorKind::ResponseTooLarge));
    // The cap, and what the buffers of two sockets hold.
    let written = server.join().expect("it ends when the connection is closed");
    assert!(written < 16 << 20, "{written} bytes were taken");
}
