//! `vanta kinds`: the kinds of the published specification.

use serde_json::{Value, json};
use vanta::Kind;

use crate::csv::Field;
use crate::failure::Result;
use crate::output::{Output, table};

pub fn run(output: &Output) -> Result<()> {
    if output.is_json {
        return Kind::ALL.iter().try_for_each(|kind| output.data(format!("{}\n", json(kind))));
    }
    let head = ["KIND", "REQUIRED FIELDS", "OPTIONAL"].map(str::to_owned).to_vec();
    let rows = Kind::ALL.iter().map(|kind| {
        let counts = [true, false].map(|is_required| names(kind, is_required).len().to_string());
        [kind.to_string()].into_iter().chain(counts).collect()
    });
    output.data(table(&std::iter::once(head).chain(rows).collect::<Vec<_>>()))
}

fn json(kind: &Kind) -> Value {
    json!({"kind": kind.as_str(), "required": names(kind, true), "optional": names(kind, false)})
}

fn names(kind: &Kind, is_required: bool) -> Vec<String> {
    let schema = serde_json::from_str(kind.schema_text().unwrap_or("{}")).expect("it is JSON");
    let record = Field::record(schema);
    let names = record.names().into_iter().filter(|(_, required)| *required == is_required);
    names.map(|(name, _)| name.to_owned()).collect()
}
