//! What to do about a cell that is wrong.

use super::field::Field;

/// The most words of an enumeration that are listed.
const MOST_LISTED: usize = 12;

/// How to write a value of this field.
pub fn remedy(field: &Field, text: &str) -> String {
    if let Some(elements) = field.elements() {
        return match elements.is_object() {
            true => "write a JSON array of objects, such as [{\"name\": \"…\"}]".to_owned(),
            false => format!("separate the values by ;, and {}", remedy(&elements, text)),
        };
    }
    match field.kind() {
        "boolean" => "write true or false".to_owned(),
        "float64" | "float32" if text.contains(',') => {
            format!("write a point: {}", text.trim().replace(',', "."))
        }
        "float64" | "float32" => "write a number, such as 7.5".to_owned(),
        "timestamp" => timestamp(text.trim()),
        "string" => "write a text".to_owned(),
        "" if field.is_object() => "write a JSON object".to_owned(),
        "" => word(&field.words(), text),
        _ => "write a whole number, such as 7".to_owned(),
    }
}

/// A date as spreadsheets and databases have it lacks only the rest.
fn timestamp(text: &str) -> String {
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    let is_date = date.len() == 10 && date.bytes().all(|c| c.is_ascii_digit() || c == b'-');
    let is_time = time.len() == 8 && time.bytes().all(|c| c.is_ascii_digit() || c == b':');
    match is_date && is_time {
        true => format!("write {date}T{time}Z, if that is UTC"),
        false => "write a date, a time and an offset, such as 2026-01-31T12:00:00Z".to_owned(),
    }
}

fn word(words: &[&str], text: &str) -> String {
    let fold = |word: &str| {
        let kept = word.chars().filter(char::is_ascii_alphanumeric);
        kept.map(|c| c.to_ascii_uppercase()).collect::<String>()
    };
    match words.iter().find(|word| fold(word) == fold(text)) {
        Some(meant) => format!("write {meant}"),
        None if words.is_empty() => "correct the value".to_owned(),
        None if words.len() > MOST_LISTED => "write one of these words".to_owned(),
        None => format!("write {}", words.join(" or ")),
    }
}

/// The name that a misspelt one may mean.
pub fn closest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |name: &str| {
        let kept = name.chars().filter(|c| c.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect::<Vec<char>>()
    };
    let name = fold(name);
    let near = names.map(|other| (distance(&name, &fold(other)), other));
    near.filter(|(distance, _)| *distance <= 1 + name.len() / 5).min().map(|(_, other)| other)
}

/// How many letters must be inserted, deleted or replaced (Levenshtein).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}
