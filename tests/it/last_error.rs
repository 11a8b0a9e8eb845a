//! The error is about the deadline only where it passed; otherwise it is that of the last attempt.

use std::net::TcpListener;
use std::time::Duration;

use vanta::{Client, Config, Error, ErrorKind, Kind};

use crate::harness::{Fault, Place, RESOURCE, Rig, accounts, assert_kind, without_deletion_guard};

const SECOND: Duration = Duration::from_secs(1);

/// Makes a client of an origin where nothing listens.
fn refused(rig: &Rig, deadline: Duration) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let origin = format!("https://{}", listener.local_addr().expect("bound"));
    let config = Config::new().origin(origin).client_id("vci_0").client_secret("vcs_last_error");
    Client::new(config.clock(rig.clock.clone()).deadline(deadline)).expect("right")
}

#[test]
fn refused_connection_is_the_error_while_the_deadline_has_not_passed() {
    let rig = Rig::new();
    for tenths in 30..90 {
        let client = refused(&rig, SECOND * tenths / 10);
        let listed = client.list(&Kind::USER_ACCOUNT, RESOURCE);
        assert_kind(listed, ErrorKind::Connect);
        assert_kind(client.token(), ErrorKind::Connect);
    }
}

#[test]
fn unavailable_server_is_the_error_while_the_deadline_has_not_passed() {
    for tenths in 25..50 {
        let rig = Rig::unlimited();
        for _ in 0..9 {
            rig.reply(Place::Get, 502, "<html>bad gateway</html>");
            rig.reply(Place::Token, 503, "");
        }
        let client = rig.client().with_deadline(SECOND * tenths / 10);
        assert_kind(client.token(), ErrorKind::TokenUnavailable);
        let fixed = Client::new(rig.config().static_token("vat_x")).expect("right");
        let listed = fixed.with_deadline(SECOND * tenths / 10).list(&Kind::USER_ACCOUNT, RESOURCE);
        assert_kind(listed, ErrorKind::Unavailable);
    }
}

#[test]
fn backoff_leaves_two_seconds_for_the_next_attempt() {
    for (millis, attempts) in [(2900, 1), (3300, 2)] {
        let rig = Rig::unlimited();
        let client = rig.client();
        client.token().expect("a token");
        (0..4).for_each(|_| rig.reply(Place::Get, 503, ""));
        let client = client.with_deadline(Duration::from_millis(millis));
        let listed = client.list(&Kind::USER_ACCOUNT, RESOURCE);
        let error = assert_kind(listed, ErrorKind::Unavailable);
        assert_eq!((error.attempts(), rig.sim.counters().gets), (attempts, u64::from(attempts)));
    }
}

#[test]
fn deadline_that_passes_in_a_later_attempt_has_the_earlier_error_as_its_cause() {
    let rig = Rig::unlimited();
    let client = rig.client();
    client.token().expect("a token");
    rig.reply(Place::Get, 503, "");
    rig.script(Place::Get, Fault::Hang);
    let client = client.with_deadline(Duration::from_millis(3400));
    let listed = client.list(&Kind::USER_ACCOUNT, RESOURCE);
    let error = assert_kind(listed, ErrorKind::DeadlineExceeded);
    assert_eq!(error.cause().map(Error::kind), Some(ErrorKind::Unavailable));
}

#[test]
fn attempts_counts_token_requests_reads_and_writes() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let body = accounts(&["a"]);
    // A token request, a read for the deletion guard, and the write.
    assert_eq!(client.push(&Kind::USER_ACCOUNT, &body).expect("pushed").attempts, 3);
    assert_eq!(client.push(&Kind::USER_ACCOUNT, &body).expect("pushed").attempts, 2);
    assert_eq!(
        client
            .push_with(&Kind::USER_ACCOUNT, &body, &without_deletion_guard())
            .expect("ok")
            .attempts,
        1
    );
    assert_eq!(client.verify(&Kind::USER_ACCOUNT, &body).expect("verified").attempts, 1);
    // Each attempt of a push reads the remote records again.
    rig.reply(Place::Put, 503, "");
    assert_eq!(client.push(&Kind::USER_ACCOUNT, &body).expect("pushed").attempts, 4);
    rig.reply(Place::Get, 503, "");
    rig.reply(Place::Put, 403, r#"{"error":"unauthorized"}"#);
    let pushed = client.push(&Kind::USER_ACCOUNT, &body);
    assert_eq!(assert_kind(pushed, ErrorKind::Forbidden).attempts(), 3);
    // A rejected token: the write, a token request, and the write again.
    rig.advance(10 * SECOND);
    rig.sim.issue_elsewhere();
    let receipt =
        client.push_with(&Kind::USER_ACCOUNT, &body, &without_deletion_guard()).expect("pushed");
    assert_eq!(receipt.attempts, 3);
    // Requests that could not connect count; those that were not made do not.
    let rig = Rig::new();
    let error = assert_kind(refused(&rig, 100 * SECOND).list(&Kind::USER_ACCOUNT, RESOURCE), {
        ErrorKind::Connect
    });
    assert_eq!(error.attempts(), 8, "each of four attempts repeats its token request once");
    assert_eq!(
        rig.client().push(&Kind::USER_ACCOUNT, &accounts(&[])).expect_err("empty").attempts(),
        0
    );
}
