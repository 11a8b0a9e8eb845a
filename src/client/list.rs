//! What Vanta holds: rows as they were pushed, and the three dates that it adds.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Client;
use super::call::{Sent, Verb};
use super::classify::refusal;
use super::row::{Head, Row};
use crate::body::check_resource_id;
use crate::clock::Deadline;
use crate::error::{ErrorKind, Result};
use crate::http::{Answer, Method, without_mark};
use crate::resource::Kind;
use crate::retry::Twice;

impl Client {
    /// Reads what Vanta holds of `kind` for a resource, soft-deleted rows among it.
    pub fn list(&self, kind: &Kind, resource_id: &str) -> Result<Listing> {
        let listed = self.read(kind, resource_id, &self.start(), |answer, _| judge(answer));
        listed.map_err(|error| error.doing(format!("listing {kind}")))
    }

    /// Reads the rows of a resource, as `judge` understands them.
    pub(super) fn read<T>(
        &self,
        kind: &Kind,
        resource_id: &str,
        deadline: &Deadline,
        judge: impl Fn(Answer, Sent) -> Result<T>,
    ) -> Result<T> {
        check_resource_id(resource_id)?;
        let verb = Verb {
            method: Method::Get,
            path: format!("/v1/resources/{kind}?resourceId={resource_id}"),
            content: None,
            records: 0,
            twice: Twice::Harmless,
            cap: self.shared.list_cap,
            before: None,
        };
        self.call(&verb, deadline, judge)
    }
}

/// The rows of one resource, in the server's order.
#[derive(Clone, Debug)]
pub struct Listing {
    rows: Vec<Row>,
}

impl Listing {
    /// Rows that are live.
    pub fn live(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| !row.is_deleted())
    }

    /// Rows that were left out of a later push: Vanta keeps them, marked as deleted.
    pub fn deleted(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.is_deleted())
    }

    /// All rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}

/// The rows of an answer, and the member that says that there may be more of them. This API does
/// not page its lists; its sister does, and half a list must not pass for a whole one.
struct Answered<T> {
    rows: Vec<T>,
    more: Option<String>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Answered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Answered<T>, D::Error> {
        deserializer.deserialize_map(AnsweredVisitor(PhantomData))
    }
}

struct AnsweredVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AnsweredVisitor<T> {
    type Value = Answered<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with resources")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answered<T>, A::Error> {
        let (mut rows, mut more) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resources" if rows.is_none() => rows = Some(map.next_value()?),
                "resources" => return Err(de::Error::custom("resources stands there twice")),
                _ if is_about_pages(&key) => {
                    let says_so = tells_of_more(&map.next_value()?);
                    more = more.or(says_so.then_some(key));
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let missing = || de::Error::custom("resources is missing");
        Ok(Answered { rows: rows.ok_or_else(missing)?, more })
    }
}

fn is_about_pages(key: &str) -> bool {
    let key = key.to_lowercase();
    ["page", "next", "more", "cursor", "partial", "truncated"].iter().any(|word| key.contains(word))
}

fn tells_of_more(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(page) => page.get("hasNextPage") != Some(&Value::Bool(false)),
        _ => true,
    }
}

fn judge(answer: Answer) -> Result<Listing> {
    let texts: Vec<&RawValue> = rows(&answer)?;
    let mut found = Vec::with_capacity(texts.len());
    for (index, row) in texts.into_iter().enumerate() {
        let (text, at) = (row.get(), answer.place(row.get()));
        let head = Head::of(text, at.start).map_err(|error| {
            let words = format!("it is not a list of rows: row {index}: {error}");
            answer.error(ErrorKind::InvalidAnswer, words).without_excerpt()
        })?;
        found.push((at, head));
    }
    let list = Arc::new(answer.body);
    let rows = found.into_iter().map(|(at, head)| Row::new(&list, at, head)).collect();
    Ok(Listing { rows })
}

/// The rows of an answer that claims to be complete.
pub(super) fn rows<'a, T: Deserialize<'a>>(answer: &'a Answer) -> Result<Vec<T>> {
    if !answer.is_success() {
        return Err(refusal(answer));
    }
    let unusable = |why: String| answer.error(ErrorKind::InvalidAnswer, why).without_excerpt();
    if answer.status != 200 {
        return Err(unusable("only 200 says that a list is whole".to_owned()));
    }
    let answered: Answered<T> = serde_json::from_slice(without_mark(&answer.body))
        .map_err(|error| unusable(format!("it is not a list of rows: {error}")))?;
    match answered.more {
        Some(key) => Err(unusable(format!("{key:?} says that there may be more rows"))),
        None => Ok(answered.rows),
    }
}
