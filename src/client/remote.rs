//! The remote state of a resource as a push must know it: ids, and each row's own text.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use zeroize::Zeroizing;

use super::call::{Call, RequestFacts};
use super::checkpoints::Checkpoints;
use super::handle::Client;
use super::list_response::{RowText, ended, invalid, is_deleted, refuse_duplicates, rows};
use super::row::id_and_dates;
use crate::body::Body;
use crate::clock::Deadline;
use crate::error::Result;
use crate::http::Response;
use crate::resource::Kind;
use crate::retry::Idempotency;

/// The rows of a list response, which is kept as it came: no tree of values is built.
pub(super) struct Remote {
    text: Zeroizing<Vec<u8>>,
    /// The live rows, by id.
    live: BTreeMap<String, Range<usize>>,
    /// All rows, soft-deleted ones among them.
    all: Vec<Range<usize>>,
}

impl Client {
    /// Reads the remote state, in a call of its own.
    pub(super) fn read_remote(
        &self,
        kind: &Kind,
        resource_id: &str,
        deadline: &Deadline,
    ) -> Result<(Remote, RequestFacts)> {
        let request = self.list_request(kind, resource_id)?;
        let mut call = Call::begin(self, deadline, Idempotency::Idempotent)?;
        loop {
            let read = call.send(&request).and_then(|(response, facts)| {
                Remote::read(response, deadline).map(|remote| (remote, facts))
            });
            if let Some(read) = call.end(read)? {
                return Ok(read);
            }
        }
    }
}

impl Remote {
    /// Reads the response to a list request. A list that shows an id live twice is refused: it may
    /// be put together from parts, and others may be missing.
    pub(super) fn read(response: Response, deadline: &Deadline) -> Result<Remote> {
        let checkpoints = Checkpoints::new(deadline);
        let texts = rows(&response, &checkpoints)?;
        let (mut live, mut duplicates) = (BTreeMap::new(), Vec::new());
        let mut all = Vec::with_capacity(texts.len());
        for RowText { text: row, .. } in texts {
            checkpoints.pass(row.len()).map_err(|reason| ended(&response, reason))?;
            let place = response.range_of(row);
            all.push(place.clone());
            if let Some(id) = live_id(&response, row)? {
                match live.entry(id) {
                    Entry::Vacant(entry) => drop(entry.insert(place)),
                    Entry::Occupied(entry) => duplicates.push(entry.key().clone()),
                }
            }
        }
        refuse_duplicates(&response, &duplicates.iter().map(String::as_str).collect::<Vec<_>>())?;
        Ok(Remote { text: response.body, live, all })
    }

    /// Number of live records.
    pub(super) fn count(&self) -> usize {
        self.live.len()
    }

    /// The ids of the live records.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.live.keys().map(String::as_str)
    }

    /// The live row of a record, as the server shows it.
    pub(super) fn row(&self, id: &str) -> Option<&[u8]> {
        self.live(id).map(|(_, row)| row)
    }

    /// The same, with its id.
    pub(super) fn live(&self, id: &str) -> Option<(&str, &[u8])> {
        let (id, range) = self.live.get_key_value(id)?;
        Some((id, &self.text[range.clone()]))
    }

    /// All rows, soft-deleted ones among them: what the service returns of a record at all.
    pub(super) fn all(&self) -> impl Iterator<Item = &[u8]> {
        self.all.iter().map(|range| &self.text[range.clone()])
    }

    /// The ids of live records that are not in a body.
    pub(super) fn ids_not_in(&self, body: &Body) -> Vec<&str> {
        let stays: HashSet<&str> = body.unique_ids().collect();
        self.ids().filter(|id| !stays.contains(id)).collect()
    }
}

/// The id of a row; `None` where it is soft-deleted.
fn live_id(response: &Response, row: &str) -> Result<Option<String>> {
    let unusable = |why: String| {
        invalid(response, format!("a row has no usable uniqueId or deletedAt: {why}"))
    };
    let (id, [deleted_at]) = id_and_dates(row, ["deletedAt"]).map_err(unusable)?;
    let deleted = is_deleted(deleted_at.as_deref()).map_err(|why| unusable(why.to_owned()))?;
    Ok((!deleted).then(|| id.into_owned()))
}
