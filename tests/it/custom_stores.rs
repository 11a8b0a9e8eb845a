//! Custom token stores, and a program that shares a store by its documentation.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use vanta::{Client, Config, LockedRecord, StoreError, TokenStore};

use crate::harness::{Rig, TempFolder};
use crate::jobs::{Jobs, start, text};
use crate::languages::{BUILT, command, secret_file, succeed};

type Bytes = zeroize::Zeroizing<Vec<u8>>;

/// The state of a store: its record, the calls it got, and the results it returns.
#[derive(Default)]
struct State {
    record: Option<Vec<u8>>,
    locks: u32,
    saves: u32,
    reads: u32,
    /// Whether it can be read without its lock.
    readable: bool,
    locked: bool,
    lock_result: LockResult,
    /// Called while the lock is held.
    caller: Option<Client>,
    reentrant_status: i32,
    holds: Holds,
}

/// The duration of each lock.
type Holds = Arc<Mutex<Vec<Duration>>>;

/// Returns a store in memory, and the durations of its locks.
pub fn store_with_holds() -> (impl TokenStore + 'static, Holds) {
    let store = MemoryStore::default();
    let holds = Arc::clone(&store.state().holds);
    (store, holds)
}

#[derive(Clone, Copy, Default)]
enum LockResult {
    #[default]
    Done,
    Busy,
    Unavailable,
    Unusable,
}

#[derive(Clone, Default)]
struct MemoryStore(Arc<Mutex<State>>);

impl MemoryStore {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no panic")
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryStore")
    }
}

impl TokenStore for MemoryStore {
    fn name(&self) -> String {
        "a store in Rust".to_owned()
    }

    fn try_lock(
        &self,
        key: &str,
        hold: Duration,
    ) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        assert!(key.contains("vci_") && !hold.is_zero());
        let mut state = self.state();
        match state.lock_result {
            LockResult::Busy => return Ok(None),
            LockResult::Unavailable => return Err(StoreError::unavailable("unavailable")),
            LockResult::Unusable => return Err(StoreError::unusable("broken")),
            LockResult::Done => {}
        }
        state.locks += 1;
        state.locked = true;
        state.holds.lock().expect("no panic").push(hold);
        Ok(Some(Box::new(self.clone())))
    }

    fn read(&self, _: &str) -> Result<Option<Bytes>, StoreError> {
        let mut state = self.state();
        if !state.readable {
            return Err(StoreError::unsupported());
        }
        state.reads += 1;
        Ok(state.record.clone().map(Bytes::new))
    }
}

impl LockedRecord for MemoryStore {
    fn load(&mut self) -> Result<Option<Bytes>, StoreError> {
        let caller = self.state().caller.take();
        if let Some(client) = caller {
            self.state().reentrant_status = client.token().map_or_else(|error| error.code(), |_| 0);
        }
        Ok(self.state().record.clone().map(Bytes::new))
    }

    fn save(&mut self, record: &[u8]) -> Result<(), StoreError> {
        let mut state = self.state();
        state.record = Some(record.to_vec());
        state.saves += 1;
        Ok(())
    }
}

/// Releases the lock.
impl Drop for MemoryStore {
    fn drop(&mut self) {
        if let Ok(mut state) = self.0.lock() {
            state.locked = false;
        }
    }
}

/// Gets a token with a new client, which has no cached token and uses the store.
fn token_of_new_client(config: &Config, ms: u64) -> (i32, Client) {
    let client = Client::new(config.clone()).expect("well formed");
    let limited = client.with_deadline(Duration::from_millis(ms));
    (limited.token().map_or_else(|error| error.code(), |_| 0), client)
}

fn in_rust(rig: &Rig) -> String {
    let store = MemoryStore::default();
    let config = rig.config().custom_token_store(store.clone());
    let counts = || {
        let state = store.state();
        format!("locks {} saves {}", state.locks, state.saves)
    };
    let mut lines = format!("requested {} {}\n", token_of_new_client(&config, 10_000).0, counts());
    let (status, client) = token_of_new_client(&config, 10_000);
    let snapshot = client.snapshot();
    let source = snapshot.source as i32;
    let named = if snapshot.store == "a store in Rust" { "named" } else { "not named" };
    lines += &format!("stored {status} {} source {source} store {named}\n", counts());
    drop(client);
    for (word, result, ms) in [
        ("busy", LockResult::Busy, 300),
        ("unavailable", LockResult::Unavailable, 10_000),
        ("unusable", LockResult::Unusable, 10_000),
    ] {
        store.state().lock_result = result;
        lines += &format!("{word} {}\n", token_of_new_client(&config, ms).0);
    }
    store.state().readable = true;
    store.state().lock_result = LockResult::Busy;
    let status = token_of_new_client(&config, 300).0;
    let reads = store.state().reads;
    lines += &format!("read while locked {status} reads {reads} {}\n", counts());
    store.state().readable = false;
    store.state().lock_result = LockResult::Done;
    let caller = Client::new(config.clone()).expect("well formed");
    store.state().caller = Some(caller);
    let status = token_of_new_client(&config, 10_000).0;
    lines += &format!("reentrant {status} {}\n", store.state().reentrant_status);
    drop(config);
    let (destroyed, locked) = (Arc::strong_count(&store.0), store.state().locked);
    lines + &format!("destroyed {destroyed} locked {}\n", i32::from(locked))
}

#[test]
fn a_store_of_callbacks_behaves_the_same_in_every_language() {
    needs!("gcc", "g++", "python3");
    let expected = "requested 0 locks 1 saves 2\n\
                    stored 0 locks 2 saves 2 source 2 store named\n\
                    busy -77\nunavailable -76\nunusable -24\n\
                    read while locked 0 reads 1 locks 2 saves 2\n\
                    reentrant 0 -5\ndestroyed 1 locked 0\n";
    assert_eq!(in_rust(&Rig::new()), expected);
    let c = BUILT.compile("gcc", "-std=c99", "tests/c/custom_store.c").into_os_string();
    let cpp = BUILT.compile("g++", "-std=c++17", "tests/cpp/custom_store.cpp").into_os_string();
    for words in [vec![c], vec![cpp], BUILT.python("tests/python/custom_store.py")] {
        let rig = Rig::new();
        let secret = secret_file(&rig);
        let output = succeed(&mut command(&rig, &secret, &words));
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{words:?}");
        assert_eq!(rig.sim.counters().token_requests, 1, "{words:?}");
    }
}

#[test]
fn stores_of_python_survive_many_threads_and_interrupts() {
    needs!("python3");
    let rig = Rig::new();
    let secret = secret_file(&rig);
    let words = BUILT.python("tests/python/concurrent_stores.py");
    let output = succeed(&mut command(&rig, &secret, &words));
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let expected = "160 clients, {-74} 0 failures\ntry_lock -76\nload -76\nsave -76\n";
    assert_eq!(output, expected);
    assert_eq!(rig.sim.counters().token_requests, 0, "an interrupt before the request costs none");
}

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/token-store.md");
    std::fs::read_to_string(path).expect("the page is there")
}

/// Returns the members of a record that no table of the page names.
fn undocumented(record: &serde_json::Value, within: &str, page: &str) -> Vec<String> {
    let mut missing = Vec::new();
    for (name, value) in record.as_object().into_iter().flatten() {
        let path = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
        if !page.contains(&format!("`{path}`")) {
            missing.push(path.clone());
        }
        if name == "token" {
            missing.extend(undocumented(value, &path, page));
        }
    }
    missing
}

#[test]
fn store_documentation_names_every_member_of_a_record() {
    let (rig, folder) = (Rig::new(), TempFolder::new());
    let file = folder.path().join("token");
    let client = rig.config().token_store(file.display().to_string());
    Client::new(client).expect("safe").token().expect("a token");
    let record = std::fs::read(&file).expect("it is there");
    let record: serde_json::Value = serde_json::from_slice(&record).expect("JSON");
    assert_eq!(undocumented(&record, "", &page()), Vec::<String>::new());
    assert!(record["token"]["asked"]["boot_ms"].is_u64());
    let unknown = serde_json::json!({"token": {"colour": 1}});
    assert_eq!(undocumented(&unknown, "", &page()), ["token.colour"]);
}

#[test]
fn program_written_by_the_store_documentation_shares_the_token() {
    needs!("gcc", "g++", "python3");
    let (rig, folder) = (Rig::new(), TempFolder::new());
    let file = folder.path().join("token");
    let jobs = Jobs::new(&rig, file.display().to_string());
    // The program writes the record and our job uses its token; then the other way round.
    let python: Vec<OsString> = ["python3", "tests/python/store_record.py"].map(Into::into).into();
    let mut writes = jobs.run(&python);
    writes.arg("write").arg(rig.sim.issue_elsewhere());
    let output = start(writes).end();
    assert!(output.status.success(), "{}", text(&output));
    let output = start(jobs.push(0)).end();
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(rig.sim.counters().token_requests, 0);
    std::fs::remove_file(&file).expect("ours");
    assert!(start(jobs.push(1)).end().status.success());
    let mut reads: Command = jobs.run(&python);
    reads.arg("read").arg(rig.sim.live_token().expect("one is live"));
    let output = start(reads).end();
    assert!(text(&output).contains("the same token"), "{}", text(&output));
    assert_eq!(rig.sim.counters().token_requests, 1);
}
