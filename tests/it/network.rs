//! Network faults: every call ends in time with an error that names the stage.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use vanta::{Body, Cancel, Client, Config, ErrorKind, Kind, Stage};

use crate::harness::{
    Fault, Place, RESOURCE, Rig, TempFile, account, accounts, assert_kind, stopped_clock,
    without_deletion_guard,
};
use crate::load_tolerance::{assert_in_time, with_allowance, within};

/// Returns the kind, or the kind of the cause of a lost token response.
fn root(error: &vanta::Error) -> ErrorKind {
    error.cause().map_or(error.kind(), root)
}

#[test]
fn refused_connection_is_named_and_uses_no_token_request() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let rig = Rig::new();
    let config = rig.config().origin(format!("https://{address}"));
    let client = Client::new(config).expect("well formed");
    let error = assert_kind(client.token(), ErrorKind::Connect);
    assert_eq!(error.stage(), Stage::Connect);
    assert!(error.to_string().contains(&address.to_string()), "{error}");
    assert_eq!(error.attempts(), 2, "what never left may be tried once more");
}

#[test]
fn unknown_hostname_is_named() {
    let rig = Rig::new();
    let config = rig.config().origin("https://no-such-host.invalid");
    let error = assert_kind(Client::new(config).expect("well formed").token(), ErrorKind::Resolve);
    assert!(error.to_string().contains("no-such-host.invalid"), "{error}");
    assert!(error.is_retryable());
}

#[test]
fn a_certificate_of_an_unknown_authority_is_refused() {
    let rig = Rig::new();
    let config = Config::new()
        .origin(rig.sim.origin())
        .client_id(rig.sim.client_id())
        .client_secret(rig.sim.client_secret());
    let error = assert_kind(Client::new(config).expect("well formed").token(), ErrorKind::Tls);
    assert_eq!(error.stage(), Stage::Tls);
    assert!(error.to_string().contains("CA file"), "{error}");
    assert_eq!(rig.sim.counters().token_requests, 0);
}

#[test]
fn certificate_authority_of_another_server_is_refused() {
    let (rig, other) = (Rig::new(), Rig::new());
    let config = rig.config().ca_file(other.ca.path());
    assert_kind(Client::new(config).expect("well formed").token(), ErrorKind::Tls);
}

#[test]
fn tls_handshake_timeout_is_the_deadline() {
    let rig = Rig::new();
    rig.script(Place::Connect, Fault::Hang);
    let client = rig.client().with_deadline(Duration::from_millis(2300));
    let token = within(Duration::from_millis(3500), || client.token());
    assert_eq!(assert_kind(token, ErrorKind::DeadlineExceeded).stage(), Stage::Tls);
}

#[test]
fn token_response_timeout_is_the_deadline() {
    let rig = Rig::new();
    rig.script(Place::Token, Fault::Hang);
    let client = rig.client().with_deadline(Duration::from_millis(2300));
    let token = within(Duration::from_millis(3500), || client.token());
    let error = assert_kind(token, ErrorKind::TokenResponseLost);
    assert_eq!(root(&error), ErrorKind::DeadlineExceeded);
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn response_that_is_not_http_is_reported() {
    let rig = Rig::new();
    rig.script(Place::Token, Fault::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()));
    let error = assert_kind(rig.client().token(), ErrorKind::TokenResponseLost);
    assert_eq!(root(&error), ErrorKind::Receive);
}

#[test]
fn truncated_token_response_is_an_error() {
    for cut in [0, 1, 20, 150] {
        let rig = Rig::new();
        rig.script(Place::Token, Fault::CutResponse(cut));
        assert_kind(rig.client().token(), ErrorKind::TokenResponseLost);
        assert_eq!(rig.sim.counters().token_requests, 1, "cut after {cut}");
    }
}

#[test]
fn truncated_list_response_is_retried() {
    let rig = Rig::new();
    rig.script(Place::Get, Fault::CutResponse(10));
    rig.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect("the second response is complete");
    assert_eq!(rig.sim.counters().gets, 2);
}

#[test]
fn plain_http_works_on_loopback_where_it_is_allowed() {
    let rig = Rig::with(|settings| settings.tls = false);
    let origin = rig.sim.origin();
    assert!(origin.starts_with("http://"));
    assert_kind(Client::new(rig.config()), ErrorKind::InsecureOrigin);
    let client = Client::new(rig.config().allow_plain_http_to_loopback(true)).expect("allowed");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
}

#[test]
fn a_ca_file_of_several_certificates_is_taken_whole() {
    let (rig, other) = (Rig::new(), Rig::new());
    let both = format!("# ours\n{}\n# theirs\n{}", other.sim.ca_pem(), rig.sim.ca_pem());
    let file = TempFile::new("pem", both.as_bytes());
    let client = Client::new(rig.config().ca_file(file.path())).expect("both are good");
    client.token().expect("a token");
}

#[test]
fn a_server_that_never_responds_ends_in_a_timeout_at_the_deadline() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    rig.script(Place::Put, Fault::Hang);
    rig.script(Place::Get, Fault::Hang);
    let short_deadline = client.with_deadline(Duration::from_millis(400));
    let second = Duration::from_secs(1);
    let push = || {
        short_deadline.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
    };
    let error = assert_kind(within(second, push), ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause().map(|cause| cause.kind()), Some(ErrorKind::DeadlineExceeded));
    let listed = within(second, || short_deadline.list(&Kind::USER_ACCOUNT, RESOURCE));
    assert_kind(listed, ErrorKind::DeadlineExceeded);
}

#[test]
fn slow_response_ends_in_a_timeout_at_the_deadline() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    let response = b"HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{\"resources\":[]}".to_vec();
    let tick = Duration::from_millis(50);
    rig.script(Place::Get, Fault::Drip { bytes_per_tick: 1, tick, response });
    let short_deadline = client.with_deadline(Duration::from_millis(400));
    assert_kind(short_deadline.list(&Kind::USER_ACCOUNT, RESOURCE), ErrorKind::DeadlineExceeded);
}

#[test]
fn a_call_is_cancelled_from_another_thread() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    let (felt, allowance) = with_allowance(|| cancel_a_list(&rig, &client));
    assert_in_time(felt, Duration::from_millis(250), allowance);
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("the client goes on");
}

/// Returns how long a list that waits for its response takes to end after a cancel.
fn cancel_a_list(rig: &Rig, client: &Client) -> Duration {
    let asked = rig.sim.counters().gets;
    rig.script(Place::Get, Fault::Hang);
    let cancel = Cancel::new();
    let cancelled = client.with_cancel(&cancel);
    let call = cancelled.clone();
    let call = thread::spawn(move || call.list(&Kind::USER_ACCOUNT, RESOURCE));
    while rig.sim.counters().gets == asked {
        thread::yield_now();
    }
    let began = Instant::now();
    cancel.cancel();
    assert_kind(call.join().expect("no panic"), ErrorKind::Cancelled);
    let felt = began.elapsed();
    assert_kind(cancelled.list(&Kind::USER_ACCOUNT, RESOURCE), ErrorKind::Cancelled);
    felt
}

#[test]
fn response_during_the_body_is_read() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    let mut big = account("a");
    big["roleDescription"] = Value::String("x".repeat(9 << 20));
    let body = Body::from_records(RESOURCE, &[big]).expect("under the limit");
    let early = Fault::EarlyReply { status: 413, body: b"too much for us".to_vec() };
    rig.script(Place::Put, early);
    let error = assert_kind(client.push(&Kind::USER_ACCOUNT, &body), ErrorKind::ServerTooLarge);
    assert_eq!(error.excerpt(), Some("too much for us"));
}

/// Issues a token, then responds to the head of a push and closes on the rest of it, so that the
/// kernel sends a reset.
fn hasty_server(listener: &TcpListener) {
    for body in [r#"{"access_token":"vat_x"}"#, "too much for us"] {
        let (mut tcp, _) = listener.accept().expect("a connection");
        let mut head = [0; 2048];
        let _ = tcp.read(&mut head).expect("a request");
        let status = if body.contains("vat_x") { 200 } else { 413 };
        let length = body.len();
        let response = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n\r\n{body}");
        tcp.write_all(response.as_bytes()).expect("sent");
    }
}

#[test]
fn response_before_a_connection_reset_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let origin = format!("http://{}", listener.local_addr().expect("bound"));
    let server = thread::spawn(move || hasty_server(&listener));
    let config =
        Config::new().origin(origin).allow_plain_http_to_loopback(true).clock(stopped_clock());
    let client = Client::new(config.client_id("vci_x").client_secret("vcs_x")).expect("right");
    let mut big = account("a");
    big["roleDescription"] = Value::String("x".repeat(9 << 20));
    let body = Body::from_records(RESOURCE, &[big]).expect("under the limit");
    let error = assert_kind(client.push(&Kind::USER_ACCOUNT, &body), ErrorKind::ServerTooLarge);
    assert_eq!(error.excerpt(), Some("too much for us"));
    server.join().expect("no panic");
}

#[test]
fn connection_with_an_incomplete_request_is_not_reused() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let origin = format!("http://{}", listener.local_addr().expect("bound"));
    let server = thread::spawn(move || {
        let bodies =
            [r#"{"access_token":"vat_x"}"#, r#"{"error":"enough"}"#, r#"{"resources":[]}"#];
        let answered = bodies.into_iter().zip([200, 400, 200]).map(|(body, status)| {
            let (mut tcp, _) = listener.accept().expect("a connection");
            let mut head = [0; 2048];
            let _ = tcp.read(&mut head).expect("a request");
            let length = body.len();
            // Else the next request would come over the first connection, which is not read again.
            let last = if body.contains("vat_x") { "connection: close\r\n" } else { "" };
            let head = format!("HTTP/1.1 {status} x\r\n{last}content-length: {length}\r\n\r\n");
            tcp.write_all((head + body).as_bytes()).expect("sent");
            tcp
        });
        // All three stay open, and nothing reads from them any more.
        answered.collect::<Vec<_>>()
    });
    let config =
        Config::new().origin(origin).allow_plain_http_to_loopback(true).clock(stopped_clock());
    let client = Client::new(config.client_id("vci_x").client_secret("vcs_x")).expect("right");
    let mut big = account("a");
    big["roleDescription"] = Value::String("x".repeat(9 << 20));
    let body = Body::from_records(RESOURCE, &[big]).expect("under the limit");
    let error = assert_kind(
        client.push_with(&Kind::USER_ACCOUNT, &body, &without_deletion_guard()),
        ErrorKind::RecordsRejected,
    );
    assert_eq!(error.excerpt(), Some("enough"));
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("over another connection");
    server.join().expect("no panic");
}

#[test]
fn idle_connection_that_was_reset_costs_one_retry() {
    let rig = Rig::new();
    let client = rig.client();
    let push =
        || client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard());
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    rig.advance(Duration::from_secs(5));
    rig.script(Place::Put, Fault::Reset);
    assert_eq!(push().expect("pushed").attempts, 2);
    // A connection that was in use just now was not closed for idleness.
    rig.script(Place::Put, Fault::Reset);
    assert_kind(push(), ErrorKind::OutcomeUnknown);
}

#[test]
fn a_connection_that_was_closed_while_idle_is_not_tried() {
    let rig = Rig::new();
    let client = rig.client();
    rig.script(Place::Get, Fault::CloseIdle);
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    // When the simulator has served another connection, it has closed this one.
    rig.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect("over another connection");
    let receipt = client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    assert_eq!((receipt.attempts, rig.sim.counters().puts), (2, 1));
    assert_eq!((rig.sim.counters().token_requests, rig.sim.counters().connections), (1, 3));
}

#[test]
fn token_request_on_a_reset_connection_is_not_retried() {
    let rig = Rig::new();
    let client = rig.client();
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    rig.advance(Duration::from_secs(4000));
    rig.script(Place::Token, Fault::Reset);
    assert_kind(client.token(), ErrorKind::TokenResponseLost);
    assert_eq!(rig.sim.counters().token_requests, 2);
    client.token().expect("the next call may request again");
}

#[test]
fn a_token_request_begins_on_a_connection_of_its_own() {
    let rig = Rig::new();
    let client = rig.client();
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    let before = rig.sim.counters().connections;
    rig.advance(Duration::from_secs(4000));
    client.token().expect("a new one");
    let request = rig.sim.last_token_request().expect("one was made");
    assert_eq!((rig.sim.counters().connections, request.connection), (before + 1, before + 1));
}

#[test]
fn expired_deadline_still_returns_the_cached_token() {
    let rig = Rig::new();
    let client = rig.client();
    let late = client.with_deadline(Duration::ZERO);
    assert_kind(late.token(), ErrorKind::DeadlineExceeded);
    assert_eq!(rig.sim.counters().connections, 0);
    client.token().expect("with time there is a token");
    assert_eq!(late.token().expect("no time is needed").generation(), 1);
    rig.advance(Duration::from_secs(4000));
    assert_kind(late.token(), ErrorKind::DeadlineExceeded);
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn deadline_is_measured_from_the_start_of_the_call() {
    let rig = Rig::new();
    let config = rig.config().deadline(Duration::from_secs(5));
    let client = Client::new(config).expect("right");
    for _ in 0..3 {
        rig.advance(Duration::from_secs(4000));
        client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("five seconds are enough");
    }
    assert_eq!(rig.sim.counters().token_requests, 3);
}

#[test]
fn short_deadline_starts_no_token_request() {
    let rig = Rig::new();
    let client = rig.client();
    let short_deadline = client.with_deadline(Duration::from_millis(50));
    let error = assert_kind(
        short_deadline.list(&Kind::USER_ACCOUNT, RESOURCE),
        ErrorKind::DeadlineExceeded,
    );
    assert_eq!((error.stage(), error.attempts()), (Stage::Queue, 0));
    assert_eq!(rig.sim.counters().connections, 0);
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("with time there is a token");
    assert_eq!((rig.sim.counters().token_requests, rig.sim.counters().gets), (1, 1));
}

#[test]
fn every_request_has_a_user_agent_and_no_secret_in_the_url() {
    let rig = Rig::new();
    let config = rig.config().user_agent("nightly/1.2 (ops@example.com)");
    let client = Client::new(config).expect("right");
    client
        .push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
        .expect("pushed");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    let token = client.token().expect("in memory");
    let name = concat!("libvanta/", env!("CARGO_PKG_VERSION"), " nightly/1.2 (ops@example.com)");
    let requests = rig.sim.requests();
    assert_eq!(requests.len(), 3);
    for request in requests {
        let agents = request.headers.iter().filter(|(header, _)| header == "user-agent");
        assert_eq!(agents.map(|(_, value)| value).collect::<Vec<_>>(), [name]);
        assert!(!request.target.contains(&rig.sim.client_secret()), "{}", request.target);
        assert!(!request.target.contains(token.secret().expose()), "{}", request.target);
    }
}
