//! Fakes for several modules: an event recorder, a custom store and a manual clock.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Client, Clock, Config, Event, LockedRecord, StoreError, TokenStore};
use zeroize::Zeroizing;

use crate::harness::Rig;
use crate::secret_leaks;

/// Records the events of a client.
#[derive(Clone, Default)]
pub struct EventRecorder(Arc<Mutex<Vec<Event>>>);

impl EventRecorder {
    pub fn at(&self, config: Config) -> Config {
        let recorded = Arc::clone(&self.0);
        config.on_event(move |event| {
            secret_leaks::record_output(&format!("{event}\n{event:?}\n"));
            recorded.lock().expect("no test panics while it holds it").push(event.clone());
        })
    }

    pub fn client(&self, rig: &Rig) -> Client {
        Client::new(self.at(rig.config())).expect("the configuration is right")
    }

    /// Returns the events since the last call.
    pub fn events(&self) -> Vec<Event> {
        std::mem::take(&mut *self.0.lock().expect("no test panics while it holds it"))
    }
}

/// A call of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreCall {
    Lock,
    Load,
    Save,
}

type Hook = (StoreCall, Box<dyn FnOnce() + Send>);

/// A custom store: a record in memory, which the tests change as other jobs would.
#[derive(Clone, Default)]
pub struct FakeStore(Arc<FakeStoreState>);

#[derive(Default)]
struct FakeStoreState {
    record: Mutex<Option<Vec<u8>>>,
    locked: AtomicBool,
    hook: Mutex<Option<Hook>>,
}

impl FakeStore {
    pub fn config(&self, rig: &Rig) -> Config {
        rig.config().custom_token_store(self.clone())
    }

    pub fn record(&self) -> Value {
        let bytes = self.bytes().expect("a record is there");
        serde_json::from_slice(&bytes).expect("a record is JSON")
    }

    pub fn put(&self, record: &Value) {
        *self.0.record.lock().expect("not poisoned") = Some(record.to_string().into_bytes());
    }

    /// Stores another token, as another job does after its token request.
    pub fn take_over(&self, token: &str) {
        let mut record = self.record();
        let generation = record["generation"].as_u64().expect("a number");
        record["generation"] = json!(generation + 1);
        record["token"]["access_token"] = json!(token);
        self.put(&record);
    }

    /// Runs a hook during the next call of this kind, which the client makes during one of its own.
    pub fn during(&self, call: StoreCall, hook: impl FnOnce() + Send + 'static) {
        *self.0.hook.lock().expect("not poisoned") = Some((call, Box::new(hook)));
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        self.0.record.lock().expect("not poisoned").clone()
    }

    fn run_hook(&self, call: StoreCall) {
        let meets = |hook: &mut Hook| hook.0 == call;
        let hook = self.0.hook.lock().expect("not poisoned").take_if(meets);
        if let Some((_, hook)) = hook {
            hook();
        }
    }
}

impl fmt::Debug for FakeStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FakeStore")
    }
}

impl TokenStore for FakeStore {
    fn name(&self) -> String {
        "fake_store".to_owned()
    }

    fn try_lock(&self, _: &str, _: Duration) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        self.run_hook(StoreCall::Lock);
        let held = self.0.locked.swap(true, Ordering::SeqCst);
        Ok((!held).then(|| Box::new(Locked(self.clone())) as Box<dyn LockedRecord>))
    }
}

struct Locked(FakeStore);

impl LockedRecord for Locked {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.0.run_hook(StoreCall::Load);
        Ok(self.0.bytes().map(Zeroizing::new))
    }

    fn save(&mut self, record: &[u8]) -> Result<(), StoreError> {
        self.0.run_hook(StoreCall::Save);
        *self.0.0.record.lock().expect("not poisoned") = Some(record.to_vec());
        Ok(())
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        self.0.0.locked.store(false, Ordering::SeqCst);
    }
}

/// A clock that advances only when the library waits or the test moves it, so that the speed of the
/// machine has no effect.
#[derive(Clone, Debug, Default)]
pub struct ManualClock(Arc<Mutex<Waits>>);

#[derive(Debug, Default)]
struct Waits {
    passed: Duration,
    slept: Duration,
}

impl ManualClock {
    pub fn pass(&self, by: Duration) {
        self.0.lock().expect("not poisoned").passed += by;
    }

    /// Returns the total time that the library has waited.
    pub fn slept(&self) -> Duration {
        self.0.lock().expect("not poisoned").slept
    }

    fn since(&self, start: u64) -> Duration {
        Duration::from_secs(start) + self.0.lock().expect("not poisoned").passed
    }
}

impl Clock for ManualClock {
    fn monotonic(&self) -> Duration {
        self.since(100)
    }

    fn wall(&self) -> Duration {
        self.since(1_790_000_000)
    }

    fn boot(&self) -> Duration {
        self.since(5000)
    }

    fn boot_id(&self) -> String {
        "a machine of the test's own".to_owned()
    }

    fn sleep(&self, length: Duration) {
        let mut waits = self.0.lock().expect("not poisoned");
        waits.passed += length;
        waits.slept += length;
    }
}
