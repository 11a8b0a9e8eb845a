//! The endpoints: each handles a request, and returns a reply.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::gzip::gunzip;
use crate::reply::Reply;
use crate::rows::id;
use crate::schemas::{self, Strictness};
use crate::settings::{Ambiguity, Duplicates, PutResponse, RetryAfter, Settings};
use crate::state::{Key, Shared, State};
use crate::uploads;

const WRITE: &str = "connectors.self:write-resource";
const READ: &str = "connectors.self:read-resource";

/// The scopes that a private integration may request.
const SCOPES: [&str; 4] = [WRITE, READ, "self:write-document", "self:read-document"];

const RESOURCES: &str = "/v1/resources/";

/// A request with its body.
#[derive(Debug)]
pub(crate) struct ApiRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) content_type: String,
    pub(crate) encoding: String,
    pub(crate) bearer: Option<String>,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn respond(shared: &Shared, api_request: &ApiRequest) -> Reply {
    let mut state = shared.state.lock().expect("no handler panics while it holds the state");
    let state = &mut *state;
    let edge_refuses = api_request.method == "GET" && !api_request.body.is_empty();
    let reply = match (api_request.method.as_str(), api_request.path.as_str()) {
        _ if edge_refuses => Reply::edge_refusal(),
        ("POST", "/oauth/token") => token(shared, state, api_request),
        ("GET", "/simulator/counters") => Reply::json(200, &json!(state.counters)),
        ("GET", "/simulator") => page(state),
        ("GET" | "PUT", path) if path.starts_with(RESOURCES) => {
            resource(shared, state, api_request)
        }
        ("POST", path) => match uploads::document(path) {
            Some(id) => uploads::upload(shared, state, api_request, id),
            None => Reply::no_path("POST", path),
        },
        (method, path) => Reply::no_path(method, path),
    };
    if reply.status >= 400 {
        state.refused(reply.status);
    }
    reply
}

fn page(state: &State) -> Reply {
    let counters = serde_json::to_string_pretty(&state.counters).unwrap_or_default();
    let page = format!("<!DOCTYPE html><title>Simulated Vanta</title><pre>{counters}</pre>\n");
    Reply::new(200, "text/html; charset=utf-8", page)
}

fn limited(shared: &Shared, settings: &Settings) -> Reply {
    let reply = Reply::doubtful(429, "Too many requests", settings);
    let date = |secs| shared.clock.wall() + std::time::Duration::from_secs(secs);
    match settings.retry_after {
        RetryAfter::None => reply,
        RetryAfter::Seconds(secs) => reply.with("retry-after", &secs.to_string()),
        RetryAfter::HttpDate(secs) => reply
            .with("date", &httpdate::fmt_http_date(date(0)))
            .with("retry-after", &httpdate::fmt_http_date(date(secs))),
    }
}

fn token(shared: &Shared, state: &mut State, api_request: &ApiRequest) -> Reply {
    let now = shared.clock.now();
    let limit = state.settings.token_limit_per_minute;
    let granted = if state.within("token", limit, now) {
        granted(state, api_request)
    } else {
        Err(limited(shared, &state.settings))
    };
    match granted {
        Ok(scope) => {
            let token = state.issue(&scope, now);
            state.counters.tokens_issued += 1;
            let mut body = json!({
                "access_token": token,
                "expires_in": state.settings.expires_in,
                "token_type": "Bearer",
            });
            if state.settings.scope_in_token_response {
                body["scope"] = json!(scope);
            }
            Reply::json(200, &body)
        }
        Err(reply) => {
            state.counters.token_refusals += 1;
            if state.settings.failed_request_revokes_token {
                state.live = None;
            }
            reply
        }
    }
}

/// Returns the granted scope of a token request, or why it is refused.
fn granted(state: &State, api_request: &ApiRequest) -> Result<String, Reply> {
    let settings = &state.settings;
    let body: Value = if api_request.content_type.starts_with("application/json") {
        serde_json::from_slice(&api_request.body)
            .map_err(|_| Reply::oauth(400, "invalid_request", "the body is not JSON"))?
    } else if settings.form_tokens {
        form(&api_request.body)
    } else {
        let words = "the body must be application/json";
        return Err(Reply::oauth(settings.form_body_status, "invalid_request", words));
    };
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    if text("client_id") != state.client_id || text("client_secret") != state.client_secret {
        let words = "Client authentication failed";
        return Err(Reply::oauth(settings.invalid_client_status, "invalid_client", words));
    }
    if text("grant_type") != "client_credentials" {
        return Err(Reply::oauth(400, "unsupported_grant_type", "Unsupported grant type"));
    }
    let scope = text("scope");
    if scope.is_empty() || !scope.split(' ').all(|one| SCOPES.contains(&one)) {
        let words = "Scope not permitted for this application";
        return Err(Reply::oauth(400, "invalid_scope", words));
    }
    Ok(scope.to_owned())
}

fn resource(shared: &Shared, state: &mut State, api_request: &ApiRequest) -> Reply {
    let get = api_request.method == "GET";
    let Some(kind) = kind(state, &api_request.path[RESOURCES.len()..]) else {
        return Reply::no_path(&api_request.method, &api_request.path);
    };
    let group = if get && state.settings.separate_get_limit { "get" } else { "resource" };
    let scope = if get { READ } else { WRITE };
    match admitted(shared, state, api_request, group, Some(scope)) {
        Err(refusal) => refusal,
        Ok(()) if get => list(state, api_request, &kind),
        Ok(()) => put(shared, state, api_request, &kind),
    }
}

/// Returns whether the rate limit of a group, the token and its scope allow a request.
pub(crate) fn admitted(
    shared: &Shared,
    state: &mut State,
    api_request: &ApiRequest,
    group: &'static str,
    scope: Option<&str>,
) -> Result<(), Reply> {
    let now = shared.clock.now();
    if !state.within(group, state.settings.resource_limit_per_minute, now) {
        return Err(limited(shared, &state.settings));
    }
    let live = state.live(now).filter(|live| api_request.bearer.as_deref() == Some(&live.token));
    let live = live.filter(|_| !state.settings.reject_every_token);
    let live = live.ok_or_else(|| Reply::doubtful(401, "unauthorized", &state.settings))?;
    let allowed = scope.is_none_or(|needed| live.scope.split(' ').any(|scope| scope == needed));
    allowed.then_some(()).ok_or_else(|| Reply::doubtful(403, "unauthorized", &state.settings))
}

/// Returns the members of a form as JSON.
fn form(body: &[u8]) -> Value {
    let text = String::from_utf8_lossy(body);
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), Value::String(decoded(value)))).collect()
}

/// Decodes the escapes of queries and forms.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let escape = behind.get(..2).filter(|_| *first == b'%');
        let escape = escape.and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = escape.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the kind that a path segment names.
fn kind(state: &State, named: &str) -> Option<String> {
    let snake = |name: &str| {
        let mut snake = String::new();
        for (i, c) in name.chars().enumerate() {
            if c.is_ascii_uppercase() && i > 0 {
                snake.push('_');
            }
            snake.push(c.to_ascii_lowercase());
        }
        snake
    };
    let camel = state.settings.camel_case_paths && named.starts_with(|c: char| c.is_uppercase());
    let wanted = if camel { snake(named) } else { named.to_owned() };
    let declared = state.declared.values().any(|declared| declared.kind == wanted);
    (declared || schemas::kinds().any(|kind| kind == wanted)).then_some(wanted)
}

fn undeclared(state: &State, kind: &str, resource_id: &str) -> Option<Reply> {
    let declared = state.declared.get(resource_id).is_some_and(|declared| declared.kind == kind);
    let refused = state.settings.only_declared && !declared;
    refused.then(|| Reply::doubtful(404, "Resource not found", &state.settings))
}

fn list(state: &mut State, api_request: &ApiRequest, kind: &str) -> Reply {
    let wanted = api_request.query.split('&').find_map(|pair| pair.strip_prefix("resourceId="));
    let Some(resource_id) = wanted.map(decoded).filter(|id| !id.is_empty()) else {
        return Reply::error(400, "must have query parameter 'resourceId'");
    };
    if let Some(reply) = undeclared(state, kind, &resource_id) {
        return reply;
    }
    let rows = state.listed(&(kind.to_owned(), resource_id));
    Reply::json(200, &json!({ "resources": rows }))
}

fn put(shared: &Shared, state: &mut State, api_request: &ApiRequest, kind: &str) -> Reply {
    let body = match parsed(state, api_request) {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    let (resource_id, records) = match envelope(&body) {
        Ok(found) => found,
        Err(words) => return Reply::error(400, words),
    };
    if let Some(reply) = undeclared(state, kind, resource_id) {
        return reply;
    }
    let key = (kind.to_owned(), resource_id.to_owned());
    if let Some(words) = fault(state, &key, records) {
        return Reply::error(400, &words);
    }
    state.replace(&key, records, &api_request.body, &shared.clock);
    let accepted = records.len();
    match state.settings.put_response {
        PutResponse::Success => Reply::json(200, &json!({ "success": true })),
        PutResponse::Empty => Reply::new(200, "text/plain", ""),
        PutResponse::Results => {
            Reply::json(200, &json!({ "results": { "accepted": accepted, "rejected": 0 } }))
        }
    }
}

fn parsed(state: &State, api_request: &ApiRequest) -> Result<Value, Reply> {
    let unpacked = match api_request.encoding.as_str() {
        "" | "identity" => Some(Cow::Borrowed(api_request.body.as_slice())),
        "gzip" if state.settings.gzip_requests => {
            gunzip(&api_request.body, crate::BODY_LIMIT).map(Cow::Owned)
        }
        _ => return Err(Reply::error(415, "Unsupported content encoding")),
    };
    let body = unpacked.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    body.ok_or_else(|| Reply::error(400, "Unexpected token in JSON"))
}

/// The resource of a push, and its records.
fn envelope(body: &Value) -> Result<(&str, &[Value]), &'static str> {
    let body = body.as_object().ok_or("must be object")?;
    let resource_id = body.get("resourceId").ok_or("must have property 'resourceId'")?;
    let records = body.get("resources").ok_or("must have property 'resources'")?;
    let resource_id = resource_id.as_str().ok_or("/resourceId: must be string")?;
    Ok((resource_id, records.as_array().ok_or("/resources: must be array")?))
}

/// Returns the first violation, if there is one.
fn fault(state: &State, key: &Key, records: &[Value]) -> Option<String> {
    let settings = &state.settings;
    let computer = key.0.ends_with("_computer");
    let strictness = Strictness {
        null_optionals: computer || settings.null_optionals == Ambiguity::Accept,
        extra_keys_first: settings.extra_keys_first,
    };
    schemas::first_fault(records, &state.schema(key), strictness).or_else(|| {
        let doubts = records.iter().enumerate().find_map(|(index, record)| {
            unsettled_violation(state, record).map(|words| format!("/{index}{words}"))
        });
        doubts.or_else(|| {
            twin(records).filter(|_| settings.duplicate_unique_id == Duplicates::Refuse)
        })
    })
}

fn twin(records: &[Value]) -> Option<String> {
    let mut seen = std::collections::HashSet::new();
    let twin = records.iter().position(|record| !seen.insert(id(record)))?;
    Some(format!("/{twin}/uniqueId: must be unique"))
}

/// Checks rules that public sources leave open.
fn unsettled_violation(state: &State, record: &Value) -> Option<&'static str> {
    let settings = &state.settings;
    let text = |key: &str| record.get(key).and_then(Value::as_str);
    let refused = |setting: Ambiguity, broken: bool| setting == Ambiguity::Refuse && broken;
    let plain = text("externalUrl").is_some_and(|url| !url.starts_with("https://"));
    if refused(settings.http_external_url, plain) {
        return Some("/externalUrl: must be an https URL");
    }
    let closed =
        text("taskState").map(|task| (task == "CLOSED") != record.get("closedTimestamp").is_some());
    if refused(settings.closed_timestamp_rule, closed.unwrap_or(false)) {
        return Some("/closedTimestamp: must be present exactly when taskState is CLOSED");
    }
    let component = text("vulnerableComponentUniqueId");
    let unknown = component.is_some_and(|component| !state.has_component(component));
    refused(settings.unknown_component, unknown)
        .then_some("/vulnerableComponentUniqueId: no such component")
}
