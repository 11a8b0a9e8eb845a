//! Pushes of one resource have an order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Client, Clock, ErrorKind, Kind, TestClock};

use crate::desk::{Desk, Place, RESOURCE, accounts, assert_kind};

/// Stands still in its first wait until the test lets it go on.
#[derive(Clone, Debug)]
pub struct Gate {
    clock: TestClock,
    passed: Arc<AtomicBool>,
    pub reached: Arc<Barrier>,
    pub opened: Arc<Barrier>,
}

impl Gate {
    pub fn new(clock: &TestClock) -> Gate {
        Gate {
            clock: clock.clone(),
            passed: Arc::default(),
            reached: Arc::new(Barrier::new(2)),
            opened: Arc::new(Barrier::new(2)),
        }
    }
}

impl Clock for Gate {
    fn steady(&self) -> Duration {
        self.clock.steady()
    }

    fn wall(&self) -> Duration {
        self.clock.wall()
    }

    fn boot(&self) -> Duration {
        self.clock.boot()
    }

    fn boot_id(&self) -> String {
        self.clock.boot_id()
    }

    fn sleep(&self, length: Duration) {
        if !self.passed.swap(true, Ordering::SeqCst) {
            self.reached.wait();
            self.opened.wait();
        }
        self.clock.sleep(length);
    }
}

#[test]
fn an_older_push_is_not_sent_again_over_a_newer_one() {
    let desk = Desk::unlimited();
    let gate = Gate::new(&desk.clock);
    let client = Client::new(desk.config().clock(gate.clone())).expect("well formed");
    desk.reply_with(Place::Put, 504, &[("retry-after", "1")], "the gateway gave up");
    let older = client.clone();
    let older = thread::spawn(move || older.push(&Kind::USER_ACCOUNT, &accounts(&["old"])));
    gate.reached.wait();
    client.push(&Kind::USER_ACCOUNT, &accounts(&["new"])).expect("pushed");
    gate.opened.wait();
    let error = assert_kind(older.join().expect("no panic"), ErrorKind::Superseded);
    assert_eq!(error.attempts(), 1, "it was not sent again");
    let live: Vec<Value> = desk.sim.rows("user_account", RESOURCE);
    assert_eq!((live.len(), &live[0]["uniqueId"]), (1, &json!("new")));
}
