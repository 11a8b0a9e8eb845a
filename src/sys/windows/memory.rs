//! Pages of memory: for secrets, and shared by way of a file.

use std::ffi::c_void;
use std::ptr::{self, NonNull};

use windows_sys::Win32::System::Memory::{
    MEM_COMMIT, MEM_RELEASE, MEM_RESERVE, PAGE_READWRITE, VirtualAlloc, VirtualFree, VirtualLock,
};
use windows_sys::core::{HRESULT, s};

use super::newer;

/// Whole pages of zeros, which error reports leave out, and which stay out of the page file where
/// the quota of the process allows it. `None` where the system has none to give, and for a length
/// of 0.
pub(crate) fn allocate(length: usize) -> Option<NonNull<u8>> {
    let kind = MEM_COMMIT | MEM_RESERVE;
    // SAFETY: new pages, wherever the system likes.
    let memory = unsafe { VirtualAlloc(ptr::null(), length, kind, PAGE_READWRITE) };
    let start = NonNull::new(memory.cast::<u8>())?;
    // SAFETY: the pages are ours. A failure leaves pages like any others.
    unsafe { VirtualLock(memory, length) };
    if let Some(exclude) = newer::function::<Exclude>(s!("WerRegisterExcludedMemoryBlock")) {
        // SAFETY: as above.
        unsafe { exclude(memory, u32::try_from(length).unwrap_or(u32::MAX)) };
    }
    Some(start)
}

/// Gives pages back to the system.
///
/// # Safety
///
/// They came from `allocate`, and nobody uses them after this.
pub(crate) unsafe fn free(start: NonNull<u8>, _: usize) {
    let memory = start.as_ptr().cast::<c_void>();
    if let Some(include) = newer::function::<Include>(s!("WerUnregisterExcludedMemoryBlock")) {
        // SAFETY: as the caller promises.
        unsafe { include(memory) };
    }
    // SAFETY: as the caller promises.
    unsafe { VirtualFree(memory, 0, MEM_RELEASE) };
}

/// Since Windows 10 version 1703.
type Exclude = unsafe extern "system" fn(*const c_void, u32) -> HRESULT;
type Include = unsafe extern "system" fn(*const c_void) -> HRESULT;

/// Maps a file of at least this length. Writes are seen by all processes that map it, and the
/// mapping stays.
#[cfg(feature = "test-util")]
pub(crate) fn map_shared(file: &std::fs::File, length: usize) -> std::io::Result<NonNull<u8>> {
    use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
    use windows_sys::Win32::System::Memory::{CreateFileMappingW, FILE_MAP_WRITE, MapViewOfFile};
    let (file, access) = (file.as_raw_handle(), PAGE_READWRITE);
    // SAFETY: the handle is open, the name is left out.
    let mapping = unsafe { CreateFileMappingW(file, ptr::null(), access, 0, 0, ptr::null()) };
    if mapping.is_null() {
        return Err(std::io::Error::last_os_error());
    }
    // SAFETY: it was just opened, and is ours. The view keeps the mapping.
    let mapping = unsafe { OwnedHandle::from_raw_handle(mapping) };
    // SAFETY: a new view, wherever the system likes.
    let view = unsafe { MapViewOfFile(mapping.as_raw_handle(), FILE_MAP_WRITE, 0, 0, length) };
    NonNull::new(view.Value.cast()).ok_or_else(std::io::Error::last_os_error)
}
