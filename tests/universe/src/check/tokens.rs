//! *One token*: a token is replaced only where that is allowed.
//!
//! It may be replaced when it expires, when the service rejected it, or when its response was lost.
//! After a fault of a clock, a store or a process, the jobs may not know of it.

use crate::check::limits::clocks_agree;
use crate::plan::Sharing;
use crate::time::{SECOND, seconds};
use crate::world::World;

/// The expiry margin of the library, and what a request may take.
const EARLY: u64 = 35 * SECOND;

/// For so long a process that could not use its store does not look into it, and what it requests
/// then is not in the store.
const STORE_UNUSED: u64 = 65 * SECOND;

/// How late a request with a token that has expired may come to the service.
const LATE: u64 = 10 * SECOND;

/// A request came with a token. One that has expired is not sent by a host with the right time,
/// whatever its other clocks did meanwhile.
pub fn used(world: &mut World, request: usize, bearer: Option<&str>) {
    let now = world.scheduler.now;
    let token = world.service.tokens.iter().rfind(|token| Some(&*token.text) == bearer);
    let Some((issued, until)) = token.map(|token| (token.issued, token.until)) else { return };
    // A slow service may look at it only later.
    let (process, arrived) = {
        let request = &world.service.requests[request];
        (request.process, request.arrived)
    };
    let host = &world.hosts[world.processes[process].host];
    let is_right = host.error(now).abs() < 2_000_000_000 && now > world.troubled_at + LATE;
    // The age of a token from the future is not known.
    let is_right = is_right && issued > world.stepped_at + LATE;
    let is_excused = world.active_faults > 0 || !is_right || !clocks_agree(world);
    world.check("one token", is_excused || arrived <= until + LATE, || {
        format!("p{process} uses a token that expired {} ago", seconds(arrived - until))
    });
}

/// The service is about to issue a token of ours.
pub fn requested(world: &mut World, request: usize) {
    let now = world.scheduler.now;
    world.summary.token_requests += 1;
    let Some(live) = world.service.live() else { return };
    let brought = live.request.map(|brought| &world.service.requests[brought]);
    let is_known = brought.is_some_and(|brought| brought.is_response_read && brought.is_definite);
    let is_excused = live.process.is_none()
        || live.was_rejected
        || !is_known
        || now + EARLY >= live.until
        || live.issued + world.settled_for() <= now + STORE_UNUSED
        || world.plan.sharing == Sharing::Apart
        || !clocks_agree(world);
    let left = live.until.saturating_sub(now);
    let process = world.service.requests[request].process;
    world.check("one token", is_excused, || {
        format!("p{process} replaces a token that is good for {} more", seconds(left))
    });
}
