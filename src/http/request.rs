//! What a request is made of. It can be sent again as it is.

use std::fmt;
use std::io::{self, Read};

use crate::event::ProgressHandler;
use crate::secret::Secret;

/// The methods of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
}

/// One request.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    /// Path and query below the origin. Never a secret: URLs are logged all over the world.
    pub(crate) path: String,
    /// The access token; `None` for a token request.
    pub(crate) bearer: Option<&'a Secret>,
    pub(crate) content: Option<Content<'a>>,
    /// What must not be shown should the response repeat it.
    pub(crate) secrets: &'a [&'a Secret],
    /// The largest response content that is read.
    pub(crate) max_content: u64,
    /// The progress handler, and the number of records that it is given.
    pub(crate) progress: Option<(&'a ProgressHandler, usize)>,
}

/// The content of a request, which can be read again.
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    Json(&'a [u8]),
    Stream(&'a dyn ContentStream),
}

/// Content of a known length, which is read anew for each attempt.
pub(crate) trait ContentStream {
    fn media_type(&self) -> &str;
    fn length(&self) -> u64;
    fn open(&self) -> io::Result<Box<dyn Read + '_>>;
}

impl Content<'_> {
    pub(super) fn media_type(&self) -> &str {
        match self {
            Content::Json(_) => "application/json",
            Content::Stream(stream) => stream.media_type(),
        }
    }

    pub(super) fn length(&self) -> u64 {
        match self {
            Content::Json(bytes) => bytes.len() as u64,
            Content::Stream(stream) => stream.length(),
        }
    }

    pub(super) fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        match self {
            Content::Json(bytes) => Ok(Box::new(*bytes)),
            Content::Stream(stream) => stream.open(),
        }
    }
}

impl fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({}, {} bytes)", self.media_type(), self.length())
    }
}
