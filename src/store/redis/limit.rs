//! How long one command of Redis may take.

use std::time::Duration;

use crate::clock::{Deadline, WaitError};
use crate::store::StoreError;

/// A server that takes longer for one command is as good as away.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(2);

/// The same on a connection that was idle. A firewall may have dropped it without a word, so there
/// must be time for a new one.
const IDLE_TIMEOUT: Duration = Duration::from_secs(1);

/// A command that others wait for is finished even where the call has no time left, within this.
pub(super) const GRACE: Duration = Duration::from_millis(100);

/// The same for the record that a token request led to: without it the other jobs lose the new
/// token.
pub(super) const OUTCOME_GRACE: Duration = Duration::from_secs(1);

/// The call's deadline and cancel, and the time for one command: whichever ends first.
pub(super) struct Limit {
    /// Measured in real time: a test's clock says nothing about a real server.
    deadline: Deadline,
    /// Whether it is the call's deadline, and not the time for one command.
    of_call: bool,
    /// Until when a cancel changes nothing.
    despite_cancel: Option<Deadline>,
}

impl Limit {
    pub(super) fn new(call: &Deadline) -> Result<Limit, StoreError> {
        let left = call.left().map_err(StoreError::wait_ended)?;
        let deadline = call.in_real_time(Duration::ZERO, COMMAND_TIMEOUT);
        Ok(Limit { deadline, of_call: left <= COMMAND_TIMEOUT, despite_cancel: None })
    }

    /// For a connection that was idle: half of the time at most, so that a new one can be tried.
    pub(super) fn of_idle(call: &Deadline) -> Result<Limit, StoreError> {
        let left = call.left().map_err(StoreError::wait_ended)?;
        let deadline = call.in_real_time(Duration::ZERO, IDLE_TIMEOUT.min(left / 2));
        Ok(Limit { deadline, of_call: false, despite_cancel: None })
    }

    /// For a command that is sent even where the call has no time left.
    pub(super) fn with_grace(call: &Deadline, grace: Duration) -> Limit {
        let of_call = call.left().map_or(true, |left| left <= COMMAND_TIMEOUT);
        let deadline = call.in_real_time(grace, COMMAND_TIMEOUT);
        Limit { deadline, of_call, despite_cancel: Some(Deadline::uncancelled(GRACE)) }
    }

    /// Fails when the time is over.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.poll_interval().map(drop)
    }

    /// How long to wait before the time is looked at again. Fails when it is over.
    pub(super) fn poll_interval(&self) -> Result<Duration, StoreError> {
        let reason = match self.deadline.poll_interval() {
            Ok(time) => return Ok(time),
            Err(reason) => reason,
        };
        let despite_cancel =
            self.despite_cancel.as_ref().filter(|_| reason == WaitError::Cancelled);
        if let Some(time) = despite_cancel.and_then(|until| until.poll_interval().ok()) {
            return Ok(time);
        }
        if self.of_call || reason == WaitError::Cancelled {
            return Err(StoreError::wait_ended(reason));
        }
        Err(StoreError::unavailable(format!("no response within {} s", COMMAND_TIMEOUT.as_secs())))
    }

    /// For the lookup of a name and for a connect.
    pub(super) fn deadline(&self) -> &Deadline {
        &self.deadline
    }
}
