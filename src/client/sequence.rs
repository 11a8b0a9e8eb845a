//! The push sequence: pushes of one resource from one process go out one at a time, in the order
//! of the calls.
//!
//! A push takes its place when it is called and keeps it through all its retries. A push that
//! ends while it waits leaves its place and never sends. A child of a fork begins with no pushes.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::clock::{Clock, ClockInstant, Deadline, SystemClock};
use crate::error::{Result, Stage};
use crate::fork::PerProcess;
use crate::queue::{self, Queue};
use crate::retry;
use crate::sync::{Mutex, MutexGuard};

/// The resources of all applications that have a push under way, or had one a moment ago.
static RESOURCES: PerProcess<Mutex<HashMap<String, Resource>>> = PerProcess::new();

/// How long Vanta may show the state before a push. How late it is, if at all, is not known.
pub(super) const LAG: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Resource {
    queue: Arc<Queue>,
    accepted: Option<Accepted>,
}

/// The last push that Vanta accepted.
#[derive(Clone, Copy)]
struct Accepted {
    /// Until when a list may be late, on the clocks of the client that pushed.
    until: ClockInstant,
    /// On the machine's clock. Clients of a process may have clocks of their own, and the clock of
    /// one client is not read on behalf of another.
    forget_at: Duration,
    records: usize,
}

/// One push's place in the sequence of its resource.
pub(super) struct Place {
    resource: String,
    place: queue::Place<Arc<Queue>>,
}

fn resources() -> MutexGuard<'static, HashMap<String, Resource>> {
    RESOURCES.get(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

impl Resource {
    /// Whether a push holds a place here, or a later one must know of the last one.
    fn is_needed(&self, now: Duration) -> bool {
        let recent = self.accepted.is_some_and(|accepted| now < accepted.forget_at);
        recent || Arc::strong_count(&self.queue) > 1
    }
}

impl Place {
    /// Takes the last place in the sequence of a resource, which is named with its application.
    pub(super) fn take(resource: String) -> Place {
        let now = SystemClock.monotonic();
        let mut resources = resources();
        resources.retain(|_, resource| resource.is_needed(now));
        let queue = Arc::clone(&resources.entry(resource.clone()).or_default().queue);
        Place { place: queue::Place::join(queue), resource }
    }

    /// Blocks until every earlier push of the resource has ended.
    pub(super) fn wait(&self, deadline: &Deadline) -> Result<()> {
        self.place.wait(deadline).map_err(|reason| {
            let words = "while waiting for an earlier push of this resource";
            retry::wait_error(reason, Stage::Queue).with_message(words.to_owned())
        })
    }

    /// Notes that Vanta has accepted this push.
    pub(super) fn accepted(&self, now: ClockInstant, records: usize) {
        let forget_at = SystemClock.monotonic().saturating_add(LAG);
        let mut resources = resources();
        // A child of a fork begins with no resources.
        let resource = resources.entry(self.resource.clone()).or_default();
        resource.accepted = Some(Accepted { until: now.plus(LAG), forget_at, records });
    }

    /// Returns how many records a push of a moment ago left live, whatever a list shows.
    pub(super) fn accepted_recently(&self, now: ClockInstant) -> Option<usize> {
        let accepted = resources().get(&self.resource)?.accepted?;
        accepted.until.left(now).map(|_| accepted.records)
    }
}
