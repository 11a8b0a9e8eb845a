//! A simulated Vanta and its client on loopback, with a clock that the test moves.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::secret_leaks::{self, Moment};
use serde_json::{Value, json};
use vanta::{Body, Client, Clock, Config, Error, ErrorKind, Event, Kind, PushOptions, TestClock};
pub use vanta_simulator::{Fault, Place, Settings, Simulator};

pub const RESOURCE: &str = "66f0c0ffee0000000000a001";

/// The events of a client.
#[derive(Clone, Default)]
pub struct EventLog(Arc<Mutex<Vec<Event>>>);

impl EventLog {
    pub fn events(&self) -> Vec<Event> {
        self.0.lock().expect("no handler panics").clone()
    }
}

/// Payloads that Vanta accepts.
pub const VALID_FIXTURES: [(&str, Kind); 7] = [
    ("01_user_account_3.json", Kind::USER_ACCOUNT),
    ("02_user_account_1200.json", Kind::USER_ACCOUNT),
    ("05_vulnerable_component_400.json", Kind::VULNERABLE_COMPONENT),
    ("07_static_analysis_150.json", Kind::STATIC_ANALYSIS_VULNERABILITY),
    ("09_background_check_80.json", Kind::BACKGROUND_CHECK),
    ("11_custom_resource_220.json", Kind::CUSTOM_RESOURCE),
    ("12_secret_40_inventory.json", Kind::SECRET),
];

pub struct Rig {
    pub sim: Simulator,
    pub clock: TestClock,
    pub ca: TempFile,
    /// The clock that the processes of the test share, if there are any.
    pub clock_file: Option<TempFile>,
    /// Before its secrets existed.
    start: Moment,
    checked: bool,
    /// Whether the client has the rate limit of the simulator.
    paced: bool,
}

impl Rig {
    pub fn new() -> Rig {
        Rig::with(|_| ())
    }

    pub fn with(change: impl FnOnce(&mut Settings)) -> Rig {
        secret_leaks::install_logger();
        let start = Moment::now();
        let mut settings = Settings::default();
        change(&mut settings);
        let paced = settings.resource_limit_per_minute.is_some();
        let sim = Simulator::start_with(settings);
        let ca = TempFile::new("pem", sim.ca_pem().as_bytes());
        Rig { sim, clock: TestClock::new(), ca, clock_file: None, start, checked: true, paced }
    }

    /// Makes a rig with one clock for the simulator and all processes. A wait of one moves it for
    /// all.
    pub fn on_one_clock(change: impl FnOnce(&mut Settings)) -> Rig {
        let mut rig = Rig::with(change);
        let file = TempFile::new("clock", b"");
        rig.clock = TestClock::shared(file.path()).expect("the file can be mapped");
        let clock = rig.clock.clone();
        rig.sim.follow_clock(move || (clock.monotonic(), clock.wall()));
        rig.clock_file = Some(file);
        rig
    }

    /// Makes a rig without rate limits.
    pub fn unlimited() -> Rig {
        Rig::with(|settings| {
            settings.token_limit_per_minute = None;
            settings.resource_limit_per_minute = None;
        })
    }

    pub fn config(&self) -> Config {
        Config::new()
            .origin(self.sim.origin())
            .client_id(self.sim.client_id())
            .client_secret(self.sim.client_secret())
            .ca_file(self.ca.path())
            .clock(self.clock.clone())
            .deadline(Duration::from_secs(20))
            .requests_per_minute(self.requests_per_minute())
    }

    /// Returns 0, no limit, where the simulator has none.
    pub fn requests_per_minute(&self) -> u32 {
        if self.paced { 20 } else { 0 }
    }

    pub fn client(&self) -> Client {
        Client::new(self.config()).expect("the configuration is right")
    }

    /// Returns a configuration whose events are recorded, and their log.
    pub fn with_event_log(&self) -> (Config, EventLog) {
        let log = EventLog::default();
        let recorder = log.clone();
        let listen =
            move |event: &Event| recorder.0.lock().expect("no handler panics").push(event.clone());
        (self.config().on_event(listen), log)
    }

    /// Turns the check for secrets off, for the one test that shows a secret.
    pub fn leave_unchecked(mut self) {
        self.checked = false;
    }

    /// Advances the clocks of client and server.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
        if self.clock_file.is_none() {
            self.sim.advance(by);
        }
    }

    pub fn script(&self, place: Place, fault: Fault) {
        self.sim.script(place, [fault]);
    }

    pub fn reply(&self, place: Place, status: u16, body: &str) {
        self.reply_with(place, status, &[], body);
    }

    pub fn reply_with(&self, place: Place, status: u16, headers: &[(&str, &str)], body: &str) {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let headers = headers.iter().map(own).collect();
        self.script(place, Fault::Reply { status, headers, body: body.as_bytes().to_vec() });
    }
}

impl Drop for Rig {
    /// Checks that no output of any thread contains a secret of this rig.
    fn drop(&mut self) {
        if thread::panicking() || !self.checked {
            return;
        }
        let mut secrets = vec![self.sim.client_secret()];
        secrets.extend(self.sim.live_token());
        for request in self.sim.requests() {
            let headers = request.headers.iter();
            secrets
                .extend(headers.filter_map(|(_, v)| v.strip_prefix("Bearer ")).map(str::to_owned));
        }
        secrets.sort();
        secrets.dedup();
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        assert_eq!(self.start.find(&secrets), None, "a secret was shown after this");
    }
}

/// A private folder that is deleted with the test.
pub struct TempFolder(PathBuf);

impl TempFolder {
    pub fn new() -> TempFolder {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let name = format!("vanta-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // With a drive, where there are drives.
        let path = std::path::absolute(path).expect("there is a current folder");
        create_private(&path);
        TempFolder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file that only its owner may read and write.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        write_private(&self.0.join(name), bytes);
    }
}

/// Makes a folder that only its owner may use, as folders are on Windows.
pub fn create_private(path: &Path) {
    #[cfg(unix)]
    let created =
        std::os::unix::fs::DirBuilderExt::mode(&mut fs::DirBuilder::new(), 0o700).create(path);
    #[cfg(windows)]
    let created = fs::create_dir(path);
    created.expect("the test's folder can be written");
}

fn write_private(path: &Path, bytes: &[u8]) {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true);
    let mut file = options.open(path).expect("the test's folder can be written");
    file.write_all(bytes).expect("the test's folder can be written");
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A file that is deleted with the test.
pub struct TempFile(PathBuf);

impl TempFile {
    pub fn new(ending: &str, bytes: &[u8]) -> TempFile {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let name = format!("vanta-{}-{number}.{ending}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        write_private(&path, bytes);
        TempFile(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

pub fn fixture_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub fn fixture(name: &str) -> Vec<u8> {
    fs::read(fixture_path(name)).expect("the fixture is there")
}

pub fn account(id: &str) -> Value {
    json!({
        "uniqueId": id, "displayName": id, "externalUrl": format!("https://x.example.com/{id}"),
        "fullName": id, "accountName": id, "email": format!("{id}@example.com"),
        "permissionLevel": "BASE", "createdTimestamp": "2026-01-01T00:00:00Z",
        "status": "ACTIVE", "mfaEnabled": true, "mfaMethods": ["OTP"], "authMethod": "PASSWORD",
    })
}

/// Makes a body of accounts with these ids.
pub fn accounts(ids: &[&str]) -> Body {
    let records: Vec<Value> = ids.iter().map(|id| account(id)).collect();
    Body::from_records(RESOURCE, &records).expect("the records are right")
}

/// Turns the deletion guard off, so that a push does not read the remote records first.
pub fn without_deletion_guard() -> PushOptions {
    PushOptions::new().allow_any_removals(true)
}

/// Returns a stopped clock: no deadline passes while a slow machine works.
pub fn stopped_clock() -> TestClock {
    let clock = TestClock::new();
    clock.stop();
    clock
}

#[track_caller]
pub fn assert_kind<T: std::fmt::Debug>(result: Result<T, Error>, kind: ErrorKind) -> Error {
    let error = result.expect_err("this must fail");
    secret_leaks::record_output(&format!("{error}\n{error:?}\n"));
    assert_eq!(error.kind(), kind, "{error}");
    error
}
