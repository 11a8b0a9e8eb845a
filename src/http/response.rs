//! A response: status, content, the header fields that are used, and its message.

use std::ops::Range;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use ureq::http::HeaderMap;
use ureq::http::response::Parts;
use zeroize::Zeroizing;

use super::excerpt::SecretFilter;
use super::{html, json};
use crate::error::{Error, ErrorKind, Facts, Stage};
use crate::retry;

/// Longer content is rows, and holds no message.
const LONGEST_MESSAGE: usize = 1 << 20;

/// As many bytes of the content show whether it is text.
const LOOKED_AT: usize = 512;

/// Where the fronts of the API put the id of a request, best first.
const REQUEST_ID: [&str; 5] =
    ["x-amzn-requestid", "x-amz-cf-id", "x-amz-apigw-id", "x-request-id", "x-amzn-trace-id"];

/// Where gateways and servers name the next part of a list.
const NEXT_PART: [&str; 4] =
    ["x-next-page", "x-next-cursor", "x-ms-continuation", "x-continuation-token"];

/// Where they state how many rows there are in all.
const TOTAL: [&str; 2] = ["x-total-count", "x-total"];

/// A complete response.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Zeroizing<Vec<u8>>,
    /// Whether the request was sent completely. A success response to a partial request is not
    /// trusted.
    pub(crate) sent_completely: bool,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    /// When the response was made, by the server's clock.
    date: Option<SystemTime>,
    pub(super) location: Option<String>,
    required_scope: Option<String>,
    /// Whether a header field asks for an access token (RFC 6750 section 3).
    has_bearer_challenge: bool,
    has_challenge: bool,
    /// Who sent the response, and which gateways passed it on, as header fields say.
    pub(super) server: Option<String>,
    pub(super) via: Option<String>,
    /// How the body is compressed, if it is.
    pub(super) content_encoding: Option<String>,
    /// The header field that names a next part of a list.
    next_part: Option<&'static str>,
    /// The number of rows in all parts of a list.
    total: Option<u64>,
    filter: SecretFilter,
}

impl Response {
    pub(super) fn new(
        parts: &Parts,
        body: Zeroizing<Vec<u8>>,
        filter: SecretFilter,
        wall: Duration,
    ) -> Response {
        let quoted = |name| header(&parts.headers, name).map(|text| filter.quote(text));
        let retry_after = parts.headers.get_all("retry-after").iter().filter_map(|value| {
            retry::retry_after(value.to_str().ok()?, header(&parts.headers, "date"), wall)
        });
        Response {
            status: parts.status.as_u16(),
            request_id: REQUEST_ID.into_iter().find_map(quoted),
            retry_after: retry_after.max(),
            date: header(&parts.headers, "date")
                .and_then(|text| httpdate::parse_http_date(text).ok()),
            location: quoted("location"),
            required_scope: quoted("www-authenticate").and_then(|text| scope(&text)),
            has_bearer_challenge: has_bearer_challenge(&parts.headers),
            has_challenge: parts.headers.contains_key("www-authenticate"),
            server: quoted("server"),
            via: quoted("via"),
            content_encoding: quoted("content-encoding")
                .filter(|coding| !coding.eq_ignore_ascii_case("identity")),
            next_part: next_part(&parts.headers),
            total: TOTAL.iter().find_map(|name| header(&parts.headers, name)?.trim().parse().ok()),
            body,
            sent_completely: true,
            filter,
        }
    }

    pub(crate) fn is_redirect(&self) -> bool {
        (300..400).contains(&self.status)
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The header field that says that a list of `rows` rows is only a part.
    pub(crate) fn partial_list(&self, rows: usize) -> Option<&'static str> {
        let larger = self.total.is_some_and(|total| total > rows as u64);
        self.next_part.or(larger.then_some("x-total-count"))
    }

    /// The scope that the response says is missing (RFC 6750 section 3). A gateway's document
    /// names none.
    pub(crate) fn required_scope(&self) -> Option<&str> {
        self.required_scope.as_deref().filter(|_| !self.is_markup())
    }

    pub(crate) fn has_bearer_challenge(&self) -> bool {
        self.has_bearer_challenge
    }

    /// Whether the response asks for credentials of any scheme.
    pub(crate) fn has_challenge(&self) -> bool {
        self.has_challenge
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the body is markup, which none of Vanta's own responses is.
    pub(crate) fn is_markup(&self) -> bool {
        without_bom(&self.body).trim_ascii_start().starts_with(b"<")
    }

    /// The body as JSON; `None` where it is not JSON, or has a member twice.
    pub(crate) fn json(&self) -> Option<Value> {
        json::parse(without_bom(&self.body)).ok()
    }

    /// Where in the body a part of it stands.
    pub(crate) fn range_of(&self, part: &str) -> Range<usize> {
        let at = part.as_ptr() as usize - self.body.as_ptr() as usize;
        at..at + part.len()
    }

    /// Text for people, cleaned and with secrets hidden.
    pub(crate) fn quote(&self, text: &str) -> String {
        self.filter.quote(text)
    }

    /// An error with all facts of this response.
    pub(crate) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        let excerpt = self.quote(&self.message());
        Error::new(kind, message).at(Stage::Read).with_facts(Facts {
            status: Some(self.status),
            request_id: self.request_id.clone(),
            retry_after: self.retry_after,
            date: self.date,
            oauth_error: self.oauth_error(),
            excerpt: Some(excerpt).filter(|excerpt| !excerpt.is_empty()),
            attempts: 1,
            sent: self.sent_completely,
            ..Facts::default()
        })
    }

    pub(crate) fn oauth_error(&self) -> Option<String> {
        Some(self.quote(self.message_json()?.get("error")?.as_str()?))
    }

    /// The body as JSON, where it is as short as what is meant for people.
    fn message_json(&self) -> Option<Value> {
        (self.body.len() <= LONGEST_MESSAGE).then(|| self.json()).flatten()
    }

    /// The message for people: the one in JSON, the text of HTML, or all of the body.
    pub(crate) fn message(&self) -> String {
        if let Some(texts) = self.messages() {
            return texts.join("; ");
        }
        if self.compression().is_some() {
            return String::new();
        }
        // Secrets are hidden in far more than is shown: half a secret is one too.
        let start = &self.body[..self.body.len().min(LONGEST_MESSAGE)];
        html::text(&self.filter.hide(&String::from_utf8_lossy(start)))
    }

    /// Describes a body that was compressed against the request's will; there is no decoder.
    pub(crate) fn compression(&self) -> Option<String> {
        // A field that is wrong does no harm.
        let coding = self.content_encoding.as_deref().filter(|_| !is_text(&self.body))?;
        Some(format!(
            "the response is compressed (Content-Encoding {coding}), which the request forbids; \
             have the gateway that does so stop it"
        ))
    }

    /// The messages in JSON: one text, or a list of texts. The name `error` may stand beside such a
    /// list, and is less specific.
    pub(crate) fn messages(&self) -> Option<Vec<String>> {
        let json = self.message_json()?;
        let text = |name: &&str| Some(vec![json.get(*name)?.as_str()?.to_owned()]);
        let single = ["error_description", "error", "message"];
        let found = texts(json.get("message")).or_else(|| single.iter().find_map(text));
        found.or_else(|| texts(json.get("error")))
    }
}

/// Whether the beginning of a body is text.
fn is_text(body: &[u8]) -> bool {
    let start = &body[..body.len().min(LOOKED_AT)];
    let is_control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    // At its end a character may be cut.
    let is_utf8 =
        std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_utf8 && !start.iter().any(is_control)
}

/// A list of texts that is not empty.
fn texts(list: Option<&Value>) -> Option<Vec<String>> {
    let list = list?.as_array().filter(|list| !list.is_empty())?;
    list.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

/// RFC 8259 section 8.1 lets a reader ignore a byte order mark.
pub(crate) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().filter(|value| !value.is_empty())
}

/// The header field that names a next part: a link with that relation (RFC 8288), or another.
fn next_part(headers: &HeaderMap) -> Option<&'static str> {
    let links = headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
    let mut parameters = links.flat_map(|value| value.split([';', ','])).filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("rel").then(|| value.trim().trim_matches('"'))
    });
    let is_next = |relations: &str| {
        relations.split_ascii_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"))
    };
    if parameters.any(is_next) {
        return Some("link");
    }
    NEXT_PART.into_iter().find(|name| header(headers, name).is_some_and(|value| !means_none(value)))
}

/// Whether the value of a next page, link, cursor or flag means that there is none.
pub(crate) fn means_none(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    ["", "false", "no", "null", "none", "nil", "0", "-1"].contains(&text.as_str())
}

fn has_bearer_challenge(headers: &HeaderMap) -> bool {
    let mut fields = headers.get_all("www-authenticate").iter();
    fields.any(|field| {
        let scheme = field.as_bytes().split(|byte| *byte == b' ').next().unwrap_or_default();
        scheme.eq_ignore_ascii_case(b"bearer")
    })
}

/// The `scope` of a challenge such as `Bearer error="insufficient_scope", scope="a b"`.
fn scope(challenge: &str) -> Option<String> {
    let (scope, _) = challenge.split_once("scope=\"")?.1.split_once('"')?;
    Some(scope.to_owned()).filter(|scope| !scope.is_empty())
}
