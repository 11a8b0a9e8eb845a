//! Validates all records before the server refuses them, and reports every violation.

use std::borrow::Cow;

use super::checks::ValidationOptions;
use super::report::ValidationReport;
use super::request::Body;
use super::rules::Facts;
use super::similar_ids::{self, SimilarId};
use crate::error::{Result, Violation};
use crate::json::{Reader, Value};
use crate::resource::Kind;
use crate::rule::{Level, Rule};
use crate::schema::{Observer, Origin, Schema, SchemaViolation, validate};

impl Body {
    /// Validates every record as one of the kind, and reports every violation of each. Nothing is
    /// sent.
    ///
    /// Of a kind whose schema is not known here, only what [`ValidationOptions`] adds is validated,
    /// and a warning says so. A duplicate member of an object is an error at every level of every
    /// rule: readers of JSON differ in which of the two they take.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where the options contradict each
    /// other, as custom properties beside a [schema](ValidationOptions::schema) that is not one of
    /// objects. Violations are no `Err`: they are
    /// in the report, and [`into_error`](ValidationReport::into_error) makes an error of them.
    pub fn validate(&self, kind: &Kind, checks: &ValidationOptions) -> Result<ValidationReport> {
        let plan = Validation::new(kind, checks)?;
        let mut report =
            ValidationReport { records: self.record_count(), ..ValidationReport::default() };
        report.warnings.extend(plan.unknown_kind(kind));
        if checks.are_off() && !self.members.has_duplicates {
            return Ok(report);
        }
        let rule = Rule::SimilarIds;
        let level = checks.level_of(rule);
        let mut similar = similar_ids(level, &self.unique_ids).into_iter().peekable();
        self.each_reader(|index, id, reader| {
            plan.record(index, id, reader, &mut report);
            if let Some(found) = similar.next_if(|found| found.index == index) {
                let message = found.message(&self.unique_ids);
                report.add(level, Some(rule), index, id, ("/uniqueId".to_owned(), message));
            }
        });
        Ok(report)
    }
}

fn similar_ids(level: Level, ids: &[String]) -> Vec<SimilarId> {
    if level == Level::Off { Vec::new() } else { similar_ids::find(ids) }
}

/// The checks as they are for one kind.
struct Validation<'a> {
    checks: &'a ValidationOptions,
    schema: Option<Cow<'a, Schema>>,
    is_task: bool,
}

impl<'a> Validation<'a> {
    fn new(kind: &Kind, checks: &'a ValidationOptions) -> Result<Validation<'a>> {
        let whole = checks.schema.as_ref().or_else(|| kind.schema());
        let schema = match (whole, &checks.custom) {
            (whole, None) => whole.map(Cow::Borrowed),
            (Some(whole), Some(custom)) => Some(Cow::Owned(with_custom(whole, custom)?)),
            (None, Some(custom)) => Some(Cow::Owned(with_custom(&anything(), custom)?)),
        };
        Ok(Validation { checks, schema, is_task: *kind == Kind::SECURITY_TASK })
    }

    /// Warns when a kind has no schema, so that "no violations" is not mistaken for "valid".
    fn unknown_kind(&self, kind: &Kind) -> Option<Violation> {
        let known = self.checks.schema.is_some() || kind.schema().is_some();
        if known || self.checks.level_of(Rule::Schema) == Level::Off {
            return None;
        }
        let checked = match self.schema {
            None => "only uniqueId was validated",
            Some(_) => "only uniqueId and customProperties were validated",
        };
        let message = format!("the library has no schema of kind {kind}; {checked}");
        Some(Violation { message, rule: Some(Rule::Schema), ..Violation::default() })
    }

    fn record<'b>(
        &'b self,
        index: usize,
        id: &str,
        reader: &mut Reader<'b>,
        report: &mut ValidationReport,
    ) {
        let room = [Level::Error, Level::Warning].map(|level| report.room(level));
        let mut observer =
            RecordObserver { checks: self.checks, room, more: 0, facts: Facts::default() };
        let found = validate(self.schema.as_deref(), reader, Origin::Text, &mut observer);
        // No rule makes these less than errors.
        for duplicate in found.duplicates {
            report.add(Level::Error, None, index, id, duplicate);
        }
        report.more += found.more_duplicates;
        if let Some(unreadable) = found.unreadable {
            let rule = Rule::Schema;
            return report.add(self.checks.level_of(rule), Some(rule), index, id, unreadable);
        }
        for (level, rule, pointer, message) in found.violations {
            report.add(level, Some(rule), index, id, (pointer, message));
        }
        report.more += observer.more;
        observer.facts.each_violation(self.is_task, |rule, pointer, message| {
            let found = (pointer.to_owned(), message.to_owned());
            report.add(self.checks.level_of(rule), Some(rule), index, id, found);
        });
    }
}

/// Keeps the violations of one record, as far as the report has room for them.
struct RecordObserver<'p> {
    checks: &'p ValidationOptions,
    /// For errors and for warnings.
    room: [usize; 2],
    /// How many violations there was no room for.
    more: usize,
    facts: Facts,
}

impl Observer for RecordObserver<'_> {
    type Kept = (Level, Rule, String, String);

    fn violation(&mut self, violation: SchemaViolation<'_>) -> Option<Self::Kept> {
        let is_null = violation.is_optional_null();
        let rule = if is_null { Rule::NullOptional } else { Rule::Schema };
        let level = self.checks.level_of(rule);
        let room = match level {
            Level::Error => &mut self.room[0],
            Level::Warning => &mut self.room[1],
            Level::Off => return None,
        };
        let Some(less) = room.checked_sub(1) else {
            self.more += 1;
            return None;
        };
        *room = less;
        let (pointer, mut message) = (violation.pointer(), violation.message);
        if is_null {
            message += "; leave out a member that has no value";
        }
        Some((level, rule, pointer, message))
    }

    fn member(&mut self, name: &str, value: &Value<'_>) {
        self.facts.note(self.checks.components.as_ref(), name, value);
    }
}

fn with_custom(whole: &Schema, custom: &Schema) -> Result<Schema> {
    whole.with_required("customProperties", custom)
}

/// The schema of a record of which nothing is known.
fn anything() -> Schema {
    let text = r#"{"properties": {}, "additionalProperties": true}"#;
    Schema::parse(text).expect("it is a schema")
}
