//! Makes a request body, whole and validated, from what a program has.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::Serialize;

use super::finite::not_finite;
use super::ndjson::Lines;
use super::parse::{Records, Scan, check_ids, malformed, refuse_mark};
use super::request::{Body, Leavers};
use super::resource_id::check_resource_id;
use super::size::{FARTHEST, LARGEST, Sizes, too_large};
use crate::config::unopened;
use crate::error::{Error, ErrorKind, Result, many};

impl Body {
    /// Makes a body from a whole request body: `{"resourceId": …, "resources": […]}`.
    ///
    /// # Errors
    ///
    /// [`InvalidPayload`](ErrorKind::InvalidPayload) where the text is not JSON of the right shape,
    /// [`PayloadTooLarge`](ErrorKind::PayloadTooLarge) where the body is too large, and
    /// [`InvalidUniqueId`](ErrorKind::InvalidUniqueId) or
    /// [`DuplicateUniqueId`](ErrorKind::DuplicateUniqueId) where an id is not usable or is used by
    /// two records.
    pub fn from_request(bytes: impl AsRef<[u8]> + Into<Vec<u8>>) -> Result<Body> {
        // Before they are copied, as they may have to be.
        check_size(bytes.as_ref().len(), bytes.as_ref())?;
        let (resource_id, unique_ids, members) = Scan::of(bytes.as_ref())?.checked()?;
        Ok(Body::new(bytes.into(), resource_id, unique_ids, members))
    }

    /// Makes a body from a file that holds a whole request body.
    ///
    /// # Errors
    ///
    /// As [`from_request`](Body::from_request), and [`UnreadableFile`](ErrorKind::UnreadableFile)
    /// where the file cannot be read.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Body> {
        from_file(path.as_ref(), Body::from_request)
    }

    /// Makes a body from a reader of a whole request body. When the reader fails, what was read
    /// before is not used.
    ///
    /// # Errors
    ///
    /// As [`from_request`](Body::from_request), and [`UnreadableFile`](ErrorKind::UnreadableFile)
    /// where the reader fails.
    pub fn from_reader(reader: impl Read) -> Result<Body> {
        Body::from_request(drain(reader, 0, failed)?)
    }

    /// Makes a body from the JSON array of the records.
    ///
    /// # Errors
    ///
    /// As [`from_request`](Body::from_request), and [`InvalidArgument`](ErrorKind::InvalidArgument)
    /// where the resource id is malformed.
    pub fn from_json_array(resource_id: &str, array: impl AsRef<[u8]>) -> Result<Body> {
        check_resource_id(resource_id)?;
        let array = array.as_ref();
        refuse_mark(array)?;
        let mut bytes = head(resource_id);
        check_size(bytes.len() + array.len() + TAIL.len(), array)?;
        let (unique_ids, members) = Records::of(array)?.checked()?;
        bytes.reserve_exact(array.len() + TAIL.len());
        bytes.extend_from_slice(array);
        bytes.extend_from_slice(TAIL);
        Ok(Body::new(bytes, resource_id.to_owned(), unique_ids, members))
    }

    /// Makes a body from lines, each the JSON object of one record (NDJSON). They end in LF or
    /// CRLF; the last one need not, and blank ones are skipped.
    ///
    /// A line that is cut is refused with its number. Lines that are missing altogether are not
    /// seen: nothing in this format says how many there are.
    ///
    /// ```
    /// let lines = "{\"uniqueId\": \"a\"}\n{\"uniqueId\": \"b\"}\n";
    /// let body = vanta::Body::from_ndjson("66f0c0ffee0000000000a002", lines)?;
    /// let sent = br#","resources":[{"uniqueId": "a"},{"uniqueId": "b"}]}"#;
    /// assert!(body.record_count() == 2 && body.as_bytes().ends_with(sent));
    /// # Ok::<(), vanta::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_request`](Body::from_request), and [`InvalidArgument`](ErrorKind::InvalidArgument)
    /// where the resource id is malformed.
    pub fn from_ndjson(resource_id: &str, lines: impl AsRef<[u8]>) -> Result<Body> {
        check_resource_id(resource_id)?;
        let lines = lines.as_ref();
        if lines.len() > FARTHEST {
            return Err(too_large(&many(lines.len(), "byte")));
        }
        let lines = Lines::of(lines)?;
        let mut bytes = head(resource_id);
        let size = bytes.len() + lines.size() + TAIL.len();
        if size > LARGEST {
            return Err(lines.too_large(size));
        }
        bytes.reserve_exact(size - bytes.len());
        lines.write(&mut bytes);
        bytes.extend_from_slice(TAIL);
        let (unique_ids, members) = (check_ids(lines.ids)?, lines.members.into_members());
        Ok(Body::new(bytes, resource_id.to_owned(), unique_ids, members))
    }

    /// Makes a body from a file of [lines](Body::from_ndjson).
    ///
    /// # Errors
    ///
    /// As [`from_ndjson`](Body::from_ndjson), and [`UnreadableFile`](ErrorKind::UnreadableFile)
    /// where the file cannot be read.
    pub fn from_ndjson_file(resource_id: &str, path: impl AsRef<Path>) -> Result<Body> {
        check_resource_id(resource_id)?;
        from_file(path.as_ref(), |lines| Body::from_ndjson(resource_id, lines))
    }

    /// Makes a body from a reader of [lines](Body::from_ndjson). When the reader fails, what was
    /// read before is not used.
    ///
    /// # Errors
    ///
    /// As [`from_ndjson`](Body::from_ndjson), and [`UnreadableFile`](ErrorKind::UnreadableFile)
    /// where the reader fails.
    pub fn from_ndjson_reader(resource_id: &str, reader: impl Read) -> Result<Body> {
        check_resource_id(resource_id)?;
        Body::from_ndjson(resource_id, drain(reader, 0, failed)?)
    }

    /// Makes a body from records of any type that serialises to a JSON object. A number that JSON
    /// does not have, NaN or an infinite one, is refused with its record and member. Serialising
    /// stops where the records have more than 167,772,160 bytes.
    ///
    /// # Errors
    ///
    /// As [`from_request`](Body::from_request), and [`InvalidArgument`](ErrorKind::InvalidArgument)
    /// where the resource id is malformed.
    pub fn from_records<T: Serialize>(resource_id: &str, records: &[T]) -> Result<Body> {
        check_resource_id(resource_id)?;
        let mut bytes = head(resource_id);
        let start = bytes.len();
        encode(&mut bytes, records)?;
        let array = &bytes[start..];
        check_size(bytes.len() + TAIL.len(), array)?;
        let read = Records::of(array)?;
        if read.has_null {
            refuse_not_finite(records)?;
        }
        let (unique_ids, members) = read.checked()?;
        bytes.extend_from_slice(TAIL);
        Ok(Body::new(bytes, resource_id.to_owned(), unique_ids, members))
    }
}

impl Body {
    /// Returns a body with the records of this one, each as it stands here, and `records`, which
    /// are `leavers`, after them.
    pub(crate) fn with_records(&self, records: &[String], leavers: Leavers) -> Result<Body> {
        if records.is_empty() {
            return Ok(self.clone());
        }
        let mut array = String::from("[");
        let mut add = |record: &str| {
            array.push_str(if array.len() > 1 { "," } else { "" });
            array.push_str(record);
        };
        self.each(|_, _, record| add(record));
        records.iter().for_each(|record| add(record));
        array.push(']');
        let body = Body::from_json_array(&self.resource_id, array)?;
        let mut ids = self.leavers.ids.clone();
        ids.extend(leavers.ids.iter().cloned());
        let deactivated = self.leavers.deactivated + leavers.deactivated;
        Ok(Body { leavers: Leavers { ids, deactivated }, ..body })
    }
}

/// Writes the array of the records behind what is in `bytes`. It stops where they are larger than
/// what is ever read.
fn encode<T: Serialize>(bytes: &mut Vec<u8>, records: &[T]) -> Result<()> {
    bytes.push(b'[');
    for (index, record) in records.iter().enumerate() {
        bytes.extend_from_slice(if index > 0 { b"," } else { b"" });
        let written = serde_json::to_writer(&mut *bytes, record);
        written.map_err(|error| malformed(format!("a record does not serialise ({error})")))?;
        if bytes.len() > FARTHEST {
            return Err(too_large(&format!("more than {}", many(FARTHEST, "byte"))));
        }
    }
    bytes.push(b']');
    Ok(())
}

/// Refuses numbers that JSON does not have. They were written as null, so most records have none.
fn refuse_not_finite<T: Serialize>(records: &[T]) -> Result<()> {
    let found = not_finite(records);
    match found.first() {
        None => Ok(()),
        Some(_) => Err(malformed("").with_violations(found)),
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
        _ if bytes > FARTHEST => Err(too_large(&many(bytes, "byte"))),
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
    let words = format!("the reader failed at byte {at} ({error})");
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
