//! A request body in memory, and what is known of it.

use std::collections::BTreeSet;
use std::fmt;

use super::iter;
use super::top_level::Members;
use crate::error::{Error, ErrorKind, Result};
use crate::json::Reader;

/// The full state of one resource: a resource id and all its records, ready to be pushed.
///
/// A push replaces everything Vanta holds of the kind with what is in here. Building one proves
/// that it is JSON of the right shape, of an allowed size, and that each record has a `uniqueId` of
/// its own. An empty set is a body too, and one that a push refuses.
///
/// ```
/// let records = serde_json::json!([{
///     "uniqueId": "job-7", "displayName": "Backup", "externalUrl": "https://jobs.example.com/7",
/// }]);
/// let body = vanta::Body::from_json_array("66f0c0ffee0000000000a002", records.to_string())?;
/// assert_eq!(body.record_count(), 1);
/// # Ok::<(), vanta::Error>(())
/// ```
#[derive(Clone)]
pub struct Body {
    pub(super) bytes: Vec<u8>,
    pub(super) resource_id: String,
    pub(super) unique_ids: Vec<String>,
    pub(super) members: Members,
    pub(super) leavers: Leavers,
}

/// The records that [`Body::with_leavers`] added.
#[derive(Clone, Default)]
pub(crate) struct Leavers {
    pub(crate) ids: BTreeSet<String>,
    /// How many of them the listing showed as not deactivated yet.
    pub(crate) deactivated: usize,
}

impl Body {
    pub(super) fn new(
        bytes: Vec<u8>,
        resource_id: String,
        unique_ids: Vec<String>,
        members: Members,
    ) -> Body {
        Body { bytes, resource_id, unique_ids, members, leavers: Leavers::default() }
    }

    /// Returns the resource id, as the Developer Console shows it.
    #[must_use]
    pub fn resource_id(&self) -> &str {
        &self.resource_id
    }

    /// Returns the number of records.
    #[must_use]
    pub fn record_count(&self) -> usize {
        self.unique_ids.len()
    }

    /// Returns whether there are no records. To push such a body would delete all records of its
    /// kind, so it is refused with [`EmptyPayload`](crate::ErrorKind::EmptyPayload).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.unique_ids.is_empty()
    }

    /// Returns the `uniqueId`s of the records, in order.
    pub fn unique_ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.unique_ids.iter().map(String::as_str)
    }

    /// Returns the names of the members that any record sets. A null, and an empty object of custom
    /// properties, set nothing.
    pub(crate) fn members(&self) -> &BTreeSet<String> {
        &self.members.set
    }

    pub(crate) fn leavers(&self) -> &Leavers {
        &self.leavers
    }

    pub(crate) fn is_leaver(&self, id: &str) -> bool {
        self.leavers.ids.contains(id)
    }

    /// Returns the number of records that are no leavers.
    pub(crate) fn source_count(&self) -> usize {
        self.record_count() - self.leavers.ids.len()
    }

    /// A program that found nothing by mistake must not delete everything at Vanta.
    pub(crate) fn refuse_empty(&self) -> Result<()> {
        if self.source_count() > 0 {
            return Ok(());
        }
        let harm = match self.is_empty() {
            true => "delete every record of this kind",
            false => "deactivate every account, as all of its records are leavers",
        };
        let why = format!(
            "pushing it would {harm}; check that the source was read completely; if that is \
             intended, allow it with PushOptions::allow_empty()"
        );
        Err(Error::new(ErrorKind::EmptyPayload, why))
    }

    /// Calls `with` with each record: its position, its `uniqueId` and its text.
    pub(crate) fn each(&self, mut with: impl FnMut(usize, &str, &str)) {
        self.each_reader(|index, id, reader| with(index, id, reader.skip().unwrap_or_default()));
    }

    /// Calls `with` with each record: its position, its `uniqueId` and a reader before it. It reads
    /// the record.
    pub(super) fn each_reader<'a>(&'a self, mut with: impl FnMut(usize, &str, &mut Reader<'a>)) {
        let text = std::str::from_utf8(&self.bytes).expect("the body was read when it was made");
        let mut ids = self.unique_ids.iter().enumerate();
        let read = iter::each(&mut Reader::new(text), |reader| match ids.next() {
            Some((index, id)) => {
                with(index, id, reader);
                Ok(())
            }
            None => reader.skip().map(drop),
        });
        debug_assert_eq!(read, Ok(()));
    }

    /// Returns the length in bytes of what a push sends.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the bytes that a push sends.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, records, bytes) = (&self.resource_id, self.record_count(), self.byte_len());
        write!(f, "Body({id}: {records} records, {bytes} bytes)")
    }
}
