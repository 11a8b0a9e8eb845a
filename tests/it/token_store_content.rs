//! The token store replaces its own records and nothing else, and so does the audit file.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Client, Config, ErrorKind, Event, Kind, OnStoreUnavailable, PushOptions};

use crate::harness::{RESOURCE, Rig, TempFolder, accounts, assert_kind, without_deletion_guard};
use crate::permissions::set_mode;

const KIND: Kind = Kind::USER_ACCOUNT;

pub struct Setup {
    pub rig: Rig,
    folder: TempFolder,
    events: Arc<Mutex<Vec<String>>>,
}

impl Setup {
    pub fn new() -> Setup {
        Setup { rig: Rig::unlimited(), folder: TempFolder::new(), events: Arc::default() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a private file.
    pub fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("ours");
        set_mode(&path, 0o600);
        path
    }

    fn config(&self) -> Config {
        let events = Arc::clone(&self.events);
        self.rig
            .config()
            .token_store(self.path("token").display().to_string())
            .on_store_unavailable(OnStoreUnavailable::Proceed)
            .on_event(move |event: &Event| events.lock().expect("no panic").push(event.to_string()))
    }

    pub fn client(&self) -> Client {
        Client::new(self.config()).expect("the store is safe")
    }

    pub fn requests(&self) -> u64 {
        self.rig.sim.counters().token_requests
    }

    /// Checks that neither a new client nor an existing one replaces this content.
    fn assert_left_alone(&self, content: &[u8], words: &str) {
        let existing = self.client();
        let path = self.write("token", content);
        let error = assert_kind(Client::new(self.config()), ErrorKind::UnusableStore).to_string();
        assert!(error.contains(words) && error.contains(&path.display().to_string()), "{error}");
        let error = assert_kind(existing.token(), ErrorKind::UnusableStore).to_string();
        assert!(error.contains(words), "{error}");
        assert_eq!(fs::read(&path).expect("it is there"), content, "it was changed");
        assert_eq!(self.requests(), 0);
        fs::remove_file(path).expect("ours");
    }
}

#[test]
fn content_that_is_not_a_token_record_is_refused_and_kept() {
    let setup = Setup::new();
    let contents: [&[u8]; 17] = [
        b"vcs_0123456789abcdef\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n",
        b"{\"receiptKind\":\"pushed\"}\n{\"receiptKind\":\"pushed\"}\n",
        b"{",
        b"{}",
        b"[]",
        b"\n",
        b"\xff\xfe\x00",
        b"{\"format\":1}",
        b"{\"format\":\"csv\",\"origin\":\"https://example.com\"}",
        b"{\"format\":1,\"rows\":[]}\n{\"format\":1,\"rows\":[]}\n",
        b"{\"format\":1,\"origin\":\"Berlin\",\"client\":1}",
        b"{\"format\":1,\"origin\":\"https://x.com\",\"client_id\":\"vci_other\",\"client_secret\":\"s3cret\"}",
        b"{\"format\":1,\"origin\":\"https://x.com\",\"rows\":[]}",
        b"{\"format\":1,\"origin\":\"https://x.com\"}\n{\"format\":1}\n",
        b"{\"format\":1,\"origin\":\"https://x.com\"\0\0and more",
        b"{\"format\":1,\"origin\":\"https://x.com\",oops",
    ];
    for content in contents {
        setup.assert_left_alone(content, "not a token record");
    }
}

#[test]
fn a_record_of_a_newer_format_is_refused_and_kept() {
    let setup = Setup::new();
    let newer = json!({
        "format": 2, "origin": setup.rig.sim.origin(), "client_id": "vci_x", "token": {"v2": "x"},
    });
    let torn = "{\"format\": 17, \"origin\": \"https://api.van";
    for (content, format) in [(newer.to_string().as_str(), 2), (torn, 17)] {
        setup.assert_left_alone(content.as_bytes(), &format!("a record of format {format}"));
    }
}

#[test]
fn a_complete_record_with_a_damaged_member_is_refused_and_kept() {
    let setup = Setup::new();
    setup.client().token().expect("a token");
    let path = setup.path("token");
    let whole: Value = serde_json::from_slice(&fs::read(&path).expect("there")).expect("JSON");
    for (member, value) in [
        ("/token/access_token", json!("")),
        ("/token/lifetime_s", json!("3600")),
        ("/token/asked", json!(null)),
        ("/requests", json!({})),
    ] {
        let mut record = whole.clone();
        *record.pointer_mut(member).expect("it is there") = value;
        let content = record.to_string();
        setup.write("token", content.as_bytes());
        let error = assert_kind(setup.client().token(), ErrorKind::UnusableStore).to_string();
        assert!(error.contains("changed or damaged") && error.contains("delete it"), "{error}");
        assert_eq!(fs::read(&path).expect("it is there"), content.as_bytes(), "{member}");
    }
    assert_eq!(setup.requests(), 1);
    fs::remove_file(&path).expect("ours");
    setup.client().token().expect("as the error says");
}

#[test]
fn a_torn_record_of_another_application_is_refused_and_kept() {
    let setup = Setup::new();
    let origin = setup.rig.sim.origin();
    for content in [
        "{\"format\":1,\"origin\":\"https://api.eu.vanta.com\",\"cli".to_owned(),
        format!("{{\"format\":1,\"origin\":\"{origin}\",\"client_id\":\"vci_other\",\"sa"),
    ] {
        let path = setup.write("token", content.as_bytes());
        let error = assert_kind(setup.client().token(), ErrorKind::UnusableStore).to_string();
        assert!(error.contains("of another application"), "{error}");
        assert_eq!(fs::read(&path).expect("it is there"), content.as_bytes());
    }
    assert_eq!(setup.requests(), 0);
}

#[test]
fn a_record_with_zeros_behind_it_is_read() {
    let setup = Setup::new();
    let token = setup.client().token().expect("a token");
    let record = fs::read(setup.path("token")).expect("it is there");
    setup.write("token", &[&record[..], &[0; 4096]].concat());
    assert_eq!(setup.client().token().expect("the same").secret(), token.secret());
    assert_eq!(setup.requests(), 1);
}

/// Content that contains the origin.
type WithOrigin<'a> = &'a dyn Fn(&str) -> Vec<u8>;

#[test]
fn an_empty_zeroed_or_torn_record_is_replaced_with_a_warning() {
    let torn = |origin: &str| format!("{{\"format\":1,\"origin\":\"{origin}\",\"cli").into_bytes();
    let torn_by_power_loss = |origin: &str| [torn(origin), vec![0; 4096]].concat();
    let contents: [WithOrigin<'_>; 6] = [
        &|_| Vec::new(),
        &|_| vec![0; 512],
        &torn,
        &torn_by_power_loss,
        &|_| b"{ \"format\" : 1 , \"ori".to_vec(),
        &|_| b"{\"format\":1".to_vec(),
    ];
    for content in contents {
        let setup = Setup::new();
        setup.write("token", &content(&setup.rig.sim.origin()));
        setup.client().token().expect("a token");
        let events = setup.events.lock().expect("no panic").join("\n");
        assert!(events.contains("its record cannot be read, and is replaced"), "{events}");
        let record = fs::read(setup.path("token")).expect("it is there");
        assert_eq!(serde_json::from_slice::<Value>(&record).expect("JSON")["format"], 1);
    }
}

#[test]
fn a_job_that_needs_a_permit_writes_a_torn_record_anew_with_the_permits_that_it_knows() {
    for content in [&[0; 512][..], b"{\"format\":1,\"ori"] {
        let setup = Setup::new();
        let client = Client::new(setup.config().requests_per_minute(20)).expect("right");
        client.list(&KIND, RESOURCE).expect("listed");
        setup.write("token", content);
        client.list(&KIND, RESOURCE).expect("listed");
        let record = fs::read(setup.path("token")).expect("it is there");
        let record: Value = serde_json::from_slice(&record).expect("JSON");
        assert_eq!(record["resource_requests"].as_array().map(Vec::len), Some(2));
        assert_eq!(record["requests"].as_array().map(Vec::len), Some(1));
        let events = setup.events.lock().expect("no panic").join("\n");
        assert!(events.contains("its record cannot be read, and is replaced"), "{events}");
        assert_eq!(setup.requests(), 1);
    }
}

#[test]
fn unknown_members_of_a_record_survive_a_read_modify_write() {
    let setup = Setup::new();
    let path = setup.path("token");
    let read =
        || -> Value { serde_json::from_slice(&fs::read(&path).expect("is there")).expect("JSON") };
    let client = setup.client();
    client.token().expect("a token");
    let mut record = read();
    let at = record["token"]["asked"].clone();
    record["colour"] = json!({"deep": [1, "two", null]});
    record["token"]["colour"] = json!("red");
    record["pause"] = json!({"at": at, "seconds": 1, "colour": 3});
    record["refusals"] = json!([{"fingerprint": "00", "at": at, "seconds": 1, "status": -60,
        "http_status": 401, "oauth_error": null, "excerpt": null, "colour": 4}]);
    record["resource_requests"] = json!([]);
    setup.write("token", record.to_string().as_bytes());
    // Makes a token request for which the record is read, changed and written; the token stays.
    let counted = Client::new(setup.config().requests_per_minute(20)).expect("right");
    counted.list(&KIND, RESOURCE).expect("listed");
    let after = read();
    assert_eq!(after["resource_requests"].as_array().map(Vec::len), Some(1));
    for place in ["/colour", "/token/colour", "/pause/colour", "/refusals/0/colour"] {
        assert_eq!(after.pointer(place), record.pointer(place), "{place}");
    }
    drop((client, counted));
    setup.rig.advance(Duration::from_secs(3600));
    setup.client().token().expect("a new one");
    assert_eq!(read()["colour"], record["colour"]);
    assert_eq!(read()["token"]["colour"], Value::Null, "it was said of the old token");
}

/// Returns a configuration with one more setting, which names a file.
type WithFile = fn(Config, &Path) -> Config;

const READ: [(&str, WithFile); 4] = [
    ("client_secret_file", |config, path| config.client_secret_file(path)),
    ("ca_file", |config, path| config.ca_file(path)),
    ("proxy_credentials_file", |config, path| config.proxy_credentials_file(path)),
    ("token_store_password_file", |config, path| config.token_store_password_file(path)),
];

fn store(config: Config, path: &Path) -> Config {
    config.token_store(path.display().to_string())
}

fn audit(config: Config, path: &Path) -> Config {
    config.audit_file(path)
}

#[cfg(unix)]
#[test]
fn a_file_that_the_library_writes_is_named_by_one_setting_alone() {
    let setup = Setup::new();
    let content = setup.rig.sim.client_secret();
    let file = setup.write("secret", content.as_bytes());
    fs::create_dir(setup.path("other")).expect("ours");
    symlink(&file, setup.path("other/symbolic")).expect("ours");
    fs::hard_link(&file, setup.path("other/hard")).expect("ours");
    symlink(setup.folder.path(), setup.path("other/folder")).expect("ours");
    let names =
        ["secret", "other/../secret", "other/symbolic", "other/hard", "other/folder/secret"];
    let other = setup.write("other/secret", b"user:password");
    for (setting, with) in READ {
        for name in names {
            for (writes, written) in [("token_store", store as WithFile), ("audit_file", audit)] {
                let base = Config::new().client_id("vci_x").client_secret_file(&other);
                let config = written(with(base, &file), &setup.path(name));
                let error = assert_kind(Client::new(config), ErrorKind::InvalidConfig).to_string();
                let words = format!("{writes} and {setting} are one file");
                assert!(error.contains(&words), "{name}: {error}");
            }
        }
    }
    assert_eq!(fs::read(&file).expect("it is there"), content.as_bytes());
}

#[test]
fn the_audit_file_is_not_one_that_the_store_writes() {
    let setup = Setup::new();
    // None of them exists yet.
    for (name, words) in [
        ("token", "token_store and audit_file"),
        ("token.lock", "the lock file of token_store and audit_file"),
        ("token.new", "the temporary file of token_store and audit_file"),
    ] {
        let config = setup.config().audit_file(setup.path("nowhere/..").join(name));
        let error = assert_kind(Client::new(config), ErrorKind::InvalidConfig).to_string();
        assert!(error.contains(words), "{error}");
    }
    let ca = setup.write("token.lock", setup.rig.sim.ca_pem().as_bytes());
    let error = assert_kind(Client::new(setup.config().ca_file(&ca)), ErrorKind::InvalidConfig);
    assert!(error.to_string().contains("and ca_file are one file"), "{error}");
    let shared = setup.rig.config().token_store(setup.path("other").display().to_string());
    let shared = shared.ca_file(&ca).proxy_credentials_file(&ca);
    Client::new(shared).expect("files that are only read may be shared");
}

#[test]
fn a_store_that_no_retry_makes_writable_is_a_configuration_error() {
    let setup = Setup::new();
    let file = setup.write("file", b"");
    let below_a_file = file.join("token").display().to_string();
    // For wine, such a file is not found.
    let long = cfg!(unix).then(|| setup.path(&"x".repeat(255)).display().to_string());
    // In a chroot this may be an ordinary folder.
    let in_sys = cfg!(unix) && fs::exists("/sys/kernel").is_ok_and(|exists| exists);
    let in_sys = in_sys.then(|| "/sys/vanta-token".to_owned());
    for path in in_sys.into_iter().chain(long).chain([below_a_file]) {
        let config = setup.config().token_store(&path);
        let token = Client::new(config).and_then(|client| client.token());
        let error = assert_kind(token, ErrorKind::UnusableStore);
        let name = path.split_at(16).0;
        assert!(error.to_string().contains(name), "{error}");
    }
    assert_eq!(setup.requests(), 0);
}

#[test]
fn a_path_may_be_longer_than_old_programs_of_windows_allow() {
    let setup = Setup::new();
    let folder = setup.path(&"x".repeat(120)).join("y".repeat(120));
    fs::create_dir_all(&folder).expect("ours");
    let path = folder.join("new/token");
    let config = || setup.config().token_store(path.display().to_string());
    let token = Client::new(config()).expect("safe").token().expect("a token");
    assert!(path.is_file());
    let another = Client::new(config()).expect("safe").token().expect("the same");
    assert_eq!((another.secret(), setup.requests()), (token.secret(), 1));
}

#[cfg(unix)]
#[test]
fn the_last_folder_of_the_path_is_created_for_its_owner_alone() {
    let setup = Setup::new();
    let at = |name: &str| setup.config().token_store(setup.path(name).display().to_string());
    Client::new(at("new/token")).expect("safe").token().expect("a token");
    let mode = |name: &str| fs::metadata(setup.path(name)).expect("is there").mode() & 0o7777;
    assert_eq!(mode("new"), 0o700);
    let error = assert_kind(Client::new(at("no/such/token")), ErrorKind::UnusableStore);
    assert!(error.to_string().contains("neither does the folder above it"), "{error}");
    assert!(!setup.path("no").exists());
    let group = fs::metadata(setup.folder.path()).expect("ours").gid();
    let grouped = at("shared/token").token_store_group(group.to_string());
    Client::new(grouped).expect("safe").token().expect("a token");
    assert_eq!(mode("shared"), 0o2770);
}

/// Returns the results of a push with the audit file, and of reading it.
#[cfg(unix)]
fn audit_errors(setup: &Setup, path: &Path) -> [String; 2] {
    let client = Client::new(setup.rig.config().audit_file(path)).expect("right");
    let push = client.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard());
    let read = PushOptions::new().baseline_from_audit(path, &KIND, RESOURCE);
    [
        assert_kind(push, ErrorKind::UnwritableFile).to_string(),
        assert_kind(read, ErrorKind::UnreadableFile).to_string(),
    ]
}

#[cfg(unix)]
#[test]
fn the_audit_file_gets_the_checks_of_the_token_store() {
    let setup = Setup::new();
    let content = b"three years of receipts\n";
    let file = setup.write("audit", content);
    let assert_refused = |path: &Path, words: &str| {
        for error in audit_errors(&setup, path) {
            let named = error.contains(&path.display().to_string());
            assert!(named && error.contains(words), "{error}");
        }
    };
    symlink(&file, setup.path("symbolic")).expect("ours");
    assert_refused(&setup.path("symbolic"), "is a symbolic link");
    fs::hard_link(&file, setup.path("hard")).expect("ours");
    assert_refused(&file, "a hard link");
    fs::remove_file(setup.path("hard")).expect("ours");
    for mode in [0o644, 0o660, 0o602] {
        set_mode(&file, mode);
        assert_refused(&file, "chmod 600 it");
    }
    set_mode(&file, 0o600);
    if chown(&file, Some(12345), None).is_ok() {
        assert_refused(&file, "belongs to user 12345, and this process runs as user 0");
    } else {
        eprintln!("NOT RUN: only root can give a file away");
    }
    assert_eq!(fs::read(&file).expect("is there"), content);
    assert_eq!(setup.rig.sim.counters().connections, 0);
}
