//! What a run consists of, from its seed: hosts, stores, jobs and faults.

use crate::network::Weather;
use crate::rng::Rng;
use crate::service::Trouble;
use crate::store::StoreKind;
use crate::time::{HOUR, MINUTE, SECOND};

/// Jobs that begin together and are more than the rate limit of a minute.
const MANY: u64 = 36;

#[derive(Clone, Debug)]
pub struct HostPlan {
    pub wall_ahead: i64,
    pub drift_ppm: i64,
    /// Whether it was cloned from a snapshot, and so has the boot id of another.
    pub is_clone: bool,
}

#[derive(Clone, Debug)]
pub struct JobPlan {
    pub host: usize,
    pub store: Option<usize>,
    pub threads: usize,
    /// How often a process starts; `None` for one that runs all the time.
    pub period: Option<u64>,
    pub first: u64,
    /// How long a thread waits between two rounds; `None` for one round.
    pub pause: Option<u64>,
    pub resources: Vec<usize>,
    /// How many calls of a thousand are in a hurry, or are cancelled, while something is wrong.
    pub hurry: u64,
    pub proceeds: bool,
    /// After how many rounds of a thousand a thread forks.
    pub forks: u64,
}

#[derive(Clone, Debug)]
pub enum FaultKind {
    /// The wall clock of a host is set.
    ClockStep {
        host: usize,
        by: i64,
    },
    /// Suspended: the time since boot goes on, the monotonic clock does not.
    Suspend {
        host: usize,
    },
    /// A snapshot that is resumed: all clocks stand still, and the wall clock is set right after.
    Pause {
        host: usize,
    },
    Reboot {
        host: usize,
        record: Damage,
    },
    Kill {
        job: usize,
    },
    Stop {
        job: usize,
    },
    Network {
        host: usize,
        weather: Weather,
    },
    Service {
        trouble: Trouble,
        share: u64,
    },
    Foreign {
        period: u64,
    },
    StoreFull {
        store: usize,
    },
    StoreAway {
        store: usize,
    },
    StoreLags {
        store: usize,
    },
    StoreLosesLock {
        store: usize,
    },
    StoreDamage {
        store: usize,
        damage: Damage,
    },
}

/// What becomes of the record of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    None,
    Gone,
    Torn,
    Zeros,
    /// An earlier record is back.
    Older,
}

#[derive(Clone, Debug)]
pub struct Fault {
    pub at: u64,
    pub length: u64,
    pub kind: FaultKind,
}

/// What the jobs share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// One store for all.
    One,
    /// One process without a store.
    Memory,
    /// Each host has a store of its own, so they revoke each other's tokens.
    Apart,
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub end: u64,
    pub sharing: Sharing,
    /// The first is the driver's.
    pub hosts: Vec<HostPlan>,
    pub stores: Vec<StoreKind>,
    pub jobs: Vec<JobPlan>,
    pub faults: Vec<Fault>,
    pub resources: usize,
    /// How long a token lives, in seconds.
    pub lifetime: u64,
}

impl Plan {
    pub fn new(seed: u64, hours: u64) -> Plan {
        let mut rng = Rng::new(seed);
        let sharing = match rng.range(0, 99) {
            0..75 => Sharing::One,
            75..88 => Sharing::Memory,
            _ => Sharing::Apart,
        };
        let hosts = match sharing {
            Sharing::One => rng.range(1, 4),
            Sharing::Memory => 1,
            Sharing::Apart => 2,
        };
        let lifetime = *rng.pick(&[3600, 3600, 3600, 600, 14_400]);
        let mut plan = Plan {
            seed,
            end: hours * HOUR,
            sharing,
            hosts: vec![HostPlan { wall_ahead: 0, drift_ppm: 0, is_clone: false }],
            stores: Vec::new(),
            jobs: Vec::new(),
            faults: Vec::new(),
            resources: 0,
            lifetime,
        };
        plan.add_hosts(hosts, &mut rng);
        plan.add_jobs(&mut rng);
        if rng.chance(800) {
            plan.add_faults(&mut rng);
        }
        plan
    }

    fn add_hosts(&mut self, hosts: u64, rng: &mut Rng) {
        // How far the clocks of this world may be wrong, in seconds.
        let wrong = *rng.pick(&[0, 1, 1, 1, 1, 55, 3600, 86_400 * 3]);
        let clones = hosts > 1 && rng.chance(100);
        for _ in 0..hosts {
            let ahead = i64::try_from(rng.range(0, wrong * 1000)).unwrap_or(0);
            let wall_ahead = if rng.chance(500) { ahead } else { -ahead } * 1_000_000;
            let drift = if wrong > 1 { rng.range(0, 100) } else { 0 };
            let drift_ppm = i64::try_from(drift).unwrap_or(0) - if drift > 0 { 50 } else { 0 };
            self.hosts.push(HostPlan { wall_ahead, drift_ppm, is_clone: clones });
        }
        let is_one_host = hosts == 1;
        let kind = if is_one_host && rng.chance(700) { StoreKind::File } else { StoreKind::Server };
        self.stores = match self.sharing {
            Sharing::One => vec![kind],
            Sharing::Memory => Vec::new(),
            Sharing::Apart => vec![StoreKind::File; 2],
        };
    }

    fn add_jobs(&mut self, rng: &mut Rng) {
        let is_wrong = self.hosts.iter().any(|host| host.wall_ahead.unsigned_abs() > 30 * MINUTE);
        let jobs = match self.sharing {
            Sharing::Memory => 1,
            _ if rng.chance(if is_wrong { 400 } else { 120 }) => match rng.range(10, 14) {
                // So many that each minute's permits are fewer than the jobs.
                14 if !is_wrong => MANY,
                crowd => crowd,
            },
            _ => rng.range(2, 6),
        };
        let is_crowd = jobs >= 10;
        // All jobs but one on one host: what they leave in the store is all from its clock.
        let is_uneven = rng.chance(if is_wrong { 700 } else { 300 });
        let proceeds = rng.chance(300);
        let hurry = *rng.pick(&[0, 100, 300]);
        // Processes without a store do not know of each other's requests.
        let forks = if self.sharing == Sharing::One { *rng.pick(&[0, 0, 60]) } else { 0 };
        for job in 0..usize::try_from(jobs).unwrap_or(1) {
            let is_last = job as u64 + 1 == jobs;
            let place = if is_uneven { usize::from(is_last) } else { job };
            let host = 1 + place % (self.hosts.len() - 1);
            let runs_on = self.sharing == Sharing::Memory || rng.chance(300);
            // The one on the other host comes when the others are done, too.
            let is_lone = is_crowd && is_uneven && is_last;
            let minutes = if is_crowd && !is_lone { 60 } else { *rng.pick(&[10, 20, 30, 60]) };
            let threads = if rng.chance(400) { rng.range(2, 4) } else { 1 };
            let threads = if jobs == MANY { 1 } else { threads };
            let resources = rng.range(1, 2);
            let range = self.resources..self.resources + usize::try_from(resources).unwrap_or(1);
            self.resources = range.end;
            // Many jobs begin at the full hour.
            let is_prompt = !is_lone && (is_crowd || rng.chance(600));
            let first = if is_prompt { 0 } else { rng.range(0, 600) * SECOND };
            self.jobs.push(JobPlan {
                host,
                store: self.store_of(host),
                threads: usize::try_from(threads).unwrap_or(1),
                period: Some(minutes * MINUTE).filter(|_| !runs_on),
                first,
                pause: Some(minutes * MINUTE).filter(|_| runs_on),
                resources: range.collect(),
                hurry,
                proceeds,
                forks,
            });
        }
    }

    fn store_of(&self, host: usize) -> Option<usize> {
        match self.sharing {
            Sharing::One => Some(0),
            Sharing::Memory => None,
            Sharing::Apart => Some(host - 1),
        }
    }

    fn add_faults(&mut self, rng: &mut Rng) {
        let mut at = rng.range(5, 60) * MINUTE;
        // Faults come in clusters, with an hour or more between them.
        while at + 2 * HOUR < self.end {
            for _ in 0..rng.range(1, 3) {
                let kind = self.fault(rng);
                let most = *rng.pick(&[20, 120, 600, 2400]);
                let length = rng.range(1, most) * SECOND;
                self.faults.push(Fault { at, length, kind });
                at += rng.range(0, 300) * SECOND;
            }
            at += rng.range(40, 150) * MINUTE;
        }
    }

    fn fault(&self, rng: &mut Rng) -> FaultKind {
        let host = 1 + rng.index(self.hosts.len() - 1);
        let job = rng.index(self.jobs.len());
        let store = rng.index(self.stores.len().max(1));
        let choices = if self.stores.is_empty() { 9 } else { 14 };
        match rng.range(0, choices - 1) {
            0 => FaultKind::ClockStep { host, by: step(rng) },
            1 => FaultKind::Suspend { host },
            2 => FaultKind::Pause { host },
            3 => FaultKind::Reboot { host, record: damage(rng) },
            4 => FaultKind::Kill { job },
            5 => FaultKind::Stop { job },
            6 => FaultKind::Network { host, weather: weather(rng) },
            7 => FaultKind::Service { trouble: trouble(rng), share: *rng.pick(&[1000, 500, 1000]) },
            8 => FaultKind::Foreign { period: rng.range(20, 900) * SECOND },
            9 => FaultKind::StoreFull { store },
            10 => FaultKind::StoreAway { store },
            11 => FaultKind::StoreLags { store },
            12 => FaultKind::StoreLosesLock { store },
            _ => FaultKind::StoreDamage { store, damage: damage(rng) },
        }
    }
}

fn step(rng: &mut Rng) -> i64 {
    let length: i64 = *rng.pick(&[2_000, 90_000, 3_600_000, 86_400_000, 604_800_000]);
    let length = length * 1_000_000;
    if rng.chance(500) { length } else { -length }
}

fn damage(rng: &mut Rng) -> Damage {
    *rng.pick(&[Damage::None, Damage::Gone, Damage::Torn, Damage::Zeros, Damage::Older])
}

fn weather(rng: &mut Rng) -> Weather {
    let mut weather = Weather::default();
    let often = *rng.pick(&[100, 400, 1000]);
    match rng.range(0, 7) {
        0 => weather.latency_us = (50_000, 3_000_000),
        1 => weather.refused = often,
        2 => weather.black_hole = often,
        3 => weather.reset_request = often,
        4 => weather.lost_response = often,
        5 => weather.cut_response = often,
        6 => weather.reset_response = often,
        _ => weather.half_open = often,
    }
    weather
}

fn trouble(rng: &mut Rng) -> Trouble {
    let tokens_only = rng.chance(300);
    match rng.range(0, 9) {
        0..4 => {
            let status = *rng.pick(&[400, 401, 403, 404, 408, 422, 429, 500, 502, 503, 504]);
            Trouble::Status { status, tokens_only }
        }
        4 | 5 => Trouble::Page(*rng.pick(&[200, 401, 403, 404, 429, 502, 503])),
        6 => Trouble::Slow(*rng.pick(&[10, 50, 120])),
        7 => Trouble::Down,
        8 => Trouble::RejectsTokens,
        _ => Trouble::RejectsSecret,
    }
}
