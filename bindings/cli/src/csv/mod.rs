//! Reads records from CSV. Each row becomes a record by the schema of its kind; what cannot be
//! converted stays text, so that the library's validation reports it, and this gives it its row,
//! column and remedy.

mod field;
mod header;
mod parse;
mod remedy;

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Map, Value};
use vanta::Violation;

use crate::problem::{Place, Problem, quoted};
pub use field::Field;
use header::Column;
use parse::{Cell, Parser, Row, SyntaxError};
use remedy::remedy;

/// The records of a CSV file, and what is wrong with its text.
pub struct Sheet {
    columns: Vec<Column>,
    records: Vec<Value>,
    /// The row and the line of each record.
    places: Vec<(usize, usize)>,
    /// Records whose rows have too few or too many cells: only that is reported of them.
    ragged: HashSet<usize>,
    pub problems: Vec<Problem>,
}

impl Sheet {
    pub fn read(bytes: &[u8], delimiter: u8, record: &Field) -> Sheet {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut sheet = Sheet {
            columns: Vec::new(),
            records: Vec::new(),
            places: Vec::new(),
            ragged: HashSet::new(),
            problems: Vec::new(),
        };
        if let Some(other) = other_than_csv(bytes) {
            let place = Place { row: 1, line: 1, column: None };
            let message = format!("the file is {other}");
            sheet.problems.push(Problem::at(place, message, "save it as CSV in UTF-8"));
            return sheet;
        }
        let mut rows = Parser::new(bytes, delimiter);
        if let Some(row) = rows.by_ref().find(|row| !is_blank(row)) {
            sheet.header(&row, record, delimiter);
        }
        while let Some(row) = rows.next().filter(|_| !sheet.columns.is_empty()) {
            if !is_blank(&row) {
                sheet.add(&row);
            }
        }
        let errors: Vec<Problem> = rows.errors.iter().map(|error| sheet.syntax(error)).collect();
        sheet.problems.extend(errors);
        sheet
    }

    fn header(&mut self, row: &Row<'_>, record: &Field, delimiter: u8) {
        let names: Vec<String> = (0..row.cells.len()).map(|at| self.text(row, at)).collect();
        let (columns, problems) = header::columns(&names, record, delimiter, row);
        self.columns = columns;
        self.problems.extend(problems);
    }

    fn add(&mut self, row: &Row<'_>) {
        let (cells, columns) = (row.cells.len(), self.columns.len());
        if cells != columns {
            let place = Place { row: row.number, line: row.line, column: None };
            let message = format!("the row has {cells} cells, and the header row has {columns}");
            let remedy = match cells < columns {
                true => "complete the row",
                false => "write values that have commas in quotes: \"Doe, Ada\"",
            };
            self.problems.push(Problem::at(place, message, remedy));
            self.ragged.insert(self.records.len());
        }
        let mut record = Map::new();
        for at in 0..cells.min(columns) {
            let text = self.text(row, at);
            if let Some(value) = self.columns[at].value(&row.cells[at], &text) {
                header::insert(&mut record, &self.columns[at].path, value);
            }
        }
        self.records.push(Value::Object(record));
        self.places.push((row.number, row.line));
    }

    /// The text of a cell; notes what no text may have.
    fn text(&mut self, row: &Row<'_>, at: usize) -> String {
        let bytes = &row.cells[at].bytes;
        let text = String::from_utf8_lossy(bytes);
        let problem = match &text {
            Cow::Owned(_) => Some((
                format!("{} is not UTF-8", quoted(&text)),
                "export the file as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8",
            )),
            Cow::Borrowed(text) if text.contains('\0') => Some((
                "the cell has a NUL byte".to_owned(),
                "export the file again: it is damaged, or is no text",
            )),
            Cow::Borrowed(_) => None,
        };
        if let Some((message, remedy)) = problem {
            let name = self.columns.get(at).map_or_else(|| text.to_string(), |c| c.name.clone());
            let place = Place { row: row.number, line: row.line, column: Some((at, name)) };
            self.problems.push(Problem::at(place, message, remedy));
        }
        text.into_owned()
    }

    fn syntax(&self, error: &SyntaxError) -> Problem {
        let (SyntaxError::Unclosed(row, column) | SyntaxError::AfterQuote(row, column)) = *error;
        let name = self.columns.get(column).map_or_else(String::new, |one| one.name.clone());
        let line = self.places.iter().find(|(number, _)| *number == row).map_or(row, |(_, l)| *l);
        let place = Place { row, line, column: Some((column, name)) };
        match error {
            SyntaxError::Unclosed(..) => Problem::at(
                place,
                "a quote is opened, and never closed",
                "close it, and write a quote within a value twice: \"the \"\"old\"\" one\"",
            ),
            SyntaxError::AfterQuote(..) => Problem::at(
                place,
                "text follows a closing quote",
                "write a quote within a value twice: \"the \"\"old\"\" one\"",
            ),
        }
    }

    /// The records as a JSON array.
    pub fn array(&self) -> Vec<u8> {
        serde_json::to_vec(&self.records).expect("records are JSON")
    }

    pub fn records(&self) -> &[Value] {
        &self.records
    }

    /// Gives a violation its row, column and remedy; `None` for one that is reported already.
    pub fn problem(&self, violation: &Violation) -> Option<Problem> {
        let mut problem = Problem::from(violation);
        let Some(index) = violation.index.filter(|index| *index < self.places.len()) else {
            return Some(problem);
        };
        if self.ragged.contains(&index) {
            return None;
        }
        let (row, line) = self.places[index];
        let missing = violation.message.strip_prefix("must have property '");
        let missing = missing.map(|name| name.trim_end_matches('\''));
        let mut path: Vec<&str> = violation.pointer.split('/').skip(1).collect();
        path.extend(missing);
        let is_id = violation.pointer.is_empty() && violation.message.starts_with("uniqueId ");
        if is_id {
            path = vec!["uniqueId"];
        }
        let is_missing = missing.is_some() || (is_id && violation.message.ends_with("is missing"));
        let found = self.columns.iter().position(|column| column.is_above(&path));
        let Some(at) = found else {
            // A column that is missing is reported once, for the header.
            problem.place = Some(Place { row, line, column: None });
            return (!is_missing || path.len() > 1).then_some(problem);
        };
        let column = &self.columns[at];
        problem.place = Some(Place { row, line, column: Some((at, column.name.clone())) });
        self.explain(&mut problem, index, column, is_missing && path == column.path);
        Some(problem)
    }

    /// Adds the text of the cell to the message, and the remedy.
    fn explain(&self, problem: &mut Problem, index: usize, column: &Column, is_empty: bool) {
        let (text, field) = self.value(problem, index, column);
        let message = problem.message.as_str();
        let (message, remedy) = match message.strip_prefix("has the same uniqueId as record ") {
            _ if is_empty => (
                "the cell is empty, and the field is required".to_owned(),
                format!("fill it in: {}", remedy(&field, &text)),
            ),
            Some(earlier) => (
                format!("{} stands in row {} too", quoted(&text), self.row_of(earlier)),
                "remove one of the rows, or give each an id of its own".to_owned(),
            ),
            None if message.contains("uniqueId") => {
                (message.to_owned(), "give each record an id of its own".to_owned())
            }
            None if message.starts_with("must be an https") => {
                (format!("{} {message}", quoted(&text)), "write https://…".to_owned())
            }
            None if message.starts_with("must be between") => {
                (format!("{} {message}", quoted(&text)), "correct the number".to_owned())
            }
            None if message.starts_with("must be ") => {
                (format!("{} {message}", quoted(&text)), remedy(&field, &text))
            }
            None => return,
        };
        problem.message = message;
        problem.remedy = Some(remedy);
    }

    /// The text that is wrong, and its field: of a list, the element.
    fn value(&self, problem: &Problem, index: usize, column: &Column) -> (String, Field) {
        let cell = format!("/{}", column.path.join("/"));
        let is_element = problem.pointer.strip_prefix(&cell).is_some_and(|rest| rest.len() > 1);
        let elements = column.field.elements().filter(|field| is_element && !field.is_object());
        let (pointer, field) = match elements {
            Some(elements) => (problem.pointer.as_str(), elements),
            None => (cell.as_str(), column.field.clone()),
        };
        let text = match self.records[index].pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        };
        (text, field)
    }

    /// The row of a record, by its number in a message.
    fn row_of(&self, record: &str) -> usize {
        let index = record.parse().ok().and_then(|index: usize| self.places.get(index));
        index.map_or(0, |(row, _)| *row)
    }
}

/// Whether nothing is in the row, as in a blank line and in the last rows of many spreadsheets.
fn is_blank(row: &Row<'_>) -> bool {
    row.cells.iter().all(Cell::is_empty)
}

/// What a file is that is no CSV, by its first bytes.
fn other_than_csv(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        [b'P', b'K', 3, 4, ..] => Some("a spreadsheet (xlsx) or an archive"),
        [b'<', ..] => Some("HTML or XML"),
        _ => None,
    }
}
