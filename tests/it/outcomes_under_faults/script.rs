//! Responses of the simulator, and requests that it loses or applies, drawn by a seed.

use std::time::Duration;

use super::plan::Setup;
use crate::harness::Fault;
use crate::rng::Rng;

/// Statuses with which a gateway responds whether or not it has forwarded the request. With 413 it
/// has not.
const PASSED_ON: [u16; 13] = [200, 302, 400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504];
const GATEWAY: [u16; 14] = [200, 302, 400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504];

/// A fault of the simulator and its name.
pub type Scripted = (String, Fault);

fn reply_with(status: u16, header: Option<(&str, &str)>, body: &str) -> Fault {
    let headers = header.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    Fault::Reply { status, headers: headers.collect(), body: body.as_bytes().to_vec() }
}

pub fn reply(status: u16, body: &str) -> Fault {
    reply_with(status, None, body)
}

fn apply_then(status: u16, content_type: &str, body: &str) -> Fault {
    let headers = vec![("content-type".to_owned(), content_type.to_owned())];
    Fault::ApplyThenReply { status, headers, body: body.as_bytes().to_vec() }
}

pub fn request_fault(rng: &mut Rng, setup: Setup) -> Scripted {
    let pass = ("nothing".to_owned(), Fault::Pass);
    match rng.roll(20) {
        0..10 => pass,
        10..13 => applied(rng),
        13 => dropped_response(rng),
        14 => undocumented_success(rng, setup),
        15..17 => not_applied(rng, setup),
        17 => service_error(rng),
        18 => {
            let status = *rng.pick(&GATEWAY);
            (format!("gateway response {status}"), Fault::gateway_response(status))
        }
        _ => {
            let (status, delay) = (*rng.pick(&[408, 502, 503, 504]), rng.roll(30));
            let fault = Fault::gateway_response_then_apply(status, Duration::from_millis(delay));
            (format!("gateway response {status}, then applied after {delay} ms"), fault)
        }
    }
}

/// The request takes effect, and then the response is an error that proves nothing.
fn applied(rng: &mut Rng) -> Scripted {
    if rng.roll(2) == 0 {
        let status = *rng.pick(&PASSED_ON);
        let fault = Fault::apply_then_gateway_response(status);
        return (format!("applied, then gateway response {status}"), fault);
    }
    let status = *rng.pick(&[408, 408, 429, 429, 429, 500, 502, 503, 504]);
    let words = [
        ("text/plain", ""),
        ("text/plain", "Too many requests"),
        ("text/plain", "Request Timeout"),
        ("application/json", "{}"),
        ("application/json", "null"),
    ];
    let (content_type, body) = *rng.pick(&words);
    (format!("applied, then {status} {body:?}"), apply_then(status, content_type, body))
}

/// The request takes effect, and the response is incomplete.
fn dropped_response(rng: &mut Rng) -> Scripted {
    let cut = usize::try_from(rng.roll(200)).expect("small");
    let faults = [
        ("applied, then closed".to_owned(), Fault::LoseResponse),
        ("applied, then reset".to_owned(), Fault::ApplyThenReset),
        (format!("applied, and {cut} bytes of the response"), Fault::CutResponse(cut)),
        ("applied, and closed after the response".to_owned(), Fault::CloseIdle),
    ];
    rng.pick(&faults).clone()
}

/// A success that is not the documented one, whether or not the request took effect.
fn undocumented_success(rng: &mut Rng, setup: Setup) -> Scripted {
    let of_push = [
        "",
        "{}",
        "null",
        r#"{"success":false}"#,
        r#"{"success":true,"error":"not saved"}"#,
        r#"{"success":true,"errors":[{"message":"not saved"}]}"#,
        r#"{"success":true,"success":false}"#,
        r#"{"success":false,"success":true}"#,
        r#"{"results":{"accepted":0,"rejected":3}}"#,
        r#"{"success":true,"results":{"accepted":2,"rejected":1}}"#,
    ];
    let of_upload = ["", "{}", "null", r#"{"id":null}"#, r#"{"id":""}"#, r#"{"id":7}"#];
    let bodies = if setup.upload { &of_upload[..] } else { &of_push[..] };
    let (status, body) = (*rng.pick(&[200, 201, 202]), *rng.pick(bodies));
    if rng.roll(2) == 0 {
        return (format!("not applied, {status} {body}"), reply(status, body));
    }
    (format!("applied, then {status} {body}"), apply_then(status, "application/json", body))
}

/// The request is lost on the server's side.
fn not_applied(rng: &mut Rng, setup: Setup) -> Scripted {
    let part = usize::try_from(rng.roll(setup.body)).expect("small");
    let early = *rng.pick(&[413, 429, 503]);
    let faults = [
        ("closed".to_owned(), Fault::Drop),
        ("reset".to_owned(), Fault::Reset),
        (format!("reset after {part} bytes of the body"), Fault::CutBody(part)),
        (
            format!("{early} before the body was read"),
            Fault::EarlyReply { status: early, body: b"no".to_vec() },
        ),
        ("not HTTP".to_owned(), Fault::Raw(b"SSH-2.0\r\n".to_vec())),
        ("half a head".to_owned(), Fault::Raw(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec())),
        ("103 alone".to_owned(), Fault::Raw(b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec())),
    ];
    rng.pick(&faults).clone()
}

/// The service's own error; the request has no effect.
fn service_error(rng: &mut Rng) -> Scripted {
    let (status, words) = *rng.pick(&[
        (401, "unauthorized"),
        (403, "unauthorized"),
        (404, "Resource not found"),
        (408, "Request timeout"),
        (429, "Too many requests"),
        (429, "Too many requests"),
        (500, "Internal server error"),
        (503, "Service temporarily unavailable"),
    ]);
    let wait = rng.roll(40).to_string();
    let header = (status == 429 && rng.roll(2) == 0).then_some(("retry-after", wait.as_str()));
    let body = format!(r#"{{"error":"{words}"}}"#);
    (format!("service's error {status}"), reply_with(status, header, &body))
}

pub fn list_fault(rng: &mut Rng) -> Scripted {
    let status = *rng.pick(&[408, 429, 500, 503]);
    let gateway = *rng.pick(&GATEWAY);
    let faults = [
        ("closed".to_owned(), Fault::Drop),
        ("reset".to_owned(), Fault::Reset),
        ("list cut".to_owned(), Fault::CutResponse(300)),
        (format!("error {status}"), reply(status, r#"{"error":"try later"}"#)),
        (format!("gateway response {gateway}"), Fault::gateway_response(gateway)),
    ];
    let pass = ("nothing".to_owned(), Fault::Pass);
    if rng.roll(4) == 0 { rng.pick(&faults).clone() } else { pass }
}

pub fn token_fault(rng: &mut Rng) -> Scripted {
    let faults = [
        ("nothing".to_owned(), Fault::Pass),
        ("closed".to_owned(), Fault::Drop),
        ("token lost".to_owned(), Fault::LoseResponse),
        ("error 503".to_owned(), reply(503, "{}")),
        ("gateway response 502".to_owned(), Fault::gateway_response(502)),
    ];
    rng.pick(&faults).clone()
}
