//! A valid token in the store is used without the store's lock, whatever the lock's holder does.

use std::fs::{self, File, OpenOptions};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Client, ErrorKind, Kind, Source};

use crate::file_locks::try_lock;
use crate::harness::{Fault, Place, RESOURCE, Rig, TempFolder, assert_kind};
use crate::jobs::{Jobs, start, text, until};
use crate::permissions::set_mode;

struct Setup {
    rig: Rig,
    folder: TempFolder,
}

impl Setup {
    /// Makes a rig with a token in the store, and no client.
    fn new() -> Setup {
        let rig = Rig::on_one_clock(|settings| {
            settings.token_limit_per_minute = None;
            settings.resource_limit_per_minute = None;
        });
        let setup = Setup { rig, folder: TempFolder::new() };
        setup.client().token().expect("a token");
        setup
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a client without a cached token.
    fn client(&self) -> Client {
        let store = self.path("token").display().to_string();
        let config = self.rig.config().token_store(store).deadline(Duration::from_secs(5));
        Client::new(config).expect("the store is safe")
    }

    fn record(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path("token")).expect("is there")).expect("JSON")
    }

    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let mut record = self.record();
        change(&mut record);
        fs::write(self.path("token"), record.to_string()).expect("ours");
    }

    /// Holds the lock until the result is dropped, as another process does.
    fn lock(&self) -> File {
        let options = OpenOptions::new().read(true).write(true).clone();
        let file = options.open(self.path("token.lock")).expect("a client made it");
        assert!(try_lock(&file));
        file
    }

    /// Less than the expiry margin of 30 s is left of the token's lifetime.
    fn make_old(&self) {
        self.rig.advance(Duration::from_secs(3572));
    }

    fn requests(&self) -> u64 {
        self.rig.sim.counters().token_requests
    }
}

#[test]
fn a_good_token_is_used_while_another_process_holds_the_lock() {
    let setup = Setup::new();
    let token = setup.record()["token"]["access_token"].clone();
    let _locked = setup.lock();
    let client = setup.client();
    let adopted = client.token().expect("no lock is needed");
    assert_eq!(json!(adopted.secret().expose()), token);
    let snapshot = client.snapshot();
    assert_eq!((snapshot.source, snapshot.from_store), (Source::Store, 1));
    assert_eq!((snapshot.generation, setup.requests()), (1, 1));
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("it works");
}

#[test]
fn a_slow_server_of_one_job_does_not_block_the_stored_token_for_others() {
    needs!("gcc", "g++", "python3");
    let setup = Setup::new();
    // The job needs another scope too, so it requests the next token.
    let scope = "connectors.self:read-resource";
    setup.edit(|record| record["token"]["scopes"] = json!(scope));
    let jobs = Jobs::new(&setup.rig, setup.path("token").display().to_string());
    let job = jobs.push(3);
    setup.rig.script(Place::Token, Fault::Delay(Duration::from_secs(5)));
    let slow = start(job);
    until("the job has requested one", || setup.requests() == 2);
    assert!(setup.record()["started"].is_object(), "the request is under way");
    let store = setup.path("token").display().to_string();
    let config = setup.rig.config().token_store(store).scope(scope);
    let client = Client::new(config).expect("the store is safe");
    let token = client.token().expect("the good one, at once");
    assert!(setup.record()["started"].is_object(), "the request is under way still");
    assert_eq!(json!(token.secret().expose()), setup.record()["token"]["access_token"]);
    assert!(!client.snapshot().maybe_revoked);
    let output = slow.end();
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(setup.requests(), 2);
}

#[test]
fn while_a_request_is_under_way_the_old_token_is_used_at_once() {
    let setup = Setup::new();
    let mut now = setup.record()["token"]["asked"].clone();
    for clock in ["boot_ms", "wall_ms"] {
        now[clock] = json!(now[clock].as_u64().expect("a number") + 3_570_000);
    }
    setup.make_old();
    setup.edit(|record| record["started"] = now);
    let _locked = setup.lock();
    let client = setup.client();
    let token = client.token().expect("the old one");
    assert_eq!(json!(token.secret().expose()), setup.record()["token"]["access_token"]);
    assert_eq!((client.snapshot().from_store, client.snapshot().renewal_failures), (1, 0));
    assert_eq!(setup.requests(), 1);
}

#[test]
fn reading_without_the_lock_writes_nothing_and_ignores_a_request_under_way() {
    let setup = Setup::new();
    setup.edit(|record| record["started"] = record["token"]["asked"].clone());
    fs::remove_file(setup.path("token.lock")).expect("ours");
    let before = fs::read(setup.path("token")).expect("is there");
    let client = setup.client();
    client.token().expect("the token of the record");
    assert!(!client.snapshot().maybe_revoked, "only the next holder of the lock may say so");
    assert_eq!(fs::read(setup.path("token")).expect("is there"), before);
    assert!(!setup.path("token.lock").exists(), "no lock was taken");
    assert_eq!(setup.requests(), 1);
}

#[test]
fn after_a_401_the_lock_is_waited_for_and_no_request_made_without_it() {
    let setup = Setup::new();
    setup.edit(|record| record["started"] = record["token"]["asked"].clone());
    let locked = setup.lock();
    let client = setup.client();
    let token = client.token().expect("the old token");
    client.report_token_rejected(&token);
    let short_deadline = client.with_deadline(Duration::from_secs(1));
    assert_kind(short_deadline.token(), ErrorKind::StoreLocked);
    assert_eq!(setup.requests(), 1);
    drop(locked);
    client.token().expect("a new one, under the lock");
    assert_eq!(setup.requests(), 2);
}

#[test]
fn an_old_token_is_used_when_the_lock_cannot_be_had() {
    let setup = Setup::new();
    setup.make_old();
    let old = setup.record()["token"]["access_token"].clone();
    let _locked = setup.lock();
    let client = setup.client();
    let token = client.token().expect("the old one");
    assert_eq!(json!(token.secret().expose()), old);
    assert_eq!((setup.requests(), client.snapshot().renewal_failures), (1, 1));
}

#[test]
fn a_reader_makes_the_checks_of_owner_mode_and_content() {
    let setup = Setup::new();
    let client = setup.client();
    if cfg!(unix) {
        set_mode(&setup.path("token"), 0o644);
        let error = assert_kind(client.token(), ErrorKind::UnusableStore);
        assert!(error.to_string().contains("mode 0644"), "{error}");
        set_mode(&setup.path("token"), 0o600);
    }
    setup.edit(|record| record["client_id"] = json!("vci_another"));
    let error = assert_kind(client.token(), ErrorKind::UnusableStore);
    assert!(error.to_string().contains("give each application its own"), "{error}");
    assert_eq!(setup.requests(), 1);
}
