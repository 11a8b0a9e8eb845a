//! One thread at a time: the thread that has the baton runs, and all others wait for it.
//!
//! Each simulated thread is a thread of the system. Where it would block, it gives the baton to
//! whatever is to happen next: an event of the world, which is handled at once, or another thread
//! whose time has come. Time passes only between two of those. So a run depends on nothing but its
//! seed.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::event::Event;
use crate::time::US;
use crate::world::World;

static UNIVERSE: OnceLock<Mutex<World>> = OnceLock::new();

thread_local! {
    static THREAD: Cell<usize> = const { Cell::new(0) };
}

/// When something happens, and what. The number keeps the order where all else is equal.
type Entry = Reverse<(u64, u64, Event)>;

/// What is to happen, and who waits.
#[derive(Default)]
pub struct Scheduler {
    pub now: u64,
    queue: BinaryHeap<Entry>,
    numbers: u64,
    slots: Vec<Slot>,
    /// How many events were handled.
    pub handled: u64,
}

/// A thread.
struct Slot {
    baton: Arc<Baton>,
    process: usize,
    /// The number of its present wait. A wake for another one is late.
    wait: u64,
    /// A wake came while it could not run.
    is_held: bool,
    is_done: bool,
}

#[derive(Default)]
struct Baton {
    is_here: Mutex<bool>,
    changed: Condvar,
}

impl Baton {
    fn give(&self) {
        *self.is_here.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_one();
    }

    fn take(&self) {
        let here = self.is_here.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_while(here, |here| !*here);
        *waited.unwrap_or_else(PoisonError::into_inner) = false;
    }
}

impl Scheduler {
    pub fn at(&mut self, at: u64, event: Event) {
        self.numbers += 1;
        self.queue.push(Reverse((at.max(self.now), self.numbers, event)));
    }

    fn pop(&mut self) -> Event {
        let Reverse((at, _, event)) = self.queue.pop().expect("the driver always waits");
        self.now = at;
        self.handled += 1;
        event
    }

    fn add(&mut self, process: usize) -> (usize, Arc<Baton>) {
        let baton = Arc::<Baton>::default();
        let slot =
            Slot { baton: Arc::clone(&baton), process, wait: 0, is_held: false, is_done: false };
        self.slots.push(slot);
        (self.slots.len() - 1, baton)
    }

    /// Begins a wait, until some time at the latest.
    fn begin_wait(&mut self, thread: usize, until: Option<u64>) {
        self.numbers += 1;
        self.slots[thread].wait = self.numbers;
        if let Some(until) = until {
            self.at(until, Event::Wake(thread, self.slots[thread].wait));
        }
    }

    /// Ends the wait of a thread soon.
    pub fn wake(&mut self, thread: usize, delay: u64) {
        let slot = &self.slots[thread];
        if !slot.is_done {
            self.at(self.now + delay, Event::Wake(thread, slot.wait));
        }
    }

    /// Wakes the threads whose time came while they could not run.
    pub fn release(&mut self, may_run: impl Fn(usize) -> bool) {
        for thread in 0..self.slots.len() {
            if self.slots[thread].is_held && may_run(self.slots[thread].process) {
                self.slots[thread].is_held = false;
                self.wake(thread, (thread as u64 % 7) * 100 * US);
            }
        }
    }

    /// How many threads have not ended, by their processes.
    pub fn unfinished(&self) -> impl Iterator<Item = usize> {
        self.slots.iter().filter(|slot| !slot.is_done).map(|slot| slot.process)
    }
}

/// The world. The thread that calls it has the baton, so no other waits for the lock.
pub fn world() -> MutexGuard<'static, World> {
    UNIVERSE.get().expect("a run began").lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins a run: the calling thread, which drives it, has the baton.
pub fn begin(mut world: World) {
    let (driver, _) = world.scheduler.add(0);
    THREAD.set(driver);
    assert!(UNIVERSE.set(Mutex::new(world)).is_ok(), "one run in a program");
}

pub fn current() -> usize {
    THREAD.get()
}

/// Blocks until `until`, or until the thread is woken. Something else always happens in between.
pub fn block(until: Option<u64>) {
    let thread = current();
    let mut world = world();
    let until = until.map(|until| until + world.rng.range(0, 60) * US);
    world.scheduler.begin_wait(thread, until);
    pass_on(world, Some(thread));
}

/// Blocks for a time.
pub fn sleep(length: u64) {
    let until = world().scheduler.now.saturating_add(length);
    loop {
        block(Some(until));
        if world().scheduler.now >= until {
            return;
        }
    }
}

/// Lets things happen until it is the turn of this thread, if it is given, or of another.
fn pass_on(mut world: MutexGuard<'static, World>, thread: Option<usize>) {
    loop {
        let next = match world.scheduler.pop() {
            Event::Wake(next, wait) if world.scheduler.slots[next].wait == wait => next,
            Event::Wake(..) => continue,
            event => {
                world.handle(event);
                continue;
            }
        };
        let process = world.scheduler.slots[next].process;
        if !world.may_run(process) {
            world.scheduler.slots[next].is_held = true;
            continue;
        }
        world.scheduler.slots[next].wait = 0;
        if Some(next) == thread {
            return;
        }
        let to = Arc::clone(&world.scheduler.slots[next].baton);
        let own = thread.map(|own| Arc::clone(&world.scheduler.slots[own].baton));
        drop(world);
        to.give();
        if let Some(own) = own {
            own.take();
        }
        return;
    }
}

/// Starts a thread of a process after a delay.
pub fn spawn(world: &mut World, process: usize, delay: u64, job: impl FnOnce() + Send + 'static) {
    let (thread, baton) = world.scheduler.add(process);
    world.scheduler.begin_wait(thread, Some(world.scheduler.now + delay));
    let run = move || {
        THREAD.set(thread);
        baton.take();
        job();
        let mut world = self::world();
        world.scheduler.slots[thread].is_done = true;
        world.thread_ended(process);
        pass_on(world, None);
    };
    let builder = std::thread::Builder::new().stack_size(1 << 20);
    builder.spawn(run).expect("the system has threads");
}
