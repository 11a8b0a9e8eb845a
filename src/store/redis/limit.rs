//! How long one command of Redis may take.

use std::time::Duration;

use crate::clock::{Deadline, Lapse};
use crate::store::StoreError;

/// A server that takes longer for one command is as good as away.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(2);

/// A command that others wait for is finished even where the call has no time left, within this.
const GRACE: Duration = Duration::from_millis(100);

/// The call's deadline and cancel, and the time for one command: whichever ends first.
pub(super) struct Limit {
    /// Measured in real time: a test's clock says nothing about a real server.
    deadline: Deadline,
    /// Whether it is the call's deadline, and not the time for one command.
    of_call: bool,
    grace: Option<Deadline>,
}

impl Limit {
    pub(super) fn new(call: &Deadline) -> Result<Limit, StoreError> {
        let left = call.left().map_err(StoreError::lapsed)?;
        let deadline = call.in_real_time(COMMAND_TIMEOUT);
        Ok(Limit { deadline, of_call: left <= COMMAND_TIMEOUT, grace: None })
    }

    /// For a command that is sent even where the call has no time left.
    pub(super) fn with_grace(call: &Deadline) -> Limit {
        let of_call = call.left().map_or(true, |left| left <= COMMAND_TIMEOUT);
        let grace = Some(Deadline::uncancelled(GRACE));
        Limit { deadline: call.in_real_time(COMMAND_TIMEOUT), of_call, grace }
    }

    /// Fails when the time is over.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.poll_interval().map(drop)
    }

    /// How long to wait before the time is looked at again. Fails when it is over.
    pub(super) fn poll_interval(&self) -> Result<Duration, StoreError> {
        let lapse = match self.deadline.slice() {
            Ok(time) => return Ok(time),
            Err(lapse) => lapse,
        };
        if let Some(time) = self.grace.as_ref().and_then(|grace| grace.slice().ok()) {
            return Ok(time);
        }
        if self.of_call || lapse == Lapse::Cancelled {
            return Err(StoreError::lapsed(lapse));
        }
        Err(StoreError::away(format!("no response within {} s", COMMAND_TIMEOUT.as_secs())))
    }

    /// For the lookup of a name and for a connect.
    pub(super) fn deadline(&self) -> &Deadline {
        &self.deadline
    }
}
