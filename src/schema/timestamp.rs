//! RFC 3339 section 5.6: a day and a minute that exist, and an offset.

pub(super) fn is_timestamp(text: &str) -> bool {
    parts(text.as_bytes()).is_some()
}

fn parts(text: &[u8]) -> Option<()> {
    let (date, rest) = text.split_at_checked(10)?;
    let [year, month, day] = [&date[..4], &date[5..7], &date[8..]].map(number);
    let dashes = date[4] == b'-' && date[7] == b'-';
    let (separator, rest) = rest.split_first()?;
    let (time, rest) = rest.split_at_checked(8)?;
    let [hour, minute, second] = [&time[..2], &time[3..5], &time[6..]].map(number);
    let colons = time[2] == b':' && time[5] == b':';
    let offset = offset(fraction(rest)?)?;
    let (hour, minute, second) = (hour?, minute?, second?);
    let exists = (1..=days(year?, month?)?).contains(&day?) && hour < 24 && minute < 60;
    // A leap second is the last of a day in UTC.
    let in_utc = (hour * 60 + minute - offset).rem_euclid(24 * 60);
    let second_exists = second < 60 || (second == 60 && in_utc == 24 * 60 - 1);
    let whole = dashes && colons && matches!(separator, b'T' | b't' | b' ');
    (whole && exists && second_exists).then_some(())
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

/// What stands behind the fraction of a second, if there is one.
fn fraction(text: &[u8]) -> Option<&[u8]> {
    let Some(digits) = text.strip_prefix(b".") else { return Some(text) };
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    (end > 0).then(|| &digits[end..])
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
