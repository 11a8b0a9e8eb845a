//! *Promptness*: no call outlives its deadline or its cancel. *Healing* and *fairness*: where
//! nothing is wrong, each call succeeds, and waits for the rate limit no longer than all jobs
//! together need.

use vanta::ErrorKind;

use crate::check::limits::{self, WINDOW, clocks_agree, clocks_are_tolerable};
use crate::jobs::Call;
use crate::plan::Sharing;
use crate::time::{MS, SECOND, seconds};
use crate::world::World;

/// A wait is cut into slices of 100 ms; to write down that a call ended takes up to 150 ms.
const PROMPT: u64 = 400 * MS;

/// No token request starts with less.
const LEAST_TIME: u64 = 3 * SECOND;

/// A round of a job makes three requests at the most: a push makes two, and verify up to three.
const REQUESTS: usize = 3;

/// What a call takes besides: another token, and a backoff.
const OTHERWISE: u64 = 45 * SECOND;

pub fn ended(world: &mut World, call: &Call, how: Option<ErrorKind>, words: &str) {
    let now = world.scheduler.now;
    let took = now - call.began;
    let process = &world.processes[call.process];
    // Time in which the process could not run, or the store did not return.
    let own = process.frozen(now) - call.frozen + process.uninterrupted - call.uninterrupted;
    let bound = call.cancel_at.map_or(call.deadline, |at| call.deadline.min(at - call.began));
    let name = format!("{} of p{}", call.name, call.process);
    world.check("promptness", took <= bound + own + PROMPT, || {
        format!("{name} took {} of {}", seconds(took), seconds(bound))
    });
    // The deadline and the cancel of one call end no other.
    let is_own = match how {
        Some(ErrorKind::Cancelled) => call.cancel_at.is_some_and(|at| at <= now),
        Some(ErrorKind::DeadlineExceeded) => took + LEAST_TIME >= call.deadline,
        _ => true,
    };
    world.check("promptness", is_own, || {
        format!("{name} ended after {} of {}: {words}", seconds(took), seconds(call.deadline))
    });
    // What began while nothing was wrong may still have ended in a fault.
    if call.is_calm && world.is_calm() && world.plan.sharing != Sharing::Apart {
        calm(world, &name, took, how, words);
        limits::waited(world, call);
    }
}

fn calm(world: &mut World, name: &str, took: u64, how: Option<ErrorKind>, words: &str) {
    // Hosts whose clocks differ do not quite share the rate limit, says the documentation.
    let is_limited = !clocks_agree(world) && words.contains("HTTP 429");
    let is_good = how.is_none() || how == Some(ErrorKind::NotVerified) || is_limited;
    if !clocks_are_tolerable(world) {
        // What another host wrote from its future counts for one window.
        let is_kept_out = how == Some(ErrorKind::RateLimited) && !words.contains("HTTP 429");
        world.check("clocks", !is_kept_out, || format!("{name}: {words}"));
        world.state.skewed_calls += 1;
        world.state.skewed_failures += u64::from(!is_good);
        return;
    }
    let invariant = if world.summary.faults == 0 { "fairness" } else { "healing" };
    world.check(invariant, is_good, || format!("{name}: {words}"));
    let threads: usize = world.plan.jobs.iter().map(|job| job.threads).sum();
    let windows = (REQUESTS * threads).div_ceil(crate::service::REQUESTS_A_MINUTE) as u64;
    let bound = windows * WINDOW + OTHERWISE;
    let is_due = took <= bound || !clocks_agree(world);
    world.check("fairness", is_due, || {
        format!("{name} took {}, and {} is enough for all", seconds(took), seconds(bound))
    });
}

/// At the end: where the clocks of two hosts differ by more than a minute, a call may fail, such as
/// when both replace an expired token; but few do.
pub fn at_end(world: &mut World) {
    let (calls, failures) = (world.state.skewed_calls, world.state.skewed_failures);
    world.check("clocks", failures * 10 <= calls + 20, || {
        format!("{failures} of {calls} calls failed for clocks that differ")
    });
}
