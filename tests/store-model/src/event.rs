//! What happens around the steps of the processes, and how often it may.

/// What may go wrong, or change, a bounded number of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The live token has less of its lifetime left than the expiry margin.
    Due,
    /// A token that was due expires.
    Expired,
    /// Another program requests a token.
    Revoked,
    /// A process ends; the next job in its place knows nothing.
    Crash,
    /// A token request gets no response. It may arrive all the same, or later.
    NoResponse,
    /// A lock ends while its holder is paused, or its lock file is deleted.
    LostLock,
    /// A replica without the newest writes takes the place of the store.
    Failover,
    /// The server rejects the live token once, in an outage.
    WrongRejection,
    /// The policy allows no token request yet.
    Wait,
}

impl Fault {
    /// How many there are.
    pub const COUNT: usize = Fault::Wait as usize + 1;
}

/// What a failover loses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loss {
    Lock,
    /// The newest record. Its writer still has the lock.
    Record,
    RecordAndLock,
    /// The newest record, and that its writer released the lock.
    RecordAndUnlock,
    Everything,
}

impl Loss {
    pub const ALL: [Loss; 5] =
        [Loss::Lock, Loss::Record, Loss::RecordAndLock, Loss::RecordAndUnlock, Loss::Everything];
}

/// An event that is no step of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    Due,
    Expired,
    Revoked,
    Crash(usize),
    /// The token request arrives, and its response comes back.
    Response(usize),
    NoResponse(usize),
    LateRequestArrives,
    LateRequestVanishes,
    /// The lease ends while its holder is paused, or somebody deletes the lock file.
    LostLock,
    /// The lease of a process that is gone ends.
    AbandonedLockEnds,
    Failover(Loss),
    WrongRejection(usize),
    Wait(usize),
    /// 45 s have passed since a token request was announced whose process is gone.
    StartedLongAgo,
}

impl Event {
    /// What the bounds count it as.
    pub fn fault(self) -> Option<Fault> {
        match self {
            Event::Due => Some(Fault::Due),
            Event::Expired => Some(Fault::Expired),
            Event::Revoked => Some(Fault::Revoked),
            Event::Crash(_) => Some(Fault::Crash),
            Event::NoResponse(_) => Some(Fault::NoResponse),
            Event::LostLock => Some(Fault::LostLock),
            Event::Failover(_) => Some(Fault::Failover),
            Event::WrongRejection(_) => Some(Fault::WrongRejection),
            Event::Wait(_) => Some(Fault::Wait),
            Event::Response(_)
            | Event::LateRequestArrives
            | Event::LateRequestVanishes
            | Event::AbandonedLockEnds
            | Event::StartedLongAgo => None,
        }
    }
}

/// How much the checker tries.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub processes: usize,
    /// How often each may happen.
    pub most: [u8; Fault::COUNT],
    /// How many failures may happen together.
    pub failures: u8,
}

impl Bounds {
    /// Nothing happens but steps of so many processes.
    pub fn new(processes: usize) -> Bounds {
        Bounds { processes, most: [0; Fault::COUNT], failures: 0 }
    }

    /// This may happen so often.
    pub fn with(mut self, fault: Fault, most: u8) -> Bounds {
        self.most[fault as usize] = most;
        self
    }

    /// Crashes, lost responses, lost locks, failovers and other programs, so many together.
    pub fn with_failures(mut self, most: u8) -> Bounds {
        self.failures = most;
        self
    }
}

impl Fault {
    /// Whether the bound of all failures counts it.
    pub fn is_failure(self) -> bool {
        !matches!(self, Fault::Due | Fault::Expired | Fault::Wait)
    }

    pub const ALL: [Fault; Fault::COUNT] = [
        Fault::Due,
        Fault::Expired,
        Fault::Revoked,
        Fault::Crash,
        Fault::NoResponse,
        Fault::LostLock,
        Fault::Failover,
        Fault::WrongRejection,
        Fault::Wait,
    ];
}
