//! Resource requests wait for a permit, so that Vanta sends no 429.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use vanta::{
    Action, Cancel, Client, Clock, Config, Error, ErrorKind, Event, Kind, Stage, TokenStore,
};

use crate::fakes::{EventRecorder, FakeStore};
use crate::harness::{
    Fault, Place, RESOURCE, Rig, TempFolder, accounts, assert_kind, create_private,
    without_deletion_guard,
};
use crate::jobs::{Jobs, all_succeed};
use crate::push_sequence::Gate;

const KIND: Kind = Kind::USER_ACCOUNT;

pub const MINUTE: Duration = Duration::from_secs(60);

/// A minute has permits for twenty requests. Client and server have one clock, which only waits
/// move: the server counts a request at the time of the client, on any machine.
pub fn rig() -> Rig {
    let rig = Rig::on_one_clock(|_| ());
    rig.clock.stop();
    rig
}

/// Returns a client with the longest deadline.
pub fn with_long_deadline(config: Config) -> Client {
    Client::new(config.deadline(Duration::from_secs(1200))).expect("right")
}

/// Returns a configuration with this rate limit of the client.
pub fn with_rate_limit(rig: &Rig, per_minute: u32) -> Config {
    rig.config().requests_per_minute(per_minute)
}

pub fn list(client: &Client, times: usize) {
    for number in 0..times {
        client.list(&KIND, RESOURCE).unwrap_or_else(|error| panic!("list {number}: {error}"));
    }
}

/// Returns how long the calls waited, by their events.
pub fn waits(recorder: &EventRecorder) -> Vec<Duration> {
    let wait = |event| match event {
        Event::RateLimitReached { wait } => Some(wait),
        _ => None,
    };
    recorder.events().into_iter().filter_map(wait).collect()
}

/// Checks that a client without a permit left returns an error and sends nothing.
#[track_caller]
pub fn assert_no_permit<T: std::fmt::Debug>(rig: &Rig, call: impl FnOnce() -> Result<T, Error>) {
    let sent = rig.sim.requests().len();
    let error = assert_kind(call(), ErrorKind::RateLimited);
    assert_eq!((error.http_status(), error.stage(), error.attempts()), (None, Stage::Queue, 0));
    assert_eq!(error.action(), Action::RetryLater);
    let wait = error.retry_after().expect("it says how long");
    assert!(wait > Duration::from_secs(50) && wait < Duration::from_secs(65), "{wait:?}");
    assert!(error.to_string().contains("the rate limit of "), "{error}");
    assert_eq!(rig.sim.requests().len(), sent);
}

#[test]
fn request_21_of_a_minute_waits_for_a_permit() {
    let (rig, recorder) = (rig(), EventRecorder::default());
    let client = with_long_deadline(recorder.at(rig.config()));
    let began = rig.clock.monotonic();
    list(&client, 20);
    assert!(waits(&recorder).is_empty());
    assert!(rig.clock.monotonic() - began < MINUTE / 2, "no call waited");
    list(&client, 1);
    let waits = waits(&recorder);
    assert_eq!(waits.len(), 1, "{waits:?}");
    assert!(waits[0] > Duration::from_secs(50), "{waits:?}");
    let took = rig.clock.monotonic() - began;
    assert!(took >= MINUTE && took < MINUTE * 3 / 2, "{took:?}");
    assert_eq!(rig.sim.counters().rate_limited, 0);
    // The other permits of that minute are available again too.
    list(&client, 19);
    assert!(rig.clock.monotonic() - began < MINUTE * 3 / 2);
}

#[test]
fn wait_of_less_than_a_tenth_of_a_second_has_no_event() {
    let (rig, recorder) = (rig(), EventRecorder::default());
    let client = with_long_deadline(recorder.at(rig.config()));
    list(&client, 20);
    let listed = client.with_deadline(Duration::from_secs(3)).list(&KIND, RESOURCE);
    let wait = assert_kind(listed, ErrorKind::RateLimited).retry_after().expect("it says how long");
    rig.advance(wait - Duration::from_millis(60));
    recorder.events();
    list(&client, 1);
    assert_eq!(recorder.events(), []);
}

#[test]
fn hundred_requests_get_no_429() {
    let (rig, recorder) = (rig(), EventRecorder::default());
    let client = with_long_deadline(recorder.at(rig.config()));
    let began = rig.clock.monotonic();
    for round in 0..25 {
        client.push(&KIND, &accounts(&["a", "b"])).unwrap_or_else(|e| panic!("{round}: {e}"));
        list(&client, 2);
    }
    let counters = rig.sim.counters();
    assert_eq!((counters.gets + counters.puts, counters.rate_limited), (100, 0));
    let took = rig.clock.monotonic() - began;
    assert!(took >= 4 * MINUTE && took < 5 * MINUTE, "{took:?}");
    assert!(waits(&recorder).len() >= 4);
}

#[test]
fn slow_request_gets_no_429() {
    let rig = rig();
    let client = with_long_deadline(rig.config());
    // The server counts a request when it arrives, not when it was sent.
    rig.script(Place::Get, Fault::Delay(Duration::from_millis(300)));
    list(&client, 41);
    assert_eq!(rig.sim.counters().rate_limited, 0);
}

#[test]
fn deadline_shorter_than_the_rate_limit_wait_reports_the_wait() {
    let rig = rig();
    let client = with_long_deadline(rig.config());
    let short_deadline = client.with_deadline(Duration::from_secs(30));
    list(&client, 19);
    // One permit is left, and a push needs two: one to read and one to send.
    assert_no_permit(&rig, || short_deadline.push(&KIND, &accounts(&["a"])));
    list(&client, 1);
    assert_no_permit(&rig, || {
        short_deadline.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard())
    });
    assert_no_permit(&rig, || short_deadline.list(&KIND, RESOURCE));
    assert_no_permit(&rig, || short_deadline.verify(&KIND, &accounts(&["a"])));
    assert_no_permit(&rig, || short_deadline.plan(&KIND, &accounts(&["a"])));
    // The error used no permit: after a minute twenty are available.
    rig.advance(Duration::from_secs(65));
    list(&short_deadline, 20);
    assert_eq!((rig.sim.counters().puts, rig.sim.counters().rate_limited), (0, 0));
}

#[test]
fn earlier_attempt_is_counted_when_the_next_gets_no_permit() {
    let rig = Rig::unlimited();
    let client = Client::new(with_rate_limit(&rig, 3)).expect("right");
    let client = client.with_deadline(Duration::from_secs(30));
    list(&client, 2);
    rig.reply(Place::Get, 503, "");
    let error = assert_kind(client.list(&KIND, RESOURCE), ErrorKind::RateLimited);
    assert_eq!((error.attempts(), error.http_status()), (1, None));
    // The error of a push that may have taken effect is not about the deadline.
    rig.advance(Duration::from_secs(65));
    list(&client, 2);
    rig.reply(Place::Put, 504, "");
    let pushed = client.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard());
    let error = assert_kind(pushed, ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause().map(|cause| cause.kind()), Some(ErrorKind::RateLimited));
}

#[test]
fn clients_and_threads_of_one_process_share_the_rate_limit() {
    let rig = rig();
    let (one, two) = (rig.client(), rig.client());
    list(&one, 10);
    list(&two, 10);
    for client in [&one, &two] {
        let short_deadline = client.with_deadline(Duration::from_secs(30));
        assert_no_permit(&rig, || short_deadline.list(&KIND, RESOURCE));
    }
    rig.advance(Duration::from_secs(65));
    let short_deadline = one.with_deadline(Duration::from_secs(30));
    let done = thread::scope(|scope| {
        let lists = || scope.spawn(|| short_deadline.list(&KIND, RESOURCE).is_ok());
        let threads: Vec<_> = (0..32).map(|_| lists()).collect();
        threads
            .into_iter()
            .filter(|_| true)
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    let done: Vec<bool> = done;
    assert_eq!(done.iter().filter(|done| **done).count(), 20);
    assert_eq!(rig.sim.counters().rate_limited, 0);
}

#[test]
fn two_applications_have_separate_rate_limits() {
    let (one, two) = (rig(), rig());
    list(&one.client(), 20);
    list(&two.client().with_deadline(Duration::from_secs(30)), 20);
}

#[test]
fn processes_share_the_rate_limit_through_the_store() {
    needs!("gcc", "g++", "python3");
    let (rig, folder) = (rig(), TempFolder::new());
    let path = folder.path().join("token");
    let jobs = Jobs::new(&rig, path.display().to_string());
    let began = rig.clock.monotonic();
    // Each job lists, pushes and lists again. A single one would not wait.
    (0..9).for_each(|number| all_succeed([jobs.push(number)]));
    let counters = rig.sim.counters();
    assert_eq!((counters.gets, counters.puts, counters.rate_limited), (18, 9, 0));
    assert_eq!(counters.token_requests, 1, "a client with a rate limit keeps the token");
    let took = rig.clock.monotonic() - began;
    assert!(took >= MINUTE && took < 4 * MINUTE, "{took:?}");
    let record: Value = serde_json::from_slice(&fs::read(&path).expect("bytes")).expect("JSON");
    assert_eq!(record["token"]["access_token"].as_str(), rig.sim.live_token().as_deref());
    let turns = record["resource_requests"].as_array().map(Vec::len);
    assert!(turns.is_some_and(|turns| (1..=20).contains(&turns)), "{turns:?}");
}

#[test]
fn requests_of_other_processes_count_to_the_rate_limit() {
    let rig = Rig::unlimited();
    let fake_store = FakeStore::default();
    let recorder = EventRecorder::default();
    let config = fake_store.config(&rig).requests_per_minute(20);
    let client = with_long_deadline(recorder.at(config));
    list(&client, 1);
    let mut record = fake_store.record();
    let ours = record["resource_requests"][0].clone();
    assert!(ours.is_object(), "{record}");
    record["resource_requests"] = vec![ours; 20].into();
    fake_store.put(&record);
    let short_deadline = client.with_deadline(Duration::from_secs(30));
    assert_no_permit(&rig, || short_deadline.list(&KIND, RESOURCE));
    let after = fake_store.record();
    assert_eq!(after["resource_requests"], record["resource_requests"], "nothing was added");
    assert_eq!(after["token"], record["token"]);
    assert!(waits(&recorder).is_empty());
    list(&client, 1);
    assert_eq!(waits(&recorder).len(), 1);
    let after = fake_store.record();
    assert_eq!(after["resource_requests"].as_array().map(Vec::len), Some(1), "old ones go");
    assert_eq!(after["token"], record["token"], "the token stays");
}

#[test]
fn permit_that_was_not_granted_is_not_counted() {
    let rig = Rig::unlimited();
    let fake_store = FakeStore::default();
    let client = Client::new(fake_store.config(&rig).requests_per_minute(20)).expect("right");
    list(&client, 1);
    let mut record = fake_store.record();
    record["resource_requests"] = vec![record["resource_requests"][0].clone(); 20].into();
    fake_store.put(&record);
    rig.advance(Duration::from_secs(40));
    let short_deadline = client.with_deadline(Duration::from_secs(10));
    for _ in 0..25 {
        assert_kind(short_deadline.list(&KIND, RESOURCE), ErrorKind::RateLimited);
    }
    rig.advance(Duration::from_secs(25));
    list(&short_deadline, 20);
}

#[test]
fn unavailable_or_busy_store_delays_no_request() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    rig.clock.stop();
    // The folder of the file is created where it is missing, but not the one above it.
    let store = folder.path().join("below").join("token");
    let config = with_rate_limit(&rig, 20).token_store(store.display().to_string());
    let client = Client::new(config).expect("right");
    client.token().expect("a token");
    fs::remove_dir_all(folder.path()).expect("ours");
    fs::write(folder.path(), "").expect("a file in the place of the folder");
    list(&client, 1);
    // For a minute, the store is not tried again.
    fs::remove_file(folder.path()).expect("ours");
    create_private(folder.path());
    list(&client, 19);
    assert!(!store.exists());
    // Without the store, this process counts its own requests.
    let short_deadline = client.with_deadline(Duration::from_secs(30));
    assert_no_permit(&rig, || short_deadline.list(&KIND, RESOURCE));
    rig.advance(Duration::from_secs(65));
    list(&short_deadline, 1);
    assert!(store.exists(), "then it is used again");
    drop((client, short_deadline));
    let rig = Rig::unlimited();
    let fake_store = FakeStore::default();
    let client = Client::new(fake_store.config(&rig).requests_per_minute(20)).expect("right");
    client.token().expect("a token");
    let held = fake_store.try_lock("held by another job", MINUTE).expect("it works");
    list(&client, 1);
    drop(held.expect("no other thread has it"));
    // A store that was unavailable is not tried again for a minute.
    list(&client, 1);
    assert!(fake_store.record()["resource_requests"].as_array().is_none_or(Vec::is_empty));
    rig.advance(Duration::from_secs(65));
    list(&client, 1);
    let turns = fake_store.record()["resource_requests"].as_array().map(Vec::len);
    assert_eq!(turns, Some(1), "what could not be counted is not");
}

/// Starts a client that has used its only permit, and stops it when it begins to wait for the next.
fn waiting(rig: &Rig) -> (Client, Gate) {
    let gate = Gate::new(&rig.clock);
    let client = with_long_deadline(with_rate_limit(rig, 1).clock(gate.clone()));
    list(&client, 1);
    (client, gate)
}

#[test]
fn a_push_waits_for_an_earlier_one_of_its_resource_that_waits_for_a_permit() {
    let rig = Rig::unlimited();
    let (client, gate) = waiting(&rig);
    let older = client.clone();
    let older = thread::spawn(move || {
        older.push_with(&KIND, &accounts(&["old"]), &without_deletion_guard())
    });
    gate.reached.wait();
    let newer = client.clone();
    let newer = thread::spawn(move || {
        newer.push_with(&KIND, &accounts(&["new"]), &without_deletion_guard())
    });
    gate.opened.wait();
    older.join().expect("no panic").expect("pushed");
    newer.join().expect("no panic").expect("pushed");
    let ids: Vec<Value> =
        rig.sim.applied_pushes().into_iter().map(|taken| taken.first["uniqueId"].clone()).collect();
    assert_eq!(ids, ["old", "new"]);
}

#[test]
fn wait_for_a_permit_can_be_cancelled() {
    let rig = Rig::unlimited();
    let (client, gate) = waiting(&rig);
    let cancel = Cancel::new();
    let with_long_deadline = client.with_cancel(&cancel);
    let waits = thread::spawn(move || with_long_deadline.list(&KIND, RESOURCE));
    gate.reached.wait();
    cancel.cancel();
    gate.opened.wait();
    let error = assert_kind(waits.join().expect("no panic"), ErrorKind::Cancelled);
    assert_eq!((error.stage(), error.attempts()), (Stage::Queue, 0));
    assert_eq!(rig.sim.counters().gets, 1);
}
