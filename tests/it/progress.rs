//! The progress callback: how many bytes of a body were sent.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Body, Cancel, Client, ErrorKind, Kind, Progress, Upload};

use crate::harness::{
    Fault, Place, RESOURCE, Rig, TempFile, account, accounts, assert_kind, without_deletion_guard,
};

const KIND: Kind = Kind::USER_ACCOUNT;

/// Returns a body that is sent in many parts.
fn large(records: usize) -> Body {
    let one = |number| {
        let mut record = account(&format!("u{number}"));
        record["roleDescription"] = json!("x".repeat(8000));
        record
    };
    let records: Vec<Value> = (0..records).map(one).collect();
    Body::from_records(RESOURCE, &records).expect("right")
}

/// A client, and the calls of its progress callback.
fn watched(rig: &Rig) -> (Client, Arc<Mutex<Vec<Progress>>>) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let recorder = Arc::clone(&calls);
    let watcher = move |progress: &Progress| recorder.lock().expect("no panic").push(*progress);
    (rig.client().with_progress(watcher), calls)
}

/// Returns the calls of the callback, in one run for each attempt: each run grows to the total.
#[track_caller]
fn runs(calls: &Mutex<Vec<Progress>>, total: u64, records: usize) -> Vec<Vec<u64>> {
    let mut runs: Vec<Vec<u64>> = Vec::new();
    for progress in std::mem::take(&mut *calls.lock().expect("no panic")) {
        assert_eq!((progress.total, progress.records), (total, records));
        assert!(progress.sent > 0 && progress.sent <= total);
        match runs.last_mut().filter(|run| run.last() < Some(&progress.sent)) {
            Some(run) => run.push(progress.sent),
            None => runs.push(vec![progress.sent]),
        }
    }
    runs
}

#[test]
fn progress_of_a_large_body_grows_to_its_size() {
    let rig = Rig::unlimited();
    let (client, calls) = watched(&rig);
    let body = large(200);
    client.push_with(&KIND, &body, &without_deletion_guard()).expect("pushed");
    let total = body.as_bytes().len() as u64;
    let runs = runs(&calls, total, 200);
    assert_eq!(runs.len(), 1);
    assert!(runs[0].len() > 20, "{runs:?}");
    assert_eq!(runs[0].last(), Some(&total));
    assert!(runs[0].windows(2).all(|pair| pair[1] - pair[0] <= 64 << 10), "{runs:?}");
}

#[test]
fn progress_of_a_small_body_is_reported_once() {
    let rig = Rig::unlimited();
    let (client, calls) = watched(&rig);
    let body = accounts(&["a"]);
    client.push(&KIND, &body).expect("pushed");
    let total = body.as_bytes().len() as u64;
    assert_eq!(runs(&calls, total, 1), [vec![total]], "neither the token nor the list is reported");
    client.verify(&KIND, &body).expect("verified");
    client.plan(&KIND, &body).expect("planned");
    client.list(&KIND, RESOURCE).expect("listed");
    client.token_valid_for(Duration::from_secs(3590)).expect("a token");
    assert!(calls.lock().expect("no panic").is_empty());
    // Only the client with a progress callback calls it.
    rig.client().push(&KIND, &body).expect("pushed");
    assert!(calls.lock().expect("no panic").is_empty());
}

#[test]
fn progress_restarts_with_each_attempt() {
    let rig = Rig::unlimited();
    let (client, calls) = watched(&rig);
    let body = large(20);
    let total = body.as_bytes().len() as u64;
    rig.reply(Place::Put, 503, "");
    client.push_with(&KIND, &body, &without_deletion_guard()).expect("pushed");
    let after_503 = runs(&calls, total, 20);
    assert_eq!(after_503.iter().map(|run| run.last()).collect::<Vec<_>>(), [Some(&total); 2]);
    rig.advance(Duration::from_secs(10));
    rig.sim.issue_elsewhere();
    client.push_with(&KIND, &body, &without_deletion_guard()).expect("pushed");
    let after_401 = runs(&calls, total, 20);
    assert_eq!(after_401.iter().map(|run| run.last()).collect::<Vec<_>>(), [Some(&total); 2]);
}

#[test]
fn progress_of_an_upload_includes_the_multipart_framing() {
    let rig = Rig::unlimited();
    let (client, calls) = watched(&rig);
    let file = TempFile::new("zip", &vec![7; 1 << 20]);
    client.upload(&Upload::new("doc", file.path())).expect("taken");
    let sent = rig.sim.requests().into_iter().find(|request| request.target.contains("/uploads"));
    let total = sent.expect("it was sent").body_len as u64;
    assert!(total > 1 << 20);
    let runs = runs(&calls, total, 1);
    assert_eq!((runs.len(), runs[0].last()), (1, Some(&total)));
}

#[test]
fn progress_handler_that_calls_the_client_gets_reentrant() {
    let rig = Rig::unlimited();
    let client = rig.client();
    client.token().expect("a token");
    let inner = client.clone();
    let met = Arc::new(Mutex::new(Vec::new()));
    let recorder = Arc::clone(&met);
    let file = TempFile::new("pdf", b"x");
    let path = file.path().to_owned();
    let watcher = move |_: &Progress| {
        let body = accounts(&["b"]);
        *recorder.lock().expect("no panic") = vec![
            inner.push(&KIND, &body).map(drop),
            inner.plan(&KIND, &body).map(drop),
            inner.verify(&KIND, &body).map(drop),
            inner.list(&KIND, RESOURCE).map(drop),
            inner.upload(&Upload::new("doc", &path)).map(drop),
            inner.token_valid_for(Duration::from_secs(99_999)).map(drop),
        ];
    };
    client.with_progress(watcher).push(&KIND, &accounts(&["a"])).expect("it is none the worse");
    let met = std::mem::take(&mut *met.lock().expect("no panic"));
    assert_eq!(met.len(), 6);
    for outcome in met {
        assert_kind(outcome, ErrorKind::Reentrant);
    }
    assert_eq!(rig.sim.rows(KIND.as_str(), RESOURCE).len(), 1);
    client.push(&KIND, &accounts(&["a"])).expect("and so is the client");
}

#[test]
fn progress_handler_that_panics_does_not_affect_later_calls() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let body = large(20);
    let faint = client.with_progress(|_| panic!("the test's own"));
    let push = || faint.push_with(&KIND, &body, &without_deletion_guard());
    assert!(catch_unwind(AssertUnwindSafe(push)).is_err());
    assert_eq!(rig.sim.counters().puts_accepted, 0);
    client.push_with(&KIND, &body, &without_deletion_guard()).expect("pushed");
}

/// Pushes a large body, and cancels after a part of it was sent.
fn cancelled(rig: &Rig, at: impl Fn(&Progress) -> bool + Send + Sync + 'static) -> vanta::Error {
    let cancel = Cancel::new();
    let switch = cancel.clone();
    let watcher = move |progress: &Progress| {
        if at(progress) {
            switch.cancel();
        }
    };
    let client = rig.client().with_cancel(&cancel).with_progress(watcher);
    client.push_with(&KIND, &large(500), &without_deletion_guard()).expect_err("it was cancelled")
}

#[test]
fn cancel_during_the_body_changes_nothing() {
    let rig = Rig::unlimited();
    let error = cancelled(&rig, |progress| progress.sent > 1 << 20);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Cancelled, 2), "{error}");
    assert_eq!(rig.sim.counters().puts_accepted, 0);
    assert!(rig.sim.rows(KIND.as_str(), RESOURCE).is_empty());
}

#[test]
fn cancel_after_the_body_was_sent_leaves_the_outcome_unknown() {
    let rig = Rig::unlimited();
    rig.script(Place::Put, Fault::HoldResponse);
    let error = cancelled(&rig, |progress| progress.sent == progress.total);
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(error.cause().map(|cause| cause.kind()), Some(ErrorKind::Cancelled));
}
