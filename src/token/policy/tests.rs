//! The policy, by itself: states that requests and responses lead to, and what it allows in them.

use std::time::Duration;

use super::*;
use crate::clock::Clock;
use crate::token::response::TokenResponse;

const MARGIN: Duration = Duration::from_secs(30);
const LIMIT: u32 = 4;

/// So many seconds after a fixed moment, on each clock.
#[derive(Debug)]
struct At(u64);

impl Clock for At {
    fn monotonic(&self) -> Duration {
        Duration::from_secs(1_000_000 + self.0)
    }

    fn wall(&self) -> Duration {
        self.monotonic()
    }

    fn boot(&self) -> Duration {
        self.monotonic()
    }

    fn boot_id(&self) -> String {
        "boot".to_owned()
    }

    fn sleep(&self, _: Duration) {}
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::now(&At(seconds))
}

fn secret(token: &str) -> Secret {
    Secret::new(token)
}

fn empty() -> SharedState {
    SharedState::new("https://api.vanta.com", "vci_example")
}

/// A request at this second that brings a token with this lifetime.
fn request(state: &mut SharedState, rejected: &[Secret], token: &str, lifetime: u64, second: u64) {
    let response = TokenResponse {
        access_token: secret(token),
        lifetime: Duration::from_secs(lifetime),
        lifetime_assumed: false,
        has_type: true,
        scope: None,
    };
    state.begin_request(rejected, &at(second));
    state.add_token(&response, Scopes::new("read write"), at(second), "fingerprint");
}

fn with_token(lifetime: u64) -> SharedState {
    let mut state = empty();
    request(&mut state, &[], "vat_1", lifetime, 0);
    state
}

fn check_at(
    state: &SharedState,
    need: Need,
    scopes: &str,
    rejected: &[Secret],
    second: u64,
) -> Result<Option<Reason>> {
    let scopes = Scopes::new(scopes);
    let required = Requirement { need, margin: MARGIN, scopes: &scopes, rejected };
    Ok(match check(state, &required, &at(second))? {
        Check::Good(_) => None,
        Check::Replace(reason) => Some(reason),
    })
}

/// Why the token is replaced; `None` when it is good.
#[track_caller]
fn reason(
    state: &SharedState,
    need: Need,
    scopes: &str,
    rejected: &[Secret],
    second: u64,
) -> Option<Reason> {
    check_at(state, need, scopes, rejected, second).expect("a need that tokens can meet")
}

/// How many seconds to wait, and with which error; `None` when a request is allowed.
fn wait(state: &SharedState, why: Reason, second: u64) -> Option<(u64, ErrorKind)> {
    match may_request(state, why, "fingerprint", LIMIT, &at(second)) {
        Decision::Request => None,
        Decision::Wait(wait, error) => Some((wait.as_secs(), error.kind())),
        Decision::Refuse(error) => Some((u64::MAX, error.kind())),
    }
}

fn fail(state: &mut SharedState, kind: ErrorKind, second: u64) {
    state.begin_request(&[], &at(second));
    state.add_failure(&Error::new(kind, ""), "fingerprint".to_owned(), &at(second));
}

#[test]
fn a_token_is_good_until_the_expiry_margin() {
    let state = with_token(3600);
    assert_eq!(reason(&state, Need::Usual, "read", &[], 3569), None);
    assert_eq!(reason(&state, Need::Usual, "read", &[], 3570), Some(Reason::Expired));
    assert_eq!(reason(&empty(), Need::Usual, "read", &[], 0), Some(Reason::None));
}

#[test]
fn the_margin_is_at_most_a_quarter_of_the_lifetime() {
    let state = with_token(20);
    assert_eq!(reason(&state, Need::Usual, "read", &[], 14), None);
    assert_eq!(reason(&state, Need::Usual, "read", &[], 15), Some(Reason::Expired));
}

#[test]
fn a_token_is_replaced_when_it_was_rejected_or_lacks_a_scope() {
    let state = with_token(3600);
    let rejected = [secret("vat_1")];
    assert_eq!(reason(&state, Need::Usual, "read", &rejected, 1), Some(Reason::Rejected));
    assert_eq!(reason(&state, Need::Usual, "read", &[secret("vat_0")], 1), None);
    assert_eq!(reason(&state, Need::Usual, "admin", &[], 1), Some(Reason::Scope));
}

#[test]
fn a_lifetime_that_no_token_has_is_an_error() {
    let state = with_token(3600);
    let need = |seconds| Need::AtLeast(Duration::from_secs(seconds));
    assert_eq!(reason(&state, need(90), "read", &[], 3520), Some(Reason::Expired));
    let error = check_at(&state, need(3600), "read", &[], 0).expect_err("too long");
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
}

#[test]
fn requests_are_limited_by_the_minute() {
    let mut state = empty();
    for second in 0..4 {
        assert_eq!(wait(&state, Reason::None, second), None);
        request(&mut state, &[], "vat_1", 1, second);
    }
    assert_eq!(wait(&state, Reason::Expired, 10), Some((52, ErrorKind::TokenRateLimitReached)));
    assert_eq!(wait(&state, Reason::Expired, 61), Some((1, ErrorKind::TokenRateLimitReached)));
    assert_eq!(wait(&state, Reason::Expired, 62), None);
}

#[test]
fn a_rejected_request_is_not_repeated_for_a_while_that_doubles() {
    let mut state = empty();
    fail(&mut state, ErrorKind::InvalidClient, 0);
    assert_eq!(wait(&state, Reason::None, 59), Some((u64::MAX, ErrorKind::InvalidClient)));
    assert_eq!(wait(&state, Reason::None, 60), None);
    fail(&mut state, ErrorKind::InvalidClient, 60);
    assert_eq!(wait(&state, Reason::None, 179), Some((u64::MAX, ErrorKind::InvalidClient)));
    assert_eq!(wait(&state, Reason::None, 180), None);
}

#[test]
fn the_backoff_after_a_429_doubles() {
    let mut state = empty();
    fail(&mut state, ErrorKind::TokenRateLimited, 0);
    assert_eq!(wait(&state, Reason::None, 0), Some((12, ErrorKind::TokenRateLimited)));
    fail(&mut state, ErrorKind::TokenRateLimited, 12);
    assert_eq!(wait(&state, Reason::None, 12), Some((24, ErrorKind::TokenRateLimited)));
    assert_eq!(wait(&state, Reason::None, 36), None);
}

#[test]
fn three_working_tokens_that_were_revoked_are_contention_until_it_heals() {
    let mut state = with_token(3600);
    for number in 1..=3 {
        state.token.as_mut().expect("a token").worked = true;
        let rejected = [secret(&format!("vat_{number}"))];
        request(&mut state, &rejected, &format!("vat_{}", number + 1), 3600, 100 * number);
    }
    assert_eq!(revoked_lately(&state, &at(300)), 3);
    assert_eq!(wait(&state, Reason::Rejected, 301), Some((14, ErrorKind::Contention)));
    assert_eq!(wait(&state, Reason::Rejected, 315), None);
    assert_eq!(revoked_lately(&state, &at(701)), 2);
}

#[test]
fn rejected_tokens_that_never_worked_are_replaced_less_and_less_often() {
    let mut state = with_token(3600);
    request(&mut state, &[secret("vat_1")], "vat_2", 3600, 10);
    assert_eq!(revoked_lately(&state, &at(10)), 0);
    assert_eq!(wait(&state, Reason::Rejected, 20), Some((u64::MAX, ErrorKind::Unauthorized)));
    assert_eq!(wait(&state, Reason::Expired, 20), None);
    assert_eq!(wait(&state, Reason::Rejected, 25), None);
}

#[test]
fn an_unexpired_token_is_a_fallback_while_a_request_is_under_way() {
    let mut state = with_token(3600);
    state.begin_request(&[], &at(3590));
    let scopes = Scopes::new("read");
    let required =
        |rejected| Requirement { need: Need::Usual, margin: MARGIN, scopes: &scopes, rejected };
    assert!(is_request_under_way(&state, &at(3591)));
    assert!(!is_request_under_way(&state, &at(3590 + 46)));
    assert!(fallback(&state, &required(&[]), &at(3591)).is_some());
    assert!(fallback(&state, &required(&[]), &at(3600)).is_none());
    assert!(fallback(&state, &required(&[secret("vat_1")]), &at(3591)).is_none());
}

/// As after an outage of a store, in which this process went on alone and another did not.
#[test]
fn a_token_in_the_store_stays_before_an_older_one_of_a_process_that_went_on_alone() {
    let (mut alone, mut stored) = (empty(), empty());
    for second in [0, 20, 40] {
        request(&mut alone, &[], &format!("vat_alone_{second}"), 3600, second);
    }
    request(&mut stored, &[], "vat_stored", 3600, 300);
    assert!(alone.generation > stored.generation);

    let mut merged = stored.clone();
    merged.merge(&alone, &[], &at(301));
    assert_eq!(merged.token.expect("a token").access_token, secret("vat_stored"));
    assert_eq!(merged.generation, alone.generation);

    // Neither does a rejected token take its place, whatever the clocks say.
    request(&mut alone, &[], "vat_from_the_future", 3600, 5000);
    stored.merge(&alone, &[secret("vat_from_the_future")], &at(302));
    assert_eq!(stored.token.expect("a token").access_token, secret("vat_stored"));
}
