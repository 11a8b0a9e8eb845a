//! The simulator's time: real time, plus what the test has let pass.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

pub(crate) struct Clock {
    began: Instant,
    shift_ms: AtomicU64,
    followed: OnceLock<Box<Followed>>,
}

/// Time since some fixed moment, and since 1970.
type Followed = dyn Fn() -> (Duration, Duration) + Send + Sync;

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({:?})", self.now())
    }
}

impl Clock {
    pub(crate) fn new() -> Clock {
        Clock { began: Instant::now(), shift_ms: AtomicU64::new(0), followed: OnceLock::new() }
    }

    /// From now on, time is what somebody else's clock says.
    pub(crate) fn follow(&self, time: impl Fn() -> (Duration, Duration) + Send + Sync + 'static) {
        assert!(self.followed.set(Box::new(time)).is_ok(), "it follows a clock already");
    }

    /// Time since the simulator started, or since whatever moment the followed clock counts from.
    pub(crate) fn now(&self) -> Duration {
        self.followed.get().map_or_else(|| self.began.elapsed(), |time| time().0) + self.shift()
    }

    pub(crate) fn wall(&self) -> SystemTime {
        let followed = self.followed.get().map(|time| SystemTime::UNIX_EPOCH + time().1);
        followed.unwrap_or_else(SystemTime::now) + self.shift()
    }

    pub(crate) fn advance(&self, by: Duration) {
        let ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX / 4);
        self.shift_ms.fetch_add(ms, Ordering::SeqCst);
    }

    fn shift(&self) -> Duration {
        Duration::from_millis(self.shift_ms.load(Ordering::SeqCst))
    }
}

/// RFC 3339 in UTC with milliseconds, as the API writes its own dates.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let (days, secs) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = civil(i64::try_from(days).unwrap_or_default());
    let (hour, minute, second) = (secs / 3600, secs / 60 % 60, secs % 60);
    let ms = since.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// Year, month and day of a day since 1970, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// RFC 3339 section 5.6: a day and a minute that exist, and an offset.
pub(crate) fn is_timestamp(text: &str) -> bool {
    whole_timestamp(text).is_some()
}

fn whole_timestamp(text: &str) -> Option<()> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.strip_prefix(['T', 't', ' '])?.split_at_checked(8)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let offset = minutes_of_offset(without_fraction(rest)?)?;
    let good = (1..=days_of(year, month)?).contains(&day) && hour < 24 && minute < 60;
    // A leap second is the last of a day in UTC.
    let in_utc = (hour * 60 + minute - offset).rem_euclid(24 * 60);
    (good && (second < 60 || second == 60 && in_utc == 24 * 60 - 1)).then_some(())
}

/// Numbers of so many digits each, with `mark` between them.
fn numbers<const N: usize>(text: &str, mark: char, digits: [usize; N]) -> Option<[i64; N]> {
    let parts: Vec<&str> = text.split(mark).collect();
    let mut found = [0; N];
    for (i, digits) in digits.into_iter().enumerate() {
        let part = parts.get(i).filter(|part| part.len() == digits)?;
        found[i] = part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())??;
    }
    (parts.len() == N).then_some(found)
}

fn days_of(year: i64, month: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => Some(if leap { 29 } else { 28 }),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

fn without_fraction(text: &str) -> Option<&str> {
    let Some(fraction) = text.strip_prefix('.') else { return Some(text) };
    let rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < fraction.len()).then_some(rest)
}

fn minutes_of_offset(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let [hour, minute] = numbers(text.strip_prefix(['+', '-'])?, ':', [2, 2])?;
    (hour < 24 && minute < 60).then_some(sign * (hour * 60 + minute))
}
