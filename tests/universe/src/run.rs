//! One run, from its begin to its end.

use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::check;
use crate::event::Event;
use crate::plan::Plan;
use crate::report;
use crate::rng::Rng;
use crate::scheduler::{self, sleep};
use crate::time::{MINUTE, SECOND};
use crate::world::{Verbosity, World};

/// How long the last calls may take.
const CLOSING: u64 = 20 * MINUTE;

/// The plan of the arguments: that of the seed, less what was left out.
pub fn plan(arguments: &Arguments) -> Plan {
    let mut plan = Plan::new(arguments.seeds.start, arguments.hours);
    if let Some(jobs) = arguments.jobs {
        plan.jobs.truncate(jobs.max(1));
    }
    plan
}

/// Runs one seed. The exit code is 1 where an invariant was broken.
pub fn one(arguments: &Arguments) -> ExitCode {
    let plan = plan(arguments);
    let mut rng = Rng::new(plan.seed ^ 0x5eed);
    let mut world = World::new(plan, rng.split(), arguments.verbosity);
    describe(&world);
    for job in 0..world.plan.jobs.len() {
        world.scheduler.at(world.plan.jobs[job].first, Event::Start(job));
    }
    for fault in 0..world.plan.faults.len() {
        let is_kept = !arguments.skip.contains(&fault);
        if is_kept && is_possible(&world, fault) {
            world.scheduler.at(world.plan.faults[fault].at, Event::FaultBegins(fault));
        }
    }
    let end = world.plan.end;
    scheduler::begin(world);
    sleep(end);
    close();
    let world = scheduler::world();
    match arguments.verbosity {
        Verbosity::Silent => {
            println!("{}", report::line(&world));
            world.summary.violations.iter().for_each(|one| println!("VIOLATION of {one}"));
        }
        _ => println!("{}{}", report::text(&world), report::line(&world)),
    }
    ExitCode::from(u8::from(!world.summary.violations.is_empty()))
}

/// A job that was left out has no faults.
fn is_possible(world: &World, fault: usize) -> bool {
    use crate::plan::FaultKind::{Kill, Stop};
    match world.plan.faults[fault].kind {
        Kill { job } | Stop { job } => job < world.plan.jobs.len(),
        _ => true,
    }
}

/// Waits for the last calls.
fn close() {
    scheduler::world().is_closing = true;
    let waited_until = scheduler::world().scheduler.now + CLOSING;
    while is_busy() && scheduler::world().scheduler.now < waited_until {
        sleep(10 * SECOND);
    }
    let mut world = scheduler::world();
    check::order::at_end(&mut world);
    check::calls::at_end(&mut world);
}

fn is_busy() -> bool {
    let world = scheduler::world();
    let mut alive = world.scheduler.unfinished().filter(|process| *process > 0);
    alive.any(|process| {
        let job = &world.plan.jobs[world.processes[process].job];
        !world.processes[process].is_dead && job.pause.is_none()
    })
}

fn describe(world: &World) {
    if world.verbosity == Verbosity::Silent {
        return;
    }
    let plan = &world.plan;
    println!("seed {}: {:?}, tokens live {} s", plan.seed, plan.sharing, plan.lifetime);
    plan.stores.iter().enumerate().for_each(|(at, kind)| println!("store {at}: {kind:?}"));
    plan.hosts.iter().enumerate().skip(1).for_each(|(at, host)| println!("host {at}: {host:?}"));
    plan.jobs.iter().enumerate().for_each(|(at, job)| println!("job {at}: {job:?}"));
}
