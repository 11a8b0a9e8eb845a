//! `Retry-After`: which values are followed, which are not, and what an error reports of them.

use std::time::Duration;

use vanta::{Clock, ErrorKind, Kind, Receipt};

use crate::harness::{Place, RESOURCE, Rig, accounts, assert_kind, without_deletion_guard};

const SECOND: Duration = Duration::from_secs(1);
const LIMITED: &str = r#"{"error":"Too many requests"}"#;

/// Values that request no wait.
const NO_WAIT: [&str; 7] =
    ["0", "-5", "0.001", "-1e300", "soon", "NaN", "Thu, 01 Jan 1970 00:00:00 GMT"];

fn push(rig: &Rig, deadline: Duration) -> Result<Receipt, vanta::Error> {
    let client = rig.client().with_deadline(deadline);
    client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
}

#[test]
fn retry_after_of_zero_keeps_the_backoff_of_a_push() {
    for (status, body, least) in [(429, LIMITED, 6 + 12 + 24), (503, "", 1 + 2 + 4)] {
        for value in NO_WAIT {
            let rig = Rig::unlimited();
            for _ in 0..4 {
                rig.reply_with(Place::Put, status, &[("retry-after", value)], body);
            }
            let before = rig.clock.monotonic();
            push(&rig, 200 * SECOND).expect_err("four attempts fail");
            let waited = rig.clock.monotonic() - before;
            assert!(waited >= Duration::from_secs(least), "{status} {value:?}: {waited:?}");
            assert_eq!(rig.sim.counters().puts, 4);
        }
    }
}

#[test]
fn retry_after_of_zero_keeps_the_backoff_of_token_requests() {
    for value in NO_WAIT {
        let rig = Rig::on_one_clock(|_| ());
        for _ in 0..3 {
            rig.reply_with(Place::Token, 429, &[("retry-after", value)], LIMITED);
        }
        let before = rig.clock.monotonic();
        rig.client().with_deadline(300 * SECOND).token().expect("the fourth request is served");
        let waited = rig.clock.monotonic() - before;
        assert!(waited >= (12 + 24 + 48) * SECOND, "{value:?}: {waited:?}");
        assert_eq!(rig.sim.counters().token_requests, 4);
    }
}

#[test]
fn retry_after_of_zero_is_reported_with_the_time_that_token_requests_pause() {
    let rig = Rig::new();
    rig.reply_with(Place::Token, 429, &[("retry-after", "0")], LIMITED);
    let client = rig.client().with_deadline(3 * SECOND);
    let error = assert_kind(client.token(), ErrorKind::TokenRateLimited);
    assert_eq!(error.retry_after(), Some(12 * SECOND));
}

#[test]
fn retry_after_is_reported_uncapped() {
    for (value, seconds) in [("86400", 86_400), ("1000000000000", 1_000_000_000_000)] {
        let rig = Rig::unlimited();
        rig.reply_with(Place::Put, 429, &[("retry-after", value)], LIMITED);
        let error = assert_kind(push(&rig, 3600 * SECOND), ErrorKind::RateLimited);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
        assert_eq!(rig.sim.counters().puts, 1, "nothing is sent before the server allows it");

        let rig = Rig::new();
        rig.reply_with(Place::Token, 429, &[("retry-after", value)], LIMITED);
        let client = rig.client().with_deadline(3 * SECOND);
        let error = assert_kind(client.token(), ErrorKind::TokenRateLimited);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
        let again = assert_kind(client.token(), ErrorKind::TokenRateLimited);
        assert!(again.is_remembered() && again.retry_after() > Some(86_390 * SECOND), "{again}");
    }
}

#[test]
fn backoff_of_token_requests_is_bounded_for_any_retry_after() {
    let rig = Rig::new();
    rig.reply_with(Place::Token, 429, &[("retry-after", "86400")], LIMITED);
    let client = rig.client().with_deadline(3 * SECOND);
    assert_kind(client.token(), ErrorKind::TokenRateLimited);
    rig.advance(601 * SECOND);
    client.token().expect("after ten minutes it is tried again");
}

#[test]
fn retry_after_longer_than_five_minutes_ends_the_call() {
    let rig = Rig::unlimited();
    rig.reply_with(Place::Get, 503, &[("retry-after", "301")], "");
    let client = rig.client().with_deadline(3600 * SECOND);
    let listed = client.list(&Kind::USER_ACCOUNT, RESOURCE);
    let error = assert_kind(listed, ErrorKind::Unavailable);
    assert_eq!((error.retry_after(), rig.sim.counters().gets), (Some(301 * SECOND), 1));
}

#[test]
fn huge_retry_after_does_not_overflow() {
    for value in [
        "1e300",
        "18446744073709551615",
        "99999999999999999999999999",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ] {
        for status in [429, 503] {
            let rig = Rig::unlimited();
            for place in [Place::Token, Place::Get, Place::Put] {
                rig.reply_with(place, status, &[("retry-after", value)], LIMITED);
            }
            let client = rig.client().with_deadline(Duration::MAX / 4);
            let reported = client.token().expect_err("refused").retry_after();
            assert!(reported > Some(Duration::from_secs(200_000_000_000)), "{value}: {reported:?}");
            client.token().err();
            rig.advance(700 * SECOND);
            client.list(&Kind::USER_ACCOUNT, RESOURCE).expect_err("refused");
            push(&rig, Duration::MAX / 4).expect_err("refused");
        }
    }
}
