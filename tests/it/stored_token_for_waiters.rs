//! Threads of one process use a stored token while one of them requests the next.

use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::Duration;

use vanta::{Client, Config, ErrorKind, Source};

use crate::fakes::FakeStore;
use crate::harness::{Fault, Place, Rig, TempFolder, assert_kind};
use crate::jobs::until;

const SECOND: Duration = Duration::from_secs(1);
const SCOPE: &str = "connectors.self:read-resource";

/// Longer than any thread of these tests waits, if it waits at all.
const SLOW: Duration = Duration::from_secs(20);

fn rig() -> Rig {
    Rig::on_one_clock(|settings| settings.token_limit_per_minute = None)
}

/// Returns the same client's configuration, with the record in a file or in a store without `read`.
fn stores(rig: &Rig, folder: &TempFolder) -> [Config; 2] {
    let file = folder.path().join("token").display().to_string();
    [rig.config().token_store(file), FakeStore::default().config(rig)]
}

/// Starts a call that requests a token from a slow server.
fn lead(rig: &Rig, config: Config) -> (thread::JoinHandle<()>, vanta::Cancel) {
    let cancel = vanta::Cancel::new();
    let client = Client::new(config).expect("right").with_cancel(&cancel);
    let before = rig.sim.counters().token_requests;
    rig.script(Place::Token, Fault::Delay(SLOW));
    let leader = thread::spawn(move || drop(client.token()));
    until("it has requested one", || rig.sim.counters().token_requests > before);
    (leader, cancel)
}

#[test]
fn a_stored_token_serves_a_thread_while_another_requests_more_scopes() {
    for i in 0..2 {
        let (rig, folder) = (rig(), TempFolder::new());
        let config = stores(&rig, &folder)[i].clone();
        let first = Client::new(config.clone().scope(SCOPE)).expect("right");
        let stored = first.token().expect("a token").secret().clone();
        drop(first);
        let waiter = Client::new(config.clone().scope(SCOPE)).expect("right");
        let (leader, cancel) = lead(&rig, config);
        let token = waiter.token().expect("the stored token, at once");
        assert_eq!((token.secret(), waiter.snapshot().source), (&stored, Source::Store));
        assert!(!leader.is_finished());
        cancel.cancel();
        leader.join().expect("no panic");
    }
}

#[test]
fn an_old_stored_token_serves_all_threads_but_the_one_that_requests_the_next() {
    for i in 0..2 {
        let (rig, folder) = (rig(), TempFolder::new());
        let config = stores(&rig, &folder)[i].clone();
        Client::new(config.clone()).expect("right").token().expect("a token");
        rig.advance(3585 * SECOND);
        let cancel = vanta::Cancel::new();
        let client = Client::new(config).expect("right").with_cancel(&cancel);
        rig.script(Place::Token, Fault::Delay(SLOW));
        let (gate, (tell, received)) = (Arc::new(Barrier::new(8)), mpsc::channel());
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (client, gate, tell) = (client.clone(), gate.clone(), tell.clone());
                thread::spawn(move || {
                    gate.wait();
                    let _ = tell.send(client.token().map(|token| token.generation()));
                })
            })
            .collect();
        for _ in 0..7 {
            let generation = received.recv_timeout(10 * SECOND).expect("without waiting");
            assert_eq!(generation.expect("the old token"), 1);
        }
        until("the leader has requested one", || rig.sim.counters().token_requests == 2);
        assert!(received.try_recv().is_err(), "one waits for the server");
        cancel.cancel();
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    }
}

#[test]
fn waiter_timeout_names_what_it_waited_for() {
    let rig = rig();
    let client = rig.client();
    let (leader, cancel) = lead(&rig, rig.config());
    let short_deadline = client.with_deadline(3 * SECOND);
    let error = assert_kind(short_deadline.token(), ErrorKind::DeadlineExceeded);
    assert!(error.to_string().starts_with("requesting a token"), "{error}");
    cancel.cancel();
    leader.join().expect("no panic");
}
