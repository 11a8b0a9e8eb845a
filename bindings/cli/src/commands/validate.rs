//! `vanta validate`: every violation of every record, without a connection.

use serde_json::{Value, json};

use crate::args::Validate;
use crate::failure::{Failure, Result, many};
use crate::input::{self, Input, Report};
use crate::output::{Output, Paint};
use crate::problem::Problem;

pub fn run(options: &Validate, output: &Output) -> Result<()> {
    let records = &options.records;
    let input = match Input::read(records, false) {
        Ok(input) => input,
        Err(failure) => return unreadable(options, failure, output),
    };
    let report = input.validate(records)?;
    let count = input.body.record_count();
    if output.is_json {
        output.data(format!("{}\n", json(options, Some(count), &report)))?;
    }
    if !report.errors.is_empty() {
        let failure = report.failure(records);
        return Err(if output.is_json { failure.shown() } else { failure });
    }
    show_warnings(&report, output);
    if count == 0 && !options.allow_empty {
        let name = input::name(&records.file);
        let words = format!(
            "{name} has no records; pushing it would delete every record of the resource; if that \
             is intended, give --allow-empty"
        );
        return Err(Failure::records(words, Vec::new()).shown());
    }
    let words = format!("{} of {} are valid", many(count, "record"), records.kind);
    let words = if count == 1 { words.replace(" are ", " is ") } else { words };
    if output.is_json { Ok(()) } else { output.result(words, "") }
}

/// Records of which no body can be made. With --json the violations are the result all the same.
fn unreadable(options: &Validate, failure: Failure, output: &Output) -> Result<()> {
    if !output.is_json || failure.problems.is_empty() {
        return Err(failure);
    }
    let report = Report { errors: failure.problems.clone(), warnings: Vec::new(), more: 0 };
    output.data(format!("{}\n", json(options, None, &report)))?;
    Err(failure.shown())
}

fn show_warnings(report: &Report, output: &Output) {
    for warning in &report.warnings {
        output.note(Paint::Yellow, "warning", warning);
    }
}

fn json(options: &Validate, count: Option<usize>, report: &Report) -> Value {
    let list = |problems: &[Problem]| problems.iter().map(Problem::json).collect::<Vec<_>>();
    let is_empty = count == Some(0) && !options.allow_empty;
    json!({
        "kind": options.records.kind.as_str(), "records": count,
        "valid": report.errors.is_empty() && !is_empty,
        "errors": list(&report.errors), "warnings": list(&report.warnings),
        "more": report.more,
    })
}
