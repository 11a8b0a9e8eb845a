//! Fixtures with random changes: no panic, no false success, and no invalid text in an error.
//!
//! No coverage guides it; the same seeds give the same inputs. `VANTA_FUZZ_ROUNDS` sets how many of
//! each, and `VANTA_FUZZ_SEED` the first one: a failure prints its seed.

use std::thread;

use serde_json::Value;
use vanta::{Body, Client, Kind, Schema, TestClock, ValidationOptions};

use crate::canned_server::CannedServer;
use crate::fakes::FakeStore;
use crate::harness::{RESOURCE, Rig, accounts, fixture, without_deletion_guard};
use crate::rng::{Rng, mutated};
use crate::untrusted_input::{TamperedStore, assert_sanitized, config};

/// Reads a number from the environment.
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// Prints the input of a round that panics.
struct Told<'a>(&'a str, u64, &'a [u8]);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let shown = &self.2[..self.2.len().min(2000)];
            eprintln!("{}, VANTA_FUZZ_SEED={}: {}", self.0, self.1, shown.escape_ascii());
        }
    }
}

/// Runs `round` for many inputs. It returns whether the input was accepted: some must be, but not
/// all.
fn fuzz(what: &str, seeds: &[Vec<u8>], mut round: impl FnMut(&[u8], &mut Rng) -> bool) {
    let rounds = number("VANTA_FUZZ_ROUNDS", 600);
    let first = number("VANTA_FUZZ_SEED", 0);
    let mut taken = 0;
    for seed in first..first + rounds {
        let mut rng = Rng::new(seed);
        let input = mutated(&mut rng, seeds);
        let _told = Told(what, seed, &input);
        taken += u64::from(round(&input, &mut rng));
    }
    println!("{what}: {rounds} executions, {taken} inputs taken");
    assert!(rounds < 100 || (0 < taken && taken < rounds), "{what}: {taken} of {rounds} taken");
}

fn wire(names: &[&str]) -> Vec<Vec<u8>> {
    names.iter().map(|name| fixture(&format!("wire/{name}"))).collect()
}

const WAITS: [&[u8]; 7] = [
    b"5",
    b"0",
    b"-1",
    b"1e300",
    b"NaN",
    b"Wed, 25 Nov 2026 10:00:00 GMT",
    b"Sunday, 06-Nov-94 08:49:37 GMT",
];

/// Returns a response with this body, a status, and a `Retry-After` that is changed too.
fn response(rng: &mut Rng, statuses: &[u16], body: &[u8]) -> (u16, Vec<u8>) {
    let status = *rng.pick(statuses);
    let wait = mutated(rng, &WAITS.map(<[u8]>::to_vec));
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nRetry-After: ");
    (status, [head.as_bytes(), &wait, b"\r\nConnection: close\r\n\r\n", body].concat())
}

/// Returns the body of the response, where it is JSON, without a byte order mark.
fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)).ok()
}

#[test]
fn no_token_from_a_response_that_does_not_contain_it() {
    let (canned_server, clock) = (CannedServer::start(), TestClock::new());
    let seeds = wire(&[
        "oauth-token.response.200.json",
        "oauth-token.response.200.public-refresh.json",
        "oauth-token.error.invalid_client.UNSURE.json",
        "error.403.cloudfront.html",
    ]);
    fuzz("token responses", &seeds, |body, rng| {
        let (status, bytes) = response(rng, &[200, 200, 200, 201, 400, 401, 429, 503], body);
        canned_server.response(bytes);
        match Client::new(config(&canned_server.origin(), &clock)).expect("right").token() {
            Ok(token) => {
                let token = token.secret().expose();
                let held = json(body).expect("JSON")["access_token"] == token;
                assert!(held && status < 300 && token.bytes().all(|b| b.is_ascii_graphic()));
                true
            }
            Err(error) => {
                assert_sanitized(&error);
                false
            }
        }
    });
}

/// Returns whether a response to a push of three records means success.
fn is_success(response: &Value) -> bool {
    let counts = &response["results"];
    let all = counts["accepted"] == 3 && counts["rejected"] == 0;
    (response["success"] == true || all) && response["error"].is_null()
}

#[test]
fn no_push_succeeds_by_a_response_without_success() {
    let (canned_server, clock) = (CannedServer::start(), TestClock::new());
    let mut seeds = wire(&[
        "put.response.200.json",
        "put.response.200.json",
        "put.error.400.enum.json",
        "put.error.400.extra-keys.json",
        "put.error.413.txt",
        "error.429.UNSURE.json",
        "error.503-504.gateway.UNSURE.json",
        "error.404.express.html",
    ]);
    seeds.push(br#"{"results": {"accepted": 3, "rejected": 0}}"#.to_vec());
    let body = accounts(&["a", "b", "c"]);
    fuzz("push responses and error bodies", &seeds, |text, rng| {
        let (status, bytes) = response(rng, &[200, 200, 200, 201, 400, 404, 408, 429, 502], text);
        canned_server.response(bytes);
        let client =
            Client::new(config(&canned_server.origin(), &clock).static_token("vat_mutants"))
                .expect("right");
        match client.push_with(&Kind::USER_ACCOUNT, &body, &without_deletion_guard()) {
            Ok(_) => {
                assert!(status < 300 && is_success(&json(text).expect("JSON")), "{status}");
                true
            }
            Err(error) => {
                assert_sanitized(&error);
                false
            }
        }
    });
}

#[test]
fn no_row_is_listed_that_the_response_does_not_contain() {
    let (canned_server, clock) = (CannedServer::start(), TestClock::new());
    let seeds = wire(&[
        "get-user_account.response.200.json",
        "get-macos_user_computer.response.200.json",
        "get-empty.response.200.json",
    ]);
    fuzz("resource lists", &seeds, |text, rng| {
        let (status, bytes) = response(rng, &[200, 200, 200, 200, 206, 403], text);
        canned_server.response(bytes);
        let client =
            Client::new(config(&canned_server.origin(), &clock).static_token("vat_mutants"))
                .expect("right");
        // Verifying reads the same response in another way.
        let verified = client.verify(&Kind::USER_ACCOUNT, &accounts(&["a"]));
        assert_sanitized(&verified.expect_err("no fixture holds this record"));
        match client.list(&Kind::USER_ACCOUNT, RESOURCE) {
            Ok(listing) => {
                let response = json(text).expect("JSON");
                let rows = response["resources"].as_array().expect("rows");
                assert_eq!((status, listing.rows().len()), (200, rows.len()));
                for (row, shown) in listing.rows().iter().zip(rows) {
                    assert_eq!(row.unique_id(), shown["uniqueId"]);
                    assert_eq!(row.is_deleted(), !shown["deletedAt"].is_null());
                    let record = row.record();
                    let mut members = record.as_object().expect("an object").iter();
                    assert!(members.all(|(name, value)| shown[name] == *value), "{record}");
                }
                true
            }
            Err(error) => {
                assert_sanitized(&error);
                false
            }
        }
    });
}

/// Returns records of a store, of client `vci_0` at that origin: one with a token, and one with a
/// rejection.
fn records(origin: &str) -> Vec<Vec<u8>> {
    let (rig, fake_store) = (Rig::new(), FakeStore::default());
    let client = Client::new(fake_store.config(&rig)).expect("right");
    client.token().expect("a token");
    let kept = fake_store.record();
    let _ = Client::new(fake_store.config(&rig).client_secret("vcs_wrong")).expect("right").token();
    [kept, fake_store.record()]
        .map(|record| {
            let text = record.to_string().replace(&rig.sim.client_id(), "vci_0");
            text.replace(&rig.sim.origin(), origin).into_bytes()
        })
        .to_vec()
}

#[test]
fn no_token_from_a_store_record_that_does_not_contain_it() {
    let (canned_server, clock) = (CannedServer::start(), TestClock::new());
    let fresh = br#"{"access_token": "vat_fresh", "expires_in": 3599, "token_type": "Bearer"}"#;
    canned_server.response([b"HTTP/1.1 200 OK\r\nContent-Length: 73\r\n\r\n", &fresh[..]].concat());
    assert_eq!(fresh.len(), 73);
    let mut used = 0;
    fuzz("store records", &records(&canned_server.origin()), |bytes, _| {
        let store = TamperedStore(bytes.to_vec());
        // At the time of the records.
        let config = config(&canned_server.origin(), &clock)
            .clock(TestClock::new())
            .custom_token_store(store);
        let found = Client::new(config).expect("right").token();
        let error = match found {
            Ok(token) if token.secret().expose() == "vat_fresh" => return true,
            Ok(token) => {
                used += 1;
                let token = token.secret().expose();
                let held = json(bytes).expect("JSON")["token"]["access_token"] == token;
                assert!(held && token.bytes().all(|b| b.is_ascii_graphic()));
                return true;
            }
            Err(error) => error,
        };
        assert_sanitized(&error);
        false
    });
    assert!(used > 0, "no record's token was ever used");
}

fn random_value(rng: &mut Rng) -> Value {
    let request = fixture("wire/put-custom_resource.request.json");
    json(&mutated(rng, &[request, b"{\"a\": [1, null, \"2026-01-01T00:00:00Z\"]}".to_vec()]))
        .unwrap_or(Value::Null)
}

#[test]
fn violation_pointer_is_inside_the_value_for_any_schema() {
    let mut seeds = wire(&["custom-resource.custom-properties.jtd.json"]);
    for text in [
        r#"{"properties": {"resources": {"elements": {"optionalProperties":
            {"a": {"type": "uint8"}}}}}}"#,
        r#"{"definitions": {"a": {"elements": {"ref": "a"}}},
            "values": {"ref": "a", "nullable": true}}"#,
        r#"{"discriminator": "kind", "mapping":
            {"x": {"properties": {"at": {"type": "timestamp"}}}}}"#,
        r#"{"enum": ["x", "y"], "metadata": {"any": ["thing"]}}"#,
    ] {
        seeds.push(text.as_bytes().to_vec());
    }
    fuzz("JTD schemas", &seeds, |bytes, rng| {
        let Ok(schema) = Schema::parse(&String::from_utf8_lossy(bytes)) else { return false };
        let value = random_value(rng);
        for violation in schema.validate(&value) {
            let pointer = violation.pointer;
            assert!(value.pointer(&pointer).is_some(), "{pointer:?} of {value}");
        }
        true
    });
}

/// Checks that a body and its records fit the bytes that it was made of.
fn assert_fits(body: &Body, kind: &Kind) {
    let ids = body.unique_ids().len();
    assert_eq!(ids, body.record_count());
    let report = body.validate(kind, &ValidationOptions::new()).expect("the checks make sense");
    for violation in report.errors.iter().chain(&report.warnings) {
        assert!(violation.index.is_none_or(|index| index < ids), "{violation:?}");
        assert!(!violation.to_string().chars().any(char::is_control), "{violation}");
    }
    match serde_json::from_slice::<Value>(body.as_bytes()) {
        Ok(whole) => assert_eq!(whole["resources"].as_array().map(Vec::len), Some(ids)),
        // Valid by the grammar of JSON, but not a value: 1e999, or half of a surrogate pair.
        Err(error) => assert!(!report.errors.is_empty(), "{error}"),
    }
}

#[test]
fn a_body_has_the_records_of_its_bytes() {
    let kinds = [Kind::USER_ACCOUNT, Kind::CUSTOM_RESOURCE, Kind::BACKGROUND_CHECK, Kind::SECRET];
    let seeds = wire(&[
        "put-user_account.request.json",
        "put-custom_resource.request.json",
        "put-background_check_connector.request.json",
        "put-secret.request.json",
    ]);
    fuzz("records in requests", &seeds, |bytes, rng| {
        let body = Body::from_request(bytes);
        body.inspect(|body| assert_fits(body, rng.pick(&kinds))).is_ok()
    });
    let lines = seeds.iter().map(|seed| {
        let whole = json(seed).expect("JSON");
        let records = whole["resources"].as_array().expect("records");
        records.iter().map(|record| format!("{record}\n")).collect::<String>().into_bytes()
    });
    let lines: Vec<_> = lines.collect();
    fuzz("records in lines", &lines, |bytes, rng| {
        let body = Body::from_ndjson(RESOURCE, bytes);
        body.inspect(|body| assert_fits(body, rng.pick(&kinds))).is_ok()
    });
}
