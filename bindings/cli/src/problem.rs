//! One thing that is wrong with the records, for people and for programs.

use std::fmt;

use serde_json::{Value, json};
use vanta::{Rule, Violation};

/// What is wrong, where, and what to do about it.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// Position of the record, from 0.
    pub index: Option<usize>,
    pub unique_id: Option<String>,
    /// JSON pointer within the record.
    pub pointer: String,
    pub message: String,
    pub remedy: Option<String>,
    /// The rule that is broken, where the library knows one.
    pub rule: Option<Rule>,
    /// Where it stands in a CSV file.
    pub place: Option<Place>,
}

/// A row of a CSV file, and perhaps a column.
#[derive(Clone, Debug)]
pub struct Place {
    /// As a spreadsheet counts them: the header is row 1.
    pub row: usize,
    /// The line of the file; another number where a cell above has line ends.
    pub line: usize,
    /// Position from 0, and the name in the header.
    pub column: Option<(usize, String)>,
}

impl Place {
    /// The name of the cell, such as F7.
    fn cell(&self) -> Option<String> {
        let (index, _) = self.column.as_ref()?;
        Some(format!("{}{}", letters(*index), self.row))
    }
}

/// The letters of a column as spreadsheets have them: A to Z, then AA.
fn letters(index: usize) -> String {
    let last = char::from(b'A' + (index % 26) as u8).to_string();
    match index / 26 {
        0 => last,
        more => letters(more - 1) + &last,
    }
}

impl From<&Violation> for Problem {
    fn from(violation: &Violation) -> Problem {
        Problem {
            index: violation.index,
            unique_id: violation.unique_id.clone(),
            pointer: violation.pointer.clone(),
            message: violation.message.clone(),
            rule: violation.rule,
            ..Problem::default()
        }
    }
}

impl Problem {
    /// A problem of a cell or a row, with what to do about it.
    pub fn at(place: Place, message: impl Into<String>, remedy: impl Into<String>) -> Problem {
        let (message, remedy) = (message.into(), Some(remedy.into()));
        Problem { message, remedy, place: Some(place), ..Problem::default() }
    }

    pub fn json(&self) -> Value {
        let place = self.place.as_ref();
        json!({
            "index": self.index, "uniqueId": self.unique_id, "pointer": self.pointer,
            "message": self.message, "remedy": self.remedy,
            "rule": self.rule.map(|rule| format!("{rule:?}")),
            "row": place.map(|place| place.row), "line": place.map(|place| place.line),
            "column": place.and_then(|place| place.column.as_ref()).map(|(_, name)| name),
            "cell": place.and_then(Place::cell),
        })
    }

    /// Where it comes in a report.
    pub fn order(&self) -> (usize, Option<usize>, Option<usize>) {
        let place = self.place.as_ref();
        let column = place.and_then(|place| place.column.as_ref()).map(|(index, _)| *index);
        (place.map_or(0, |place| place.row), self.index, column)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", visible(&self.message))?,
            None => {
                let mut violation = Violation::default();
                violation.index = self.index;
                violation.unique_id.clone_from(&self.unique_id);
                violation.pointer.clone_from(&self.pointer);
                violation.message.clone_from(&self.message);
                write!(f, "{violation}")?;
            }
        }
        match &self.remedy {
            Some(remedy) => write!(f, "; {}", visible(remedy)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.row)?;
        if self.line != self.row {
            write!(f, " (line {})", self.line)?;
        }
        match (&self.column, self.cell()) {
            (Some((_, name)), Some(cell)) => write!(f, ", column {} ({cell})", visible(name)),
            _ => Ok(()),
        }
    }
}

/// Text from outside, without anything that a terminal would obey.
pub fn visible(text: &str) -> String {
    let hidden = |c: char| {
        let moves = ['\u{200b}'..='\u{200f}', '\u{2028}'..='\u{202e}', '\u{2060}'..='\u{206f}'];
        c.is_control() || c == '\u{feff}' || moves.iter().any(|range| range.contains(&c))
    };
    text.chars().map(|c| if hidden(c) { '?' } else { c }).collect()
}

/// The beginning of a text in quotes.
pub fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("\"{}…\"", &text[..end]),
        None => format!("\"{text}\""),
    }
}
