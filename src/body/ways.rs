//! The ways in: each ends in one request body, whole and checked, or in an error.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::Serialize;

use super::encode::encode;
use super::lines::Lines;
use super::scan::{Id, Scan, check_ids, malformed, refuse_mark};
use super::size::{FARTHEST, LARGEST, Sizes, too_large};
use super::{Body, check_resource_id};
use crate::config::unopened;
use crate::error::{Error, ErrorKind, Result, many};

impl Body {
    /// From a whole request body: `{"resourceId": …, "resources": […]}`.
    pub fn from_request(bytes: impl Into<Vec<u8>>) -> Result<Body> {
        let bytes = bytes.into();
        check_size(bytes.len(), &bytes)?;
        let (resource_id, unique_ids) = Scan::of(&bytes)?.checked()?;
        Ok(Body { bytes, resource_id, unique_ids })
    }

    /// From a file that holds a whole request body.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Body> {
        from_file(path.as_ref(), Body::from_request)
    }

    /// From a reader of a whole request body. An error of the reader's is an error: what came
    /// before it is never pushed.
    pub fn from_reader(reader: impl Read) -> Result<Body> {
        Body::from_request(drain(reader, 0, failed)?)
    }

    /// From the JSON array of the records.
    pub fn from_json_array(resource_id: &str, array: impl AsRef<[u8]>) -> Result<Body> {
        check_resource_id(resource_id)?;
        let array = array.as_ref();
        refuse_mark(array)?;
        let mut bytes = head(resource_id);
        check_size(bytes.len() + array.len() + TAIL.len(), array)?;
        bytes.reserve_exact(array.len() + TAIL.len());
        bytes.extend_from_slice(array);
        bytes.extend_from_slice(TAIL);
        Body::from_request(bytes)
    }

    /// From lines, each the JSON object of one record (NDJSON). They end in LF or CRLF; the last
    /// one need not, and blank ones are skipped.
    ///
    /// A line that is cut is refused with its number. Lines that are missing altogether are not
    /// seen: nothing in this format says how many there are.
    ///
    /// ```
    /// let lines = "{\"uniqueId\": \"a\"}\n{\"uniqueId\": \"b\"}\n";
    /// let body = vanta::Body::from_ndjson("66f0c0ffee0000000000a002", lines)?;
    /// let sent = br#","resources":[{"uniqueId": "a"},{"uniqueId": "b"}]}"#;
    /// assert!(body.len() == 2 && body.as_bytes().ends_with(sent));
    /// # Ok::<(), vanta::Error>(())
    /// ```
    pub fn from_ndjson(resource_id: &str, lines: impl AsRef<[u8]>) -> Result<Body> {
        check_resource_id(resource_id)?;
        let lines = Lines::of(lines.as_ref())?;
        let mut bytes = head(resource_id);
        let size = bytes.len() + lines.size() + TAIL.len();
        if size > LARGEST {
            return Err(lines.too_large(size));
        }
        bytes.reserve_exact(size - bytes.len());
        lines.write(&mut bytes);
        bytes.extend_from_slice(TAIL);
        let unique_ids = check_ids(lines.ids)?;
        Ok(Body { bytes, resource_id: resource_id.to_owned(), unique_ids })
    }

    /// From a file of [lines](Body::from_ndjson).
    pub fn from_ndjson_file(resource_id: &str, path: impl AsRef<Path>) -> Result<Body> {
        check_resource_id(resource_id)?;
        from_file(path.as_ref(), |lines| Body::from_ndjson(resource_id, lines))
    }

    /// From a reader of [lines](Body::from_ndjson). An error of the reader's is an error: what came
    /// before it is never pushed.
    pub fn from_ndjson_reader(resource_id: &str, reader: impl Read) -> Result<Body> {
        check_resource_id(resource_id)?;
        Body::from_ndjson(resource_id, drain(reader, 0, failed)?)
    }

    /// From records of any type that serialises to a JSON object.
    pub fn from_records<T: Serialize>(resource_id: &str, records: &[T]) -> Result<Body> {
        check_resource_id(resource_id)?;
        let mut bytes = head(resource_id);
        let ids = encode(&mut bytes, records)
            .map_err(|error| malformed(format!("a record does not serialise: {error}")))?;
        bytes.extend_from_slice(TAIL);
        match ids {
            Some(ids) if bytes.len() <= LARGEST => {
                let unique_ids = check_ids(ids.into_iter().map(Id::Text).collect())?;
                Ok(Body { bytes, resource_id: resource_id.to_owned(), unique_ids })
            }
            _ => Body::from_request(bytes),
        }
    }
}

/// What stands before the array of records, and behind it.
fn head(resource_id: &str) -> Vec<u8> {
    format!("{{\"resourceId\":\"{resource_id}\",\"resources\":").into_bytes()
}

const TAIL: &[u8] = b"}";

/// `json` holds the records of the request body whose size this is.
fn check_size(bytes: usize, json: &[u8]) -> Result<()> {
    match bytes {
        0..=LARGEST => Ok(()),
        _ => Err(Sizes::error(bytes, json)),
    }
}

fn from_file(path: &Path, make: impl FnOnce(Vec<u8>) -> Result<Body>) -> Result<Body> {
    let file = File::open(path).map_err(|error| unopened(path, &error))?;
    let size = file.metadata().map_err(|error| unopened(path, &error))?.len();
    let bytes = drain(file, size, |_, error| unopened(path, &error));
    bytes.and_then(make).map_err(|error| match error.kind() {
        ErrorKind::UnreadableFile | ErrorKind::OutOfResources => error,
        _ => error.about(&path.display().to_string()),
    })
}

fn failed(at: usize, error: io::Error) -> Error {
    let words = format!("the reader failed at byte {at}: {error}");
    Error::new(ErrorKind::UnreadableFile, words)
}

/// All that a reader has, of which so much is expected; nothing when it fails on the way.
fn drain(
    reader: impl Read,
    expected: u64,
    failed: impl FnOnce(usize, io::Error) -> Error,
) -> Result<Vec<u8>> {
    let expected = usize::try_from(expected).unwrap_or(usize::MAX);
    if expected > FARTHEST {
        return Err(too_large(&many(expected, "byte")));
    }
    let mut bytes = Vec::with_capacity(expected);
    let read = reader.take(FARTHEST as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| failed(bytes.len(), error))?;
    match bytes.len() {
        0..=FARTHEST => Ok(bytes),
        _ => Err(too_large(&format!("more than {}", many(FARTHEST, "byte")))),
    }
}
