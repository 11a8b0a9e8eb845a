//! Clocks: those that the kernel keeps in a page of each process, so that a read costs a few
//! nanoseconds. They move with each tick, about every 15 ms.
//!
//! `monotonic` is the unbiased interrupt time, which stands still while the machine is suspended.
//! `boot` is the interrupt time, which does not (`GetTickCount64`). Neither is ever set.

use std::mem::MaybeUninit;
use std::ptr;
use std::time::Duration;

use windows_sys::Wdk::System::SystemInformation::{
    NtQuerySystemInformation, SystemTimeOfDayInformation,
};
use windows_sys::Win32::Foundation::FILETIME;
use windows_sys::Win32::System::Registry::{
    HKEY_LOCAL_MACHINE, RRF_RT_REG_SZ, RRF_SUBKEY_WOW6464KEY, RegGetValueW,
};
use windows_sys::Win32::System::SystemInformation::{GetSystemTimeAsFileTime, GetTickCount64};
use windows_sys::Win32::System::WindowsProgramming::QueryUnbiasedInterruptTime;
use windows_sys::core::w;

/// From 1601, where Windows begins to count, to 1970.
const EPOCH: Duration = Duration::from_secs(11_644_473_600);

pub(crate) fn monotonic() -> Duration {
    let mut units = 0;
    // SAFETY: it writes one number.
    unsafe { QueryUnbiasedInterruptTime(&mut units) };
    from_units(units)
}

pub(crate) fn wall() -> Duration {
    let mut time = FILETIME { dwLowDateTime: 0, dwHighDateTime: 0 };
    // SAFETY: it writes one time.
    unsafe { GetSystemTimeAsFileTime(&mut time) };
    let units = u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
    from_units(units).saturating_sub(EPOCH)
}

pub(crate) fn boot() -> Duration {
    // SAFETY: it takes nothing and cannot fail.
    Duration::from_millis(unsafe { GetTickCount64() })
}

/// Windows counts in units of 100 ns.
fn from_units(units: u64) -> Duration {
    const IN_A_SECOND: u64 = 10_000_000;
    let nanos = u32::try_from(units % IN_A_SECOND * 100).unwrap_or(0);
    Duration::new(units / IN_A_SECOND, nanos)
}

/// The moment of the start, and the machine's GUID.
///
/// Windows has no number that is drawn at each start: `SystemBootEnvironmentInformation` names the
/// entry of the boot menu. It knows the moment of the start, which it changes whenever the clock is
/// set; but it adds up these changes too, and without them the moment stays what it was. Two
/// machines may start in one moment, so the GUID that the installation drew is added.
pub(crate) fn boot_id() -> String {
    match (started(), machine()) {
        (Some(started), Some(machine)) => format!("{machine}-{started:x}"),
        _ => String::new(),
    }
}

/// `SYSTEM_TIMEOFDAY_INFORMATION`.
#[repr(C)]
struct TimeOfDay {
    boot_time: i64,
    _current_time: i64,
    _time_zone_bias: i64,
    _time_zone: u32,
    _reserved: u32,
    /// All changes of `boot_time`.
    boot_time_bias: i64,
    _sleep_time_bias: i64,
}

fn started() -> Option<i64> {
    let mut found = MaybeUninit::<TimeOfDay>::zeroed();
    let size = u32::try_from(size_of::<TimeOfDay>()).ok()?;
    // SAFETY: the kernel writes at most `size` bytes. Zeros are valid numbers, if it writes less.
    let (status, found) = unsafe {
        let to = found.as_mut_ptr().cast();
        let class = SystemTimeOfDayInformation;
        (NtQuerySystemInformation(class, to, size, ptr::null_mut()), found.assume_init())
    };
    (status == 0).then(|| found.boot_time.wrapping_sub(found.boot_time_bias))
}

fn machine() -> Option<String> {
    let mut room = [0_u16; 64];
    let mut size = u32::try_from(size_of_val(&room)).ok()?;
    // SAFETY: at most `size` bytes are written into memory that we own; the names are terminated.
    let status = unsafe {
        let (key, name) = (w!("SOFTWARE\\Microsoft\\Cryptography"), w!("MachineGuid"));
        let flags = RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY;
        let to = room.as_mut_ptr().cast();
        RegGetValueW(HKEY_LOCAL_MACHINE, key, name, flags, ptr::null_mut(), to, &mut size)
    };
    let text = String::from_utf16_lossy(room.split(|unit| *unit == 0).next()?);
    (status == 0 && !text.is_empty()).then_some(text)
}
