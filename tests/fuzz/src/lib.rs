//! What the fuzzers share with the tests: a server that says what it is told to, and its client.

#[path = "../../it/parrot.rs"]
mod parrot;
#[path = "../../it/strangers.rs"]
mod strangers;

pub use parrot::Parrot;
pub use strangers::{Spoiled, assert_tame, config};
