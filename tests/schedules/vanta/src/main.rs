//! Explores the single flight, the push sequence and the permits of the library: all orders of a
//! few threads, and random ones of more.
//!
//!   schedules [WORD]    only the cases whose names contain WORD

#[allow(dead_code, reason = "the simulation sends what these cases do not need")]
#[path = "../../../universe/src/http.rs"]
mod http;

mod cases;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use schedules::explore::Schedules::{self, All, Preemptions, Random};
use schedules::explore::explore;

/// A name, what runs, and with how many threads under which schedules.
type Case = (&'static str, fn(usize), &'static [(usize, Schedules)]);

const CASES: [Case; 13] = [
    ("empty cache", cases::empty_cache, &[(2, All), (3, Preemptions(3)), (8, Random(5000, 4))]),
    (
        "rejected credentials",
        cases::rejected_credentials,
        &[(2, All), (3, Preemptions(3)), (8, Random(5000, 4))],
    ),
    ("failed leader", cases::failed_leader, &[(2, All), (3, Preemptions(3)), (8, Random(5000, 4))]),
    ("cancelled leader", cases::cancelled_leader, &[(2, Preemptions(3)), (8, Random(5000, 4))]),
    ("cancelled call", cases::cancelled_call, &[(2, Preemptions(4)), (8, Random(5000, 4))]),
    (
        "late rejection",
        cases::late_rejection,
        &[(2, All), (3, Preemptions(3)), (8, Random(5000, 4))],
    ),
    ("revoked token", cases::revoked_token, &[(2, All), (3, Preemptions(2)), (8, Random(5000, 4))]),
    ("expired token", cases::expired_token, &[(2, All), (3, Preemptions(3)), (8, Random(5000, 4))]),
    (
        "expiring token",
        cases::expiring_token,
        &[(2, All), (3, Preemptions(4)), (8, Random(5000, 4))],
    ),
    ("permits", cases::permits, &[(2, All), (3, Preemptions(2)), (6, Random(5000, 4))]),
    (
        "permits given back",
        cases::permits_given_back,
        &[(2, Preemptions(3)), (3, Preemptions(1)), (6, Random(2000, 4))],
    ),
    (
        "waiting for permits",
        cases::waiting_for_permits,
        &[(2, Preemptions(2)), (5, Random(1000, 4))],
    ),
    ("pushes in sequence", cases::pushes_in_sequence, &[(2, Preemptions(2)), (5, Random(2000, 4))]),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut numbers = arguments.iter().filter_map(|one| one.parse::<usize>().ok());
    if let (Some(case), Some(run)) = (numbers.next(), numbers.next()) {
        return explore_here(case, run);
    }
    let word = arguments.first().map_or("", String::as_str);
    let (mut total, mut failed) = (0, 0);
    for (case, (name, _, runs)) in CASES.iter().enumerate() {
        for (run, (threads, schedules)) in runs.iter().enumerate().filter(|_| name.contains(word)) {
            let (count, outcome) = explore_in_child(case, run);
            let which = describe(*schedules);
            println!("{outcome:<6} {name}, {threads} threads: {count} schedules, {which}");
            total += count;
            failed += usize::from(outcome != "ok");
        }
    }
    println!("{total} schedules explored, {failed} cases failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Each in a process of its own: one that failed leaves locks of the process taken.
/// Returns how many schedules were run, until one failed.
fn explore_in_child(case: usize, run: usize) -> (usize, &'static str) {
    let program = std::env::current_exe().expect("it has a name");
    let numbers = [case.to_string(), run.to_string()];
    let child = Command::new(program).args(numbers).stderr(Stdio::inherit()).output();
    let child = child.expect("it can be started");
    let count = String::from_utf8_lossy(&child.stdout).trim().parse().unwrap_or(0);
    (count, if child.status.success() { "ok" } else { "FAILED" })
}

fn explore_here(case: usize, run: usize) -> ExitCode {
    let (_, case, runs) = CASES[case];
    let (threads, schedules) = runs[run];
    let count = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&count);
    let run = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        case(threads);
    };
    let ended = catch_unwind(AssertUnwindSafe(|| explore(schedules, run)));
    println!("{}", count.load(Ordering::Relaxed));
    if ended.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn describe(schedules: Schedules) -> String {
    match schedules {
        All => "all that there are".to_owned(),
        Preemptions(most) => format!("all with at most {most} preemptions"),
        Random(_, preemptions) => format!("random, with {preemptions} preemptions"),
    }
}
