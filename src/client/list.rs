//! What Vanta holds: rows as they were pushed, and the three dates that it adds.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::Client;
use super::call::{Sent, Verb};
use super::row::{Head, Row};
use super::rows::{Checkpoints, ended, invalid, is_deleted, refuse_twice, rows};
use crate::body::check_resource_id;
use crate::clock::Deadline;
use crate::error::Result;
use crate::http::{Method, Response};
use crate::resource::Kind;
use crate::retry::Idempotency;

impl Client {
    /// Reads what Vanta holds of `kind` for a resource, soft-deleted rows among it.
    ///
    /// Fails with [`InvalidAnswer`](crate::ErrorKind::InvalidAnswer) where the response is not
    /// clearly the whole list: where a member beside the rows says that there are more, where a
    /// `uniqueId` is live twice, or where a `deletedAt` is neither null nor a timestamp.
    pub fn list(&self, kind: &Kind, resource_id: &str) -> Result<Listing> {
        let deadline = self.start();
        let listed =
            self.read(kind, resource_id, &deadline, |answer, _| listing(answer, &deadline));
        listed.map_err(|error| error.in_operation(format!("listing {kind}")))
    }

    /// Reads the rows of a resource, as `judge` understands them.
    pub(super) fn read<T>(
        &self,
        kind: &Kind,
        resource_id: &str,
        deadline: &Deadline,
        judge: impl Fn(Response, Sent) -> Result<T>,
    ) -> Result<T> {
        self.call(&self.list_request(kind, resource_id)?, deadline, judge)
    }

    /// The request for the rows of a resource.
    pub(super) fn list_request(&self, kind: &Kind, resource_id: &str) -> Result<Verb<'static>> {
        check_resource_id(resource_id)?;
        Ok(Verb {
            method: Method::Get,
            path: format!("/v1/resources/{kind}?resourceId={resource_id}"),
            content: None,
            records: 0,
            twice: Idempotency::Idempotent,
            cap: self.shared.list_cap,
        })
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

fn listing(answer: Response, deadline: &Deadline) -> Result<Listing> {
    let checkpoints = Checkpoints::new(deadline);
    let texts = rows(&answer, &checkpoints)?;
    let mut found = Vec::with_capacity(texts.len());
    for (index, row) in texts.into_iter().enumerate() {
        let (text, at) = (row.get(), answer.range_of(row.get()));
        checkpoints.pass(text.len()).map_err(|reason| ended(&answer, reason))?;
        let unusable = |why: &dyn fmt::Display| {
            invalid(&answer, format!("it is not a list of rows; row {index} - {why}"))
        };
        let head = Head::of(text, at.start).map_err(|error| unusable(&error))?;
        is_deleted(head.deleted_at(&answer.body)).map_err(|why| unusable(&why))?;
        found.push((at, head));
    }
    refuse_twice(&answer, &twice(&answer, &found))?;
    let list = Arc::new(answer.body);
    let rows = found.into_iter().map(|(at, head)| Row::new(&list, at, head)).collect();
    Ok(Listing { rows })
}

/// The ids of which there is more than one live row.
fn twice<'a>(answer: &'a Response, rows: &'a [(Range<usize>, Head)]) -> Vec<&'a str> {
    let live = rows.iter().filter(|(_, head)| head.deleted_at(&answer.body).is_none());
    let mut ids: Vec<&str> = live.map(|(_, head)| head.unique_id(&answer.body)).collect();
    ids.sort_unstable();
    let mut twice: Vec<&str> =
        ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    twice.dedup();
    twice
}
