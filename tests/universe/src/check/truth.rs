//! *Truth*: what the library says of a push is so.

use crate::service::Verb;
use crate::world::{Outcome, World};

/// A call of `push` ended.
pub fn ended(world: &mut World, number: usize, outcome: Outcome, is_cut_short: bool) {
    let now = world.scheduler.now;
    world.pushes[number].ended = Some((now, outcome));
    let is_applied = !world.pushes[number].applied.is_empty();
    match outcome {
        Outcome::Accepted => world.check("truth", is_applied, || {
            format!("push {number} is reported as accepted, and was not applied")
        }),
        Outcome::Failed => world.check("truth", !is_applied, || {
            format!("push {number} is reported to have changed nothing, and was applied")
        }),
        Outcome::Unknown => {
            // A response that comes with the deadline or the cancel is read, and not looked at.
            let is_unknowable = is_cut_short || unknowable(world, number);
            world.check("truth", is_unknowable, || {
                format!("push {number} is reported as unknown, and its outcome was known")
            });
        }
    }
}

/// Whether some request of the push got no response that tells what became of it.
fn unknowable(world: &World, number: usize) -> bool {
    let push = &world.pushes[number];
    let requests = world.service.requests.iter().rev();
    let mut of_push = requests
        .take_while(|request| request.arrived >= push.called)
        .filter(|request| request.verb == Verb::Put && request.push == Some(number));
    // A request that never arrived has no entry.
    push.sent > push.arrived
        || of_push.any(|request| !(request.is_definite && request.is_response_read))
}

/// A call of `verify` ended with a verdict, or without one.
pub fn verified(world: &mut World, push: usize, began: u64, verdict: Option<bool>) {
    let Some(verdict) = verdict else { return };
    let resource = world.pushes[push].resource;
    let history = &world.service.resources[resource].history;
    let before = history.iter().rposition(|(at, _)| *at <= began).map_or(0, |place| place);
    let mut seen = history[before.min(history.len())..].iter().map(|(_, push)| *push);
    let holds = match verdict {
        true => seen.any(|seen| seen == push),
        false => seen.clone().count() == 0 || seen.any(|seen| seen != push),
    };
    world.check("truth", holds, || {
        format!("verify says {verdict} of push {push} of resource {resource}")
    });
}
