//! Uploads of documents: stored byte for byte, or refused with a reason.

mod common;

use std::time::Duration;

use serde_json::{Value, json};
use vanta_simulator::{Fault, Place, Simulator, Upload};

use common::{Response, bearer, credentials, fixture, get, plain, request, request_token, token};

const PATH: &str = "/v1/documents/access-requests/uploads";
const FORM: &str = "multipart/form-data; boundary=XbX";
const FILE: &str = "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
                    Content-Type: text/plain\r\n\r\nwords";

fn field(name: &str, value: &str) -> String {
    format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}")
}

/// Returns a body of these parts.
fn form(parts: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(b"--XbX\r\n");
        body.extend_from_slice(part.as_ref());
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--XbX--\r\n");
    body
}

fn send(sim: &Simulator, path: &str, content_type: &str, body: &[u8]) -> std::io::Result<Response> {
    let token = sim.live_token().unwrap_or_else(|| token(sim));
    let headers = format!("{}content-type: {content_type}\r\n", bearer(&token));
    request(sim, "POST", path, &headers, body)
}

fn upload(sim: &Simulator, body: &[u8]) -> Response {
    send(sim, PATH, FORM, body).expect("a response")
}

/// Returns the message with which a body is refused.
fn refusal(sim: &Simulator, body: &[u8]) -> String {
    let response = upload(sim, body);
    assert_eq!(response.status, 400, "{}", response.text());
    assert!(sim.uploads().is_empty());
    response.error()
}

#[test]
fn an_upload_is_kept_byte_for_byte() {
    let sim = plain(|_| ());
    let mut bytes: Vec<u8> = (0..=255).collect();
    bytes.extend_from_slice(b"\r\n--XbY\r\n\r\n-XbX--\n--XbX--\r\r\n\r\n");
    let mut file = FILE.replace("words", "").replace("a.txt", "a%22ä\\.pdf").into_bytes();
    file.extend_from_slice(&bytes);
    let said = field("description", "Ä\r\nb");
    let date = field("effectiveAtDate", "2024-02-29");
    let response = upload(&sim, &form(&[said.as_bytes(), &file, date.as_bytes()]));
    assert_eq!(response.status, 201, "{}", response.text());
    let kept = Upload {
        id: response.json()["id"].as_str().expect("an id").to_owned(),
        document_id: "access-requests".to_owned(),
        file_name: "a\"ä\\.pdf".to_owned(),
        mime_type: "text/plain".to_owned(),
        bytes,
        effective_at_date: Some("2024-02-29".to_owned()),
        description: Some("Ä\r\nb".to_owned()),
    };
    assert_eq!(sim.uploads(), [kept]);
}

#[test]
fn the_published_sample_gets_the_published_response() {
    let sim = plain(|_| ());
    let sample = String::from_utf8(fixture("wire/document-upload.request.http")).expect("text");
    let (_, body) = sample.split_once("\n\n").expect("a head and a body");
    let response = upload(&sim, body.replace('\n', "\r\n").as_bytes());
    let expected = fixture("wire/document-upload.response.201.json");
    let mut expected: Value = serde_json::from_slice(&expected).expect("JSON");
    let mut got = response.json();
    for member in ["id", "creationDate", "updatedDate", "url"] {
        let (expected, got) = (expected["body"][member].take(), got[member].take());
        let (expected, got) = (expected.as_str().expect("text"), got.as_str().expect("text"));
        assert!(member == "url" || expected.len() == got.len(), "{member}: {got}");
    }
    assert_eq!((response.status, got), (201, expected["body"].take()));
}

#[test]
fn a_file_alone_will_do_and_each_upload_is_one_more() {
    let sim = plain(|settings| settings.upload_status = 200);
    let responses = [0, 1].map(|_| upload(&sim, &form(&[FILE])));
    assert_eq!(responses.each_ref().map(|response| response.status), [200, 200]);
    let expected = responses[0].json();
    assert_eq!((&expected["description"], &expected["uploadedBy"]), (&Value::Null, &Value::Null));
    assert_eq!(expected["effectiveDate"], expected["creationDate"]);
    assert_ne!(expected["id"], responses[1].json()["id"]);
    let uploads = sim.uploads();
    assert_eq!(uploads.len(), 2);
    assert_eq!((&uploads[0].effective_at_date, &uploads[0].description), (&None, &None));
    let counters = sim.counters();
    assert_eq!((counters.uploads, counters.uploads_accepted), (2, 2));
}

#[test]
fn an_empty_file_and_a_boundary_in_quotes_are_accepted() {
    let sim = plain(|_| ());
    let empty = form(&[FILE.strip_suffix("words").expect("it")]);
    assert_eq!(upload(&sim, &empty).status, 201);
    assert_eq!(sim.uploads()[0].bytes, b"");
    let body = String::from_utf8(form(&[FILE])).expect("text").replace("XbX", "a b:c");
    let quoted = "Multipart/Form-Data; charset=utf-8; Boundary=\"a b:c\"";
    let response = send(&sim, PATH, quoted, body.as_bytes()).expect("a response");
    assert_eq!(response.status, 201, "{}", response.text());
    let unended = form(&[FILE]);
    assert_eq!(upload(&sim, &unended[..unended.len() - 2]).status, 201, "the last line may end");
}

#[test]
fn other_media_types_and_boundaries_that_are_none_are_refused() {
    let sim = plain(|_| ());
    let long = format!("multipart/form-data; boundary={}", "x".repeat(71));
    let types = [
        "multipart/form-data",
        "multipart/form-data; charset=utf-8",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"XbX \"",
        "multipart/form-data; boundary=a:b",
        "multipart/form-data; boundary=\"a#b\"",
        "multipart/form-data; boundary=XbX; boundary=XbX",
        "multipart/mixed; boundary=XbX",
        "application/json",
        "application/pdf; boundary=XbX",
        &long,
    ];
    for content_type in types {
        let response = send(&sim, PATH, content_type, &form(&[FILE])).expect("a response");
        assert_eq!(response.status, 415, "{content_type}");
    }
    let packed = format!("{FORM}\r\ncontent-encoding: gzip");
    assert_eq!(send(&sim, PATH, &packed, &form(&[FILE])).expect("a response").status, 415);
    let token = sim.live_token().expect("a token");
    let bare = request(&sim, "POST", PATH, &bearer(&token), &form(&[FILE])).expect("a response");
    assert_eq!((bare.status, sim.uploads().len()), (415, 0));
}

#[test]
fn a_body_that_does_not_match_its_boundary_is_refused() {
    let sim = plain(|_| ());
    let good = String::from_utf8(form(&[FILE])).expect("text");
    let begin = "the body does not begin with its boundary";
    let end = "the body does not end with its boundary";
    let line = "a boundary is not the whole of its line";
    let cases = [
        (String::new(), begin),
        (format!("\r\n{good}"), begin),
        (good.replace("XbX", "XbY"), begin),
        (good.replace("--XbX--\r\n", ""), end),
        (good.replace("--XbX--\r\n", "--XbY--\r\n"), end),
        (good.replace("\r\n--XbX--", "\n--XbX--"), end),
        (good.replace("--XbX--\r\n", "--XbX\r\n"), end),
        (good.replace("--XbX--\r\n", "--XbX--\r\nmore"), line),
        (good.replace("words", "wo\r\n--XbXrds"), line),
        (good.replace("--XbX\r\n", "--XbX \r\n"), line),
        (good.replace("\r\n\r\nwords", "\r\n"), "a part has no head"),
    ];
    for (body, words) in cases {
        assert_eq!(refusal(&sim, body.as_bytes()), words, "{body:?}");
    }
    assert_eq!(refusal(&sim, b"--XbX--"), "must have property 'file'");
}

#[test]
fn parts_are_distinguished_by_their_names() {
    let sim = plain(|_| ());
    let name = |name: &str| FILE.replace("name=\"file\"", name).into_bytes();
    let (date, said) = (field("effectiveAtDate", "2026-01-01"), field("description", "x"));
    assert_eq!(refusal(&sim, &form(&[&date, &said])), "must have property 'file'");
    let more = field("title", "x");
    assert_eq!(refusal(&sim, &form(&[FILE, &more])), "Unexpected field: title");
    assert_eq!(refusal(&sim, &form(&[FILE, FILE])), "file: must stand once");
    assert_eq!(refusal(&sim, &form(&[FILE, &said, &said])), "description: must stand once");
    assert_eq!(refusal(&sim, &form(&[name("name=\"File\"")])), "Unexpected field: File");
    for other in ["name=file", "name=\"fi\\\"le\"", "name=\"a\"; name=\"file\"", "x=\"y\""] {
        let words = refusal(&sim, &form(&[name(other)]));
        assert!(words.starts_with("Content-Disposition: "), "{other}: {words}");
    }
    let other = FILE.replace("form-data", "attachment");
    assert!(refusal(&sim, &form(&[other])).starts_with("Content-Disposition: "));
    let extended = FILE.replace("filename=", "filename*=");
    assert!(refusal(&sim, &form(&[extended])).starts_with("Content-Disposition: "));
    let nameless = "Content-Type: text/plain\r\n\r\nx";
    assert_eq!(refusal(&sim, &form(&[nameless])), "a part has no name");
}

#[test]
fn heads_of_parts_are_well_formed() {
    let sim = plain(|_| ());
    let first = "Content-Disposition";
    let with = |line: &str| form(&[format!("{line}\r\n{FILE}")]);
    let twice = FILE.replace("text/plain", "text/plain\r\ncontent-type: text/csv");
    let words = "the header content-type stands twice in a part";
    assert_eq!(refusal(&sim, &form(&[twice])), words);
    assert_eq!(refusal(&sim, &with("no header")), "a line of a head is not a header");
    for line in [" folded: x", "a b: x", ": x", "a: x\ny", "a: \u{7}"] {
        let words = refusal(&sim, &with(line));
        assert!(words.ends_with("is not well-formed"), "{line:?}: {words}");
    }
    let encoded = with("Content-Transfer-Encoding: base64");
    assert_eq!(refusal(&sim, &encoded), "Content-Transfer-Encoding is not for HTTP");
    let mut latin = FILE.as_bytes().to_vec();
    latin[first.len() + 3] = 0xe4;
    assert_eq!(refusal(&sim, &form(&[latin])), "the head of a part is not UTF-8");
    assert_eq!(upload(&sim, &with("X-More: of no matter")).status, 201);
}

#[test]
fn the_file_has_a_name_and_a_type() {
    let sim = plain(|_| ());
    let nameless = FILE.replace("; filename=\"a.txt\"", "");
    assert_eq!(refusal(&sim, &form(&[nameless])), "file: must have a name");
    assert_eq!(refusal(&sim, &form(&[FILE.replace("a.txt", "")])), "file: must have a name");
    let words = "file: must have a Content-Type";
    let untyped = FILE.replace("\r\nContent-Type: text/plain", "");
    assert_eq!(refusal(&sim, &form(&[untyped])), words);
    for kind in ["", "text", "text/", "/plain", "te xt/plain", "text/plain/x", "; text/plain"] {
        assert_eq!(refusal(&sim, &form(&[FILE.replace("text/plain", kind)])), words, "{kind}");
    }
    let whole = FILE.replace("text/plain", "text/csv; charset=utf-8");
    assert_eq!(upload(&sim, &form(&[whole])).json()["mimeType"], "text/csv; charset=utf-8");
}

#[test]
fn parts_other_than_the_file_are_text() {
    let sim = plain(|_| ());
    let file = FILE.replace("name=\"file\"", "name=\"description\"");
    let words = "description: must not be a file";
    assert_eq!(refusal(&sim, &form(&[FILE, &file])), words);
    let mut said = field("description", "").into_bytes();
    said.push(0xe4);
    assert_eq!(refusal(&sim, &form(&[FILE.as_bytes(), &said])), "description: must be UTF-8");
}

#[test]
fn the_day_is_one_of_the_calendar() {
    let sim = plain(|_| ());
    let bad = [
        "2023-02-29",
        "2026-04-31",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "2026-1-1",
        "26-01-01",
        "2026/01/01",
        "01-01-2026",
        "2026-01-01T00:00:00Z",
        " 2026-01-01",
        "tomorrow",
        "",
    ];
    for day in bad {
        let body = form(&[FILE, &field("effectiveAtDate", day)]);
        assert_eq!(refusal(&sim, &body), "effectiveAtDate: must be a date, YYYY-MM-DD", "{day}");
    }
    let good = upload(&sim, &form(&[FILE, &field("effectiveAtDate", "2024-02-29")]));
    assert_eq!(good.json()["effectiveDate"], "2024-02-29T00:00:00.000Z");
}

#[test]
fn only_declared_documents_are_known_where_others_are_not() {
    let sim = plain(|settings| settings.only_declared = true);
    let at = |id: &str| {
        let path = format!("/v1/documents/{id}/uploads");
        send(&sim, &path, FORM, &form(&[FILE])).expect("a response")
    };
    let unknown = at("no-such-slot");
    let expected = fixture("wire/document-upload.error.404.json");
    let expected: Value = serde_json::from_slice(&expected).expect("JSON");
    assert_eq!((unknown.status, unknown.json()), (404, expected["body"].clone()));
    sim.declare_document("a/b+c d");
    assert_eq!(at("a%2Fb+c%20d").status, 201);
    assert_eq!(sim.uploads()[0].document_id, "a/b+c d");
    let counters = sim.counters();
    assert_eq!((counters.uploads, counters.uploads_accepted, counters.refusals[&404]), (2, 1, 1));
}

#[test]
fn other_paths_and_verbs_are_not_known() {
    let sim = plain(|_| ());
    let token = token(&sim);
    let others = [
        ("PUT", PATH),
        ("GET", PATH),
        ("POST", "/v1/documents/x/upload"),
        ("POST", "/v1/documents//uploads"),
        ("POST", "/v1/documents/a/b/uploads"),
        ("POST", "/v1/documents/uploads"),
        ("POST", "/v1/resources/user_account"),
    ];
    for (method, path) in others {
        let response = request(&sim, method, path, &bearer(&token), b"").expect("a response");
        assert_eq!(response.status, 404, "{method} {path}");
        assert!(response.text().contains(&format!("Cannot {method} {path}")));
    }
    assert_eq!(sim.counters().uploads, 0);
}

#[test]
fn an_upload_needs_the_live_token_and_its_scope_where_the_settings_say_so() {
    let sim = plain(|_| ());
    let first = token(&sim);
    let with = |headers: &str| {
        let headers = format!("{headers}content-type: {FORM}\r\n");
        request(&sim, "POST", PATH, &headers, &form(&[FILE])).expect("a response").status
    };
    sim.issue_elsewhere();
    assert_eq!([with(""), with(&bearer(&first)), with(&bearer("vat_x"))], [401; 3]);
    let second = bearer(&token(&sim));
    assert_eq!(with(&second), 201);
    sim.change(|settings| settings.upload_scope_needed = true);
    assert_eq!(with(&second), 403);
    let response =
        request_token(&sim, &credentials(&sim, "self:write-document")).expect("a response");
    let third = response.json()["access_token"].as_str().map(bearer).expect("a token");
    assert_eq!(with(&third), 201);
    sim.advance(Duration::from_secs(3600));
    assert_eq!(with(&third), 401);
    assert_eq!((sim.counters().unauthorized, sim.uploads().len()), (4, 2));
}

#[test]
fn uploads_count_against_the_limit_of_pushes_and_lists() {
    let sim = plain(|settings| settings.resource_limit_per_minute = Some(20));
    let statuses: Vec<u16> = (0..10)
        .flat_map(|_| {
            let listed = get(&sim, "user_account").expect("a response").status;
            [listed, upload(&sim, &form(&[FILE])).status]
        })
        .collect();
    assert_eq!(statuses, [200, 201].repeat(10));
    assert_eq!(upload(&sim, &form(&[FILE])).status, 429);
    assert_eq!(get(&sim, "user_account").expect("a response").status, 429);
    sim.advance(Duration::from_secs(60));
    assert_eq!(upload(&sim, &form(&[FILE])).status, 201);
}

#[test]
fn a_body_over_ten_mebibytes_is_too_large() {
    let sim = plain(|_| ());
    let of = |length: usize| {
        let around = form(&[FILE]).len();
        form(&[FILE.to_owned() + &"x".repeat(length - around)])
    };
    let whole = upload(&sim, &of(10_485_760));
    assert_eq!((whole.status, sim.uploads()[0].bytes.len() > 10_485_000), (201, true));
    let refused = upload(&sim, &of(10_485_761));
    assert_eq!(refused.status, 413);
    assert_eq!(refused.text(), "HTTP content length exceeded 10485760 bytes.");
    let counters = sim.counters();
    assert_eq!((counters.uploads, counters.uploads_accepted, counters.refusals[&413]), (2, 1, 1));
}

#[test]
fn faults_meet_uploads_at_a_place_of_their_own() {
    let sim = plain(|_| ());
    let busy = Fault::Reply { status: 503, headers: vec![], body: vec![] };
    sim.script(Place::Upload, [Fault::Pass, busy, Fault::Drop, Fault::LoseResponse]);
    assert_eq!(get(&sim, "user_account").expect("a list is elsewhere").status, 200);
    let uploads = [0; 4].map(|_| {
        let response = send(&sim, PATH, FORM, &form(&[FILE])).ok().map(|response| response.status);
        (response, sim.uploads().len())
    });
    assert_eq!(uploads, [(Some(201), 1), (Some(503), 1), (None, 1), (None, 2)]);
    assert_eq!(json!(sim.counters())["uploads"], 4);
}
