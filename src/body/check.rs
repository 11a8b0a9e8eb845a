//! Checks records here, all of them and all their faults, before the server names one at a time.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::Body;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::resource::Kind;
use crate::schema::{Flaw, Schema};

/// What a record may break. Each is an error or a warning; see [`Checks::as_error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The kind's schema. An error by default: Vanta refuses the whole push.
    Schema,
    /// An optional property is null instead of left out. Whether Vanta refuses it is not known for
    /// most kinds, so this is a warning by default.
    NullOptional,
    /// `externalUrl` is not https. Vanta's specification asks for it; whether it is enforced is not
    /// known: a warning by default.
    HttpsUrl,
    /// A task has `closedTimestamp` exactly when its state is `CLOSED`, as the specification says
    /// in words: a warning by default.
    ClosedTimestamp,
    /// Severities and confidences lie between 0 and 10, as the specification says in words: a
    /// warning by default.
    ZeroToTen,
}

/// By what records are checked.
///
/// ```
/// use vanta::{Body, Checks, Kind};
/// let records = r#"[{"uniqueId": "a", "displayName": 7, "externalUrl": "http://x.example.com"}]"#;
/// let body = Body::from_json_array("66f0c0ffee0000000000a002", records)?;
/// let report = body.check(&Checks::of(&Kind::CUSTOM_RESOURCE)?);
/// let told = report.errors[0].to_string();
/// assert_eq!(told, "record 0 (uniqueId a) at /displayName: must be string");
/// assert_eq!(report.warnings[0].pointer, "/externalUrl");
/// # Ok::<(), vanta::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Checks {
    schema: Schema,
    task: bool,
    errors: Vec<Rule>,
}

/// What was found, record by record.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// What Vanta refuses, or what was made an error.
    pub errors: Vec<Fault>,
    /// What Vanta may refuse.
    pub warnings: Vec<Fault>,
}

impl Checks {
    /// The rules of one of the twelve kinds.
    pub fn of(kind: &Kind) -> Result<Checks> {
        let schema = kind.schema().ok_or_else(|| {
            let rule = "its schema is not known here; give one with Checks::by";
            Error::new(ErrorKind::InvalidArgument, format!("kind {kind}: {rule}"))
        })?;
        let task = *kind == Kind::SECURITY_TASK;
        Ok(Checks { schema: schema.clone(), task, errors: vec![Rule::Schema] })
    }

    /// A schema of your own for whole records, as the Developer Console shows it.
    pub fn by(schema: Schema) -> Checks {
        Checks { schema, task: false, errors: vec![Rule::Schema] }
    }

    /// The custom properties as they are declared in the Developer Console: each record must have
    /// them then.
    pub fn custom_properties(mut self, schema: &Schema) -> Result<Checks> {
        self.schema = self.schema.with_required("customProperties", schema)?;
        Ok(self)
    }

    /// From now on, a record that breaks the rule is in error.
    pub fn as_error(mut self, rule: Rule) -> Checks {
        self.errors.push(rule);
        self
    }

    /// From now on, a record that breaks the rule is worth a warning only.
    pub fn as_warning(mut self, rule: Rule) -> Checks {
        self.errors.retain(|one| *one != rule);
        self
    }

    fn record(&self, index: usize, record: &Value, report: &mut Report) {
        let id = record.get("uniqueId").and_then(Value::as_str);
        let mut found: Vec<(Rule, String, String)> = Vec::new();
        for flaw in self.schema.check(record) {
            let rule = rule(&flaw, record);
            found.push((rule, flaw.pointer(), flaw.message));
        }
        for (rule, pointer, message) in beside(record, self.task) {
            found.push((rule, pointer.to_owned(), message.to_owned()));
        }
        for (rule, pointer, message) in found {
            let unique_id = id.map(str::to_owned);
            let fault = Fault { index: Some(index), unique_id, pointer, message };
            let error = self.errors.contains(&rule);
            (if error { &mut report.errors } else { &mut report.warnings }).push(fault);
        }
    }
}

/// A null where an optional property could have been left out is a case of its own.
fn rule(flaw: &Flaw, record: &Value) -> Rule {
    let optional = flaw.schema_path.iter().rev().nth(2).is_some_and(|w| w == "optionalProperties");
    match record.pointer(&flaw.pointer()) {
        Some(Value::Null) if optional => Rule::NullOptional,
        _ => Rule::Schema,
    }
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

impl Body {
    /// Checks every record, and tells every fault of each. Nothing is sent.
    pub fn check(&self, checks: &Checks) -> Report {
        let mut report = Report::default();
        let mut json = serde_json::Deserializer::from_slice(self.as_bytes());
        let walk = Walk { checks, report: &mut report };
        walk.deserialize(&mut json).expect("the body was read when it was made");
        report
    }
}

/// Goes through the body record by record: no tree of all of them is built.
struct Walk<'a> {
    checks: &'a Checks,
    report: &'a mut Report,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request body")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Walk { checks, report } = self;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resources" => map.next_value_seed(Walk { checks, report: &mut *report })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(record) = records.next_element::<Value>()? {
            self.checks.record(index, &record, self.report);
            index += 1;
        }
        Ok(())
    }
}
