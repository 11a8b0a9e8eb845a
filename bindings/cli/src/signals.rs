//! Ctrl-C and the signal that ends services: the call under way ends in good order, and says
//! whether it may have taken effect. A second signal ends the program at once.

use std::sync::OnceLock;

use vanta::Cancel;

static CANCEL: OnceLock<Cancel> = OnceLock::new();

/// The flag that the signals set. They are handled from now on: before, when only records are read,
/// they end the program as they do any other.
pub fn cancel() -> Cancel {
    let cancel = CANCEL.get_or_init(Cancel::new).clone();
    [libc::SIGINT, libc::SIGTERM].into_iter().for_each(listen);
    cancel
}

extern "C" fn on_signal(_: libc::c_int) {
    // Reading a cell that is filled, and an atomic store: allowed in a signal handler.
    if let Some(cancel) = CANCEL.get() {
        cancel.cancel();
    }
}

/// Handles a signal, unless it was ignored when the program started, as under `nohup`.
fn listen(signal: libc::c_int) {
    // SAFETY: the structures are plain data, and the handler does only what one may.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &mut action);
        if action.sa_sigaction == libc::SIG_IGN {
            return;
        }
        action.sa_sigaction = on_signal as extern "C" fn(libc::c_int) as usize;
        action.sa_flags = libc::SA_RESETHAND;
        libc::sigaction(signal, &action, std::ptr::null_mut());
    }
}
