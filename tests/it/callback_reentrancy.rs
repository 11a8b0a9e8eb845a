//! Callbacks inside a call: a panic is caught, and calls that would block get `Reentrant`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use vanta::{Client, ErrorKind, Kind, Result};

use crate::fakes::{FakeStore, StoreCall};
use crate::harness::{Fault, Place, RESOURCE, Rig, assert_kind};
use crate::secret_leaks;
use crate::token::together;

const SECOND: Duration = Duration::from_secs(1);

/// Whether the call panicked.
fn panics<T>(call: impl FnOnce() -> T) -> bool {
    catch_unwind(AssertUnwindSafe(call)).is_err()
}

fn list(client: &Client) -> Result<usize> {
    client.list(&Kind::USER_ACCOUNT, RESOURCE).map(|listing| listing.rows().len())
}

fn server_error() -> Fault {
    Fault::Reply { status: 500, headers: Vec::new(), body: Vec::new() }
}

#[test]
fn event_handler_that_panics_ends_only_its_own_call() {
    let rig = Rig::unlimited();
    let armed = Arc::new(AtomicBool::new(true));
    let arm = Arc::clone(&armed);
    let config = rig.config().on_event(move |event| {
        assert!(!arm.load(Ordering::SeqCst), "the event handler panics at: {event}");
    });
    let client = Client::new(config).expect("right");
    // The case, and the generation of the token that is returned after it.
    let cases: [(&dyn Fn(), u64); 4] = [
        (&|| assert!(panics(|| client.token())), 1),
        (&|| assert!(panics(|| (rig.script(Place::Get, server_error()), list(&client)))), 1),
        (&|| assert!(panics(|| (rig.sim.issue_elsewhere(), list(&client)))), 2),
        (&|| assert!(panics(|| (rig.script(Place::Token, server_error()), client.token()))), 2),
    ];
    for (i, (case, generation)) in cases.into_iter().enumerate() {
        // Old enough to be revoked; in the last case, expired.
        rig.advance(if i == 3 { 3575 * SECOND } else { 2 * SECOND });
        armed.store(true, Ordering::SeqCst);
        case();
        armed.store(false, Ordering::SeqCst);
        let token = client.token().unwrap_or_else(|error| panic!("case {i}: {error}"));
        assert_eq!(token.generation(), generation, "case {i}");
        list(&client).unwrap_or_else(|error| panic!("case {i}: {error}"));
    }
}

#[test]
fn store_that_panics_ends_one_call_and_the_next_thread_requests_a_token() {
    for store_call in [StoreCall::Lock, StoreCall::Load, StoreCall::Save] {
        let (rig, fake_store) = (Rig::new(), FakeStore::default());
        let client = Client::new(fake_store.config(&rig)).expect("right");
        fake_store.during(store_call, move || panic!("the store panics at {store_call:?}"));
        let ended = together(8, || panics(|| client.token().expect("a token")));
        assert_eq!(ended.iter().filter(|panicked| **panicked).count(), 1, "{store_call:?}");
        assert_eq!(client.token().expect("in memory").generation(), 1);
        assert_eq!(rig.sim.counters().token_requests, 1, "{store_call:?}");
    }
}

/// The results of calls that a callback made.
#[derive(Clone, Default)]
struct CallResults(Arc<Mutex<Vec<String>>>);

impl CallResults {
    /// Makes the calls of a callback: a token, a list and a snapshot.
    fn make_calls(&self, client: &Client) {
        let short = |result: Result<u64>| match result {
            Ok(number) => number.to_string(),
            Err(error) => format!("{:?}", error.kind()),
        };
        let token = short(client.token().map(|token| token.generation()));
        let listed = short(list(client).map(|rows| rows as u64));
        let requests = client.snapshot().token_requests;
        let line = format!("token {token}, list {listed}, {requests} token requests");
        self.0.lock().expect("not poisoned").push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }
}

#[test]
fn event_handler_gets_a_cached_token_and_reentrant_for_calls_that_block() {
    let rig = Rig::new();
    let (own, results) = (Arc::new(OnceLock::<Client>::new()), CallResults::default());
    // Weak: an event handler that owned its client would never be freed.
    let (inside, recorder) = (Arc::downgrade(&own), results.clone());
    let config = rig.config().on_event(move |_| {
        let own = inside.upgrade().expect("calls are made on it");
        recorder.make_calls(own.get().expect("set before the first call"));
    });
    let client = own.get_or_init(|| Client::new(config).expect("right"));
    client.token().expect("a token");
    assert_eq!(results.take(), ["token 1, list Reentrant, 1 token requests"]);
    rig.advance(10 * SECOND);
    rig.sim.issue_elsewhere();
    list(client).expect("the call itself goes on");
    let refused = "token Reentrant, list Reentrant, 1 token requests";
    assert_eq!(results.take(), [refused, "token 2, list Reentrant, 2 token requests"]);
    list(client).expect("and so does the thread");
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn store_that_calls_the_client_gets_reentrant_and_its_call_continues() {
    for store_call in [StoreCall::Lock, StoreCall::Load, StoreCall::Save] {
        let (rig, fake_store, results) = (Rig::new(), FakeStore::default(), CallResults::default());
        let client = Client::new(fake_store.config(&rig)).expect("right");
        let (inside, recorder) = (client.clone(), results.clone());
        fake_store.during(store_call, move || recorder.make_calls(&inside));
        client.token().expect("a token");
        assert_eq!(
            results.take(),
            ["token Reentrant, list Reentrant, 0 token requests"],
            "{store_call:?}"
        );
        list(&client).expect("the thread may call again");
        assert_eq!(rig.sim.counters().token_requests, 1);
    }
}

#[test]
fn reentrant_error_advises_a_call_outside_the_callback() {
    let (rig, fake_store) = (Rig::new(), FakeStore::default());
    let client = Client::new(fake_store.config(&rig)).expect("right");
    let inside = client.clone();
    fake_store.during(StoreCall::Lock, move || {
        let error = assert_kind(inside.token(), ErrorKind::Reentrant);
        assert!(!error.is_retryable() && error.to_string().contains("callback"), "{error}");
    });
    client.token().expect("a token");
}

#[test]
fn logger_that_calls_the_client_during_a_request_gets_reentrant() {
    let rig = Rig::new();
    let (client, results) = (rig.client(), CallResults::default());
    let (inside, recorder) = (client.clone(), results.clone());
    secret_leaks::on_next_log(move || recorder.make_calls(&inside));
    client.token().expect("a token");
    assert_eq!(results.take(), ["token Reentrant, list Reentrant, 0 token requests"]);
}
