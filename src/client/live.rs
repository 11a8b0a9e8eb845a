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
use crate::schema::instant_ms;

/// The live rows of an answer, which is kept as it came: no tree of values is built.
pub(super) struct Live {
    text: Zeroizing<Vec<u8>>,
    rows: BTreeMap<String, Range<usize>>,
    count: usize,
    /// The ids of which there is more than one live row.
    pub(super) twice: Vec<String>,
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
        let (mut rows, mut twice, mut count) = (BTreeMap::new(), Vec::new(), 0);
        for row in list::rows::<&RawValue>(&answer)? {
            let unusable = |why: String| {
                let words = format!("a row has no usable uniqueId or deletedAt: {why}");
                answer.error(ErrorKind::InvalidAnswer, words).without_excerpt()
            };
            let head: Head =
                serde_json::from_str(row.get()).map_err(|error| unusable(error.to_string()))?;
            match head.deleted_at.as_deref().map(instant_ms) {
                Some(Some(_)) => continue,
                Some(None) => return Err(unusable("deletedAt is no timestamp".to_owned())),
                None => count += 1,
            }
            let id = head.unique_id;
            if rows.insert(id.clone(), answer.place(row.get())).is_some() {
                twice.push(id);
            }
        }
        let (status, request_id) = (answer.status, answer.request_id().map(str::to_owned));
        Ok(Live { text: answer.body, rows, count, twice, status, request_id })
    }

    /// How many rows are live.
    pub(super) fn count(&self) -> usize {
        self.count
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
