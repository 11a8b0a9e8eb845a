//! Judges the token endpoint's answer (RFC 6749 section 5); its values never reach an error.

use std::time::Duration;
use std::{fmt, mem};

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::http::{Response, Sender, without_bom};
use crate::secret::Secret;

/// Vanta's tokens live an hour; that is assumed where the answer does not say.
const USUAL_LIFETIME: Duration = Duration::from_secs(3600);

/// No token is believed to live longer than a day, whatever the answer says.
const LONGEST_LIFETIME: f64 = 86_400.0;

/// What a good answer grants.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) token: Secret,
    pub(super) lifetime: Duration,
    /// The answer did not say how long it lives.
    pub(super) assumed: bool,
    /// The answer says that it is a Bearer token; RFC 6749 section 5.1 requires it to.
    pub(super) typed: bool,
    pub(super) scope: Option<String>,
}

pub(super) fn judge(answer: &Response) -> Result<Grant> {
    if answer.is_success() {
        return read(answer);
    }
    let kind = match (refusal(answer.oauth_error().as_deref()), answer.status) {
        (_, 407) => ErrorKind::ProxyRefused,
        (_, 429) => ErrorKind::TokenRateLimited,
        // The gateway gave up waiting: behind it a token may have been made all the same.
        (_, 502 | 504) => ErrorKind::TokenAnswerLost,
        (_, 408 | 500..) => ErrorKind::TokenUnavailable,
        (Some(kind), _) => kind,
        (None, status) if !is_verdict(answer, status) => ErrorKind::GatewayResponse,
        (None, 401) => ErrorKind::InvalidClient,
        (None, 403) => ErrorKind::Forbidden,
        (None, 404) => ErrorKind::NotFound,
        (None, _) => ErrorKind::OtherTokenRefusal,
    };
    let error = answer.error(kind, words(answer, kind)).with_advice(advice(answer, kind));
    Err(without_token(answer, error))
}

/// Nobody asked for a token here, but one may stand in the response all the same.
fn without_token(answer: &Response, error: Error) -> Error {
    let has_token = answer.body.windows(12).any(|name| name == b"access_token");
    if has_token { error.without_excerpt() } else { error }
}

/// Whether the response may be the token endpoint's own word on client id, secret and scope. A
/// gateway's is not, and of an empty 401 or 403 nobody knows: neither is remembered as one.
fn is_verdict(answer: &Response, status: u16) -> bool {
    match answer.sender() {
        Sender::Service => true,
        Sender::Unknown => !matches!(status, 401 | 403),
        Sender::Gateway => false,
    }
}

fn words(answer: &Response, kind: ErrorKind) -> String {
    match (kind, answer.sender()) {
        (ErrorKind::GatewayResponse, Sender::Gateway) => {
            format!("{}, so client id and secret were not judged", answer.describe_gateway())
        }
        (ErrorKind::GatewayResponse, _) => answer.describe_unknown(),
        (ErrorKind::NotFound, _) => "the origin has no token endpoint".to_owned(),
        (_, Sender::Gateway) => answer.describe_gateway(),
        _ => String::new(),
    }
}

fn advice(answer: &Response, kind: ErrorKind) -> &'static str {
    match (kind, answer.sender()) {
        (ErrorKind::GatewayResponse, Sender::Gateway) => "have its rules let this request pass",
        (ErrorKind::GatewayResponse, _) => {
            "have the gateway let this request pass, or compare client id and secret with those of \
             the application"
        }
        (ErrorKind::NotFound, _) => "correct the origin",
        _ => cure(kind),
    }
}

/// What cures a refusal of the token endpoint.
pub(super) fn cure(kind: ErrorKind) -> &'static str {
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
fn refusal(code: Option<&str>) -> Option<ErrorKind> {
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

fn read(answer: &Response) -> Result<Grant> {
    if let Some(error) = answer.unusable() {
        let error = error.without_excerpt();
        return Err(match answer.title() {
            Some(title) => error.with_note(&format!("its page is titled {title:?}")),
            None => error,
        });
    }
    let bad = |why: &str| bare(answer, ErrorKind::InvalidTokenAnswer, why);
    let body = without_bom(&answer.body);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(bad("it is empty"));
    }
    let text = std::str::from_utf8(body).map_err(|_| bad("it is not valid UTF-8"))?;
    // serde_json's own words may quote the token: only the place of the fault is told.
    let fields: Fields = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = match error.classify() {
            serde_json::error::Category::Eof => "it is cut off",
            serde_json::error::Category::Data => "a field is of the wrong type or there twice",
            _ => "it is not JSON",
        };
        bad(&format!("{what} (line {line}, column {column})"))
    })?;
    if fields.error {
        let kind = refusal(answer.oauth_error().as_deref());
        return Err(answer.error(kind.unwrap_or(ErrorKind::OtherTokenRefusal), ""));
    }
    check_type(answer, &fields)?;
    Ok(Grant {
        assumed: matches!(fields.expires_in, Field::Absent),
        typed: !matches!(fields.token_type, Field::Absent),
        lifetime: lifetime(fields.expires_in).map_err(bad)?,
        token: token(fields.access_token).map_err(bad)?,
        scope: fields.scope.map(|scope| answer.quote(&scope)),
    })
}

/// An error that quotes nothing of the answer: what is wrong with it may stand beside the token.
fn bare(answer: &Response, kind: ErrorKind, why: &str) -> Error {
    answer.error(kind, why).without_excerpt()
}

fn check_type(answer: &Response, fields: &Fields) -> Result<()> {
    match &fields.token_type {
        Field::Absent => Ok(()),
        Field::Text(text) if text.eq_ignore_ascii_case("bearer") => Ok(()),
        _ => Err(bare(answer, ErrorKind::UnsupportedTokenType, "token_type is not Bearer")),
    }
}

/// The token, if it can stand in a header as it is (RFC 6750 section 2.1).
fn token(field: Field) -> Result<Secret, &'static str> {
    let secret = match field {
        Field::Text(mut text) => Secret::new(mem::take(&mut *text)),
        Field::Absent => return Err("access_token is missing"),
        _ => return Err("access_token is not a string"),
    };
    match secret.expose() {
        "" => Err("access_token is empty"),
        text if !text.bytes().all(|b| b.is_ascii_graphic()) => {
            Err("access_token holds characters that no header can carry")
        }
        _ => Ok(secret),
    }
}

/// Seconds as a number or as text; whole seconds, as nobody gains from the fraction.
fn lifetime(field: Field) -> Result<Duration, &'static str> {
    let secs = match field {
        Field::Absent => return Ok(USUAL_LIFETIME),
        Field::Number(secs) => secs,
        Field::Text(text) => text.trim().parse().map_err(|_| "expires_in is not a number")?,
        Field::Other => return Err("expires_in is not a number"),
    };
    if !secs.is_finite() || secs < 1.0 {
        return Err("expires_in is not a positive number of seconds");
    }
    Ok(Duration::from_secs_f64(secs.min(LONGEST_LIFETIME).floor()))
}

/// The members that count; all others are ignored, as RFC 6749 section 5.1 asks.
#[derive(Default)]
struct Fields {
    access_token: Field,
    expires_in: Field,
    token_type: Field,
    scope: Option<String>,
    error: bool,
}

/// A member's value, as far as any member needs it.
#[derive(Default)]
enum Field {
    #[default]
    Absent,
    /// It may be the token.
    Text(Zeroizing<String>),
    Number(f64),
    Other,
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fields, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        let mut seen = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "access_token" => fields.access_token = map.next_value()?,
                "expires_in" => fields.expires_in = map.next_value()?,
                "token_type" => fields.token_type = map.next_value()?,
                "scope" => fields.scope = map.next_value::<Field>()?.into_text(),
                "error" => fields.error = !matches!(map.next_value()?, Field::Absent),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            }
            // Two values for one name: nobody can tell which of them the server meant.
            if seen.contains(&key) {
                return Err(de::Error::custom("a member stands there twice"));
            }
            seen.push(key);
        }
        Ok(fields)
    }
}

impl Field {
    fn into_text(self) -> Option<String> {
        match self {
            Field::Text(mut text) => Some(mem::take(&mut *text)),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Field, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Field, E> {
        Ok(Field::Absent)
    }

    fn visit_str<E>(self, text: &str) -> Result<Field, E> {
        Ok(Field::Text(text.to_owned().into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Field, E> {
        Ok(Field::Number(number as f64))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Field, E> {
        Ok(Field::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Field, E> {
        Ok(Field::Number(number))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Field, E> {
        Ok(Field::Other)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Field, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Field::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Field, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Field::Other)
    }
}
