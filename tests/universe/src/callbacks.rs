//! The event handler of a job: it takes time, and calls the client, which has to refuse that.

use std::sync::OnceLock;

use vanta::{Client, ErrorKind, Event, Kind};

use crate::host;
use crate::scheduler::{self, sleep};
use crate::time::{MS, US};

/// The client of a process, once it is made.
pub type Slot = &'static OnceLock<Option<Client>>;

pub fn handle(client: Slot, event: &Event) {
    let choice = {
        let mut world = scheduler::world();
        let line = format!("p{}: event: {event}", host::process());
        world.log(false, &line);
        world.rng.range(0, 99)
    };
    match (choice, client.get()) {
        (0..5, _) => take_time(),
        (5..25, Some(Some(client))) => call(client),
        _ => {}
    }
}

/// No deadline ends a handler.
fn take_time() {
    let time = scheduler::world().rng.range(1, 60) * MS;
    sleep(time);
    scheduler::world().processes[host::process()].uninterrupted += time + 100 * US;
}

/// A call from a handler ends at once. What only reads is allowed.
fn call(client: &Client) {
    let began = scheduler::world().scheduler.now;
    let result = client.list(&Kind::CUSTOM_RESOURCE, "resource-0");
    let kind = result.err().map(|error| error.kind());
    let _ = client.snapshot();
    let mut world = scheduler::world();
    let is_refused = kind == Some(ErrorKind::Reentrant) && world.scheduler.now == began;
    world.check("callbacks", is_refused, || {
        format!("a call of p{} from an event handler: {kind:?}", host::process())
    });
}
