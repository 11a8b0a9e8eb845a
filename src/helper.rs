//! Threads of the library's own, which no signal of the host's may run on.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::thread;

/// Starts a thread that has all signals blocked; nobody waits for its end.
pub(crate) fn start(name: &str, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
    // A thread is born with the mask of the one that makes it.
    let _masked = Masked::all();
    thread::Builder::new().name(name.to_owned()).spawn(job).map(drop)
}

/// While it lives, the current thread has all signals blocked; then it has its own mask again.
struct Masked(Option<libc::sigset_t>);

impl Masked {
    fn all() -> Masked {
        let mut all = MaybeUninit::uninit();
        let mut before = MaybeUninit::uninit();
        // SAFETY: both sets are ours; the first is filled before it is used.
        let outcome = unsafe {
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr())
        };
        // SAFETY: where it succeeded, the mask before it was written.
        Masked((outcome == 0).then(|| unsafe { before.assume_init() }))
    }
}

impl Drop for Masked {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // SAFETY: the mask that the thread had.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before, ptr::null_mut()) };
        }
    }
}
