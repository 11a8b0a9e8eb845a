//! Virtual time: nanoseconds since the begin of the run.

use std::time::Duration;

pub const US: u64 = 1_000;
pub const MS: u64 = 1_000_000;
pub const SECOND: u64 = 1_000_000_000;
pub const MINUTE: u64 = 60 * SECOND;
pub const HOUR: u64 = 60 * MINUTE;

pub fn nanos(length: Duration) -> u64 {
    u64::try_from(length.as_nanos()).unwrap_or(u64::MAX / 4).min(u64::MAX / 4)
}

/// As the log shows it: days, hours, minutes, seconds.
pub fn shown(at: u64) -> String {
    let (seconds, ms) = (at / SECOND, at % SECOND / MS);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    format!("{days}d {hours:02}:{minutes:02}:{:02}.{ms:03}", seconds % 60)
}

/// A length of time in seconds.
pub fn seconds(length: u64) -> String {
    format!("{}.{:03} s", length / SECOND, length % SECOND / MS)
}
