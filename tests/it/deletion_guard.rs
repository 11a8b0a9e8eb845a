//! The deletion guard: a push that deletes too much is refused before it is sent.

use std::thread;

use serde_json::Value;
use vanta::{Body, Client, Error, ErrorKind, Kind, PushOptions, Receipt, ReceiptKind};

use crate::harness::{
    Place, RESOURCE, Rig, TempFile, account, accounts, assert_kind, without_deletion_guard,
};
use crate::push_sequence::Gate;

const KIND: Kind = Kind::USER_ACCOUNT;

/// Returns a body with the first accounts of a fixture.
fn first(count: usize) -> Body {
    let records: Vec<Value> = (0..count).map(|number| account(&format!("u{number}"))).collect();
    Body::from_records(RESOURCE, &records).expect("the records are right")
}

/// A rig with live accounts, and its client.
struct RemoteAccounts {
    rig: Rig,
    client: Client,
}

impl RemoteAccounts {
    fn with(live: usize) -> RemoteAccounts {
        let rig = Rig::unlimited();
        let client = rig.client();
        if live > 0 {
            client.push_with(&KIND, &first(live), &without_deletion_guard()).expect("pushed");
        }
        RemoteAccounts { rig, client }
    }

    fn push(&self, records: usize, options: PushOptions) -> Result<Receipt, Error> {
        self.client.push_with(&KIND, &first(records), &options)
    }

    /// Checks that no push was sent, and that all rows are unchanged.
    #[track_caller]
    fn sends_nothing<T>(&self, action: impl FnOnce() -> T) -> T {
        let state = || (self.rig.sim.counters().puts, self.rig.sim.rows(KIND.as_str(), RESOURCE));
        let before = state();
        let done = action();
        assert!(state() == before, "something was sent");
        done
    }

    #[track_caller]
    fn refuses(&self, records: usize, options: PushOptions) -> Error {
        let pushed = self.sends_nothing(|| self.push(records, options));
        assert_kind(pushed, ErrorKind::TooManyRemovals)
    }

    fn live(&self) -> usize {
        let rows = self.rig.sim.rows(KIND.as_str(), RESOURCE);
        rows.iter().filter(|row| row["deletedAt"].is_null()).count()
    }

    fn gets(&self) -> u64 {
        self.rig.sim.counters().gets
    }
}

fn default() -> PushOptions {
    PushOptions::new()
}

#[test]
fn push_that_deletes_too_much_is_refused_and_lists_the_deletions() {
    let remote = RemoteAccounts::with(1200);
    let error = remote.refuses(12, default());
    let message = error.to_string();
    assert!(
        message.starts_with("pushing user_account: the push would delete too many records: "),
        "{message}"
    );
    assert!(
        message
            .contains("1,188 of 1,200 live records would be deleted, as the push has 12 records"),
        "{message}"
    );
    assert!(message.contains("expect_removals(1188)"), "{message}");
    assert!(message.contains("; and 1,185 more (the first 100 are listed)"), "{message}");
    // Only the read.
    assert_eq!((error.attempts(), error.http_status(), error.is_retryable()), (1, None, false));
    assert_eq!(error.violations().len(), 100, "enough of them are named");
    for fault in error.violations() {
        let id = fault.unique_id.as_deref().expect("each is named");
        let number: usize = id[1..].parse().expect("a number");
        assert!(number >= 12 && fault.index.is_none(), "{fault}");
    }
    let error = remote.refuses(12, default().expect_removals(1187));
    let message = error.to_string();
    let words = "1,188 of 1,200 live records would be deleted, as the push has 12 records (at most \
                 1,187 may be deleted)";
    assert!(message.contains(words), "{message}");
    let receipt = remote.push(12, default().expect_removals(1188)).expect("that many may go");
    assert_eq!((receipt.removed, remote.live()), (Some(1188), 12));
}

#[test]
fn deletion_guard_allows_half_of_the_live_records_and_no_more() {
    for (live, stays) in [(4, 2), (5, 3), (100, 50), (3, 2)] {
        let remote = RemoteAccounts::with(live);
        remote.refuses(stays - 1, default());
        let receipt = remote.push(stays, default()).expect("half of them");
        assert_eq!((receipt.removed, remote.live()), (Some(live - stays), stays));
    }
}

#[test]
fn deletion_guard_allows_very_few_rows_to_be_deleted() {
    for live in [1, 2] {
        let remote = RemoteAccounts::with(live);
        let receipt = remote.client.push(&KIND, &accounts(&["x"])).expect("very few");
        assert_eq!((receipt.removed, remote.live()), (Some(live), 1));
    }
    RemoteAccounts::with(3).refuses(1, default());
}

#[test]
fn deletions_are_counted_by_id() {
    let remote = RemoteAccounts::with(4);
    let others = accounts(&["x", "y", "z", "u0", "v"]);
    let pushed = remote.sends_nothing(|| remote.client.push(&KIND, &others));
    let message = assert_kind(pushed, ErrorKind::TooManyRemovals).to_string();
    assert!(
        message.contains("3 of 4 live records would be deleted, as the push has 5 records"),
        "{message}"
    );
    let more = remote.push(40, default()).expect("nothing goes");
    assert_eq!((more.removed, remote.live()), (Some(0), 40));
}

#[test]
fn expect_removals_is_enforced_below_half_too() {
    let remote = RemoteAccounts::with(10);
    let message = remote.refuses(9, default().expect_removals(0)).to_string();
    assert!(message.contains("(at most 0 may be deleted)"), "{message}");
    remote.push(9, default().expect_removals(1)).expect("one may go");
    remote.push(9, default().expect_removals(0)).expect("none goes");
    // Turning the deletion guard on keeps the expected number of removals.
    let message = remote.refuses(8, default().expect_removals(0).allow_any_removals(false));
    assert!(message.to_string().contains("(at most 0 may be deleted)"), "{message}");
    remote.refuses(1, default().allow_any_removals(true).allow_any_removals(false));
}

#[test]
fn soft_deleted_rows_do_not_count() {
    let remote = RemoteAccounts::with(10);
    remote.push(4, without_deletion_guard()).expect("pushed");
    assert_eq!(remote.rig.sim.rows(KIND.as_str(), RESOURCE).len(), 10);
    // Of ten records, eight would be deleted; of the four live ones, two.
    let receipt = remote.push(2, default()).expect("half of the live ones");
    assert_eq!(receipt.removed, Some(2));
    remote.client.push(&KIND, &accounts(&["x"])).expect("two are very few");
}

#[test]
fn other_resources_and_kinds_do_not_count() {
    let remote = RemoteAccounts::with(10);
    let other = Body::from_records("another", &[account("u0")]).expect("right");
    let receipt = remote.client.push(&KIND, &other).expect("nothing of it is live");
    assert_eq!(receipt.removed, Some(0));
    assert_eq!(remote.live(), 10);
}

const HALF: &str = r#"{"resources":[],"pageInfo":{"hasNextPage":true,"endCursor":"x"}}"#;
const PAGE: &str = "<HTML><H1>403 ERROR</H1>Bad request. We can't connect to the server.</HTML>";

#[test]
fn unreadable_remote_state_stops_the_push_with_advice() {
    let cases: [(u16, &str, usize, ErrorKind); 14] = [
        (403, r#"{"error":"unauthorized"}"#, 1, ErrorKind::Forbidden),
        (403, PAGE, 1, ErrorKind::GatewayResponse),
        (403, "RBAC: access denied", 1, ErrorKind::GatewayResponse),
        (403, "", 1, ErrorKind::GatewayResponse),
        (503, "", 4, ErrorKind::Unavailable),
        (404, r#"{"error":"Resource not found"}"#, 1, ErrorKind::NotFound),
        (429, "", 4, ErrorKind::RateLimited),
        (200, HALF, 1, ErrorKind::InvalidResponse),
        (200, "", 1, ErrorKind::InvalidResponse),
        (200, "<html>fine</html>", 1, ErrorKind::GatewayResponse),
        (200, r#"{"resources":[{"displayName":"no id"}]}"#, 1, ErrorKind::InvalidResponse),
        (200, r#"{"resources":[{"uniqueId":7}]}"#, 1, ErrorKind::InvalidResponse),
        (200, r#"{"resources":[{"uniqueId":"u0","deletedAt":0}]}"#, 1, ErrorKind::InvalidResponse),
        (200, r#"{"resources":[{"uniqueId":"u0"}"#, 1, ErrorKind::InvalidResponse),
    ];
    let remote = RemoteAccounts::with(4);
    let client = remote.client.with_deadline(std::time::Duration::from_secs(100));
    for (status, answer, times, kind) in cases {
        (0..times).for_each(|_| remote.rig.reply(Place::Get, status, answer));
        let error = remote.sends_nothing(|| client.push(&KIND, &first(4)));
        let error = assert_kind(error, kind);
        assert_eq!(error.action(), kind.action());
        assert_eq!((error.http_status(), error.attempts()), (Some(status), times as u32));
        let message = error.to_string();
        for words in ["pushing user_account", "nothing was pushed in this attempt"] {
            assert!(message.contains(words), "{status} {answer}: {message}");
        }
        // The error recommends to turn the deletion guard off only where the token lacks the scope
        // to read. A gateway's 403 does not mean that.
        let may_not_read = status == 403 && answer.starts_with('{');
        for words in ["baseline", "switch the deletion guard off", "allow_any_removals"] {
            assert_eq!(message.contains(words), may_not_read, "{status} {answer}: {message}");
        }
        assert!(!message.contains("u0"), "no row is shown: {message}");
    }
    client.push(&KIND, &first(4)).expect("it can be read again");
}

#[test]
fn token_without_read_scope_pushes_by_baseline_or_without_deletion_guard() {
    let rig = Rig::unlimited();
    let scope = "connectors.self:write-resource";
    let client = Client::new(rig.config().scope(scope)).expect("right");
    let error = assert_kind(client.push(&KIND, &first(4)), ErrorKind::Forbidden);
    assert!(error.to_string().contains("allow_any_removals"), "{error}");
    let gets = rig.sim.counters().gets;
    let receipt =
        client.push_with(&KIND, &first(4), &without_deletion_guard()).expect("nothing is read");
    assert_eq!(receipt.removed, None, "the remote records were not read");
    let line = Receipt::from_json(&receipt.to_json()).expect("it is one");
    for baseline in [&receipt, &line] {
        let options = PushOptions::new().baseline(baseline);
        let error =
            assert_kind(client.push_with(&KIND, &first(1), &options), ErrorKind::TooManyRemovals);
        assert!(
            error
                .to_string()
                .contains("3 of 4 live records would be deleted, as the push has 1 record"),
            "{error}"
        );
        assert!(error.violations().is_empty(), "whose they are is not known");
        let pushed = client.push_with(&KIND, &first(2), &options).expect("half of them");
        assert_eq!(pushed.removed, None);
        let all = options.expect_removals(3);
        client.push_with(&KIND, &first(1), &all).expect("so many may go");
        let none = all.expect_removals(2);
        assert_kind(client.push_with(&KIND, &first(1), &none), ErrorKind::TooManyRemovals);
    }
    assert_eq!(rig.sim.counters().gets, gets, "nothing was read");
}

#[test]
fn disabled_deletion_guard_reads_nothing() {
    let remote = RemoteAccounts::with(4);
    assert_eq!(remote.gets(), 0);
    remote.push(1, default().allow_any_removals(true)).expect("whatever goes");
    assert_eq!((remote.gets(), remote.live()), (0, 1));
}

#[test]
fn the_last_push_in_an_audit_file_is_a_baseline() {
    let rig = Rig::unlimited();
    let file = TempFile::new("audit", b"");
    let client = Client::new(rig.config().audit_file(file.path())).expect("right");
    let from_file = |id: &str| PushOptions::new().baseline_from_audit(file.path(), &KIND, id);
    let error = assert_kind(from_file(RESOURCE), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("has no push of user_account"), "{error}");
    client.push_with(&KIND, &first(9), &without_deletion_guard()).expect("pushed");
    client.push_with(&KIND, &first(4), &without_deletion_guard()).expect("pushed");
    client.verify(&KIND, &first(4)).expect("verified");
    let other = Body::from_records("another", &[account("u0")]).expect("right");
    client.push(&KIND, &other).expect("pushed");
    let gets = rig.sim.counters().gets;
    let options = from_file(RESOURCE).expect("there is one");
    let error =
        assert_kind(client.push_with(&KIND, &first(1), &options), ErrorKind::TooManyRemovals);
    assert!(
        error
            .to_string()
            .contains("3 of 4 live records would be deleted, as the push has 1 record"),
        "{error}"
    );
    client.push_with(&KIND, &first(2), &options).expect("half of them");
    assert_eq!(rig.sim.counters().gets, gets, "nothing was read");
    assert_kind(from_file("never-pushed"), ErrorKind::InvalidArgument);
    let gone = PushOptions::new().baseline_from_audit("/nowhere/audit", &KIND, RESOURCE);
    assert_kind(gone, ErrorKind::UnreadableFile);
}

#[test]
fn a_baseline_of_something_else_is_refused() {
    let remote = RemoteAccounts::with(0);
    let receipt = remote.push(4, default()).expect("pushed");
    let seen = remote.client.verify(&KIND, &first(4)).expect("verified");
    assert_eq!(seen.receipt_kind, ReceiptKind::Verified);
    remote.push(2, default().baseline(&seen)).expect("what was seen live is a baseline too");
    let component = Body::from_json_array(
        RESOURCE,
        r#"[{"uniqueId":"c","displayName":"C","externalUrl":"https://c.example.com/"}]"#,
    );
    let others = [
        (Kind::CUSTOM_RESOURCE, component.expect("right")),
        (KIND, Body::from_records("another", &[account("u0")]).expect("right")),
    ];
    for (kind, body) in others {
        for options in [default(), default().allow_any_removals(true), default().expect_removals(9)]
        {
            let pushed = remote.sends_nothing(|| {
                remote.client.push_with(&kind, &body, &options.baseline(&receipt))
            });
            let error = assert_kind(pushed, ErrorKind::InvalidArgument);
            let message = error.to_string();
            assert!(message.contains("a receipt of user_account 66f0c0ffee"), "{message}");
            assert!(
                message.contains(&format!("push is of {kind} {}", body.resource_id())),
                "{message}"
            );
        }
    }
}

#[test]
fn empty_push_needs_allow_empty_and_the_deletion_guard() {
    let rig = Rig::unlimited();
    for options in [default(), without_deletion_guard(), default().expect_removals(9)] {
        let pushed = rig.client().push_with(&KIND, &first(0), &options);
        assert_kind(pushed, ErrorKind::EmptyPayload);
    }
    assert_eq!(rig.sim.counters().connections, 0, "not even a token was requested");
    let remote = RemoteAccounts::with(3);
    let message = remote.refuses(0, default().allow_empty(true)).to_string();
    assert!(
        message.contains("3 of 3 live records would be deleted, as the push has 0 records"),
        "{message}"
    );
    remote.refuses(0, default().allow_empty(true).expect_removals(2));
    remote.push(0, default().allow_empty(true).expect_removals(3)).expect("they may go");
    assert_eq!(remote.live(), 0);
    remote.push(0, default().allow_empty(true)).expect("nothing is live");
    let remote = RemoteAccounts::with(2);
    remote.push(0, default().allow_empty(true)).expect("two are very few");
    assert_eq!(remote.live(), 0);
}

#[test]
fn the_deletion_guard_reads_when_every_earlier_push_of_the_resource_has_ended() {
    let rig = Rig::unlimited();
    let gate = Gate::new(&rig.clock);
    let client = Client::new(rig.config().clock(gate.clone())).expect("right");
    rig.reply_with(Place::Get, 503, &[("retry-after", "1")], "");
    let older = client.clone();
    let older = thread::spawn(move || older.push(&KIND, &first(50)));
    gate.reached.wait();
    let newer = client.clone();
    let newer = thread::spawn(move || newer.push(&KIND, &first(1)));
    gate.opened.wait();
    older.join().expect("no panic").expect("pushed");
    let error = assert_kind(newer.join().expect("no panic"), ErrorKind::TooManyRemovals);
    assert!(
        error
            .to_string()
            .contains("49 of 50 live records would be deleted, as the push has 1 record"),
        "{error}"
    );
    assert_eq!(rig.sim.counters().puts, 1);
}
