//! *Limits*: the service sees no more requests a minute of ours than it allows, and while a call
//! waits, it sees almost as many: no permit is held by a call that cannot use it.
//!
//! It holds where the jobs share a store, the clocks are right, and nothing was wrong for a while:
//! a process that cannot use the store counts for itself.

use std::collections::VecDeque;

use crate::jobs::Call;
use crate::plan::Sharing;
use crate::service::{REQUESTS_A_MINUTE, TOKENS_A_MINUTE, Verb};
use crate::time::{MINUTE, SECOND, seconds};
use crate::world::World;

/// After a fault: a process that could not use the store counts for itself for a minute, and its
/// requests count for another.
const SETTLED: u64 = 3 * MINUTE;

/// The window of the rate limit, in which a permit counts.
pub const WINDOW: u64 = 62 * SECOND;

/// What is used of a window at least: a single permit is no use to a call that needs two or three.
const LEAST_USED: usize = REQUESTS_A_MINUTE - 2;

/// What a call may take after it got its permits.
const IDLE: u64 = 10 * SECOND;

/// How far clocks may differ for the rate limit, and before calls may fail.
const SKEW: u64 = 2 * SECOND;
const TOLERATED: u64 = 60 * SECOND;

#[derive(Default)]
pub struct Arrivals {
    tokens: VecDeque<u64>,
    requests: VecDeque<u64>,
    all_requests: Vec<u64>,
}

/// How far the clocks of two hosts differ at most. Clones of one machine have one boot id, so their
/// times since boot count as well.
fn skew(world: &World) -> u64 {
    let now = world.scheduler.now;
    let errors = || world.hosts.iter().map(|host| host.error(now));
    let (most, least) = (errors().max().unwrap_or(0), errors().min().unwrap_or(0));
    let ups = || world.hosts.iter().filter(|host| host.is_clone).map(|host| host.up_time(now));
    let of_clones = ups().max().unwrap_or(0) - ups().min().unwrap_or(0);
    most.abs_diff(least).max(of_clones)
}

/// Whether the clocks of all hosts agree.
pub fn clocks_agree(world: &World) -> bool {
    skew(world) <= SKEW
}

/// Whether the clocks of all hosts agree as far as is documented.
pub fn clocks_are_tolerable(world: &World) -> bool {
    skew(world) <= TOLERATED
}

pub fn arrived(world: &mut World, verb: Verb, now: u64) {
    let arrivals = &mut world.state.limits;
    let (times, limit) = match verb {
        Verb::Token => (&mut arrivals.tokens, TOKENS_A_MINUTE),
        Verb::List | Verb::Put => (&mut arrivals.requests, REQUESTS_A_MINUTE),
    };
    if verb != Verb::Token {
        arrivals.all_requests.push(now);
    }
    times.push_back(now);
    while times.front().is_some_and(|at| at + MINUTE <= now) {
        times.pop_front();
    }
    let count = times.len();
    let is_settled = world.settled_for() > SETTLED && world.plan.sharing != Sharing::Apart;
    if is_settled && clocks_agree(world) {
        world.check("limits", count <= limit, || format!("{count} requests within a minute"));
    }
}

/// Whether the permits that a call waited for were used.
///
/// Calls get their permits first come, first served. So while one waits, those before it leave no
/// permit of any window to nobody, and the service sees their requests. Counted are the windows
/// from one before the call, since the requests of that one may be what it waits for, to a while
/// before its end, when it and others have the permits of a new window and have not sent all yet.
pub fn waited(world: &mut World, call: &Call) {
    let waited = world.scheduler.now - call.began;
    let windows = (WINDOW + waited).saturating_sub(IDLE) / WINDOW;
    if windows < 2 || world.settled_for() <= SETTLED + waited || !clocks_agree(world) {
        return;
    }
    let (begin, end) = (call.began.saturating_sub(WINDOW), world.scheduler.now - IDLE);
    let all = &world.state.limits.all_requests;
    let used = all.iter().rev().take_while(|at| **at >= begin).filter(|at| **at <= end).count();
    let expected = usize::try_from(windows).unwrap_or(usize::MAX) * LEAST_USED;
    world.check("limits", used >= expected, || {
        let (name, time) = (&call.name, seconds(waited));
        format!("{name} of p{} waited {time}, in which {used} requests were made", call.process)
    });
}
