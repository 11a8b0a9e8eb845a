//! Token stores: a file with its lock, and a server in the network.
//!
//! A process that is killed or stopped inside one of the functions leaves what it has done so far.

use std::collections::VecDeque;
use std::time::Duration;

use vanta::{LockedRecord, StoreError, TokenStore};
use zeroize::Zeroizing;

use crate::host::process;
use crate::scheduler::{self, sleep};
use crate::time::{MS, US, nanos};
use crate::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// flock(2) ends with its process; a new record takes the place of the old one by a rename.
    File,
    /// The lock ends after a time; a replica may be behind.
    Server,
}

pub struct Store {
    pub kind: StoreKind,
    pub record: Option<Vec<u8>>,
    /// Records before this one, the newest last.
    pub earlier: VecDeque<Vec<u8>>,
    holder: Option<Holder>,
    locks: u64,
    /// What is wrong with it.
    pub is_full: bool,
    pub is_away: bool,
    pub is_lagging: bool,
}

#[derive(Clone, Copy)]
struct Holder {
    lock: u64,
    process: usize,
    until: u64,
}

impl Store {
    pub fn new(kind: StoreKind) -> Store {
        Store {
            kind,
            record: None,
            earlier: VecDeque::new(),
            holder: None,
            locks: 0,
            is_full: false,
            is_away: false,
            is_lagging: false,
        }
    }

    fn holder(&self, now: u64) -> Option<Holder> {
        self.holder.filter(|holder| self.kind == StoreKind::File || now < holder.until)
    }

    /// Ends the lock.
    pub fn lose_lock(&mut self) {
        self.holder = None;
    }

    /// A file's lock ends with the process that holds it.
    pub fn process_ended(&mut self, process: usize) {
        let is_file = self.kind == StoreKind::File;
        self.holder.take_if(|holder| is_file && holder.process == process);
    }

    pub fn put(&mut self, record: Vec<u8>) {
        if let Some(old) = self.record.replace(record) {
            self.earlier.push_back(old);
            if self.earlier.len() > 8 {
                self.earlier.pop_front();
            }
        }
    }

    fn seen_by_readers(&self) -> Option<Vec<u8>> {
        let late = self.earlier.back().filter(|_| self.is_lagging);
        late.or(self.record.as_ref()).cloned()
    }
}

/// A store as a process of the program has it.
#[derive(Clone, Debug)]
pub struct Handle {
    pub store: usize,
}

type Record = Result<Option<Zeroizing<Vec<u8>>>, StoreError>;

impl Handle {
    /// Takes the time that one operation takes, which a deadline does not end.
    fn operation(&self) -> Result<(), StoreError> {
        let (time, is_away) = {
            let mut world = scheduler::world();
            let is_file = world.stores[self.store].kind == StoreKind::File;
            let is_away = world.stores[self.store].is_away;
            let time = match (is_file, is_away) {
                (true, _) => world.rng.range(5, 300) * US,
                (false, false) => world.rng.range(200, 4000) * US,
                (false, true) => world.rng.range(1, 1500) * MS,
            };
            (time, is_away)
        };
        sleep(time);
        scheduler::world().processes[process()].uninterrupted += time + 100 * US;
        match is_away {
            true => Err(self.failed("the store does not respond")),
            false => Ok(()),
        }
    }

    fn failed(&self, words: &str) -> StoreError {
        scheduler::world().store_failed();
        StoreError::unavailable(words)
    }
}

impl TokenStore for Handle {
    fn name(&self) -> String {
        format!("store {}", self.store)
    }

    fn try_lock(
        &self,
        _: &str,
        hold: Duration,
    ) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        self.operation()?;
        let mut world = scheduler::world();
        let now = world.scheduler.now;
        let store = &mut world.stores[self.store];
        if store.holder(now).is_some() {
            return Ok(None);
        }
        store.locks += 1;
        let (lock, until) = (store.locks, now + nanos(hold));
        store.holder = Some(Holder { lock, process: process(), until });
        Ok(Some(Box::new(Locked { handle: self.clone(), lock })))
    }

    fn read(&self, _: &str) -> Record {
        self.operation()?;
        Ok(scheduler::world().stores[self.store].seen_by_readers().map(Zeroizing::new))
    }
}

struct Locked {
    handle: Handle,
    lock: u64,
}

impl Locked {
    fn is_held(&self, world: &World) -> bool {
        let holder = world.stores[self.handle.store].holder(world.scheduler.now);
        holder.is_some_and(|holder| holder.lock == self.lock)
    }
}

impl LockedRecord for Locked {
    fn load(&mut self) -> Record {
        self.handle.operation()?;
        let world = scheduler::world();
        Ok(world.stores[self.handle.store].record.clone().map(Zeroizing::new))
    }

    fn save(&mut self, record: &[u8]) -> Result<(), StoreError> {
        self.handle.operation()?;
        if scheduler::world().stores[self.handle.store].is_full {
            return Err(self.handle.failed("no space left on device"));
        }
        // A file is written and synced before it takes the place of the old one.
        self.handle.operation()?;
        let mut world = scheduler::world();
        if !self.is_held(&world) {
            drop(world);
            return Err(self.handle.failed("the lock had ended"));
        }
        let line = format!("p{} writes {}", process(), shown(record));
        world.log(false, &line);
        world.stores[self.handle.store].put(record.to_vec());
        Ok(())
    }
}

/// What the log shows of a record.
fn shown(record: &[u8]) -> String {
    let record: serde_json::Value = serde_json::from_slice(record).unwrap_or_default();
    let requests = |name: &str| record[name].as_array().map_or(0, Vec::len);
    let (token, started) = (&record["token"], !record["started"].is_null());
    format!(
        "generation {}, {} worked {} suspect {}, started {started}, {} requests, {} permits, \
         {} waiting, {} revoked, pause {}",
        record["generation"],
        token["access_token"],
        token["worked"],
        token["suspect"],
        requests("requests"),
        requests("resource_requests"),
        requests("waiting"),
        requests("revoked"),
        record["pause"]["seconds"],
    )
}

impl Drop for Locked {
    fn drop(&mut self) {
        let mut world = scheduler::world();
        if self.is_held(&world) {
            world.stores[self.handle.store].lose_lock();
        }
        let pause = world.rng.range(1, 100) * US;
        drop(world);
        sleep(pause);
    }
}
