//! One token request, as Vanta's page "Authorize using OAuth" means it.
//!
//! Source: <https://developer.vanta.com/docs/authorize-using-oauth>. The endpoint takes JSON, not
//! the form of RFC 6749; there is no refresh token; a new token kills the one before it.

use serde::Serialize;
use zeroize::Zeroizing;

use super::answer::{self, Grant};
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Content, Http, Method, Request};
use crate::secret::Secret;

/// The largest answer that is read.
const CAP: u64 = 1 << 20;

/// What is asked with.
pub(super) struct Ask<'a> {
    pub(super) client_id: &'a str,
    pub(super) secret: &'a Secret,
    pub(super) scope: &'a str,
}

#[derive(Serialize)]
struct Wire<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    scope: &'a str,
    grant_type: &'static str,
}

/// Asks once.
pub(super) fn mint(http: &Http, ask: &Ask<'_>, deadline: &Deadline) -> Result<Grant> {
    let body = encode(ask)?;
    let request = Request {
        method: Method::Post,
        path: "/oauth/token".to_owned(),
        bearer: None,
        content: Some(Content::Json(&body)),
        secrets: &[ask.secret],
        max_content: CAP,
        progress: None,
    };
    let response = http.send(&request, deadline).map_err(Error::without_excerpt)?;
    match response.is_redirect() {
        true => Err(response.redirect_refused().without_excerpt()),
        false => answer::judge(&response),
    }
}

/// Whether the server may have seen the request, so that it counts.
pub(super) fn reached(error: &Error) -> bool {
    let lost = |error: &Error| error.kind() == ErrorKind::TokenAnswerLost;
    let answered = error.status().is_some() && error.kind() != ErrorKind::ProxyRefused;
    let judged = error.kind() == ErrorKind::InvalidTokenAnswer;
    answered || judged || lost(error) || error.cause().is_some_and(lost)
}

/// Whether it certainly made no token, and may be repeated.
pub(super) fn made_no_token(error: &Error) -> bool {
    let never_left =
        matches!(error.kind(), ErrorKind::Resolve | ErrorKind::Connect | ErrorKind::Send);
    never_left || error.status() == Some(503)
}

fn encode(ask: &Ask<'_>) -> Result<Zeroizing<Vec<u8>>> {
    let Ask { client_id, scope, .. } = *ask;
    let client_secret = ask.secret.expose();
    // Large enough for every character to be escaped: a buffer that grew would leave copies.
    let room = 6 * (client_id.len() + client_secret.len() + scope.len()) + 128;
    let mut body = Zeroizing::new(Vec::with_capacity(room));
    let grant_type = "client_credentials";
    serde_json::to_writer(&mut *body, &Wire { client_id, client_secret, scope, grant_type })
        .map_err(|_| Error::new(ErrorKind::Internal, "the token request could not be encoded"))?;
    Ok(body)
}
