//! Faults, and behaviour outside the API.

mod common;

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vanta_simulator::{Fault, Place, Settings, Simulator};

use common::{
    BOTH, RESOURCE, background_check, bearer, connect, connect_tls, credentials, get, plain, put,
    put_bytes, receive, request, request_token, send, token,
};

const KIND: &str = "background_check_connector";
const PATH: &str = "/v1/resources/background_check_connector";

fn push() -> Vec<u8> {
    let body = json!({ "resourceId": RESOURCE, "resources": [background_check("a")] });
    body.to_string().into_bytes()
}

/// Returns the result of a push with `fault`, and whether it took effect.
fn pushed(fault: Fault) -> (io::Result<u16>, bool) {
    let sim = plain(|_| ());
    token(&sim);
    sim.script(Place::Put, [fault]);
    let response = put_bytes(&sim, KIND, &push());
    let counters = sim.counters();
    assert_eq!(counters.puts, 1);
    let effect = counters.puts_accepted == 1;
    assert_eq!(sim.rows(KIND, RESOURCE).len(), usize::from(effect));
    assert_eq!(put_bytes(&sim, KIND, &push()).expect("one fault only").status, 200);
    (response.map(|response| response.status), effect)
}

fn failed(result: io::Result<u16>) -> ErrorKind {
    result.expect_err("no complete response").kind()
}

#[test]
fn faults_before_the_effect_leave_nothing_behind() {
    let headers = vec![("Content-Type".to_owned(), "x/y".to_owned())];
    let (response, effect) = pushed(Fault::Reply { status: 503, headers, body: b"{}".to_vec() });
    assert_eq!((response.expect("a response"), effect), (503, false));
    let (response, effect) =
        pushed(Fault::Raw(b"HTTP/1.1 299 x\r\ncontent-length: 0\r\n\r\n".into()));
    assert_eq!((response.expect("a response"), effect), (299, false));
    let (response, effect) = pushed(Fault::Drop);
    assert_eq!((failed(response), effect), (ErrorKind::UnexpectedEof, false));
    let (response, effect) = pushed(Fault::Reset);
    assert_eq!((failed(response), effect), (ErrorKind::ConnectionReset, false));
}

#[test]
fn faults_after_the_effect_lose_only_the_response() {
    let (response, effect) = pushed(Fault::LoseResponse);
    assert_eq!((failed(response), effect), (ErrorKind::UnexpectedEof, true));
    let (response, effect) = pushed(Fault::CutResponse(20));
    assert_eq!((failed(response), effect), (ErrorKind::UnexpectedEof, true));
    let (response, effect) = pushed(Fault::Pass);
    assert_eq!((response.expect("a response"), effect), (200, true));
    let (response, effect) = pushed(Fault::Delay(Duration::from_millis(30)));
    assert_eq!((response.expect("a response"), effect), (200, true));
}

#[test]
fn a_response_after_the_effect_is_the_scripted_one() {
    let reply = |status| Fault::ApplyThenReply { status, headers: Vec::new(), body: b"{}".into() };
    for status in [200, 408, 429, 503] {
        let (response, effect) = pushed(reply(status));
        assert_eq!((response.expect("a response"), effect), (status, true));
        let (response, effect) = pushed(Fault::apply_then_gateway_response(status));
        assert_eq!((response.expect("a response"), effect), (status, true));
        let (response, effect) = pushed(Fault::gateway_response(status));
        assert_eq!((response.expect("a response"), effect), (status, false));
    }
    let (response, effect) = pushed(Fault::ApplyThenReset);
    assert_eq!((failed(response), effect), (ErrorKind::ConnectionReset, true));
}

#[test]
fn a_gateway_response_is_html_and_a_scripted_fault_can_be_taken_back() {
    let sim = plain(|_| ());
    token(&sim);
    sim.script(Place::Put, [Fault::gateway_response(502), Fault::Drop]);
    let response = put_bytes(&sim, KIND, &push()).expect("a response");
    assert!(response.head.contains("content-type: text/html\r\n"), "{}", response.head);
    assert!(response.text().contains("<title>502 Bad Gateway</title>"), "{}", response.text());
    sim.clear_script();
    assert_eq!(put_bytes(&sim, KIND, &push()).expect("no fault is left").status, 200);
}

#[test]
fn an_effect_after_the_response_is_waited_for() {
    for (delay, quiet) in [(Duration::from_secs(3600), false), (Duration::from_millis(1), true)] {
        let sim = plain(|_| ());
        token(&sim);
        sim.script(Place::Put, [Fault::gateway_response_then_apply(504, delay)]);
        assert_eq!(put_bytes(&sim, KIND, &push()).expect("a response").status, 504);
        let patience = Duration::from_secs(if quiet { 60 } else { 0 });
        assert_eq!(sim.wait_until_quiet(patience), quiet);
        assert_eq!((sim.counters().puts, sim.counters().puts_accepted), (1, u64::from(quiet)));
    }
}

#[test]
fn each_push_that_took_effect_is_kept_with_the_sum_of_its_body() {
    let sim = plain(|_| ());
    token(&sim);
    put_bytes(&sim, KIND, &push()).expect("a response");
    let taken = sim.applied_pushes();
    assert_eq!((taken.len(), &taken[0].first["uniqueId"]), (1, &json!("a")));
    // By `sha256sum`.
    assert_eq!(taken[0].sha256, "4ffd6d7c81ba4018d4ee4b357ee81f30661cc4ffccddc83228b548008f8bc96d");
}

#[test]
fn a_body_that_is_cut_in_the_middle_has_no_effect() {
    let (response, effect) = pushed(Fault::CutBody(100));
    assert_eq!((failed(response), effect), (ErrorKind::ConnectionReset, false));
    let (response, effect) = pushed(Fault::CutBody(usize::MAX));
    assert_eq!((failed(response), effect), (ErrorKind::ConnectionReset, false));
    let sim = plain(|_| ());
    let token = token(&sim);
    sim.script(Place::Put, [Fault::CutBody(1 << 20)]);
    let mut tcp = connect(&sim);
    let head = format!("PUT {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 10000000\r\n");
    tcp.write_all(format!("{head}{}\r\n", bearer(&token)).as_bytes()).expect("sent");
    let mut sent = 0;
    let end = loop {
        match tcp.write(&[b' '; 1 << 16]) {
            Ok(bytes) => sent += bytes,
            Err(error) => break error.kind(),
        }
    };
    assert!(matches!(end, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{end}");
    assert!(sent >= 1 << 20, "the connection held for {sent} bytes only");
    assert_eq!(sim.requests().last().map(|r| (r.body.len(), r.body_len)), Some((65536, 1 << 20)));
    assert_eq!((sim.counters().puts, sim.counters().puts_accepted), (1, 0));
}

#[test]
fn some_requests_pass_before_the_one_with_the_fault() {
    let sim = plain(|_| ());
    token(&sim);
    sim.script(Place::Put, [Fault::Pass, Fault::Pass, Fault::LoseResponse]);
    let pushes = [0; 4].map(|_| {
        assert_eq!(get(&sim, KIND).expect("lists are not concerned").status, 200);
        put_bytes(&sim, KIND, &push()).is_ok()
    });
    assert_eq!((pushes, sim.counters().puts_accepted), ([true, true, false, true], 4));
}

#[test]
fn a_scripted_header_takes_the_place_of_the_usual_one() {
    let sim = plain(|_| ());
    token(&sim);
    let headers = vec![("Content-Type".to_owned(), "x/y".to_owned())];
    let fault = Fault::Reply { status: 500, headers, body: b"no".to_vec() };
    sim.script(Place::Any, [Fault::Pass, fault]);
    assert_eq!(get(&sim, KIND).expect("a response").status, 200);
    let response = get(&sim, KIND).expect("a response");
    assert_eq!((response.status, response.text().as_str()), (500, "no"));
    assert_eq!(response.head.matches("content-type: ").count(), 1);
    assert!(response.head.contains("content-type: x/y") && response.head.contains("x-amz-cf-id"));
}

#[test]
fn a_connection_closed_while_idle_had_promised_to_stay() {
    let sim = plain(|_| ());
    let token = token(&sim);
    sim.script(Place::Put, [Fault::CloseIdle]);
    let mut tcp = connect(&sim);
    send(&mut tcp, "PUT", PATH, &bearer(&token), &push()).expect("sent");
    let response = receive(&mut tcp).expect("a response");
    assert!(response.status == 200 && !response.head.contains("connection: close"), "{response:?}");
    assert_eq!(tcp.read(&mut [0]).expect("the end"), 0);
    assert_eq!(sim.counters().puts_accepted, 1);
}

#[test]
fn a_hanging_request_ends_with_the_simulator() {
    let sim = plain(|_| ());
    let token = token(&sim);
    sim.script(Place::Get, [Fault::Hang]);
    let mut tcp = connect(&sim);
    send(&mut tcp, "GET", PATH, &bearer(&token), b"").expect("sent");
    tcp.set_read_timeout(Some(Duration::from_millis(100))).expect("a timeout");
    assert!(tcp.read(&mut [0]).is_err(), "nothing comes");
    let began = Instant::now();
    drop(sim);
    assert!(began.elapsed() < Duration::from_secs(2));
    assert!(!matches!(tcp.read(&mut [0]), Ok(1)));
}

#[test]
fn a_slow_response_comes_in_pieces_and_an_endless_body_does_not_end() {
    let sim = plain(|_| ());
    let token = token(&sim);
    let response = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec();
    let tick = Duration::from_millis(5);
    let drip = Fault::Drip { bytes_per_tick: 4, tick, response };
    sim.script(Place::Get, [drip, Fault::EndlessBody]);
    let began = Instant::now();
    assert_eq!(get(&sim, KIND).expect("a response").text(), "{}");
    assert!(began.elapsed() >= tick * 8);
    let mut tcp = connect(&sim);
    send(&mut tcp, "GET", PATH, &bearer(&token), b"").expect("sent");
    let mut some = vec![0; 1 << 20];
    tcp.read_exact(&mut some).expect("more than anybody wants");
    let text = String::from_utf8(some).expect("text");
    assert!(text.contains("\r\nf\r\n{\"resources\": [\r\n10000\r\n{\"uniqueId\": 1},{"));
    assert!(text.contains("},\r\n10000\r\n{"), "the chunks are framed right");
}

#[test]
fn an_early_reply_does_not_wait_for_the_body() {
    for tls in [false, true] {
        let sim = Simulator::start_with(Settings { tls, ..Settings::default() });
        let early = || Fault::EarlyReply { status: 418, body: b"no".to_vec() };
        sim.script(Place::Put, [early()]);
        let head = format!("PUT {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n");
        let response = if tls {
            let mut stream = connect_tls(&sim, "localhost");
            stream.write_all(head.as_bytes()).expect("sent");
            stream.flush().expect("sent");
            receive(&mut stream).expect("a response")
        } else {
            let mut stream = connect(&sim);
            stream.write_all(head.as_bytes()).expect("sent");
            let response = receive(&mut stream).expect("a response");
            assert_eq!(stream.read(&mut [0]).expect("the write side is shut at once"), 0);
            response
        };
        assert_eq!((response.status, response.text().as_str()), (418, "no"));
    }
}

#[test]
fn connections_fail_before_tls() {
    let sim = Simulator::start();
    let faults = [Fault::Drop, Fault::Reset, Fault::Raw(b"plain words".to_vec())];
    sim.script(Place::Connect, faults);
    let hello = [22, 3, 1, 0, 1];
    let mut ends = Vec::new();
    for _ in 0..3 {
        let mut tcp = connect(&sim);
        let mut words = Vec::new();
        // The first call that gets the reset reports it.
        let end = tcp.write_all(&hello).and_then(|()| {
            thread::sleep(Duration::from_millis(50));
            tcp.read_to_end(&mut words)
        });
        let end = end.map_err(|error| error.kind());
        ends.push((end.map(drop), words));
        let _ = tcp.shutdown(Shutdown::Both);
    }
    assert_eq!(ends[0], (Ok(()), Vec::new()));
    assert_eq!(ends[1], (Err(ErrorKind::ConnectionReset), Vec::new()));
    assert_eq!(ends[2], (Ok(()), b"plain words".to_vec()));
    let mut tls = connect_tls(&sim, "localhost");
    send(&mut tls, "GET", "/simulator/counters", "", b"").expect("sent");
    assert_eq!(receive(&mut tls).expect("a response").json()["connections"], 4);
}

#[test]
fn a_body_over_the_limit_is_refused_from_its_head() {
    let sim = plain(|_| ());
    let token = token(&sim);
    let send_head = |headers: &str, body: &[u8]| {
        let mut tcp = connect(&sim);
        let head = format!("PUT {PATH} HTTP/1.1\r\nhost: x\r\n{}{headers}\r\n", bearer(&token));
        tcp.write_all(head.as_bytes()).expect("sent");
        // The refusal may come before all is sent.
        let _ = tcp.write_all(body);
        receive(&mut tcp).expect("a response")
    };
    let refused = send_head("content-length: 10485761\r\n", b"");
    assert_eq!(refused.status, 413);
    assert_eq!(refused.text(), "HTTP content length exceeded 10485760 bytes.");
    for header in ["x-amzn-requestid", "x-amz-apigw-id", "x-amz-cf-pop", "x-cache", "x-amz-cf-id"] {
        assert!(refused.head.contains(header), "{header}");
    }
    let mut chunked = b"a00001\r\n".to_vec();
    chunked.extend(vec![b' '; 0xa0_0001]);
    assert_eq!(send_head("transfer-encoding: chunked\r\n", &chunked).status, 413);
    let mut whole = push();
    whole.resize(10_485_760, b' ');
    assert_eq!(put_bytes(&sim, KIND, &whole).expect("a response").status, 200);
    let counters = sim.counters();
    assert_eq!((counters.puts, counters.puts_accepted, counters.refusals[&413]), (3, 1, 2));
    assert_eq!(
        sim.requests().last().map(|r| (r.body.len(), r.body_len)),
        Some((65536, 10_485_760))
    );
}

#[test]
fn wrong_paths_and_lists_with_bodies_get_html() {
    let sim = plain(|_| ());
    let token = token(&sim);
    for (method, path) in [("PUT", "/v1/resources/nothing"), ("PATCH", PATH), ("GET", "/v2")] {
        let response = request(&sim, method, path, &bearer(&token), b"").expect("a response");
        assert!(response.status == 404 && response.head.contains("text/html"));
        assert!(response.text().contains(&format!("Cannot {method} {path}")));
    }
    let response = request(&sim, "GET", "/v1/nothing", "", b"{}").expect("a response");
    assert!(response.status == 403 && response.text().contains("<H1>403 ERROR</H1>"));
    assert_eq!(request(&sim, "PUT", PATH, "", &push()).expect("a response").status, 401);
}

#[test]
fn a_resource_id_may_be_escaped_in_the_query() {
    let sim = plain(|_| ());
    let token = token(&sim);
    let body = json!({ "resourceId": "ä b+c", "resources": [background_check("a")] }).to_string();
    put_bytes(&sim, KIND, body.as_bytes()).expect("a response");
    let path = format!("{PATH}?resourceId=%C3%a4+b%2Bc");
    let rows = request(&sim, "GET", &path, &bearer(&token), b"").expect("a response").json();
    assert_eq!(rows["resources"].as_array().map(Vec::len), Some(1));
}

#[test]
fn gzip_and_forms_are_understood_when_switched_on() {
    let sim = plain(|_| ());
    let token = token(&sim);
    let packed = unhex(PACKED);
    let headers = format!("{}content-encoding: gzip\r\n", bearer(&token));
    let push =
        |bytes: &[u8]| request(&sim, "PUT", PATH, &headers, bytes).expect("a response").status;
    let pairs = credentials(&sim, BOTH);
    let pairs = pairs.as_object().expect("it").iter();
    let pairs = pairs.map(|(name, value)| format!("{name}={}", value.as_str().expect("text")));
    let form = pairs.collect::<Vec<_>>().join("&").replace(' ', "+").replace(':', "%3A");
    let kind = "content-type: application/x-www-form-urlencoded\r\n";
    let token_request =
        || request(&sim, "POST", "/oauth/token", kind, form.as_bytes()).expect("a response");
    assert_eq!((push(&packed), token_request().status), (415, 400));
    sim.change(|settings| (settings.gzip_requests, settings.form_tokens) = (true, true));
    assert_eq!((push(&packed), push(&packed[..40])), (200, 400));
    let mut damaged = packed;
    damaged[20] ^= 1;
    assert_eq!((push(&damaged), token_request().status), (400, 200));
}

#[test]
fn a_token_endpoint_may_be_slow() {
    let sim = plain(|settings| settings.token_delay = Duration::from_millis(60));
    let began = Instant::now();
    sim.script(Place::Token, [Fault::LoseResponse]);
    assert!(request_token(&sim, &credentials(&sim, BOTH)).is_err());
    assert!(began.elapsed() >= Duration::from_millis(60));
    assert!(sim.live_token().is_some(), "the token was made all the same");
    assert_eq!(put(&sim, KIND, &Value::Array(Vec::new())).status, 200);
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let sim = plain(|_| ());
    let settings = Settings { port: sim.address().port(), ..Settings::default() };
    let error = Simulator::try_start_with(settings).expect_err("it is taken");
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}

fn unhex(text: &str) -> Vec<u8> {
    let pair = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("digits");
    (0..text.len()).step_by(2).map(pair).collect()
}

/// A push of twelve records and three thousand spaces, packed by another tool.
const PACKED: &str = "\
    1f8b0800000000000203edd6bb4ec3301406e057a93c578ded24ce6542421d40dc06981083953a34e038c117d4aa\
    eabb930854c160b96763f03f9e9c38df94df07a485199c6ec4d506d588b11637b86d85c0a7708c095a9ef60caa9f\
    173131313131313131313131ff3e07e454f7e1beeffa78bad46f3a334abebfe3bd9826975bd1bc2fe6b9d859a115\
    974f5a4ef3adb5a3a993a4539f42d941ef5762c7fb518ad5a05f9379bf7552fe1c72edd47c40cfbbf9d537a7f0c5\
    afede991b1dc3a337feefef6e166fdb846c7e51f18f1c00810560460040aa31e1805c248169051a82cf5c852a08c\
    92802c85ca328f2c83caca802c83ca728f2c07cad23c20cba132e69131a02ca3011983ca0a8fac80caaa80ac80ca\
    4a8fac04ca721690955059e5915540194b03b20afca3f55500817640112a01026f016f0d807b2058046734c1cbf1\
    0b373054382b130000\
";
