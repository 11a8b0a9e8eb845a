//! Checks records here, all of them and all their faults, before the server names one at a time.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::de::{DeserializeSeed, Deserializer};
use serde_json::Value;

use super::Body;
use super::members::Members;
use super::rule::{Level, Rule};
use super::similar_ids::{self, SimilarId};
use super::walk;
use crate::error::{Error, ErrorKind, Fault, Result, grouped, many, shorten};
use crate::resource::Kind;
use crate::schema::{Flaw, Plain, Schema, look};

/// Enough to see what is wrong with a payload of another kind, and some 25 MB.
const MOST_KEPT: usize = 100_000;

/// The most characters that are kept of a violation's text.
const LONGEST_MESSAGE: usize = 1000;

/// By what records are checked; the same for every kind.
///
/// ```
/// use vanta::{Body, Checks, Kind, Level, Rule};
/// let records = r#"[{"uniqueId": "a", "displayName": 7, "externalUrl": "http://x.example.com"}]"#;
/// let body = Body::from_json_array("66f0c0ffee0000000000a002", records)?;
/// let report = body.check(&Kind::CUSTOM_RESOURCE, &Checks::new())?;
/// let told = report.errors[0].to_string();
/// assert_eq!(told, "record 0 (uniqueId a) at /displayName - must be string");
/// assert_eq!(report.warnings[0].pointer, "/externalUrl");
///
/// let strict = Checks::new().level(Rule::HttpsUrl, Level::Error);
/// let report = body.check(&Kind::CUSTOM_RESOURCE, &strict)?;
/// assert_eq!((report.errors.len(), report.warnings.len()), (2, 0));
/// # Ok::<(), vanta::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Checks {
    schema: Option<Schema>,
    custom: Option<Schema>,
    levels: [Option<Level>; Rule::ALL.len()],
    components: Option<HashSet<String>>,
}

/// What was found, record by record.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// How many records were checked.
    pub records: usize,
    /// What Vanta refuses, or what was made an error.
    pub errors: Vec<Fault>,
    /// What Vanta may refuse.
    pub warnings: Vec<Fault>,
    /// How many more there are of either: no more than 100,000 of each are kept.
    pub more: usize,
}

impl Report {
    /// All the report's errors as one, of kind [`InvalidRecords`](ErrorKind::InvalidRecords);
    /// `None` when there are only warnings, or nothing.
    pub fn into_error(self) -> Option<Error> {
        if self.errors.is_empty() {
            return None;
        }
        let mut faulty: Vec<Option<usize>> = self.errors.iter().map(|one| one.index).collect();
        faulty.dedup();
        let (faults, records) =
            (many(self.errors.len(), "violation"), many(self.records, "record"));
        let more = if self.more > 0 { " and more" } else { "" };
        let count = format!("{faults}{more} in {} of {records}", grouped(faulty.len()));
        Some(Error::new(ErrorKind::InvalidRecords, count).with_faults(self.errors))
    }
}

impl Checks {
    /// The schema of each kind, and every rule at its usual level.
    pub fn new() -> Checks {
        Checks::default()
    }

    /// A schema of your own for whole records, as the Developer Console shows it, in the place of
    /// the kind's.
    pub fn schema(self, schema: Schema) -> Checks {
        Checks { schema: Some(schema), ..self }
    }

    /// The custom properties as they are declared in the Developer Console: each record must have
    /// them then.
    pub fn custom_properties(self, schema: Schema) -> Checks {
        Checks { custom: Some(schema), ..self }
    }

    /// What becomes of a record that breaks the rule.
    pub fn level(mut self, rule: Rule, level: Level) -> Checks {
        self.levels[rule as usize] = Some(level);
        self
    }

    /// The `uniqueId`s of the components that vulnerabilities may name, besides those given before.
    ///
    /// ```
    /// use vanta::{Body, Checks};
    /// let components = Body::from_json_array("web-apps", r#"[{"uniqueId": "app-1"}]"#)?;
    /// let checks = Checks::new().components(components.unique_ids());
    /// # Ok::<(), vanta::Error>(())
    /// ```
    pub fn components(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Checks {
        let known = self.components.get_or_insert_default();
        known.extend(ids.into_iter().map(Into::into));
        self
    }

    fn level_of(&self, rule: Rule) -> Level {
        self.levels[rule as usize].unwrap_or(rule.usual())
    }
}

impl Body {
    /// Checks every record as one of the kind, and tells every fault of each. Nothing is sent.
    ///
    /// Of a kind whose schema is not known here, only what [`Checks`] adds is checked, and a
    /// warning says so. A member that an object has twice is an error at every level of every rule:
    /// readers of JSON differ in which of the two they take. `Err` means that the checks themselves
    /// make no sense, as custom properties beside a [schema](Checks::schema) that is not one of
    /// objects.
    pub fn check(&self, kind: &Kind, checks: &Checks) -> Result<Report> {
        let plan = Plan::new(kind, checks)?;
        let mut report = Report { records: self.len(), ..Report::default() };
        report.warnings.extend(plan.unknown_kind(kind));
        // Most bodies are sound: one pass over the whole text says so.
        let sound = walk::run(self.as_bytes(), &plan);
        let mut similar = plan.similar_ids(&self.unique_ids).into_iter().peekable();
        if sound < self.len() || similar.peek().is_some() {
            self.each(|index, id, record| {
                if index >= sound {
                    plan.record(index, id, record, &mut report);
                }
                if let Some(found) = similar.next_if(|found| found.index == index) {
                    plan.note(index, id, found.broken(&self.unique_ids), &mut report);
                }
            });
        }
        Ok(report)
    }
}

impl SimilarId {
    fn broken(&self, ids: &[String]) -> Broken {
        (Some(Rule::SimilarIds), "/uniqueId".to_owned(), self.message(ids))
    }
}

/// A rule that is broken: which, at what pointer, and the words. No rule stands for what is an
/// error whatever the levels of the rules are.
type Broken = (Option<Rule>, String, String);

/// The checks as they are for one kind.
struct Plan<'a> {
    checks: &'a Checks,
    schema: Option<Cow<'a, Schema>>,
    task: bool,
}

impl<'a> Plan<'a> {
    fn new(kind: &Kind, checks: &'a Checks) -> Result<Plan<'a>> {
        let whole = checks.schema.as_ref().or_else(|| kind.schema());
        let schema = match (whole, &checks.custom) {
            (whole, None) => whole.map(Cow::Borrowed),
            (Some(whole), Some(custom)) => Some(Cow::Owned(with_custom(whole, custom)?)),
            (None, Some(custom)) => Some(Cow::Owned(with_custom(&anything(), custom)?)),
        };
        Ok(Plan { checks, schema, task: *kind == Kind::SECURITY_TASK })
    }

    /// Silence about records that nobody looked at would be taken for praise.
    fn unknown_kind(&self, kind: &Kind) -> Option<Fault> {
        let known = self.checks.schema.is_some() || kind.schema().is_some();
        if known || self.checks.level_of(Rule::Schema) == Level::Off {
            return None;
        }
        let checked = match self.schema {
            None => "only uniqueId was checked",
            Some(_) => "only uniqueId and customProperties were checked",
        };
        let message = format!("the schema of kind {kind} is not known here: {checked}");
        Some(Fault { message, ..Fault::default() })
    }

    fn record(&self, index: usize, id: &str, record: &str, report: &mut Report) {
        self.each_broken(record, &mut |broken| self.note(index, id, broken, report));
    }

    fn note(&self, index: usize, id: &str, broken: Broken, report: &mut Report) {
        let (rule, pointer, message) = broken;
        let faults = match rule.map_or(Level::Error, |rule| self.checks.level_of(rule)) {
            Level::Error => &mut report.errors,
            Level::Warning => &mut report.warnings,
            Level::Off => return,
        };
        if faults.len() == MOST_KEPT {
            report.more += 1;
            return;
        }
        let (unique_id, pointer) = (Some(shorten(id)), shorten(&pointer));
        let message = message.chars().take(LONGEST_MESSAGE).collect();
        faults.push(Fault { index: Some(index), unique_id, pointer, message });
    }

    fn similar_ids(&self, ids: &[String]) -> Vec<SimilarId> {
        match self.checks.level_of(Rule::SimilarIds) {
            Level::Off => Vec::new(),
            _ => similar_ids::find(ids),
        }
    }

    /// Calls `see` with all that is wrong with a record. Only a record with a fault becomes a tree
    /// of values. Nothing is collected: a record may break rules in a million places.
    fn each_broken(&self, record: &str, see: &mut dyn FnMut(Broken)) {
        if self.is_sound(record) {
            return;
        }
        let Members { duplicates, unreadable } = Members::of(record);
        duplicates.into_iter().for_each(|(pointer, words)| see((None, pointer, words)));
        if let Some((pointer, words)) = unreadable {
            see((Some(Rule::Schema), pointer, words));
        }
        // What cannot be read, such as 1e999, is JSON by its grammar, and no value.
        if let Ok(record) = serde_json::from_str(record) {
            self.each_broken_in(&record, see);
        }
    }

    /// Whether no rule is broken, by one pass over the text. It may be wrong when it says no.
    fn is_sound(&self, record: &str) -> bool {
        let mut json = serde_json::Deserializer::from_str(record);
        matches!(self.deserialize(&mut json), Ok(true)) && json.end().is_ok()
    }

    fn each_broken_in(&self, record: &Value, see: &mut dyn FnMut(Broken)) {
        if let Some(schema) = &self.schema {
            schema.each_flaw(record, &mut |flaw, is_null| {
                see((Some(rule(&flaw, is_null)), flaw.pointer(), flaw.message));
            });
        }
        for (rule, pointer, message) in beside(record, self.task) {
            see((Some(rule), pointer.to_owned(), message.to_owned()));
        }
        self.unknown_component(record).into_iter().for_each(see);
    }

    fn unknown_component(&self, record: &Value) -> Option<Broken> {
        let known = self.checks.components.as_ref()?;
        let id = record.get("vulnerableComponentUniqueId")?.as_str()?;
        let words = "is known; push the components first";
        let message = || format!("no component with uniqueId {:?} {words}", shorten(id));
        let pointer = "/vulnerableComponentUniqueId".to_owned();
        (!known.contains(id)).then(|| (Some(Rule::UnknownComponent), pointer, message()))
    }
}

/// Reads a record, and says whether it is sound.
impl<'de> DeserializeSeed<'de> for &Plan<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, record: D) -> std::result::Result<bool, D::Error> {
        let mut noted = Noted::default();
        let see = |key: &str, value: Plain<'_>| noted.see(self.checks, key, value);
        look(self.schema.as_deref(), record, see)?;
        Ok(noted.is_sound(self.task))
    }
}

/// What was seen of a record, as far as the rules beside its schema ask for it.
#[derive(Default)]
struct Noted {
    broken: bool,
    /// Whether the state says that it is closed.
    state: Option<bool>,
    closed: bool,
}

impl Noted {
    fn see(&mut self, checks: &Checks, key: &str, value: Plain<'_>) {
        match (key, value) {
            ("externalUrl", Plain::Text(url)) => self.broken |= !url.starts_with("https://"),
            ("taskState", Plain::Text(text)) => self.state = Some(text == "CLOSED"),
            ("closedTimestamp", value) => self.closed = !matches!(value, Plain::Null),
            ("severity" | "confidence" | "cvss3Score", Plain::Number(number)) => {
                self.broken |= !(0.0..=10.0).contains(&number);
            }
            ("vulnerableComponentUniqueId", Plain::Text(id)) => {
                let known = checks.components.as_ref();
                self.broken |= known.is_some_and(|known| !known.contains(&*id));
            }
            _ => {}
        }
    }

    fn is_sound(&self, task: bool) -> bool {
        !self.broken && (!task || self.state.is_none_or(|state| state == self.closed))
    }
}

fn with_custom(whole: &Schema, custom: &Schema) -> Result<Schema> {
    whole.with_required("customProperties", custom)
}

/// The schema of a record of which nothing is known.
fn anything() -> Schema {
    let text = r#"{"properties": {}, "additionalProperties": true}"#;
    Schema::parse(text).expect("it is a schema")
}

/// A null where an optional property could have been left out is a case of its own.
fn rule(flaw: &Flaw, is_null: bool) -> Rule {
    let optional = flaw.schema_path.iter().rev().nth(2).is_some_and(|w| w == "optionalProperties");
    if optional && is_null { Rule::NullOptional } else { Rule::Schema }
}

/// The rules that the specification has in words beside its schemas.
fn beside(record: &Value, task: bool) -> Vec<(Rule, &'static str, &'static str)> {
    let mut found = Vec::new();
    let text = |key: &str| record.get(key).and_then(Value::as_str);
    if text("externalUrl").is_some_and(|url| !url.starts_with("https://")) {
        found.push((Rule::HttpsUrl, "/externalUrl", "must be an https URL"));
    }
    if let Some(state) = text("taskState").filter(|_| task) {
        let closed = record.get("closedTimestamp").is_some_and(|value| !value.is_null());
        match (state == "CLOSED", closed) {
            (true, false) => {
                found.push((Rule::ClosedTimestamp, "", "a CLOSED task needs closedTimestamp"));
            }
            (false, true) => {
                let words = "only a CLOSED task has it";
                found.push((Rule::ClosedTimestamp, "/closedTimestamp", words));
            }
            _ => {}
        }
    }
    for pointer in ["/severity", "/confidence", "/cvss3Score"] {
        let number = record.pointer(pointer).and_then(Value::as_f64);
        if number.is_some_and(|number| !(0.0..=10.0).contains(&number)) {
            found.push((Rule::ZeroToTen, pointer, "must lie between 0 and 10"));
        }
    }
    found
}
