//! A file for a document, as a form of several parts (RFC 7578): streamed, and hashed on its way.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ring::digest::{Context, Digest, SHA256};
use ring::rand::{SecureRandom, SystemRandom};

use super::resource_id::check_id;
use crate::config::unopened;
use crate::error::{Error, ErrorKind, Result, many, shorten};
use crate::hex;
use crate::http::ContentStream;
use crate::schema::instant_ms;
use crate::sys;

/// What Vanta takes as evidence, and what it is called on the wire.
const MEDIA_TYPES: [(&str, &str); 11] = [
    ("pdf", "application/pdf"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("csv", "text/csv"),
    ("txt", "text/plain"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("webp", "image/webp"),
    ("zip", "application/zip"),
    ("ps", "application/postscript"),
];

/// A description is text for people. No limit of Vanta's is documented.
const LONGEST_DESCRIPTION: usize = 10_000;

/// A file to be uploaded for a document (`POST /v1/documents/{id}/uploads`).
///
/// ```
/// let upload = vanta::Upload::new("access-requests", "/srv/evidence/requests.pdf")
///     .effective_at_date("2026-01-31")
///     .description("Access requests of January");
/// ```
///
/// Source: <https://developer.vanta.com/reference/build-integrations.json>. The token needs the
/// scope `self:write-document`, which the configuration must name.
#[must_use = "each method returns it anew"]
#[derive(Clone, Debug)]
pub struct Upload {
    pub(crate) document_id: String,
    pub(crate) path: PathBuf,
    effective_at_date: Option<String>,
    description: Option<String>,
}

impl Upload {
    /// Returns an upload of the file at `path` for a document: its id or its slug.
    pub fn new(document_id: impl Into<String>, path: impl Into<PathBuf>) -> Upload {
        let (document_id, path) = (document_id.into(), path.into());
        Upload { document_id, path, effective_at_date: None, description: None }
    }

    /// Sets the day from which the evidence holds, as `YYYY-MM-DD`: ten bytes.
    pub fn effective_at_date(self, date: impl Into<String>) -> Upload {
        Upload { effective_at_date: Some(date.into()), ..self }
    }

    /// Sets a description of the file: at most 10,000 bytes.
    pub fn description(self, description: impl Into<String>) -> Upload {
        Upload { description: Some(description.into()), ..self }
    }

    fn check(&self) -> Result<()> {
        check_id("document", &self.document_id, "give the id or the slug that Vanta shows")?;
        let is_day =
            |day: &String| day.len() == 10 && instant_ms(&format!("{day}T00:00:00Z")).is_some();
        let size = self.description.as_ref().map_or(0, String::len);
        if size > LONGEST_DESCRIPTION {
            let most = many(LONGEST_DESCRIPTION, "byte");
            let words =
                format!("description has {}: at most {most} are allowed", many(size, "byte"));
            return Err(Error::new(ErrorKind::InvalidArgument, words));
        }
        match self.effective_at_date.as_ref().filter(|day| !is_day(day)) {
            None => Ok(()),
            Some(day) => {
                let words =
                    format!("effective_at_date {:?} is not a date; write YYYY-MM-DD", shorten(day));
                Err(Error::new(ErrorKind::InvalidArgument, words))
            }
        }
    }
}

/// The form around the file.
pub(crate) struct Form<'a> {
    path: &'a Path,
    pub(crate) size: u64,
    media_type: String,
    before: Vec<u8>,
    after: Vec<u8>,
    /// Of what was read of the file in the present attempt.
    hash: RefCell<Context>,
}

impl Form<'_> {
    pub(crate) fn new(upload: &Upload) -> Result<Form<'_>> {
        upload.check()?;
        let path = &upload.path;
        let size = open(path).map_err(|error| unopened(path, &error))?.1;
        if size == 0 {
            let words = format!("{} is empty", path.display());
            return Err(Error::new(ErrorKind::InvalidPayload, words));
        }
        let boundary = boundary()?;
        let mut before = Vec::new();
        let fields =
            [("effectiveAtDate", &upload.effective_at_date), ("description", &upload.description)];
        for (name, value) in fields {
            if let Some(value) = value {
                let head = format!("Content-Disposition: form-data; name=\"{name}\"");
                before.extend(format!("--{boundary}\r\n{head}\r\n\r\n{value}\r\n").bytes());
            }
        }
        let name = file_name(path);
        let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        let kind = format!("Content-Type: {}", media_type(path));
        before.extend(format!("--{boundary}\r\n{head}\r\n{kind}\r\n\r\n").bytes());
        Ok(Form {
            path,
            size,
            media_type: format!("multipart/form-data; boundary={boundary}"),
            before,
            after: format!("\r\n--{boundary}--\r\n").into_bytes(),
            hash: RefCell::new(Context::new(&SHA256)),
        })
    }

    /// Of the file as it was last read.
    pub(crate) fn digest(&self) -> Digest {
        self.hash.borrow().clone().finish()
    }
}

impl ContentStream for Form<'_> {
    fn media_type(&self) -> &str {
        &self.media_type
    }

    fn length(&self) -> u64 {
        self.size + (self.before.len() + self.after.len()) as u64
    }

    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        let (file, size) = open(self.path)?;
        if size != self.size {
            return Err(io::Error::other("its size changed between two attempts"));
        }
        self.hash.replace(Context::new(&SHA256));
        let file = Hashed { file, left: size, hash: &self.hash };
        Ok(Box::new(self.before.as_slice().chain(file).chain(self.after.as_slice())))
    }
}

/// Exactly as many bytes of a file as were promised.
struct Hashed<'a> {
    file: File,
    left: u64,
    hash: &'a RefCell<Context>,
}

impl Read for Hashed<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if room.is_empty() {
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(room.len());
        if most == 0 {
            return match self.file.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(io::Error::other("it grew while it was read")),
            };
        }
        let read = self.file.read(&mut room[..most])?;
        if read == 0 {
            return Err(io::Error::other("it became shorter while it was read"));
        }
        self.left -= read as u64;
        self.hash.borrow_mut().update(&room[..read]);
        Ok(read)
    }
}

fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = sys::file::open_to_read(path)?;
    let found = file.metadata()?;
    match found.is_file() {
        true => Ok((file, found.len())),
        false => Err(io::Error::other("it is not a regular file")),
    }
}

/// Text that stands in no file but by design.
fn boundary() -> Result<String> {
    let mut dice = [0; 16];
    let failed = |_| Error::new(ErrorKind::OutOfResources, "the system provides no random numbers");
    SystemRandom::new().fill(&mut dice).map_err(failed)?;
    Ok(format!("libvanta-{}", hex::encode(&dice)))
}

/// Quotes and line ends as browsers write them (RFC 7578 section 4.2).
fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn media_type(path: &Path) -> &'static str {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let known = MEDIA_TYPES.iter().find(|(known, _)| Some(*known) == ending.as_deref());
    known.map_or("application/octet-stream", |(_, name)| name)
}
