//! An upload arrives byte for byte, and at most once where the outcome is unknown.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use vanta::{Action, Client, Error, ErrorKind, Event, Receipt, ReceiptKind, Upload};
use vanta_simulator::Upload as Taken;

use crate::harness::{Fault, Place, Rig, TempFolder, assert_kind};
use crate::languages::succeed;
use crate::receipts::sha256sum;

/// Returns bytes of every value, some of which look like a boundary.
fn evidence(length: usize) -> Vec<u8> {
    let text = b"\r\n--libvanta-\r\nContent-Disposition: form-data\r\n\r\n--\r\n";
    (0..=255).chain(text.iter().copied()).cycle().take(length).collect()
}

/// Makes a file of this name, in a folder that is deleted with the test.
fn file(folder: &TempFolder, name: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("ours");
    path
}

fn upload(rig: &Rig, path: &Path) -> Result<Receipt, Error> {
    rig.client().upload(&Upload::new("access-requests", path))
}

/// Returns the only upload that was accepted.
#[track_caller]
fn taken(rig: &Rig) -> Taken {
    let uploads = rig.sim.uploads();
    assert_eq!((uploads.len(), rig.sim.counters().uploads_accepted), (1, 1));
    uploads.into_iter().next().expect("there is one")
}

#[test]
fn uploaded_file_arrives_with_its_metadata() {
    let folder = TempFolder::new();
    let bytes = evidence(300_000);
    let path = file(&folder, "Requests 2026.PDF", &bytes);
    for status in [200, 201] {
        let rig = Rig::unlimited();
        rig.sim.change(|settings| settings.upload_status = status);
        let upload = Upload::new("access-requests", &path)
            .effective_at_date("2024-02-29")
            .description("Zugänge\r\n--x: \"all\" of January");
        let receipt = rig.client().upload(&upload).expect("taken");
        let taken = taken(&rig);
        assert_eq!(taken.document_id, "access-requests");
        assert!(taken.bytes == bytes, "the bytes are others");
        assert_eq!(
            (taken.file_name.as_str(), taken.mime_type.as_str()),
            ("Requests 2026.PDF", "application/pdf")
        );
        assert_eq!(taken.effective_at_date.as_deref(), Some("2024-02-29"));
        assert_eq!(taken.description.as_deref(), Some("Zugänge\r\n--x: \"all\" of January"));
        assert_eq!((receipt.receipt_kind, receipt.http_status), (ReceiptKind::Uploaded, status));
        assert_eq!((receipt.resource_kind.as_str(), receipt.resource_id.as_str()), {
            ("document", "access-requests")
        });
        assert_eq!((receipt.record_count, receipt.byte_len, receipt.attempts), (1, 300_000, 2));
        assert_eq!(receipt.sha256, sha256sum(&bytes));
        assert_eq!(receipt.upload_id.as_deref(), Some(taken.id.as_str()));
        assert!(receipt.request_id.is_some() && receipt.removed.is_none());
        let words = "document access-requests: a file of 300000 bytes accepted (HTTP";
        assert!(receipt.to_string().starts_with(words), "{receipt}");
        let again = Receipt::from_json(&receipt.to_json()).expect("a receipt");
        assert_eq!(
            (again.upload_id, again.receipt_kind),
            (receipt.upload_id, ReceiptKind::Uploaded)
        );
    }
}

#[test]
fn unset_metadata_is_not_sent_and_an_empty_file_is_refused() {
    let folder = TempFolder::new();
    let rig = Rig::unlimited();
    let empty = upload(&rig, &file(&folder, "empty.txt", b""));
    let error = assert_kind(empty, ErrorKind::InvalidPayload);
    assert!(error.to_string().contains("empty.txt is empty"), "{error}");
    let receipt = upload(&rig, &file(&folder, "small.txt", b"x")).expect("taken");
    let taken = taken(&rig);
    assert_eq!((taken.description, taken.effective_at_date, receipt.byte_len), (None, None, 1));
    assert_eq!(receipt.sha256, sha256sum(b"x"));
}

#[test]
fn content_type_follows_the_file_extension() {
    let folder = TempFolder::new();
    let office = "application/vnd.openxmlformats-officedocument";
    for (name, expected) in [
        ("a.docx", format!("{office}.wordprocessingml.document")),
        ("a.xlsx", format!("{office}.spreadsheetml.sheet")),
        ("a.csv", "text/csv".to_owned()),
        ("a.JPeG", "image/jpeg".to_owned()),
        ("a.tar.zip", "application/zip".to_owned()),
        ("a.unheard-of", "application/octet-stream".to_owned()),
        ("pdf", "application/octet-stream".to_owned()),
    ] {
        let rig = Rig::unlimited();
        upload(&rig, &file(&folder, name, b"x")).expect("taken");
        assert_eq!(taken(&rig).mime_type, expected, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn unusual_file_names_arrive_unchanged() {
    let folder = TempFolder::new();
    for name in [
        "say \"cheese\".png",
        "two\r\nlines: \".txt",
        "Überweisung 文件 🎉.csv",
        "semi;colon=\".zip",
        "back\\slash\\.txt",
        "name=\"file\"; filename=\"x.txt",
        "\ttab.txt",
        ".hidden",
    ] {
        let rig = Rig::unlimited();
        upload(&rig, &file(&folder, name, b"x")).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(taken(&rig).file_name, name);
    }
}

#[cfg(unix)]
#[test]
fn upload_of_a_file_whose_name_is_not_unicode_has_a_similar_name() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let name: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"latin\xe9.txt");
    upload(&rig, &file(&folder, name, b"x")).expect("taken");
    assert_eq!(taken(&rig).file_name, "latin\u{fffd}.txt");
}

#[test]
fn missing_upload_scope_is_an_error() {
    let folder = TempFolder::new();
    let path = file(&folder, "a.pdf", b"x");
    let rig = Rig::unlimited();
    rig.sim.change(|settings| settings.upload_scope_needed = true);
    let error = assert_kind(upload(&rig, &path), ErrorKind::Forbidden);
    assert!(error.to_string().contains("the scope for this call"), "{error}");
    assert_eq!(rig.sim.counters().uploads, 1);
    let config = rig.config().scope("connectors.self:write-resource self:write-document");
    let client = Client::new(config).expect("right");
    client.upload(&Upload::new("d", &path)).expect("taken");
}

#[test]
fn each_upload_error_status_has_its_kind_and_is_not_retried() {
    let folder = TempFolder::new();
    let path = file(&folder, "a.pdf", b"x");
    let html = "<!DOCTYPE html><pre>Cannot POST /v1/documents/x/uploads</pre>";
    let cases = [
        (
            400,
            r#"{"error":"file: must be a file"}"#,
            ErrorKind::RecordsRejected,
            "file: must be a file",
        ),
        (404, html, ErrorKind::NotFound, "the API has no such path"),
        (413, "HTTP content length exceeded 10485760 bytes.", ErrorKind::ServerTooLarge, "10 MiB"),
        (415, r#"{"message":"Unsupported"}"#, ErrorKind::UnexpectedStatus, "Unsupported"),
        (301, "", ErrorKind::RedirectRefused, "it leads to nowhere"),
    ];
    for (status, body, kind, words) in cases {
        let rig = Rig::unlimited();
        rig.reply(Place::Upload, status, body);
        let error = assert_kind(upload(&rig, &path), kind);
        assert!(error.to_string().contains(words), "{status}: {error}");
        let named = format!("uploading {}: ", path.display());
        assert!(error.to_string().starts_with(&named), "{error}");
        assert_eq!((rig.sim.counters().uploads, error.attempts()), (1, 2));
        assert!(!error.is_retryable());
    }
    let rig = Rig::with(|settings| settings.only_declared = true);
    let error = assert_kind(upload(&rig, &path), ErrorKind::NotFound);
    let message = error.to_string();
    assert!(message.contains("take the id or the slug of the document from Vanta"), "{message}");
    assert!(message.contains("Document with id: access-requests not found"), "{message}");
    rig.sim.declare_document("access-requests");
    upload(&rig, &path).expect("taken");
    let large = file(&folder, "large.zip", &vec![0; 11 << 20]);
    let error = assert_kind(upload(&rig, &large), ErrorKind::ServerTooLarge);
    assert!(error.to_string().contains("10 MiB") && error.http_status() == Some(413), "{error}");
}

#[test]
fn invalid_upload_is_refused_before_anything_is_sent() {
    let folder = TempFolder::new();
    let path = file(&folder, "a.pdf", b"x");
    let pipe = folder.path().join("pipe");
    succeed(Command::new("mkfifo").arg(&pipe));
    let day = |day: &str| Upload::new("doc", &path).effective_at_date(day);
    let argument = ErrorKind::InvalidArgument;
    let cases = [
        (day("2026-02-29"), argument, "\"2026-02-29\" is not a date; write YYYY-MM-DD"),
        (day("2026-13-01"), argument, "YYYY-MM-DD"),
        (day("2026-1-1"), argument, "YYYY-MM-DD"),
        (day("01.02.2026"), argument, "YYYY-MM-DD"),
        (day("2026-01-01T00:00:00Z"), argument, "YYYY-MM-DD"),
        (day("2026-01-01\r\n"), argument, "YYYY-MM-DD"),
        (day(""), argument, "YYYY-MM-DD"),
        (Upload::new("a/../b", &path), argument, "document id \"a/../b\""),
        (Upload::new("", &path), argument, "give the id or the slug"),
        (Upload::new("doc", folder.path()), ErrorKind::UnreadableFile, "not a regular file"),
        (Upload::new("doc", "/nowhere/a.pdf"), ErrorKind::UnreadableFile, "/nowhere/a.pdf"),
        (Upload::new("doc", &pipe), ErrorKind::UnreadableFile, "not a regular file"),
        (Upload::new("doc", "/dev/zero"), ErrorKind::UnreadableFile, "not a regular file"),
    ];
    let rig = Rig::unlimited();
    for (upload, kind, words) in cases {
        let error = assert_kind(rig.client().upload(&upload), kind);
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.attempts(), 0);
    }
    assert_eq!(rig.sim.counters().connections, 0);
}

/// Runs an action on the file after its first part was sent.
fn meddling(rig: &Rig, path: &Path, meddle: fn(&Path)) -> Result<Receipt, Error> {
    let file = path.to_owned();
    let client = rig.client().with_progress(move |progress| {
        if progress.sent < 200_000 {
            meddle(&file);
        }
    });
    client.upload(&Upload::new("doc", path))
}

#[test]
fn a_file_that_changes_its_size_on_the_way_is_not_accepted() {
    let shrink: fn(&Path) = |path| fs::write(path, b"short").expect("ours");
    let grow: fn(&Path) = |path| {
        let file = OpenOptions::new().append(true).open(path);
        file.expect("ours").write_all(b"more").expect("ours");
    };
    let (shorter, grew) = ("it became shorter while it was read", "it grew while it was read");
    for (meddle, words) in [(shrink, shorter), (grow, grew)] {
        let (rig, folder) = (Rig::unlimited(), TempFolder::new());
        let path = file(&folder, "a.zip", &evidence(3 << 20));
        let error = assert_kind(meddling(&rig, &path, meddle), ErrorKind::UnreadableFile);
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.action(), Action::FixConfig);
        assert_eq!(rig.sim.counters().uploads_accepted, 0);
    }
}

const LIMITED: &str = r#"{"error":"Too many requests"}"#;

/// Makes a client that runs an action on the file between two attempts.
fn between(rig: &Rig, path: &Path, bytes: &'static [u8]) -> Client {
    let file = path.to_owned();
    let retried = move |event: &Event| {
        if matches!(event, Event::Retrying { .. }) {
            fs::write(&file, bytes).expect("ours");
        }
    };
    Client::new(rig.config().on_event(retried)).expect("right")
}

#[test]
fn each_attempt_reads_the_file_anew_and_the_digest_is_that_of_the_last() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let path = file(&folder, "a.txt", b"older");
    rig.reply(Place::Upload, 429, LIMITED);
    let receipt = between(&rig, &path, b"newer").upload(&Upload::new("doc", &path));
    let receipt = receipt.expect("taken");
    assert_eq!((taken(&rig).bytes.as_slice(), receipt.attempts), (b"newer".as_slice(), 3));
    assert_eq!(receipt.sha256, sha256sum(b"newer"));
    rig.reply(Place::Upload, 429, LIMITED);
    let changed = between(&rig, &path, b"of another size").upload(&Upload::new("doc", &path));
    let error = assert_kind(changed, ErrorKind::UnreadableFile);
    assert!(error.to_string().contains("its size changed between two attempts"), "{error}");
    taken(&rig);
}

#[test]
fn upload_with_an_unknown_outcome_is_not_retried() {
    let folder = TempFolder::new();
    let path = file(&folder, "a.pdf", &evidence(200_000));
    let reply = |status, body: &str| Fault::Reply {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    };
    let cases = [
        (Fault::LoseResponse, 1),
        (Fault::CutResponse(40), 1),
        (Fault::Drop, 0),
        (Fault::Reset, 0),
        (reply(500, ""), 0),
        (reply(503, "Service Unavailable"), 0),
        (reply(502, "<html>bad gateway</html>"), 0),
        (reply(504, r#"{"message":"Endpoint request timed out"}"#), 0),
        (reply(200, ""), 0),
        (reply(201, r#"{"success":true}"#), 0),
        (reply(201, r#"{"id":""}"#), 0),
        (reply(201, r#"{"id":7}"#), 0),
    ];
    for (fault, accepted) in cases {
        let rig = Rig::unlimited();
        rig.script(Place::Upload, fault.clone());
        let error = assert_kind(upload(&rig, &path), ErrorKind::OutcomeUnknown);
        let counters = rig.sim.counters();
        assert_eq!((counters.uploads, counters.uploads_accepted), (1, accepted), "{fault:?}");
        assert_eq!(error.attempts(), 2, "a token request and the upload");
        assert!(!error.is_retryable(), "again would be twice: {error}");
        assert!(error.to_string().contains("look at the document first"), "{error}");
    }
}

#[test]
fn upload_that_was_certainly_not_accepted_is_retried_with_the_same_bytes() {
    let folder = TempFolder::new();
    // More than the sockets between the two can hold.
    let bytes = evidence(10_000_000);
    let path = file(&folder, "a.pdf", &bytes);
    let reply = |status, body: &str| {
        let body = body.as_bytes().to_vec();
        Fault::Reply { status, headers: Vec::new(), body }
    };
    let late = r#"{"message":"Timed out waiting for the request body"}"#;
    for fault in [reply(429, LIMITED), reply(408, late), Fault::CutBody(1000)] {
        let rig = Rig::unlimited();
        rig.clock.stop();
        rig.script(Place::Upload, fault.clone());
        let receipt = upload(&rig, &path).unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!((receipt.attempts, rig.sim.counters().uploads), (3, 2), "{fault:?}");
        assert!(taken(&rig).bytes == bytes, "{fault:?}");
        assert_eq!(receipt.sha256, sha256sum(&bytes));
    }
}

#[test]
fn rejected_token_is_renewed_and_the_upload_retried_completely() {
    let folder = TempFolder::new();
    let bytes = evidence(200_000);
    let path = file(&folder, "a.pdf", &bytes);
    let rig = Rig::unlimited();
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(Duration::from_secs(10));
    rig.sim.issue_elsewhere();
    let receipt = client.upload(&Upload::new("doc", &path)).expect("taken");
    assert_eq!((receipt.attempts, receipt.token_generation), (3, 2));
    assert!(taken(&rig).bytes == bytes);
}
