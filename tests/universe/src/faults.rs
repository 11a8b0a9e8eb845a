//! What faults do when they begin and when they end.

use crate::event::Event;
use crate::network::Weather;
use crate::plan::{Damage, FaultKind};
use crate::service::Trouble;
use crate::time::{MINUTE, SECOND, seconds};
use crate::world::World;

/// What is shorter is not recognised as a record, and has to be deleted by an operator.
const RECOGNISED: usize = 40;

pub fn begin(world: &mut World, number: usize) {
    let fault = world.plan.faults[number].clone();
    let line = format!("fault {number}, for {}: {:?}", seconds(fault.length), fault.kind);
    world.log(true, &line);
    world.trouble();
    world.active_faults += 1;
    if is_unsettling(&fault.kind) {
        world.unsettling_faults += 1;
    }
    world.summary.faults += 1;
    let now = world.scheduler.now;
    world.scheduler.at(now + fault.length, Event::FaultEnds(number));
    match fault.kind {
        FaultKind::ClockStep { host, by } => step(world, host, by),
        FaultKind::Suspend { host } | FaultKind::Pause { host } => pause(world, host, number),
        FaultKind::Reboot { host, record } => reboot(world, host, record, number),
        FaultKind::Kill { job } => {
            let running = running(world, |process| world.processes[process].job == job);
            running.into_iter().for_each(|process| world.kill(process));
        }
        FaultKind::Stop { job } => {
            let running = running(world, |process| world.processes[process].job == job);
            running.into_iter().for_each(|process| world.processes[process].is_stopped = true);
        }
        FaultKind::Network { host, weather } => world.hosts[host].weather = weather,
        FaultKind::Service { trouble, share } => {
            world.service.troubles.push((number, trouble, share));
        }
        FaultKind::Foreign { .. } => foreign(world),
        FaultKind::StoreFull { store } => world.stores[store].is_full = true,
        FaultKind::StoreAway { store } => world.stores[store].is_away = true,
        FaultKind::StoreLags { store } => world.stores[store].is_lagging = true,
        FaultKind::StoreLosesLock { store } => world.stores[store].lose_lock(),
        FaultKind::StoreDamage { store, damage } => spoil(world, store, damage),
    }
    world.update_frozen();
}

pub fn end(world: &mut World, number: usize) {
    let fault = world.plan.faults[number].clone();
    world.log(true, &format!("fault {number} ends"));
    world.active_faults -= 1;
    if is_unsettling(&fault.kind) {
        world.unsettling_faults -= 1;
        world.unsettled_at = world.scheduler.now;
    }
    world.trouble();
    world.heals_in(heals_in(&fault.kind));
    match fault.kind {
        // A wrong clock stays wrong until it is set right.
        FaultKind::ClockStep { host, by } => step(world, host, -by),
        FaultKind::Suspend { host } => resume(world, host, number, (fault.length, 0)),
        FaultKind::Pause { host } => {
            resume(world, host, number, (fault.length, fault.length));
        }
        FaultKind::Reboot { host, .. } => resume(world, host, number, (0, 0)),
        FaultKind::Stop { job } => {
            let running = running(world, |process| world.processes[process].job == job);
            running.into_iter().for_each(|process| world.processes[process].is_stopped = false);
        }
        FaultKind::Network { host, .. } => world.hosts[host].weather = Weather::default(),
        FaultKind::Service { .. } => world.service.troubles.retain(|(one, ..)| *one != number),
        FaultKind::StoreFull { store } => world.stores[store].is_full = false,
        FaultKind::StoreAway { store } => world.stores[store].is_away = false,
        FaultKind::StoreLags { store } => world.stores[store].is_lagging = false,
        _ => {}
    }
    world.update_frozen();
}

/// Whether jobs may not know of each other's requests then. A service that is slow, or cannot be
/// reached, keeps the lock of the store busy, so that others count for themselves.
fn is_unsettling(kind: &FaultKind) -> bool {
    let is_settled = match kind {
        FaultKind::Service { trouble, .. } => !matches!(trouble, Trouble::Slow(_) | Trouble::Down),
        FaultKind::Foreign { .. } => true,
        _ => false,
    };
    !is_settled
}

/// How long the library may remember it.
fn heals_in(kind: &FaultKind) -> u64 {
    match kind {
        // The revoked tokens of ten minutes count, and then a backoff of five.
        FaultKind::Foreign { .. } => 16 * MINUTE,
        // A rejection is remembered for ten minutes, and a backoff lasts as long.
        FaultKind::Service {
            trouble: Trouble::RejectsSecret | Trouble::Status { .. } | Trouble::Page(_),
            ..
        } => 12 * MINUTE,
        // A clock that was wrong leaves timestamps in the future.
        FaultKind::ClockStep { .. } => 12 * MINUTE,
        _ => 4 * MINUTE,
    }
}

fn step(world: &mut World, host: usize, by: i64) {
    world.hosts[host].wall_ahead += by;
    world.stepped_at = world.scheduler.now;
}

/// A machine that is paused already is not paused again.
fn pause(world: &mut World, host: usize, fault: usize) {
    let host = &mut world.hosts[host];
    host.paused_by.get_or_insert(fault);
    host.is_paused = true;
}

/// The monotonic clock, and perhaps the time since boot, stood still for so long.
fn resume(world: &mut World, host: usize, fault: usize, (monotonic, boot): (u64, u64)) {
    let host = &mut world.hosts[host];
    if host.paused_by == Some(fault) {
        (host.is_paused, host.paused_by) = (false, None);
        host.monotonic_lag += monotonic;
        host.boot_lag += boot;
    }
}

fn running(world: &World, is_it: impl Fn(usize) -> bool) -> Vec<usize> {
    (1..world.processes.len()).filter(|one| !world.processes[*one].is_dead && is_it(*one)).collect()
}

/// The machine loses power, and starts again when the fault ends.
fn reboot(world: &mut World, host: usize, record: Damage, fault: usize) {
    for process in running(world, |process| world.processes[process].host == host) {
        world.kill(process);
    }
    let now = world.scheduler.now;
    let salt = world.rng.range(0, u64::from(u32::MAX));
    world.hosts[host].reboot(now, salt);
    // It starts again when this fault ends, whatever paused it before.
    world.hosts[host].paused_by = Some(fault);
    world.hosts[host].is_paused = true;
    let is_file = |store: &usize| world.stores[*store].kind == crate::store::StoreKind::File;
    let jobs = world.plan.jobs.iter().filter(|job| job.host == host);
    if let Some(store) = jobs.filter_map(|job| job.store).find(is_file) {
        spoil(world, store, record);
    }
}

fn spoil(world: &mut World, store: usize, damage: Damage) {
    let index = world.rng.next();
    let found = &mut world.stores[store];
    let Some(record) = found.record.as_mut().filter(|record| !record.is_empty()) else { return };
    match damage {
        Damage::None => {}
        Damage::Gone => found.record = None,
        Damage::Torn => {
            record.truncate(RECOGNISED + usize::try_from(index).unwrap_or(0) % record.len())
        }
        Damage::Zeros => record.fill(0),
        Damage::Older => {
            let older = found.earlier.front().cloned();
            found.record = older.or(found.record.take());
        }
    }
    world.log(true, &format!("the record of store {store}: {damage:?}"));
}

/// Another program requests a token, and again after a while, as long as its fault lasts.
pub fn foreign(world: &mut World) {
    let now = world.scheduler.now;
    let period = world.plan.faults.iter().find_map(|fault| match fault.kind {
        FaultKind::Foreign { period } if (fault.at..fault.at + fault.length).contains(&now) => {
            Some(period)
        }
        _ => None,
    });
    if let Some(period) = period {
        world.foreign_request();
        let pause = world.rng.range(period / 2, period.max(2 * SECOND));
        world.scheduler.at(now + pause, Event::Foreign);
    }
}
