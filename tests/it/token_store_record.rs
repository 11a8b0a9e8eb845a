//! The record of the token store is untrusted: absurd numbers and texts in it have no effect on a
//! call.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Client, Config, ErrorKind, Kind};

use crate::harness::{Fault, Place, RESOURCE, Rig, TempFolder, assert_kind};

/// Makes a rig, and a store whose record the test edits.
struct Office {
    rig: Rig,
    folder: TempFolder,
}

impl Office {
    fn new() -> Office {
        Office { rig: Rig::unlimited(), folder: TempFolder::new() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("token")
    }

    fn config(&self) -> Config {
        self.rig.config().token_store(self.file().display().to_string())
    }

    fn client(&self) -> Client {
        Client::new(self.config()).expect("the store is safe")
    }

    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let record = fs::read(self.file()).expect("it is there");
        let mut record: Value = serde_json::from_slice(&record).expect("JSON");
        change(&mut record);
        fs::write(self.file(), record.to_string()).expect("ours");
    }

    fn requests(&self) -> u64 {
        self.rig.sim.counters().token_requests
    }
}

#[test]
fn store_record_with_absurd_numbers_delays_nothing_for_long() {
    let office = Office::new();
    let old = office.rig.sim.client_secret();
    let stale = || Client::new(office.config().client_secret(old.as_str())).expect("safe");
    office.rig.sim.set_client_secret("vcs_rotated");
    assert_kind(stale().token(), ErrorKind::InvalidClient);
    office.edit(|record| {
        record["refusals"][0]["seconds"] = json!(u64::MAX);
        record["generation"] = json!(u64::MAX);
        record["requests"][0]["boot_ms"] = json!(u64::MAX);
        record["revoked"] = json!([record["requests"][0], record["requests"][0]]);
    });
    assert!(assert_kind(stale().token(), ErrorKind::InvalidClient).is_remembered());
    office.rig.advance(Duration::from_secs(601));
    office.rig.sim.set_client_secret(&old);
    stale().token().expect("ten minutes are the most");
}

#[test]
fn token_lifetime_of_ten_years_is_not_trusted() {
    let office = Office::new();
    office.client().token().expect("a token");
    office.edit(|record| record["token"]["lifetime_s"] = json!(315_360_000));
    let client = office.client();
    client.token().expect("adopted");
    assert!(client.snapshot().seconds_left <= 86_400);
}

#[test]
fn token_invalid_in_a_header_field_is_not_read_from_the_store() {
    for token in ["x\r\nX-Injected: 1", "", "a b", "\u{0}"] {
        let office = Office::new();
        office.client().token().expect("a token");
        office.edit(|record| record["token"]["access_token"] = json!(token));
        let error = assert_kind(office.client().token(), ErrorKind::UnusableStore).to_string();
        assert!(error.contains("delete"), "{error}");
        assert_eq!(office.requests(), 1);
        let injected = |(name, _): &(String, String)| name.eq_ignore_ascii_case("x-injected");
        assert!(!office.rig.sim.requests().iter().any(|r| r.headers.iter().any(injected)));
    }
}

#[test]
fn a_token_from_the_future_is_used_until_it_is_rejected() {
    let office = Office::new();
    office.client().token().expect("a token");
    office.edit(|record| {
        for clock in ["boot_ms", "wall_ms"] {
            let ms = record["token"]["asked"][clock].as_u64().expect("a number");
            record["token"]["asked"][clock] = json!(ms + 90_000_000);
        }
    });
    office.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect("it works");
    assert_eq!(office.requests(), 1);
    office.rig.sim.revoke_token();
    office.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect("a new one was requested");
    assert_eq!(office.requests(), 2);
}

#[test]
fn stored_rejection_is_reported_in_one_sanitized_line() {
    let office = Office::new();
    let old = office.rig.sim.client_secret();
    let stale = || Client::new(office.config().client_secret(old.as_str())).expect("safe");
    office.rig.sim.set_client_secret("vcs_rotated");
    assert_kind(stale().token(), ErrorKind::InvalidClient);
    for status in [-3, -50, -47, 12345] {
        office.edit(|record| {
            record["refusals"][0]["status"] = json!(status);
            record["refusals"][0]["excerpt"] = json!("one\ntwo\u{1b}[2J");
        });
        let error = assert_kind(stale().token(), ErrorKind::OtherTokenRefusal);
        assert_eq!(error.excerpt(), Some("one two [2J"));
    }
    office.edit(|record| record["origin"] = json!("https://x\nforged line"));
    let error = assert_kind(stale().token(), ErrorKind::UnusableStore);
    assert!(!error.to_string().contains('\n'), "{error}");
}

#[test]
fn lost_store_record_keeps_the_requests_of_this_minute() {
    let office = Office::new();
    let client = office.client().with_deadline(Duration::from_secs(10));
    for _ in 0..4 {
        client.report_token_rejected(&client.token().expect("a token"));
        fs::remove_file(office.file()).expect("ours");
    }
    assert_kind(client.token(), ErrorKind::TokenRateLimitReached);
    assert_eq!(office.requests(), 4);
}

#[test]
fn store_record_with_excessive_scopes_is_refused() {
    let office = Office::new();
    office.client().token().expect("a token");
    let scopes: Vec<String> = (0..100_000).map(|number| format!("s{number}")).collect();
    office.edit(|record| record["token"]["scopes"] = json!(scopes.join(" ")));
    assert_kind(office.client().token(), ErrorKind::UnusableStore);
    assert_eq!(office.requests(), 1);
}

#[test]
fn store_lock_lasts_as_long_as_its_token_request_may_take() {
    let rig = Rig::unlimited();
    let (fake_store, holds) = crate::custom_stores::store_with_holds();
    let client = Client::new(rig.config().custom_token_store(fake_store)).expect("well formed");
    client.token().expect("a token");
    rig.advance(Duration::from_secs(3580));
    rig.script(Place::Token, Fault::Pass);
    client.token().expect("renewed before the old one expires");
    let holds = holds.lock().expect("no panic").clone();
    // The deadline of a rig's client is 20 s; saving may take another five.
    assert_eq!(holds.len(), 2);
    assert!(holds.iter().all(|hold| *hold > Duration::from_secs(24)), "{holds:?}");
}

#[test]
fn failed_store_transaction_updates_the_snapshot() {
    let office = Office::new();
    office.client().token().expect("a token");
    office.edit(|record| {
        let request = record["requests"][0].clone();
        record["requests"] = json!([request, request, request, request]);
        record["token"] = Value::Null;
    });
    let client = office.client().with_deadline(Duration::from_secs(10));
    assert_eq!(client.snapshot().requests_left, 3, "as it was last seen");
    assert_kind(client.token(), ErrorKind::TokenRateLimitReached);
    assert_eq!(client.snapshot().requests_left, 0);
}
