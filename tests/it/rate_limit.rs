//! The rate limit: permits for resource requests, first come, first served, for all jobs together.

use std::ffi::OsString;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vanta::{
    Action, Body, Cancel, Client, Clock, Config, ErrorKind, Kind, Level, PushOptions, Rule,
    ValidationOptions,
};

use crate::fakes::FakeStore;
use crate::harness::{
    Fault, Place, RESOURCE, Rig, TempFolder, VALID_FIXTURES, account, accounts, assert_kind,
    fixture, fixture_path, without_deletion_guard,
};
use crate::jobs::{Jobs, Running, start, text};
use crate::languages::BUILT;

const KIND: Kind = Kind::USER_ACCOUNT;

/// A window of the rate limit: a minute, and the time that a request may take to arrive.
pub const WINDOW: Duration = Duration::from_secs(62);

/// Makes a rig with one clock for all processes, which only the test moves.
pub fn rig(limit: Option<u32>) -> Rig {
    let rig = Rig::on_one_clock(|settings| settings.resource_limit_per_minute = limit);
    rig.clock.move_by_hand();
    rig
}

/// A clock that advances only when the test moves it, however slow the machine is.
#[derive(Clone, Debug, Default)]
struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    fn since(&self, start: u64) -> Duration {
        Duration::from_secs(start + self.0.load(Ordering::SeqCst))
    }
}

impl Clock for ManualClock {
    fn monotonic(&self) -> Duration {
        self.since(100)
    }

    fn wall(&self) -> Duration {
        self.since(1_790_000_000)
    }

    fn boot(&self) -> Duration {
        self.since(5000)
    }

    fn boot_id(&self) -> String {
        "a machine of the test's own".to_owned()
    }

    fn sleep(&self, _: Duration) {
        thread::sleep(Duration::from_millis(5));
    }
}

pub fn config(rig: &Rig, limit: u32) -> Config {
    rig.config().requests_per_minute(limit).deadline(Duration::from_secs(120))
}

/// Waits in real time, because the machine may be loaded.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(100), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn record(store: &str) -> Value {
    fs::read(store).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

pub fn count(record: &Value, member: &str) -> usize {
    record[member].as_array().map_or(0, Vec::len)
}

fn store(folder: &TempFolder) -> String {
    folder.path().join("token").display().to_string()
}

fn body_of(number: usize) -> Body {
    let id = format!("resource-{number}");
    Body::from_records(&id, &[account("a")]).expect("right")
}

#[test]
fn twenty_threads_whose_pushes_fit_into_two_windows_all_succeed() {
    for with_store in [true, false] {
        let (rig, folder) = (Rig::new(), TempFolder::new());
        let clock = ManualClock::default();
        let server = clock.clone();
        rig.sim.follow_clock(move || (server.monotonic(), server.wall()));
        let place = if with_store { store(&folder) } else { "memory".to_owned() };
        let config = config(&rig, 20).clock(clock.clone()).token_store(&place);
        let client = Client::new(config).expect("right");
        client.token().expect("a token");
        let done = AtomicUsize::new(0);
        thread::scope(|scope| {
            for number in 0..20 {
                let (client, done) = (&client, &done);
                scope.spawn(move || {
                    client.push(&KIND, &body_of(number)).expect("pushed");
                    done.fetch_add(1, Ordering::SeqCst);
                });
            }
            until("the first ten are done", || done.load(Ordering::SeqCst) == 10);
            if with_store {
                until("ten wait", || count(&record(&place), "waiting") == 10);
            }
            clock.0.fetch_add(WINDOW.as_secs(), Ordering::SeqCst);
        });
        let counters = rig.sim.counters();
        assert_eq!((counters.gets, counters.puts_accepted, counters.rate_limited), (20, 20, 0));
        assert_eq!(count(&record(&place), "waiting"), 0);
    }
}

fn probe() -> OsString {
    BUILT.compile("gcc", "-std=c99", "tests/c/probe.c").into_os_string()
}

fn push_job(jobs: &Jobs<'_>, number: usize, kind: &str, fixture: &str) -> Running {
    let c = vec![probe()];
    let words = if number % 2 == 0 { c } else { BUILT.python("tests/python/probe.py") };
    let mut command = jobs.run(&words);
    command.args(["push", kind]).arg(fixture_path(fixture)).arg("deadline_ms=1200000");
    start(command)
}

#[track_caller]
fn assert_pushed(job: Running) {
    let printed = text(&job.end());
    assert!(printed.contains("status 0\n"), "{printed}");
}

#[test]
fn twenty_processes_whose_pushes_fit_into_two_windows_all_succeed() {
    needs!("gcc", "python3");
    probe();
    let (rig, folder) = (rig(Some(20)), TempFolder::new());
    let jobs = Jobs::new(&rig, store(&folder));
    let push = |number| push_job(&jobs, number, "user_account", "01_user_account_3.json");
    let running: Vec<Running> = (0..20).map(push).collect();
    until("the first ten are done", || rig.sim.counters().puts_accepted == 10);
    until("ten wait", || count(&record(&store(&folder)), "waiting") == 10);
    rig.advance(WINDOW);
    running.into_iter().for_each(assert_pushed);
    let counters = rig.sim.counters();
    assert_eq!((counters.gets, counters.puts_accepted, counters.rate_limited), (20, 20, 0));
}

/// Makes a client that has used the two permits of the window, and a rig without a rate limit.
fn used_up(place: &str) -> (Rig, Client) {
    // The library is built before the window begins, because real time passes on every clock.
    probe();
    let rig = rig(None);
    let client = Client::new(config(&rig, 2).token_store(place)).expect("right");
    for _ in 0..2 {
        client.list(&KIND, RESOURCE).expect("listed");
    }
    (rig, client)
}

/// Lets a window pass, in steps in which the waiting processes renew their entries.
fn pass_a_window(rig: &Rig, record: impl Fn() -> Value) {
    for _ in 0..4 {
        rig.advance(Duration::from_secs(16));
        let now = rig.clock.boot();
        let waits = |waiter: &Value| {
            let at = waiter["at"]["boot_ms"].as_u64().expect("a time");
            now.saturating_sub(Duration::from_millis(at)) < Duration::from_secs(16)
        };
        until("all show that they live", || {
            record()["waiting"].as_array().is_none_or(|waiting| waiting.iter().all(waits))
        });
    }
}

#[test]
fn processes_get_their_permits_first_come_first_served() {
    needs!("gcc", "python3");
    let folder = TempFolder::new();
    let (rig, _client) = used_up(&store(&folder));
    let jobs = Jobs::new(&rig, store(&folder));
    let pushes = [4, 0, 6].map(|number| VALID_FIXTURES[number].clone());
    let mut running = Vec::new();
    for (number, (fixture, kind)) in pushes.iter().enumerate() {
        let mut command = jobs.run(&[probe(), OsString::from("push")]);
        command.arg(kind.as_str()).arg(fixture_path(fixture)).arg("deadline_ms=1200000");
        command.env("VANTA_REQUESTS_PER_MINUTE", "2");
        running.push(start(command));
        until("it waits", || count(&record(&store(&folder)), "waiting") == number + 1);
    }
    for done in 1..=3 {
        pass_a_window(&rig, || record(&store(&folder)));
        until("one more is done", || rig.sim.counters().puts_accepted == done);
    }
    running.into_iter().for_each(assert_pushed);
    let taken: Vec<String> = rig.sim.applied_pushes().into_iter().map(|taken| taken.kind).collect();
    let kinds = pushes.map(|(_, kind)| kind.as_str().to_owned());
    assert_eq!(taken, kinds);
}

#[test]
fn threads_get_their_permits_first_come_first_served() {
    let fake_store = FakeStore::default();
    let rig = rig(None);
    let client = Client::new(fake_store.config(&rig).requests_per_minute(2)).expect("right");
    let client = client.with_deadline(Duration::from_secs(600));
    client.push(&KIND, &body_of(0)).expect("pushed");
    thread::scope(|scope| {
        for number in 1..4 {
            let client = client.clone();
            scope.spawn(move || client.push(&KIND, &body_of(number)).expect("pushed"));
            until("it waits", || count(&fake_store.record(), "waiting") == number);
        }
        for done in 2..=4 {
            pass_a_window(&rig, || fake_store.record());
            until("one more is done", || rig.sim.counters().puts_accepted == done);
        }
    });
    let taken = rig.sim.applied_pushes().into_iter().map(|taken| taken.resource_id);
    assert!(taken.eq((0..4).map(|number| format!("resource-{number}"))));
}

#[test]
fn waiter_process_that_ended_delays_others_by_at_most_one_window() {
    needs!("gcc", "python3");
    let folder = TempFolder::new();
    let (rig, client) = used_up(&store(&folder));
    let jobs = Jobs::new(&rig, store(&folder));
    let mut command = jobs.run(&BUILT.python("tests/python/probe.py"));
    command.args(["push", "user_account"]).arg(fixture_path("01_user_account_3.json"));
    command.arg("deadline_ms=1200000").env("VANTA_REQUESTS_PER_MINUTE", "2");
    let mut first = start(command);
    until("it waits", || count(&record(&store(&folder)), "waiting") == 1);
    rig.advance(Duration::from_secs(40));
    let renewed = || record(&store(&folder))["waiting"][0]["at"]["wall_ms"].as_u64();
    let since = || record(&store(&folder))["waiting"][0]["since"]["wall_ms"].as_u64();
    until("it renews its entry", || renewed() >= since().map(|since| since + 40_000));
    first.signal("KILL");
    let second = client.with_deadline(Duration::from_secs(300));
    let second = thread::spawn(move || second.push(&KIND, &body_of(2)).map(drop));
    until("the second waits", || count(&record(&store(&folder)), "waiting") == 2);
    // The permits are reserved for the first in the queue.
    rig.advance(WINDOW - Duration::from_secs(40));
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(rig.sim.counters().puts, 0);
    rig.advance(Duration::from_secs(41));
    second.join().expect("no panic").expect("pushed");
    assert_eq!(count(&record(&store(&folder)), "waiting"), 0);
}

#[test]
fn a_push_that_the_deletion_guard_refuses_gives_its_permit_back() {
    let fake_store = FakeStore::default();
    let rig = rig(None);
    let client = Client::new(fake_store.config(&rig).requests_per_minute(3)).expect("right");
    let rows: Vec<Value> = (0..9).map(|number| account(&format!("id-{number}"))).collect();
    rig.reply(Place::Get, 200, &json!({"resources": rows}).to_string());
    assert_kind(client.push(&KIND, &accounts(&["id-0"])), ErrorKind::TooManyRemovals);
    assert_eq!(count(&fake_store.record(), "resource_requests"), 1, "the read alone counts");
    // Without a wait, which would never end on this clock.
    for _ in 0..2 {
        client.list(&KIND, RESOURCE).expect("listed");
    }
    let short_deadline = client.with_deadline(Duration::from_secs(30));
    assert_kind(short_deadline.list(&KIND, RESOURCE), ErrorKind::RateLimited);
}

#[test]
fn a_push_counts_from_when_it_is_sent() {
    let fake_store = FakeStore::default();
    let rig = rig(None);
    let client =
        Client::new(config(&rig, 3).custom_token_store(fake_store.clone())).expect("right");
    client.token().expect("a token");
    rig.script(Place::Get, Fault::Delay(Duration::from_millis(500)));
    thread::scope(|scope| {
        let push = scope.spawn(|| client.push(&KIND, &accounts(&["a"])));
        until("the read is under way", || rig.sim.counters().gets == 1);
        assert_eq!(count(&fake_store.record(), "resource_requests"), 2, "both were acquired");
        rig.advance(Duration::from_secs(30));
        push.join().expect("no panic").expect("pushed");
    });
    let record = fake_store.record();
    let at = |index: usize| record["resource_requests"][index]["boot_ms"].as_u64().expect("a time");
    assert!(at(0).abs_diff(at(1)) >= 30_000, "{record}");
}

#[test]
fn a_limit_below_what_a_push_needs_gives_it_one_permit_at_a_time() {
    let rig = rig(None);
    let client = Client::new(config(&rig, 1)).expect("right");
    thread::scope(|scope| {
        let push = scope.spawn(|| client.push(&KIND, &accounts(&["a"])));
        until("it has read", || rig.sim.counters().gets == 1);
        thread::sleep(Duration::from_millis(300));
        assert_eq!(rig.sim.counters().puts, 0, "it waits for the second permit");
        rig.advance(WINDOW);
        push.join().expect("no panic").expect("pushed");
    });
}

#[test]
fn a_push_that_waits_for_an_earlier_one_holds_no_permit() {
    let fake_store = FakeStore::default();
    let rig = rig(None);
    let client =
        Client::new(config(&rig, 3).custom_token_store(fake_store.clone())).expect("right");
    client.token().expect("a token");
    rig.script(Place::Put, Fault::Delay(Duration::from_millis(800)));
    thread::scope(|scope| {
        let push = || {
            client.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard()).expect("pushed")
        };
        let first = scope.spawn(push);
        until("the first is sent", || rig.sim.counters().puts == 1);
        let second = scope.spawn(push);
        thread::sleep(Duration::from_millis(200));
        assert_eq!(count(&fake_store.record(), "resource_requests"), 1);
        first.join().expect("no panic");
        second.join().expect("no panic");
    });
    assert_eq!(count(&fake_store.record(), "resource_requests"), 2);
}

#[test]
fn a_waiter_that_is_cancelled_leaves_the_list() {
    let fake_store = FakeStore::default();
    let rig = rig(None);
    let client =
        Client::new(config(&rig, 1).custom_token_store(fake_store.clone())).expect("right");
    client.list(&KIND, RESOURCE).expect("listed");
    let cancel = Cancel::new();
    let waits = client.with_cancel(&cancel);
    let waits = thread::spawn(move || waits.list(&KIND, RESOURCE).map(drop));
    until("it waits", || count(&fake_store.record(), "waiting") == 1);
    cancel.cancel();
    assert_kind(waits.join().expect("no panic"), ErrorKind::Cancelled);
    assert_eq!(count(&fake_store.record(), "waiting"), 0);
}

#[test]
fn a_push_that_refers_to_missing_components_gives_back_what_it_did_not_use() {
    let fake_store = FakeStore::default();
    let rig = rig(None);
    let client =
        Client::new(config(&rig, 3).custom_token_store(fake_store.clone())).expect("right");
    let body = Body::from_request(fixture("07_static_analysis_150.json")).expect("valid");
    let checks = ValidationOptions::new().level(Rule::UnknownComponent, Level::Error);
    let options = PushOptions::new().live_components(RESOURCE).validation(checks);
    rig.reply(Place::Get, 200, r#"{"resources": []}"#);
    let pushed = client.push_with(&Kind::STATIC_ANALYSIS_VULNERABILITY, &body, &options);
    let error = pushed.expect_err("no component is live");
    assert_eq!((error.action(), rig.sim.counters().gets), (Action::FixRecords, 1));
    assert_eq!(count(&fake_store.record(), "resource_requests"), 1, "one read of three requests");
}
