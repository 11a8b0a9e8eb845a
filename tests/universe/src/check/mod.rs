//! The invariants. docs/simulation.md lists them.

pub mod calls;
pub mod limits;
pub mod order;
pub mod tokens;
pub mod truth;

/// What the checks remember.
#[derive(Default)]
pub struct State {
    pub limits: limits::Arrivals,
    /// Calls while nothing was wrong but the clocks of two hosts, and how many of them failed.
    pub skewed_calls: u64,
    pub skewed_failures: u64,
}
