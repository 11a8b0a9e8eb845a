//! Stale lists, untrusted files, wrong clocks and gateways: no push is misled by them.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{Body, Client, Clock, Config, ErrorKind, Event, Kind, PushOptions, Receipt, Upload};

use crate::harness::{
    Fault, Place, RESOURCE, Rig, TempFolder, account, accounts, assert_kind, without_deletion_guard,
};
use crate::permissions::set_mode;

const KIND: Kind = Kind::USER_ACCOUNT;

fn body(records: usize) -> Body {
    let ids: Vec<String> = (0..records).map(|i| format!("id-{i}")).collect();
    accounts(&ids.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Makes a client that runs `job` once, before its first retry.
fn interrupted(rig: &Rig, job: impl FnOnce() + Send + 'static) -> Client {
    let job = Mutex::new(Some(job));
    let recorder = move |event: &Event| {
        let due = matches!(event, Event::Retrying { .. });
        if let Some(job) = job.lock().expect("no panic").take_if(|_| due) {
            thread::spawn(job).join().expect("no panic");
        }
    };
    Client::new(rig.config().on_event(recorder)).expect("right")
}

/// Makes a client that shares only the token with this one, as one of another process does.
fn another_process(rig: &Rig, client: &Client) -> Client {
    let token = client.token().expect("a token");
    Client::new(rig.config().static_token(token.secret().expose())).expect("right")
}

#[test]
fn push_reads_the_remote_state_before_each_attempt() {
    let rig = Rig::unlimited();
    let kept = rig.client();
    let other = another_process(&rig, &kept);
    let client = interrupted(&rig, move || drop(other.push(&KIND, &body(1000)).expect("pushed")));
    client.push(&KIND, &body(10)).expect("pushed");
    let limited = r#"{"error":"Too many requests"}"#;
    rig.reply_with(Place::Put, 429, &[("retry-after", "2")], limited);
    assert_kind(client.push(&KIND, &body(10)), ErrorKind::TooManyRemovals);
    assert_eq!(client.list(&KIND, RESOURCE).expect("listed").live().count(), 1000);
    let looks = rig.sim.counters().gets;
    rig.reply_with(Place::Put, 429, &[("retry-after", "2")], "");
    client.push(&KIND, &body(1001)).expect("pushed");
    assert_eq!(rig.sim.counters().gets, looks + 2, "one look for each attempt");
}

#[test]
fn stale_list_after_our_push_does_not_hide_deletions() {
    let rig = Rig::unlimited();
    let client = rig.client();
    rig.sim.change(|settings| settings.stale_reads = 1);
    client.push(&KIND, &body(50)).expect("pushed");
    let error = assert_kind(client.push(&KIND, &body(1)), ErrorKind::TooManyRemovals);
    assert!(
        error
            .to_string()
            .contains("49 of 50 live records would be deleted, as the push has 1 record"),
        "{error}"
    );
    // After a minute the list is used again, and by then it is up to date.
    rig.advance(Duration::from_secs(61));
    assert_kind(client.push(&KIND, &body(1)), ErrorKind::TooManyRemovals);
    client.push_with(&KIND, &body(1), &PushOptions::new().expect_removals(49)).expect("allowed");
}

#[test]
fn possibly_incomplete_list_is_refused() {
    let rig = Rig::unlimited();
    let client = rig.client();
    client.push(&KIND, &body(50)).expect("pushed");
    rig.advance(Duration::from_secs(61));
    for (status, beside) in [
        (206, json!({})),
        (200, json!({"nextPageToken": "abc"})),
        (200, json!({"next": 7})),
        (200, json!({"hasMore": true})),
        (200, json!({"truncated": true})),
        (200, json!({"pageInfo": {"endCursor": "abc"}})),
        (200, json!({"pageInfo": {"hasNextPage": true}})),
    ] {
        let mut page = json!({"resources": [account("id-0")]});
        page.as_object_mut().expect("an object").extend(beside.as_object().expect("one").clone());
        rig.reply(Place::Get, status, &page.to_string());
        let error = assert_kind(client.push(&KIND, &body(1)), ErrorKind::InvalidResponse);
        assert!(error.to_string().contains("nothing was pushed"), "{error}");
    }
    for beside in [
        json!({"pageInfo": {"hasNextPage": false, "endCursor": "abc"}}),
        json!({"nextPageToken": null, "hasMore": false, "cursor": ""}),
        json!({"count": 1, "requestId": "x"}),
        json!({"pageInfo": {"hasNextPage": "no"}}),
    ] {
        let mut page = json!({"resources": [account("id-0")]});
        page.as_object_mut().expect("an object").extend(beside.as_object().expect("one").clone());
        rig.reply(Place::Get, 200, &page.to_string());
        assert_eq!(client.list(&KIND, RESOURCE).expect("whole").rows().len(), 1, "{page}");
    }
    assert_eq!(rig.sim.counters().puts, 1);
}

#[test]
fn row_counts_as_deleted_only_with_a_deletion_time() {
    let rig = Rig::unlimited();
    for deleted in [json!(""), json!("yes"), json!(true), json!(0)] {
        let rows: Vec<Value> = (0..50)
            .map(|i| {
                let mut row = account(&format!("id-{i}"));
                row["deletedAt"] = deleted.clone();
                row
            })
            .collect();
        rig.reply(Place::Get, 200, &json!({"resources": rows}).to_string());
        assert_kind(rig.client().push(&KIND, &body(1)), ErrorKind::InvalidResponse);
    }
    assert_eq!(rig.sim.counters().puts, 0);
}

#[test]
fn audit_file_with_an_unknown_outcome_is_not_a_baseline() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let path = folder.path().join("audit");
    let client = Client::new(rig.config().audit_file(&path)).expect("right");
    let baseline = || PushOptions::new().baseline_from_audit(&path, &KIND, RESOURCE);
    client.push(&KIND, &body(10)).expect("pushed");
    rig.script(Place::Put, Fault::LoseResponse);
    assert_kind(client.push(&KIND, &body(1000)), ErrorKind::OutcomeUnknown);
    let error = assert_kind(baseline(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("the outcome of the last push is unknown"), "{error}");
    client.verify(&KIND, &body(1000)).expect("it had arrived");
    let options = baseline().expect("verified");
    let pushed = client.push_with(&KIND, &body(10), &options);
    let error = assert_kind(pushed, ErrorKind::TooManyRemovals);
    assert!(
        error
            .to_string()
            .contains("990 of 1,000 live records would be deleted, as the push has 10 records"),
        "{error}"
    );
    let mut text = fs::read_to_string(&path).expect("is there");
    text.truncate(text.len() - 20);
    fs::write(&path, text).expect("ours");
    let error = assert_kind(baseline(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("its last line is incomplete"), "{error}");
}

#[test]
fn file_name_with_line_breaks_does_not_forge_log_lines() {
    let rig = Rig::unlimited();
    let folder = TempFolder::new();
    let path = folder.path().join("x\n2026-01-01 all is well\u{1b}[31m.pdf");
    let errors = [
        rig.client().upload(&Upload::new("doc", &path)).expect_err("it is not there"),
        Body::from_file(&path).expect_err("it is not there"),
        Receipt::last_live(&path, &KIND, RESOURCE).expect_err("it is not there"),
    ];
    for error in errors {
        assert!(!error.to_string().contains(char::is_control), "{error}");
    }
    let line = json!({
        "receiptKind": "pushed", "time": "x", "resourceKind": "user_account",
        "resourceId": "a\nb", "recordCount": 3, "byteLen": 1, "sha256": "",
        "httpStatus": 200, "requestId": null, "attempts": 1,
        "tokenGeneration": 1, "warnings": 0,
    });
    assert_kind(Receipt::from_json(&line.to_string()), ErrorKind::InvalidArgument);
}

#[test]
fn lost_store_record_does_not_forget_a_token_request() {
    for listed in [false, true] {
        let (rig, folder) = (Rig::new(), TempFolder::new());
        let path = folder.path().join("token");
        let config =
            rig.config().token_store(path.display().to_string()).token_requests_per_minute(1);
        let client = Client::new(config.deadline(Duration::from_secs(5))).expect("right");
        let token = client.token().expect("a token");
        fs::remove_file(&path).expect("ours");
        if listed {
            client.list(&KIND, RESOURCE).expect("listed");
        }
        client.report_token_rejected(&token);
        assert_kind(client.token(), ErrorKind::TokenRateLimitReached);
    }
}

#[test]
fn host_with_a_slow_clock_preserves_permits_of_others() {
    let (rig, folder) = (Rig::new(), TempFolder::new());
    let path = folder.path().join("token");
    let config = rig.config().token_store(path.display().to_string());
    let client = Client::new(config).expect("right");
    client.token().expect("a token");
    let read =
        || -> Value { serde_json::from_slice(&fs::read(&path).expect("is there")).expect("JSON") };
    let mut record = read();
    let ahead = u64::try_from(rig.clock.wall().as_millis()).expect("small") + 90_000;
    let turn = |i: u64| json!({"boot_id": "another", "boot_ms": 1000 + i, "wall_ms": ahead});
    record["resource_requests"] = (0..20).map(turn).collect();
    fs::write(&path, record.to_string()).expect("ours");
    client.list(&KIND, RESOURCE).expect("listed");
    assert_eq!(read()["resource_requests"].as_array().map(Vec::len), Some(21));
}

#[cfg(unix)]
#[test]
fn world_writable_audit_file_is_not_trusted() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let path = folder.path().join("audit");
    fs::write(&path, "").expect("ours");
    set_mode(&path, 0o666);
    let client = Client::new(rig.config().audit_file(&path)).expect("right");
    let error = assert_kind(client.push(&KIND, &body(1)), ErrorKind::UnwritableFile);
    assert!(error.to_string().contains("chmod 600 it"), "{error}");
    assert_eq!(rig.sim.counters().connections, 0);
}

#[test]
fn busy_gateway_response_leaves_the_outcome_unknown() {
    let rig = Rig::unlimited();
    for _ in 0..4 {
        rig.reply(Place::Put, 503, r#"{"message":"Service Unavailable"}"#);
    }
    let pushed = rig.client().push_with(&KIND, &accounts(&["a"]), &without_deletion_guard());
    let error = assert_kind(pushed, ErrorKind::OutcomeUnknown);
    // With the token request.
    assert_eq!((error.attempts(), error.http_status()), (5, Some(503)));
}

/// Responds to every request before its body has come, and reads no more of it.
fn early_response_server(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("bound"));
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut head = [0; 4096];
        let _ = stream.read(&mut head).expect("a head");
        let length = body.len();
        let text = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(text.as_bytes()).expect("it is read");
        // Open until the client has closed.
        thread::sleep(Duration::from_secs(5));
    });
    origin
}

#[test]
fn success_response_to_an_incomplete_request_is_not_trusted() {
    let config = Config::new().static_token("vat_x").allow_plain_http_to_loopback(true);
    let ids: Vec<String> = (0..9).map(|i| format!("id-{i}")).collect();
    let records: Vec<Value> = ids
        .iter()
        .map(|id| {
            let mut record = account(id);
            record["fullName"] = json!("x".repeat(1_100_000));
            record
        })
        .collect();
    let body = Body::from_records(RESOURCE, &records).expect("below the limit");
    let origin = early_response_server(r#"{"success":true}"#);
    let client = Client::new(config.origin(origin)).expect("right");
    let error = assert_kind(
        client.push_with(&KIND, &body, &without_deletion_guard()),
        ErrorKind::OutcomeUnknown,
    );
    assert_eq!(error.http_status(), Some(200));
}
