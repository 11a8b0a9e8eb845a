//! RFC 3339 section 5.6: a day and a minute that exist, and an offset.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, ErrorKind, Result};

/// Days of the 400 years after which the calendar begins anew.
const ERA: i64 = 146_097;

const DAY_MS: i64 = 86_400_000;

pub(super) fn is_timestamp(text: &str) -> bool {
    instant_ms(text).is_some()
}

/// The moment that a timestamp names, in milliseconds since 1970.
pub(crate) fn instant_ms(text: &str) -> Option<i64> {
    let (date, rest) = text.as_bytes().split_at_checked(10)?;
    let [year, month, day] = [&date[..4], &date[5..7], &date[8..]].map(number);
    let dashes = date[4] == b'-' && date[7] == b'-';
    let (separator, rest) = rest.split_first()?;
    let (time, rest) = rest.split_at_checked(8)?;
    let [hour, minute, second] = [&time[..2], &time[3..5], &time[6..]].map(number);
    let colons = time[2] == b':' && time[5] == b':';
    let (millis, rest) = fraction(rest)?;
    let offset = offset(rest)?;
    let (year, month, day) = (year?, month?, day?);
    let (hour, minute, second) = (hour?, minute?, second?);
    let exists = (1..=days(year, month)?).contains(&day) && hour < 24 && minute < 60;
    // A leap second is the last of a day in UTC.
    let in_utc = (hour * 60 + minute - offset).rem_euclid(24 * 60);
    let second_exists = second < 60 || (second == 60 && in_utc == 24 * 60 - 1);
    let whole = dashes && colons && matches!(separator, b'T' | b't' | b' ');
    let of_day = i64::from((hour * 60 + minute - offset) * 60 + second) * 1000 + millis;
    (whole && exists && second_exists).then(|| day_number(year, month, day) * DAY_MS + of_day)
}

/// Returns a time as the API's timestamps have it: RFC 3339 in UTC, to the millisecond.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// let time = UNIX_EPOCH + Duration::from_millis(1_767_323_045_678);
/// assert_eq!(vanta::timestamp(time)?, "2026-01-02T03:04:05.678Z");
/// # Ok::<(), vanta::Error>(())
/// ```
///
/// # Errors
///
/// [`InvalidArgument`](ErrorKind::InvalidArgument) where the year is not one from 0001 to 9999.
pub fn timestamp(time: SystemTime) -> Result<String> {
    let ms = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).ok(),
        // Rounded down, as after 1970.
        Err(before) => {
            i64::try_from(before.duration().as_nanos().div_ceil(1_000_000)).ok().map(|ms| -ms)
        }
    };
    ms.and_then(rfc3339).ok_or_else(|| {
        let words = "the time lies outside the years 0001 to 9999, so it has no timestamp";
        Error::new(ErrorKind::InvalidArgument, words)
    })
}

/// A moment in UTC, to the millisecond; `None` where the year has not four digits, or is 0.
pub(crate) fn rfc3339(ms: i64) -> Option<String> {
    let (year, month, day) = date(ms.div_euclid(DAY_MS));
    if !(1..=9999).contains(&year) {
        return None;
    }
    let ms = ms.rem_euclid(DAY_MS);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let parts = [(3, year), (6, month), (9, day), (12, hour), (15, minute), (18, second)];
    for (last, number) in parts.into_iter().chain([(22, ms % 1000)]) {
        write(&mut text[..=last], number);
    }
    Some(text.map(char::from).iter().collect())
}

/// Adds a number's digits to the zeros that the text ends with.
fn write(text: &mut [u8], mut number: i64) {
    for digit in text.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
}

/// Days since 1970. Years begin in March here, so that the leap day is the last of its year; the
/// months from then on have 153 days in every five.
fn day_number(year: i32, month: i32, day: i32) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), i64::from(year.rem_euclid(400)));
    let of_year = i64::from((153 * month + 2) / 5 + day - 1);
    let days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    // From the first of March of the year 0 to 1970.
    i64::from(era) * ERA + days - 719_468
}

/// Year, month and day of a day that is counted from 1970-01-01.
///
/// The count is moved to 0000-03-01, and years begin in March: so a leap day is the last day of
/// its year, of its four years, and of its four centuries, and disturbs nothing behind it.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    // The calendar repeats after 400 years, which are 146,097 days.
    let (cycle, mut day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    // The last of the 4 centuries, and the last year of 4, have one day more than this division
    // grants them: it must not make a fifth of it.
    let century = (day / 36_524).min(3);
    day -= century * 36_524;
    let fours = day / 1461;
    day -= fours * 1461;
    let year_of_four = (day / 365).min(3);
    day -= year_of_four * 365;
    let year = cycle * 400 + century * 100 + fours * 4 + year_of_four;
    // From March on, months have 31 30 31 30 31 days, and again: 153 days are 5 months. The 2 and
    // the 5 make the division round as those lengths do.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

fn number(digits: &[u8]) -> Option<i32> {
    let all = digits.iter().all(u8::is_ascii_digit);
    all.then(|| digits.iter().fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0')))
}

fn days(year: i32, month: i32) -> Option<i32> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 => Some(if leap { 29 } else { 28 }),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

/// The milliseconds of a fraction of a second, if there is one, and what stands behind it.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some(digits) = text.strip_prefix(b".") else { return Some((0, text)) };
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    let padded = digits[..end].iter().copied().chain(*b"000").take(3);
    let millis = padded.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    (end > 0).then(|| (millis, &digits[end..]))
}

/// Minutes ahead of UTC.
fn offset(text: &[u8]) -> Option<i32> {
    let sign = match text.first()? {
        b'Z' | b'z' if text.len() == 1 => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let [hour, minute] = match text.len() {
        6 if text[3] == b':' => [&text[1..3], &text[4..]].map(number),
        _ => return None,
    };
    let (hour, minute) = (hour?, minute?);
    (hour < 24 && minute < 60).then_some(sign * (hour * 60 + minute))
}
