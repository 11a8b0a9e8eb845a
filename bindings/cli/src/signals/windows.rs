//! Ctrl-C, Ctrl-Break, and the events by which a console ends its programs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use windows_sys::Win32::System::Console::{
    CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_LOGOFF_EVENT, SetConsoleCtrlHandler,
};
use windows_sys::core::BOOL;

static IS_SECOND: AtomicBool = AtomicBool::new(false);

pub fn listen() {
    // SAFETY: the handler is a function, and may run on any thread. Without a console, there are no
    // events.
    unsafe { SetConsoleCtrlHandler(Some(on_event), 1) };
}

/// Returns whether the event is handled. One that is not ends the program, and so does the return
/// for a console that is closed and for a shutdown: those give the program seconds to end.
unsafe extern "system" fn on_event(event: u32) -> BOOL {
    // Only services get it, when any user logs off.
    if event == CTRL_LOGOFF_EVENT {
        return 1;
    }
    super::set();
    while event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT {
        thread::park();
    }
    (!IS_SECOND.swap(true, Ordering::Relaxed)).into()
}
