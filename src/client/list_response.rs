//! The request for the rows of a resource, and its response: the rows, and whether they are all.
//!
//! The response can have 64 MiB, so the deadline and the cancel flag are checked while it is
//! parsed.

use std::fmt::Display;

use super::call::ResourceRequest;
use super::checkpoints::Checkpoints;
use super::classify::refusal;
use super::completeness;
use super::handle::Client;
use crate::body::check_resource_id;
use crate::clock::WaitError;
use crate::error::{Error, ErrorKind, Result, Stage, sanitize};
use crate::http::{Method, Response, without_bom};
use crate::json::{Malformed, Reader};
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
) -> Result<Vec<RowText<'a>>> {
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
    let not_rows = |what: &dyn Display| unusable(format!("it is not a list of rows; {what}"));
    let text =
        std::str::from_utf8(without_bom(&response.body)).map_err(|error| not_rows(&error))?;
    let mut reader = Reader::new(text);
    let Parts { rows, beside } =
        parts(&mut reader, checkpoints).map_err(|stopped| match stopped {
            Stopped::Wait(reason) => ended(response, reason),
            Stopped::Wrong(what) => not_rows(&reader.placed(what)),
        })?;
    if beside.iter().map(|(_, value)| value.len()).sum::<usize>() > MOST_BESIDE {
        return Err(unusable("it has more than 1 MiB beside its rows".to_owned()));
    }
    if let Some(field) = response.partial_list(rows.len()) {
        return Err(unusable(format!("the field {field:?} says that there may be more rows")));
    }
    let more = completeness::sign_of_more(&beside, rows.len());
    match more.map_err(|error| not_rows(&error))? {
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

/// One row, as the server sent it.
pub(super) struct RowText<'a> {
    pub(super) text: &'a str,
    /// What in it follows the grammar and is no value.
    pub(super) unreadable: Option<Malformed>,
}

/// The rows, and the members that stand beside `resources`.
struct Parts<'a> {
    rows: Vec<RowText<'a>>,
    beside: Vec<(String, &'a str)>,
}

/// Why a list was not read to its end.
enum Stopped {
    Wait(WaitError),
    Wrong(String),
}

impl<T: Into<String>> From<T> for Stopped {
    fn from(what: T) -> Stopped {
        Stopped::Wrong(what.into())
    }
}

/// Reads the whole response.
fn parts<'a>(reader: &mut Reader<'a>, checkpoints: &Checkpoints<'_>) -> Result<Parts<'a>, Stopped> {
    let (mut rows, mut beside) = (None, Vec::new());
    reader.object("an object with resources")?;
    while let Some(name) = reader.name()? {
        if name != "resources" {
            let value = skip(reader, checkpoints)?;
            beside.push((name.into_owned(), value));
        } else if rows.is_none() {
            rows = Some(array(reader, checkpoints)?);
        } else {
            return Err("duplicate member \"resources\"".into());
        }
    }
    let rows = rows.ok_or("resources is missing")?;
    reader.end()?;
    Ok(Parts { rows, beside })
}

/// Reads the array of rows.
fn array<'a>(
    reader: &mut Reader<'a>,
    checkpoints: &Checkpoints<'_>,
) -> Result<Vec<RowText<'a>>, Stopped> {
    let mut rows = Vec::new();
    reader.array("resources to be an array")?;
    reader.take_unreadable();
    while reader.element()? {
        let text = skip(reader, checkpoints)?;
        rows.push(RowText { text, unreadable: reader.take_unreadable() });
    }
    Ok(rows)
}

fn skip<'a>(reader: &mut Reader<'a>, checkpoints: &Checkpoints<'_>) -> Result<&'a str, Stopped> {
    let text = reader.skip()?;
    checkpoints.pass(text.len()).map_err(Stopped::Wait)?;
    Ok(text)
}
