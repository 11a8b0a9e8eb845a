//! The request body: encoded once, checked once, sent byte for byte.

mod check;
mod records;

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

pub use check::{Checks, Report, Rule};
pub use records::Records;

use crate::config::unreadable;
use crate::error::{Error, ErrorKind, Fault, Result};

/// The API's front answers a larger body with 413 (the limit of Amazon API Gateway, met by users:
/// <https://github.com/fleetdm/fleet/issues/39380>).
const LARGEST: u64 = 10_485_760;

/// The full state of one resource: a resource id and all its records, ready to be pushed.
///
/// A push replaces everything Vanta holds of the kind with what is in here. Building one proves
/// that it is JSON of the right shape, not empty, of an allowed size, and that each record has a
/// `uniqueId` of its own.
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
        check_resource_id(&scan.resource_id)?;
        let unique_ids = check_ids(scan.ids)?;
        Ok(Body { bytes, resource_id: scan.resource_id, unique_ids })
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
        let array = serde_json::to_vec(records).map_err(|error| {
            Error::new(ErrorKind::InvalidPayload, format!("a record does not serialise: {error}"))
        })?;
        Body::from_json_array(resource_id, array)
    }

    /// The resource id as shown in the console.
    pub fn resource_id(&self) -> &str {
        &self.resource_id
    }

    /// Number of records; never 0.
    pub fn len(&self) -> usize {
        self.unique_ids.len()
    }

    /// Always false: an empty set is not a body.
    pub fn is_empty(&self) -> bool {
        self.unique_ids.is_empty()
    }

    /// The records' `uniqueId`s, in order.
    pub fn unique_ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.unique_ids.iter().map(String::as_str)
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

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidPayload, message)
}

fn refuse_mark(bytes: &[u8]) -> Result<()> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(malformed("it begins with a byte order mark: write UTF-8 without one"));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(malformed("it is UTF-16: write UTF-8"));
    }
    Ok(())
}

fn check_size(bytes: u64) -> Result<()> {
    if bytes <= LARGEST {
        return Ok(());
    }
    let rule = "the limit is 10485760, and splitting would delete the other part: trim the records";
    Err(Error::new(ErrorKind::PayloadTooLarge, format!("{bytes} bytes; {rule}")))
}

/// Each id present, not blank, and its own.
fn check_ids(ids: Vec<Id>) -> Result<Vec<String>> {
    if ids.is_empty() {
        let why = "pushing it would delete every record of this kind";
        return Err(Error::new(ErrorKind::EmptyPayload, why));
    }
    let unusable: Vec<Fault> = ids.iter().enumerate().filter_map(unusable).collect();
    if !unusable.is_empty() {
        let count = format!("{} of {} records", unusable.len(), ids.len());
        return Err(Error::new(ErrorKind::InvalidUniqueId, count).with_faults(unusable));
    }
    let twins = twins(&ids);
    if !twins.is_empty() {
        let count = format!("{} of {} records", twins.len(), ids.len());
        return Err(Error::new(ErrorKind::DuplicateUniqueId, count).with_faults(twins));
    }
    Ok(ids.into_iter().filter_map(Id::into_text).collect())
}

fn unusable((index, id): (usize, &Id)) -> Option<Fault> {
    let message = match id {
        Id::Text(text) if !text.trim().is_empty() => return None,
        Id::Text(_) => "uniqueId is blank",
        Id::Missing => "uniqueId is missing",
        Id::NotText => "uniqueId is not a string",
    };
    Some(Fault { index: Some(index), message: message.to_owned(), ..Fault::default() })
}

fn twins(ids: &[Id]) -> Vec<Fault> {
    let mut first = HashMap::with_capacity(ids.len());
    let texts = ids.iter().filter_map(|id| match id {
        Id::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let found = texts.enumerate().filter_map(|(index, text)| {
        let earlier = *first.entry(text).or_insert(index);
        (earlier != index).then(|| Fault {
            index: Some(index),
            unique_id: Some(text.to_owned()),
            pointer: "/uniqueId".to_owned(),
            message: format!("the same uniqueId as record {earlier}"),
        })
    });
    found.collect()
}

/// What one pass over the bytes finds. No tree of values is built.
#[derive(Default)]
struct Scan {
    resource_id: String,
    ids: Vec<Id>,
}

enum Id {
    Text(String),
    Missing,
    NotText,
}

impl Id {
    fn into_text(self) -> Option<String> {
        match self {
            Id::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Scan {
    fn of(bytes: &[u8]) -> Result<Scan> {
        refuse_mark(bytes)?;
        let text = std::str::from_utf8(bytes).map_err(|error| {
            malformed(format!("byte {} is not valid UTF-8", error.valid_up_to()))
        })?;
        serde_json::from_str(text).map_err(|error| malformed(error.to_string()))
    }
}

impl<'de> Deserialize<'de> for Scan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scan, D::Error> {
        deserializer.deserialize_map(ScanVisitor)
    }
}

struct ScanVisitor;

impl<'de> Visitor<'de> for ScanVisitor {
    type Value = Scan;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with resourceId and resources")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scan, A::Error> {
        let (mut resource_id, mut ids) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resourceId" if resource_id.is_none() => resource_id = Some(map.next_value()?),
                "resources" if ids.is_none() => ids = Some(map.next_value::<Ids>()?.0),
                "resourceId" | "resources" => return Err(twice(&key)),
                _ => return Err(de::Error::custom(format_args!("unknown key {key:?}"))),
            }
        }
        let missing = |key| de::Error::custom(format_args!("{key} is missing"));
        Ok(Scan {
            resource_id: resource_id.ok_or_else(|| missing("resourceId"))?,
            ids: ids.ok_or_else(|| missing("resources"))?,
        })
    }
}

fn twice<E: de::Error>(key: &str) -> E {
    E::custom(format_args!("{key} stands there twice"))
}

struct Ids(Vec<Id>);

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Ids, D::Error> {
        deserializer.deserialize_seq(IdsVisitor)
    }
}

struct IdsVisitor;

impl<'de> Visitor<'de> for IdsVisitor {
    type Value = Ids;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<Ids, A::Error> {
        let mut ids = Vec::new();
        while let Some(id) = records.next_element_seed(Record(ids.len()))? {
            ids.push(id);
        }
        Ok(Ids(ids))
    }
}

/// Finds the `uniqueId` of the record at a position.
struct Record(usize);

impl<'de> DeserializeSeed<'de> for Record {
    type Value = Id;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Id, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Record {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} to be an object", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut record: A) -> Result<Id, A::Error> {
        let mut id = Id::Missing;
        while let Some(key) = record.next_key::<String>()? {
            if key != "uniqueId" {
                record.next_value::<IgnoredAny>()?;
            } else if matches!(id, Id::Missing) {
                id = record.next_value::<MaybeText>()?.into();
            } else {
                return Err(twice(&format!("uniqueId of record {}", self.0)));
            }
        }
        Ok(id)
    }
}

/// A string, or anything that is none.
#[derive(Deserialize)]
#[serde(untagged)]
enum MaybeText {
    Text(String),
    Other(IgnoredAny),
}

impl From<MaybeText> for Id {
    fn from(text: MaybeText) -> Id {
        match text {
            MaybeText::Text(text) => Id::Text(text),
            MaybeText::Other(_) => Id::NotText,
        }
    }
}
