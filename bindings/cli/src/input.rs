//! Reads the records of a command: from a file or standard input, in any of four formats.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::de::IgnoredAny;
use serde_json::Value;
use vanta::{Action, Body, Error, ErrorKind, Schema, ValidationOptions, Violation};

use crate::config::variable;
use crate::csv::{Field, Sheet};
use crate::failure::{Failure, Result, many};
use crate::problem::Problem;
use crate::records_args::{Format, Records};

/// The most bytes that are read: no push has more, however much of it is blanks.
const MOST_BYTES: u64 = 160 << 20;

/// Stands for the resource id where nothing is sent.
const NO_RESOURCE: &str = "none";

/// The records of a command.
pub struct Input {
    pub body: Body,
    pub validation: ValidationOptions,
    pub sheet: Option<Sheet>,
}

/// What was found in the records.
pub struct Report {
    pub errors: Vec<Problem>,
    pub warnings: Vec<Problem>,
    pub more: usize,
}

impl Input {
    /// Reads the records. A CSV file whose text is wrong has no body: then the failure has every
    /// problem of it, those of the values too.
    pub fn read(records: &Records, needs_resource: bool) -> Result<Input> {
        let bytes = read(&records.file)?;
        let format = records.format.unwrap_or_else(|| recognise(&records.file, &bytes));
        let (validation, custom) = validation(records)?;
        let id = records.resource_id.clone().or_else(|| variable("VANTA_RESOURCE_ID"));
        if format == Format::Request {
            let body = Body::from_request(bytes).map_err(|error| named(records, error))?;
            let given = records.resource_id.as_deref();
            return match given.filter(|id| *id != body.resource_id()) {
                Some(id) => Err(Failure::usage(format!(
                    "--resource-id is {id}, and the request in {} has {}",
                    name(&records.file),
                    body.resource_id()
                ))),
                None => Ok(Input { body, validation, sheet: None }),
            };
        }
        let id = match id {
            None if needs_resource => return Err(Failure::usage(NO_ID)),
            id => id.unwrap_or_else(|| NO_RESOURCE.to_owned()),
        };
        let (body, sheet) = match format {
            Format::Csv => {
                let sheet = Sheet::read(&bytes, records.delimiter, &record(records, custom)?);
                (Body::from_json_array(&id, sheet.array()), Some(sheet))
            }
            Format::Ndjson => (Body::from_ndjson(&id, &bytes), None),
            Format::Array | Format::Request => (Body::from_json_array(&id, &bytes), None),
        };
        match body {
            Ok(body) => Ok(Input { body, validation, sheet }),
            Err(error) => Err(unusable(records, error, sheet)),
        }
    }

    /// Validates every record; nothing is sent.
    pub fn validate(&self, records: &Records) -> Result<Report> {
        let report = self.body.validate(&records.kind, &self.validation)?;
        let mut errors: Vec<Problem> =
            report.errors.iter().filter_map(|one| self.problem(one)).collect();
        let warnings = report.warnings.iter().filter_map(|one| self.problem(one)).collect();
        errors.extend(self.sheet.iter().flat_map(|sheet| sheet.problems.clone()));
        errors.sort_by_key(Problem::order);
        Ok(Report { errors, warnings, more: report.more })
    }

    /// Validates every record, and fails where one is wrong.
    pub fn check(&self, records: &Records) -> Result<()> {
        let report = self.validate(records)?;
        match report.errors.is_empty() {
            true => Ok(()),
            false => Err(report.failure(records)),
        }
    }

    /// A violation with its row and column, if the records are of CSV.
    pub fn problem(&self, violation: &Violation) -> Option<Problem> {
        match &self.sheet {
            Some(sheet) => sheet.problem(violation),
            None => Some(Problem::from(violation)),
        }
    }
}

impl Report {
    pub fn failure(self, records: &Records) -> Failure {
        let count = many(self.errors.len() + self.more, "violation");
        let words = format!("{} has {count} of {}", name(&records.file), records.kind);
        Failure::records(words, self.errors).with_warnings(self.warnings).with_more(self.more)
    }
}

const NO_ID: &str = "the resource id is missing: give --resource-id, or VANTA_RESOURCE_ID; the \
     Developer Console shows it beside the resource";

/// How a file is called in messages.
pub fn name(file: &Path) -> String {
    match file.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => file.display().to_string(),
    }
}

/// All bytes of a file, or of standard input.
pub fn read(file: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = match file.to_str() {
        Some("-") => io::stdin().lock().take(MOST_BYTES).read_to_end(&mut bytes),
        _ => File::open(file).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes)),
    };
    read.map_err(|error| Failure::unreadable(Path::new(&name(file)), &error))?;
    match bytes.iter().all(u8::is_ascii_whitespace) {
        true => Err(Failure::new(
            Action::FixRecords,
            format!("{} is empty; did the export before it fail?", name(file)),
        )),
        false => Ok(bytes),
    }
}

/// The format of a file, by the ending of its name or by its first letters.
fn recognise(file: &Path, bytes: &[u8]) -> Format {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("csv" | "tsv") => return Format::Csv,
        Some("ndjson" | "jsonl") => return Format::Ndjson,
        _ => {}
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match text.first() {
        Some(b'[') => Format::Array,
        Some(b'{') => of_objects(text),
        _ => Format::Csv,
    }
}

/// Lines of objects, unless the text is one object with the members of a request.
fn of_objects(text: &[u8]) -> Format {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    let first = values.next();
    let end = values.byte_offset();
    match first {
        Some(Ok(_)) if !text[end..].trim_ascii().is_empty() => Format::Ndjson,
        Some(Ok(_)) => {
            let object: Value = serde_json::from_slice(text).unwrap_or_default();
            let is_request = object.get("resources").is_some();
            if is_request { Format::Request } else { Format::Ndjson }
        }
        // The library says where it is broken.
        _ => Format::Request,
    }
}

/// The rules of the validation, and the schema of the custom properties as a value.
fn validation(records: &Records) -> Result<(ValidationOptions, Option<Value>)> {
    let Some(path) = &records.custom_properties else {
        return Ok((ValidationOptions::new(), None));
    };
    let bytes = read(path)?;
    let broken = |error: &dyn std::fmt::Display| {
        let words = format!("{} is no schema: {error}", path.display());
        Failure::new(Action::FixConfig, words)
    };
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| broken(&error))?;
    let schema = Schema::from_value(&value).map_err(|error| broken(&error))?;
    Ok((ValidationOptions::new().custom_properties(schema), Some(value)))
}

/// What a record of the kind has, for the columns of CSV.
fn record(records: &Records, custom: Option<Value>) -> Result<Field> {
    let text = records.kind.schema_text().unwrap_or("{}");
    let mut schema: Value = serde_json::from_str(text).expect("schemas are JSON");
    if let Some(custom) = custom {
        schema["properties"]["customProperties"] = custom;
    }
    Ok(Field::record(schema))
}

fn named(records: &Records, error: Error) -> Failure {
    Failure::from(error).about(&name(&records.file))
}

/// The failure of records that are no body. Those of CSV are validated one by one, so that all
/// that is wrong is reported together.
fn unusable(records: &Records, error: Error, sheet: Option<Sheet>) -> Failure {
    let Some(sheet) = sheet else { return named(records, error) };
    let mut problems = sheet.problems.clone();
    problems.extend(error.violations().iter().filter_map(|one| sheet.problem(one)));
    let schema = records.kind.schema();
    for (index, record) in sheet.records().iter().enumerate() {
        for mut violation in schema.map(|schema| schema.validate(record)).unwrap_or_default() {
            violation.index = Some(index);
            problems.extend(sheet.problem(&violation));
        }
    }
    problems.sort_by_key(Problem::order);
    // The schema reports an id that is missing once more.
    problems.dedup_by(|one, other| one.index.is_some() && one.order() == other.order());
    match error.kind() {
        ErrorKind::InvalidUniqueId | ErrorKind::DuplicateUniqueId => {
            Report { errors: problems, warnings: Vec::new(), more: 0 }.failure(records)
        }
        _ => named(records, error).with_problems(problems),
    }
}
