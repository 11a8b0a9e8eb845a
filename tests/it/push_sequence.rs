//! Pushes of one resource from one process go out one at a time, in the order of the calls.

use std::ffi::OsString;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vanta::{
    Action, Body, Cancel, Client, Clock, Error, ErrorKind, Kind, Receipt, Stage, TestClock,
};

use crate::harness::{
    Fault, Place, RESOURCE, Rig, TempFolder, account, accounts, assert_kind, fixture,
    without_deletion_guard,
};
use crate::jobs::{Jobs, until};
use crate::load_tolerance::until_in_time;
use crate::process_memory::PausedProcess;

const KIND: Kind = Kind::USER_ACCOUNT;

/// A clock whose first wait lasts until the test ends it.
#[derive(Clone, Debug)]
pub struct Gate {
    clock: TestClock,
    passed: Arc<AtomicBool>,
    pub reached: Arc<Barrier>,
    pub opened: Arc<Barrier>,
}

impl Gate {
    pub fn new(clock: &TestClock) -> Gate {
        Gate {
            clock: clock.clone(),
            passed: Arc::default(),
            reached: Arc::new(Barrier::new(2)),
            opened: Arc::new(Barrier::new(2)),
        }
    }
}

impl Clock for Gate {
    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn wall(&self) -> Duration {
        self.clock.wall()
    }

    fn boot(&self) -> Duration {
        self.clock.boot()
    }

    fn boot_id(&self) -> String {
        self.clock.boot_id()
    }

    fn sleep(&self, length: Duration) {
        if !self.passed.swap(true, Ordering::SeqCst) {
            self.reached.wait();
            self.opened.wait();
        }
        self.clock.sleep(length);
    }
}

/// A clock that counts how often it is read, because a push that waits for its place reads it again
/// and again.
#[derive(Clone, Debug)]
struct CountingClock {
    clock: TestClock,
    reads: Arc<AtomicU32>,
}

impl Clock for CountingClock {
    fn monotonic(&self) -> Duration {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.clock.monotonic()
    }

    fn wall(&self) -> Duration {
        self.clock.wall()
    }

    fn boot(&self) -> Duration {
        self.clock.boot()
    }

    fn boot_id(&self) -> String {
        self.clock.boot_id()
    }

    fn sleep(&self, length: Duration) {
        self.clock.sleep(length);
    }
}

type Pushing = JoinHandle<Result<Receipt, Error>>;

/// Starts a push that stays in the middle of its retries until the gate is opened.
fn held_push(rig: &Rig, id: &'static str) -> (Gate, Pushing) {
    let gate = Gate::new(&rig.clock);
    let client = Client::new(rig.config().clock(gate.clone())).expect("well formed");
    let client = client.with_deadline(Duration::from_secs(3600));
    rig.reply_with(Place::Put, 504, &[("retry-after", "1")], "the gateway gave up");
    let push =
        thread::spawn(move || client.push_with(&KIND, &accounts(&[id]), &without_deletion_guard()));
    gate.reached.wait();
    (gate, push)
}

/// Starts a push, and returns when it waits for an earlier one.
fn waiting_push(rig: &Rig, id: &str, change: impl FnOnce(Client) -> Client) -> Pushing {
    counted_push(rig, id, change).0
}

/// Does the same, and returns how often the push has read its clock.
fn counted_push(
    rig: &Rig,
    id: &str,
    change: impl FnOnce(Client) -> Client,
) -> (Pushing, Arc<AtomicU32>) {
    let reads = Arc::new(AtomicU32::new(0));
    let clock = CountingClock { clock: rig.clock.clone(), reads: Arc::clone(&reads) };
    let client = change(Client::new(rig.config().clock(clock)).expect("well formed"));
    let body = accounts(&[id]);
    let push = thread::spawn(move || client.push_with(&KIND, &body, &without_deletion_guard()));
    until("it waits", || reads.load(Ordering::SeqCst) > 3 || push.is_finished());
    (push, reads)
}

/// Returns the pushes that took effect, by the first record of each.
fn pushed(rig: &Rig) -> Vec<Value> {
    rig.sim.applied_pushes().into_iter().map(|taken| taken.first["uniqueId"].clone()).collect()
}

#[test]
fn overlapping_pushes_of_one_resource_go_out_one_at_a_time_in_the_order_of_the_calls() {
    let rig = Rig::unlimited();
    let (gate, first) = held_push(&rig, "first");
    let ids = ["second", "third", "fourth", "fifth"];
    let later = ids.map(|id| waiting_push(&rig, id, |client| client));
    assert_eq!(rig.sim.counters().puts, 1, "the first push alone was sent");
    gate.opened.wait();
    let receipt = first.join().expect("no panic").expect("pushed at the second attempt");
    assert_eq!(receipt.attempts, 3, "a token request, and the write twice");
    for push in later {
        push.join().expect("no panic").expect("pushed");
    }
    assert_eq!(pushed(&rig), ["first", "second", "third", "fourth", "fifth"]);
    assert_eq!(rig.sim.rows(KIND.as_str(), RESOURCE)[0]["uniqueId"], json!("fifth"));
}

#[test]
fn every_one_of_sixteen_concurrent_pushes_through_a_token_store_is_sent() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let store = folder.path().join("token").display().to_string();
    let client = Client::new(rig.config().token_store(store)).expect("right");
    let push = |id: String| {
        client.push_with(&KIND, &accounts(&[&id]), &without_deletion_guard()).map(drop)
    };
    let outcomes: Vec<Result<(), Error>> = thread::scope(|scope| {
        let start = |number| scope.spawn(move || push(format!("id-{number}")));
        let threads: Vec<_> = (0..16).map(start).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    outcomes.into_iter().for_each(|outcome| outcome.expect("pushed"));
    assert_eq!(pushed(&rig).len(), 16);
    let live = rig.sim.rows(KIND.as_str(), RESOURCE);
    assert_eq!(Some(&live[0]["uniqueId"]), pushed(&rig).last(), "the last one is live");
}

#[track_caller]
fn assert_left_the_queue(push: Pushing, kind: ErrorKind) {
    let error = assert_kind(push.join().expect("no panic"), kind);
    assert_eq!((error.stage(), error.attempts()), (Stage::Queue, 0));
    let words = "waiting for an earlier push of this resource";
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn a_push_whose_deadline_passes_while_it_waits_for_an_earlier_one_is_never_sent() {
    let rig = Rig::unlimited();
    let (gate, first) = held_push(&rig, "first");
    let short = waiting_push(&rig, "short", |c| c.with_deadline(Duration::from_secs(30)));
    let long = waiting_push(&rig, "long", |c| c.with_deadline(Duration::from_secs(300)));
    rig.advance(Duration::from_secs(31));
    assert_left_the_queue(short, ErrorKind::DeadlineExceeded);
    gate.opened.wait();
    first.join().expect("no panic").expect("pushed");
    long.join().expect("no panic").expect("pushed");
    assert_eq!(pushed(&rig), ["first", "long"]);
}

#[test]
fn a_push_that_is_cancelled_while_it_waits_for_an_earlier_one_ends_within_200_ms() {
    // A loaded machine is late at times, but not in each of several tries.
    until_in_time("in time", || {
        let rig = Rig::unlimited();
        let (gate, first) = held_push(&rig, "first");
        let cancel = Cancel::new();
        let (cancelled, reads) =
            counted_push(&rig, "cancelled", |client| client.with_cancel(&cancel));
        let (began, before) = (Instant::now(), reads.load(Ordering::SeqCst));
        cancel.cancel();
        assert_left_the_queue(cancelled, ErrorKind::Cancelled);
        let took = began.elapsed();
        // It ends with the poll interval in which it was cancelled, however late that is.
        assert!(reads.load(Ordering::SeqCst) <= before + 1);
        gate.opened.wait();
        first.join().expect("no panic").expect("pushed");
        assert_eq!(pushed(&rig), ["first"]);
        if took < Duration::from_millis(250) { "in time".to_owned() } else { format!("{took:?}") }
    });
}

#[test]
fn pushes_of_other_resources_kinds_and_applications_do_not_wait() {
    let rig = Rig::unlimited();
    let (gate, first) = held_push(&rig, "first");
    let client = rig.client();
    let elsewhere = Body::from_records("another", &[account("x")]).expect("right");
    client.push_with(&KIND, &elsewhere, &without_deletion_guard()).expect("another resource");
    let secrets = Body::from_request(fixture("12_secret_40_inventory.json")).expect("valid");
    client.push_with(&Kind::SECRET, &secrets, &without_deletion_guard()).expect("another kind");
    let other = Rig::unlimited();
    other
        .client()
        .push_with(&KIND, &accounts(&["x"]), &without_deletion_guard())
        .expect("another application");
    assert_eq!(rig.sim.counters().puts_accepted, 2);
    gate.opened.wait();
    first.join().expect("no panic").expect("pushed");
}

#[test]
fn a_push_that_is_refused_before_it_is_sent_lets_the_next_one_go_on() {
    let rig = Rig::unlimited();
    let (gate, first) = held_push(&rig, "first");
    let client = rig.client();
    // Records are validated before the wait.
    let invalid = Body::from_records(RESOURCE, &[json!({"uniqueId": "a"})]).expect("a body");
    for body in [accounts(&[]), invalid] {
        let error = client.push(&KIND, &body).expect_err("refused");
        assert_eq!(error.action(), Action::FixRecords);
    }
    let next = waiting_push(&rig, "next", |client| client);
    gate.opened.wait();
    first.join().expect("no panic").expect("pushed");
    next.join().expect("no panic").expect("pushed");
    assert_eq!(pushed(&rig), ["first", "next"]);
}

#[test]
fn after_a_lost_response_the_next_push_of_the_resource_is_sent() {
    let rig = Rig::unlimited();
    let (gate, first) = held_push(&rig, "first");
    let next = waiting_push(&rig, "next", |client| client);
    rig.script(Place::Put, Fault::LoseResponse);
    gate.opened.wait();
    assert_kind(first.join().expect("no panic"), ErrorKind::OutcomeUnknown);
    next.join().expect("no panic").expect("pushed");
    assert_eq!(pushed(&rig), ["first", "next"]);
}

#[test]
fn a_child_of_a_fork_waits_for_no_push_of_its_parent() {
    needs!("python3");
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let jobs = Jobs::new(&rig, folder.path().join("token").display().to_string());
    rig.script(Place::Put, Fault::HoldResponse);
    let words = ["python3", "-W", "ignore::DeprecationWarning", "tests/python/fork_push.py"];
    let mut program =
        PausedProcess::start(jobs.run(&words.map(OsString::from)).stdin(Stdio::piped()));
    until("the parent's push is under way", || rig.sim.counters().puts == 1);
    program.send("fork");
    assert_eq!(program.until("the child has ended"), ["pushed"]);
    assert_eq!(pushed(&rig), ["parent", "child"]);
}
