//! The store: one record, one lock.

/// Which store it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `store/file.rs`: the kernel ends the lock with its process. Someone may delete the lock
    /// file.
    File,
    /// `store/redis`: the lock ends by itself after a time, also while its holder lives. A
    /// failover loses the newest writes. A store of the program's own may be the same.
    Server,
}

/// Who holds the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lock {
    Free,
    /// The process with this number holds it.
    Held(usize),
    /// Its holder crashed, or a failover restored a lock that had been released.
    Abandoned,
}

/// The member `started` of the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Started {
    #[default]
    No,
    /// Not older than 45 s.
    Lately,
    LongAgo,
}

/// What the store and each process know. Tokens are numbered in the order in which the server
/// issued them; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record {
    pub token: u8,
    pub suspect: bool,
    pub worked: bool,
    pub started: Started,
    pub generation: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Store {
    /// `None` too for a torn record, which counts as none.
    pub record: Option<Record>,
    /// The record before the last one, which a failover brings back.
    pub before: Option<Record>,
    pub lock: Lock,
}

impl Store {
    pub fn new() -> Store {
        Store { record: None, before: None, lock: Lock::Free }
    }

    /// The token in it; 0 for none.
    pub fn token(&self) -> u8 {
        self.record.map_or(0, |record| record.token)
    }

    pub fn started(&self) -> Started {
        self.record.map_or(Started::No, |record| record.started)
    }
}

impl Default for Store {
    fn default() -> Store {
        Store::new()
    }
}
