//! Hosts: their clocks, and what the library sees of them.

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::Duration;

use vanta::simulation::{Connection, World as Simulated};

use crate::network::{Socket, Weather};
use crate::plan::HostPlan;
use crate::rng::Rng;
use crate::scheduler::{self, block, current};
use crate::time::{MS, SECOND, nanos};

/// 2026-03-01T00:00:00Z.
const EPOCH: u64 = 1_772_323_200 * SECOND;

/// How much older the machines are than the run.
const UP: u64 = 100_000 * SECOND;

/// The clocks that cost nothing to read advance by this.
const TICK: u64 = 4 * MS;

pub struct Host {
    /// How far the wall clock is ahead, in nanoseconds, and by how much it gains in a second.
    pub wall_ahead: i64,
    pub drift_ppm: i64,
    /// By how much the two monotonic clocks stood still.
    pub monotonic_lag: u64,
    pub boot_lag: u64,
    booted_at: u64,
    boot_id: String,
    boots: u64,
    /// Whether it has its boot id in common with another.
    pub is_clone: bool,
    pub is_paused: bool,
    /// The fault that pauses it.
    pub paused_by: Option<usize>,
    pub weather: Weather,
}

impl Host {
    pub fn new(plan: &HostPlan, rng: &mut Rng) -> Host {
        let boot_id = match plan.is_clone {
            true => "00000000-c10e-0000-0000-000000000000".to_owned(),
            false => format!("{:016x}", rng.next()),
        };
        Host {
            wall_ahead: plan.wall_ahead,
            drift_ppm: plan.drift_ppm,
            monotonic_lag: 0,
            boot_lag: 0,
            booted_at: 0,
            boot_id,
            boots: 0,
            is_clone: plan.is_clone,
            is_paused: false,
            paused_by: None,
            weather: Weather::default(),
        }
    }

    pub fn reboot(&mut self, now: u64, salt: u64) {
        self.boots += 1;
        self.is_clone = false;
        (self.booted_at, self.monotonic_lag, self.boot_lag) = (now + UP, 0, 0);
        self.boot_id = format!("{:08x}-{}-{salt:08x}", now / MS, self.boots);
    }

    fn up(&self, now: u64) -> u64 {
        now + UP - self.booted_at
    }

    /// The time since boot.
    pub fn up_time(&self, now: u64) -> u64 {
        self.up(now) - self.boot_lag
    }

    fn wall(&self, now: u64) -> u64 {
        let drift = i64::try_from(now / 1_000_000).unwrap_or(0) * self.drift_ppm;
        (EPOCH + now).saturating_add_signed(self.wall_ahead + drift)
    }

    /// How far the wall clock is ahead of the right time.
    pub fn error(&self, now: u64) -> i64 {
        i64::try_from(self.wall(now)).unwrap_or(0) - i64::try_from(EPOCH + now).unwrap_or(0)
    }
}

thread_local! {
    static PROCESS: Cell<usize> = const { Cell::new(0) };
}

/// Has this thread be one of a process from now on.
pub fn enter(process: usize) {
    PROCESS.set(process);
    vanta::simulation::enter(Box::leak(Box::new(View { process })));
}

/// The process of this thread.
pub fn process() -> usize {
    PROCESS.get()
}

/// The world as a thread of a process sees it.
struct View {
    process: usize,
}

impl View {
    fn host<T>(&self, read: impl FnOnce(&Host, u64) -> T) -> T {
        let world = scheduler::world();
        read(&world.hosts[world.processes[self.process].host], world.scheduler.now)
    }
}

fn coarse(time: u64) -> Duration {
    Duration::from_nanos(time / TICK * TICK)
}

impl Simulated for View {
    fn process(&self) -> u64 {
        (1 << 32) + self.process as u64
    }

    fn monotonic(&self) -> Duration {
        self.host(|host, now| coarse(host.up(now) - host.monotonic_lag))
    }

    fn wall(&self) -> Duration {
        self.host(|host, now| coarse(host.wall(now)))
    }

    fn boot(&self) -> Duration {
        self.host(|host, now| Duration::from_nanos(host.up_time(now)))
    }

    fn boot_id(&self) -> String {
        self.host(|host, _| host.boot_id.clone())
    }

    fn sleep(&self, length: Duration) {
        scheduler::sleep(nanos(length));
    }

    fn wait(&self, longest: Duration) {
        let mut world = scheduler::world();
        world.processes[self.process].waiters.push(current());
        let until = world.scheduler.now + nanos(longest);
        drop(world);
        block(Some(until));
        scheduler::world().processes[self.process].waiters.retain(|thread| *thread != current());
    }

    fn notify(&self) {
        scheduler::world().notify(self.process);
    }

    fn random(&self) -> u64 {
        scheduler::world().rng.next()
    }

    fn connect(&self, _: SocketAddr) -> Box<dyn Connection> {
        Box::new(Socket::dial(self.process))
    }
}
