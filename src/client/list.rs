//! What Vanta holds: rows as they were pushed, and the three dates that it adds.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Client;
use super::call::{Sent, Verb};
use super::judge::refusal;
use crate::body::check_resource_id;
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Answer, Method, without_mark};
use crate::resource::Kind;
use crate::retry::Twice;

impl Client {
    /// Reads what Vanta holds of `kind` for a resource, soft-deleted rows among it.
    pub fn list(&self, kind: &Kind, resource_id: &str) -> Result<Listing> {
        let listed = self.read(kind, resource_id, &self.start(), |answer, _| judge(&answer));
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
            turn: None,
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

/// One row: the record as it was pushed, and what Vanta added to it.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    #[serde(rename = "uniqueId")]
    unique_id: String,
    #[serde(rename = "createdAt", default)]
    created_at: Option<String>,
    #[serde(rename = "updatedAt", default)]
    updated_at: Option<String>,
    #[serde(rename = "deletedAt", default)]
    deleted_at: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Row {
    /// The record's own id.
    pub fn unique_id(&self) -> &str {
        &self.unique_id
    }

    /// When Vanta first saw the record (RFC 3339), where it says so.
    pub fn created_at(&self) -> Option<&str> {
        self.created_at.as_deref()
    }

    /// When Vanta last saw the record (RFC 3339), where it says so.
    pub fn updated_at(&self) -> Option<&str> {
        self.updated_at.as_deref()
    }

    /// When the record was left out of a push (RFC 3339); `None` for a live one.
    pub fn deleted_at(&self) -> Option<&str> {
        self.deleted_at.as_deref()
    }

    /// Whether the row is kept but no longer counts.
    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// The record as it was pushed, without what Vanta added.
    pub fn record(&self) -> Value {
        let mut record = self.rest.clone();
        record.insert("uniqueId".to_owned(), Value::String(self.unique_id.clone()));
        Value::Object(record)
    }

    /// The row as the server shows it, what Vanta added among it.
    pub fn whole(&self) -> Value {
        let mut whole = self.record();
        for (key, value) in [
            ("createdAt", &self.created_at),
            ("updatedAt", &self.updated_at),
            ("deletedAt", &self.deleted_at),
        ] {
            whole[key] = Value::from(value.as_deref());
        }
        whole
    }

    /// The record as a type of yours.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_value(self.record()).map_err(|error| {
            let message = format!("row {:?} is of another shape: {error}", self.unique_id);
            Error::new(ErrorKind::InvalidAnswer, message)
        })
    }
}

#[derive(Deserialize)]
struct Answered<T> {
    resources: Vec<T>,
    #[serde(rename = "pageInfo", default)]
    page_info: Option<PageInfo>,
}

/// This API does not page its lists; its sister does, in this form. Half a list must not pass.
#[derive(Deserialize)]
struct PageInfo {
    #[serde(rename = "hasNextPage", default)]
    has_next_page: bool,
}

fn judge(answer: &Answer) -> Result<Listing> {
    Ok(Listing { rows: rows(answer)? })
}

/// The rows of an answer that claims to be complete.
pub(super) fn rows<'a, T: Deserialize<'a>>(answer: &'a Answer) -> Result<Vec<T>> {
    if !answer.is_success() {
        return Err(refusal(answer));
    }
    let unusable = |why: String| answer.error(ErrorKind::InvalidAnswer, why).without_excerpt();
    let answered: Answered<T> = serde_json::from_slice(without_mark(&answer.body))
        .map_err(|error| unusable(format!("it is not a list of rows: {error}")))?;
    if answered.page_info.is_some_and(|page| page.has_next_page) {
        return Err(unusable("it says that there are more rows".to_owned()));
    }
    Ok(answered.resources)
}
