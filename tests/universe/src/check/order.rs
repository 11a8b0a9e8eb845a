//! *Order*: pushes of one resource from one process are applied in the order of the calls.

use crate::world::{Outcome, World};

/// The service is about to apply a push. One that was called earlier must not come after one that
/// was called later, unless its call has ended: its request was late then, and its outcome unknown.
pub fn applied(world: &mut World, number: usize) {
    let push = &world.pushes[number];
    let (process, resource) = (push.process, push.resource);
    let is_late = push.ended.is_some() || world.processes[process].is_dead;
    let overtaken = world.service.resources[resource]
        .history
        .iter()
        .rev()
        .take(20)
        .any(|(_, other)| *other > number && world.pushes[*other].process == process);
    world.check("order", is_late || !overtaken, || {
        format!("push {number} of resource {resource} is applied after a later one")
    });
    if let Some((_, Outcome::Failed)) = world.pushes[number].ended {
        world.fail("truth", &format!("push {number} is applied, and had failed without a change"));
    }
}

/// At the end, each resource has the records of the push that was accepted last, of those of one
/// process: between a process and its child there is no order.
pub fn at_end(world: &mut World) {
    for resource in 0..world.service.resources.len() {
        let last = world.service.resources[resource].history.last().map(|(_, push)| *push);
        let Some(last) = last else { continue };
        let is_accepted = |push: usize| {
            world.pushes[push].resource == resource
                && world.pushes[push].process == world.pushes[last].process
                && matches!(world.pushes[push].ended, Some((_, Outcome::Accepted)))
        };
        let accepted = (0..world.pushes.len()).rev().find(|push| is_accepted(*push));
        let Some(accepted) = accepted else { continue };
        let is_late = !matches!(world.pushes[last].ended, Some((_, Outcome::Accepted)));
        world.check("order", last >= accepted || is_late, || {
            format!("resource {resource} has push {last}, and push {accepted} was accepted last")
        });
    }
}
