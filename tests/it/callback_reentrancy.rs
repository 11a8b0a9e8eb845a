//! Callbacks inside a call: a panic is caught, and calls that would block get `Reentrant`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use vanta::{Client, ErrorKind, Kind, Result};

use crate::fakes::{FakeStore, StoreCall};
use crate::harness::{Desk, Fault, Place, RESOURCE, assert_kind};
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
    let desk = Desk::unlimited();
    let armed = Arc::new(AtomicBool::new(true));
    let arm = Arc::clone(&armed);
    let config = desk.config().on_event(move |event| {
        assert!(!arm.load(Ordering::SeqCst), "the listener stumbles over: {event}");
    });
    let client = Client::new(config).expect("right");
    // The case, and the generation of the token that is returned after it.
    let scenes: [(&dyn Fn(), u64); 4] = [
        (&|| assert!(panics(|| client.token())), 1),
        (&|| assert!(panics(|| (desk.script(Place::Get, server_error()), list(&client)))), 1),
        (&|| assert!(panics(|| (desk.sim.mint_elsewhere(), list(&client)))), 2),
        (&|| assert!(panics(|| (desk.script(Place::Token, server_error()), client.token()))), 2),
    ];
    for (i, (scene, generation)) in scenes.into_iter().enumerate() {
        // Old enough to be revoked; in the last case, expired.
        desk.advance(if i == 3 { 3575 * SECOND } else { 2 * SECOND });
        armed.store(true, Ordering::SeqCst);
        scene();
        armed.store(false, Ordering::SeqCst);
        let token = client.token().unwrap_or_else(|error| panic!("scene {i}: {error}"));
        assert_eq!(token.generation(), generation, "scene {i}");
        list(&client).unwrap_or_else(|error| panic!("scene {i}: {error}"));
    }
}

#[test]
fn store_that_panics_ends_one_call_and_the_next_thread_requests_a_token() {
    for deed in [StoreCall::Lock, StoreCall::Load, StoreCall::Save] {
        let (desk, fake_store) = (Desk::new(), FakeStore::default());
        let client = Client::new(fake_store.config(&desk)).expect("right");
        fake_store.during(deed, move || panic!("the store stumbles at {deed:?}"));
        let ended = together(8, || panics(|| client.token().expect("a token")));
        assert_eq!(ended.iter().filter(|panicked| **panicked).count(), 1, "{deed:?}");
        assert_eq!(client.token().expect("in memory").generation(), 1);
        assert_eq!(desk.sim.books().token_requests, 1, "{deed:?}");
    }
}

/// The results of calls that a callback made.
#[derive(Clone, Default)]
struct Answers(Arc<Mutex<Vec<String>>>);

impl Answers {
    /// Makes the calls of a callback: a token, a list and a snapshot.
    fn ask(&self, client: &Client) {
        let short = |answer: Result<u64>| match answer {
            Ok(number) => number.to_string(),
            Err(error) => format!("{:?}", error.kind()),
        };
        let token = short(client.token().map(|token| token.generation()));
        let listed = short(list(client).map(|rows| rows as u64));
        let mints = client.snapshot().token_requests;
        let told = format!("token {token}, list {listed}, {mints} mints");
        self.0.lock().expect("not poisoned").push(told);
    }

    fn given(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }
}

#[test]
fn event_handler_gets_a_cached_token_and_reentrant_for_calls_that_block() {
    let desk = Desk::new();
    let (own, answers) = (Arc::new(OnceLock::<Client>::new()), Answers::default());
    // Weak: an event handler that owned its client would never be freed.
    let (inside, told) = (Arc::downgrade(&own), answers.clone());
    let config = desk.config().on_event(move |_| {
        let own = inside.upgrade().expect("calls are made on it");
        told.ask(own.get().expect("set before the first call"));
    });
    let client = own.get_or_init(|| Client::new(config).expect("right"));
    client.token().expect("a token");
    assert_eq!(answers.given(), ["token 1, list Reentrant, 1 mints"]);
    desk.advance(10 * SECOND);
    desk.sim.mint_elsewhere();
    list(client).expect("the call itself goes on");
    let refused = "token Reentrant, list Reentrant, 1 mints";
    assert_eq!(answers.given(), [refused, "token 2, list Reentrant, 2 mints"]);
    list(client).expect("and so does the thread");
    assert_eq!(desk.sim.books().token_requests, 2);
}

#[test]
fn store_that_calls_the_client_gets_reentrant_and_its_call_continues() {
    for deed in [StoreCall::Lock, StoreCall::Load, StoreCall::Save] {
        let (desk, fake_store, answers) = (Desk::new(), FakeStore::default(), Answers::default());
        let client = Client::new(fake_store.config(&desk)).expect("right");
        let (inside, told) = (client.clone(), answers.clone());
        fake_store.during(deed, move || told.ask(&inside));
        client.token().expect("a token");
        assert_eq!(answers.given(), ["token Reentrant, list Reentrant, 0 mints"], "{deed:?}");
        list(&client).expect("the thread may call again");
        assert_eq!(desk.sim.books().token_requests, 1);
    }
}

#[test]
fn reentrant_error_advises_a_call_outside_the_callback() {
    let (desk, fake_store) = (Desk::new(), FakeStore::default());
    let client = Client::new(fake_store.config(&desk)).expect("right");
    let inside = client.clone();
    fake_store.during(StoreCall::Lock, move || {
        let error = assert_kind(inside.token(), ErrorKind::Reentrant);
        assert!(!error.is_retryable() && error.to_string().contains("callback"), "{error}");
    });
    client.token().expect("a token");
}

#[test]
fn logger_that_calls_the_client_during_a_request_gets_reentrant() {
    let desk = Desk::new();
    let (client, answers) = (desk.client(), Answers::default());
    let (inside, told) = (client.clone(), answers.clone());
    secret_leaks::on_next_log(move || told.ask(&inside));
    client.token().expect("a token");
    assert_eq!(answers.given(), ["token Reentrant, list Reentrant, 0 mints"]);
}
