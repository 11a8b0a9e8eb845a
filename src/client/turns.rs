//! Pushes of one resource have an order: an older one is not sent over a newer.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::fork::PerProcess;

/// The turns of one client's resources.
pub(super) struct Turns(PerProcess<Mutex<Resources>>);

type Resources = HashMap<String, Counts>;

#[derive(Default)]
struct Counts {
    begun: u64,
    accepted: u64,
}

/// One push's place in the order.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    resource: String,
    number: u64,
}

impl Turns {
    pub(super) fn new() -> Turns {
        Turns(PerProcess::new())
    }

    fn resources(&self) -> MutexGuard<'_, Resources> {
        self.0.get(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(&self, resource: String) -> Turn<'_> {
        let mut resources = self.resources();
        let counts = resources.entry(resource.clone()).or_default();
        counts.begun += 1;
        Turn { turns: self, resource, number: counts.begun }
    }
}

impl Turn<'_> {
    /// Vanta has accepted this push.
    pub(super) fn accepted(&self) {
        let mut resources = self.turns.resources();
        let counts = resources.entry(self.resource.clone()).or_default();
        counts.accepted = counts.accepted.max(self.number);
    }

    /// Whether Vanta has accepted a push that was begun after this one.
    pub(super) fn is_overtaken(&self) -> bool {
        let resources = self.turns.resources();
        resources.get(&self.resource).is_some_and(|counts| counts.accepted > self.number)
    }
}
