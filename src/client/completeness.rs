//! Whether the members beside the rows of a list say that there are more rows.
//!
//! This API does not page its lists, but a sister API of Vanta's does. A part of a list must not
//! pass for the whole: a push would delete the rest. The names of such members are not known, so
//! the usual ones are recognised in any spelling. Names that are only about pages count at any
//! depth; names that can be about something else (`total`, `done`, `after`) only in the response
//! itself and in objects about the list (`meta`, `paging`). A member that says "no" is no sign:
//! null, false, "false", "no", 0, an empty value.

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::member_name::Name;
use crate::http::means_none;

/// A path that is shown is cut after so many characters.
const SHOWN: usize = 100;

/// Returns the path of the first member that is a sign of more rows than `rows`.
pub(super) fn sign_of_more(
    beside: &[(String, &str)],
    rows: usize,
) -> serde_json::Result<Option<String>> {
    let mut members = Vec::with_capacity(beside.len());
    for (key, value) in beside {
        members.push(Member::new(key.clone(), serde_json::from_str(value)?));
    }
    let mut search = Search { rows: rows as f64, path: Vec::new() };
    let found = search.object(&members, Place { about_list: true, ended: false });
    Ok(found.map(|path| path.chars().take(SHOWN).collect()))
}

struct Member {
    key: String,
    name: Name,
    value: Value,
}

impl Member {
    fn new(key: String, value: Value) -> Member {
        Member { name: Name::of(&key), key, value }
    }

    /// Whether the member says that there is no row behind these.
    fn says_end(&self, about_list: bool) -> bool {
        let no_more = (self.name.is_more_flag() && self.value.is_explicit_no())
            || (self.name.is_part_flag() && self.value.flag() == Some(false));
        no_more || (about_list && self.name.is_end_flag() && self.value.flag() == Some(true))
    }
}

/// A JSON value that keeps members with the same name.
enum Value {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    Array(Vec<Value>),
    Object(Vec<Member>),
}

impl Value {
    /// Whether the value says anything but "no".
    fn is_yes(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Boolean(value) => *value,
            Value::Number(number) => ![0.0, -1.0].contains(number),
            Value::Text(text) => !means_none(text),
            Value::Array(values) => values.iter().any(Value::is_yes),
            Value::Object(members) => members.iter().any(|member| member.value.is_yes()),
        }
    }

    /// What a flag says: true, false, or a word for them.
    fn flag(&self) -> Option<bool> {
        match self {
            Value::Boolean(value) => Some(*value),
            Value::Text(text) => match text.trim().to_lowercase().as_str() {
                "true" | "yes" => Some(true),
                "false" | "no" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    fn is_number(&self, number: f64) -> bool {
        matches!(self, Value::Number(value) if *value == number)
    }

    fn is_explicit_no(&self) -> bool {
        self.flag() == Some(false) || self.is_number(0.0)
    }

    fn exceeds(&self, limit: f64) -> bool {
        match self {
            Value::Number(number) => *number > limit,
            Value::Text(text) => text.trim().parse::<f64>().is_ok_and(|number| number > limit),
            // As a search engine writes it: "total": {"value": 7, "relation": "eq"}.
            Value::Object(members) => {
                members.iter().any(|member| member.key == "value" && member.value.exceeds(limit))
            }
            _ => false,
        }
    }
}

/// What holds for the members of an object.
#[derive(Clone, Copy)]
struct Place {
    /// Whether it is the response or an object about the list, so that numbers are about rows.
    about_list: bool,
    /// Whether a member of it, or of an object around it, says that the list ends here.
    ended: bool,
}

impl Place {
    /// What holds in an object with these members.
    fn within(self, members: &[Member]) -> Place {
        let says_end = |members: &[Member]| members.iter().any(|m| m.says_end(self.about_list));
        // What `pageInfo` says holds beside it too.
        let said_beside = members.iter().any(|member| match &member.value {
            Value::Object(inner) => {
                self.about_list && member.name.is_about_list() && says_end(inner)
            }
            _ => false,
        });
        Place { ended: self.ended || says_end(members) || said_beside, ..self }
    }
}

struct Search<'a> {
    rows: f64,
    path: Vec<&'a str>,
}

impl<'a> Search<'a> {
    fn object(&mut self, members: &'a [Member], place: Place) -> Option<String> {
        let place = place.within(members);
        for Member { key, name, value } in members {
            self.path.push(key);
            if self.is_sign(name, value, place) {
                return Some(self.path.join("."));
            }
            let about_list = place.about_list && name.is_about_list();
            let deeper = self.below(value, Place { about_list, ..place });
            if deeper.is_some() {
                return deeper;
            }
            self.path.pop();
        }
        is_next_link(members).then(|| self.path.join("."))
    }

    fn below(&mut self, value: &'a Value, place: Place) -> Option<String> {
        match value {
            Value::Object(members) => self.object(members, place),
            Value::Array(values) => {
                self.path.push("[]");
                let place = Place { about_list: false, ..place };
                let found = values.iter().find_map(|value| self.below(value, place));
                if found.is_none() {
                    self.path.pop();
                }
                found
            }
            _ => None,
        }
    }

    fn is_sign(&self, name: &Name, value: &Value, place: Place) -> bool {
        let one = value.is_number(1.0) && !name.is_of_rows();
        (value.is_yes()
            && (name.is_more_flag()
                || name.is_previous_flag()
                || name.is_neighbour()
                || (name.is_cursor() && !place.ended)))
            || (name.is_part_flag() && (value.flag() == Some(true) || one))
            || (place.about_list && self.is_sign_about_list(name, value, place.ended))
    }

    /// Names that are signs only in an object about the list.
    fn is_sign_about_list(&self, name: &Name, value: &Value, ended: bool) -> bool {
        (name.is_plain_cursor() && value.is_yes() && !ended)
            || ((name.is_end_flag() || name.is_start_flag()) && value.flag() == Some(false))
            || (name.is_total() && value.exceeds(self.rows))
            || (name.is_page_number() && value.exceeds(1.0))
            || (name.is_offset() && value.exceeds(0.0))
    }
}

/// `{"rel": "next", "href": "…"}`
fn is_next_link(members: &[Member]) -> bool {
    let is_next = |value: &Value| match value {
        Value::Text(text) => {
            let relation = text.trim().to_lowercase();
            ["next", "prev", "previous"].contains(&relation.as_str())
        }
        _ => false,
    };
    let rel = members.iter().filter(|member| member.key == "rel").any(|member| {
        is_next(&member.value)
            || matches!(&member.value, Value::Array(values) if values.iter().any(is_next))
    });
    rel && members.iter().any(|member| member.key != "rel" && member.value.is_yes())
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
        while let Some((key, value)) = map.next_entry()? {
            members.push(Member::new(key, value));
        }
        Ok(Value::Object(members))
    }
}
