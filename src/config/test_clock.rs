//! The clock that the processes of one test share, from variables that only a test build reads.

use std::path::Path;
use std::sync::Arc;

use super::environment::variable;
use super::problem::unreadable;
use crate::clock::{Clock, TestClock};
use crate::error::Result;

/// Returns the shared clock of the machine that this process plays, if a test names one.
pub(super) fn from_env() -> Result<Option<Arc<dyn Clock>>> {
    let Some(path) = variable("VANTA_TEST_CLOCK")? else { return Ok(None) };
    let clock = TestClock::shared(Path::new(&path)).map_err(|e| unreadable(Path::new(&path), e))?;
    let machine = variable("VANTA_TEST_MACHINE")?;
    Ok(Some(Arc::new(machine.map_or(clock.clone(), |machine| clock.on_machine(&machine)))))
}
