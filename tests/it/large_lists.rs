//! While a large list is parsed, the cancel flag and the deadline are checked.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{
    Body, Cancel, Client, Clock, Config, Error, ErrorKind, Kind, PushOptions, SystemClock,
};

use crate::harness::{RESOURCE, account};

const KIND: Kind = Kind::USER_ACCOUNT;

/// Larger than a MiB: the library checks at least 16 times while it parses them once.
const ROWS: usize = 4_000;

/// Fewer than the checks while a list is parsed.
const STEP: u32 = 8;

/// A clock that runs an action when it is read for the `at`-th time.
#[derive(Clone, Debug)]
struct Counting {
    asked: Arc<AtomicU32>,
    at: u32,
    /// The action: the flag is set, or an hour passes.
    cancel: Option<Cancel>,
}

impl Clock for Counting {
    fn monotonic(&self) -> Duration {
        let due = self.asked.fetch_add(1, Ordering::SeqCst) >= self.at;
        match &self.cancel {
            Some(cancel) if due => cancel.cancel(),
            None if due => return SystemClock.monotonic() + Duration::from_secs(3600),
            _ => {}
        }
        SystemClock.monotonic()
    }

    fn wall(&self) -> Duration {
        SystemClock.wall()
    }

    fn boot(&self) -> Duration {
        SystemClock.boot()
    }

    fn boot_id(&self) -> String {
        SystemClock.boot_id()
    }

    fn sleep(&self, length: Duration) {
        SystemClock.sleep(length);
    }
}

fn records() -> Vec<Value> {
    (0..ROWS).map(|number| account(&format!("u{number}"))).collect()
}

/// Starts a server of this list over plain http.
fn server(list: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("bound"));
    let head =
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", list.len());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a client");
            let _ = stream.read(&mut [0; 4096]);
            // A client that was cancelled does not read to the end.
            let _ =
                stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(list.as_bytes()));
        }
    });
    origin
}

/// Ends calls later and later, until one ends while its complete response is parsed.
#[track_caller]
fn ends_while_parsing(
    cancels: bool,
    expected: ErrorKind,
    call: impl Fn(&Client) -> Result<(), Error>,
) {
    let origin = server(json!({"resources": records()}).to_string());
    for at in (STEP..).step_by(STEP as usize) {
        let cancel = Cancel::new();
        let clock = Counting { asked: Arc::default(), at, cancel: cancels.then(|| cancel.clone()) };
        let config = Config::new().origin(origin.clone()).allow_plain_http_to_loopback(true);
        let config = config.static_token("vat_x").clock(clock.clone()).requests_per_minute(0);
        let client = Client::new(config).expect("right").with_cancel(&cancel);
        let client = client.with_deadline(Duration::from_secs(1000));
        let error = call(&client).expect_err("it was parsed to its end without a look");
        assert_eq!(error.kind(), expected, "{error}");
        if error.http_status() == Some(200) {
            let looks = clock.asked.load(Ordering::SeqCst) - at;
            assert!(looks <= 3, "{looks} looks more");
            return;
        }
    }
}

#[test]
fn a_list_that_is_being_parsed_ends_when_its_call_is_cancelled() {
    let list = |client: &Client| client.list(&KIND, RESOURCE).map(drop);
    ends_while_parsing(true, ErrorKind::Cancelled, list);
}

#[test]
fn a_list_that_is_being_parsed_ends_at_the_deadline() {
    let list = |client: &Client| client.list(&KIND, RESOURCE).map(drop);
    ends_while_parsing(false, ErrorKind::DeadlineExceeded, list);
}

#[test]
fn a_list_that_is_parsed_for_a_push_ends_when_its_call_is_cancelled() {
    let body = Body::from_records(RESOURCE, &records()[..3]).expect("right");
    let push = |client: &Client| {
        client.push_with(&KIND, &body, &PushOptions::new().expect_removals(1)).map(drop)
    };
    ends_while_parsing(true, ErrorKind::Cancelled, push);
}
