//! Whether the members beside the rows of a list say that there are more rows.
//!
//! This API does not page its lists, but a sister API of Vanta's does. A part of a list must not
//! pass for the whole: a push would delete the rest. The names of such members are not known, so
//! the usual ones are recognised, in any spelling and at any depth. A member that says "no" is no
//! sign: null, false, "false", 0, an empty value.

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A path that is shown is cut after so many characters.
const SHOWN: usize = 100;

/// Returns the path of the first member that is a sign of more rows than `rows`.
pub(super) fn sign_of_more(
    beside: &[(String, &RawValue)],
    rows: usize,
) -> serde_json::Result<Option<String>> {
    let mut members = Vec::with_capacity(beside.len());
    for (key, value) in beside {
        members.push((key.clone(), serde_json::from_str::<Value>(value.get())?));
    }
    let mut search = Search { rows: rows as f64, path: Vec::new() };
    let found = search.object(&members);
    Ok(found.map(|path| path.chars().take(SHOWN).collect()))
}

/// A JSON value that keeps members with the same name.
enum Value {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Value {
    /// Whether the value says anything but "no".
    fn is_yes(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Boolean(value) => *value,
            Value::Number(number) => *number != 0.0,
            Value::Text(text) => {
                let text = text.trim().to_lowercase();
                !["", "false", "null", "none", "0"].contains(&text.as_str())
            }
            Value::Array(values) => values.iter().any(Value::is_yes),
            Value::Object(members) => members.iter().any(|(_, value)| value.is_yes()),
        }
    }

    /// Whether the value is an explicit false.
    fn is_false(&self) -> bool {
        match self {
            Value::Boolean(value) => !value,
            Value::Text(text) => text.trim().eq_ignore_ascii_case("false"),
            _ => false,
        }
    }

    fn is_true(&self) -> bool {
        match self {
            Value::Boolean(value) => *value,
            Value::Text(text) => text.trim().eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    fn exceeds(&self, limit: f64) -> bool {
        match self {
            Value::Number(number) => *number > limit,
            Value::Text(text) => text.trim().parse::<f64>().is_ok_and(|number| number > limit),
            // As a search engine writes it: "total": {"value": 7, "relation": "eq"}.
            Value::Object(members) => {
                members.iter().any(|(key, value)| key == "value" && value.exceeds(limit))
            }
            _ => false,
        }
    }
}

/// The name of a member: its words in lower case, and all of them in one.
struct Name {
    words: Vec<String>,
    joined: String,
}

impl Name {
    fn of(key: &str) -> Name {
        let mut words = vec![String::new()];
        let mut was_lower = false;
        for c in key.chars() {
            if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
                words.push(String::new());
            }
            was_lower = c.is_lowercase() || c.is_numeric();
            if c.is_alphanumeric() {
                words.last_mut().expect("there is one").extend(c.to_lowercase());
            }
        }
        words.retain(|word| !word.is_empty());
        Name { joined: words.concat(), words }
    }

    fn has_word(&self, of: &[&str]) -> bool {
        self.words.iter().any(|word| of.contains(&word.as_str()))
    }

    fn is(&self, of: &[&str]) -> bool {
        of.contains(&self.joined.as_str())
    }

    fn contains(&self, of: &[&str]) -> bool {
        of.iter().any(|part| self.joined.contains(part))
    }

    /// `hasMore`, `has_next_page`, `isTruncated`, `partial`; not a link to more words.
    fn is_more_flag(&self) -> bool {
        let more = self.has_word(&["more"]) && !self.has_word(&["info", "learn", "read", "help"]);
        let parts = ["hasmore", "hasnext", "hasprev", "truncated", "partial", "incomplete"];
        more || self.contains(&parts)
    }

    /// What is false where the list goes on.
    fn is_end_flag(&self) -> bool {
        self.is(&["complete", "iscomplete", "done", "isdone", "eof", "exhausted", "endoflist"])
            || self.is(&["last", "islast", "lastpage", "islastpage", "isfinal"])
    }

    /// What is false where rows stand before these.
    fn is_start_flag(&self) -> bool {
        self.is(&["first", "isfirst", "firstpage", "isfirstpage"])
    }

    /// A link, cursor, token, offset or number of the page after or before this one.
    fn is_neighbour(&self) -> bool {
        let neighbour = self.joined.contains("next") || self.joined.starts_with("prev");
        neighbour && !self.has_word(&TIMES)
    }

    /// What continues a list, unless something beside it says that the list ends here.
    fn is_cursor(&self) -> bool {
        let cursor = self.joined.contains("cursor");
        let start = self.contains(&["startcursor", "beforecursor", "firstcursor"]);
        let parts = ["continuation", "pagetoken", "skiptoken", "scrollid", "resumetoken"];
        let more = ["resumptiontoken", "lastevaluatedkey", "startingafter"];
        (cursor && !start) || self.contains(&parts) || self.contains(&more) || self.is(&["marker"])
    }

    /// A number of rows: `total`, `count`, `totalCount`, `total_results`; not `totalBytes`.
    fn is_total(&self) -> bool {
        let spelled = self.has_word(&["total", "totals", "count"]);
        let about_rows = self.words.iter().all(|word| ROW_WORDS.contains(&word.as_str()));
        (spelled && about_rows) || self.is(&TOTALS)
    }

    fn is_page_number(&self) -> bool {
        self.is(&["page", "pages", "pagenumber", "currentpage", "lastpage", "pagecount"])
            || self.is(&["totalpages", "pagetotal", "numpages", "numberofpages", "startindex"])
    }

    fn is_offset(&self) -> bool {
        let remaining = self.has_word(&["remaining"]) && self.has_word(&ROW_WORDS);
        remaining || self.is(&["offset", "skip", "skipped", "pageoffset"])
    }
}

/// Words of times and schedules: `nextSyncAt` is about no page.
const TIMES: [&str; 12] = [
    "sync",
    "run",
    "at",
    "time",
    "timestamp",
    "date",
    "update",
    "refresh",
    "check",
    "retry",
    "scan",
    "due",
];

const ROW_WORDS: [&str; 28] = [
    "total",
    "totals",
    "count",
    "counts",
    "result",
    "results",
    "item",
    "items",
    "record",
    "records",
    "row",
    "rows",
    "hits",
    "element",
    "elements",
    "entry",
    "entries",
    "object",
    "objects",
    "resource",
    "resources",
    "matches",
    "size",
    "number",
    "of",
    "all",
    "overall",
    "available",
];

/// Totals that are spelled without a border between their words.
const TOTALS: [&str; 12] = [
    "totalcount",
    "totalresults",
    "totalitems",
    "totalrecords",
    "totalrows",
    "totalhits",
    "totalelements",
    "totalsize",
    "recordcount",
    "rowcount",
    "itemcount",
    "numfound",
];

/// Objects whose numbers are about something else than rows.
const OTHER: [&str; 14] = [
    "rate",
    "ratelimit",
    "limit",
    "limits",
    "quota",
    "usage",
    "warning",
    "warnings",
    "error",
    "errors",
    "request",
    "requests",
    "timing",
    "stats",
];

struct Search<'a> {
    rows: f64,
    path: Vec<&'a str>,
}

impl<'a> Search<'a> {
    fn object(&mut self, members: &'a [(String, Value)]) -> Option<String> {
        let named: Vec<(Name, &'a str, &'a Value)> =
            members.iter().map(|(key, value)| (Name::of(key), key.as_str(), value)).collect();
        let ends = named.iter().any(|(name, _, value)| says_end(name, value));
        for (name, key, value) in named {
            self.path.push(key);
            if self.is_sign(&name, value, ends) {
                return Some(self.path.join("."));
            }
            let deeper = self.below(value);
            if deeper.is_some() {
                return deeper;
            }
            self.path.pop();
        }
        is_next_link(members).then(|| self.path.join("."))
    }

    fn below(&mut self, value: &'a Value) -> Option<String> {
        match value {
            Value::Object(members) => self.object(members),
            Value::Array(values) => {
                self.path.push("[]");
                let found = values.iter().find_map(|value| self.below(value));
                if found.is_none() {
                    self.path.pop();
                }
                found
            }
            _ => None,
        }
    }

    fn is_sign(&self, name: &Name, value: &Value, ends: bool) -> bool {
        (name.is_more_flag() && value.is_yes())
            || ((name.is_end_flag() || name.is_start_flag()) && value.is_false())
            || (name.is_neighbour() && value.is_yes())
            || (name.is_cursor() && value.is_yes() && !ends)
            || (self.counts_rows() && self.is_number_of_more(name, value))
    }

    fn is_number_of_more(&self, name: &Name, value: &Value) -> bool {
        (name.is_total() && value.exceeds(self.rows))
            || (name.is_page_number() && value.exceeds(1.0))
            || (name.is_offset() && value.exceeds(0.0))
    }

    /// Whether numbers at the present place can be about rows.
    fn counts_rows(&self) -> bool {
        let above = &self.path[..self.path.len().saturating_sub(1)];
        above.iter().all(|key| *key != "[]" && !Name::of(key).has_word(&OTHER))
    }
}

fn says_end(name: &Name, value: &Value) -> bool {
    (name.is_more_flag() && value.is_false()) || (name.is_end_flag() && value.is_true())
}

/// `{"rel": "next", "href": "…"}`
fn is_next_link(members: &[(String, Value)]) -> bool {
    let is_next = |value: &Value| match value {
        Value::Text(text) => {
            let relation = text.trim().to_lowercase();
            ["next", "prev", "previous"].contains(&relation.as_str())
        }
        _ => false,
    };
    let rel = members.iter().any(|(key, value)| match value {
        Value::Array(values) => key == "rel" && values.iter().any(is_next),
        value => key == "rel" && is_next(value),
    });
    rel && members.iter().any(|(key, value)| key != "rel" && value.is_yes())
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Value, D::Error> {
        json.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Boolean(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Value::Object(members))
    }
}
