//! A store that can be read but not written: the process remembers its token requests itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use vanta::{Client, ErrorKind, LockedRecord, OnStoreUnavailable, StoreError, TokenStore};

use crate::harness::{Place, Rig, assert_kind};

const SECOND: Duration = Duration::from_secs(1);

type Bytes = zeroize::Zeroizing<Vec<u8>>;

/// A store in memory whose `save` fails when it is full.
#[derive(Clone, Debug, Default)]
struct Disk(Arc<Files>);

#[derive(Debug, Default)]
struct Files {
    record: Mutex<Option<Vec<u8>>>,
    is_full: AtomicBool,
    /// Whether it can be read without its lock.
    is_readable: bool,
}

impl Disk {
    fn new(is_readable: bool) -> Disk {
        Disk(Arc::new(Files { is_readable, ..Files::default() }))
    }

    fn fill(&self, is_full: bool) {
        self.0.is_full.store(is_full, Ordering::SeqCst);
    }

    fn bytes(&self) -> Option<Bytes> {
        self.0.record.lock().expect("not poisoned").clone().map(Bytes::new)
    }

    /// Makes a client that goes on without the store, with a token that has expired.
    fn client(&self, rig: &Rig) -> Client {
        let config = rig.config().custom_token_store(self.clone());
        let client =
            Client::new(config.on_store_unavailable(OnStoreUnavailable::Proceed)).expect("right");
        client.token().expect("a token");
        self.fill(true);
        rig.advance(3700 * SECOND);
        client
    }
}

impl TokenStore for Disk {
    fn name(&self) -> String {
        "disk".to_owned()
    }

    fn try_lock(&self, _: &str, _: Duration) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        Ok(Some(Box::new(self.clone())))
    }

    fn read(&self, _: &str) -> Result<Option<Bytes>, StoreError> {
        if self.0.is_readable { Ok(self.bytes()) } else { Err(StoreError::unsupported()) }
    }
}

impl LockedRecord for Disk {
    fn load(&mut self) -> Result<Option<Bytes>, StoreError> {
        Ok(self.bytes())
    }

    fn save(&mut self, record: &[u8]) -> Result<(), StoreError> {
        if self.0.is_full.load(Ordering::SeqCst) {
            return Err(StoreError::unavailable("No space left on device"));
        }
        *self.0.record.lock().expect("not poisoned") = Some(record.to_vec());
        Ok(())
    }
}

#[test]
fn backoff_after_429_is_kept_when_the_store_cannot_be_written() {
    for is_readable in [false, true] {
        let (rig, disk) = (Rig::new(), Disk::new(is_readable));
        rig.clock.stop();
        let client = disk.client(&rig);
        (0..9).for_each(|_| rig.reply(Place::Token, 429, r#"{"error":"too_many_requests"}"#));
        assert_kind(client.token(), ErrorKind::TokenRateLimited);
        // One request immediately, one after 12 s; the next backoff is longer than the deadline.
        assert_eq!(rig.sim.counters().token_requests, 3);
        assert!(assert_kind(client.token(), ErrorKind::TokenRateLimited).is_remembered());
        assert_eq!(rig.sim.counters().token_requests, 3);
    }
}

#[test]
fn rejection_and_requests_are_remembered_when_the_store_cannot_be_written() {
    for is_readable in [false, true] {
        let (rig, disk) = (Rig::new(), Disk::new(is_readable));
        let client = disk.client(&rig).with_deadline(5 * SECOND);
        rig.reply(Place::Token, 401, r#"{"error":"invalid_client"}"#);
        assert_kind(client.token(), ErrorKind::InvalidClient);
        assert!(assert_kind(client.token(), ErrorKind::InvalidClient).is_remembered());
        assert_eq!(rig.sim.counters().token_requests, 2);
        assert_eq!(client.snapshot().requests_last_minute, 1);
    }
}

#[test]
fn a_token_that_could_not_be_stored_stays_and_is_stored_later() {
    for is_readable in [false, true] {
        let (rig, disk) = (Rig::new(), Disk::new(is_readable));
        let client = disk.client(&rig);
        let second = client.token().expect("a token of its own");
        // Longer than the lifetime of the token, so the store is read.
        assert_kind(client.token_valid_for(Duration::from_secs(4000)), ErrorKind::InvalidArgument);
        assert_eq!(client.token().expect("in memory").secret(), second.secret());
        assert_eq!((second.generation(), client.snapshot().generation), (2, 2));
        disk.fill(false);
        client.report_token_rejected(&second);
        assert_eq!(client.token().expect("another").generation(), 3);
        let record = String::from_utf8(disk.bytes().expect("written").to_vec()).expect("JSON");
        assert!(record.contains("\"generation\":3"), "it was written");
        assert_eq!(client.snapshot().requests_last_minute, 2);
        assert_eq!(rig.sim.counters().token_requests, 3);
    }
}
