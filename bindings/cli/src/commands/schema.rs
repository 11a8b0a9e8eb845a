//! `vanta schema`: the fields of a kind, as a schema, an example or a CSV template.

use serde_json::Value;
use vanta::Kind;

use super::{drift, example};
use crate::args;
use crate::failure::{Failure, Result};
use crate::output::Output;

pub fn run(options: &args::Schema, output: &Output) -> Result<()> {
    if let Some(path) = &options.diff {
        return drift::run(path, output);
    }
    let Some(kind) = &options.kind else { return Err(Failure::usage("which kind?")) };
    let text = text(kind)?;
    let schema: Value = serde_json::from_str(text).expect("schemas are JSON");
    if options.csv {
        return output.data(example::csv(&schema));
    }
    if options.example {
        return output.data(format!("{:#}\n", example::record(&schema)));
    }
    match output.is_json {
        true => output.data(format!("{schema}\n")),
        false => output.data(text),
    }
}

fn text(kind: &Kind) -> Result<&'static str> {
    kind.schema_text().ok_or_else(|| {
        Failure::usage(format!(
            "there is no schema of {kind} here; `vanta kinds` lists those that are"
        ))
    })
}
