//! A baseline is a receipt of the same origin, application, kind and resource.

use std::path::Path;

use serde_json::{Value, json};
use vanta::{Body, Client, Config, Error, ErrorKind, Kind, PushOptions, Receipt};

use crate::harness::{
    RESOURCE, Rig, TempFile, account, accounts, assert_kind, without_deletion_guard,
};

const KIND: Kind = Kind::USER_ACCOUNT;

fn first(count: usize) -> Body {
    let records: Vec<Value> = (0..count).map(|number| account(&format!("u{number}"))).collect();
    Body::from_records(RESOURCE, &records).expect("right")
}

/// Returns a receipt's line with another value of one member, or without the member for `None`.
fn line(receipt: &Receipt, key: &str, value: Option<Value>) -> String {
    let mut line: Value = serde_json::from_str(&receipt.to_json()).expect("JSON");
    let members = line.as_object_mut().expect("an object");
    match value {
        Some(value) => drop(members.insert(key.to_owned(), value)),
        None => drop(members.remove(key)),
    }
    line.to_string()
}

fn push(client: &Client, records: usize, options: &PushOptions) -> Result<Receipt, Error> {
    client.push_with(&KIND, &first(records), options)
}

#[track_caller]
fn assert_refused(client: &Client, options: &PushOptions, words: &str) {
    let error = assert_kind(push(client, 4, options), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains(words), "{error}");
    let planned = client.plan_with(&KIND, &first(4), options);
    assert_kind(planned, ErrorKind::InvalidArgument);
}

#[test]
fn receipt_has_its_origin_and_application() {
    let rig = Rig::unlimited();
    let receipt = rig.client().push(&KIND, &accounts(&["a"])).expect("pushed");
    assert_eq!(receipt.origin.as_deref(), Some(rig.sim.origin().as_str()));
    assert_eq!(receipt.application.as_deref(), Some(rig.sim.client_id().as_str()));
    let again = Receipt::from_json(&receipt.to_json()).expect("a receipt");
    assert_eq!((&again.origin, &again.application), (&receipt.origin, &receipt.application));
}

#[test]
fn a_baseline_of_another_origin_or_application_is_refused() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let receipt = push(&client, 4, &without_deletion_guard()).expect("pushed");
    let with = |key: &str, value: Option<Value>| {
        let receipt = Receipt::from_json(&line(&receipt, key, value)).expect("a receipt");
        PushOptions::new().baseline(&receipt)
    };
    push(&client, 4, &with("host", Some(json!("db-1")))).expect("its own");
    let puts = rig.sim.counters().puts;
    let other = with("application", Some(json!("vci_another")));
    assert_refused(&client, &other, "a receipt of vci_another at https://");
    let other = with("origin", Some(json!("https://api.vanta-gov.com")));
    assert_refused(&client, &other, "at https://api.vanta-gov.com, and the push is by vci_");
    let static_token = with("application", Some(Value::Null));
    assert_refused(&client, &static_token, "a receipt of an unknown application (static token)");
    // A line of an older version.
    for old in [with("origin", None), with("origin", Some(Value::Null))] {
        assert_refused(&client, &old, "names no origin and application");
        assert_refused(&client, &old, "verify once, and use that receipt");
    }
    assert_eq!(rig.sim.counters().puts, puts, "nothing was sent");
}

#[test]
fn baseline_of_a_static_token_is_valid_for_static_tokens_only() {
    let rig = Rig::unlimited();
    let config = Config::new().origin(rig.sim.origin()).ca_file(rig.ca.path());
    let config = config.clock(rig.clock.clone()).static_token(rig.sim.issue_elsewhere());
    let client = Client::new(config).expect("right");
    let receipt = push(&client, 4, &without_deletion_guard()).expect("pushed");
    assert_eq!((receipt.origin.is_some(), receipt.application.as_deref()), (true, None));
    push(&client, 4, &PushOptions::new().baseline(&receipt)).expect("its own");
    let named = line(&receipt, "application", Some(json!("vci_another")));
    let named = Receipt::from_json(&named).expect("a receipt");
    let options = PushOptions::new().baseline(&named);
    assert_refused(&client, &options, "and the push is by an unknown application");
}

fn from_audit(path: &Path) -> Result<PushOptions, Error> {
    PushOptions::new().baseline_from_audit(path, &KIND, RESOURCE)
}

#[test]
fn the_audit_file_gives_the_last_receipt_of_the_application_that_pushes() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let ours = push(&client, 9, &without_deletion_guard()).expect("pushed").to_json();
    let receipt = push(&client, 4, &without_deletion_guard()).expect("pushed");
    let (ours, other) = (
        format!("{ours}\n{}\n", receipt.to_json()),
        line(&receipt, "application", Some(json!("vci_another"))).replace(":4,", ":4000,"),
    );
    let elsewhere = line(&receipt, "origin", Some(json!("https://api.vanta-gov.com")));
    let unknown = other.replace("\"pushed\"", "\"unknown\"");
    for others in [&other, &elsewhere, &unknown] {
        let file = TempFile::new("audit", format!("{ours}{others}\n").as_bytes());
        let options = from_audit(file.path()).expect("there is one");
        let message =
            assert_kind(push(&client, 1, &options), ErrorKind::TooManyRemovals).to_string();
        assert!(
            message.contains("3 of 4 live records would be deleted, as the push has 1 record"),
            "{message}"
        );
    }
    // Without a token of its own, the baseline is refused.
    let file = TempFile::new("audit", format!("{other}\n{elsewhere}\n").as_bytes());
    let options = from_audit(file.path()).expect("it may be used by others");
    assert_refused(&client, &options, "has no push of user_account");
    assert_refused(&client, &options, "by vci_");
    // Its own receipt is not used either after a push with an unknown outcome or application.
    let lost = receipt.to_json().replace("\"pushed\"", "\"unknown\"");
    let file = TempFile::new("audit", format!("{ours}{lost}\n{other}\n").as_bytes());
    let options = from_audit(file.path()).expect("it may be used by others");
    assert_refused(&client, &options, "the outcome of the last push is unknown");
    let old = line(&receipt, "origin", None);
    let file = TempFile::new("audit", format!("{ours}{old}\n{other}\n").as_bytes());
    let options = from_audit(file.path()).expect("it may be used by others");
    assert_refused(&client, &options, "names no origin and application");
    for useless in [format!("{ours}{old}\n"), format!("{lost}\n{unknown}\n")] {
        let file = TempFile::new("audit", useless.as_bytes());
        assert_kind(from_audit(file.path()), ErrorKind::InvalidArgument);
    }
}
