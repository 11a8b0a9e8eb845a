//! Responses to a token request, a push and a list. The input is a byte for the call, one for the
//! status, a line for `Retry-After`, and the body.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use vanta::{Body, Client, Kind, PushOptions, TestClock};
use vanta_fuzz::{CannedServer, assert_sanitized, config};

const RESOURCE: &str = "66f0c0ffee0000000000a001";
const RECORD: &str =
    r#"[{"uniqueId":"a","displayName":"A","externalUrl":"https://example.com/a"}]"#;
const STATUSES: [u16; 16] =
    [200, 200, 200, 200, 201, 204, 206, 400, 401, 403, 404, 408, 413, 429, 502, 503];

static SERVER: LazyLock<CannedServer> = LazyLock::new(CannedServer::start);
static CLOCK: LazyLock<TestClock> = LazyLock::new(TestClock::new);

/// Returns the body where all of it is JSON. It need not be valid in unknown members. A byte order
/// mark is removed.
fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)).ok()
}

fn is_success(response: &Value) -> bool {
    let counts = &response["results"];
    response["success"] == true || (counts["accepted"] == 1 && counts["rejected"] == 0)
}

fuzz_target!(|bytes: &[u8]| {
    let [call, status, rest @ ..] = bytes else { return };
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (wait, body) = (&rest[..end], rest.get(end + 1..).unwrap_or_default());
    let wait: Vec<u8> = wait.iter().map(|b| if b.is_ascii_control() { b' ' } else { *b }).collect();
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nRetry-After: ");
    SERVER.response([head.as_bytes(), &wait, b"\r\nConnection: close\r\n\r\n", body].concat());
    let config = config(&SERVER.origin(), &CLOCK);
    let error = match call % 3 {
        0 => match Client::new(config).expect("right").token() {
            Ok(token) => {
                let token = token.secret().expose();
                let held = json(body).is_none_or(|response| response["access_token"] == token);
                assert!(held && status < 300 && token.bytes().all(|b| b.is_ascii_graphic()));
                return;
            }
            Err(error) => error,
        },
        1 => {
            let pushed = Body::from_json_array(RESOURCE, RECORD).expect("right");
            let client = Client::new(config.static_token("vat_fuzz")).expect("right");
            let without_deletion_guard = PushOptions::new().allow_any_removals(true);
            match client.push_with(&Kind::CUSTOM_RESOURCE, &pushed, &without_deletion_guard) {
                Ok(_) => {
                    let agrees = json(body).is_none_or(|response| is_success(&response));
                    return assert!(status < 300 && agrees, "{status}");
                }
                Err(error) => error,
            }
        }
        _ => {
            let client = Client::new(config.static_token("vat_fuzz")).expect("right");
            match client.list(&Kind::USER_ACCOUNT, RESOURCE) {
                Ok(listing) => {
                    let Some(response) = json(body) else { return };
                    let rows = response["resources"].as_array().expect("rows");
                    assert_eq!((status, listing.rows().len()), (200, rows.len()));
                    for (row, shown) in listing.rows().iter().zip(rows) {
                        assert_eq!(row.unique_id(), shown["uniqueId"]);
                        assert_eq!(row.is_deleted(), !shown["deletedAt"].is_null());
                    }
                    return;
                }
                Err(error) => error,
            }
        }
    };
    assert_sanitized(&error);
});
