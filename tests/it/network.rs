//! Whatever the network does, a call ends in time with an error that names the step.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use vanta::{Body, Cancel, Client, Config, ErrorKind, Kind, Stage};

use crate::harness::{
    Desk, Fault, Place, RESOURCE, TempFile, account, accounts, assert_kind, blunt, stopped_clock,
};
use crate::load_tolerance::{assert_in_time, with_allowance, within};

/// The kind, or the kind behind a lost token answer.
fn root(error: &vanta::Error) -> ErrorKind {
    error.cause().map_or(error.kind(), root)
}

#[test]
fn a_refused_connection_is_named_and_costs_no_token() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let desk = Desk::new();
    let config = desk.config().origin(format!("https://{address}"));
    let client = Client::new(config).expect("well formed");
    let error = assert_kind(client.token(), ErrorKind::Connect);
    assert_eq!(error.stage(), Stage::Connect);
    assert!(error.to_string().contains(&address.to_string()), "{error}");
    assert_eq!(error.attempts(), 2, "what never left may be tried once more");
}

#[test]
fn an_unknown_host_is_named() {
    let desk = Desk::new();
    let config = desk.config().origin("https://no-such-host.invalid");
    let error = assert_kind(Client::new(config).expect("well formed").token(), ErrorKind::Resolve);
    assert!(error.to_string().contains("no-such-host.invalid"), "{error}");
    assert!(error.is_retryable());
}

#[test]
fn a_certificate_of_an_unknown_authority_is_refused() {
    let desk = Desk::new();
    let config = Config::new()
        .origin(desk.sim.origin())
        .client_id(desk.sim.client_id())
        .client_secret(desk.sim.client_secret());
    let error = assert_kind(Client::new(config).expect("well formed").token(), ErrorKind::Tls);
    assert_eq!(error.stage(), Stage::Tls);
    assert!(error.to_string().contains("CA file"), "{error}");
    assert_eq!(desk.sim.books().token_requests, 0);
}

#[test]
fn the_authority_of_another_is_refused() {
    let (desk, other) = (Desk::new(), Desk::new());
    let config = desk.config().ca_file(other.ca.path());
    assert_kind(Client::new(config).expect("well formed").token(), ErrorKind::Tls);
}

#[test]
fn a_peer_that_never_shakes_hands_meets_the_deadline() {
    let desk = Desk::new();
    desk.script(Place::Connect, Fault::Hang);
    let client = desk.client().with_deadline(Duration::from_millis(2300));
    let token = within(Duration::from_millis(3500), || client.token());
    assert_eq!(assert_kind(token, ErrorKind::DeadlineExceeded).stage(), Stage::Tls);
}

#[test]
fn a_token_endpoint_that_never_answers_meets_the_deadline() {
    let desk = Desk::new();
    desk.script(Place::Token, Fault::Hang);
    let client = desk.client().with_deadline(Duration::from_millis(2300));
    let token = within(Duration::from_millis(3500), || client.token());
    let error = assert_kind(token, ErrorKind::TokenResponseLost);
    assert_eq!(root(&error), ErrorKind::DeadlineExceeded);
    assert_eq!(desk.sim.books().token_requests, 1);
}

#[test]
fn what_is_no_http_is_told_so() {
    let desk = Desk::new();
    desk.script(Place::Token, Fault::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()));
    let error = assert_kind(desk.client().token(), ErrorKind::TokenResponseLost);
    assert_eq!(root(&error), ErrorKind::Receive);
}

#[test]
fn an_answer_cut_short_is_no_answer() {
    for cut in [0, 1, 20, 150] {
        let desk = Desk::new();
        desk.script(Place::Token, Fault::CutAnswer(cut));
        assert_kind(desk.client().token(), ErrorKind::TokenResponseLost);
        assert_eq!(desk.sim.books().token_requests, 1, "cut after {cut}");
    }
}

#[test]
fn a_list_cut_short_is_read_again() {
    let desk = Desk::new();
    desk.script(Place::Get, Fault::CutAnswer(10));
    desk.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect("the second answer is whole");
    assert_eq!(desk.sim.books().gets, 2);
}

#[test]
fn plain_http_works_on_loopback_behind_its_switch() {
    let desk = Desk::with(|settings| settings.tls = false);
    let origin = desk.sim.origin();
    assert!(origin.starts_with("http://"));
    assert_kind(Client::new(desk.config()), ErrorKind::InsecureOrigin);
    let client = Client::new(desk.config().allow_plain_http_to_loopback(true)).expect("allowed");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
}

#[test]
fn a_ca_file_of_several_certificates_is_taken_whole() {
    let (desk, other) = (Desk::new(), Desk::new());
    let both = format!("# ours\n{}\n# theirs\n{}", other.sim.ca_pem(), desk.sim.ca_pem());
    let file = TempFile::new("pem", both.as_bytes());
    let client = Client::new(desk.config().ca_file(file.path())).expect("both are good");
    client.token().expect("a token");
}

#[test]
fn a_server_that_never_answers_meets_the_deadline() {
    let desk = Desk::new();
    let client = desk.client();
    client.token().expect("a token");
    desk.script(Place::Put, Fault::Hang);
    desk.script(Place::Get, Fault::Hang);
    let hasty = client.with_deadline(Duration::from_millis(400));
    let second = Duration::from_secs(1);
    let push = || hasty.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &blunt());
    let error = assert_kind(within(second, push), ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause().map(|cause| cause.kind()), Some(ErrorKind::DeadlineExceeded));
    let listed = within(second, || hasty.list(&Kind::USER_ACCOUNT, RESOURCE));
    assert_kind(listed, ErrorKind::DeadlineExceeded);
}

#[test]
fn a_server_that_drips_meets_the_deadline() {
    let desk = Desk::new();
    let client = desk.client();
    client.token().expect("a token");
    let response = b"HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{\"resources\":[]}".to_vec();
    let tick = Duration::from_millis(50);
    desk.script(Place::Get, Fault::Drip { bytes_per_tick: 1, tick, response });
    let hasty = client.with_deadline(Duration::from_millis(400));
    assert_kind(hasty.list(&Kind::USER_ACCOUNT, RESOURCE), ErrorKind::DeadlineExceeded);
}

#[test]
fn a_call_is_cancelled_from_another_thread() {
    let desk = Desk::new();
    let client = desk.client();
    client.token().expect("a token");
    let (felt, allowance) = with_allowance(|| cancel_a_list(&desk, &client));
    assert_in_time(felt, Duration::from_millis(250), allowance);
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("the client goes on");
}

/// How long it takes until a list that waits for its answer has felt the cancel.
fn cancel_a_list(desk: &Desk, client: &Client) -> Duration {
    let asked = desk.sim.books().gets;
    desk.script(Place::Get, Fault::Hang);
    let cancel = Cancel::new();
    let cancelled = client.with_cancel(&cancel);
    let call = cancelled.clone();
    let call = thread::spawn(move || call.list(&Kind::USER_ACCOUNT, RESOURCE));
    while desk.sim.books().gets == asked {
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
fn an_answer_that_comes_while_the_body_is_being_sent_is_read() {
    let desk = Desk::new();
    let client = desk.client();
    client.token().expect("a token");
    let mut big = account("a");
    big["roleDescription"] = Value::String("x".repeat(9 << 20));
    let body = Body::from_records(RESOURCE, &[big]).expect("under the limit");
    let early = Fault::EarlyReply { status: 413, body: b"too much for us".to_vec() };
    desk.script(Place::Put, early);
    let error = assert_kind(client.push(&Kind::USER_ACCOUNT, &body), ErrorKind::ServerTooLarge);
    assert_eq!(error.excerpt(), Some("too much for us"));
}

/// Gives out a token, then answers a push from its head alone and closes on the rest of it, which
/// the kernel turns into a reset.
fn hasty_server(listener: &TcpListener) {
    for body in [r#"{"access_token":"vat_x"}"#, "too much for us"] {
        let (mut tcp, _) = listener.accept().expect("a connection");
        let mut head = [0; 2048];
        let _ = tcp.read(&mut head).expect("a request");
        let status = if body.contains("vat_x") { 200 } else { 413 };
        let length = body.len();
        let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n\r\n{body}");
        tcp.write_all(answer.as_bytes()).expect("sent");
    }
}

#[test]
fn an_answer_before_a_reset_is_read() {
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
fn a_connection_with_a_request_cut_off_is_not_used_again() {
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
            let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n\r\n");
            tcp.write_all((head + body).as_bytes()).expect("sent");
            tcp
        });
        // All three stay open, and nobody reads on.
        answered.collect::<Vec<_>>()
    });
    let config =
        Config::new().origin(origin).allow_plain_http_to_loopback(true).clock(stopped_clock());
    let client = Client::new(config.client_id("vci_x").client_secret("vcs_x")).expect("right");
    let mut big = account("a");
    big["roleDescription"] = Value::String("x".repeat(9 << 20));
    let body = Body::from_records(RESOURCE, &[big]).expect("under the limit");
    let error = assert_kind(
        client.push_with(&Kind::USER_ACCOUNT, &body, &blunt()),
        ErrorKind::RecordsRejected,
    );
    assert_eq!(error.excerpt(), Some("enough"));
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("over another connection");
    server.join().expect("no panic");
}

#[test]
fn a_connection_that_died_while_idle_costs_one_resend() {
    let desk = Desk::new();
    let client = desk.client();
    let push = || client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &blunt());
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    desk.advance(Duration::from_secs(5));
    desk.script(Place::Put, Fault::Reset);
    assert_eq!(push().expect("pushed").attempts, 2);
    // One that was in use a moment ago did not die of being idle.
    desk.script(Place::Put, Fault::Reset);
    assert_kind(push(), ErrorKind::OutcomeUnknown);
}

#[test]
fn small_calls_share_a_connection_and_the_token_request_has_its_own() {
    let desk = Desk::new();
    let client = desk.client();
    for _ in 0..5 {
        client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
        client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    }
    assert_eq!(desk.sim.books().connections, 2);
}

#[test]
fn a_connection_that_was_closed_while_idle_is_not_tried() {
    let desk = Desk::new();
    let client = desk.client();
    desk.script(Place::Get, Fault::CloseIdle);
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    // When the simulator has served somebody else, it has closed the connection.
    desk.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect("over another connection");
    let receipt = client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    assert_eq!((receipt.attempts, desk.sim.books().puts), (2, 1));
    assert_eq!((desk.sim.books().token_requests, desk.sim.books().connections), (1, 4));
}

#[test]
fn a_token_request_on_a_connection_that_dies_is_not_sent_again() {
    let desk = Desk::new();
    let client = desk.client();
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    desk.advance(Duration::from_secs(4000));
    desk.script(Place::Token, Fault::Reset);
    assert_kind(client.token(), ErrorKind::TokenResponseLost);
    assert_eq!(desk.sim.books().token_requests, 2);
    client.token().expect("the next call may ask again");
}

#[test]
fn a_token_request_begins_on_a_connection_of_its_own() {
    let desk = Desk::new();
    let client = desk.client();
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    let before = desk.sim.books().connections;
    desk.advance(Duration::from_secs(4000));
    client.token().expect("a new one");
    let request = desk.sim.last_token_request().expect("one was made");
    assert_eq!((desk.sim.books().connections, request.connection), (before + 1, before + 1));
}

#[test]
fn who_has_no_time_left_gets_the_token_in_memory_and_no_other() {
    let desk = Desk::new();
    let client = desk.client();
    let late = client.with_deadline(Duration::ZERO);
    assert_kind(late.token(), ErrorKind::DeadlineExceeded);
    assert_eq!(desk.sim.books().connections, 0);
    client.token().expect("with time there is a token");
    assert_eq!(late.token().expect("no time is needed").generation(), 1);
    desk.advance(Duration::from_secs(4000));
    assert_kind(late.token(), ErrorKind::DeadlineExceeded);
    assert_eq!(desk.sim.books().token_requests, 1);
}

#[test]
fn the_time_of_a_call_begins_with_the_call() {
    let desk = Desk::new();
    let config = desk.config().deadline(Duration::from_secs(5));
    let client = Client::new(config).expect("right");
    for _ in 0..3 {
        desk.advance(Duration::from_secs(4000));
        client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("five seconds are enough");
    }
    assert_eq!(desk.sim.books().token_requests, 3);
}

#[test]
fn a_hasty_call_begins_no_token_request_and_the_next_one_does() {
    let desk = Desk::new();
    let client = desk.client();
    let hasty = client.with_deadline(Duration::from_millis(50));
    let error = assert_kind(hasty.list(&Kind::USER_ACCOUNT, RESOURCE), ErrorKind::DeadlineExceeded);
    assert_eq!((error.stage(), error.attempts()), (Stage::Queue, 0));
    assert_eq!(desk.sim.books().connections, 0);
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("with time there is a token");
    assert_eq!((desk.sim.books().token_requests, desk.sim.books().gets), (1, 1));
}

#[test]
fn every_request_names_library_and_program_and_no_url_holds_a_secret() {
    let desk = Desk::new();
    let config = desk.config().user_agent("nightly/1.2 (ops@example.com)");
    let client = Client::new(config).expect("right");
    client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &blunt()).expect("pushed");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    let token = client.token().expect("in memory");
    let name = concat!("libvanta/", env!("CARGO_PKG_VERSION"), " nightly/1.2 (ops@example.com)");
    let requests = desk.sim.requests();
    assert_eq!(requests.len(), 3);
    for request in requests {
        let agents = request.headers.iter().filter(|(header, _)| header == "user-agent");
        assert_eq!(agents.map(|(_, value)| value).collect::<Vec<_>>(), [name]);
        assert!(!request.target.contains(&desk.sim.client_secret()), "{}", request.target);
        assert!(!request.target.contains(token.secret().expose()), "{}", request.target);
    }
}
