//! Pages of memory: for secrets, and shared by way of a file.

use std::ptr::{self, NonNull};

/// Whole pages of zeros, which core dumps leave out. `None` where the system has none to give, and
/// for a length of 0.
///
/// Linux and FreeBSD leave pages out by `madvise`. macOS cannot; it writes core dumps only where an
/// administrator has allowed them.
pub(crate) fn allocate(length: usize) -> Option<NonNull<u8>> {
    let start = map(length)?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    // SAFETY: the mapping is ours. A kernel that cannot do it leaves a page like any other.
    unsafe {
        libc::madvise(start.as_ptr().cast(), length, libc::MADV_DONTDUMP);
    }
    #[cfg(target_os = "freebsd")]
    // SAFETY: as above.
    unsafe {
        libc::madvise(start.as_ptr().cast(), length, libc::MADV_NOCORE);
    }
    Some(start)
}

fn map(length: usize) -> Option<NonNull<u8>> {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let kind = libc::MAP_PRIVATE | libc::MAP_ANON;
    // SAFETY: a new mapping, wherever the system likes.
    let memory = unsafe { libc::mmap(ptr::null_mut(), length, access, kind, -1, 0) };
    if memory == libc::MAP_FAILED {
        return None;
    }
    NonNull::new(memory.cast())
}

/// Gives pages back to the system.
///
/// # Safety
///
/// They came from `allocate` with this length, and nobody uses them after this.
pub(crate) unsafe fn free(start: NonNull<u8>, length: usize) {
    // SAFETY: as the caller promises.
    unsafe { libc::munmap(start.as_ptr().cast(), length) };
}

/// A page that every child of a fork finds full of zeros; `None` where the kernel has no such.
/// Linux has them since 4.14, FreeBSD since 12.
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
pub(super) fn wiped_in_children() -> Option<NonNull<u8>> {
    const SIZE: usize = 4096;
    let page = map(SIZE)?;
    #[cfg(target_os = "linux")]
    // SAFETY: the mapping that was just made.
    let outcome = unsafe { libc::madvise(page.as_ptr().cast(), SIZE, libc::MADV_WIPEONFORK) };
    #[cfg(target_os = "freebsd")]
    // SAFETY: as above.
    let outcome = unsafe { libc::minherit(page.as_ptr().cast(), SIZE, libc::INHERIT_ZERO) };
    (outcome == 0).then_some(page)
}

#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
pub(super) fn wiped_in_children() -> Option<NonNull<u8>> {
    None
}

/// Maps a file of at least this length. Writes are seen by all processes that map it, and the
/// mapping stays.
#[cfg(feature = "test-util")]
pub(crate) fn map_shared(file: &std::fs::File, length: usize) -> std::io::Result<NonNull<u8>> {
    use std::os::fd::AsRawFd;
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a new mapping, wherever the system likes.
    let memory = unsafe {
        libc::mmap(ptr::null_mut(), length, access, libc::MAP_SHARED, file.as_raw_fd(), 0)
    };
    match NonNull::new(memory.cast()) {
        Some(start) if memory != libc::MAP_FAILED => Ok(start),
        _ => Err(std::io::Error::last_os_error()),
    }
}
