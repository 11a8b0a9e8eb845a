//! The request for the rows of a resource, and its response: the rows, and whether they are all.
//!
//! The response can have 64 MiB, so the deadline and the cancel flag are checked while it is
//! parsed.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::call::ResourceRequest;
use super::checkpoints::Checkpoints;
use super::classify::refusal;
use super::completeness;
use super::handle::Client;
use crate::body::check_resource_id;
use crate::clock::WaitError;
use crate::error::{Error, ErrorKind, Result, Stage, sanitize};
use crate::http::{Method, Response, without_bom};
use crate::resource::Kind;
use crate::retry;
use crate::schema::instant_ms;

/// The members beside the rows are searched for signs of more rows. They are few.
const MOST_BESIDE: usize = 1 << 20;

/// More ids than these are not listed.
const MOST_NAMED: usize = 5;

impl Client {
    /// The request for the rows of a resource.
    pub(super) fn list_request(
        &self,
        kind: &Kind,
        resource_id: &str,
    ) -> Result<ResourceRequest<'static>> {
        check_resource_id(resource_id)?;
        Ok(ResourceRequest {
            method: Method::Get,
            path: format!("/v1/resources/{kind}?resourceId={resource_id}"),
            content: None,
            records: 0,
            cap: self.shared.list_cap,
        })
    }
}

/// The error for a list that was being read when its call was cancelled or its deadline passed.
pub(super) fn ended(response: &Response, reason: WaitError) -> Error {
    let kind = retry::wait_error(reason, Stage::Read).kind();
    response.error(kind, "while reading the rows of the response").without_excerpt()
}

/// The rows of a response that claims to be complete.
pub(super) fn rows<'a>(
    response: &'a Response,
    checkpoints: &Checkpoints<'_>,
) -> Result<Vec<&'a RawValue>> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    if let Some(error) = response.unusable() {
        return Err(error);
    }
    let unusable = |why: String| invalid(response, why);
    if response.status != 200 {
        return Err(unusable("only HTTP 200 means that the list is complete".to_owned()));
    }
    let reason = Cell::new(None);
    let mut json = serde_json::Deserializer::from_slice(without_bom(&response.body));
    let read = List { checkpoints, reason: &reason }.deserialize(&mut json);
    let read = read.and_then(|parts| json.end().map(|()| parts));
    if let Some(reason) = reason.get() {
        return Err(ended(response, reason));
    }
    let Parts { rows, beside } =
        read.map_err(|error| unusable(format!("it is not a list of rows; {error}")))?;
    if beside.iter().map(|(_, value)| value.get().len()).sum::<usize>() > MOST_BESIDE {
        return Err(unusable("it has more than 1 MiB beside its rows".to_owned()));
    }
    if let Some(field) = response.partial_list(rows.len()) {
        return Err(unusable(format!("the field {field:?} says that there may be more rows")));
    }
    let more = completeness::sign_of_more(&beside, rows.len());
    match more.map_err(|error| unusable(format!("it is not a list of rows; {error}")))? {
        Some(sign) => Err(unusable(format!("{sign:?} says that there may be more rows"))),
        None => Ok(rows),
    }
}

/// The error for a list that is not usable. Its text is not shown: it holds records.
pub(super) fn invalid(response: &Response, why: String) -> Error {
    response.error(ErrorKind::InvalidResponse, why).without_excerpt()
}

/// Whether a row is soft-deleted: the one meaning of `deletedAt` for list, deletion guard, plan and
/// verify.
///
/// Absent or null means live; an RFC 3339 timestamp after 1970 means deleted. Anything else, the
/// empty string too, is neither: to take it for live would let verify accept a deleted record, and
/// to take it for deleted would hide a live record from the deletion guard.
pub(super) fn is_deleted(deleted_at: Option<&str>) -> Result<bool, &'static str> {
    match deleted_at.map(instant_ms) {
        None => Ok(false),
        Some(Some(after)) if after > 0 => Ok(true),
        Some(_) => Err("deletedAt is not a timestamp"),
    }
}

/// The error for ids that are live more than once, if there are any.
pub(super) fn refuse_duplicates(response: &Response, duplicates: &[&str]) -> Result<()> {
    if duplicates.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = duplicates.iter().take(MOST_NAMED).map(|id| sanitize(id)).collect();
    let more = duplicates.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let words =
        format!("it has more than one live row with the uniqueId {}{more}", named.join(", "));
    Err(invalid(response, words))
}

/// The rows, and the members that stand beside `resources`.
struct Parts<'a> {
    rows: Vec<&'a RawValue>,
    beside: Vec<(String, &'a RawValue)>,
}

/// Reads the whole response.
#[derive(Clone, Copy)]
struct List<'c> {
    checkpoints: &'c Checkpoints<'c>,
    /// Why reading was ended early.
    reason: &'c Cell<Option<WaitError>>,
}

impl List<'_> {
    fn checkpoint<E: de::Error>(&self, read: &RawValue) -> Result<(), E> {
        self.checkpoints.pass(read.get().len()).map_err(|reason| {
            self.reason.set(Some(reason));
            E::custom("ended early")
        })
    }
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = Parts<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Parts<'de>, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Parts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with resources")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts<'de>, A::Error> {
        let (mut rows, mut beside) = (None, Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resources" if rows.is_none() => rows = Some(map.next_value_seed(Rows(self))?),
                "resources" => return Err(de::Error::custom("duplicate member \"resources\"")),
                _ => {
                    let value: &RawValue = map.next_value()?;
                    self.checkpoint(value)?;
                    beside.push((key, value));
                }
            }
        }
        let missing = || de::Error::custom("resources is missing");
        Ok(Parts { rows: rows.ok_or_else(missing)?, beside })
    }
}

/// Reads the array of rows.
struct Rows<'c>(List<'c>);

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = Vec<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = seq.next_element()? {
            self.0.checkpoint(row)?;
            rows.push(row);
        }
        Ok(rows)
    }
}
