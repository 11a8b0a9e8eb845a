//! Verify reads the remote state and settles an unknown outcome of a push.

use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Action, Body, Client, Clock, ErrorKind, Kind, Receipt, ReceiptKind, Result};

use crate::harness::{
    Fault, Place, RESOURCE, Rig, account, accounts, assert_kind, without_deletion_guard,
};

const KIND: Kind = Kind::USER_ACCOUNT;

/// Returns an account with this name.
fn named(id: &str, name: &str) -> Value {
    let mut record = account(id);
    record["fullName"] = json!(name);
    record
}

fn body(records: &[Value]) -> Body {
    Body::from_records(RESOURCE, records).expect("right")
}

fn pushed(rig: &Rig, body: &Body) -> Client {
    let client = rig.client();
    client.push_with(&KIND, body, &without_deletion_guard()).expect("pushed");
    client
}

#[track_caller]
fn assert_verified(verified: Result<Receipt>, reads: u32) {
    let receipt = verified.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((receipt.receipt_kind, receipt.attempts), (ReceiptKind::Verified, reads));
}

#[test]
fn verify_of_equal_records_returns_a_receipt() {
    let rig = Rig::unlimited();
    let ours = accounts(&["a", "b"]);
    let client = pushed(&rig, &accounts(&["gone", "a"]));
    client.push(&KIND, &ours).expect("pushed");
    let (puts, asked) = (rig.sim.counters().puts, rig.sim.requests().len());
    let receipt = client.verify(&KIND, &ours).expect("a soft-deleted row does not count");
    assert_eq!((receipt.receipt_kind, receipt.record_count), (ReceiptKind::Verified, 2));
    assert_eq!((receipt.http_status, receipt.attempts, receipt.token_generation), (200, 1, 1));
    assert_eq!((receipt.removed, receipt.upload_id.as_deref()), (None, None));
    assert!(receipt.request_id.is_some());
    assert_eq!(receipt.byte_len, ours.as_bytes().len() as u64);
    let same = client.push(&KIND, &ours).expect("pushed").sha256;
    assert_eq!(receipt.sha256, same, "it is the proof of the same bytes");
    assert_eq!(rig.sim.counters().puts, puts + 1, "only our own push was one");
    let method = &rig.sim.requests()[asked].method;
    assert_eq!(method, "GET");
    let line = receipt.to_string();
    let expected = format!(
        "user_account {RESOURCE}: 2 records live at Vanta, as in the body of {} bytes",
        receipt.byte_len
    );
    assert!(line.starts_with(&expected), "{line}");
}

#[test]
fn verify_reports_each_missing_extra_and_different_record() {
    let rig = Rig::unlimited();
    let client = pushed(&rig, &body(&[account("a"), account("b"), account("x"), account("y")]));
    let mut other = named("b", "B");
    other["mfaMethods"] = json!(["SMS"]);
    let wanted = body(&[account("new"), account("a"), other]);
    let error = assert_kind(client.verify(&KIND, &wanted), ErrorKind::NotVerified);
    assert_eq!(error.action(), Action::VerifyOrRepeat);
    assert!(error.is_retryable());
    assert_eq!(error.attempts(), 3, "it has looked three times");
    let message = error.to_string();
    let words = "verifying user_account: the remote state does not confirm the push: 1 record \
                 missing, 2 records not pushed but live, 1 record different";
    assert!(message.starts_with(words), "{message}");
    let violations: Vec<_> = error
        .violations()
        .iter()
        .map(|f| (f.index, f.unique_id.as_deref().expect("an id"), f.pointer.as_str(), &*f.message))
        .collect();
    let expected = [
        (Some(0), "new", "", "is not live"),
        (None, "x", "", "is live, and was not pushed"),
        (None, "y", "", "is live, and was not pushed"),
        (Some(2), "b", "/fullName", "the live value differs"),
        (Some(2), "b", "/mfaMethods/0", "the live value differs"),
    ];
    assert_eq!(violations, expected);
    assert_eq!(rig.sim.counters().puts, 1, "nothing is mended by itself");
}

#[test]
fn verify_fails_for_each_single_difference() {
    let rig = Rig::unlimited();
    let client = pushed(&rig, &accounts(&["a", "b"]));
    let wrong = [
        accounts(&["a", "b", "c"]),
        accounts(&["a"]),
        body(&[account("a"), named("b", "B")]),
        accounts(&[]),
    ];
    for body in wrong {
        assert_kind(client.verify(&KIND, &body), ErrorKind::NotVerified);
    }
    assert_verified(client.verify(&KIND, &accounts(&["b", "a"])), 1);
}

#[test]
fn nothing_is_verified_where_nothing_was_pushed() {
    let rig = Rig::unlimited();
    let client = rig.client();
    assert_kind(client.verify(&KIND, &accounts(&["a"])), ErrorKind::NotVerified);
    let receipt = client.verify(&KIND, &accounts(&[])).expect("nothing is live, as it should be");
    assert_eq!(receipt.record_count, 0);
}

#[test]
fn verify_waits_for_a_stale_list_within_the_deadline() {
    for (stale, reads) in [(0, 1), (1, 2), (2, 3)] {
        let rig = Rig::unlimited();
        rig.sim.change(|settings| settings.stale_reads = stale);
        let client = pushed(&rig, &accounts(&["a"]));
        let before = rig.clock.monotonic();
        assert_verified(client.verify(&KIND, &accounts(&["a"])), reads);
        let waited = rig.clock.monotonic() - before;
        let least = Duration::from_secs([0, 1, 5][stale as usize]);
        assert!(waited >= least && waited < least + Duration::from_secs(3), "{waited:?}");
    }
    let rig = Rig::unlimited();
    rig.sim.change(|settings| settings.stale_reads = 5);
    let client = pushed(&rig, &accounts(&["a"]));
    let error = assert_kind(client.verify(&KIND, &accounts(&["a"])), ErrorKind::NotVerified);
    assert_eq!((error.action(), error.attempts()), (Action::VerifyOrRepeat, 3));
    // Later the list has it.
    assert_verified(client.verify(&KIND, &accounts(&["a"])), 3);
}

#[test]
fn verify_reads_as_often_as_the_deadline_allows() {
    let rig = Rig::unlimited();
    rig.sim.change(|settings| settings.stale_reads = 9);
    let client = pushed(&rig, &accounts(&["a"]));
    for (seconds, reads) in [(1, 1), (3, 2), (10, 3)] {
        let short_deadline = client.with_deadline(Duration::from_secs(seconds));
        let error =
            assert_kind(short_deadline.verify(&KIND, &accounts(&["a"])), ErrorKind::NotVerified);
        assert_eq!(error.attempts(), reads, "{seconds} s");
    }
}

#[test]
fn push_with_a_lost_response_is_verified_and_a_rerun_is_idempotent() {
    for fault in [Fault::LoseResponse, Fault::CutResponse(30)] {
        let rig = Rig::unlimited();
        let ours = body(&[account("a"), named("b", "new")]);
        let client = pushed(&rig, &body(&[account("a"), named("b", "old")]));
        rig.script(Place::Put, fault.clone());
        let error = assert_kind(client.push(&KIND, &ours), ErrorKind::OutcomeUnknown);
        assert_eq!(error.action(), Action::VerifyOrRepeat, "{fault:?}");
        assert_eq!(error.attempts(), 2, "a read and the write: it is not sent again by itself");
        assert_verified(client.verify(&KIND, &ours), 1);
        let rows = rig.sim.rows(KIND.as_str(), RESOURCE).len();
        client.push(&KIND, &ours).expect("a rerun");
        assert_eq!(rig.sim.rows(KIND.as_str(), RESOURCE).len(), rows);
        assert_verified(client.verify(&KIND, &ours), 1);
    }
}

#[test]
fn lost_push_is_not_verified_and_a_rerun_repairs_it() {
    let lost = || [Fault::Drop, Fault::Reset, Fault::Raw(b"HTTP/1.1 2".to_vec())];
    // Other ids, or the same ids with another content: both must be found.
    for ours in [accounts(&["a", "b", "c"]), body(&[account("a"), named("b", "new")])] {
        for fault in lost() {
            let rig = Rig::unlimited();
            let client = pushed(&rig, &body(&[account("a"), named("b", "old")]));
            rig.script(Place::Put, fault.clone());
            assert_kind(client.push(&KIND, &ours), ErrorKind::OutcomeUnknown);
            let error = assert_kind(client.verify(&KIND, &ours), ErrorKind::NotVerified);
            assert!(!error.violations().is_empty(), "{fault:?}");
            client.push(&KIND, &ours).expect("a rerun");
            assert_verified(client.verify(&KIND, &ours), 1);
        }
    }
}

#[test]
fn verify_settles_a_push_after_a_gateway_timeout() {
    let rig = Rig::unlimited();
    let client = rig.client();
    rig.sim.script(Place::Put, [Fault::Pass]);
    client.push(&KIND, &accounts(&["a"])).expect("pushed");
    (0..4).for_each(|_| rig.reply(Place::Put, 504, "Endpoint request timed out"));
    let long_deadline = client.with_deadline(Duration::from_secs(100));
    assert_kind(long_deadline.push(&KIND, &accounts(&["a", "b"])), ErrorKind::OutcomeUnknown);
    assert_kind(client.verify(&KIND, &accounts(&["a", "b"])), ErrorKind::NotVerified);
    assert_verified(client.verify(&KIND, &accounts(&["a"])), 1);
}

#[test]
fn verify_fails_when_the_list_cannot_be_read() {
    let cases: [(u16, &str, usize, ErrorKind); 4] = [
        (403, r#"{"error":"unauthorized"}"#, 1, ErrorKind::Forbidden),
        (503, "", 4, ErrorKind::Unavailable),
        (200, r#"{"resources":[],"pageInfo":{"hasNextPage":true}}"#, 1, ErrorKind::InvalidResponse),
        (200, "", 1, ErrorKind::InvalidResponse),
    ];
    let rig = Rig::unlimited();
    let client = pushed(&rig, &accounts(&["a"])).with_deadline(Duration::from_secs(100));
    for (status, body, times, kind) in cases {
        (0..times).for_each(|_| rig.reply(Place::Get, status, body));
        let error = assert_kind(client.verify(&KIND, &accounts(&["a"])), kind);
        assert!(error.to_string().starts_with("verifying user_account: "), "{error}");
        assert_eq!(error.action(), kind.action());
    }
    // Temporary errors cost reads, and nothing else.
    rig.reply(Place::Get, 503, "");
    assert_verified(client.verify(&KIND, &accounts(&["a"])), 2);
}
