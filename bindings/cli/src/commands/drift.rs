//! `vanta schema --diff`: what an OpenAPI document of the service has and the built-in schemas do
//! not, and the other way round.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use serde_json::{Value, json};
use vanta::{Action, Kind};

use super::shape::{self, Shape, Shapes};
use crate::failure::{Failure, Result, many};
use crate::input;
use crate::output::{Output, Paint};

pub fn run(path: &Path, output: &Output) -> Result<()> {
    let bytes = input::read(path)?;
    let document: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::usage(format!("{} is no JSON: {error}", path.display())))?;
    let theirs = shape::kinds_of_document(&document);
    if theirs.is_empty() {
        let words = "has no path /resources/KIND; give an OpenAPI document of the service";
        return Err(Failure::usage(format!("{} {words}", path.display())));
    }
    let found = differences(&ours(), &theirs);
    show(&found, output)?;
    if found.is_empty() {
        return output.result("the schemas are those of the document", r#"{"differences":[]}"#);
    }
    let words = format!("{} to {}", many(found.len(), "difference"), path.display());
    Err(Failure::new(Action::Report, words).shown())
}

fn ours() -> BTreeMap<String, Shapes> {
    let shapes = |kind: &Kind| {
        let schema: Value = serde_json::from_str(kind.schema_text().unwrap_or("{}")).expect("JSON");
        (kind.to_string(), shape::of_definition(&schema))
    };
    Kind::ALL.iter().map(shapes).collect()
}

/// One thing that only one side has, or that both have in another way.
struct Difference {
    kind: String,
    field: Option<String>,
    what: &'static str,
    /// Here, and in the document.
    sides: [Option<String>; 2],
}

impl Difference {
    fn sign(&self) -> &'static str {
        match self.sides {
            [None, Some(_)] => "+",
            [Some(_), None] => "-",
            _ => "~",
        }
    }

    fn json(&self) -> Value {
        json!({
            "kind": self.kind, "field": self.field, "what": self.what, "here": self.sides[0],
            "document": self.sides[1],
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { kind, field, what, sides } = self;
        write!(f, "{} {kind}", self.sign())?;
        field.iter().try_for_each(|field| write!(f, ".{field}"))?;
        match (sides, *what) {
            ([None, Some(_)], "kind") => f.write_str(": only the document has this kind"),
            ([Some(_), None], "kind") => f.write_str(": the document does not have this kind"),
            ([None, Some(theirs)], _) => write!(f, ": {what} {theirs}, only in the document"),
            ([Some(ours), None], _) => write!(f, ": {what} {ours}, not in the document"),
            ([ours, theirs], _) => {
                let text = |side: &Option<String>| side.clone().unwrap_or_default();
                write!(f, ": {} here, {} in the document", text(ours), text(theirs))
            }
        }
    }
}

fn differences(
    ours: &BTreeMap<String, Shapes>,
    theirs: &BTreeMap<String, Shapes>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    for kind in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
        match (ours.get(kind), theirs.get(kind)) {
            (Some(ours), Some(theirs)) => fields(kind, ours, theirs, &mut found),
            (ours, theirs) => {
                let side = |one: Option<&Shapes>| one.map(|_| kind.clone());
                let sides = [side(ours), side(theirs)];
                found.push(Difference { kind: kind.clone(), field: None, what: "kind", sides });
            }
        }
    }
    found
}

fn fields(kind: &str, ours: &Shapes, theirs: &Shapes, found: &mut Vec<Difference>) {
    // Each tenant declares custom properties of its own.
    let is_common = |field: &&String| field.split('.').next() != Some("customProperties");
    for field in ours.keys().chain(theirs.keys()).filter(is_common).collect::<BTreeSet<_>>() {
        let mut add = |what, sides| {
            let (kind, field) = (kind.to_owned(), Some(field.clone()));
            found.push(Difference { kind, field, what, sides });
        };
        let (Some(one), Some(other)) = (ours.get(field), theirs.get(field)) else {
            let side = |shapes: &Shapes| shapes.get(field).map(Shape::to_string);
            add("field", [side(ours), side(theirs)]);
            continue;
        };
        if (one.is_required, &one.name) != (other.is_required, &other.name) {
            add("field", [Some(one.to_string()), Some(other.to_string())]);
        }
        for word in one.words.difference(&other.words) {
            add("value", [Some(word.clone()), None]);
        }
        for word in other.words.difference(&one.words) {
            add("value", [None, Some(word.clone())]);
        }
    }
}

fn show(found: &[Difference], output: &Output) -> Result<()> {
    if output.is_json {
        let list: Vec<Value> = found.iter().map(Difference::json).collect();
        return match found.is_empty() {
            true => Ok(()),
            false => output.data(format!("{}\n", json!({"differences": list}))),
        };
    }
    let paint = |one: &Difference| match one.sign() {
        "+" => Paint::Green,
        "-" => Paint::Red,
        _ => Paint::Yellow,
    };
    let lines = found.iter().map(|one| output.paint(paint(one), one) + "\n");
    output.data(lines.collect::<String>())
}
