//! Several clients in one process: one token for each application.

use std::thread;
use std::time::Duration;

use vanta::{Client, Config, ErrorKind, Kind};

use crate::counting_allocator;
use crate::harness::{RESOURCE, Rig, assert_kind};
use crate::token::together;

const READ: &str = "connectors.self:read-resource";
const WRITE: &str = "connectors.self:write-resource";

fn scoped(rig: &Rig, scope: &str) -> Client {
    Client::new(rig.config().scope(scope)).expect("the configuration is right")
}

fn secret(client: &Client) -> String {
    client.token().expect("a token").secret().expose().to_owned()
}

/// Returns the scope of the last token request, and the number of requests.
fn asked(rig: &Rig) -> (String, u64) {
    let request = rig.sim.last_token_request().expect("one was made");
    let body: serde_json::Value = serde_json::from_slice(&request.body).expect("JSON");
    let scope = body["scope"].as_str().expect("text").to_owned();
    (scope, rig.sim.counters().token_requests)
}

#[test]
fn two_clients_of_one_application_share_one_token() {
    let rig = Rig::with(|settings| settings.token_delay = Duration::from_millis(50));
    let (one, other) = (rig.client(), rig.client());
    let secrets = together(16, || [secret(&one), secret(&other)]);
    assert!(secrets.iter().flatten().all(|secret| *secret == secrets[0][0]));
    assert_eq!(rig.sim.counters().token_requests, 1);
    assert_eq!(one.snapshot().to_string(), other.snapshot().to_string());
}

#[test]
fn same_client_id_at_another_origin_has_its_own_token() {
    let (commercial, government) = (Rig::new(), Rig::new());
    government.sim.set_client_id(&commercial.sim.client_id());
    government.sim.set_client_secret(&commercial.sim.client_secret());
    let clients = [commercial.client(), government.client()];
    for _ in 0..3 {
        assert_ne!(secret(&clients[0]), secret(&clients[1]));
        for client in &clients {
            client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("its own token");
        }
    }
    for rig in [commercial, government] {
        assert_eq!((rig.sim.counters().token_requests, rig.sim.counters().unauthorized), (1, 0));
    }
}

#[test]
fn another_client_id_at_the_same_origin_has_its_own_token() {
    let rig = Rig::new();
    let one = rig.client();
    let first = secret(&one);
    rig.sim.set_client_id("vci_another");
    let other = rig.client();
    let second = secret(&other);
    for _ in 0..3 {
        assert_eq!((secret(&one), secret(&other)), (first.clone(), second.clone()));
    }
    assert_ne!(first, second);
    assert_eq!(other.token().expect("a token").generation(), 1, "each counts its own");
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn two_clients_with_different_scopes_share_one_token() {
    let rig = Rig::new();
    let (reader, writer) = (scoped(&rig, READ), scoped(&rig, WRITE));
    for _ in 0..100 {
        reader.token().expect("a token");
        writer.token().expect("a token");
    }
    assert_eq!(asked(&rig), (format!("{READ} {WRITE}"), 2));
    assert_eq!(secret(&reader), secret(&writer));
    rig.advance(Duration::from_secs(3600));
    reader.token().expect("a token");
    writer.token().expect("a token");
    assert_eq!(asked(&rig), (format!("{READ} {WRITE}"), 3), "and it stays so");
}

#[test]
fn invalid_scope_is_named_and_does_not_affect_other_clients() {
    let rig = Rig::new();
    let (reader, greedy) = (scoped(&rig, READ), scoped(&rig, "admin"));
    let first = secret(&reader);
    let error = assert_kind(greedy.token(), ErrorKind::InvalidScope);
    let words = format!("requested {READ} admin; this client needs admin");
    assert!(error.to_string().contains(&words), "{error}");
    for _ in 0..100 {
        let error = assert_kind(greedy.token(), ErrorKind::InvalidScope);
        assert!(error.is_remembered() && error.to_string().contains(&words), "{error}");
        assert_eq!(secret(&reader), first);
    }
    reader.list(&Kind::USER_ACCOUNT, RESOURCE).expect("the token is as good as before");
    let snapshot = reader.snapshot();
    assert_eq!(
        (snapshot.scope.as_deref(), snapshot.maybe_revoked),
        (Some(READ), false),
        "{snapshot}"
    );
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn a_client_that_is_dropped_during_a_call_lives_until_the_call_ends() {
    let rig = Rig::with(|settings| settings.token_delay = Duration::from_millis(400));
    let client = rig.client();
    let clone = client.clone();
    let call = thread::spawn(move || {
        let listed = clone.list(&Kind::USER_ACCOUNT, RESOURCE);
        (listed.map(|listing| listing.rows().len()), clone.token().map(|t| t.generation()))
    });
    while rig.sim.counters().token_requests == 0 {
        thread::yield_now();
    }
    drop(client);
    let (listed, generation) = call.join().expect("no panic");
    assert_eq!(listed.expect("listed"), 0);
    assert_eq!(generation.expect("in memory"), 1);
    assert_eq!(rig.sim.counters().token_requests, 1);
    // Its token was freed with its last client, and its number is not used again.
    assert_eq!(rig.client().token().expect("a new one").generation(), 2);
}

/// Makes a client of another application, whose origin receives no request.
fn client_of_application(number: u32) -> Client {
    let config = Config::new().origin("http://127.0.0.1:9").allow_plain_http_to_loopback(true);
    let config = config.client_id(format!("vci_{number}")).client_secret("vcs_x");
    Client::new(config).expect("the configuration is right")
}

#[test]
fn ten_thousand_dropped_applications_leak_nothing() {
    (0..100).for_each(|number| drop(client_of_application(number)));
    let ((), most) = counting_allocator::peak(|| {
        (0..10_000).for_each(|number| drop(client_of_application(number)))
    });
    println!("{most} bytes at the most");
    assert!(most < 256 << 10, "{most} bytes");
}

#[test]
fn token_request_history_outlives_the_last_client() {
    let rig = Rig::new();
    for request in 1..=4 {
        rig.client().token().expect("a token");
        assert_eq!(rig.sim.counters().token_requests, request, "a client for each call");
        (0..1000).for_each(|number| drop(client_of_application(number)));
    }
    let short_deadline = rig.client().with_deadline(Duration::from_secs(5));
    assert_kind(short_deadline.token(), ErrorKind::TokenRateLimitReached);
    assert_eq!(rig.sim.counters().token_requests, 4);
}
