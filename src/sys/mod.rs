//! All that differs between operating systems, behind one interface. The lowest module.
//!
//! `unix` has it for Linux, macOS, FreeBSD and other Unix systems, `windows` for Windows. No other
//! module asks which system it is, calls libc, or uses `std::os`; `house::` tests that. What each
//! system must guarantee:
//!
//! * `clock`: `monotonic` never steps. `boot` counts the time for which the machine was suspended,
//!   where the system knows it. `wall` is the time since 1970. None of them allocates. `boot_id`
//!   differs between two starts of a machine, and between machines; empty where there is none.
//! * `error`: what an error of the system's means, where [`std::io::ErrorKind`] does not say it.
//! * `file`: `open_to_read` does not wait for the writer of a pipe. Two `Identity`s are equal if
//!   they are of one file, whatever its names. `replace` gives the name of one file to another in
//!   one step, while others read it, and the name outlives a crash.
//! * `folder`: creates a folder in which others may not replace files, and refuses one where they
//!   may.
//! * `fork`: `epoch` differs between a process and its child. A child closes what is `Watched`
//!   before other code runs in it.
//! * `lock`: `try_lock` never waits, and locks out other processes and other handles of this one.
//!   The system gives the lock back when its holder ends.
//! * `memory`: whole pages, which core dumps leave out where the system can do that.
//! * `private`: files that only their owner, or a named group, may use. One that is created is
//!   private from the first moment. One that others may use, or that is a link, is refused.
//! * `remedy`: what an administrator must set where the system denies the use of a file.
//! * `roots`: the certificate authorities of the system.
//! * `socket`: connects, sends and looks without waiting. `poll` waits, and a signal ends that
//!   early, with `Interrupted`. Nothing raises SIGPIPE.
//! * `thread`: starts a detached thread on which no signal is handled, even where thread-locals are
//!   destroyed already.
//! * `user`: the groups of this process.

mod interface;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

pub(crate) use interface::{Access, Interest, OpenError};
#[cfg(unix)]
pub(crate) use unix::{
    clock, error, file, folder, fork, lock, memory, private, remedy, roots, socket, thread, user,
};
#[cfg(windows)]
pub(crate) use windows::{
    clock, error, file, folder, fork, lock, memory, private, remedy, roots, socket, thread, user,
};
