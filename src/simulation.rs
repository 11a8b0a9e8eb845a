//! What a simulation takes the place of: the clocks, the network and the processes of a thread.
//!
//! For `tests/universe`, which runs many hosts and processes in one program; docs/simulation.md
//! explains it. A thread enters a [`World`]. From then on the machine's clock, each wait, each
//! connection and what a process has for itself are those of the world. A thread that entered none
//! is not changed. The feature `test-util` adds this module; its functions may change at any time.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// A simulated machine, as one thread of one process sees it.
pub trait World: Sync {
    /// Returns the number of the process, which differs between simulated processes. It is at
    /// least 2^32, so that it is the number of no real one.
    fn process(&self) -> u64;
    /// Returns the time of [`SystemClock`](crate::SystemClock) that never steps.
    fn monotonic(&self) -> Duration;
    /// Returns the time since 1970, as the simulated machine believes it to be.
    fn wall(&self) -> Duration;
    /// Returns the time since the simulated machine started.
    fn boot(&self) -> Duration;
    /// Returns what tells one start of one machine from all others.
    fn boot_id(&self) -> String;
    /// Blocks for a time.
    fn sleep(&self, length: Duration);
    /// Blocks until another thread of the process calls [`notify`](World::notify), or for a time.
    fn wait(&self, longest: Duration);
    /// Wakes the threads of the process that wait.
    fn notify(&self);
    /// Returns a random number.
    fn random(&self) -> u64;
    /// Begins to connect.
    fn connect(&self, address: SocketAddr) -> Box<dyn Connection>;
}

/// A simulated connection, without TLS. As with a socket, `WouldBlock` says that the time is over.
pub trait Connection: Send + Sync + fmt::Debug {
    /// Waits until the connection is made, for at most `time`. Returns whether it is.
    ///
    /// # Errors
    ///
    /// Why it was not made.
    fn connected(&self, time: Duration) -> io::Result<bool>;
    /// Reads, and waits for at most `time`. 0 is the end.
    ///
    /// # Errors
    ///
    /// As of a socket.
    fn read(&self, room: &mut [u8], time: Duration) -> io::Result<usize>;
    /// Writes without waiting. Returns how much was taken.
    ///
    /// # Errors
    ///
    /// As of a socket.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;
    /// Waits until a write is possible, for at most `time`. Returns whether it is.
    ///
    /// # Errors
    ///
    /// As of poll(2).
    fn wait_to_write(&self, time: Duration) -> io::Result<bool>;
    /// Looks at the input without taking it: `None` where there is nothing, and otherwise whether
    /// it is data rather than the end.
    fn peek(&self) -> Option<bool>;
}

thread_local! {
    // A reference, because it has no destructor: the library is also called when those have run.
    static WORLD: Cell<Option<&'static dyn World>> = const { Cell::new(None) };
}

/// Has this thread be a thread of a simulated process from now on.
pub fn enter(world: &'static dyn World) {
    WORLD.set(Some(world));
}

/// The world of this thread; `None` outside a simulation.
#[inline]
pub(crate) fn world() -> Option<&'static dyn World> {
    WORLD.get()
}
