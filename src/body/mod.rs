//! The request body: encoded once, checked once, sent byte for byte.

mod check;
mod scan;

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Serialize;

pub use check::{Checks, Level, Report, Rule};
use scan::{Scan, malformed, refuse_mark};

use crate::config::unreadable;
use crate::error::{Error, ErrorKind, Result};

/// The API's front answers a larger body with 413 (the limit of Amazon API Gateway, met by users:
/// <https://github.com/fleetdm/fleet/issues/39380>).
const LARGEST: u64 = 10_485_760;

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
    /// From a whole request body: `{"resourceId": …, "resources": […]}`.
    pub fn from_request(bytes: impl Into<Vec<u8>>) -> Result<Body> {
        let bytes = bytes.into();
        check_size(bytes.len() as u64)?;
        let scan = Scan::of(&bytes)?;
        let (resource_id, unique_ids) = scan.checked()?;
        Ok(Body { bytes, resource_id, unique_ids })
    }

    /// From a file that holds a whole request body.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Body> {
        let path = path.as_ref();
        let failed = |error| unreadable(path, error);
        let about = |error: Error| error.about(&path.display().to_string());
        let file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        check_size(size).map_err(about)?;
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
        Body::from_request(bytes).map_err(about)
    }

    /// From the JSON array of the records.
    pub fn from_json_array(resource_id: &str, array: impl AsRef<[u8]>) -> Result<Body> {
        check_resource_id(resource_id)?;
        let array = array.as_ref();
        refuse_mark(array)?;
        let mut bytes = Vec::with_capacity(array.len() + resource_id.len() + 40);
        for part in [b"{\"resourceId\":\"", resource_id.as_bytes(), b"\",\"resources\":", array] {
            bytes.extend_from_slice(part);
        }
        bytes.push(b'}');
        Body::from_request(bytes)
    }

    /// From records of any type that serialises to a JSON object.
    pub fn from_records<T: Serialize>(resource_id: &str, records: &[T]) -> Result<Body> {
        let array = serde_json::to_vec(records)
            .map_err(|error| malformed(format!("a record does not serialise: {error}")))?;
        Body::from_json_array(resource_id, array)
    }

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
        let why = "pushing it would delete every record of this kind";
        Err(Error::new(ErrorKind::EmptyPayload, why))
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
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if (1..=100).contains(&id.len()) && id.chars().all(plain) {
        return Ok(());
    }
    let shown: String = id.chars().take(100).collect();
    let rule = "give the id that the Developer Console shows for the resource";
    Err(Error::new(ErrorKind::InvalidArgument, format!("resource id {shown:?}: {rule}")))
}

fn check_size(bytes: u64) -> Result<()> {
    if bytes <= LARGEST {
        return Ok(());
    }
    let rule = "the limit is 10485760, and splitting would delete the other part: trim the records";
    Err(Error::new(ErrorKind::PayloadTooLarge, format!("{bytes} bytes; {rule}")))
}
