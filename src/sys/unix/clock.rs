//! Clocks: the coarse ones where they will do, which cost about 5 ns a read on Linux.
//!
//! | system | monotonic | wall | boot |
//! |---|---|---|---|
//! | Linux | CLOCK_MONOTONIC_COARSE | CLOCK_REALTIME_COARSE | CLOCK_BOOTTIME |
//! | macOS | CLOCK_UPTIME_RAW | CLOCK_REALTIME | CLOCK_MONOTONIC_RAW |
//! | FreeBSD | CLOCK_MONOTONIC_FAST | CLOCK_REALTIME_FAST | CLOCK_MONOTONIC |
//! | others | CLOCK_MONOTONIC | CLOCK_REALTIME | CLOCK_MONOTONIC |
//!
//! CLOCK_MONOTONIC_RAW of macOS is `mach_continuous_time`, which counts suspended time.
//!
//! FreeBSD has no clock that counts suspended time. Its CLOCK_BOOTTIME was another name of
//! CLOCK_UPTIME up to FreeBSD 13 and is one of CLOCK_MONOTONIC since, for the day on which that
//! counts it. The wall clock counts it meanwhile, and ages are measured by both.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[cfg(target_os = "linux")]
mod ids {
    pub(super) const MONOTONIC: libc::clockid_t = libc::CLOCK_MONOTONIC_COARSE;
    pub(super) const WALL: libc::clockid_t = libc::CLOCK_REALTIME_COARSE;
    pub(super) const BOOT: libc::clockid_t = libc::CLOCK_BOOTTIME;
}

#[cfg(target_vendor = "apple")]
mod ids {
    pub(super) const MONOTONIC: libc::clockid_t = libc::CLOCK_UPTIME_RAW;
    pub(super) const WALL: libc::clockid_t = libc::CLOCK_REALTIME;
    pub(super) const BOOT: libc::clockid_t = libc::CLOCK_MONOTONIC_RAW;
}

#[cfg(target_os = "freebsd")]
mod ids {
    pub(super) const MONOTONIC: libc::clockid_t = libc::CLOCK_MONOTONIC_FAST;
    pub(super) const WALL: libc::clockid_t = libc::CLOCK_REALTIME_FAST;
    pub(super) const BOOT: libc::clockid_t = libc::CLOCK_MONOTONIC;
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple", target_os = "freebsd")))]
mod ids {
    pub(super) const MONOTONIC: libc::clockid_t = libc::CLOCK_MONOTONIC;
    pub(super) const WALL: libc::clockid_t = libc::CLOCK_REALTIME;
    pub(super) const BOOT: libc::clockid_t = libc::CLOCK_MONOTONIC;
}

#[inline]
pub(crate) fn monotonic() -> Duration {
    read(ids::MONOTONIC).unwrap_or_else(precise_monotonic)
}

#[inline]
pub(crate) fn wall() -> Duration {
    read(ids::WALL).unwrap_or_else(precise_wall)
}

#[inline]
pub(crate) fn boot() -> Duration {
    read(ids::BOOT).unwrap_or_else(precise_monotonic)
}

#[inline(always)]
fn read(id: libc::clockid_t) -> Option<Duration> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes one `timespec` into memory that we own.
    let status = unsafe { libc::clock_gettime(id, &mut time) };
    let (secs, nanos) = (u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?);
    (status == 0).then(|| Duration::new(secs, nanos))
}

fn precise_monotonic() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

fn precise_wall() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(target_os = "linux")]
pub(crate) fn boot_id() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

/// `kern.bootsessionuuid`, the text of a UUID.
#[cfg(target_vendor = "apple")]
pub(crate) fn boot_id() -> String {
    let mut text = [0; 64];
    let length = sysctl(c"kern.bootsessionuuid", &mut text).unwrap_or(0);
    let text = &text[..length];
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).trim().to_owned()
}

/// `kern.boot_id`: 16 random bytes, which FreeBSD has since version 13. `kern.boottime` would not
/// do: it changes when the clock is set.
#[cfg(target_os = "freebsd")]
pub(crate) fn boot_id() -> String {
    let mut id = [0; 16];
    match sysctl(c"kern.boot_id", &mut id) {
        Some(16) => id.iter().map(|byte| format!("{byte:02x}")).collect(),
        _ => String::new(),
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple", target_os = "freebsd")))]
pub(crate) fn boot_id() -> String {
    String::new()
}

/// Reads a value of the kernel's, and returns its length.
#[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
fn sysctl(name: &std::ffi::CStr, room: &mut [u8]) -> Option<usize> {
    let mut length = room.len();
    // SAFETY: the kernel writes at most `length` bytes into memory that we own.
    let status = unsafe {
        let (to, none) = (room.as_mut_ptr().cast(), std::ptr::null_mut());
        libc::sysctlbyname(name.as_ptr(), to, &mut length, none, 0)
    };
    (status == 0).then_some(length)
}
