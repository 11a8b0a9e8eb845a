//! Options of the commands that read records.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use vanta::Kind;

use crate::args::kind;

/// The records and how to read them.
#[derive(Args)]
pub struct Records {
    /// The kind; `vanta kinds` lists them
    #[arg(value_name = "KIND", value_parser = kind)]
    pub kind: Kind,
    /// The file with the records, or - for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// The id that the Developer Console shows for the resource; only a JSON request holds it
    /// itself [env: VANTA_RESOURCE_ID]
    #[arg(help_heading = "Records", long, short, value_name = "ID")]
    pub resource_id: Option<String>,
    /// How the records are written; by default this is recognised
    #[arg(help_heading = "Records", long, short, value_enum)]
    pub format: Option<Format>,
    /// What separates the cells of CSV: one character, or `tab`
    #[arg(help_heading = "Records", long, value_name = "CHARACTER", default_value = ",")]
    #[arg(value_parser = delimiter)]
    pub delimiter: u8,
    /// A file with the schema of the custom properties (JSON Type Definition), as the Developer
    /// Console shows it
    #[arg(help_heading = "Records", long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub custom_properties: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One JSON object: {"resourceId": …, "resources": […]}
    Request,
    /// A JSON array of records
    Array,
    /// One JSON object a line, each a record
    Ndjson,
    /// A header row with the names of fields, then one row for each record
    Csv,
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [one] if one.is_ascii() && !matches!(one, b'"' | b'\n' | b'\r') => Ok(*one),
        _ => Err("write one character, such as ';', or tab".to_owned()),
    }
}
