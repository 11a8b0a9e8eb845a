//! A receipt has what an auditor needs, and no secret.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Body, Client, ErrorKind, Kind, Receipt, ReceiptKind, Upload};

use crate::fakes::ManualClock;
use crate::harness::{
    Place, RESOURCE, Rig, TempFile, account, accounts, assert_kind, fixture_path,
    without_deletion_guard,
};

/// Returns the digest of the bytes by another program.
pub fn sha256sum(bytes: &[u8]) -> String {
    let mut command = Command::new("sha256sum");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
    child.stdin.take().expect("piped").write_all(bytes).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8_lossy(&output.stdout).split(' ').next().unwrap_or_default().to_owned()
}

#[test]
fn receipt_has_content_time_and_kind_of_the_push() {
    let rig = Rig::unlimited();
    let clock = ManualClock::default();
    let client = Client::new(rig.config().clock(clock.clone())).expect("right");
    let first = client.push(&Kind::USER_ACCOUNT, &accounts(&["a", "b", "c"])).expect("pushed");
    assert!(!first.to_string().contains("removed"), "{first}");
    clock.pass(Duration::from_millis(86_400_000 * 160 + 45_678));
    rig.reply(Place::Put, 503, "");
    let body = accounts(&["b", "c"]);
    let receipt = client.push(&Kind::USER_ACCOUNT, &body).expect("pushed");
    assert_eq!(receipt.receipt_kind, ReceiptKind::Pushed);
    // 1790000000 is 2026-09-21T14:13:20Z. 160 days, 45.678 s and a backoff of about a second later.
    let (date, seconds) = receipt.time.split_at(17);
    assert_eq!(date, "2027-02-28T14:14:", "{}", receipt.time);
    let seconds: f64 = seconds.strip_suffix('Z').expect("UTC").parse().expect("a number");
    assert!((6.678..7.0).contains(&seconds), "{}", receipt.time);
    assert_eq!(
        (receipt.resource_kind.as_str(), receipt.resource_id.as_str()),
        ("user_account", RESOURCE)
    );
    assert_eq!((receipt.record_count, receipt.byte_len), (2, body.as_bytes().len() as u64));
    assert_eq!(receipt.sha256, sha256sum(body.as_bytes()));
    // The first token had expired.
    assert_eq!((receipt.http_status, receipt.attempts, receipt.token_generation), (200, 5, 2));
    assert_eq!((receipt.removed, receipt.upload_id.as_deref()), (Some(1), None));
    assert!(receipt.warnings.is_empty() && !receipt.audited);
    let id = receipt.request_id.as_deref().expect("the server's front gave one");
    let expected = format!(
        "user_account {RESOURCE}: 2 records in {} bytes accepted, 1 record removed (HTTP 200, \
         5 requests, request id {id})",
        receipt.byte_len
    );
    assert_eq!(receipt.to_string(), expected);
}

#[test]
fn receipt_time_is_rfc_3339() {
    let rig = Rig::unlimited();
    let client = |seconds: u64| {
        let clock = ManualClock::default();
        clock.pass(Duration::from_secs(seconds - 1_790_000_000));
        Client::new(rig.config().clock(clock)).expect("right")
    };
    for (seconds, expected) in [
        (1_790_000_000, "2026-09-21T14:13:20.000Z"),
        (1_835_395_199, "2028-02-28T23:59:59.000Z"),
        (1_835_395_200, "2028-02-29T00:00:00.000Z"),
        (1_835_481_600, "2028-03-01T00:00:00.000Z"),
        (4_107_542_399, "2100-02-28T23:59:59.000Z"),
        (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        (253_402_300_799, "9999-12-31T23:59:59.000Z"),
    ] {
        // A new client requests a token again, because the old one has expired on its clock.
        rig.sim.advance(Duration::from_secs(61));
        let receipt = client(seconds).verify(&Kind::USER_ACCOUNT, &accounts(&[]));
        assert_eq!(receipt.expect("nothing is live").time, expected);
    }
}

#[test]
fn receipt_time_is_that_of_the_response() {
    let rig = Rig::on_one_clock(|settings| settings.resource_limit_per_minute = None);
    let client = rig.client();
    rig.advance(Duration::from_secs(12_345));
    let receipt = client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    let later = Body::from_records("another", &[account("a")]).expect("right");
    client.push(&Kind::USER_ACCOUNT, &later).expect("pushed");
    let created = |id| rig.sim.rows("user_account", id)[0]["createdAt"].clone();
    let [before, after] = [RESOURCE, "another"].map(created);
    let between = before.as_str() <= Some(&receipt.time) && Some(&*receipt.time) <= after.as_str();
    assert!(between, "{before}, {}, {after}", receipt.time);
}

#[test]
fn receipt_digest_is_that_of_the_bytes_sent() {
    let rig = Rig::unlimited();
    let client = rig.client();
    for name in ["01_user_account_3.json", "02_user_account_1200.json"] {
        let body = Body::from_file(fixture_path(name)).expect("well formed");
        let receipt = client
            .push_with(&Kind::USER_ACCOUNT, &body, &without_deletion_guard())
            .expect("pushed");
        assert_eq!(receipt.sha256, sha256sum(body.as_bytes()));
        let sent = rig.sim.requests().into_iter().rev().find(|sent| sent.method == "PUT");
        let sent = sent.expect("one was sent");
        assert_eq!(receipt.byte_len, sent.body_len as u64);
        if sent.body.len() == sent.body_len {
            assert_eq!(receipt.sha256, sha256sum(&sent.body));
        }
    }
}

#[test]
fn receipt_has_the_token_fingerprint_of_the_last_request() {
    let rig = Rig::unlimited();
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(Duration::from_secs(10));
    rig.sim.issue_elsewhere();
    let receipt =
        client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard());
    let receipt = receipt.expect("pushed");
    assert_eq!((receipt.attempts, receipt.token_generation), (3, 2));
}

#[test]
fn a_receipt_is_one_line_of_json_and_comes_back_from_it() {
    let rig = Rig::unlimited();
    let mut record = account("a");
    record["externalUrl"] = json!("http://x.example.com/");
    let body = Body::from_records(RESOURCE, &[record]).expect("right");
    let receipt = rig.client().push(&Kind::USER_ACCOUNT, &body).expect("pushed");
    let line = receipt.to_json();
    assert!(!line.contains('\n'));
    let expected = json!({
        "receiptKind": "pushed", "time": receipt.time, "origin": rig.sim.origin(),
        "application": rig.sim.client_id(), "resourceKind": "user_account", "resourceId": RESOURCE,
        "recordCount": 1, "byteLen": receipt.byte_len, "sha256": receipt.sha256, "httpStatus": 200,
        "requestId": receipt.request_id, "attempts": 3, "tokenGeneration": 1, "removed": 0,
        "warnings": 1,
    });
    assert_eq!(serde_json::from_str::<Value>(&line).expect("JSON"), expected);
    let again = Receipt::from_json(&line).expect("a receipt");
    assert!(again.warnings.is_empty() && !again.audited, "only their number is in the line");
    let all = |r: &Receipt| {
        let Receipt { resource_kind, resource_id, record_count, byte_len, .. } = r.clone();
        let of_response = (r.sha256.clone(), r.http_status, r.attempts);
        let by = (r.origin.clone(), r.application.clone());
        let rest = (
            by,
            r.time.clone(),
            r.receipt_kind,
            r.token_generation,
            r.removed,
            r.request_id.clone(),
        );
        (resource_kind, resource_id, record_count, byte_len, of_response, rest)
    };
    assert_eq!(all(&again), all(&receipt));
    assert_eq!(
        Receipt::from_json(&again.to_json()).map(|r| all(&r)).expect("again"),
        all(&receipt)
    );
    // Another program may have changed the order, and added members.
    let mut other = expected;
    other["host"] = json!("db-1");
    other["removed"] = json!(null);
    assert_eq!(Receipt::from_json(&other.to_string()).expect("a receipt").removed, None);
}

#[test]
fn invalid_receipt_json_is_refused() {
    let rig = Rig::unlimited();
    let receipt = rig.client().push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    let line = receipt.to_json();
    let with = |key: &str, value: Value| {
        let mut other: Value = serde_json::from_str(&line).expect("JSON");
        other[key] = value;
        other.to_string()
    };
    for text in [
        "",
        "{}",
        "[]",
        &line[..line.len() / 2],
        &with("resourceKind", json!("user account")),
        &with("receiptKind", json!("wished")),
        &with("recordCount", json!(-1)),
    ] {
        assert_kind(Receipt::from_json(text), ErrorKind::InvalidArgument);
    }
}

#[test]
fn last_receipt_of_a_resource_is_found_among_others() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let line = |ids: &[&str], resource: &str, kind: &Kind| {
        let records: Vec<Value> = ids.iter().map(|id| account(id)).collect();
        let body = Body::from_records(resource, &records).expect("right");
        client.push_with(kind, &body, &without_deletion_guard()).expect("pushed").to_json()
    };
    let kind = Kind::USER_ACCOUNT;
    let first = line(&["a"], RESOURCE, &kind);
    let seen = client.verify(&kind, &accounts(&["a"])).expect("verified").to_json();
    let second = line(&["a", "b"], RESOURCE, &kind);
    let other = line(&["a", "b", "c"], "another", &kind);
    let moved = second.replace("user_account", "custom_resource");
    let half = &second.replace("\"recordCount\":2", "\"recordCount\":9")[..60];
    let lines = [&first, &seen, "nonsense", "", &second, &other, &moved, half].join("\n");
    let file = TempFile::new("audit", &[lines.as_bytes(), b"\n\xff\xfe\n"].concat());
    let last = |kind: &Kind, id: &str| Receipt::last_live(file.path(), kind, id).expect("readable");
    assert_eq!(last(&kind, RESOURCE).expect("there is one").record_count, 2);
    assert_eq!(last(&kind, "another").expect("there is one").record_count, 3);
    let verified = TempFile::new("audit", format!("{second}\n{seen}\n").as_bytes());
    let found = Receipt::last_live(verified.path(), &kind, RESOURCE).expect("readable");
    assert_eq!(found.map(|receipt| receipt.record_count), Some(1), "what was seen live counts too");
    assert!(last(&kind, "never").is_none());
    assert!(last(&Kind::SECRET, RESOURCE).is_none());
    let missing = Receipt::last_live("/nowhere/audit", &kind, RESOURCE);
    assert_kind(missing, ErrorKind::UnreadableFile);
}

#[test]
fn no_receipt_holds_a_secret_even_where_the_server_shows_one() {
    let rig = Rig::unlimited();
    let audit = TempFile::new("audit", b"");
    let file = TempFile::new("pdf", b"evidence");
    let client = Client::new(rig.config().audit_file(audit.path())).expect("right");
    let token = client.token().expect("a token").secret().expose().to_owned();
    let echoed = [("x-amzn-requestid", token.as_str())];
    rig.reply_with(Place::Put, 200, &echoed, r#"{"success":true}"#);
    let pushed = client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    rig.reply_with(Place::Upload, 201, &echoed, &json!({ "id": token }).to_string());
    let uploaded = client.upload(&Upload::new("doc", file.path())).expect("uploaded");
    for receipt in [pushed, uploaded] {
        assert!(receipt.request_id.is_some());
        for text in [receipt.to_string(), format!("{receipt:?}"), receipt.to_json()] {
            assert!(!text.contains(&token), "{text}");
        }
    }
    let lines = std::fs::read_to_string(audit.path()).expect("text");
    assert_eq!(lines.lines().count(), 2);
    assert!(!lines.contains(&token) && !lines.contains(&rig.sim.client_secret()), "{lines}");
    // The response itself is in the log of the HTTP crate, which has the heads of responses.
    rig.leave_unchecked();
}
