//! What a push would change, for people to read and as JSON. Nothing is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Value, json};

use super::checkpoints::Checkpoints;
use super::compare::{Difference, differences, mark_shown};
use super::deletion_guard::{self, Deletions};
use super::handle::Client;
use super::leavers::is_deactivated;
use super::options::PushOptions;
use super::remote::Remote;
use crate::body::Body;
use crate::clock::{Deadline, WaitError};
use crate::error::{Error, Result, Stage, Violation, grouped, many, sanitize};
use crate::json::pointer;
use crate::receipt::NotComparable;
use crate::resource::Kind;
use crate::retry;

/// A value in a line for people is cut after so many characters.
const SHOWN: usize = 60;

/// What a push would change. `Display` has a line for each record that would be touched;
/// [`to_json`](ChangePlan::to_json) is the same for programs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChangePlan {
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
    /// The `uniqueId`s of the leavers that would be deactivated; see
    /// [`Body::with_leavers`]. They are not among `changed`.
    pub deactivated: Vec<String>,
    /// The live `uniqueId`s that would go.
    pub removed: Vec<String>,
    /// How many live records would stay as they are, in every member.
    pub unchanged: usize,
    /// Members that the service returns on no row, of those that this body or an earlier push sets.
    /// Whether a push would change them is not known, so the plan is not empty.
    pub not_comparable: Vec<NotComparable>,
    /// What Vanta may refuse one day; see [`Rule`](crate::Rule).
    pub warnings: Vec<Violation>,
    /// Why the deletion guard would refuse the push, if it would. A plan is no error then.
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
    /// Compares a body with the live records, and returns what a push of it would change. Nothing
    /// is written. Records that a push would refuse are refused here too.
    ///
    /// A push that the deletion guard would refuse is no error here: the result is `Ok`, and its
    /// [`refusal`](ChangePlan::refusal) says why.
    ///
    /// # Errors
    ///
    /// As [`list`](Client::list), and as [`push`](Client::push) for the records.
    pub fn plan(&self, kind: &Kind, body: &Body) -> Result<ChangePlan> {
        self.plan_with(kind, body, &PushOptions::new())
    }

    /// Does the same as [`plan`](Client::plan), for a push with these options.
    ///
    /// # Errors
    ///
    /// As [`plan`](Client::plan).
    pub fn plan_with(&self, kind: &Kind, body: &Body, options: &PushOptions) -> Result<ChangePlan> {
        let planned = self.compare_with_remote(kind, body, options);
        planned.map_err(|error| error.in_operation(format!("planning {kind}")))
    }

    fn compare_with_remote(
        &self,
        kind: &Kind,
        body: &Body,
        options: &PushOptions,
    ) -> Result<ChangePlan> {
        let deadline = self.start();
        let warnings = self.validate_all(kind, body, options, &deadline)?;
        let application = &self.shared.application;
        let by_baseline = deletion_guard::by_baseline(application, kind, body, options)?;
        let (remote, _) = self.read_remote(kind, body.resource_id(), &deadline)?;
        let deletions = by_baseline.unwrap_or_else(|| Deletions::of(&remote, body));
        // The plan lists the records itself.
        let words = |error: Error| error.with_some_violations(0, Vec::new()).to_string();
        let refusal = deletions.check(options).err().map(words);
        let plan = self.changes(kind, body, &remote, &deadline)?;
        Ok(ChangePlan { warnings, refusal, ..plan })
    }

    /// Compares a body with the remote state, and with what is known of the last push.
    pub(super) fn changes(
        &self,
        kind: &Kind,
        body: &Body,
        remote: &Remote,
        deadline: &Deadline,
    ) -> Result<ChangePlan> {
        let possibly_live = self.known(kind, body).possibly_live(kind, body);
        ChangePlan::of(kind, body, remote, &possibly_live, deadline)
    }
}

impl ChangePlan {
    /// Compares the records of a body with the live ones.
    ///
    /// `possibly_live` are members that live records may have though the body does not set them.
    pub(super) fn of(
        kind: &Kind,
        body: &Body,
        live: &Remote,
        possibly_live: &BTreeSet<String>,
        deadline: &Deadline,
    ) -> Result<ChangePlan> {
        let checkpoints = Checkpoints::new(deadline);
        let mut plan = ChangePlan {
            kind: kind.clone(),
            resource_id: body.resource_id().to_owned(),
            live: live.count(),
            records: body.record_count(),
            bytes: body.byte_len() as u64,
            added: Vec::new(),
            changed: Vec::new(),
            deactivated: Vec::new(),
            removed: live.ids_not_in(body).into_iter().map(str::to_owned).collect(),
            unchanged: 0,
            not_comparable: Vec::new(),
            warnings: Vec::new(),
            refusal: None,
        };
        let mut ended = Ok(());
        body.each(|index, id, record| {
            if ended.is_ok() {
                ended = checkpoints.pass(record.len());
                match live.row(id).filter(|row| body.is_leaver(id) && !is_deactivated(row)) {
                    Some(_) => plan.deactivated.push(id.to_owned()),
                    None => plan.compare(index, id, record, live.row(id)),
                }
            }
        });
        let compared =
            ended.and_then(|()| plan.set_aside_not_comparable(live, possibly_live, &checkpoints));
        compared.map_err(|reason| retry::wait_error(reason, Stage::Read))?;
        Ok(plan)
    }

    fn compare(&mut self, index: usize, id: &str, record: &str, row: Option<&[u8]>) {
        match row.map(|row| compared(&self.kind, record, row)) {
            None => self.added.push(id.to_owned()),
            Some(differences) if differences.is_empty() => self.unchanged += 1,
            Some(differences) => {
                self.changed.push(Change { index, unique_id: id.to_owned(), differences });
            }
        }
    }

    /// A member that a row lacks is a difference only where the service returns the member at all,
    /// which any row of the list can show.
    fn set_aside_not_comparable(
        &mut self,
        live: &Remote,
        possibly_live: &BTreeSet<String>,
        checkpoints: &Checkpoints<'_>,
    ) -> Result<(), WaitError> {
        let differences = self.changed.iter().flat_map(|change| &change.differences);
        let lacking = differences.filter_map(Difference::lacking);
        let mut shown = BTreeMap::new();
        shown.extend(lacking.map(|member| (member.to_owned(), false)));
        if live.count() > 0 {
            let more = possibly_live.iter().map(|member| (pointer::of(member), false));
            shown.extend(more);
        }
        for row in live.all() {
            if shown.values().all(|shown| *shown) {
                return Ok(());
            }
            checkpoints.pass(row.len())?;
            mark_shown(row, &mut shown);
        }
        let mut hidden = BTreeMap::new();
        hidden.extend(shown.into_iter().filter(|(_, shown)| !shown).map(|(member, _)| {
            let counted = NotComparable::new(member.clone());
            (member, counted)
        }));
        for change in &mut self.changed {
            change.differences.retain(|one| {
                let counted = one.lacking().and_then(|member| hidden.get_mut(member));
                counted.map(|counted| counted.records += 1).is_none()
            });
        }
        self.changed.retain(|change| !change.differences.is_empty());
        self.not_comparable = hidden.into_values().collect();
        Ok(())
    }

    /// Returns whether a push would change nothing. False where some members cannot be compared,
    /// also where an earlier push may have set them and this body does not.
    ///
    /// What earlier pushes set is known from this process and, for `customProperties` of a kind
    /// whose schema has them, from the audit file. Where neither knows the resource, members that
    /// the service returns on no row and that the body does not set are taken for absent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.differs() && self.not_comparable.is_empty()
    }

    /// Whether a push would change something that can be compared.
    pub(super) fn differs(&self) -> bool {
        let touched = [&self.added, &self.deactivated, &self.removed];
        !self.changed.is_empty() || touched.iter().any(|ids| !ids.is_empty())
    }

    /// Returns the plan as one JSON object.
    #[must_use]
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
            "changed": changed.collect::<Vec<_>>(), "deactivated": self.deactivated,
            "removed": self.removed,
            "unchanged": self.unchanged, "notComparable": self.not_comparable,
            "warnings": warnings.collect::<Vec<_>>(), "refusal": self.refusal,
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

impl fmt::Display for ChangePlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ChangePlan { kind, resource_id, .. } = self;
        let (records, live) = (many(self.records, "record"), grouped(self.live));
        write!(f, "{kind} {resource_id}: {records} in the push, {live} live at Vanta: ")?;
        write!(f, "{} added, ", grouped(self.added.len()))?;
        write!(f, "{} changed, ", grouped(self.changed.len()))?;
        if !self.deactivated.is_empty() {
            write!(f, "{} deactivated, ", grouped(self.deactivated.len()))?;
        }
        write!(f, "{} removed, ", grouped(self.removed.len()))?;
        write!(f, "{} unchanged", grouped(self.unchanged))?;
        let changed = self.changed.len() + self.deactivated.len();
        let told = self.added.len() + changed + self.unchanged;
        match self.records.saturating_sub(told) {
            0 => writeln!(f)?,
            rest => writeln!(f, ", {} not comparable", grouped(rest))?,
        }
        self.added.iter().try_for_each(|id| writeln!(f, "+ {}", sanitize(id)))?;
        for change in &self.changed {
            for one in &change.differences {
                let (id, at) = (sanitize(&change.unique_id), sanitize(&one.pointer));
                writeln!(f, "~ {id} {at}: {} -> {}", value(&one.live), value(&one.pushed))?;
            }
        }
        self.deactivated
            .iter()
            .try_for_each(|id| writeln!(f, "x {}: deactivated", sanitize(id)))?;
        self.removed.iter().try_for_each(|id| writeln!(f, "- {}", sanitize(id)))?;
        for member in &self.not_comparable {
            writeln!(f, "? {}: {}", sanitize(&member.pointer), member.reason())?;
        }
        self.warnings.iter().try_for_each(|fault| writeln!(f, "warning: {fault}"))?;
        match &self.refusal {
            Some(refusal) => writeln!(f, "this would be refused: {refusal}"),
            None => Ok(()),
        }
    }
}

fn value(value: &Option<Value>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let text = sanitize(&value.to_string());
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}
