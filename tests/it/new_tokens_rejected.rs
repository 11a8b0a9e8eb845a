//! While the API rejects every token, new ones too, token requests become rare. The last token
//! works as soon as the outage ends.

use std::time::Duration;

use vanta::{Client, Clock, Config, Error, ErrorKind, Kind, Receipt, Result};

use crate::harness::{
    Fault, Place, Rig, TempFolder, accounts, assert_kind, without_deletion_guard,
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn rig() -> Rig {
    Rig::on_one_clock(|settings| settings.resource_limit_per_minute = None)
}

fn push(client: &Client) -> Result<Receipt> {
    client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
}

fn outage(rig: &Rig, outage: bool) {
    rig.sim.change(|settings| settings.reject_every_token = outage);
}

fn client(config: Config) -> Client {
    Client::new(config.deadline(5 * SECOND)).expect("the configuration is right")
}

/// Pushes every 5 s for this time. Returns the number of token requests, and the last error.
fn pushes(rig: &Rig, time: Duration, push: impl Fn() -> Error) -> (u64, Error) {
    let (before, end) = (rig.sim.counters().token_requests, rig.clock.monotonic() + time);
    loop {
        rig.advance(5 * SECOND);
        let error = push();
        if rig.clock.monotonic() >= end {
            return (rig.sim.counters().token_requests - before, error);
        }
    }
}

#[track_caller]
fn assert_new_tokens_rejected(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Unauthorized, "{error}");
    assert!(error.is_remembered(), "{error}");
    assert!(error.to_string().contains("the API rejected "), "{error}");
    let wait = error.retry_after().expect("the next token request is some time off");
    assert!(wait <= 300 * SECOND, "{wait:?}");
}

#[test]
fn token_requests_double_their_distance_while_new_tokens_are_rejected() {
    for (stored, anew) in [(false, false), (true, false), (true, true)] {
        let (rig, folder) = (rig(), TempFolder::new());
        rig.clock.stop();
        let config = || match stored {
            true => rig.config().token_store(folder.path().join("token").display().to_string()),
            false => rig.config(),
        };
        let kept = client(config());
        push(&kept).expect("pushed");
        rig.advance(MINUTE);
        outage(&rig, true);
        let kept = Some(kept).filter(|_| !anew);
        let rejected = || match &kept {
            Some(kept) => push(kept).expect_err("every token is rejected"),
            None => push(&client(config())).expect_err("every token is rejected"),
        };
        let (first, error) = pushes(&rig, MINUTE, rejected);
        assert!((3..=5).contains(&first), "{first}");
        assert_new_tokens_rejected(&error);
        let (later, error) = pushes(&rig, 30 * MINUTE, rejected);
        assert!((5..=9).contains(&later), "{later}");
        assert_new_tokens_rejected(&error);
        outage(&rig, false);
        let before = rig.sim.counters().token_requests;
        let kept = kept.unwrap_or_else(|| client(config()));
        assert_eq!(push(&kept).expect("the last token works").attempts, 1);
        rig.advance(5 * SECOND);
        rig.sim.issue_elsewhere();
        push(&kept).expect("a token that worked is replaced at once");
        assert_eq!(rig.sim.counters().token_requests, before + 1);
    }
}

#[test]
fn a_new_token_is_requested_after_the_pause_when_the_last_was_revoked_meanwhile() {
    let rig = rig();
    let client = client(rig.config());
    push(&client).expect("pushed");
    outage(&rig, true);
    pushes(&rig, 30 * MINUTE, || push(&client).expect_err("every token is rejected"));
    rig.sim.issue_elsewhere();
    outage(&rig, false);
    let error = assert_kind(push(&client), ErrorKind::Unauthorized);
    rig.advance(error.retry_after().expect("known") + SECOND);
    push(&client).expect("with a new token");
}

#[test]
fn an_expired_token_is_replaced_at_once_after_the_outage() {
    let rig = Rig::on_one_clock(|settings| {
        settings.resource_limit_per_minute = None;
        settings.expires_in = 100;
    });
    let client = client(rig.config());
    push(&client).expect("pushed");
    outage(&rig, true);
    let (requests, _) =
        pushes(&rig, 30 * MINUTE, || push(&client).expect_err("every token is rejected"));
    assert!((15..=60).contains(&requests), "{requests}");
    outage(&rig, false);
    rig.advance(101 * SECOND);
    push(&client).expect("pushed");
}

/// Makes a client whose last token was rejected, and may be replaced now.
fn rejected(rig: &Rig) -> Client {
    let client = client(rig.config());
    push(&client).expect("pushed");
    rig.advance(10 * SECOND);
    outage(rig, true);
    assert_kind(push(&client), ErrorKind::Unauthorized);
    rig.advance(10 * SECOND);
    client
}

/// Makes the next token requests of one call fail.
fn fail(rig: &Rig, status: u16) {
    match status {
        0 => rig.script(Place::Token, Fault::Drop),
        503 => (0..2).for_each(|_| rig.reply(Place::Token, 503, r#"{"error":"no"}"#)),
        403 => rig.reply(Place::Token, 403, "<html><title>Blocked</title></html>"),
        _ => rig.reply(Place::Token, status, r#"{"error":"no"}"#),
    }
}

const FAILURES: [(u16, ErrorKind, u64); 5] = [
    (403, ErrorKind::GatewayResponse, 1),
    (500, ErrorKind::TokenUnavailable, 1),
    (503, ErrorKind::TokenUnavailable, 2),
    (429, ErrorKind::TokenRateLimited, 1),
    (0, ErrorKind::TokenResponseLost, 1),
];

#[test]
fn the_rejected_token_is_tried_once_after_a_token_request_that_failed() {
    for (status, _, made) in FAILURES {
        let rig = rig();
        let client = rejected(&rig);
        outage(&rig, false);
        fail(&rig, status);
        let before = rig.sim.counters().token_requests;
        let receipt = push(&client).expect("the rejected token works");
        assert_eq!(u64::from(receipt.attempts), made + 1, "{status}");
        assert_eq!(rig.sim.counters().token_requests, before + made, "{status}");
        push(&client).expect("and goes on working");
        assert_eq!(rig.sim.counters().token_requests, before + made, "{status}");
    }
}

#[test]
fn a_token_request_that_failed_is_not_repeated_after_the_rejected_token_was_rejected_again() {
    for (status, kind, made) in FAILURES {
        let rig = rig();
        let client = rejected(&rig);
        fail(&rig, status);
        let (before, puts) = (rig.sim.counters().token_requests, rig.sim.counters().puts);
        let error = assert_kind(push(&client), kind);
        let mut causes = std::iter::successors(error.cause(), |error| error.cause());
        assert!(causes.any(|cause| cause.kind() == ErrorKind::Unauthorized), "{error}");
        let counters = rig.sim.counters();
        assert_eq!((counters.token_requests, counters.puts), (before + made, puts + 1), "{status}");
    }
}
