//! A model of the protocol of the token store (docs/token-store.md), for a model checker.
//!
//! Two or three processes run the protocol on one store. The checker tries every order of their
//! steps, and of what happens around them: crashes, lost responses, locks that end, failovers.
//! Within the bounds of a check, what it does not find does not exist. `check.rs` has the
//! properties and `tests.rs` the bounds. `variants.rs` breaks the protocol in one way after the
//! other, and the checker finds each.
//!
//! The names of the steps are those of the document; a test compares the two.
//!
//! Time is a matter of events: a token becomes due and expires, a lock ends, a wait is over. What
//! is not in the model stands in docs/simulation.md.

#[cfg(test)]
mod check;
#[cfg(test)]
mod event;
#[cfg(test)]
mod model;
#[cfg(test)]
mod process;
#[cfg(test)]
mod server;
#[cfg(test)]
mod state;
#[cfg(test)]
mod step;
#[cfg(test)]
mod store;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod transition;
#[cfg(test)]
mod variants;
