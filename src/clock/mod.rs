//! The only place that knows the time or waits; what must be true of time is asked of two clocks.
//!
//! The monotonic clock never steps but may stand still while the machine sleeps; the wall clock
//! runs on but may be set. What several processes must agree on is measured in time since boot,
//! which does neither, and by the wall clock between machines.

mod changed;
mod deadline;
mod system;
#[cfg(feature = "test-util")]
mod test;
mod time;

pub(crate) use changed::Changed;
pub use deadline::Cancel;
pub(crate) use deadline::{Deadline, LONGEST, POLL_INTERVAL, WaitError};
pub use system::SystemClock;
#[cfg(feature = "test-util")]
pub use test::TestClock;
pub use time::Clock;
pub(crate) use time::{ClockInstant, Nanos};
