//! Milliseconds since 1970 as the date and time of day that they are in UTC.

/// 0001-01-01T00:00:00.000Z.
const FIRST: i64 = -62_135_596_800_000;
/// 9999-12-31T23:59:59.999Z.
const LAST: i64 = 253_402_300_799_999;

const DAY: i64 = 86_400_000;

/// As RFC 3339 section 5.6 has it; `None` where the year has not four digits, or is 0.
pub(super) fn rfc3339(unix_ms: i64) -> Option<String> {
    if !(FIRST..=LAST).contains(&unix_ms) {
        return None;
    }
    let (year, month, day) = date(unix_ms.div_euclid(DAY));
    let ms = unix_ms.rem_euclid(DAY);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    let time = format!("{hour:02}:{minute:02}:{second:02}.{:03}", ms % 1000);
    Some(format!("{year:04}-{month:02}-{day:02}T{time}Z"))
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
