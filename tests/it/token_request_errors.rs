//! Errors of the token endpoint: which are remembered, waited for, and retried.

use std::io::ErrorKind as Io;
use std::net::TcpListener;
use std::time::{Duration, UNIX_EPOCH};

use vanta::{Client, Clock, Error, ErrorKind};

use crate::harness::{Fault, Place, Rig, assert_kind};
use crate::token::together;

const SECOND: Duration = Duration::from_secs(1);

/// Makes a client whose deadline is too short for a wait.
fn short_deadline(rig: &Rig) -> Client {
    rig.client().with_deadline(3 * SECOND)
}

/// Returns the text of an error, without whether it is remembered.
fn facts(error: &Error) -> (ErrorKind, Option<u16>, Option<String>, Option<String>) {
    let own = |text: Option<&str>| text.map(str::to_owned);
    (error.kind(), error.http_status(), own(error.oauth_error()), own(error.excerpt()))
}

#[test]
fn remembered_rejection_has_the_text_of_the_first() {
    let rig = Rig::new();
    let client = rig.client();
    rig.sim.set_client_secret("vcs_another");
    let first = assert_kind(client.token(), ErrorKind::InvalidClient);
    assert_eq!(
        (first.http_status(), first.is_remembered(), first.attempts()),
        (Some(401), false, 1)
    );
    for _ in 0..100 {
        let again = assert_kind(client.token(), ErrorKind::InvalidClient);
        assert_eq!((facts(&again), again.is_remembered()), (facts(&first), true));
        assert_eq!(again.attempts(), 0);
    }
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn changed_secret_is_tried_at_once() {
    let rig = Rig::new();
    let wrong = Client::new(rig.config().client_secret("vcs_wrong")).expect("well formed");
    assert_kind(wrong.token(), ErrorKind::InvalidClient);
    rig.client().token().expect("this secret was not refused");
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn repeated_rejection_is_remembered_longer_until_a_success() {
    let rig = Rig::new();
    let right = rig.sim.client_secret();
    let client = rig.client();
    let refused = |requests: u64| {
        assert_kind(client.token(), ErrorKind::InvalidClient);
        assert_eq!(rig.sim.counters().token_requests, requests);
        rig.advance(61 * SECOND);
    };
    rig.sim.set_client_secret("vcs_another");
    refused(1);
    refused(2);
    // Now it is two minutes.
    refused(2);
    rig.sim.set_client_secret(&right);
    client.token().expect("the server is healed");
    rig.advance(4000 * SECOND);
    rig.sim.set_client_secret("vcs_another");
    refused(4);
    // And now one again.
    refused(5);
}

#[test]
fn error_description_is_shown_in_one_sanitized_truncated_line() {
    let with_controls = r"a\u001b[31m\nb\u0000\u202ec\u200f\r\td";
    let long = "z".repeat((1 << 20) - 200);
    for (status, code) in [(401, "invalid_client"), (400, "brand_new_code"), (500, "x")] {
        let rig = Rig::new();
        let body =
            format!("{{\"error\":\"{code}\",\"error_description\":\"{with_controls}{long}\"}}");
        rig.reply(Place::Token, status, &body);
        let error = rig.client().token().expect_err("refused");
        let excerpt = error.excerpt().expect("it said something");
        assert!(excerpt.starts_with("a [31m b c d"), "{excerpt}");
        assert!(excerpt.ends_with("zz…") && excerpt.chars().count() == 301, "{excerpt}");
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(!shown.contains(char::is_control), "{shown}");
            assert!(!shown.contains(['\u{202e}', '\u{200f}']), "{shown}");
        }
    }
}

#[test]
fn only_503_is_retried_once_and_within_the_deadline() {
    for (status, kind, requests) in [
        (500, ErrorKind::TokenUnavailable, 1),
        (502, ErrorKind::TokenResponseLost, 1),
        (503, ErrorKind::TokenUnavailable, 2),
        (504, ErrorKind::TokenResponseLost, 1),
    ] {
        let rig = Rig::new();
        rig.reply(Place::Token, status, "");
        rig.reply(Place::Token, status, "");
        let error = assert_kind(rig.client().token(), kind);
        assert_eq!(error.http_status(), Some(status));
        assert_eq!(rig.sim.counters().token_requests, requests, "{status}");
        assert_eq!(u64::from(error.attempts()), requests, "{status}");
    }
    let rig = Rig::new();
    rig.reply(Place::Token, 503, "");
    let client = rig.client().with_deadline(Duration::from_millis(2500));
    assert_kind(client.token(), ErrorKind::TokenUnavailable);
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn a_storm_of_threads_on_a_broken_endpoint_gets_one_error() {
    let rig = Rig::new();
    let response = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 4\r\n\r\noops".to_vec();
    for _ in 0..32 {
        let (response, tick) = (response.clone(), Duration::from_millis(100));
        rig.script(Place::Token, Fault::Drip { bytes_per_tick: 16, tick, response });
    }
    let client = rig.client();
    let errors: Vec<Error> =
        together(32, || client.token()).into_iter().map(|t| t.expect_err("broken")).collect();
    assert!(rig.sim.counters().token_requests <= 2, "{:?}", rig.sim.counters());
    let expected = (ErrorKind::TokenUnavailable, Some(500), None, Some("oops".to_owned()));
    assert!(errors.iter().all(|error| facts(error) == expected), "{errors:?}");
}

#[test]
fn backoff_from_another_call_is_waited_for() {
    let rig = Rig::on_one_clock(|_| ());
    rig.reply_with(Place::Token, 429, &[("retry-after", "7")], "");
    let error = assert_kind(short_deadline(&rig).token(), ErrorKind::TokenRateLimited);
    assert_eq!(error.retry_after(), Some(7 * SECOND));
    assert_waits(&rig, 2);
}

/// Gets a token after seven seconds, in a call with a deadline of a minute.
#[track_caller]
fn assert_waits(rig: &Rig, requests: u64) {
    let before = rig.clock.monotonic();
    rig.client().with_deadline(60 * SECOND).token().expect("after the pause");
    let waited = rig.clock.monotonic() - before;
    assert!(waited > 6 * SECOND && waited < 12 * SECOND, "{waited:?}");
    assert_eq!(rig.sim.counters().token_requests, requests);
}

/// Returns how long the client makes no token request after a 429 with these headers.
fn pause_after(headers: &[(&str, &str)]) -> Option<Duration> {
    let rig = Rig::new();
    let client = short_deadline(&rig);
    rig.reply_with(Place::Token, 429, headers, "");
    assert_kind(client.token(), ErrorKind::TokenRateLimited);
    let error = assert_kind(client.token(), ErrorKind::TokenRateLimited);
    assert!(error.is_remembered(), "{error}");
    assert_eq!(rig.sim.counters().token_requests, 1);
    error.retry_after()
}

#[track_caller]
fn assert_about(pause: Option<Duration>, secs: u64) {
    let secs = secs as f64;
    let found = pause.map_or(0.0, |pause| pause.as_secs_f64());
    assert!(found <= secs && found > secs - 1.0, "{found} s for {secs} s");
}

#[test]
fn retry_after_of_a_token_response_is_followed_within_limits() {
    for (values, secs) in [
        (vec!["7"], 7),
        (vec!["0"], 12),
        (vec!["-5"], 12),
        (vec!["soon"], 12),
        (vec!["NaN"], 12),
        (vec!["86400"], 86_400),
        (vec!["7", "9"], 9),
        (vec!["Thu, 01 Jan 1970 00:00:00 GMT"], 12),
    ] {
        let headers: Vec<_> = values.iter().map(|value| ("retry-after", *value)).collect();
        assert_about(pause_after(&headers), secs);
    }
}

#[test]
fn retry_after_date_is_measured_by_the_servers_date_in_three_formats() {
    for form in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        let server = ("date", "Sun, 06 Nov 1994 08:49:07 GMT");
        assert_about(pause_after(&[server, ("retry-after", form)]), 30);
    }
}

#[test]
fn retry_after_date_without_a_date_field_uses_the_local_clock() {
    let rig = Rig::new();
    rig.clock.step_wall_ms(-86_400_000);
    let date = httpdate::fmt_http_date(UNIX_EPOCH + rig.clock.wall() + 40 * SECOND);
    let raw = format!(
        "HTTP/1.1 429 Too Many Requests\r\nretry-after: {date}\r\ncontent-length: 0\r\n\r\n"
    );
    rig.script(Place::Token, Fault::Raw(raw.into_bytes()));
    let error = assert_kind(short_deadline(&rig).token(), ErrorKind::TokenRateLimited);
    let wait = error.retry_after().expect("a date says how long");
    assert!(wait > 37 * SECOND && wait <= 40 * SECOND, "{wait:?}");
}

#[test]
fn backoff_without_retry_after_is_12_seconds_and_doubles() {
    let rig = Rig::new();
    let client = short_deadline(&rig);
    for (requests, secs) in [(1, 12), (2, 24), (3, 48)] {
        rig.reply(Place::Token, 429, r#"{"error":"Too many requests"}"#);
        assert!(!assert_kind(client.token(), ErrorKind::TokenRateLimited).is_remembered());
        let again = assert_kind(client.token(), ErrorKind::TokenRateLimited);
        assert_about(again.retry_after(), secs);
        assert_eq!(rig.sim.counters().token_requests, requests);
        rig.advance(Duration::from_secs(secs));
    }
    client.token().expect("the pause is over");
}

#[test]
fn redirect_of_a_token_request_is_refused() {
    let trap = TcpListener::bind("127.0.0.1:0").expect("loopback");
    trap.set_nonblocking(true).expect("a socket can be non-blocking");
    let trapped = trap.local_addr().expect("bound");
    for status in [302, 303, 307, 308] {
        let rig = Rig::new();
        let here = format!("{}/oauth/token", rig.sim.origin());
        let plain = format!("http://{trapped}/oauth/token");
        for target in [here.as_str(), plain.as_str(), "/elsewhere"] {
            rig.reply_with(Place::Token, status, &[("location", target)], "");
            let asked = rig.sim.requests().len();
            let error = assert_kind(rig.client().token(), ErrorKind::RedirectRefused);
            assert!(error.to_string().contains(target), "{error}");
            assert_eq!(rig.sim.requests().len(), asked + 1, "{status} to {target}");
        }
    }
    assert_eq!(trap.accept().expect_err("no connection was made").kind(), Io::WouldBlock);
}

#[test]
fn proxy_error_is_not_a_rejection_by_vanta() {
    let rig = Rig::new();
    let client = rig.client();
    rig.reply(Place::Token, 407, r#"{"error":"invalid_client"}"#);
    let error = assert_kind(client.token(), ErrorKind::ProxyRefused);
    assert!(!error.is_remembered());
    let snapshot = client.snapshot();
    assert_eq!((snapshot.requests_last_minute, snapshot.requests_left), (0, 4));
    client.token().expect("nothing was remembered");
}

#[test]
fn backoff_within_the_deadline_is_waited_for() {
    let rig = Rig::on_one_clock(|_| ());
    rig.reply_with(Place::Token, 429, &[("retry-after", "7")], "");
    assert_waits(&rig, 2);
}

#[test]
fn retry_after_of_zero_does_not_end_later_backoffs() {
    for advice in ["0", "1"] {
        let rig = Rig::new();
        let client = short_deadline(&rig);
        rig.reply_with(Place::Token, 429, &[("retry-after", advice)], "");
        rig.reply(Place::Token, 429, "");
        assert_kind(client.token(), ErrorKind::TokenRateLimited);
        rig.advance(12 * SECOND);
        assert_kind(client.token(), ErrorKind::TokenRateLimited);
        let again = assert_kind(client.token(), ErrorKind::TokenRateLimited);
        assert!(again.retry_after() > Some(10 * SECOND), "{again}");
    }
}

#[test]
fn error_429_without_retry_after_has_the_backoff() {
    let rig = Rig::new();
    rig.reply(Place::Token, 429, "");
    let error = assert_kind(short_deadline(&rig).token(), ErrorKind::TokenRateLimited);
    assert!(error.retry_after() >= Some(12 * SECOND), "{error}");
}

#[test]
fn busy_token_endpoint_is_not_retried_before_retry_after() {
    let rig = Rig::on_one_clock(|_| ());
    rig.reply_with(Place::Token, 503, &[("retry-after", "10")], "");
    let before = rig.clock.monotonic();
    rig.client().token().expect("the second request is served");
    let waited = rig.clock.monotonic() - before;
    assert!(waited >= 10 * SECOND, "{waited:?}");
}
