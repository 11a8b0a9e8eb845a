//! SIGINT and SIGTERM.

pub fn listen() {
    [libc::SIGINT, libc::SIGTERM].into_iter().for_each(handle);
}

extern "C" fn on_signal(_: libc::c_int) {
    super::set();
}

/// Handles a signal, unless it was ignored when the program started, as under `nohup`.
fn handle(signal: libc::c_int) {
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
