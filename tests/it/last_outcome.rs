//! The last push decides where a list does not: the last push of this process, and of the audit
//! file.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, thread};

use serde_json::{Value, json};
use vanta::{Body, Client, Config, ErrorKind, Kind, Receipt, Result};

use crate::harness::{
    Fault, Place, RESOURCE, Rig, TempFile, accounts, assert_kind, without_deletion_guard,
};

const KIND: Kind = Kind::CUSTOM_RESOURCE;

/// A resource that no test pushes, so that only an audit file has its outcome.
const ELSEWHERE: &str = "66f0c0ffee0000000000a0ff";

fn record(id: &str, team: Option<&str>) -> Value {
    let url = format!("https://x.example.com/{id}");
    let mut record = json!({"uniqueId": id, "displayName": id, "externalUrl": url});
    if let Some(team) = team {
        record["customProperties"] = json!({"team": team, "level": 1});
    }
    record
}

fn body_of(resource: &str, team: Option<&str>) -> Body {
    Body::from_records(resource, &[record("a", team)]).expect("right")
}

fn body(team: Option<&str>) -> Body {
    body_of(RESOURCE, team)
}

/// Makes a service that returns no custom properties, and a client with an audit file.
fn hiding(file: &TempFile) -> (Rig, Client) {
    let rig = Rig::unlimited();
    rig.sim.change(|settings| settings.custom_properties_in_list = false);
    let client = Client::new(rig.config().audit_file(file.path())).expect("right");
    (rig, client)
}

#[track_caller]
fn assert_not_settled(verified: Result<Receipt>) {
    let error = assert_kind(verified, ErrorKind::NotVerified);
    assert!(error.to_string().contains("/customProperties"), "{error}");
    assert!(error.to_string().contains("push again"), "{error}");
}

#[test]
fn verify_needs_the_same_bytes_from_every_source_that_knows_an_outcome() {
    let file = TempFile::new("audit", b"");
    let (rig, client) = hiding(&file);
    let (red, blue) = (body(Some("red")), body(Some("blue")));
    client.push(&KIND, &red).expect("pushed");
    client.verify(&KIND, &red).expect("both say so");
    // This process pushes something else, without an audit file.
    rig.client().push(&KIND, &blue).expect("pushed");
    assert_not_settled(client.verify(&KIND, &red));
    assert_not_settled(client.verify(&KIND, &blue));
    // Another process pushes something else.
    let line = client.push(&KIND, &red).expect("pushed").to_json();
    let (other, zeros) = (client.push(&KIND, &red).expect("pushed").sha256, "0".repeat(64));
    let lines = fs::read_to_string(file.path()).expect("text");
    fs::write(file.path(), format!("{lines}{}\n", line.replace(&other, &zeros))).expect("ours");
    assert_not_settled(client.verify(&KIND, &red));
    client.push(&KIND, &red).expect("pushed");
    client.verify(&KIND, &red).expect("both say so");
}

#[test]
fn an_audit_file_that_cannot_be_read_as_a_whole_settles_nothing() {
    let file = TempFile::new("audit", b"");
    let (_rig, client) = hiding(&file);
    let red = body(Some("red"));
    client.push(&KIND, &red).expect("pushed");
    let lines = fs::read_to_string(file.path()).expect("text");
    fs::write(file.path(), format!("{lines}{{\"receiptKind\":\"unk")).expect("ours");
    assert_not_settled(client.verify(&KIND, &red));
    // A line without an application may be of any.
    let older = lines.replace("\"origin\":", "\"formerly\":");
    fs::write(file.path(), format!("{lines}{older}")).expect("ours");
    assert_not_settled(client.verify(&KIND, &red));
    fs::write(file.path(), &lines).expect("ours");
    client.verify(&KIND, &red).expect("accepted");
}

#[test]
fn removing_members_that_are_not_returned_is_not_settled_by_reading() {
    for fault in [Fault::Drop, Fault::LoseResponse] {
        let file = TempFile::new("audit", b"");
        let (rig, client) = hiding(&file);
        let bare = body(None);
        client.push(&KIND, &body(Some("red"))).expect("pushed");
        let plan = client.plan(&KIND, &bare).expect("planned");
        assert!(!plan.is_empty(), "a job that pushes only what has changed must push");
        let members: Vec<_> =
            plan.not_comparable.iter().map(|one| (one.pointer.as_str(), one.records)).collect();
        assert_eq!(members, [("/customProperties", 0)]);
        let line = "? /customProperties: perhaps set by an earlier push and not by this body, and \
                    the service returns it on no row\n";
        assert!(plan.to_string().ends_with(line), "{plan}");
        rig.script(Place::Put, fault);
        assert_kind(client.push(&KIND, &bare), ErrorKind::OutcomeUnknown);
        assert_not_settled(client.verify(&KIND, &bare));
        assert!(!client.plan(&KIND, &bare).expect("planned").is_empty());
        client.push(&KIND, &bare).expect("a rerun");
        client.verify(&KIND, &bare).expect("accepted with the same bytes");
        assert!(client.plan(&KIND, &bare).expect("planned").is_empty());
    }
}

#[test]
fn a_lost_push_without_custom_properties_is_settled_where_none_was_pushed() {
    let rig = Rig::unlimited();
    let client = rig.client();
    client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    rig.script(Place::Put, Fault::LoseResponse);
    let both = accounts(&["a", "b"]);
    assert_kind(client.push(&Kind::USER_ACCOUNT, &both), ErrorKind::OutcomeUnknown);
    client.verify(&Kind::USER_ACCOUNT, &both).expect("all of it comes back");
}

#[test]
fn other_bytes_in_the_audit_file_may_have_set_custom_properties() {
    let file = TempFile::new("audit", b"");
    let (rig, client) = hiding(&file);
    let line = client.push(&KIND, &body(Some("red"))).expect("pushed").to_json();
    let line = line.replace(RESOURCE, ELSEWHERE);
    let bare = body_of(ELSEWHERE, None);
    let rows = json!({ "resources": [record("a", None)] }).to_string();
    let reply = |times| (0..times).for_each(|_| rig.reply(Place::Get, 200, &rows));
    reply(1);
    assert!(client.plan(&KIND, &bare).expect("planned").is_empty(), "nothing is known");
    for proof in ["pushed", "unknown"] {
        let line =
            line.replace("\"receiptKind\":\"pushed\"", &format!("\"receiptKind\":\"{proof}\""));
        fs::write(file.path(), line + "\n").expect("ours");
        reply(1);
        assert!(!client.plan(&KIND, &bare).expect("planned").is_empty(), "{proof}");
        reply(3);
        assert_not_settled(client.verify(&KIND, &bare));
    }
    rig.sim.clear_script();
}

#[test]
fn a_push_that_ends_in_a_panic_has_an_unknown_outcome() {
    let file = TempFile::new("audit", b"");
    let (_rig, client) = hiding(&file);
    let (red, blue) = (body(Some("red")), body(Some("blue")));
    client.push(&KIND, &red).expect("pushed");
    client.verify(&KIND, &red).expect("accepted");
    let panics = client.with_progress(|progress| {
        assert!(progress.sent < progress.total, "the last byte has left");
    });
    let push = AssertUnwindSafe(|| panics.push_with(&KIND, &blue, &without_deletion_guard()));
    assert!(catch_unwind(push).is_err(), "the handler panics");
    assert_not_settled(client.verify(&KIND, &red));
}

#[test]
fn a_push_that_changed_nothing_leaves_the_last_outcome_as_it_was() {
    let file = TempFile::new("audit", b"");
    let (rig, client) = hiding(&file);
    let red = body(Some("red"));
    client.push(&KIND, &red).expect("pushed");
    rig.reply(Place::Put, 400, r#"{"error":"/0/displayName: must be short"}"#);
    assert_kind(client.push(&KIND, &body(Some("blue"))), ErrorKind::RecordsRejected);
    client.verify(&KIND, &red).expect("accepted, and nothing since");
}

/// Reads a request, and returns its head.
fn read_head(stream: &mut TcpStream) -> String {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut piece).expect("a request");
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        let Some((head, rest)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if rest.len() >= length.map_or(0, |length| length.parse().expect("a number")) {
            return head.to_owned();
        }
    }
}

fn respond(stream: &mut TcpStream, content: &str) {
    let length = content.len();
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all((head + content).as_bytes()).expect("sent");
}

#[test]
fn verify_reads_again_where_a_push_was_accepted_after_its_rows() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let origin = format!("http://{}", listener.local_addr().expect("bound"));
    let file = TempFile::new("audit", b"");
    let config =
        Config::new().origin(origin).allow_plain_http_to_loopback(true).requests_per_minute(0);
    let config = config.static_token("vat_x").audit_file(file.path());
    let client = Client::new(config).expect("right");
    let (first, second) = (accounts(&["a"]), accounts(&["b"]));
    let is_second_live = Arc::new(AtomicBool::new(false));
    let (pusher, pushed, is_live) = (client.clone(), second.clone(), Arc::clone(&is_second_live));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (pusher, pushed, is_live) = (pusher.clone(), pushed.clone(), Arc::clone(&is_live));
            thread::spawn(move || {
                let mut stream = stream.expect("a connection");
                if read_head(&mut stream).starts_with("put ") {
                    return respond(&mut stream, r#"{"success":true}"#);
                }
                let id = if is_live.load(Ordering::SeqCst) { "b" } else { "a" };
                // The rows are read, and the other push happens before they arrive.
                if !is_live.swap(true, Ordering::SeqCst) {
                    pusher
                        .push_with(&Kind::USER_ACCOUNT, &pushed, &without_deletion_guard())
                        .expect("pushed");
                }
                let rows = json!({ "resources": [crate::harness::account(id)] });
                respond(&mut stream, &rows.to_string());
            });
        }
    });
    assert_kind(client.verify(&Kind::USER_ACCOUNT, &first), ErrorKind::NotVerified);
    let lines = fs::read_to_string(file.path()).expect("text");
    assert_eq!(lines.lines().count(), 1, "no verified line follows the push: {lines}");
    client.verify(&Kind::USER_ACCOUNT, &second).expect("live");
}
