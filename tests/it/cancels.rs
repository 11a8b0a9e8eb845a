//! A cancel and a deadline end every kind of wait at once, and the client stays usable.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use vanta::{Body, Cancel, Client, Config, Error, ErrorKind, Kind};

use crate::harness::{Fault, Place, RESOURCE, Rig, account, without_deletion_guard};
use crate::load_tolerance::{assert_in_time, with_allowance, within};

/// The poll interval of a wait, and the same again for a loaded machine.
const MAX_DELAY: Duration = Duration::from_millis(250);

/// The resolution of the coarse clock that the library reads. A deadline may pass early by this
/// much.
const TICK: Duration = Duration::from_millis(10);

type Call = dyn Fn(&Client) -> Result<(), Error> + Send + Sync;

fn list(client: &Client) -> Result<(), Error> {
    client.list(&Kind::USER_ACCOUNT, RESOURCE).map(drop)
}

const HALF: Duration = Duration::from_millis(500);

/// Ends a call by a cancel or by its deadline some time after it began. Returns how long that took.
fn ended(client: &Client, call: &'static Call, by: ErrorKind, after: Duration) -> Duration {
    let cancel = Cancel::new();
    let ours = match by {
        ErrorKind::Cancelled => client.with_cancel(&cancel),
        _ => client.with_deadline(after),
    };
    let began = Instant::now();
    let call = thread::spawn(move || call(&ours));
    if by == ErrorKind::Cancelled {
        thread::sleep(after);
        cancel.cancel();
    }
    let error = call.join().expect("no panic").expect_err("it was ended");
    let delay = began.elapsed();
    let root = std::iter::successors(Some(&error), |error| error.cause());
    assert!(root.map(Error::kind).any(|kind| kind == by), "{error}");
    assert!(delay + TICK >= after, "it did not wait: {error}");
    delay.saturating_sub(after)
}

#[track_caller]
fn assert_ends(client: &Client, call: &'static Call, mut before: impl FnMut()) {
    for by in [ErrorKind::Cancelled, ErrorKind::DeadlineExceeded] {
        before();
        let (delay, allowance) = with_allowance(|| ended(client, call, by, HALF));
        assert_in_time(delay, MAX_DELAY, allowance);
    }
}

/// A client on the system's clock, with a token already, and without a connection: the clients of
/// a process share the token, and each has its own connections.
fn client(rig: &Rig) -> Client {
    let [first, client] = [(); 2].map(|()| {
        let config = Config::new().origin(rig.sim.origin()).ca_file(rig.ca.path());
        let config = config.client_id(rig.sim.client_id()).client_secret(rig.sim.client_secret());
        Client::new(config.requests_per_minute(0)).expect("right")
    });
    first.token().expect("a token");
    client
}

#[test]
fn cancel_and_deadline_end_waits_for_handshake_response_and_content() {
    let response = b"HTTP/1.1 200 OK\r\ncontent-length: 16000\r\n\r\n{\"resources\":[".to_vec();
    let tick = Duration::from_millis(20);
    let drip = Fault::Drip { bytes_per_tick: 1, tick, response };
    for (place, fault) in [
        (Place::Connect, Fault::Hang),
        (Place::Get, Fault::Hang),
        (Place::Get, drip),
        (Place::Get, Fault::EndlessBody),
    ] {
        let rig = Rig::unlimited();
        let client = client(&rig);
        assert_ends(&client, &list, || rig.script(place, fault.clone()));
        list(&client).expect("the client goes on");
    }
}

#[test]
fn cancel_and_deadline_end_the_backoff_between_attempts() {
    let rig = Rig::unlimited();
    let client = client(&rig).with_deadline(Duration::from_secs(100));
    let busy = || rig.reply_with(Place::Get, 503, &[("retry-after", "30")], "");
    busy();
    let cancel = Cancel::new();
    let ours = client.with_cancel(&cancel);
    let error = within(Duration::from_secs(2), || {
        let call = thread::spawn(move || list(&ours));
        thread::sleep(Duration::from_millis(500));
        cancel.cancel();
        call.join().expect("no panic").expect_err("it was cancelled")
    });
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    // A call whose deadline is before the end of the wait does not wait at all.
    busy();
    let short_deadline = client.with_deadline(Duration::from_millis(500));
    within(Duration::from_secs(1), || list(&short_deadline).expect_err("too busy"));
    list(&client).expect("the client goes on");
}

#[test]
fn cancel_and_deadline_end_the_wait_for_another_threads_token_request() {
    let rig = Rig::unlimited();
    let config = Config::new().origin(rig.sim.origin()).ca_file(rig.ca.path());
    let config = config.client_id(rig.sim.client_id()).client_secret(rig.sim.client_secret());
    let client = Client::new(config).expect("right");
    rig.script(Place::Token, Fault::Delay(Duration::from_secs(6)));
    let first = client.clone();
    let first = thread::spawn(move || first.token().map(drop));
    while rig.sim.counters().token_requests == 0 {
        thread::yield_now();
    }
    within(Duration::from_secs(2), || ended(&client, &list, ErrorKind::Cancelled, HALF));
    assert!(!first.is_finished(), "it was not waited for");
    first.join().expect("no panic").expect("a token");
    list(&client).expect("the client goes on");
}

/// Makes a listening socket whose queue is full, so that connecting to it waits.
fn full() -> (TcpListener, Vec<TcpStream>) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
    let socket = socket.expect("a socket");
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("loopback");
    socket.listen(0).expect("a short queue");
    let listener = TcpListener::from(socket);
    let address = listener.local_addr().expect("bound");
    let soon = Duration::from_millis(200);
    let waiting = std::iter::from_fn(|| TcpStream::connect_timeout(&address, soon).ok());
    let waiting = waiting.take(64).collect();
    (listener, waiting)
}

/// Makes a client with a static token for plain http.
fn plain(listener: &TcpListener) -> Client {
    let origin = format!("http://{}", listener.local_addr().expect("bound"));
    let config = Config::new().origin(origin).allow_plain_http_to_loopback(true);
    Client::new(config.static_token("vat_x").requests_per_minute(0)).expect("right")
}

#[test]
fn cancel_and_deadline_end_a_connect_that_is_not_accepted() {
    let (listener, waiting) = full();
    let client = plain(&listener);
    assert_ends(&client, &list, || ());
    drop(waiting);
    let server = thread::spawn(move || respond(&listener));
    list(&client).expect("the client goes on");
    server.join().expect("no panic");
}

/// Reads only the heads of requests until one is a list, and responds to that one. Returns how many
/// other requests there were.
fn respond(listener: &TcpListener) -> usize {
    let mut unread = Vec::new();
    loop {
        let (mut tcp, _) = listener.accept().expect("a connection");
        let mut head = [0; 2048];
        match tcp.read(&mut head) {
            Ok(size) if head[..size].starts_with(b"GET") => {
                let body = r#"{"resources":[]}"#;
                let length = body.len();
                let respond = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
                tcp.write_all(respond.as_bytes()).expect("sent");
                return unread.len();
            }
            Ok(1..) => unread.push(tcp),
            _ => {}
        }
    }
}

static BIG: LazyLock<Body> = LazyLock::new(|| {
    let mut big = account("a");
    big["roleDescription"] = Value::String("x".repeat(9 << 20));
    Body::from_records(RESOURCE, &[big]).expect("under the limit")
});

fn push(client: &Client) -> Result<(), Error> {
    client.push_with(&Kind::USER_ACCOUNT, &BIG, &without_deletion_guard()).map(drop)
}

#[test]
fn cancel_and_deadline_end_sending_a_body_that_is_not_read() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let client = plain(&listener);
    let server = thread::spawn(move || respond(&listener));
    LazyLock::force(&BIG);
    for by in [ErrorKind::Cancelled, ErrorKind::DeadlineExceeded] {
        // The body is validated before it is sent, and its size makes that slow.
        let after = Duration::from_secs(3);
        let (delay, allowance) = with_allowance(|| ended(&client, &push, by, after));
        assert_in_time(delay, Duration::from_secs(1), allowance);
    }
    list(&client).expect("the client goes on");
    assert_eq!(server.join().expect("no panic"), 2, "both had begun to be sent");
}
