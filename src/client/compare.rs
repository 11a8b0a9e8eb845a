//! Two records, compared as Vanta may show them: what differs in spelling only is the same.

use serde_json::{Map, Value};

use crate::schema::instant_ms;

/// What Vanta adds to a row.
const ADDED: [&str; 3] = ["createdAt", "updatedAt", "deletedAt"];

/// One place where a record that is pushed differs from the live one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// JSON pointer within the record.
    pub pointer: String,
    /// What is live; `None` where nothing is.
    pub live: Option<Value>,
    /// What is pushed; `None` where nothing is.
    pub pushed: Option<Value>,
}

/// All differences of two records.
///
/// A null is nothing. Severities count to one decimal, as Vanta rounds them; timestamps are moments
/// to the millisecond. Whether custom properties come back is not known: where the row has none at
/// all, nothing is said about them.
pub(super) fn differences(pushed: &Value, live: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    let (Some(pushed), Some(live)) = (pushed.as_object(), live.as_object()) else { return found };
    let hidden = |key: &str| key == "customProperties" && live.get(key).is_none_or(Value::is_null);
    for key in keys(pushed, live).filter(|key| !ADDED.contains(key) && !hidden(key)) {
        let pair = (pushed.get(key), live.get(key));
        let rounded = key == "severity" && pair.0.zip(pair.1).is_some_and(|(a, b)| in_tenths(a, b));
        if !rounded {
            walk(&mut format!("/{}", escaped(key)), pair.0, pair.1, &mut found);
        }
    }
    found
}

fn keys<'a>(a: &'a Map<String, Value>, b: &'a Map<String, Value>) -> impl Iterator<Item = &'a str> {
    let more = b.keys().filter(|key| !a.contains_key(*key));
    a.keys().chain(more).map(String::as_str)
}

fn walk(at: &mut String, pushed: Option<&Value>, live: Option<&Value>, out: &mut Vec<Difference>) {
    let [pushed, live] = [pushed, live].map(|value| value.filter(|value| !value.is_null()));
    let mut below = |step: &str, pushed: Option<&Value>, live: Option<&Value>| {
        let length = at.len();
        at.push('/');
        at.push_str(&escaped(step));
        walk(at, pushed, live, out);
        at.truncate(length);
    };
    match (pushed, live) {
        (None, None) => {}
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            keys(a, b).for_each(|key| below(key, a.get(key), b.get(key)));
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            pairs.for_each(|(i, (a, b))| below(&i.to_string(), Some(a), Some(b)));
        }
        (Some(a), Some(b)) if same(a, b) => {}
        (pushed, live) => out.push(Difference {
            pointer: at.clone(),
            live: live.cloned(),
            pushed: pushed.cloned(),
        }),
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || (a.as_f64() == b.as_f64() && !whole(a, b))
        }
        (Value::String(a), Value::String(b)) => {
            let moment = |text: &str| instant_ms(text).filter(|_| a != b);
            a == b || moment(a).is_some_and(|a| Some(a) == moment(b))
        }
        (a, b) => a == b,
    }
}

/// Whole numbers are compared as they are: a float cannot hold all of them.
fn whole(a: &serde_json::Number, b: &serde_json::Number) -> bool {
    !a.is_f64() && !b.is_f64()
}

/// Whether the live severity is the pushed one with one decimal, however ties are rounded.
fn in_tenths(pushed: &Value, live: &Value) -> bool {
    let Some((pushed, live)) = pushed.as_f64().zip(live.as_f64()) else { return false };
    let is_rounded = (live * 10.0 - (live * 10.0).round()).abs() < 1e-9;
    is_rounded && (pushed - live).abs() < 0.05 + 1e-9
}
