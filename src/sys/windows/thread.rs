//! Threads that are made by `CreateThread`. Windows has no signals.

use std::any::Any;
use std::ffi::{CString, c_void};
use std::io::{Error, Result};
use std::mem;
use std::os::windows::io::{FromRawHandle, OwnedHandle};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::Threading::{
    CreateThread, GetCurrentThread, STACK_SIZE_PARAM_IS_A_RESERVATION,
};
use windows_sys::core::{HRESULT, PCWSTR, s};

use super::{newer, wide};

/// Enough for the system's resolver and its modules, and for TLS. The default is the program's.
const STACK: usize = 1 << 20;

/// What a new thread is given.
struct Task {
    name: CString,
    job: Box<dyn FnOnce() + Send>,
}

/// Starts a thread of this name. It is detached, and a panic of its job ends it. Touches no
/// thread-local that has a destructor.
pub(crate) fn start(name: CString, job: Box<dyn FnOnce() + Send>) -> Result<()> {
    let task = Box::into_raw(Box::new(Task { name, job }));
    let flags = STACK_SIZE_PARAM_IS_A_RESERVATION;
    // SAFETY: `run` takes the task over if the thread is created.
    let thread =
        unsafe { CreateThread(ptr::null(), STACK, Some(run), task.cast(), flags, ptr::null_mut()) };
    if thread.is_null() {
        let error = Error::last_os_error();
        // SAFETY: it came from `Box::into_raw`, and no thread has it.
        drop(unsafe { Box::from_raw(task) });
        return Err(error);
    }
    // SAFETY: the handle is ours. The thread lives on without it.
    drop(unsafe { OwnedHandle::from_raw_handle(thread) });
    Ok(())
}

/// Since Windows 10 version 1607, which has it in kernelbase.dll alone.
type Describe = unsafe extern "system" fn(HANDLE, PCWSTR) -> HRESULT;

unsafe extern "system" fn run(task: *mut c_void) -> u32 {
    // SAFETY: `start` made it, and gave it to this thread alone.
    let task = unsafe { Box::from_raw(task.cast::<Task>()) };
    let name = wide::text(&task.name.to_string_lossy());
    if let Some(describe) = newer::function::<Describe>(s!("SetThreadDescription")) {
        // SAFETY: the name is terminated, and it is copied. A failure is ignored.
        unsafe { describe(GetCurrentThread(), name.as_ptr()) };
    }
    // No panic may leave a function of C. Its value could panic in turn when it is dropped.
    let panicked: Option<Box<dyn Any + Send>> = catch_unwind(AssertUnwindSafe(task.job)).err();
    mem::forget(panicked);
    0
}
