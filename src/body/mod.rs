//! The request body: encoded once, checked once, sent byte for byte.

mod check;
mod encode;
mod finite;
mod form;
mod lines;
mod members;
mod records;
mod rule;
mod scan;
mod similar_ids;
mod size;
mod top_level;
mod walk;
mod ways;

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
pub use check::{Checks, Report};
pub(crate) use form::Form;
pub use form::Upload;
pub use records::Records;
pub use rule::{Level, Rule};

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
/// assert_eq!(body.len(), 1);
/// # Ok::<(), vanta::Error>(())
/// ```
#[derive(Clone)]
pub struct Body {
    bytes: Vec<u8>,
    resource_id: String,
    unique_ids: Vec<String>,
}

impl Body {
    /// The resource id as shown in the console.
    pub fn resource_id(&self) -> &str {
        &self.resource_id
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.unique_ids.len()
    }

    /// Whether there are no records. To push such a body would delete all there are of its kind, so
    /// it is refused with [`EmptyPayload`](crate::ErrorKind::EmptyPayload).
    pub fn is_empty(&self) -> bool {
        self.unique_ids.is_empty()
    }

    /// The records' `uniqueId`s, in order.
    pub fn unique_ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.unique_ids.iter().map(String::as_str)
    }

    /// A program that found nothing by mistake must not delete everything at Vanta.
    pub(crate) fn refuse_empty(&self) -> Result<()> {
        if !self.is_empty() {
            return Ok(());
        }
        let why = "pushing it would delete every record of this kind; check that the source was \
                   read completely; if they are meant to go, allow it with \
                   PushOptions::allow_empty()";
        Err(Error::new(ErrorKind::EmptyPayload, why))
    }

    /// Shows each record: its position, its `uniqueId` and its text.
    pub(crate) fn each(&self, mut see: impl FnMut(usize, &str, &str)) {
        let mut ids = self.unique_ids.iter().enumerate();
        let walked = walk::each(self.as_bytes(), |record| {
            if let Some((index, id)) = ids.next() {
                see(index, id, record);
            }
        });
        walked.expect("the body was read when it was made");
    }

    /// The bytes that are sent.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, records, bytes) = (&self.resource_id, self.len(), self.bytes.len());
        write!(f, "Body({id}: {records} records, {bytes} bytes)")
    }
}

/// Resource ids are 24 hexadecimal digits or a slug; whatever else is there is a slip.
pub(crate) fn check_resource_id(id: &str) -> Result<()> {
    let rule = "give the id that the Developer Console shows for the resource";
    check_id("resource", id, rule)
}

fn check_id(what: &str, id: &str, rule: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if (1..=100).contains(&id.len()) && id.chars().all(plain) {
        return Ok(());
    }
    let shown: String = id.chars().take(100).collect();
    Err(Error::new(ErrorKind::InvalidArgument, format!("{what} id {shown:?} is malformed; {rule}")))
}
