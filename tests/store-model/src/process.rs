//! A process: where it is in the protocol, and what it remembers.

use crate::store::Record;

/// Where a process is. The order is that of the protocol: without beginning again, no process goes
/// back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum At {
    #[default]
    Read,
    Lock,
    Load,
    Check,
    Decide,
    Announce,
    Request,
    /// It waits for the response.
    Response,
    Save,
    Unlock,
    /// The call failed.
    Failed,
    /// It has a token, and sends it with a request.
    Use,
    /// It takes the lock, to note that the token works.
    NoteLock,
    NoteSave,
    NoteUnlock,
    /// Its last call succeeded.
    Done,
}

/// What follows when the lock is released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Then {
    #[default]
    Use,
    /// No token, and none that can be used meanwhile.
    Fail,
    /// It waited until the policy allows a token request.
    LockAgain,
}

/// Tokens are numbers, 0 for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Process {
    pub at: At,
    pub then: Then,
    /// `ProcessState::shared`: the record as it was last seen, or could not be written.
    pub known: Record,
    /// `ProcessState::is_unsaved`.
    pub is_unsaved: bool,
    /// `ProcessState::token`: the cached token.
    pub token: u8,
    /// `ProcessState::rejected_tokens`, as bits.
    pub rejected: u16,
    /// `SharedState::replaced`.
    pub replaced: u8,
    /// The token of the response; 0 where there was none.
    pub response: u8,
    /// How many requests were announced before its own.
    pub asked: u8,
    /// The record to write, with the note that its token works.
    pub note: Record,
    /// How often it began again: each time, no step is nearer to the end.
    pub begun: u8,
    /// Whether the store's record was written by another process since this one loaded it.
    pub is_outdated: bool,
}

impl Process {
    pub fn has_rejected(&self, token: u8) -> bool {
        token != 0 && self.rejected & (1 << token) != 0
    }

    /// Whether it holds the lock, as far as it knows.
    pub fn is_in_transaction(&self) -> bool {
        (At::Load..=At::Unlock).contains(&self.at)
            || matches!(self.at, At::NoteSave | At::NoteUnlock)
    }

    /// Whether it has announced a token request and not saved its result.
    pub fn is_requesting(&self) -> bool {
        (At::Request..=At::Save).contains(&self.at)
    }
}
