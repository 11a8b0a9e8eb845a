//! Several processes of one host that share a store file: one token for all.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use serde_json::Value;

use crate::harness::{Fault, Place, RESOURCE, Rig, TempFolder};
use crate::jobs::{Jobs, Running, all_succeed, start, text, until};
use crate::languages::BUILT;

const SLOW: Duration = Duration::from_millis(50);

fn store(folder: &TempFolder) -> String {
    folder.path().join("token").display().to_string()
}

fn record(folder: &TempFolder) -> Option<Value> {
    serde_json::from_slice(&fs::read(store(folder)).ok()?).ok()
}

fn rig() -> Rig {
    Rig::with(|settings| {
        settings.token_delay = SLOW;
        settings.resource_limit_per_minute = None;
    })
}

#[test]
fn ten_processes_in_four_languages_make_one_token_request() {
    needs!("gcc", "g++", "python3");
    let (rig, folder) = (rig(), TempFolder::new());
    let jobs = Jobs::new(&rig, store(&folder));
    all_succeed((0..10).map(|number| jobs.push(number)));
    let counters = rig.sim.counters();
    assert_eq!((counters.token_requests, counters.puts_accepted), (1, 10));
    let mode = fs::metadata(store(&folder)).expect("the store is there").mode();
    assert_eq!(mode & 0o777, 0o600);
    let shown = fs::read_to_string(store(&folder)).expect("text");
    assert!(!shown.contains(&rig.sim.client_secret()), "the secret stands in no store");
}

/// Starts a job that waits in its token request, because of `fault`.
fn holder(rig: &Rig, jobs: &Jobs<'_>, place: Place, fault: Fault) -> Running {
    rig.script(place, fault);
    let holder = start(jobs.push(0));
    until("the holder is on its way", || match place {
        Place::Connect => rig.sim.counters().connections > 0,
        _ => rig.sim.counters().token_requests > 0,
    });
    holder
}

#[test]
fn lock_holder_that_ends_before_its_token_request_costs_nothing() {
    needs!("gcc", "g++", "python3");
    let (rig, folder) = (rig(), TempFolder::new());
    let jobs = Jobs::new(&rig, store(&folder));
    let mut holder = holder(&rig, &jobs, Place::Connect, Fault::Hang);
    let others: Vec<Running> = (0..9).map(|number| start(jobs.push(number))).collect();
    until("it was written that a request was begun", || {
        record(&folder).is_some_and(|record| !record["started"].is_null())
    });
    holder.signal("KILL");
    assert!(others.into_iter().all(|job| job.end().status.success()));
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn lock_holder_that_ends_after_its_token_request_costs_one_request() {
    needs!("gcc", "g++", "python3");
    let (rig, folder) = (rig(), TempFolder::new());
    let jobs = Jobs::new(&rig, store(&folder));
    let mut holder = holder(&rig, &jobs, Place::Token, Fault::HoldResponse);
    until("the lost token is live", || rig.sim.live_token().is_some());
    let others: Vec<Running> = (0..9).map(|number| start(jobs.push(number))).collect();
    holder.signal("KILL");
    assert!(others.into_iter().all(|job| job.end().status.success()));
    assert_eq!(rig.sim.counters().token_requests, 2);
    let requests = record(&folder).expect("a record")["requests"].as_array().map(Vec::len);
    assert_eq!(requests, Some(2), "the request of the job that ended is still counted");
}

#[test]
fn stopped_lock_holder_is_named_in_the_timeout_of_others() {
    needs!("gcc", "g++", "python3");
    let (rig, folder) = (rig(), TempFolder::new());
    let jobs = Jobs::new(&rig, store(&folder));
    let mut holder = holder(&rig, &jobs, Place::Token, Fault::Hang);
    holder.signal("STOP");
    let probe = BUILT.compile("gcc", "-std=c99", "tests/c/probe.c");
    let python = BUILT.python("tests/python/probe.py");
    let words = [vec![probe.into_os_string()], python];
    let others: Vec<Running> = words
        .iter()
        .map(|words| {
            let mut command = jobs.run(words);
            command.args(["list", "user_account", RESOURCE]);
            start(command)
        })
        .collect();
    for job in others {
        let printed = text(&job.end());
        assert!(printed.contains("status -77\n"), "{printed}");
        assert!(
            printed.contains("another process held its lock, or it did not respond"),
            "{printed}"
        );
    }
    assert_eq!(rig.sim.counters().token_requests, 1, "no job went on without the lock");
    holder.signal("KILL");
}

#[test]
fn simulated_day_with_another_token_requester_loses_no_push() {
    needs!("gcc", "g++", "python3");
    let rig = Rig::on_one_clock(|_| ());
    let folder = TempFolder::new();
    let jobs = Jobs::new(&rig, store(&folder));
    let mut rng = 0x5eed_u64;
    let mut roll = |sides: u64| {
        // Knuth's generator: the same day every time, so that a failure can be reproduced.
        rng = rng.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (rng >> 33) % sides
    };
    for hour in 0..24 {
        let revoked_at = roll(3600);
        rig.advance(Duration::from_secs(revoked_at));
        if roll(3) > 0 {
            rig.sim.issue_elsewhere();
        }
        rig.advance(Duration::from_secs(3600 - revoked_at));
        let first = roll(4);
        let batch: Vec<Running> = (0..4)
            .map(|job| start(jobs.push(usize::try_from(first + job).expect("small"))))
            .collect();
        if roll(4) == 0 {
            rig.sim.issue_elsewhere();
        }
        for job in batch {
            let output = job.end();
            assert!(output.status.success(), "hour {hour}: {}", text(&output));
        }
    }
    let counters = rig.sim.counters();
    assert_eq!(counters.puts_accepted, 24 * 4);
    assert!(counters.tokens_issued_elsewhere > 12, "{counters:?}");
    assert!(counters.most_token_requests_a_minute <= 4, "{counters:?}");
}
