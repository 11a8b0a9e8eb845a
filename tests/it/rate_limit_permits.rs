//! Permits of the rate limit: the token after a wait, and the store's lock.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use vanta::{Cancel, Client, ErrorKind, Kind, LockedRecord, StoreError, TokenStore};
use zeroize::Zeroizing;

use crate::fakes::{EventRecorder, FakeStore};
use crate::harness::{RESOURCE, Rig, accounts, assert_kind};
use crate::rate_limit::{WINDOW, config, count, rig, until};
use crate::rate_limit_waits::waits;

const KIND: Kind = Kind::USER_ACCOUNT;

/// A store that counts how often it is locked and read.
#[derive(Clone, Default)]
struct Store(Arc<Counts>);

#[derive(Default)]
struct Counts {
    fake_store: FakeStore,
    tries: AtomicUsize,
    reads: AtomicUsize,
    /// Whether each attempt takes 50 ms, and another process holds the lock.
    is_busy: AtomicBool,
    is_readable: AtomicBool,
    /// Whether the record can no longer be loaded.
    fails: Mutex<Option<Cancel>>,
}

impl Store {
    fn client(&self, rig: &Rig, limit: u32) -> Client {
        let config = config(rig, limit).custom_token_store(self.clone());
        let client = Client::new(config).expect("right");
        client.token().expect("a token");
        client
    }

    fn tries(&self) -> usize {
        self.0.tries.load(Ordering::SeqCst)
    }

    fn reads(&self) -> usize {
        self.0.reads.load(Ordering::SeqCst)
    }

    fn fails(&self) -> bool {
        self.0.fails.lock().expect("not poisoned").as_ref().is_some_and(Cancel::is_cancelled)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl TokenStore for Store {
    fn name(&self) -> String {
        "a store that counts".to_owned()
    }

    fn try_lock(
        &self,
        key: &str,
        hold: Duration,
    ) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        self.0.tries.fetch_add(1, Ordering::SeqCst);
        if self.0.is_busy.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(50));
            return Ok(None);
        }
        match self.fails() {
            true => Ok(Some(Box::new(Unreadable))),
            false => self.0.fake_store.try_lock(key, hold),
        }
    }

    fn read(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        if !self.0.is_readable.load(Ordering::SeqCst) {
            return Err(StoreError::unsupported());
        }
        self.0.reads.fetch_add(1, Ordering::SeqCst);
        Ok(Some(Zeroizing::new(self.0.fake_store.record().to_string().into_bytes())))
    }
}

struct Unreadable;

impl LockedRecord for Unreadable {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Err(StoreError::unavailable("there was no time"))
    }

    fn save(&mut self, _: &[u8]) -> Result<(), StoreError> {
        Err(StoreError::unavailable("there was no time"))
    }
}

#[test]
fn a_push_that_waited_for_its_permits_does_not_send_the_token_of_before() {
    // With a limit of 1, the permits are acquired one by one.
    for (limit, expected_waits) in [(2, 1), (1, 2)] {
        let rig = Rig::on_one_clock(|settings| settings.resource_limit_per_minute = None);
        let recorder = EventRecorder::default();
        let client = Client::new(recorder.at(config(&rig, limit))).expect("right");
        let client = client.with_deadline(Duration::from_secs(300));
        client.token().expect("a token");
        rig.advance(Duration::from_secs(3599 - 45));
        for _ in 0..limit {
            client.list(&KIND, RESOURCE).expect("45 s are enough");
        }
        recorder.events();
        client.push(&KIND, &accounts(&["a"])).expect("pushed");
        let counters = rig.sim.counters();
        let sent = (counters.gets - u64::from(limit), counters.puts, counters.token_requests);
        assert_eq!(sent, (1, 1, 2), "limit {limit}: no request was rejected");
        assert_eq!(waits(&recorder).len(), expected_waits, "limit {limit}");
    }
}

#[test]
fn the_lock_of_a_slow_store_is_tried_for_a_second_in_all() {
    let (rig, store) = (Rig::unlimited(), Store::default());
    let client = store.client(&rig, 20);
    client.list(&KIND, RESOURCE).expect("listed");
    let before = store.tries();
    store.0.is_busy.store(true, Ordering::SeqCst);
    client.list(&KIND, RESOURCE).expect("listed");
    let tries = store.tries() - before;
    // 50 ms each, and intervals that grow. A slower machine makes fewer attempts.
    assert!((2..=12).contains(&tries), "{tries}");
    client.list(&KIND, RESOURCE).expect("listed");
    assert_eq!(store.tries() - before, tries, "it is not tried again for a minute");
}

#[test]
fn permits_that_could_not_be_given_back_leave_the_limit_shared() {
    let (rig, store) = (rig(None), Store::default());
    let client = store.client(&rig, 1);
    client.list(&KIND, RESOURCE).expect("listed");
    let cancel = Cancel::new();
    *store.0.fails.lock().expect("not poisoned") = Some(cancel.clone());
    let waits = client.with_cancel(&cancel);
    let waits = thread::spawn(move || waits.list(&KIND, RESOURCE).map(drop));
    until("it waits", || count(&store.0.fake_store.record(), "waiting") == 1);
    cancel.cancel();
    assert_kind(waits.join().expect("no panic"), ErrorKind::Cancelled);
    assert_eq!(count(&store.0.fake_store.record(), "waiting"), 1, "it could not be taken out");
    *store.0.fails.lock().expect("not poisoned") = None;
    let before = store.tries();
    let short_deadline = client.with_deadline(Duration::from_secs(30));
    assert_kind(short_deadline.list(&KIND, RESOURCE), ErrorKind::RateLimited);
    assert_eq!(store.tries() - before, 1, "the store is read");
}

#[test]
fn waiter_reads_the_store_without_its_lock() {
    let (rig, store) = (rig(None), Store::default());
    let client = store.client(&rig, 1);
    client.list(&KIND, RESOURCE).expect("listed");
    store.0.is_readable.store(true, Ordering::SeqCst);
    let waits = thread::spawn(move || client.list(&KIND, RESOURCE).map(drop));
    until("it waits", || count(&store.0.fake_store.record(), "waiting") == 1);
    let before = store.tries();
    until("it has looked twice", || store.reads() == 2);
    assert_eq!(store.tries(), before);
    rig.advance(WINDOW);
    waits.join().expect("no panic").expect("listed");
    assert_eq!(count(&store.0.fake_store.record(), "waiting"), 0);
}
