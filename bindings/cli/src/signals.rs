//! Ctrl-C and the signal that ends services: the call under way ends in good order, and says
//! whether it may have taken effect. A second signal ends the program at once.

use std::sync::OnceLock;

use vanta::Cancel;

static CANCEL: OnceLock<Cancel> = OnceLock::new();

/// The flag that the signals set.
pub fn cancel() -> Cancel {
    CANCEL.get_or_init(Cancel::new).clone()
}

extern "C" fn on_signal(_: libc::c_int) {
    // Reading a cell that is filled, and an atomic store: allowed in a signal handler.
    if let Some(cancel) = CANCEL.get() {
        cancel.cancel();
    }
}

/// Handles the signals from now on.
pub fn listen() {
    cancel();
    for signal in [libc::SIGINT, libc::SIGTERM] {
        // SAFETY: the structure is plain data, and the handler does only what one may.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = on_signal as extern "C" fn(libc::c_int) as usize;
            action.sa_flags = libc::SA_RESETHAND;
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    }
}
