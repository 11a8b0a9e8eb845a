//! Pushes and uploads under random faults report what the simulator has counted.
//!
//! A proxy cuts, resets, stalls, delays and half-closes connections at random bytes, and the
//! simulator refuses, loses, or applies a request and then responds with an error. A success must
//! have been applied; an error that promises "nothing was changed" must never have been. One seed
//! decides what goes wrong: `VANTA_CHAOS_SEED` gives another one, `VANTA_CHAOS_ROUNDS` another
//! number of rounds. `--nocapture` shows a line of numbers.

mod connection;
mod plan;
mod proxy;
mod script;
mod tally;
mod testbed;

use std::sync::Mutex;
use std::thread;

use connection::Act;
use tally::Tally;
use testbed::{Call, Testbed};

/// Each has a simulator, a proxy and a client of its own. Most of them wait most of the time.
const WORKERS: u64 = 8;

const SEED: u64 = 0xc4a05;

/// The number of calls that is enough to check shares.
const ENOUGH: usize = 400;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// Makes all calls, several at a time, and compares what they report with the requests of the
/// simulator.
fn run(what: &str, usual: u64, make: fn(&Testbed, u64) -> Vec<Call>) -> Tally {
    let (seed, rounds) = (number("VANTA_CHAOS_SEED", SEED), number("VANTA_CHAOS_ROUNDS", usual));
    let tally = Mutex::new(Tally::default());
    let work = |worker: u64| {
        let testbed = Testbed::new(seed);
        let numbers = (0..rounds).filter(|number| number % WORKERS == worker);
        let calls: Vec<Call> = numbers.flat_map(|number| make(&testbed, number)).collect();
        testbed.finish(&calls, &mut tally.lock().expect("no worker panics with it"));
    };
    thread::scope(|scope| {
        let work = &work;
        (0..WORKERS).for_each(|worker| drop(scope.spawn(move || work(worker))));
    });
    let tally = tally.into_inner().expect("no worker panics with it");
    println!("{}", tally.summary(what, seed));
    tally
}

/// Checks that no call is wrong and that each outcome has its share, so that a client which always
/// reports an unknown outcome fails.
fn assert_right(tally: &Tally) {
    let shown: Vec<&str> = tally.wrong.iter().take(20).map(String::as_str).collect();
    assert!(tally.wrong.is_empty(), "{} wrong\n{}", tally.wrong.len(), shown.join("\n"));
    if tally.calls < ENOUGH {
        return;
    }
    let percent = |count: usize| 100 * count / tally.calls;
    let unknown = tally.unknown_applied + tally.unknown_not_applied;
    assert!(percent(tally.yes) >= 35, "too few succeed");
    assert!(percent(tally.nothing_changed) >= 15, "too few are known to have changed nothing");
    assert!(percent(unknown) <= 45, "too many are unknown");
    assert!(percent(tally.unknown_applied) >= 5, "too few were unknown and applied");
    assert!(percent(tally.unknown_not_applied) >= 5, "too few were unknown and not applied");
    for act in Act::NAMES {
        let times = tally.acts.get(act).copied().unwrap_or_default();
        assert!(times > tally.calls / ENOUGH, "{act} happened {times} times only");
    }
}

#[test]
fn a_push_under_faults_reports_what_the_simulator_counted() {
    needs!("localhost");
    assert_right(&run("pushes", 2000, Testbed::push));
}

#[test]
fn pushes_of_several_threads_under_faults_report_what_the_simulator_counted() {
    needs!("localhost");
    assert_right(&run("pushes of several threads", 200, Testbed::push_together));
}

#[test]
fn an_upload_under_faults_reports_what_the_simulator_counted_and_adds_at_most_one_version() {
    needs!("localhost");
    assert_right(&run("uploads", 500, Testbed::upload));
}
