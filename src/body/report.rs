//! The violations of all records.

use crate::error::{Error, ErrorKind, Result, Violation, grouped, many, shorten};
use crate::rule::{Level, Rule};

/// Enough to see what is wrong with a payload of another kind, and some 25 MB.
const MOST_KEPT: usize = 100_000;

/// The most characters that are kept of a violation's message.
const LONGEST_MESSAGE: usize = 1000;

/// What was found, record by record.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ValidationReport {
    /// How many records were checked.
    pub records: usize,
    /// What Vanta refuses, or what was made an error.
    pub errors: Vec<Violation>,
    /// What Vanta may refuse.
    pub warnings: Vec<Violation>,
    /// How many more there are of either: no more than 100,000 of each are kept, and no more than
    /// 100 duplicate members of a record.
    pub more: usize,
}

impl ValidationReport {
    /// How many more violations of this level are kept.
    pub(super) fn room(&mut self, level: Level) -> usize {
        self.list(level).map_or(0, |list| MOST_KEPT - list.len())
    }

    /// Adds a violation, or only counts it where there are too many.
    #[inline(never)] // for the size of the C library
    pub(super) fn add(
        &mut self,
        level: Level,
        rule: Option<Rule>,
        index: usize,
        id: &str,
        found: (String, String),
    ) {
        match self.list(level) {
            None => {}
            Some(list) if list.len() == MOST_KEPT => self.more += 1,
            Some(list) => {
                let (pointer, message) = found;
                let (unique_id, pointer) = (Some(shorten(id)), shorten(&pointer));
                let message = message.chars().take(LONGEST_MESSAGE).collect();
                list.push(Violation {
                    index: Some(index),
                    unique_id,
                    pointer,
                    message,
                    rule,
                    ..Violation::default()
                });
            }
        }
    }

    fn list(&mut self, level: Level) -> Option<&mut Vec<Violation>> {
        match level {
            Level::Error => Some(&mut self.errors),
            Level::Warning => Some(&mut self.warnings),
            Level::Off => None,
        }
    }

    /// Returns all errors of the report as one, of kind
    /// [`InvalidRecords`](ErrorKind::InvalidRecords), with the warnings in
    /// [`warnings`](Error::warnings). Returns `None` where there are only warnings, or no
    /// violations.
    #[must_use]
    pub fn into_error(self) -> Option<Error> {
        self.into_warnings().err()
    }

    /// Returns the warnings, or the error where there are errors.
    #[inline(never)]
    pub(crate) fn into_warnings(self) -> Result<Vec<Violation>> {
        if self.errors.is_empty() {
            return Ok(self.warnings);
        }
        let mut indices: Vec<Option<usize>> = self.errors.iter().map(|one| one.index).collect();
        indices.dedup();
        let violations = many(self.errors.len(), "violation");
        let records = many(self.records, "record");
        // How many of the records that were not listed have errors is not counted.
        let least = if self.more > 0 { "at least " } else { "" };
        let count = format!("{least}{violations} in {} of {records}", grouped(indices.len()));
        let error = Error::new(ErrorKind::InvalidRecords, count).with_violations(self.errors);
        Err(error.with_warnings(self.warnings))
    }
}
