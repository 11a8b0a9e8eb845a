//! Parses the token endpoint's response (RFC 6749 section 5). Its values never reach an error.

use std::time::Duration;
use std::{fmt, mem};

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::http::{Response, Sender, without_bom};
use crate::secret::Secret;

/// Vanta's tokens live an hour. That is assumed where the response does not say.
const USUAL_LIFETIME: Duration = Duration::from_secs(3600);

/// No token is believed to live longer than a day, whatever the response says.
const LONGEST_LIFETIME: f64 = 86_400.0;

/// What a success response grants.
#[derive(Debug)]
pub(super) struct TokenResponse {
    pub(super) access_token: Secret,
    pub(super) lifetime: Duration,
    /// The response did not say how long the token lives.
    pub(super) lifetime_assumed: bool,
    /// The response says that it is a Bearer token. RFC 6749 section 5.1 requires it to.
    pub(super) has_type: bool,
    pub(super) scope: Option<String>,
}

impl TokenResponse {
    pub(super) fn parse(response: &Response) -> Result<TokenResponse> {
        if response.is_success() {
            return parse_success(response);
        }
        let kind = kind_of(response);
        let error = response.error(kind, message(response, kind));
        Err(without_token(response, error.with_advice(advice(response, kind))))
    }
}

/// What an error response means.
fn kind_of(response: &Response) -> ErrorKind {
    match (oauth_kind(response.oauth_error().as_deref()), response.status) {
        (_, 407) => ErrorKind::ProxyRefused,
        (_, 429) => ErrorKind::TokenRateLimited,
        // The gateway gave up waiting: behind it a token may have been made all the same.
        (_, 502 | 504) => ErrorKind::TokenResponseLost,
        (_, 408 | 500..) => ErrorKind::TokenUnavailable,
        (Some(kind), _) => kind,
        (None, status) if !is_verdict(response, status) => ErrorKind::GatewayResponse,
        (None, 401) => ErrorKind::InvalidClient,
        (None, 403) => ErrorKind::Forbidden,
        (None, 404) => ErrorKind::NotFound,
        (None, _) => ErrorKind::OtherTokenRefusal,
    }
}

/// An error response should hold no token, but one may stand in it all the same.
fn without_token(response: &Response, error: Error) -> Error {
    let has_token = response.body.windows(12).any(|name| name == b"access_token");
    if has_token { error.without_excerpt() } else { error }
}

/// Whether the response may be the token endpoint's own verdict on client id, secret and scope. A
/// gateway's is not, and an empty 401 or 403 may be a gateway's: neither is remembered as one.
fn is_verdict(response: &Response, status: u16) -> bool {
    match response.sender() {
        Sender::Service => true,
        Sender::Unknown => !matches!(status, 401 | 403),
        Sender::Gateway => false,
    }
}

fn message(response: &Response, kind: ErrorKind) -> String {
    match (kind, response.sender()) {
        (ErrorKind::GatewayResponse, Sender::Gateway) => {
            format!("{}, so client id and secret were not checked", response.describe_gateway())
        }
        (ErrorKind::GatewayResponse, _) => response.describe_unknown(),
        (ErrorKind::NotFound, _) => "the origin has no token endpoint".to_owned(),
        (_, Sender::Gateway) => response.describe_gateway(),
        _ => String::new(),
    }
}

fn advice(response: &Response, kind: ErrorKind) -> &'static str {
    match (kind, response.sender()) {
        (ErrorKind::GatewayResponse, Sender::Gateway) => "have its rules let this request pass",
        (ErrorKind::GatewayResponse, _) => {
            "have the gateway let this request pass, or compare client id and secret with those of \
             the application"
        }
        (ErrorKind::NotFound, _) => "correct the origin",
        _ => credentials_advice(kind),
    }
}

/// What to do after the token endpoint rejected the credentials.
pub(super) fn credentials_advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidClient => {
            "compare client id and secret with those of the application in the Developer Console"
        }
        ErrorKind::InvalidGrant | ErrorKind::UnauthorizedClient => {
            "use a private application for building integrations in the Developer Console"
        }
        _ => "",
    }
}

/// The error codes of RFC 6749 section 5.2.
fn oauth_kind(code: Option<&str>) -> Option<ErrorKind> {
    Some(match code? {
        "invalid_client" => ErrorKind::InvalidClient,
        "invalid_scope" => ErrorKind::InvalidScope,
        "invalid_request" => ErrorKind::InvalidTokenRequest,
        "invalid_grant" => ErrorKind::InvalidGrant,
        "unauthorized_client" => ErrorKind::UnauthorizedClient,
        "unsupported_grant_type" => ErrorKind::UnsupportedGrantType,
        _ => return None,
    })
}

fn parse_success(response: &Response) -> Result<TokenResponse> {
    if let Some(error) = response.unusable() {
        let error = error.without_excerpt();
        return Err(match response.title() {
            Some(title) => error.with_note(&format!("its page is titled {title:?}")),
            None => error,
        });
    }
    let invalid = |why: &str| unquoted(response, ErrorKind::InvalidTokenResponse, why);
    let members = members(&response.body).map_err(|why| invalid(&why))?;
    if !matches!(members.error, Value::Absent) {
        let kind = oauth_kind(response.oauth_error().as_deref());
        return Err(response.error(kind.unwrap_or(ErrorKind::OtherTokenRefusal), ""));
    }
    check_type(response, &members)?;
    Ok(TokenResponse {
        lifetime_assumed: matches!(members.expires_in, Value::Absent),
        has_type: !matches!(members.token_type, Value::Absent),
        lifetime: lifetime(members.expires_in).map_err(invalid)?,
        access_token: access_token(members.access_token).map_err(invalid)?,
        scope: members.scope.into_text().map(|scope| response.quote(&scope)),
    })
}

/// The members of the response, or why it has none that can be read.
fn members(body: &[u8]) -> Result<Members, String> {
    let body = without_bom(body);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err("it is empty".to_owned());
    }
    let text = std::str::from_utf8(body).map_err(|_| "it is not valid UTF-8")?;
    // The message of serde_json may quote the token: only the place of the error is reported.
    let parsed = serde_json::from_str(text).map(|Object(members)| members);
    parsed.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = match error.classify() {
            serde_json::error::Category::Eof => "it is cut off",
            serde_json::error::Category::Data => "a member is of the wrong type or duplicated",
            _ => "it is not JSON",
        };
        format!("{what} (line {line}, column {column})")
    })
}

/// An error that quotes nothing of the response: the token may stand beside what is wrong.
fn unquoted(response: &Response, kind: ErrorKind, why: &str) -> Error {
    response.error(kind, why).without_excerpt()
}

fn check_type(response: &Response, members: &Members) -> Result<()> {
    match &members.token_type {
        Value::Absent => Ok(()),
        Value::Text(text) if text.eq_ignore_ascii_case("bearer") => Ok(()),
        _ => {
            let why = "token_type is not Bearer";
            Err(unquoted(response, ErrorKind::UnsupportedTokenType, why))
        }
    }
}

/// The token, if it can stand in a header field as it is (RFC 6750 section 2.1).
fn access_token(value: Value) -> Result<Secret, &'static str> {
    let secret = match value {
        Value::Text(mut text) => Secret::new(mem::take(&mut *text)),
        Value::Absent => return Err("access_token is missing"),
        _ => return Err("access_token is not a string"),
    };
    match secret.expose() {
        "" => Err("access_token is empty"),
        text if !text.bytes().all(|b| b.is_ascii_graphic()) => {
            Err("access_token holds characters that a header field cannot carry")
        }
        _ => Ok(secret),
    }
}

/// Seconds as a number or as text. Fractions are cut off.
fn lifetime(value: Value) -> Result<Duration, &'static str> {
    let secs = match value {
        Value::Absent => return Ok(USUAL_LIFETIME),
        Value::Number(secs) => secs,
        Value::Text(text) => text.trim().parse().map_err(|_| "expires_in is not a number")?,
        Value::Other => return Err("expires_in is not a number"),
    };
    if !secs.is_finite() || secs < 1.0 {
        return Err("expires_in is not a positive number of seconds");
    }
    Ok(Duration::from_secs_f64(secs.min(LONGEST_LIFETIME).floor()))
}

/// The members that count. All others are ignored, as RFC 6749 section 5.1 asks. A member that
/// occurs twice is an error: which of the two values the server meant is not known.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Members {
    access_token: Value,
    expires_in: Value,
    token_type: Value,
    scope: Value,
    error: Value,
}

/// The members of a JSON object. The derived code of [`Members`] alone would take an array too.
struct Object(Members);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object, A::Error> {
        Members::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

/// A member's value, as far as any member needs it.
#[derive(Default)]
enum Value {
    #[default]
    Absent,
    /// It may be the token.
    Text(Zeroizing<String>),
    Number(f64),
    Other,
}

impl Value {
    fn into_text(self) -> Option<String> {
        match self {
            Value::Text(mut text) => Some(mem::take(&mut *text)),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Absent)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned().into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}
