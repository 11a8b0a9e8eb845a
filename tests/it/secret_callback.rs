//! A client secret from a callback: called for each token request, validated like one from a file,
//! and called while no lock is held.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use vanta::{Action, Client, Config, Error, ErrorKind, Kind, Secret};

use crate::file_locks::try_lock;
use crate::harness::{
    RESOURCE, Rig, TempFile, TempFolder, accounts, assert_kind, without_deletion_guard,
};
use crate::languages::{BUILT, command, succeed};

/// The last result of a callback, and how often it was called.
#[derive(Clone)]
struct Vault(Arc<Mutex<Result<String, String>>>, Arc<AtomicU64>);

impl Vault {
    fn holding(secret: impl Into<String>) -> Vault {
        Vault(Arc::new(Mutex::new(Ok(secret.into()))), Arc::default())
    }

    fn put(&self, content: Result<String, String>) {
        *self.0.lock().expect("no panic") = content;
    }

    fn calls(&self) -> u64 {
        self.1.load(Ordering::SeqCst)
    }

    /// Returns the rig's configuration with this callback as the only source of the secret.
    fn config(&self, rig: &Rig) -> Config {
        let vault = self.clone();
        without_secret(rig).client_secret_callback(move || {
            vault.1.fetch_add(1, Ordering::SeqCst);
            vault.0.lock().expect("no panic").clone().map(Secret::new)
        })
    }
}

fn without_secret(rig: &Rig) -> Config {
    Config::new()
        .origin(rig.sim.origin())
        .client_id(rig.sim.client_id())
        .ca_file(rig.ca.path())
        .clock(rig.clock.clone())
}

#[test]
fn the_callback_is_called_for_each_token_request_and_not_before() {
    let rig = Rig::new();
    let vault = Vault::holding(rig.sim.client_secret());
    let client = Client::new(vault.config(&rig)).expect("right");
    assert_eq!(vault.calls(), 0);
    client.token().expect("a token");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("with the cached token");
    assert_eq!(vault.calls(), 1);
    // The secret is rotated, without a new client.
    rig.sim.set_client_secret("vcs_rotated_c0ffee");
    vault.put(Ok("\u{feff} vcs_rotated_c0ffee\r\n".to_owned()));
    rig.advance(Duration::from_secs(3600));
    client
        .push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
        .expect("pushed");
    assert_eq!((vault.calls(), rig.sim.counters().token_requests), (2, 2));
}

#[test]
fn an_error_of_the_callback_is_quoted_and_makes_no_token_request() {
    let rig = Rig::new();
    let vault = Vault::holding(rig.sim.client_secret());
    vault.put(Err("the vault\nis sealed vcs_hunter2 key=vat_hunter2".to_owned()));
    let client = Client::new(vault.config(&rig)).expect("right");
    let error = assert_kind(client.token(), ErrorKind::SecretUnavailable);
    let words = "requesting a token: the client secret is not available: its callback failed with \
                 \"the vault is sealed *** ***\"";
    assert_eq!(error.to_string(), words);
    assert_eq!((error.action(), error.attempts()), (Action::RetryLater, 0));
    assert_eq!(rig.sim.counters().token_requests, 0);
    vault.put(Err("x".repeat(10_000)));
    let error = assert_kind(client.token(), ErrorKind::SecretUnavailable).to_string();
    assert!(error.len() < 500, "{error}");
    // The failure is not remembered.
    vault.put(Ok(rig.sim.client_secret()));
    let token = client.token().expect("a token");
    // A token that has not expired is used while the callback fails again.
    vault.put(Err("sealed".to_owned()));
    rig.advance(Duration::from_secs(3575));
    assert_eq!(client.token().expect("the old one").secret(), token.secret());
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn a_secret_from_a_callback_is_validated_like_one_from_a_file() {
    for (secret, kind, words) in [
        ("", ErrorKind::MissingCredentials, "the client secret from its callback is empty"),
        (" \n", ErrorKind::MissingCredentials, "is empty"),
        ("vcs_hunter2 x", ErrorKind::InvalidConfig, "from its callback holds white space"),
        ("vcs_hunt\u{e9}r2", ErrorKind::InvalidConfig, "non-ASCII"),
        ("A=1\nB=vcs_hunter2", ErrorKind::InvalidConfig, "looks like NAME=value"),
        (&"x".repeat((16 << 10) + 1), ErrorKind::InvalidConfig, "has 16385 bytes"),
        ("'hunter2'", ErrorKind::InvalidClient, "the client secret from its callback is in quotes"),
    ] {
        let rig = Rig::new();
        let client = Client::new(Vault::holding(secret).config(&rig)).expect("right");
        let error = assert_kind(client.token(), kind).to_string();
        assert!(error.contains(words) && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a_callback_that_calls_the_client_gets_an_error_and_no_deadlock() {
    let rig = Rig::new();
    let held: Arc<Mutex<Option<Client>>> = Arc::default();
    let kinds: Arc<Mutex<Vec<ErrorKind>>> = Arc::default();
    let (inner, list, secret) = (Arc::clone(&held), Arc::clone(&kinds), rig.sim.client_secret());
    let config = without_secret(&rig).client_secret_callback(move || {
        let client = inner.lock().expect("no panic").clone().expect("it is made");
        let kinds = [
            client.token().map(drop),
            client.list(&Kind::USER_ACCOUNT, RESOURCE).map(drop),
            client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).map(drop),
        ];
        let kinds = kinds.map(|result| result.expect_err("it would wait for itself").kind());
        list.lock().expect("no panic").extend(kinds);
        Ok::<_, Error>(Secret::new(secret.as_str()))
    });
    let client = Client::new(config).expect("right");
    *held.lock().expect("no panic") = Some(client.clone());
    client.token().expect("a token");
    assert_eq!(*kinds.lock().expect("no panic"), [ErrorKind::Reentrant; 3]);
    held.lock().expect("no panic").take();
}

#[test]
fn the_store_is_not_locked_while_the_callback_runs() {
    let rig = Rig::new();
    let folder = TempFolder::new();
    let store = folder.path().join("token");
    let lock = folder.path().join("token.lock");
    let secret = rig.sim.client_secret();
    let config = without_secret(&rig).token_store(store.display().to_string());
    let client = Client::new(config.client_secret_callback(move || {
        if let Ok(file) = OpenOptions::new().read(true).write(true).open(&lock) {
            assert!(try_lock(&file), "another process could have the lock now");
        }
        Ok::<_, Error>(Secret::new(secret.as_str()))
    }));
    let client = client.expect("right");
    client.token().expect("a token");
    rig.advance(Duration::from_secs(3600));
    client.token().expect("another one");
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn a_secret_has_one_source_and_one_that_is_not_needed_is_not_read() {
    let rig = Rig::new();
    let vault = Vault::holding(rig.sim.client_secret());
    let file = TempFile::new("secret", b"vcs_x");
    for config in [
        vault.config(&rig).client_secret("vcs_x"),
        vault.config(&rig).client_secret_file(file.path()),
    ] {
        let error = assert_kind(Client::new(config), ErrorKind::InvalidConfig).to_string();
        assert!(error.contains("keep only one of"), "{error}");
    }
    let reader = Client::new(vault.config(&rig).token_from_store_only(true)).expect("right");
    assert_kind(reader.token(), ErrorKind::TokenRequestNotAllowed);
    assert_eq!(vault.calls(), 0);
    let shown = format!("{:?}", vault.config(&rig));
    assert!(shown.contains("SecretCallback"), "{shown}");
}

/// Checks the output of a program with a callback in its language.
fn run(words: &[OsString]) {
    let rig = Rig::new();
    let absent = TempFile::new("secret", b"");
    let mut command = command(&rig, &absent, words);
    // The callback has precedence over the file of the environment, which is empty.
    command.arg(rig.sim.client_secret());
    let output = succeed(&mut command);
    let expected = "calls 0\nsealed -26 1\ninside -5\ntoken 0\ncalls 1\nlist 0\ncalls 1\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{words:?}");
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn a_secret_comes_from_a_callback_of_c_cpp_and_python() {
    needs!("gcc", "g++", "python3");
    run(&[BUILT.compile("gcc", "-std=c99", "tests/c/secret_callback.c").into()]);
    run(&[BUILT.compile("g++", "-std=c++17", "tests/cpp/secret_callback.cpp").into()]);
    run(&BUILT.python("tests/python/secret_callback.py"));
}
