//! What a run says of itself.

use std::collections::BTreeMap;

use crate::time::{HOUR, shown};
use crate::world::World;

pub struct Summary {
    /// FNV-1a of the log.
    pub log: u64,
    pub violations: Vec<String>,
    pub checks: BTreeMap<&'static str, u64>,
    pub failures: BTreeMap<&'static str, u64>,
    pub faults: u64,
    pub calls: u64,
    pub processes: u64,
    pub token_requests: u64,
}

impl Default for Summary {
    fn default() -> Summary {
        Summary {
            log: 0xcbf2_9ce4_8422_2325,
            violations: Vec::new(),
            checks: BTreeMap::new(),
            failures: BTreeMap::new(),
            faults: 0,
            calls: 0,
            processes: 0,
            token_requests: 0,
        }
    }
}

impl Summary {
    pub fn hash(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.log = (self.log ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub fn checked(&self) -> u64 {
        self.checks.values().sum()
    }
}

/// One line for programs: the runner of many seeds reads it.
pub fn line(world: &World) -> String {
    let summary = &world.summary;
    format!(
        "seed {} hours {} log {:016x} violations {} faults {} checks {} calls {} events {}",
        world.plan.seed,
        world.plan.end / HOUR,
        summary.log,
        summary.violations.len(),
        summary.faults,
        summary.checked(),
        summary.calls,
        world.scheduler.handled,
    )
}

/// The end of a timeline.
pub fn text(world: &World) -> String {
    let summary = &world.summary;
    let list = |counts: &BTreeMap<&'static str, u64>| {
        let each: Vec<String> =
            counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
        each.join(", ")
    };
    let mut text = format!("simulated: {}\n", shown(world.scheduler.now));
    text += &format!("processes: {}\ncalls: {}\n", summary.processes, summary.calls);
    text += &format!("outcomes: {}\n", list(&summary.failures));
    text += &format!("requests: {}\n", world.service.requests.len());
    text += &format!("tokens issued to us: {}\n", summary.token_requests);
    text += &format!("faults: {}\nchecks: {}\n", summary.faults, list(&summary.checks));
    for violation in &summary.violations {
        text += &format!("VIOLATION of {violation}\n");
    }
    text
}
