//! Ctrl-C and the signal that ends services: the call under way ends in good order, and says
//! whether it may have taken effect. A second one ends the program at once.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::sync::OnceLock;

use vanta::Cancel;

#[cfg(unix)]
use unix::listen;
#[cfg(windows)]
use windows::listen;

static CANCEL: OnceLock<Cancel> = OnceLock::new();

/// The flag that the signals set. They are handled from now on: before, when only records are read,
/// they end the program as they do any other.
pub fn cancel() -> Cancel {
    let cancel = CANCEL.get_or_init(Cancel::new).clone();
    listen();
    cancel
}

/// Reads a cell that is filled, and stores an atomic: allowed in a signal handler.
fn set() {
    if let Some(cancel) = CANCEL.get() {
        cancel.cancel();
    }
}
