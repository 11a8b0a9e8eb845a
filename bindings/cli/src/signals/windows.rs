//! Ctrl-C, Ctrl-Break, and the events by which a console ends its programs.

use std::sync::atomic::{AtomicBool, Ordering};

use windows_sys::Win32::System::Console::SetConsoleCtrlHandler;
use windows_sys::core::BOOL;

static IS_SECOND: AtomicBool = AtomicBool::new(false);

pub fn listen() {
    // SAFETY: the handler is a function, and may run on any thread. Without a console, there are no
    // events.
    unsafe { SetConsoleCtrlHandler(Some(on_event), 1) };
}

/// Returns whether the event is handled. One that is not ends the program.
unsafe extern "system" fn on_event(_: u32) -> BOOL {
    super::set();
    (!IS_SECOND.swap(true, Ordering::Relaxed)).into()
}
