//! Ask, judge, keep: one token for everybody, from one request.
//!
//! A call looks into memory, then, one thread for all, into the store under its lock, and only
//! then asks. What the threads of a process know stands in a slot, what processes and hosts know
//! in a record, and the rules are functions of the record.

mod answer;
mod keeper;
mod mint;
mod rate_limit;
mod record;
mod recovery;
mod registry;
mod renew;
mod rules;
mod scopes;
mod slot;
mod snapshot;
mod stamp;
mod store_access;
mod stored;
mod unsaved;
mod visit;
mod window;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

pub(crate) use keeper::{Keeper, Tried};
pub(crate) use rate_limit::{Permits, has_waited};
pub(crate) use rules::Need;
pub use rules::Reason;
pub use snapshot::{LastError, Snapshot, Source};

use crate::clock::{ClockInstant, Nanos};
use crate::secret::Secret;
use record::Kept;
use renew::Renewer;
use scopes::Scopes;
use stamp::Stamp;

/// An access token. `Debug` does not show it; clones share one copy, wiped when the last is gone.
#[derive(Clone)]
pub struct Token(Arc<Inner>);

struct Inner {
    secret: Secret,
    serial: u64,
    generation: u64,
    source: Source,
    /// On the clocks of this process; `None` for a token of which that is not known.
    life: Option<Life>,
    /// A later request ended in the dark, and this token has not been seen to work since.
    suspect: AtomicBool,
    /// Vanta has accepted a request with it.
    worked: AtomicBool,
}

struct Life {
    dies: ClockInstant,
    /// The most that a margin may take of it.
    spare: Nanos,
    asked: Stamp,
    scopes: Scopes,
    granted: Option<String>,
    assumed: bool,
}

/// How many tokens this process has known.
static SERIALS: AtomicU64 = AtomicU64::new(0);

fn next_serial() -> u64 {
    SERIALS.fetch_add(1, Ordering::Relaxed) + 1
}

impl Token {
    fn fixed(secret: Secret) -> Token {
        let (suspect, worked) = (AtomicBool::new(false), AtomicBool::new(false));
        let (source, life) = (Source::Fixed, None);
        let serial = next_serial();
        Token(Arc::new(Inner { secret, serial, generation: 0, source, life, suspect, worked }))
    }

    /// A token of a record, in terms of this process's clocks.
    fn of(kept: &Kept, generation: u64, source: Source, renewer: &Renewer) -> Token {
        let clock = &*renewer.clock;
        let left = kept.left(&Stamp::now(clock));
        let life = Life {
            dies: ClockInstant::now(clock).plus(left),
            spare: kept.spare().into(),
            asked: kept.asked.clone(),
            scopes: kept.scopes.as_in(&renewer.scopes),
            granted: kept.granted.clone(),
            assumed: kept.lifetime_assumed,
        };
        let (suspect, worked) = (AtomicBool::new(kept.suspect), AtomicBool::new(kept.worked));
        let (secret, life) = (kept.access_token.clone(), Some(life));
        let serial = next_serial();
        Token(Arc::new(Inner { secret, serial, generation, source, life, suspect, worked }))
    }

    /// The token itself, for a header `Authorization: Bearer …`.
    pub fn secret(&self) -> &Secret {
        &self.0.secret
    }

    /// Counts the tokens of one application, from 1; 0 for one that the configuration gave.
    pub fn generation(&self) -> u64 {
        self.0.generation
    }

    /// A number that no other token has which this process has known.
    pub fn serial(&self) -> u64 {
        self.0.serial
    }

    /// How long it still lives, by this process's clocks; `None` when it is dead.
    fn left(&self, now: ClockInstant) -> Option<Duration> {
        match &self.0.life {
            Some(life) => life.dies.left(now),
            None => Some(Duration::MAX),
        }
    }

    fn is_suspect(&self) -> bool {
        self.0.suspect.load(Ordering::Relaxed)
    }

    fn suspect(&self, suspect: bool) {
        self.0.suspect.store(suspect, Ordering::Relaxed);
    }

    /// Notes that a request with it was accepted; returns whether that is news.
    fn prove(&self) -> bool {
        let news = self.is_suspect() || !self.0.worked.load(Ordering::Relaxed);
        if news {
            self.suspect(false);
            self.0.worked.store(true, Ordering::Relaxed);
        }
        news
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(generation {})", self.generation())
    }
}
