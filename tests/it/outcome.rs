//! What a response says about a push or an upload: success, refusal, or unknown.
//!
//! "Nothing was changed" is claimed only where no server that had carried the request out would
//! give that response.

use std::fs;
use std::time::Duration;

use vanta::{Client, Error, ErrorKind, Kind, Receipt, Upload};

use crate::canned_server::CannedServer;
use crate::harness::{Place, Rig, TempFolder, accounts, assert_kind, without_deletion_guard};
use crate::untrusted_input;

const KIND: Kind = Kind::USER_ACCOUNT;
const PAGE: &str = "<!DOCTYPE html><html><body><h1>Request blocked</h1></body></html>";

/// Pushes two records. The first requests get these responses, and the server carries out none.
fn push(responses: &[(u16, &str)]) -> (Result<Receipt, Error>, u64) {
    let rig = Rig::unlimited();
    responses.iter().for_each(|(status, body)| rig.reply(Place::Put, *status, body));
    let client = rig.client().with_deadline(Duration::from_secs(100));
    let pushed = client.push_with(&KIND, &accounts(&["a", "b"]), &without_deletion_guard());
    (pushed, rig.sim.counters().puts)
}

/// Uploads a file. The first requests get these responses.
fn upload(responses: &[(u16, &str)]) -> (Result<Receipt, Error>, u64) {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let path = folder.path().join("a.pdf");
    fs::write(&path, "%PDF").expect("ours");
    responses.iter().for_each(|(status, body)| rig.reply(Place::Upload, *status, body));
    let uploaded = rig.client().upload(&Upload::new("doc", &path));
    (uploaded, rig.sim.counters().uploads)
}

#[test]
fn success_with_a_sign_of_failure_beside_it_is_unknown() {
    for body in [
        r#"{"success":true,"error":"internal"}"#,
        r#"{"success":true,"error":""}"#,
        r#"{"success":true,"error":{}}"#,
        r#"{"success":true,"error":false}"#,
        r#"{"success":true,"Error":"internal"}"#,
        r#"{"success":true,"errors":["one"]}"#,
        r#"{"success":true,"errors":{}}"#,
        r#"{"success":true,"errors":1}"#,
        r#"{"success":true,"Success":false}"#,
        r#"{"success":true,"rejected":1}"#,
        r#"{"success":true,"failed":["a"]}"#,
        r#"{"success":true,"results":null}"#,
        r#"{"results":{"accepted":2,"rejected":0},"error":"internal"}"#,
        r#"{"results":{"accepted":2,"rejected":0,"errors":["one"]}}"#,
    ] {
        let error = assert_kind(push(&[(200, body)]).0, ErrorKind::OutcomeUnknown);
        assert_eq!(error.http_status(), Some(200), "{body}");
    }
    for body in [
        r#"{"success":true,"error":null,"errors":[]}"#,
        r#"{"success":true,"errors":null,"warnings":["one"],"failed":0}"#,
        r#"{"results":{"accepted":2,"rejected":0,"errors":[]}}"#,
    ] {
        push(&[(200, body)]).0.unwrap_or_else(|error| panic!("{body}: {error}"));
    }
}

#[test]
fn duplicate_member_in_a_response_is_unknown() {
    for body in [
        r#"{"success":false,"success":true}"#,
        r#"{"success":true,"success":true}"#,
        r#"{"success":true,"\u0073uccess":true}"#,
        r#"{"success":true,"error":"x","error":null}"#,
        r#"{"results":{"accepted":0,"accepted":2,"rejected":0}}"#,
        r#"{"results":{"accepted":0,"rejected":2},"results":{"accepted":2,"rejected":0}}"#,
        r#"{"success":true,"meta":[{"a":1,"a":2}]}"#,
        r#"{"success":true}{"success":true}"#,
        r#"{"success":true} x"#,
    ] {
        assert_kind(push(&[(200, body)]).0, ErrorKind::OutcomeUnknown);
    }
    let twice = r#"{"id":"u-1","id":"u-2"}"#;
    assert_kind(upload(&[(201, twice)]).0, ErrorKind::OutcomeUnknown);
    let failed = r#"{"id":"u-1","error":"virus found"}"#;
    assert_kind(upload(&[(201, failed)]).0, ErrorKind::OutcomeUnknown);
}

const TIMED_OUT: &str = r#"{"statusCode":408,"message":"Request Timeout"}"#;

#[test]
fn status_408_or_429_that_may_follow_an_applied_push_is_unknown() {
    for (status, body) in [
        (408, ""),
        (408, PAGE),
        (408, "Request Timeout"),
        (408, TIMED_OUT),
        (408, r#"{"message":"Endpoint request timed out"}"#),
        (429, ""),
        (429, PAGE),
        (429, "Too many requests"),
        (429, r#"["Too many requests"]"#),
        (429, r#"{"error":"internal"}"#),
        (429, r#"{"success":true,"message":"Too many requests"}"#),
        (429, r#"{"error":"Too many requests","error":null}"#),
    ] {
        let (pushed, puts) = push(&[(status, body); 4]);
        let error = assert_kind(pushed, ErrorKind::OutcomeUnknown);
        assert_eq!(
            (error.http_status(), puts),
            (Some(status), 4),
            "{body}: retried with the same bytes"
        );
        assert!(error.is_retryable());
        let (receipt, puts) = push(&[(status, body)]);
        assert_eq!((receipt.expect("the second attempt succeeds").record_count, puts), (2, 2));
        let (uploaded, uploads) = upload(&[(status, body)]);
        let error = assert_kind(uploaded, ErrorKind::OutcomeUnknown);
        assert!(uploads == 1 && !error.is_retryable(), "{body}: it would be a second version");
    }
}

#[test]
fn status_408_or_429_of_the_service_that_names_the_refusal_changes_nothing() {
    for (status, body, kind) in [
        (429, r#"{"error":"Too many requests"}"#, ErrorKind::RateLimited),
        (429, r#"{"message":"Limit Exceeded"}"#, ErrorKind::RateLimited),
        (429, r#"{"error":{"code":429,"message":"Rate limit reached"}}"#, ErrorKind::RateLimited),
        (408, r#"{"message":"Timed out waiting for the request body"}"#, ErrorKind::Unavailable),
    ] {
        let (pushed, puts) = push(&[(status, body); 4]);
        assert_kind(pushed, kind);
        assert_eq!(puts, 4);
        let (uploaded, uploads) = upload(&[(status, body)]);
        assert_eq!((uploaded.expect("sent again").record_count, uploads), (1, 2), "{body}");
    }
}

#[test]
fn response_of_a_gateway_to_a_complete_request_is_unknown() {
    for status in [400, 403, 404, 405, 409, 415, 418, 422, 451, 500, 502, 503, 504, 520] {
        for body in ["", PAGE, "Forbidden", "RBAC: access denied", "[]", "null"] {
            let error = assert_kind(push(&[(status, body); 4]).0, ErrorKind::OutcomeUnknown);
            assert_eq!(error.http_status(), Some(status), "{body}");
            let (uploaded, uploads) = upload(&[(status, body)]);
            assert_kind(uploaded, ErrorKind::OutcomeUnknown);
            assert_eq!(uploads, 1, "{status} {body}");
        }
    }
}

#[test]
fn html_login_form_with_401_is_unknown_and_rejects_no_token() {
    let rig = Rig::unlimited();
    let client = rig.client();
    rig.reply(Place::Put, 401, PAGE);
    let pushed = client.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard());
    let error = assert_kind(pushed, ErrorKind::OutcomeUnknown);
    assert_eq!((error.http_status(), rig.sim.counters().puts), (Some(401), 1));
    client
        .push_with(&KIND, &accounts(&["a"]), &without_deletion_guard())
        .expect("with the same token");
    assert_eq!(rig.sim.counters().token_requests, 1);
    let (uploaded, uploads) = upload(&[(401, PAGE)]);
    assert_kind(uploaded, ErrorKind::OutcomeUnknown);
    assert_eq!(uploads, 1);
}

#[test]
fn refusal_that_names_no_record_after_an_unknown_attempt_is_unknown() {
    for (second, cause) in [
        ((403, r#"{"error":"unauthorized"}"#), ErrorKind::Forbidden),
        ((400, r#"{"error":"no"}"#), ErrorKind::RecordsRejected),
        ((413, "HTTP content length exceeded 10485760 bytes."), ErrorKind::ServerTooLarge),
    ] {
        for first in [(502, PAGE), (408, ""), (429, "")] {
            let error = assert_kind(push(&[first, second]).0, ErrorKind::OutcomeUnknown);
            assert_eq!(error.cause().map(Error::kind), Some(cause), "{first:?} {second:?}");
        }
    }
    let named = (400, r#"{"error":"/0/email: must be string"}"#);
    assert_kind(push(&[(502, ""), named]).0, ErrorKind::RecordsRejected);
}

#[test]
fn redirect_that_may_follow_an_applied_push_is_unknown() {
    for status in [300, 302, 303, 304] {
        let error = assert_kind(push(&[(status, "")]).0, ErrorKind::OutcomeUnknown);
        let cause = error.cause().map(Error::kind);
        assert_eq!((error.http_status(), cause), (Some(status), Some(ErrorKind::RedirectRefused)));
    }
    for status in [301, 307, 308] {
        assert_kind(push(&[(status, "")]).0, ErrorKind::RedirectRefused);
    }
}

#[test]
fn informational_response_without_another_is_unknown() {
    let (canned_server, clock) = (CannedServer::start(), vanta::TestClock::new());
    canned_server.response(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n".to_vec());
    let config =
        untrusted_input::config(&canned_server.origin(), &clock).static_token("vat_mutants");
    let client = Client::new(config).expect("right");
    let pushed = client.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard());
    assert_kind(pushed, ErrorKind::OutcomeUnknown);
}
