//! What a push would change, before it does: for people to read, and as JSON. Nothing is written.

use std::fmt;

use serde_json::{Value, json};

use super::compare::{Difference, differences};
use super::guard::{self, Loss};
use super::live::Live;
use super::{Client, PushOptions};
use crate::body::Body;
use crate::error::{Fault, Result, grouped, tame};
use crate::resource::Kind;

/// A value in a line for people is cut after so many characters.
const SHOWN: usize = 60;

/// What a push would change. `Display` has a line for each record that would be touched;
/// [`to_json`](Plan::to_json) is the same for programs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan {
    /// What would be pushed.
    pub kind: Kind,
    /// For which resource.
    pub resource_id: String,
    /// How many records are live.
    pub live: usize,
    /// How many would be pushed.
    pub records: usize,
    /// How many bytes would be sent.
    pub bytes: u64,
    /// The `uniqueId`s that are not live yet.
    pub added: Vec<String>,
    /// The live records that would be other than they are.
    pub changed: Vec<Change>,
    /// The live `uniqueId`s that would go.
    pub removed: Vec<String>,
    /// How many live records would stay as they are.
    pub unchanged: usize,
    /// What Vanta may refuse one day; see [`Rule`](crate::Rule).
    pub warnings: Vec<Fault>,
    /// Why the guard would refuse the push, if it would.
    pub refusal: Option<String>,
}

/// A live record that would be other than it is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// Its position in the body.
    pub index: usize,
    /// The record's own id.
    pub unique_id: String,
    /// Where it differs.
    pub differences: Vec<Difference>,
}

impl Client {
    /// Compares a body with what is live, and tells what pushing it would change. Nothing is
    /// written. Records that a push would refuse are refused here too.
    pub fn plan(&self, kind: &Kind, body: &Body) -> Result<Plan> {
        self.plan_with(kind, body, &PushOptions::new())
    }

    /// As [`plan`](Client::plan), for a push with these options.
    pub fn plan_with(&self, kind: &Kind, body: &Body, options: &PushOptions) -> Result<Plan> {
        let plan = || {
            let deadline = self.start();
            let warnings = self.check(kind, body, options, &deadline)?;
            let by_baseline = guard::by_baseline(kind, body, options)?;
            let live = self.live(kind, body.resource_id(), &deadline)?;
            let loss = by_baseline.unwrap_or_else(|| Loss::of(&live, body));
            let refusal = loss.allow(options, body.len()).err();
            let refusal = refusal.map(|error| error.to_string());
            Ok(Plan { warnings, refusal, ..Plan::of(kind, body, &live) })
        };
        plan().map_err(|error: crate::error::Error| error.doing(format!("planning {kind}")))
    }
}

impl Plan {
    /// Only the comparison.
    pub(super) fn of(kind: &Kind, body: &Body, live: &Live) -> Plan {
        let mut plan = Plan {
            kind: kind.clone(),
            resource_id: body.resource_id().to_owned(),
            live: live.count(),
            records: body.len(),
            bytes: body.as_bytes().len() as u64,
            added: Vec::new(),
            changed: Vec::new(),
            removed: live.left_out(body).into_iter().map(str::to_owned).collect(),
            unchanged: 0,
            warnings: Vec::new(),
            refusal: None,
        };
        body.each(|index, id, record| match live.row(id) {
            None => plan.added.push(id.to_owned()),
            Some(row) => match compared(kind, record, row) {
                differences if differences.is_empty() => plan.unchanged += 1,
                differences => {
                    plan.changed.push(Change { index, unique_id: id.to_owned(), differences });
                }
            },
        });
        plan
    }

    /// Whether a push would change nothing.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    /// The plan as one JSON object.
    pub fn to_json(&self) -> String {
        let differences = |change: &Change| -> Vec<Value> {
            let one =
                |d: &Difference| json!({"pointer": d.pointer, "live": d.live, "pushed": d.pushed});
            change.differences.iter().map(one).collect()
        };
        let changed = self.changed.iter().map(|change| {
            json!({"index": change.index, "uniqueId": change.unique_id,
                   "differences": differences(change)})
        });
        let warnings = self.warnings.iter().map(|fault| {
            json!({"index": fault.index, "uniqueId": fault.unique_id,
                   "pointer": fault.pointer, "message": fault.message})
        });
        json!({
            "kind": self.kind.as_str(), "resourceId": self.resource_id, "live": self.live,
            "records": self.records, "bytes": self.bytes, "added": self.added,
            "changed": changed.collect::<Vec<_>>(), "removed": self.removed,
            "unchanged": self.unchanged, "warnings": warnings.collect::<Vec<_>>(),
            "refusal": self.refusal,
        })
        .to_string()
    }
}

fn compared(kind: &Kind, record: &str, row: &[u8]) -> Vec<Difference> {
    match (serde_json::from_str(record), serde_json::from_slice(row)) {
        (Ok(record), Ok(row)) => differences(kind, &record, &row),
        // A number that no value holds: it differs from whatever is live.
        _ => vec![Difference { pointer: String::new(), live: None, pushed: None }],
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan { kind, resource_id, .. } = self;
        let (records, live) = (grouped(self.records), grouped(self.live));
        write!(f, "{kind} {resource_id}: {records} against {live} live: ")?;
        write!(f, "{} added, ", grouped(self.added.len()))?;
        write!(f, "{} changed, ", grouped(self.changed.len()))?;
        write!(f, "{} removed, ", grouped(self.removed.len()))?;
        writeln!(f, "{} unchanged", grouped(self.unchanged))?;
        self.added.iter().try_for_each(|id| writeln!(f, "+ {}", tame(id)))?;
        for change in &self.changed {
            for one in &change.differences {
                let (id, at) = (tame(&change.unique_id), tame(&one.pointer));
                writeln!(f, "~ {id} {at}: {} -> {}", value(&one.live), value(&one.pushed))?;
            }
        }
        self.removed.iter().try_for_each(|id| writeln!(f, "- {}", tame(id)))?;
        self.warnings.iter().try_for_each(|fault| writeln!(f, "warning: {fault}"))?;
        match &self.refusal {
            Some(refusal) => writeln!(f, "this would be refused: {refusal}"),
            None => Ok(()),
        }
    }
}

fn value(value: &Option<Value>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let text = tame(&value.to_string());
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}
