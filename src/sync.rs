//! The synchronisation primitives whose order of use is explored by `tests/schedules`.
//!
//! They are those of std. `tests/schedules` compiles the library with `cfg(vanta_schedules)`, which
//! no feature and no build of the library sets, and with primitives of its own in their place.

#[cfg(not(vanta_schedules))]
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
#[cfg(not(vanta_schedules))]
pub(crate) use std::thread_local;

#[cfg(vanta_schedules)]
pub(crate) use schedules::sync::{Condvar, Mutex, MutexGuard, thread_local};
