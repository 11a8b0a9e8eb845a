//! Unix: what Linux, macOS, FreeBSD and the others have in common, and where they differ.

pub(crate) mod clock;
pub(crate) mod error;
pub(crate) mod file;
pub(crate) mod folder;
pub(crate) mod fork;
pub(crate) mod lock;
pub(crate) mod memory;
pub(crate) mod private;
pub(crate) mod remedy;
pub(crate) mod roots;
pub(crate) mod socket;
pub(crate) mod thread;
pub(crate) mod user;
