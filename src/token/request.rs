//! One token request, as Vanta's page "Authorize using OAuth" describes it.
//!
//! Source: <https://developer.vanta.com/docs/authorize-using-oauth>. The endpoint takes JSON, not
//! the form of RFC 6749. There is no refresh token. A new token revokes the one before it.

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use super::response::TokenResponse;
use super::scopes::Scopes;
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Content, Http, Method, Request};
use crate::secret::Secret;

/// The largest content of a response that is read.
const MAX_CONTENT: u64 = 1 << 20;

#[derive(Serialize)]
pub(super) struct TokenRequest<'a> {
    pub(super) client_id: &'a str,
    #[serde(serialize_with = "expose")]
    pub(super) client_secret: Secret,
    #[serde(rename = "scope")]
    pub(super) scopes: Scopes,
    pub(super) grant_type: &'static str,
    /// Tells it apart from requests with other credentials or scopes.
    #[serde(skip)]
    pub(super) fingerprint: String,
}

impl TokenRequest<'_> {
    /// Sends the request once, and parses the response.
    pub(super) fn send(&self, http: &Http, deadline: &Deadline) -> Result<TokenResponse> {
        let body = self.body()?;
        let request = Request {
            method: Method::Post,
            path: "/oauth/token".to_owned(),
            bearer: None,
            content: Some(Content::Json(&body)),
            secrets: &[&self.client_secret],
            max_content: MAX_CONTENT,
            progress: None,
        };
        let response = http.send(&request, deadline).map_err(Error::without_excerpt)?;
        match response.is_redirect() {
            true => Err(response.redirect_refused().without_excerpt()),
            false => TokenResponse::parse(&response),
        }
    }

    fn body(&self) -> Result<Zeroizing<Vec<u8>>> {
        let secret = self.client_secret.expose();
        let length = self.client_id.len() + secret.len() + self.scopes.as_str().len();
        // Large enough for every character to be escaped: a buffer that grew would leave copies.
        let mut body = Zeroizing::new(Vec::with_capacity(6 * length + 128));
        serde_json::to_writer(&mut *body, self).map_err(|_| {
            Error::new(ErrorKind::Internal, "the token request could not be encoded")
        })?;
        Ok(body)
    }
}

fn expose<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

/// Whether the server may have seen the request that ended with this error, so that it counts.
pub(super) fn may_have_arrived(error: &Error) -> bool {
    let is_lost = |error: &Error| error.kind() == ErrorKind::TokenResponseLost;
    let has_response = error.http_status().is_some() && error.kind() != ErrorKind::ProxyRefused;
    let is_invalid = error.kind() == ErrorKind::InvalidTokenResponse;
    has_response || is_invalid || is_lost(error) || error.cause().is_some_and(is_lost)
}

/// Whether the request that ended with this error certainly made no token, and may be repeated.
pub(super) fn made_no_token(error: &Error) -> bool {
    let never_sent =
        matches!(error.kind(), ErrorKind::Resolve | ErrorKind::Connect | ErrorKind::Send);
    never_sent || error.http_status() == Some(503)
}
