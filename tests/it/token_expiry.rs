//! Token expiry: a token is reused until its expiry margin, and replaced once after that.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use vanta::{Client, Clock, ErrorKind, Kind};

use crate::counting_allocator::allocations;
use crate::harness::{
    Place, RESOURCE, Rig, TempFolder, accounts, assert_kind, without_deletion_guard,
};
use crate::token::together;

const MARGIN: Duration = Duration::from_secs(30);
const LIFETIME: Duration = Duration::from_secs(3600);

/// A clock that stands still to the nanosecond until it is moved.
#[derive(Clone, Debug)]
struct FrozenClock(Arc<AtomicU64>);

impl FrozenClock {
    fn new() -> FrozenClock {
        FrozenClock(Arc::new(AtomicU64::new(1_000_000_000_000)))
    }

    fn time(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::SeqCst))
    }
}

impl Clock for FrozenClock {
    fn monotonic(&self) -> Duration {
        self.time()
    }

    fn wall(&self) -> Duration {
        self.time() + Duration::from_secs(1_790_000_000)
    }

    fn boot(&self) -> Duration {
        self.time()
    }

    fn boot_id(&self) -> String {
        "a machine that stands still".to_owned()
    }

    fn sleep(&self, length: Duration) {
        let nanos = u64::try_from(length.as_nanos()).expect("no test waits for centuries");
        self.0.fetch_add(nanos, Ordering::SeqCst);
    }
}

/// Returns how many requests a call makes this long after the token request.
fn requests_after(age: Duration) -> u64 {
    let rig = Rig::with(|settings| settings.expires_in = LIFETIME.as_secs());
    let clock = FrozenClock::new();
    let client = Client::new(rig.config().clock(clock.clone())).expect("right");
    client.token().expect("a token");
    clock.sleep(age);
    client.token().expect("a token");
    rig.sim.counters().token_requests - 1
}

#[test]
fn token_is_renewed_exactly_at_the_expiry_margin() {
    let nanosecond = Duration::from_nanos(1);
    let inside = LIFETIME - MARGIN;
    assert_eq!(requests_after(inside - nanosecond), 0);
    assert_eq!(requests_after(inside), 1);
    assert_eq!(requests_after(inside + nanosecond), 1);
}

#[test]
fn long_expired_token_is_replaced_once() {
    assert_eq!(requests_after(LIFETIME + Duration::from_secs(3600)), 1);
}

#[test]
fn cached_token_needs_no_allocation_and_no_store_access() {
    let rig = Rig::new();
    let folder = TempFolder::new();
    let store = folder.path().join("tokens").display().to_string();
    let client = Client::new(rig.config().token_store(store)).expect("right");
    client.token().expect("a token");
    client.token().expect("the same token");
    fs::remove_dir_all(folder.path()).expect("the store can be removed");
    let hits = client.snapshot().cache_hits;
    let before = allocations();
    for _ in 0..1000 {
        client.token().expect("from memory");
    }
    assert_eq!(allocations(), before);
    let snapshot = client.snapshot();
    assert_eq!(
        (snapshot.cache_hits - hits, snapshot.from_store, snapshot.renewal_failures),
        (1000, 0, 0)
    );
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn larger_expiry_margin_renews_earlier() {
    let rig = Rig::new();
    let client_a = rig.client();
    let short_deadline =
        Client::new(rig.config().expiry_margin(Duration::from_secs(60))).expect("right");
    client_a.token().expect("a token");
    rig.advance(Duration::from_secs(3599 - 45));
    assert_eq!(client_a.token().expect("a token").generation(), 1);
    assert_eq!(rig.sim.counters().token_requests, 1);
    assert_eq!(short_deadline.token().expect("a token").generation(), 2);
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn expiry_margin_is_at_most_a_quarter_of_the_lifetime() {
    let rig = Rig::with(|settings| settings.expires_in = 20);
    rig.clock.stop();
    let client = rig.client();
    let tokens = together(5, || client.token());
    assert!(tokens.iter().all(|token| token.as_ref().is_ok_and(|t| t.generation() == 1)));
    rig.advance(Duration::from_secs(14));
    assert_eq!(client.token().expect("six seconds are enough").generation(), 1);
    rig.advance(Duration::from_secs(1));
    assert_eq!(client.token().expect("five are not").generation(), 2);
    assert_eq!(client.token().expect("and no loop").generation(), 2);
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn renewal_that_returns_the_same_token_is_not_repeated_until_it_expires() {
    let rig = Rig::new();
    let client = rig.client();
    let response = |life: u64| {
        format!("{{\"access_token\":\"vat_the_same_0123456789abcdef\",\"expires_in\":{life}}}")
    };
    rig.reply(Place::Token, 200, &response(3600));
    rig.reply(Place::Token, 200, &response(20));
    client.token().expect("a token");
    rig.advance(Duration::from_secs(3580));
    for _ in 0..5 {
        client.token().expect("the same token");
        rig.advance(Duration::from_secs(3));
    }
    assert_eq!(rig.sim.counters().token_requests, 2);
    rig.advance(Duration::from_secs(10));
    let next = client.token().expect("another token");
    assert_ne!(next.secret().expose(), "vat_the_same_0123456789abcdef");
    assert_eq!(rig.sim.counters().token_requests, 3);
}

#[test]
fn token_expiry_is_checked_again_after_a_wait() {
    let rig = Rig::on_one_clock(|_| ());
    let client = rig.client().with_deadline(Duration::from_secs(100));
    client.token().expect("a token");
    // Long enough for the first attempt; not expired, but inside the expiry margin, at the second
    // one.
    rig.advance(Duration::from_secs(3599 - 90));
    rig.reply_with(Place::Put, 503, &[("retry-after", "60")], "");
    let receipt = client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    assert_eq!((receipt.attempts, receipt.token_generation), (5, 2));
    let counters = rig.sim.counters();
    assert_eq!((counters.puts, counters.token_requests, counters.unauthorized), (2, 2, 0));
}

#[test]
fn three_hours_of_pushes_take_four_tokens_and_none_fails() {
    let rig = Rig::on_one_clock(|settings| settings.expires_in = LIFETIME.as_secs());
    let client = rig.client();
    let body = accounts(&["a"]);
    for _ in 0..1080 {
        let receipt = client.push(&Kind::USER_ACCOUNT, &body).expect("pushed");
        assert!(receipt.attempts <= 3, "a read, the write, and at times a token request");
        rig.advance(Duration::from_secs(10));
    }
    let counters = rig.sim.counters();
    assert_eq!((counters.puts_accepted, counters.puts, counters.token_requests), (1080, 1080, 4));
}

#[test]
fn static_token_is_never_replaced_and_its_401_is_returned() {
    let rig = Rig::new();
    let token = rig.sim.issue_elsewhere();
    let client = Client::new(rig.config().static_token(token.as_str())).expect("right");
    let push =
        || client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard());
    push().expect("pushed");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    assert_eq!(client.token().expect("the fixed one").secret().expose(), token);
    rig.sim.revoke_token();
    let error = assert_kind(push(), ErrorKind::Unauthorized);
    assert_eq!((error.http_status(), error.attempts()), (Some(401), 1));
    assert_kind(push(), ErrorKind::Unauthorized);
    let counters = rig.sim.counters();
    assert_eq!((counters.puts, counters.token_requests), (3, 0));
}

#[test]
fn token_from_store_only_fails_without_a_stored_token() {
    let rig = Rig::new();
    let folder = TempFolder::new();
    let store = folder.path().join("tokens").display().to_string();
    for place in ["memory", &store] {
        let config = rig.config().token_from_store_only(true).token_store(place);
        let client = Client::new(config).expect("right");
        let error = assert_kind(client.token(), ErrorKind::TokenRequestNotAllowed);
        assert!(error.to_string().contains(place), "{error}");
        assert_eq!(error.attempts(), 0);
    }
    assert_eq!(rig.sim.counters().connections, 0);
}

#[test]
fn expired_short_lifetime_does_not_affect_the_next_token() {
    let rig = Rig::new();
    let client = rig.client();
    rig.reply(Place::Token, 200, r#"{"access_token":"vat_short_0123456789","expires_in":60}"#);
    client.token().expect("a token");
    rig.advance(Duration::from_secs(100));
    assert_eq!(
        client.token_valid_for(Duration::from_secs(90)).expect("another token").generation(),
        2
    );
}
