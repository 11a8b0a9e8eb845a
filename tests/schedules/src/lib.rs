//! Runs a piece of code under each order in which its threads can run, or under many random ones.
//!
//! [`sync`] has the primitives that the code uses, [`explore`] chooses which thread goes on each
//! time that one of them is used. Both are made of shuttle's.

pub mod explore;
pub mod sync;
