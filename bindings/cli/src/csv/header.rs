//! The header row: which field each column is, and what is wrong with the names.

use serde_json::{Map, Value};

use super::field::Field;
use super::parse::{Cell, Row};
use super::remedy::closest;
use crate::problem::{Place, Problem, quoted};

pub struct Column {
    pub name: String,
    /// The members that lead to the value: `customProperties.team` has two.
    pub path: Vec<String>,
    pub field: Field,
    /// Whether values are read from this column.
    is_used: bool,
}

impl Column {
    /// Whether a place in a record is in this column.
    pub fn is_above(&self, path: &[&str]) -> bool {
        path.len() >= self.path.len() && self.path.iter().zip(path).all(|(a, b)| a == b)
    }

    pub fn value(&self, cell: &Cell<'_>, text: &str) -> Option<Value> {
        match cell.is_empty() {
            _ if !self.is_used => None,
            true => self.field.value_of_empty(),
            false => Some(self.field.value(text)),
        }
    }
}

/// Puts a value where the path leads.
pub fn insert(record: &mut Map<String, Value>, path: &[String], value: Value) {
    match path {
        [] => {}
        [name] => {
            record.insert(name.clone(), value);
        }
        [name, rest @ ..] => {
            let inner = record.entry(name).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// The columns of a header row.
pub fn columns(
    names: &[String],
    record: &Field,
    delimiter: u8,
    row: &Row<'_>,
) -> (Vec<Column>, Vec<Problem>) {
    let place = |column| Place { row: row.number, line: row.line, column };
    if let Some((message, remedy)) = other_delimiter(names, delimiter) {
        return (Vec::new(), vec![Problem::at(place(None), message, remedy)]);
    }
    let (mut columns, mut problems) = (Vec::<Column>::new(), Vec::new());
    for (at, name) in names.iter().enumerate() {
        let name = name.trim();
        let at_column = place(Some((at, name.to_owned())));
        let field = find(record, name);
        let is_duplicate = columns.iter().any(|column| column.name == name);
        if let Some((message, remedy)) = wrong(name, field.is_some(), is_duplicate, record) {
            problems.push(Problem::at(at_column, message, remedy));
        }
        columns.push(Column {
            name: name.to_owned(),
            path: name.split('.').map(str::to_owned).collect(),
            is_used: field.is_some() && !is_duplicate && !name.is_empty(),
            field: field.unwrap_or_default(),
        });
    }
    for (name, _) in record.names().into_iter().filter(|(_, is_required)| *is_required) {
        if !columns.iter().any(|column| column.path[0] == name) {
            let message = format!("there is no column {name}, and the field is required");
            problems.push(Problem::at(place(None), message, format!("add a column {name}")));
        }
    }
    (columns, problems)
}

/// What is wrong with one name, and what to do about it.
fn wrong(
    name: &str,
    is_known: bool,
    is_duplicate: bool,
    record: &Field,
) -> Option<(String, String)> {
    if name.is_empty() {
        return Some(("the column has no name".to_owned(), "name it, or remove it".to_owned()));
    }
    if is_duplicate {
        let message = format!("there is another column {name}");
        return Some((message, "remove one of the two".to_owned()));
    }
    if is_known {
        return None;
    }
    let names = record.names();
    let remedy = match closest(name, names.iter().map(|(name, _)| *name)) {
        Some(meant) => format!("did you mean {meant}?"),
        None if name.starts_with("customProperties") => {
            "give the schema of the custom properties: --custom-properties FILE".to_owned()
        }
        None => "remove the column; `vanta schema KIND` lists the fields".to_owned(),
    };
    Some((format!("there is no field {}", quoted(name)), remedy))
}

fn find(record: &Field, name: &str) -> Option<Field> {
    name.split('.').try_fold(record.clone(), |field, step| field.property(step))
}

/// Whether the row is one cell because the file has another separator.
fn other_delimiter(names: &[String], delimiter: u8) -> Option<(String, String)> {
    let [name] = names else { return None };
    let (other, shown) = [(';', "';'"), ('\t', "tab"), (',', "','"), ('|', "'|'")]
        .into_iter()
        .find(|(other, _)| *other as u32 != u32::from(delimiter) && name.contains(*other))?;
    let message = format!("the header row is one cell, with {other:?} in it");
    Some((message, format!("give the separator: --delimiter {shown}")))
}
