//! Pushes of one resource have an order, in this process: an older one is not sent over a newer.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::fork::PerProcess;

/// The resources of all applications. There are as many as the console has, which is few.
static RESOURCES: PerProcess<Mutex<HashMap<String, Counts>>> = PerProcess::new();

/// How long Vanta may show what was live before a push. How late it is, if at all, is not known.
const LAG: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Counts {
    begun: u64,
    /// The newest that took effect, or may have.
    landed: u64,
    /// When a push was last accepted, and of how many records.
    accepted: Option<(Duration, usize)>,
}

/// One push's place in the order.
pub(super) struct Turn {
    resource: String,
    number: u64,
}

fn resources() -> MutexGuard<'static, HashMap<String, Counts>> {
    RESOURCES.get(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

impl Turn {
    /// The next push of a resource, which is named with its application.
    pub(super) fn take(resource: String) -> Turn {
        let mut resources = resources();
        let counts = resources.entry(resource.clone()).or_default();
        counts.begun += 1;
        Turn { number: counts.begun, resource }
    }

    fn note<T>(&self, note: impl FnOnce(&mut Counts) -> T) -> T {
        let mut resources = resources();
        match resources.get_mut(&self.resource) {
            Some(counts) => note(counts),
            // A child of a fork begins with none.
            None => note(resources.entry(self.resource.clone()).or_default()),
        }
    }

    /// Vanta has accepted this push.
    pub(super) fn accepted(&self, now: Duration, records: usize) {
        self.landed();
        self.note(|counts| counts.accepted = Some((now, records)));
    }

    /// Vanta may have accepted this push.
    pub(super) fn landed(&self) {
        self.note(|counts| counts.landed = counts.landed.max(self.number));
    }

    /// Whether a push that was begun after this one took effect, or may have.
    pub(super) fn is_overtaken(&self) -> bool {
        self.note(|counts| counts.landed > self.number)
    }

    /// How many records a push of a moment ago left live, whatever a list shows.
    pub(super) fn lately(&self, now: Duration) -> Option<usize> {
        let (at, records) = self.note(|counts| counts.accepted)?;
        (now.saturating_sub(at) < LAG).then_some(records)
    }
}
