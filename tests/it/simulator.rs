//! The simulated Vanta behaves as public sources describe the real one.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use vanta::Kind;
use vanta_simulator::{
    Ambiguity, Duplicates, Fault, Place, PutResponse, ReplaceScope, RetryAfter, Settings, Simulator,
};

use crate::harness::{RESOURCE, account, fixture};
use crate::sample_records::request;

/// Sends requests to a simulator without TLS, and without the client of the library.
struct Vanta(Simulator);

impl Vanta {
    fn new(change: impl FnOnce(&mut Settings)) -> Vanta {
        let mut settings = Settings { tls: false, ..Settings::default() };
        settings.resource_limit_per_minute = None;
        change(&mut settings);
        Vanta(Simulator::start_with(settings))
    }

    /// Returns status, head and body of the response.
    fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String, String) {
        let mut tcp = TcpStream::connect(self.0.address()).expect("it listens");
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\
             \r\n{headers}\r\n"
        );
        tcp.write_all(head.as_bytes()).expect("sent");
        // A refusal may come before the whole body was read.
        let _ = tcp.write_all(body);
        let mut response = String::new();
        tcp.read_to_string(&mut response).expect("text");
        let (head, body) = response.split_once("\r\n\r\n").expect("HTTP");
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
        (status, head.to_ascii_lowercase(), body.to_owned())
    }

    fn ask_token(&self, change: impl FnOnce(&mut Value)) -> (u16, Value) {
        let mut body = json!({
            "client_id": self.0.client_id(), "client_secret": self.0.client_secret(),
            "scope": "connectors.self:write-resource connectors.self:read-resource",
            "grant_type": "client_credentials",
        });
        change(&mut body);
        let json = "content-type: application/json\r\n";
        let (status, _, text) = self.ask("POST", "/oauth/token", json, body.to_string().as_bytes());
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    fn token(&self) -> String {
        let (status, body) = self.ask_token(|_| ());
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().expect("a token").to_owned()
    }

    fn put(&self, token: &str, kind: &str, body: &Value) -> (u16, String) {
        let headers =
            format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n");
        let path = format!("/v1/resources/{kind}");
        let (status, _, text) = self.ask("PUT", &path, &headers, body.to_string().as_bytes());
        (status, text)
    }

    fn get(&self, token: &str, kind: &str) -> (u16, String) {
        let headers = format!("authorization: Bearer {token}\r\n");
        let path = format!("/v1/resources/{kind}?resourceId={RESOURCE}");
        let (status, _, text) = self.ask("GET", &path, &headers, b"");
        (status, text)
    }
}

fn push(records: &[Value]) -> Value {
    json!({ "resourceId": RESOURCE, "resources": records })
}

#[test]
fn new_token_revokes_the_previous_one() {
    let sim = Vanta::new(|_| ());
    let first = sim.token();
    assert_eq!(sim.get(&first, "user_account").0, 200);
    let second = sim.token();
    assert_eq!(sim.get(&first, "user_account").0, 401);
    assert_eq!(sim.get(&second, "user_account").0, 200);
    sim.0.advance(Duration::from_secs(3600));
    assert_eq!(sim.get(&second, "user_account").0, 401);
}

#[test]
fn five_token_requests_and_twenty_others_pass_in_a_minute() {
    let sim = Vanta::new(|settings| {
        settings.resource_limit_per_minute = Some(20);
        settings.retry_after = RetryAfter::Seconds(30);
    });
    let tokens: Vec<u16> = (0..6).map(|_| sim.ask_token(|_| ()).0).collect();
    assert_eq!(tokens, [200, 200, 200, 200, 200, 429]);
    let token = sim.0.live_token().expect("the last one");
    let lists: Vec<u16> = (0..21).map(|_| sim.get(&token, "user_account").0).collect();
    assert_eq!(lists.iter().filter(|status| **status == 200).count(), 20);
    assert_eq!(lists.last(), Some(&429));
    sim.0.advance(Duration::from_secs(61));
    assert_eq!(sim.get(&token, "user_account").0, 200);
    assert_eq!(sim.ask_token(|_| ()).0, 200);
    assert_eq!(sim.0.counters().most_token_requests_a_minute, 6);
}

#[test]
fn token_requests_that_are_wrong_are_refused() {
    let sim = Vanta::new(|settings| settings.token_limit_per_minute = None);
    let cases: [(&str, Value, u16, &str); 4] = [
        ("client_secret", json!("vcs_x"), 401, "invalid_client"),
        ("client_id", json!("vci_x"), 401, "invalid_client"),
        ("grant_type", json!("password"), 400, "unsupported_grant_type"),
        ("scope", json!("vanta-api.all:read"), 400, "invalid_scope"),
    ];
    for (member, value, status, code) in cases {
        let response = sim.ask_token(|body| body[member] = value);
        assert_eq!((response.0, &response.1["error"]), (status, &json!(code)));
    }
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    assert_eq!(sim.ask("POST", "/oauth/token", form, b"grant_type=client_credentials").0, 400);
}

#[test]
fn the_schemas_of_all_kinds_are_strict_and_report_one_violation_at_a_time() {
    let sim = Vanta::new(|_| ());
    let token = sim.token();
    for kind in Kind::ALL {
        let (bytes, kind) = (request(kind), kind.as_str());
        let good: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(sim.put(&token, kind, &good).0, 200, "{kind}");
        let fault = |change: &dyn Fn(&mut Value)| {
            let mut bad = good.clone();
            change(&mut bad["resources"][0]);
            let (status, text) = sim.put(&token, kind, &bad);
            assert_eq!(status, 400, "{kind}: {text}");
            let body: Value = serde_json::from_str(&text).expect("JSON");
            body["error"].as_str().expect("words").to_owned()
        };
        let message =
            fault(&|record| drop(record.as_object_mut().expect("it").remove("displayName")));
        assert_eq!(message, "/0: must have property 'displayName'");
        assert_eq!(
            fault(&|record| record["externalUrl"] = json!(7)),
            "/0/externalUrl: must be string"
        );
        let message = fault(&|record| record["department"] = json!("x"));
        assert!(message.starts_with("Too many fields on resource with uniqueId "), "{message}");
        assert!(message.ends_with("(element 0). Extra keys: department"), "{message}");
    }
}

#[test]
fn wrong_values_are_named_in_the_words_of_the_real_validator() {
    let sim = Vanta::new(|_| ());
    let token = sim.token();
    let cases = [
        ("permissionLevel", json!("OWNER"), "must be equal to one of the allowed values"),
        ("mfaEnabled", json!("yes"), "must be boolean"),
        ("mfaMethods", json!("OTP"), "must be array"),
        ("createdTimestamp", json!("2026-01-01"), "must be timestamp"),
        ("createdTimestamp", json!("2026-01-01T00:00:00"), "must be timestamp"),
        ("roleDescription", json!(null), "must be string"),
    ];
    for (field, value, words) in cases {
        let mut record = account("a");
        record[field] = value;
        let (_, text) = sim.put(&token, "user_account", &push(&[account("z"), record]));
        assert_eq!(text, json!({ "error": format!("/1/{field}: {words}") }).to_string());
    }
    assert!(sim.0.rows("user_account", RESOURCE).is_empty(), "all or nothing");
}

#[test]
fn gateway_responses_differ_from_those_of_the_api() {
    let sim = Vanta::new(|_| ());
    let token = sim.token();
    let bearer = format!("authorization: Bearer {token}\r\n");
    let (status, head, text) = sim.ask("PUT", "/v1/resources/linux_user_computer", &bearer, b"{}");
    assert_eq!(status, 404);
    assert!(head.contains("text/html"));
    assert!(text.contains("Cannot PUT /v1/resources/linux_user_computer"), "{text}");
    let path = format!("/v1/resources/user_account?resourceId={RESOURCE}");
    let (status, head, _) = sim.ask("GET", &path, &bearer, b"{}");
    assert!(status == 403 && head.contains("text/html"));
    let big = vec![b' '; 10_485_761];
    let (status, head, text) = sim.ask("PUT", "/v1/resources/user_account", &bearer, &big);
    assert_eq!((status, text.as_str()), (413, "HTTP content length exceeded 10485760 bytes."));
    assert!(head.contains("x-amzn-requestid") && head.contains("content-type: text;"));
}

#[test]
fn empty_push_deletes_everything_and_a_returning_row_is_live() {
    let sim = Vanta::new(|_| ());
    let token = sim.token();
    assert_eq!(sim.put(&token, "user_account", &push(&[account("a")])).0, 200);
    assert_eq!(sim.put(&token, "user_account", &push(&[])).0, 200);
    assert!(sim.0.rows("user_account", RESOURCE)[0]["deletedAt"].is_string());
    assert_eq!(sim.put(&token, "user_account", &push(&[account("a")])).0, 200);
    assert!(sim.0.rows("user_account", RESOURCE)[0]["deletedAt"].is_null());
}

#[test]
fn custom_properties_are_checked_against_their_declaration() {
    let sim = Vanta::new(|settings| settings.only_declared = true);
    let token = sim.token();
    let record = json!({
        "uniqueId": "j", "displayName": "j", "externalUrl": "https://x.example.com/j",
        "customProperties": { "jobName": "nightly", "encrypted": true, "retentionDays": 35,
                              "lastSuccessAt": "2026-04-12T09:30:00.000Z" },
    });
    assert_eq!(sim.put(&token, "custom_resource", &push(std::slice::from_ref(&record))).0, 404);
    let jtd = fixture("wire/custom-resource.custom-properties.jtd.json");
    let jtd = serde_json::from_slice(&jtd).expect("JSON");
    sim.0.declare(RESOURCE, "custom_resource", Some(jtd));
    assert_eq!(sim.put(&token, "custom_resource", &push(std::slice::from_ref(&record))).0, 200);
    let mut bad = record;
    bad["customProperties"].as_object_mut().expect("it").remove("retentionDays");
    let (_, text) = sim.put(&token, "custom_resource", &push(&[bad]));
    assert!(text.contains("/0/customProperties: must have property 'retentionDays'"), "{text}");
}

#[test]
fn undocumented_behaviour_is_a_setting() {
    let sim = Vanta::new(|settings| {
        settings.token_limit_per_minute = None;
        settings.errors_as_text = true;
        settings.rotation_revokes_token = true;
    });
    let token = sim.token();
    let twins = push(&[account("a"), account("a")]);
    assert_eq!(sim.put(&token, "user_account", &twins).0, 400);
    sim.0.change(|settings| {
        settings.duplicate_unique_id = Duplicates::LastWins;
        settings.put_response = PutResponse::Results;
        settings.http_external_url = Ambiguity::Refuse;
        settings.replace_scope = ReplaceScope::Kind;
        settings.stale_reads = 1;
        settings.camel_case_paths = true;
    });
    let (status, text) = sim.put(&token, "UserAccount", &twins);
    assert_eq!((status, text.as_str()), (200, r#"{"results":{"accepted":2,"rejected":0}}"#));
    assert!(sim.get(&token, "user_account").1.contains("[]"), "the first read is stale");
    assert!(sim.get(&token, "user_account").1.contains("\"a\""), "the second is not");
    let mut plain = account("a");
    plain["externalUrl"] = json!("http://x.example.com/");
    assert_eq!(sim.put(&token, "user_account", &push(&[plain])).0, 400);
    sim.0.set_client_secret("vcs_new");
    assert_eq!(sim.get(&token, "user_account"), (401, "unauthorized".to_owned()));
}

#[test]
fn upload_is_stored_byte_for_byte() {
    let sim = Vanta::new(|_| ());
    let headers = format!(
        "authorization: Bearer {}\r\ncontent-type: multipart/form-data; boundary=b\r\n",
        sim.token()
    );
    let part = |rest: &str| format!("--b\r\ncontent-disposition: form-data; {rest}\r\n");
    let mut body = part("name=\"effectiveAtDate\"\r\n\r\n2026-04-12").into_bytes();
    let file = part("name=\"file\"; filename=\"a.zip\"\r\ncontent-type: application/zip\r\n");
    body.extend_from_slice(file.as_bytes());
    body.extend_from_slice(b"\x00\xff\r\n--\r\n--b--\r\n");
    let path = "/v1/documents/access-requests/uploads";
    let (status, _, text) = sim.ask("POST", path, &headers, &body);
    assert_eq!(status, 201, "{text}");
    let members: Value = serde_json::from_str(&text).expect("JSON");
    let mut members: Vec<&String> = members.as_object().expect("an object").keys().collect();
    members.sort();
    let all = [
        "creationDate",
        "deletionDate",
        "description",
        "effectiveDate",
        "fileName",
        "id",
        "mimeType",
        "title",
        "updatedDate",
        "uploadedBy",
        "url",
    ];
    assert_eq!(members, all);
    let kept = &sim.0.uploads()[0];
    assert_eq!((kept.file_name.as_str(), kept.bytes.as_slice()), ("a.zip", &b"\0\xff\r\n--"[..]));
    assert_eq!(sim.ask("POST", path, "", &body).0, 401);
    assert_eq!(sim.ask("POST", path, &headers.replace("; boundary=b", ""), &body).0, 415);
    assert_eq!(sim.ask("POST", path, &headers, &body[1..]).0, 400);
    assert_eq!(sim.0.uploads().len(), 1);
}

#[test]
fn list_can_differ_from_what_was_pushed() {
    let sim = Vanta::new(|_| ());
    let token = sim.token();
    let kind = "package_vulnerability_connectors";
    let bytes = fixture(&format!("wire/put-{kind}.request.json"));
    let mut body: Value = serde_json::from_slice(&bytes).expect("JSON");
    body["resourceId"] = json!(RESOURCE);
    body["resources"][0]["severity"] = json!(7.25);
    assert_eq!(sim.put(&token, kind, &body).0, 200);
    assert_eq!(sim.0.rows(kind, RESOURCE)[0]["severity"], 7.3);
    assert_eq!(sim.put(&token, "user_account", &push(&[account("a")])).0, 200);
    let created = "\"createdTimestamp\":\"2026-01-01T00:00:00Z\"";
    assert!(sim.get(&token, "user_account").1.contains(created), "as it was pushed");
    sim.0.change(|settings| settings.timestamps_rewritten = true);
    let respelt = "\"createdTimestamp\":\"2026-01-01T00:00:00.000Z\"";
    assert!(sim.get(&token, "user_account").1.contains(respelt), "the same instant");
}

#[test]
fn state_is_available_as_json_and_as_text() {
    let sim = Vanta::new(|_| ());
    sim.0.script(Place::Any, [Fault::Pass]);
    sim.token();
    let (status, _, text) = sim.ask("GET", "/simulator/counters", "", b"");
    let counters: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((status, &counters["tokens_issued"]), (200, &json!(1)));
    let (status, head, _) = sim.ask("GET", "/simulator", "", b"");
    assert!(status == 200 && head.contains("text/html"));
}
