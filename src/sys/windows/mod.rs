//! Windows 10 and later, and Windows Server 2016 and later.

pub(crate) mod clock;
pub(crate) mod error;
pub(crate) mod file;
pub(crate) mod folder;
pub(crate) mod fork;
pub(crate) mod lock;
pub(crate) mod memory;
mod newer;
pub(crate) mod private;
pub(crate) mod remedy;
pub(crate) mod roots;
mod security;
mod sid;
pub(crate) mod socket;
pub(crate) mod thread;
pub(crate) mod user;
mod wide;
