//! Custom token stores, and programs that share a store by its documentation.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use vanta::{Client, Config, LockedRecord, StoreError, TokenStore};

use crate::harness::{Desk, TempFolder};
use crate::jobs::{Jobs, start, text};
use crate::languages::{BUILT, command, secret_file, succeed};

type Bytes = zeroize::Zeroizing<Vec<u8>>;

/// What the store was asked for, and what it answers.
#[derive(Default)]
struct Told {
    record: Option<Vec<u8>>,
    locks: u32,
    saves: u32,
    reads: u32,
    /// Whether it can be read without its lock.
    readable: bool,
    locked: bool,
    answer: Answer,
    /// Is called while the lock is held.
    caller: Option<Client>,
    called_back: i32,
    holds: Holds,
}

/// How long each lock was asked for.
type Holds = Arc<Mutex<Vec<Duration>>>;

/// A store in memory, and what it was asked for.
pub fn watched() -> (impl TokenStore + 'static, Holds) {
    let store = Kept::default();
    let holds = Arc::clone(&store.told().holds);
    (store, holds)
}

#[derive(Clone, Copy, Default)]
enum Answer {
    #[default]
    Done,
    Busy,
    Away,
    Unusable,
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Told>>);

impl Kept {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().expect("no panic")
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept")
    }
}

impl TokenStore for Kept {
    fn name(&self) -> String {
        "a store in Rust".to_owned()
    }

    fn try_lock(
        &self,
        key: &str,
        hold: Duration,
    ) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        assert!(key.contains("vci_") && !hold.is_zero());
        let mut told = self.told();
        match told.answer {
            Answer::Busy => return Ok(None),
            Answer::Away => return Err(StoreError::unavailable("away")),
            Answer::Unusable => return Err(StoreError::unusable("mend me")),
            Answer::Done => {}
        }
        told.locks += 1;
        told.locked = true;
        told.holds.lock().expect("no panic").push(hold);
        Ok(Some(Box::new(self.clone())))
    }

    fn read(&self, _: &str) -> Result<Option<Bytes>, StoreError> {
        let mut told = self.told();
        if !told.readable {
            return Err(StoreError::unsupported());
        }
        told.reads += 1;
        Ok(told.record.clone().map(Bytes::new))
    }
}

impl LockedRecord for Kept {
    fn load(&mut self) -> Result<Option<Bytes>, StoreError> {
        let caller = self.told().caller.take();
        if let Some(client) = caller {
            self.told().called_back = client.token().map_or_else(|error| error.code(), |_| 0);
        }
        Ok(self.told().record.clone().map(Bytes::new))
    }

    fn save(&mut self, record: &[u8]) -> Result<(), StoreError> {
        let mut told = self.told();
        told.record = Some(record.to_vec());
        told.saves += 1;
        Ok(())
    }
}

/// Gives the lock back.
impl Drop for Kept {
    fn drop(&mut self) {
        if let Ok(mut told) = self.0.lock() {
            told.locked = false;
        }
    }
}

/// A new client has no token in memory: it must ask the store.
fn fresh(config: &Config, ms: u64) -> (i32, Client) {
    let client = Client::new(config.clone()).expect("well formed");
    let hasty = client.with_deadline(Duration::from_millis(ms));
    (hasty.token().map_or_else(|error| error.code(), |_| 0), client)
}

fn in_rust(desk: &Desk) -> String {
    let store = Kept::default();
    let config = desk.config().custom_token_store(store.clone());
    let counts = || {
        let told = store.told();
        format!("locks {} saves {}", told.locks, told.saves)
    };
    let mut lines = format!("minted {} {}\n", fresh(&config, 10_000).0, counts());
    let (status, client) = fresh(&config, 10_000);
    let snapshot = client.snapshot();
    let source = snapshot.source as i32;
    let named = if snapshot.store == "a store in Rust" { "named" } else { "not named" };
    lines += &format!("adopted {status} {} source {source} store {named}\n", counts());
    drop(client);
    for (word, answer, ms) in [
        ("busy", Answer::Busy, 300),
        ("away", Answer::Away, 10_000),
        ("unusable", Answer::Unusable, 10_000),
    ] {
        store.told().answer = answer;
        lines += &format!("{word} {}\n", fresh(&config, ms).0);
    }
    store.told().readable = true;
    store.told().answer = Answer::Busy;
    let status = fresh(&config, 300).0;
    let reads = store.told().reads;
    lines += &format!("read while locked {status} reads {reads} {}\n", counts());
    store.told().readable = false;
    store.told().answer = Answer::Done;
    let caller = Client::new(config.clone()).expect("well formed");
    store.told().caller = Some(caller);
    let status = fresh(&config, 10_000).0;
    lines += &format!("called back {status} {}\n", store.told().called_back);
    drop(config);
    let (destroyed, locked) = (Arc::strong_count(&store.0), store.told().locked);
    lines + &format!("destroyed {destroyed} locked {}\n", i32::from(locked))
}

#[test]
fn a_store_of_callbacks_behaves_the_same_in_every_language() {
    needs!("gcc", "g++", "python3");
    let expected = "minted 0 locks 1 saves 2\n\
                    adopted 0 locks 2 saves 2 source 2 store named\n\
                    busy -77\naway -76\nunusable -24\n\
                    read while locked 0 reads 1 locks 2 saves 2\n\
                    called back 0 -5\ndestroyed 1 locked 0\n";
    assert_eq!(in_rust(&Desk::new()), expected);
    let c = BUILT.compile("gcc", "-std=c99", "tests/c/store.c").into_os_string();
    let cpp = BUILT.compile("g++", "-std=c++17", "tests/cpp/store.cpp").into_os_string();
    for words in [vec![c], vec![cpp], BUILT.python("tests/python/store.py")] {
        let desk = Desk::new();
        let secret = secret_file(&desk);
        let output = succeed(&mut command(&desk, &secret, &words));
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{words:?}");
        assert_eq!(desk.sim.books().token_requests, 1, "{words:?}");
    }
}

#[test]
fn stores_of_python_survive_many_threads_and_interrupts() {
    needs!("python3");
    let desk = Desk::new();
    let secret = secret_file(&desk);
    let words = BUILT.python("tests/python/races.py");
    let output = succeed(&mut command(&desk, &secret, &words));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let expected = "160 clients, {-74} 0 failures\ntry_lock -76\nload -76\nsave -76\n";
    assert_eq!(told, expected);
    assert_eq!(desk.sim.books().token_requests, 0, "an interrupt before the request costs none");
}

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/token-store.md");
    std::fs::read_to_string(path).expect("the page is there")
}

/// The members of a record that stand in no table of the page.
fn untold(record: &serde_json::Value, within: &str, page: &str) -> Vec<String> {
    let mut untold = Vec::new();
    for (name, value) in record.as_object().into_iter().flatten() {
        let path = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
        if !page.contains(&format!("`{path}`")) {
            untold.push(path.clone());
        }
        if name == "token" {
            untold.extend(self::untold(value, &path, page));
        }
    }
    untold
}

#[test]
fn store_documentation_names_every_member_of_a_record() {
    let (desk, folder) = (Desk::new(), TempFolder::new());
    let file = folder.path().join("token");
    let client = desk.config().token_store(file.display().to_string());
    Client::new(client).expect("safe").token().expect("a token");
    let record = std::fs::read(&file).expect("it is there");
    let record: serde_json::Value = serde_json::from_slice(&record).expect("JSON");
    assert_eq!(untold(&record, "", &page()), Vec::<String>::new());
    assert!(record["token"]["asked"]["boot_ms"].is_u64());
    let strange = serde_json::json!({"token": {"colour": 1}});
    assert_eq!(untold(&strange, "", &page()), ["token.colour"]);
}

#[test]
fn program_written_from_the_store_documentation_shares_the_token() {
    needs!("gcc", "g++", "python3");
    let (desk, folder) = (Desk::new(), TempFolder::new());
    let file = folder.path().join("token");
    let jobs = Jobs::new(&desk, file.display().to_string());
    // It makes the record; ours takes its token. Then it takes the token of ours.
    let python: Vec<OsString> = ["python3", "tests/python/joins.py"].map(Into::into).into();
    let mut writes = jobs.run(&python);
    writes.arg("write").arg(desk.sim.mint_elsewhere());
    let output = start(writes).end();
    assert!(output.status.success(), "{}", text(&output));
    let output = start(jobs.push(0)).end();
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(desk.sim.books().token_requests, 0);
    std::fs::remove_file(&file).expect("ours");
    assert!(start(jobs.push(1)).end().status.success());
    let mut reads: Command = jobs.run(&python);
    reads.arg("read").arg(desk.sim.live_token().expect("one lives"));
    let output = start(reads).end();
    assert!(text(&output).contains("the same token"), "{}", text(&output));
    assert_eq!(desk.sim.books().token_requests, 1);
}
