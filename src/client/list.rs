//! What Vanta holds: rows as they were pushed, and the three dates that it adds.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::call::Call;
use super::checkpoints::Checkpoints;
use super::handle::Client;
use super::list_response::{RowText, ended, invalid, is_deleted, refuse_duplicates, rows};
use super::row::{Head, Row};
use crate::clock::Deadline;
use crate::error::Result;
use crate::http::Response;
use crate::resource::Kind;
use crate::retry::Idempotency;

impl Client {
    /// Reads what Vanta holds of `kind` for a resource, soft-deleted rows among it.
    ///
    /// # Errors
    ///
    /// [`InvalidResponse`](crate::ErrorKind::InvalidResponse) where the response is not clearly the
    /// whole list: where a member beside the rows says that there are more, where a `uniqueId` is
    /// live twice, or where a `deletedAt` is neither null nor a timestamp. Any other kind of
    /// configuration, network, token or response: [`Error::action`](crate::Error::action) says what
    /// to do.
    pub fn list(&self, kind: &Kind, resource_id: &str) -> Result<Listing> {
        let listed = self.read_listing(kind, resource_id);
        listed.map_err(|error| error.in_operation(format!("listing {kind}")))
    }

    fn read_listing(&self, kind: &Kind, resource_id: &str) -> Result<Listing> {
        let deadline = self.start();
        let request = self.list_request(kind, resource_id)?;
        let mut call = Call::begin(self, &deadline, Idempotency::Idempotent)?;
        loop {
            let sent = call.send(&request);
            let listed = sent.and_then(|(response, _)| read_rows(response, &deadline));
            if let Some(rows) = call.end(listed)? {
                return Ok(Listing {
                    kind: kind.clone(),
                    resource_id: resource_id.to_owned(),
                    rows,
                });
            }
        }
    }
}

/// The rows of one resource, in the server's order. It can be iterated, by value or by reference.
#[derive(Clone, Debug)]
pub struct Listing {
    pub(super) kind: Kind,
    pub(super) resource_id: String,
    rows: Vec<Row>,
}

impl Listing {
    /// Returns the live rows.
    pub fn live(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| !row.is_deleted())
    }

    /// Returns the soft-deleted rows: records that were left out of a later push.
    pub fn deleted(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.is_deleted())
    }

    /// Returns all rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}

impl IntoIterator for Listing {
    type Item = Row;
    type IntoIter = std::vec::IntoIter<Row>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'a> IntoIterator for &'a Listing {
    type Item = &'a Row;
    type IntoIter = std::slice::Iter<'a, Row>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

fn read_rows(response: Response, deadline: &Deadline) -> Result<Vec<Row>> {
    let checkpoints = Checkpoints::new(deadline);
    let texts = rows(&response, &checkpoints)?;
    let mut found = Vec::with_capacity(texts.len());
    for (index, row) in texts.into_iter().enumerate() {
        let RowText { text, unreadable } = row;
        let at = response.range_of(text);
        checkpoints.pass(text.len()).map_err(|reason| ended(&response, reason))?;
        let unusable = |why: &dyn fmt::Display| {
            invalid(&response, format!("it is not a list of rows; row {index} - {why}"))
        };
        if let Some(what) = unreadable {
            return Err(unusable(&what));
        }
        let head = Head::of(text, at.start).map_err(|what| unusable(&what))?;
        is_deleted(head.deleted_at(&response.body)).map_err(|why| unusable(&why))?;
        found.push((at, head));
    }
    refuse_duplicates(&response, &duplicates(&response, &found))?;
    let list = Arc::new(response.body);
    Ok(found.into_iter().map(|(at, head)| Row::new(&list, at, head)).collect())
}

/// The ids of which there is more than one live row.
fn duplicates<'a>(response: &'a Response, rows: &'a [(Range<usize>, Head)]) -> Vec<&'a str> {
    let live = rows.iter().filter(|(_, head)| head.deleted_at(&response.body).is_none());
    let mut ids: Vec<&str> = live.map(|(_, head)| head.unique_id(&response.body)).collect();
    ids.sort_unstable();
    let mut duplicates: Vec<&str> =
        ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    duplicates.dedup();
    duplicates
}
