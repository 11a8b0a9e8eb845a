//! Dates as RFC 3339 writes them, in the Gregorian calendar.

use std::time::SystemTime;

/// Returns RFC 3339 in UTC with milliseconds, as the API writes its own dates.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let (days, secs) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = civil(i64::try_from(days).unwrap_or_default());
    let (hour, minute, second) = (secs / 3600, secs / 60 % 60, secs % 60);
    let ms = since.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// Returns year, month and day of a day since 1970, in the Gregorian calendar.
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

/// Returns the days from 1970 to a day in the Gregorian calendar, the inverse of `civil`.
fn days_to([year, month, day]: [i64; 3]) -> i64 {
    let year = year - i64::from(month <= 2);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    year.div_euclid(400) * 146_097 + days - 719_468
}

/// Returns whether a text is an existing day, as `YYYY-MM-DD`.
pub(crate) fn is_date(text: &str) -> bool {
    date(text).is_some()
}

fn date(text: &str) -> Option<[i64; 3]> {
    let date @ [year, month, day] = numbers(text, '-', [4, 2, 2])?;
    (1..=days_of(year, month)?).contains(&day).then_some(date)
}

/// Returns whether a text is a timestamp of RFC 3339 section 5.6: an existing day and minute, and
/// an offset.
pub(crate) fn is_timestamp(text: &str) -> bool {
    parsed(text).is_some()
}

/// Returns the same instant as the API writes it: in UTC, with milliseconds or more digits. Returns
/// `None` for other texts, and where the year is out of range.
pub(crate) fn respelt(text: &str) -> Option<String> {
    let Parsed { minutes, second, fraction } = parsed(text)?;
    let (year, month, day) = civil(minutes.div_euclid(24 * 60));
    let (hour, minute) = (minutes.rem_euclid(24 * 60) / 60, minutes.rem_euclid(60));
    let date = format!("{year:04}-{month:02}-{day:02}");
    let time = format!("{hour:02}:{minute:02}:{second:02}.{fraction:0<3}Z");
    (0..=9999).contains(&year).then(|| format!("{date}T{time}"))
}

/// A timestamp in UTC.
struct Parsed<'a> {
    /// Minutes since 1970.
    minutes: i64,
    second: i64,
    /// The digits after the decimal point.
    fraction: &'a str,
}

fn parsed(text: &str) -> Option<Parsed<'_>> {
    let (day, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.strip_prefix(['T', 't', ' '])?.split_at_checked(8)?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let (fraction, rest) = fraction(rest)?;
    let of_day = hour * 60 + minute - minutes_of_offset(rest)?;
    // A leap second is the last of a day in UTC.
    let leap = second == 60 && of_day.rem_euclid(24 * 60) == 24 * 60 - 1;
    let minutes = days_to(date(day)?) * 24 * 60 + of_day;
    (hour < 24 && minute < 60 && (second < 60 || leap)).then_some(Parsed {
        minutes,
        second,
        fraction,
    })
}

/// Parses numbers with fixed numbers of digits, and `mark` between them.
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

/// Splits the digits after a decimal point, if there is one, from the rest.
fn fraction(text: &str) -> Option<(&str, &str)> {
    let Some(fraction) = text.strip_prefix('.') else { return Some(("", text)) };
    let rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &fraction[..fraction.len() - rest.len()];
    (!digits.is_empty()).then_some((digits, rest))
}

fn minutes_of_offset(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let [hour, minute] = numbers(text.strip_prefix(['+', '-'])?, ':', [2, 2])?;
    (hour < 24 && minute < 60).then_some(sign * (hour * 60 + minute))
}
