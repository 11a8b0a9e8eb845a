//! Decides what a response, or the lack of one, means for a request.
//!
//! A push or an upload has three outcomes: success, refusal and unknown. Success needs the
//! documented response and no sign of failure beside it. A refusal is clear when the request was
//! not sent completely, or when the response is one that only a server gives that did not carry
//! the request out. Everything else is unknown: a gateway that received the complete request may
//! have passed it on before it responded in Vanta's place, and a proxy may have lost the response
//! of a server that carried it out.

use serde_json::Value;

use super::rejection;
use crate::body::Body;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Method, Response, Sender};
use crate::token::Tried;

/// Texts of a 429 that was given before the request was processed, in lower case.
const RATE_LIMITED: [&str; 6] =
    ["too many", "rate limit", "limit exceeded", "rate exceeded", "throttl", "quota"];

/// Texts of a 408 that was given because the request did not arrive. "Request timeout" alone is not
/// enough: frameworks send it when their own handler takes too long, and the handler goes on.
const NOT_RECEIVED: [&str; 4] =
    ["waiting for the request", "waiting for request", "reading the request", "request body"];

/// What an operator can do about a gateway that stops a request.
const LET_PASS: &str = "have its rules let this request pass";

/// Where error responses have their text.
const TEXTS: [&str; 7] =
    ["error", "message", "error_description", "detail", "title", "code", "errorMessage"];

/// Whether a request that did not succeed may have changed something at Vanta.
///
/// `response` is `None` where no complete response came.
pub(super) fn may_have_taken_effect(
    method: Method,
    sent_completely: bool,
    response: Option<&Response>,
) -> bool {
    let refused = response.is_some_and(is_clear_refusal);
    // Such a server may have acted on the part of a request that it received.
    let claims_success = response.is_some_and(Response::is_success);
    method != Method::Get && (claims_success || sent_completely && !refused)
}

/// Whether the response rejects the token, and the request can be sent again with another.
pub(super) fn is_token_rejected(method: Method, response: &Response) -> bool {
    let rejected = response.status == 401 && is_about_token(response);
    rejected && !may_have_taken_effect(method, response.sent_completely, Some(response))
}

/// Whether a 401 may be about the token. A gateway's is not: a token that is given up for it is
/// revoked for every job. An empty one may be either; to keep the token for it would stop a job
/// until the token expires.
fn is_about_token(response: &Response) -> bool {
    response.sender() != Sender::Gateway
}

/// Whether the token lacks the permission for this request.
pub(super) fn is_forbidden(response: &Response) -> bool {
    response.status == 403 && response.sender() == Sender::Service
}

/// Whether the token was seen to work. Only the service can say so.
pub(super) fn is_token_accepted(response: &Response) -> bool {
    let is_about_request =
        response.status < 500 && response.status != 401 && !response.is_redirect();
    is_about_request && response.sender() == Sender::Service
}

/// Whether only a server gives this response that did not carry the request out.
fn is_clear_refusal(response: &Response) -> bool {
    match response.status {
        // 302 and 303 are also given after a request was carried out.
        301 | 307 | 308 => true,
        // Decided before the request is passed on.
        407 | 413 => true,
        // RFC 9110 section 15.5.2: "has not been applied". No API sends it with a web page.
        401 => !response.is_markup(),
        // A challenge that names a scope is an OAuth resource server's (RFC 6750 section 3).
        403 => response.sender() == Sender::Service || response.required_scope().is_some(),
        404 => is_vantas(response) || response.is_unknown_path(),
        408 => is_vantas(response) && has_text(response, &NOT_RECEIVED),
        429 => is_vantas(response) && has_text(response, &RATE_LIMITED),
        400..=499 => is_vantas(response),
        _ => false,
    }
}

/// Whether an error response is the service's own: a JSON object that does not claim success.
fn is_vantas(response: &Response) -> bool {
    let json = response.json().filter(Value::is_object);
    json.is_some_and(|json| json.get("success") != Some(&Value::Bool(true)))
}

/// Whether one of the texts of an error response contains one of `words`.
fn has_text(response: &Response, words: &[&str]) -> bool {
    let json = response.json().unwrap_or_default();
    let mut found = Vec::new();
    texts(&json, &mut found);
    found.iter().any(|text| words.iter().any(|words| text.to_lowercase().contains(words)))
}

fn texts<'a>(json: &'a Value, found: &mut Vec<&'a str>) {
    for member in TEXTS.iter().filter_map(|name| json.get(name)) {
        found.extend(member.as_str());
        texts(member, found);
    }
}

/// The error for a request that got no complete response.
pub(super) fn without_response(error: Error, method: Method) -> Error {
    if !may_have_taken_effect(method, error.was_sent(), None) {
        return error;
    }
    let words = "the request was sent completely, and no complete and valid response came";
    let (step, stale) = (error.stage(), error.is_stale());
    Error::new(ErrorKind::OutcomeUnknown, words).at(step).stale(stale).with_source(error)
}

/// Whether a push succeeded: `{"success": true}`, or `{"results": {"accepted": n, "rejected": 0}}`
/// for all n records.
///
/// The first is in Vanta's specification; its quickstart shows the second. Where a response has
/// both, both must agree.
pub(super) fn pushed(response: &Response, body: &Body) -> Result<()> {
    if is_trusted(response)
        && response.json().is_some_and(|json| is_accepted(&json, body.record_count()))
    {
        return Ok(());
    }
    let error = failed(response, "the records", "the push succeeded");
    Err(match error.kind() {
        ErrorKind::RecordsRejected => error.with_violations(rejection::violations(response, body)),
        _ => error,
    })
}

/// Whether a response may mean success. That to an incomplete request does not.
fn is_trusted(response: &Response) -> bool {
    response.is_success() && response.sent_completely
}

/// About a gateway that responded to a request that it had received completely.
fn passed_on(response: &Response, what: &str) -> String {
    let gateway = response.describe_gateway();
    format!("{gateway}; it may have forwarded {what}, or {}", objection(what))
}

fn objection(what: &str) -> String {
    format!("its rules may object to a text in {what}")
}

fn is_accepted(json: &Value, records: usize) -> bool {
    let success = json.get("success").map(|value| value == &Value::Bool(true));
    let results = json.get("results").map(|results| {
        let count = |key| results.get(key).and_then(Value::as_u64);
        let complete = count("accepted") == Some(records as u64) && count("rejected") == Some(0);
        complete && !has_sign_of_failure(results)
    });
    let agreed = matches!((success, results), (Some(true), None | Some(true)) | (None, Some(true)));
    agreed && !has_sign_of_failure(json)
}

/// The id that Vanta gave to an uploaded file. Both 200 and 201 occur.
pub(super) fn uploaded(response: &Response) -> Result<String> {
    let trusted = Some(response).filter(|response| is_trusted(response));
    let json = trusted.and_then(Response::json).filter(|json| !has_sign_of_failure(json));
    let id = json.and_then(|json| Some(response.quote(json.get("id")?.as_str()?)));
    id.filter(|id| !id.is_empty()).ok_or_else(|| {
        let error = failed(response, "the file", "the file was accepted");
        upload_advice(error, response)
    })
}

fn upload_advice(error: Error, response: &Response) -> Error {
    match error.kind() {
        ErrorKind::NotFound if response.json().is_some() => {
            error.with_advice("take the id or the slug of the document from Vanta")
        }
        ErrorKind::ServerTooLarge => error.with_advice("upload a file smaller than 10 MiB"),
        _ => error,
    }
}

/// Whether an object has a member that tells of a failure, in any spelling of its name.
fn has_sign_of_failure(json: &Value) -> bool {
    let Value::Object(members) = json else { return true };
    members.iter().any(|(name, value)| match name.to_ascii_lowercase().as_str() {
        "error" => !value.is_null(),
        "errors" => !value.is_null() && value != &Value::Array(Vec::new()),
        "success" => value != &Value::Bool(true),
        "rejected" | "failed" | "failures" => !is_nothing(value),
        _ => false,
    })
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(count) => count.as_u64() == Some(0),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The error for a response to a push or an upload that is no success. `what` was sent, and
/// `success` is what a success would mean.
fn failed(response: &Response, what: &str, success: &str) -> Error {
    if may_have_taken_effect(Method::Put, response.sent_completely, Some(response)) {
        return unknown_outcome(response, what, success);
    }
    let error = refusal(response);
    match error.kind() {
        // Its rule is known there: it is about the size.
        ErrorKind::GatewayResponse if response.status != 413 => error.with_note(&objection(what)),
        _ => error,
    }
}

fn unknown_outcome(response: &Response, what: &str, success: &str) -> Error {
    let words = match response.status {
        100..200 => "the response says neither success nor failure".to_owned(),
        200..300 => match response.compression() {
            Some(words) => words,
            None if response.is_markup() => passed_on(response, what),
            None => format!("the response does not say that {success}"),
        },
        300..400 => format!("the server redirects, perhaps after it had accepted {what}"),
        _ if response.is_markup() => passed_on(response, what),
        408 => format!("the server timed out, perhaps after it had accepted {what}"),
        500.. => format!("the server failed, perhaps after it had accepted {what}"),
        _ => match response.sender() {
            Sender::Gateway => passed_on(response, what),
            Sender::Service => "the response does not say that the request was rejected".to_owned(),
            Sender::Unknown => {
                let unread = response.describe_unknown();
                format!("{unread}; a gateway may have forwarded {what}")
            }
        },
    };
    let unknown = response.error(ErrorKind::OutcomeUnknown, words);
    match response.is_redirect() {
        true => unknown.with_source(refusal(response).without_excerpt()),
        false => unknown,
    }
}

/// The error for a response that is no success.
pub(super) fn refusal(response: &Response) -> Error {
    if response.is_redirect() {
        return response.redirect_refused();
    }
    match response.sender() {
        Sender::Gateway => gateway_refusal(response),
        Sender::Unknown => unreadable_refusal(response),
        Sender::Service => service_refusal(response),
    }
}

/// The error for a gateway's response. Its status is no verdict of Vanta's on token, scope or
/// records.
fn gateway_refusal(response: &Response) -> Error {
    let kind = match response.status {
        407 | 408 | 429 | 500.. => by_status(response).0,
        // The front of the API sends this as text.
        413 if !response.is_markup() => ErrorKind::ServerTooLarge,
        _ => ErrorKind::GatewayResponse,
    };
    let advice = match (kind, response.status) {
        (ErrorKind::ServerTooLarge, _) => return service_refusal(response),
        (ErrorKind::GatewayResponse, 404) => {
            "where this is a 404 of Vanta's, declare the resource in the Developer Console, or \
             correct the kind or the id"
        }
        (ErrorKind::GatewayResponse, 413) => {
            "have it let bodies of 10,485,760 bytes pass, as Vanta does"
        }
        (ErrorKind::GatewayResponse, _) => LET_PASS,
        (ErrorKind::ProxyRefused, _) => "it requires credentials",
        _ => "",
    };
    response.error(kind, response.describe_gateway()).with_advice(advice)
}

/// The error for a response that is empty or cannot be read, so that its sender is not known.
fn unreadable_refusal(response: &Response) -> Error {
    let (kind, message) = by_status(response);
    let unread = response.describe_unknown();
    match response.status {
        407 | 413 | 408 | 429 | 500.. => response.error(kind, "").with_advice(message),
        403 => response.error(ErrorKind::GatewayResponse, format!("{unread}; {message}")),
        _ if message.is_empty() => response.error(kind, unread),
        _ => response.error(kind, format!("{unread}; {message}")),
    }
}

fn service_refusal(response: &Response) -> Error {
    if let (403, Some(scope)) = (response.status, response.required_scope()) {
        let words = format!("the scope {scope} is needed");
        return response.error(ErrorKind::Forbidden, words);
    }
    let (kind, advice) = by_status(response);
    response.error(kind, "").with_advice(advice)
}

/// What a status means where it is the service's.
fn by_status(response: &Response) -> (ErrorKind, &'static str) {
    match response.status {
        400 | 422 => (ErrorKind::RecordsRejected, "nothing was changed"),
        401 => (ErrorKind::Unauthorized, ""),
        407 => (ErrorKind::ProxyRefused, "it requires credentials"),
        403 => (ErrorKind::Forbidden, "give the application and the token the scope for this call"),
        404 if response.is_markup() => {
            (ErrorKind::NotFound, "the API has no such path, so correct the name of the kind")
        }
        404 => (
            ErrorKind::NotFound,
            "declare the resource in the Developer Console, or correct its id",
        ),
        413 => (
            ErrorKind::ServerTooLarge,
            "trim the records, since each part of a split push deletes the others",
        ),
        429 => (
            ErrorKind::RateLimited,
            "Vanta allows 20 a minute for each application, so run fewer jobs at a time",
        ),
        408 | 500.. => (ErrorKind::Unavailable, ""),
        _ => (ErrorKind::UnexpectedStatus, ""),
    }
}

/// The error for a 401, given what was tried before; each carries the one before it.
///
/// A token that the token endpoint gave a moment ago is good: an empty 401 to it is more likely a
/// gateway's than Vanta's.
pub(super) fn unauthorized(response: &Response, tried: &Tried, before: Option<Error>) -> Error {
    let words = match tried {
        Tried::Nothing | Tried::TokenRequest(_) => "",
        Tried::Waiting => "a new token was rejected twice",
        Tried::Known | Tried::Another => "another token was rejected too",
    };
    let error = match (response.sender(), tried) {
        (Sender::Unknown, Tried::Another) => {
            let words = format!("{words}; {}", response.describe_unknown());
            response.error(ErrorKind::GatewayResponse, words).with_advice(LET_PASS)
        }
        (Sender::Unknown, _) if words.is_empty() => unreadable_refusal(response),
        _ => response.error(ErrorKind::Unauthorized, words),
    };
    before.into_iter().fold(error, Error::with_source)
}
