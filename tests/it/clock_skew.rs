//! Hosts whose clocks differ share one token store: no host requests tokens in turn with another,
//! no push fails, and an event and later errors name the clock.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Client, Clock, Config, Error, ErrorKind, Event, Kind, TestClock};

use crate::fakes::EventRecorder;
use crate::harness::{RESOURCE, Rig, TempFile, TempFolder, accounts, assert_kind};
use crate::jobs::Jobs;
use crate::process_memory::PausedProcess;

const HOUR_MS: i64 = 3_600_000;
const SENTENCE: &str = "the clock of this machine or of another that shares the token store is \
                        wrong by about";

/// A process that plays a host: its clock, and the pipe through which it gets its commands.
struct Host {
    clock: TestClock,
    process: PausedProcess,
    _clock_file: TempFile,
}

impl Host {
    fn start(jobs: &Jobs<'_>, name: &str, ahead_ms: i64) -> Host {
        let file = TempFile::new("clock", b"");
        let clock = TestClock::shared(file.path()).expect("the file can be mapped");
        clock.step_wall_ms(ahead_ms);
        let own = std::env::current_exe().expect("this program").into_os_string();
        let words =
            ["--exact", "clock_skew::child_process_of_these_tests", "--ignored", "--nocapture"];
        let mut command: Command = jobs.run(std::slice::from_ref(&own));
        command.args(words).env("HOST", name).env("HOST_CLOCK", file.path());
        Host { clock, process: PausedProcess::start(&mut command), _clock_file: file }
    }

    /// Pushes once, and returns the output of the host.
    fn push(&mut self, how: &str) -> Vec<String> {
        self.process.send(how);
        self.process.until("done")
    }
}

#[test]
#[ignore = "a child of the tests here, for as long as they say"]
fn child_process_of_these_tests() {
    let path = std::env::var("HOST_CLOCK").expect("the parent sets it");
    let name = std::env::var("HOST").expect("the parent sets it");
    let clock = TestClock::shared(path.as_ref()).expect("the file can be mapped").on_machine(&name);
    let listen = |event: &Event| {
        if let Event::ClockSkew { .. } = event {
            println!("\nskew {event}");
        }
    };
    let config = || Config::from_env().clock(clock.clone()).on_event(listen);
    let long_lived = Client::new(config()).expect("configured");
    for line in std::io::stdin().lines() {
        let client = match line.expect("text").as_str() {
            "push" => long_lived.clone(),
            _ => Client::new(config()).expect("configured"),
        };
        match client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])) {
            Ok(_) => println!("\npushed"),
            Err(error) => println!("\nfailed {error}"),
        }
        println!("\ndone");
    }
}

/// Pushes from two hosts with different clocks in turn for a day, one push every ten minutes.
fn day(ahead_ms: i64, how: &str) {
    let (rig, folder) = (Rig::new(), TempFolder::new());
    let jobs = Jobs::new(&rig, folder.path().join("token").display().to_string());
    let hosts = [("right", 0), ("wrong", ahead_ms)];
    let mut hosts = hosts.map(|(name, ahead_ms)| Host::start(&jobs, name, ahead_ms));
    let mut skews = 0;
    for turn in 0..144 {
        let lines = hosts[turn % 2].push(how);
        assert!(lines.iter().any(|line| line == "pushed"), "{ahead_ms} ms, {how}: {lines:?}");
        skews += lines.iter().filter(|line| line.contains(SENTENCE)).count();
        let step = Duration::from_secs(600);
        rig.sim.advance(step);
        hosts.iter().for_each(|host| host.clock.advance(step));
    }
    let counters = rig.sim.counters();
    let what = format!("{ahead_ms} ms, {how}: {skews} events, {counters:?}");
    println!("{what}");
    assert!((24..=30).contains(&counters.token_requests), "{what}");
    assert!(counters.unauthorized <= 30, "{what}");
    assert_eq!(skews > 0, ahead_ms.abs() > 60_000, "{what}");
}

#[test]
fn hosts_with_clocks_two_hours_apart_push_for_a_day_with_few_token_requests() {
    for ahead_ms in [2 * HOUR_MS, -2 * HOUR_MS] {
        day(ahead_ms, "push");
        day(ahead_ms, "push with a new client");
    }
}

#[test]
fn hosts_with_clocks_fifty_seconds_apart_push_for_a_day_with_few_token_requests() {
    for ahead_ms in [50_000, -50_000] {
        day(ahead_ms, "push");
    }
}

#[test]
fn hosts_with_clocks_a_day_and_an_hour_apart_push_for_a_day_with_few_token_requests() {
    for ahead_ms in [25 * HOUR_MS, -25 * HOUR_MS] {
        day(ahead_ms, "push");
    }
}

/// A store with a record of another host, whose clock is 25 hours ahead.
struct Shared {
    rig: Rig,
    folder: TempFolder,
    recorder: EventRecorder,
}

impl Shared {
    fn new(change: impl FnOnce(&mut Value, Value)) -> Shared {
        let shared = Shared {
            rig: Rig::new(),
            folder: TempFolder::new(),
            recorder: EventRecorder::default(),
        };
        shared.client().token().expect("a token");
        shared.rig.advance(Duration::from_secs(120));
        let (mut record, wall) = (shared.record(), shared.rig.clock.wall().as_millis());
        let ahead = u64::try_from(wall).expect("small") + 25 * 3_600_000;
        change(&mut record, json!({"boot_id": "another", "boot_ms": 5, "wall_ms": ahead}));
        fs::write(shared.file(), record.to_string()).expect("ours");
        shared.recorder.events();
        shared
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("token")
    }

    fn record(&self) -> Value {
        serde_json::from_slice(&fs::read(self.file()).expect("is there")).expect("JSON")
    }

    /// Pushes with a new client, as an hourly job does.
    fn client(&self) -> Client {
        self.client_with(&self.rig.sim.client_secret())
    }

    fn client_with(&self, secret: &str) -> Client {
        let config = self.rig.config().token_store(self.file().display().to_string());
        let config = config.client_secret(secret).deadline(Duration::from_secs(5));
        Client::new(self.recorder.at(config)).expect("safe")
    }

    #[track_caller]
    fn assert_named(&self, error: &Error) {
        assert!(error.to_string().contains(&format!("{SENTENCE} 25 h")), "{error}");
        let skew = |event: &Event| matches!(event, Event::ClockSkew { .. });
        let events = self.recorder.events();
        assert!(events.iter().any(|event| skew(event) && event.is_warning()), "{events:?}");
    }
}

#[test]
fn retry_after_stamp_in_the_future_ends_one_window_after_it_was_first_seen() {
    let shared = Shared::new(|record, ahead| {
        record["token"] = Value::Null;
        record["pause"] = json!({"at": ahead, "seconds": 600});
    });
    let written = shared.record()["pause"]["at"].clone();
    let error = assert_kind(shared.client().token(), ErrorKind::TokenRateLimited);
    assert!(error.is_remembered());
    shared.assert_named(&error);
    shared.rig.advance(Duration::from_secs(590));
    assert_kind(shared.client().token(), ErrorKind::TokenRateLimited);
    let now = shared.record()["pause"]["at"].clone();
    assert_eq!(now["wall_ms"], written["wall_ms"], "it is right where it was written");
    shared.rig.advance(Duration::from_secs(11));
    shared.client().token().expect("each job starts anew, and it ends all the same");
}

#[test]
fn rejection_stamp_in_the_future_ends_one_window_after_it_was_first_seen() {
    let shared = Shared::new(|_, _| ());
    let client = || shared.client_with("vcs_wrong");
    shared.rig.advance(Duration::from_secs(3600));
    assert_kind(client().token(), ErrorKind::InvalidClient);
    let mut record = shared.record();
    let wall = record["refusals"][0]["at"]["wall_ms"].as_u64().expect("a number");
    record["refusals"][0]["at"] =
        json!({"boot_id": "another", "boot_ms": 5, "wall_ms": wall + 90_000_000});
    fs::write(shared.file(), record.to_string()).expect("ours");
    let error = assert_kind(client().token(), ErrorKind::InvalidClient);
    assert!(error.is_remembered());
    shared.assert_named(&error);
    shared.rig.advance(Duration::from_secs(61));
    let error = assert_kind(client().token(), ErrorKind::InvalidClient);
    assert!(!error.is_remembered(), "the window is over");
}

#[test]
fn rate_limit_stamps_in_the_future_delay_no_call() {
    let shared = Shared::new(|record, ahead| {
        record["token"] = Value::Null;
        record["requests"] = json!(vec![ahead.clone(); 4]);
        record["resource_requests"] = json!(vec![ahead.clone(); 20]);
        record["revoked"] = json!(vec![ahead; 9]);
    });
    shared.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect("it waits for nothing");
    let record = shared.record();
    // They count on the host that wrote them, for a window from when they were first seen.
    assert_eq!(record["resource_requests"].as_array().map(Vec::len), Some(21));
    shared.rig.advance(Duration::from_secs(63));
    shared.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    assert_eq!(shared.record()["resource_requests"].as_array().map(Vec::len), Some(1));
    // At the time in their stamps they no longer count.
    shared.rig.advance(Duration::from_secs(25 * 3600 - 100));
    shared.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect("it waits for nothing");
}

#[test]
fn error_does_not_mention_clocks_that_agree() {
    let shared = Shared::new(|_, _| ());
    let client = || shared.client_with("vcs_wrong");
    shared.rig.advance(Duration::from_secs(3600));
    assert_kind(client().token(), ErrorKind::InvalidClient);
    let error = assert_kind(client().token(), ErrorKind::InvalidClient);
    assert!(error.is_remembered() && !error.to_string().contains("clock"), "{error}");
    assert!(!shared.recorder.events().iter().any(|event| matches!(event, Event::ClockSkew { .. })));
}
