//! Counts, and text from outside, as messages show them.

use std::fmt;

/// A count as people read it: 10,485,760.
#[inline(never)]
pub(crate) fn grouped(count: impl fmt::Display) -> String {
    let digits = count.to_string();
    let comma = |(at, digit)| {
        let left = digits.len() - at;
        let gap = if at > 0 && left % 3 == 0 { "," } else { "" };
        format!("{gap}{digit}")
    };
    digits.chars().enumerate().map(comma).collect()
}

/// A count of things: 1 record, 1,200 records.
#[inline(never)]
pub(crate) fn many(count: usize, thing: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {thing}{ending}", grouped(count))
}

/// How often: once, 2 times.
#[inline(never)]
pub(crate) fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

/// Text from outside, without anything that a terminal or a log would obey.
#[inline(never)]
pub(crate) fn sanitize(text: &str) -> String {
    text.chars().map(|c| if is_unseen(c) { '?' } else { c }).collect()
}

/// Whether a character moves or hides the text around it: controls, line ends, directions, joiners.
pub(crate) fn is_unseen(c: char) -> bool {
    let invisible = ['\u{200b}'..='\u{200f}', '\u{2028}'..='\u{202e}', '\u{2060}'..='\u{206f}'];
    c.is_control() || c == '\u{feff}' || invisible.iter().any(|range| range.contains(&c))
}
