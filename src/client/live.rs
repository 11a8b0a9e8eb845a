//! What is live of a resource, as far as a push must know it: ids, and each record's own text.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::list;
use crate::body::Body;
use crate::error::{ErrorKind, Result};
use crate::http::Answer;

/// The live rows of an answer, which is kept as it came: no tree of values is built.
pub(super) struct Live {
    text: Zeroizing<Vec<u8>>,
    rows: BTreeMap<String, Range<usize>>,
    pub(super) status: u16,
    pub(super) request_id: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "uniqueId")]
    unique_id: String,
    #[serde(rename = "deletedAt", default)]
    deleted_at: Option<String>,
}

impl Live {
    pub(super) fn judge(answer: Answer) -> Result<Live> {
        let mut rows = BTreeMap::new();
        let start = answer.body.as_ptr() as usize;
        for row in list::rows::<&RawValue>(&answer)? {
            let head: Head = serde_json::from_str(row.get()).map_err(|error| {
                let words = format!("a row has no usable uniqueId or deletedAt: {error}");
                answer.error(ErrorKind::InvalidAnswer, words).without_excerpt()
            })?;
            if head.deleted_at.is_none() {
                // The row's text lies inside the answer's.
                let at = row.get().as_ptr() as usize - start;
                rows.insert(head.unique_id, at..at + row.get().len());
            }
        }
        let (status, request_id) = (answer.status, answer.request_id().map(str::to_owned));
        Ok(Live { text: answer.body, rows, status, request_id })
    }

    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// The row of a record, as the server shows it.
    pub(super) fn row(&self, id: &str) -> Option<&[u8]> {
        self.rows.get(id).map(|range| &self.text[range.clone()])
    }

    /// What is live and would not be any more.
    pub(super) fn left_out(&self, body: &Body) -> Vec<&str> {
        let stays: HashSet<&str> = body.unique_ids().collect();
        self.ids().filter(|id| !stays.contains(id)).collect()
    }
}
