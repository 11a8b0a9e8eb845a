//! Ask, judge, keep: one token for every thread, from one request.

mod answer;
mod keeper;
mod mint;

use std::fmt;

pub(crate) use keeper::{Keeper, Need};

use crate::clock::Moment;
use crate::secret::Secret;

/// An access token. `Debug` does not show it; clones share one copy, wiped when the last is gone.
#[derive(Clone)]
pub struct Token {
    secret: Secret,
    generation: u64,
    dies: Moment,
    lifetime: std::time::Duration,
}

impl Token {
    /// The token itself, for a header `Authorization: Bearer …`.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Counts the tokens of one client, from 1.
    pub fn generation(&self) -> u64 {
        self.generation
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(generation {})", self.generation)
    }
}
