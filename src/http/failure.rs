//! Errors on their way through ureq: ours pass it unchanged, its own are put into words.
//!
//! ureq returns an [`ureq::Error::Other`] of a resolver, connector or transport as it is, and the
//! reader of a response returns it inside an [`io::Error`]. That is not so of an
//! [`ureq::Error::Io`]: in a response without a length ureq takes some kinds of it for the end. So
//! no error of ours is passed as one.

use std::io;

use crate::error::{Error, ErrorKind, Stage};

/// Wraps an error of ours for ureq to return.
pub(super) fn wrap(error: Error) -> ureq::Error {
    ureq::Error::Other(Box::new(error))
}

/// The same for a function whose errors are those of input and output.
pub(super) fn wrap_io(error: Error) -> io::Error {
    wrap(error).into_io()
}

/// The error of a response's reader. ureq's own stay inside of it, with the words they have there.
pub(super) fn from_reader(error: io::Error) -> ureq::Error {
    match ureq::Error::from(error) {
        ours @ ureq::Error::Other(_) => ours,
        error => ureq::Error::Io(error.into_io()),
    }
}

/// The error that ureq returned, given how far the request had come.
pub(super) fn into_error(error: ureq::Error, step: Stage) -> Error {
    match error {
        ureq::Error::Other(other) => match other.downcast::<Error>() {
            Ok(ours) => *ours,
            Err(other) => explain(&ureq::Error::Other(other), step),
        },
        error => explain(&error, step),
    }
}

/// What a failure of ureq's own means.
fn explain(error: &ureq::Error, step: Stage) -> Error {
    let (kind, message) = match (error, step) {
        (ureq::Error::BodyExceedsLimit(cap), _) => {
            (ErrorKind::ResponseTooLarge, format!("more than {cap} bytes"))
        }
        (ureq::Error::Http(_) | ureq::Error::BadUri(_), _) => {
            (ErrorKind::Internal, "the request could not be built".to_owned())
        }
        (ureq::Error::Io(io), Stage::Wait | Stage::Read) => (ErrorKind::Receive, ended_early(io)),
        (error, Stage::Wait | Stage::Read) => (ErrorKind::Receive, invalid_http(error)),
        (error, _) => (ErrorKind::Send, error.to_string()),
    };
    Error::new(kind, message).at(step)
}

fn ended_early(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            "the server closed the connection before the response was complete".to_owned()
        }
        _ => error.to_string(),
    }
}

/// Why a response cannot be read as HTTP.
fn invalid_http(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Protocol(error) => format!(
            "the response is not valid HTTP ({}); a header field that goes on in the next \
             line (obs-fold) is not valid either",
            error.to_string().replace(": ", ", ")
        ),
        _ => "the response is not valid HTTP".to_owned(),
    }
}
