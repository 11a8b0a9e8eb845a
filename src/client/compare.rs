//! Compares two records as Vanta may show them: what differs in spelling only is the same.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use crate::error::shorten;
use crate::json::pointer;
use crate::resource::Kind;
use crate::schema::instant_ms;

/// What Vanta adds to a row.
const ADDED: [&str; 3] = ["createdAt", "updatedAt", "deletedAt"];

/// One place where a record that is pushed differs from the live one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// JSON pointer within the record. One of more than 300 characters is cut, and ends in an
    /// ellipsis then.
    pub pointer: String,
    /// The live value; `None` where there is none.
    pub live: Option<Value>,
    /// The value that is pushed; `None` where there is none.
    pub pushed: Option<Value>,
}

impl Difference {
    /// The pointer to the member of the record that the row lacks as a whole, if that is the
    /// difference.
    pub(super) fn lacking(&self) -> Option<&str> {
        let member = self.pointer.strip_prefix('/').filter(|member| !member.contains('/'))?;
        let is_lacking = is_nothing(member, self.live.as_ref()) && self.pushed.is_some();
        is_lacking.then_some(&self.pointer)
    }
}

/// Whether a row that has this value of a member shows nothing of the member. A null is nothing;
/// an empty object shows no custom properties.
pub(super) fn is_nothing(member: &str, live: Option<&Value>) -> bool {
    match live {
        None | Some(Value::Null) => true,
        Some(Value::Object(members)) => member == CUSTOM && members.is_empty(),
        _ => false,
    }
}

/// Marks the members that a row shows, of those that `members` has the JSON pointers of.
pub(super) fn mark_shown(row: &[u8], members: &mut BTreeMap<String, bool>) {
    let Ok(row) = serde_json::from_slice::<Map<String, Value>>(row) else { return };
    for (key, value) in &row {
        if let Some(shown) = members.get_mut(&shorten(&pointer::of(key))) {
            *shown |= !is_nothing(key, Some(value));
        }
    }
}

/// All differences of two records of a kind.
///
/// A null is nothing. Severities count to one decimal, as Vanta rounds them; timestamps are moments
/// to the millisecond. What is in the row alone, and in no record of the kind, is Vanta's own.
/// Whether the service returns a member at all is for the caller to decide.
pub(super) fn differences(kind: &Kind, pushed: &Value, live: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    let (Some(pushed), Some(live)) = (pushed.as_object(), live.as_object()) else { return found };
    let known = |key: &str| kind.schema().is_none_or(|schema| schema.has_property(key));
    for key in keys(pushed, live).filter(|key| !ADDED.contains(key)) {
        let pair = (pushed.get(key), live.get(key));
        let skip = match (key, pair) {
            (CUSTOM, (pushed, live)) if is_nothing(CUSTOM, pushed) => is_nothing(CUSTOM, live),
            (CUSTOM, (pushed, live)) if is_nothing(CUSTOM, live) => {
                found.push(lacks_custom(pushed, live));
                true
            }
            ("severity", (Some(pushed), Some(live))) => in_tenths(pushed, live),
            (key, (None, _)) => !known(key),
            _ => false,
        };
        if !skip {
            let mut walk = Walk { at: String::new(), moments: key == CUSTOM, found: &mut found };
            walk.below(key, pair.0, pair.1);
        }
    }
    found
}

pub(super) const CUSTOM: &str = "customProperties";

/// The difference of pushed custom properties from a row that has none.
fn lacks_custom(pushed: Option<&Value>, live: Option<&Value>) -> Difference {
    Difference {
        pointer: pointer::of(CUSTOM),
        live: live.filter(|live| !live.is_null()).cloned(),
        pushed: pushed.cloned(),
    }
}

fn keys<'a>(a: &'a Map<String, Value>, b: &'a Map<String, Value>) -> impl Iterator<Item = &'a str> {
    let more = b.keys().filter(|key| !a.contains_key(*key));
    a.keys().chain(more).map(String::as_str)
}

struct Walk<'a> {
    /// JSON pointer to the present place.
    at: String,
    /// Whether text may be a timestamp, by its name or because the console declared it.
    moments: bool,
    found: &'a mut Vec<Difference>,
}

impl Walk<'_> {
    fn below(&mut self, step: &str, pushed: Option<&Value>, live: Option<&Value>) {
        let (length, moments) = (self.at.len(), self.moments);
        pointer::push(&mut self.at, step);
        self.moments |= step.ends_with("Timestamp") || step.ends_with("Date");
        self.compare(pushed, live);
        self.at.truncate(length);
        self.moments = moments;
    }

    fn compare(&mut self, pushed: Option<&Value>, live: Option<&Value>) {
        let [pushed, live] = [pushed, live].map(|value| value.filter(|value| !value.is_null()));
        match (pushed, live) {
            (None, None) => {}
            (Some(Value::Object(a)), Some(Value::Object(b))) => {
                keys(a, b).for_each(|key| self.below(key, a.get(key), b.get(key)));
            }
            (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() == b.len() => {
                let pairs = a.iter().zip(b).enumerate();
                pairs.for_each(|(i, (a, b))| self.below(&i.to_string(), Some(a), Some(b)));
            }
            (Some(a), Some(b)) if self.same(a, b) => {}
            (pushed, live) => self.found.push(Difference {
                pointer: shorten(&self.at),
                live: live.cloned(),
                pushed: pushed.cloned(),
            }),
        }
    }

    fn same(&self, a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => a == b || equal(a, b),
            (Value::String(a), Value::String(b)) => {
                let moment = |text: &str| instant_ms(text).filter(|_| self.moments);
                a == b || moment(a).is_some_and(|a| Some(a) == moment(b))
            }
            (a, b) => a == b,
        }
    }
}

/// A whole number and a float, as long as a float can hold all such numbers.
fn equal(a: &Number, b: &Number) -> bool {
    let exact = |number: f64| number.abs() < 9_007_199_254_740_992.0;
    let pair = a.as_f64().zip(b.as_f64());
    a.is_f64() != b.is_f64() && pair.is_some_and(|(a, b)| a == b && exact(a))
}

/// Whether the live severity is the pushed one with one decimal, however ties are rounded.
fn in_tenths(pushed: &Value, live: &Value) -> bool {
    let Some((pushed, live)) = pushed.as_f64().zip(live.as_f64()) else { return false };
    let is_rounded = (live * 10.0 - (live * 10.0).round()).abs() < 1e-9;
    is_rounded && (pushed - live).abs() < 0.05 + 1e-9
}
