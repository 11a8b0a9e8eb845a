//! The types of the interface that are the same on each system.

use std::fmt;
use std::io;

/// What a socket is waited for. A failed socket is ready for both.
#[derive(Clone, Copy)]
pub(crate) enum Interest {
    Read,
    Write,
}

/// What a private file is opened for. It can be read in any case.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    Read,
    Write,
    /// Each write goes to the end of the file.
    Append,
}

/// Why a file cannot be used.
#[derive(Debug)]
pub(crate) enum OpenError {
    Io(io::Error),
    /// The file is there, and using it would not be safe.
    Unsafe(String),
    /// The same: this group may use it, which was not named.
    #[cfg_attr(windows, expect(dead_code))]
    OpenToGroup(super::user::Group, String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Io(error) => error.fmt(f),
            OpenError::Unsafe(why) | OpenError::OpenToGroup(_, why) => f.write_str(why),
        }
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> OpenError {
        OpenError::Io(error)
    }
}

impl OpenError {
    pub(super) fn because(why: impl Into<String>) -> OpenError {
        OpenError::Unsafe(why.into())
    }
}
