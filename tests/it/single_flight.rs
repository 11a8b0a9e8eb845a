//! Single flight: threads of one process share one token request and its outcome.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use vanta::{Cancel, Client, ErrorKind, Event};

use crate::fakes::{EventRecorder, FakeStore};
use crate::harness::{Fault, Place, Rig, assert_kind};
use crate::token::{together, tokens};

const HOUR: Duration = Duration::from_secs(3600);

/// The time until the expiry margin of 30 s, with some 20 s of lifetime left after it.
const IN_THE_MARGIN: Duration = Duration::from_secs(3579);

fn unavailable() -> Fault {
    Fault::Reply { status: 503, headers: Vec::new(), body: Vec::new() }
}

/// Returns how long this many threads take to get their token from an endpoint that takes `delay`.
fn time_of(threads: usize, delay: Duration) -> Duration {
    let rig = Rig::with(|settings| settings.token_delay = delay);
    let client = rig.client();
    let began = Instant::now();
    let tokens = tokens(&client, threads);
    let took = began.elapsed();
    assert!(tokens.iter().all(|token| token.is_ok()), "{tokens:?}");
    assert_eq!(rig.sim.counters().token_requests, 1);
    took
}

#[test]
fn thirty_two_threads_take_no_longer_than_one_request() {
    let delay = Duration::from_millis(500);
    // One after the other, so that the machine's load affects both. It may be late once, but not
    // always.
    assert!((0..3).any(|_| time_of(32, delay) < 2 * time_of(1, delay)));
}

#[test]
fn a_thousand_threads_make_one_request_for_each_expiry() {
    let rig = Rig::new();
    let client = rig.client();
    for expiries in 1..=3 {
        let ask = || client.token().expect("a token").generation();
        let seen = together(1000, || [ask(), ask(), ask()]);
        assert!(seen.iter().flatten().all(|generation| *generation == expiries), "{seen:?}");
        assert_eq!(rig.sim.counters().token_requests, expiries);
        rig.advance(HOUR);
    }
    assert_eq!(client.snapshot().token_requests, 3);
}

#[test]
fn five_waiters_whose_leader_fails_make_one_request() {
    let rig = Rig::with(|settings| settings.token_delay = Duration::from_millis(900));
    let client = rig.client();
    let cancel = Cancel::new();
    let leader = client.with_cancel(&cancel);
    let leader = thread::spawn(move || leader.token());
    while rig.sim.counters().token_requests == 0 {
        thread::yield_now();
    }
    let asking = AtomicUsize::new(0);
    let wait = || {
        asking.fetch_add(1, Ordering::SeqCst);
        client.token()
    };
    thread::scope(|scope| {
        let waiters: Vec<_> = (0..5).map(|_| scope.spawn(wait)).collect();
        while asking.load(Ordering::SeqCst) < 5 {
            thread::yield_now();
        }
        cancel.cancel();
        for waiter in waiters {
            waiter.join().expect("no panic").expect("a token");
        }
    });
    assert_kind(leader.join().expect("no panic"), ErrorKind::Cancelled);
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn waiters_have_no_part_in_the_deadline_of_their_leader() {
    let rig = Rig::new();
    let client = rig.client();
    rig.sim.script(Place::Token, [Fault::Hang]);
    let leader = client.with_deadline(Duration::from_secs(30));
    let leader = thread::spawn(move || leader.token());
    while rig.sim.counters().token_requests == 0 {
        thread::yield_now();
    }
    let asking = AtomicUsize::new(0);
    let patient = client.with_deadline(HOUR);
    let wait = || {
        asking.fetch_add(1, Ordering::SeqCst);
        patient.token()
    };
    thread::scope(|scope| {
        let waiters: Vec<_> = (0..5).map(|_| scope.spawn(wait)).collect();
        while asking.load(Ordering::SeqCst) < 5 {
            thread::yield_now();
        }
        rig.advance(Duration::from_secs(31));
        for waiter in waiters {
            waiter.join().expect("no panic").expect("a token");
        }
    });
    assert_kind(leader.join().expect("no panic"), ErrorKind::TokenResponseLost);
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn failed_renewal_is_reported_and_not_retried_before_its_backoff() {
    let (rig, recorder) = (Rig::new(), EventRecorder::default());
    let client = recorder.client(&rig);
    client.token().expect("a token");
    recorder.events();
    rig.advance(IN_THE_MARGIN);
    rig.sim.script(Place::Token, [unavailable(), unavailable()]);
    for _ in 0..5 {
        assert_eq!(client.token().expect("the old one").generation(), 1);
    }
    let kind = ErrorKind::TokenUnavailable;
    let repeated = Event::Retrying { attempt: 1, wait: Duration::from_secs(1), kind };
    assert_eq!(recorder.events(), [repeated, Event::RenewalFailed { kind }]);
    assert_eq!(client.snapshot().renewal_failures, 1);
    assert_eq!(rig.sim.counters().token_requests, 3, "one request, and once more after a 503");
    rig.advance(Duration::from_secs(10));
    assert_eq!(client.token().expect("the old one").generation(), 1);
    assert_eq!(rig.sim.counters().token_requests, 3);
    rig.advance(Duration::from_secs(6));
    assert_eq!(client.token().expect("a new one").generation(), 2);
    assert_eq!(rig.sim.counters().token_requests, 4);
}

#[test]
fn failed_renewal_is_an_error_once_the_old_token_is_expired() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    // The token is valid when the renewal begins, and expired a second before the retry.
    rig.advance(Duration::from_millis(3_598_300));
    rig.sim.script(Place::Token, [unavailable(), unavailable()]);
    assert_kind(client.token(), ErrorKind::TokenUnavailable);
    assert_eq!(client.snapshot().renewal_failures, 0);
}

#[test]
fn token_that_expires_during_the_renewal_backoff_is_not_returned() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(Duration::from_secs(3589));
    rig.sim.script(Place::Token, vec![unavailable(); 4]);
    client.token().expect("the old one");
    rig.advance(Duration::from_secs(10));
    assert_kind(client.token(), ErrorKind::TokenUnavailable);
    assert_eq!(rig.sim.counters().token_requests, 5);
}

#[test]
fn threads_use_the_unexpired_token_while_one_renews_it() {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(IN_THE_MARGIN);
    let response = b"HTTP/1.1 503 x\r\ncontent-length: 0\r\n\r\n".to_vec();
    let tick = Duration::from_millis(300);
    let slowly = Fault::Drip { bytes_per_tick: 20, tick, response };
    rig.sim.script(Place::Token, [slowly, unavailable()]);
    let tokens = tokens(&client, 32);
    assert!(tokens.iter().all(|token| token.as_ref().is_ok_and(|t| t.generation() == 1)));
    let snapshot = client.snapshot();
    assert_eq!(
        (snapshot.waits, snapshot.renewal_failures, snapshot.cache_hits),
        (0, 1, 31),
        "{snapshot}"
    );
    assert_eq!(rig.sim.counters().token_requests, 3, "one thread's, and its repetition");
}

#[test]
fn store_record_older_than_the_cached_token_is_ignored() {
    let (rig, fake_store) = (Rig::new(), FakeStore::default());
    let client = Client::new(fake_store.config(&rig)).expect("right");
    let first = client.token().expect("a token");
    let older = fake_store.record();
    client.report_token_rejected(&first);
    assert_eq!(client.token().expect("a new one").generation(), 2);
    fake_store.put(&older);
    assert_eq!(client.token().expect("in memory").generation(), 2);
    // Not even when the store is due to be read: its token was rejected before.
    let second = client.token().expect("in memory");
    client.report_token_rejected(&second);
    assert_eq!(client.token().expect("a new one").generation(), 3, "numbers never run back");
    assert_eq!(rig.sim.counters().token_requests, 3);
}

#[test]
fn late_rejection_report_of_an_older_token_is_ignored() {
    let rig = Rig::new();
    let client = rig.client();
    let first = client.token().expect("a token");
    rig.advance(HOUR);
    let second = client.token().expect("a new one");
    client.report_token_rejected(&first);
    assert_eq!(client.token().expect("in memory").generation(), second.generation());
    assert_eq!(rig.sim.counters().token_requests, 2);
}
