//! Records and arguments that are refused before anything is sent.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use vanta::{Body, Error, Kind, Upload};

use crate::harness::{
    Place, RESOURCE, Rig, TempFolder, account, accounts, fixture_path, without_deletion_guard,
};

use super::{KIND, Situation, failure};

/// Returns the error of a push of these records.
fn pushed(rig: &Rig, records: &[Value]) -> Error {
    let body = Body::from_records(RESOURCE, records);
    failure(body.and_then(|body| rig.client().push_with(&KIND, &body, &without_deletion_guard())))
}

fn changed(change: fn(&mut Value)) -> Value {
    let mut record = account("a");
    change(&mut record);
    record
}

fn from_fixture(name: &str) -> Error {
    failure(Body::from_file(fixture_path(&format!("negative/{name}"))))
}

fn without(record: &mut Value, name: &str) {
    record.as_object_mut().expect("an object").remove(name);
}

fn uploaded(rig: &Rig, folder: &TempFolder, content: &str, date: &str) -> Error {
    folder.write("evidence.pdf", content.as_bytes());
    let upload = Upload::new("access-requests", folder.path().join("evidence.pdf"));
    failure(rig.client().upload(&upload.effective_at_date(date)))
}

/// The error of adding the leavers of a listing, where one account has left.
fn leavers(rig: &Rig, kind: &Kind, resource: &str) -> Error {
    let rows = json!({"resources": [account("a"), account("b")]});
    rig.reply(Place::Get, 200, &rows.to_string());
    let listing = rig.client().list(kind, resource).expect("listed");
    let record = changed(|record| record["customProperties"] = json!({"team": "red"}));
    let body = Body::from_records(RESOURCE, &[record]).expect("well formed");
    failure(body.with_leavers(&listing, Duration::from_secs(60), SystemTime::UNIX_EPOCH))
}

pub const SITUATIONS: &[Situation] = &[
    ("A kind in another spelling", |rig, _| {
        failure("UserAccount".parse::<Kind>().and_then(|kind| rig.client().list(&kind, RESOURCE)))
    }),
    ("A kind that is no name", |_, _| failure("user account".parse::<Kind>())),
    ("A resource id that is malformed", |rig, _| failure(rig.client().list(&KIND, "my resource"))),
    ("A record without a required member", |rig, _| {
        pushed(rig, &[changed(|record| without(record, "externalUrl"))])
    }),
    ("A record with a value that is not allowed", |rig, _| {
        pushed(rig, &[changed(|record| record["status"] = json!("RETIRED"))])
    }),
    ("A record with a value of the wrong type", |rig, _| {
        pushed(rig, &[changed(|record| record["mfaEnabled"] = json!("yes"))])
    }),
    ("A record with a null, where the rule against it is an error", |rig, _| {
        let body = Body::from_records(
            RESOURCE,
            &[changed(|record| record["roleDescription"] = Value::Null)],
        );
        let checks =
            vanta::ValidationOptions::new().level(vanta::Rule::NullOptional, vanta::Level::Error);
        let options = without_deletion_guard().validation(checks);
        failure(rig.client().push_with(&KIND, &body.expect("well formed"), &options))
    }),
    ("A record with a timestamp that is malformed", |rig, _| {
        pushed(rig, &[changed(|record| record["createdTimestamp"] = json!("01.02.2026"))])
    }),
    ("A record with a member that is not known", |rig, _| {
        pushed(rig, &[changed(|record| record["nickname"] = json!("a"))])
    }),
    ("Twelve records with violations", |rig, _| {
        let wrong = |number: usize| {
            let mut record = account(&format!("u{number}"));
            without(&mut record, "email");
            record
        };
        pushed(rig, &(0..12).map(wrong).collect::<Vec<_>>())
    }),
    ("More violations than an error lists", |rig, _| {
        let one = changed(|record| without(record, "uniqueId"));
        pushed(rig, &vec![one; 1188])
    }),
    ("A record without a uniqueId", |rig, _| {
        pushed(rig, &[changed(|record| without(record, "uniqueId"))])
    }),
    ("Two records with one uniqueId", |rig, _| {
        pushed(rig, &[account("a"), account("b"), account("a")])
    }),
    ("More than Vanta's limit for a body", |rig, _| {
        let mut record = account("a");
        record["roleDescription"] = json!("x".repeat(11 << 20));
        pushed(rig, &[record])
    }),
    ("A file that begins with a byte order mark", |_, _| from_fixture("utf8_bom.json")),
    ("A file that is cut off", |_, _| from_fixture("truncated.json")),
    ("A file that does not exist", |_, _| failure(Body::from_file("/nowhere/records.json"))),
    ("A file that is no JSON", |_, folder| {
        folder.write("records.json", b"uniqueId;email\n");
        failure(Body::from_file(folder.path().join("records.json")))
    }),
    ("An array where a request is expected", |_, _| failure(Body::from_request("[]"))),
    ("NDJSON with a line that is no JSON", |_, _| {
        failure(Body::from_ndjson(RESOURCE, format!("{}\n{{\"uniqueId\":\n", account("a"))))
    }),
    ("A push to a resource id that is empty", |_, _| {
        failure(Body::from_records("", &[account("a")]))
    }),
    ("An upload of a file that does not exist", |rig, _| {
        failure(rig.client().upload(&Upload::new("access-requests", "/nowhere/evidence.pdf")))
    }),
    ("An upload of an empty file", |rig, folder| uploaded(rig, folder, "", "2026-01-31")),
    ("An upload with a date that does not exist", |rig, folder| {
        uploaded(rig, folder, "evidence", "2026-02-30")
    }),
    ("An upload to a document id that is malformed", |rig, folder| {
        folder.write("evidence.pdf", b"evidence");
        let path = folder.path().join("evidence.pdf");
        failure(rig.client().upload(&Upload::new("access/requests", path)))
    }),
    ("A baseline of another resource", |rig, _| {
        let client = rig.client();
        let receipt =
            client.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard()).expect("pushed");
        let options = vanta::PushOptions::new().baseline(&receipt);
        let body = Body::from_records("66f0c0ffee0000000000a002", &[account("a")]).expect("right");
        failure(client.push_with(&KIND, &body, &options))
    }),
    ("A baseline of another origin", |rig, _| {
        let other = Rig::unlimited();
        let receipt = other
            .client()
            .push_with(&KIND, &accounts(&["a"]), &without_deletion_guard())
            .expect("pushed");
        let line = receipt.to_json().replace(&other.sim.origin(), "https://api.vanta-gov.com");
        let line = line.replace(&other.sim.client_id(), &rig.sim.client_id());
        let receipt = vanta::Receipt::from_json(&line).expect("a receipt");
        let options = vanta::PushOptions::new().baseline(&receipt);
        failure(rig.client().push_with(&KIND, &accounts(&["a"]), &options))
    }),
    ("Leavers of a listing of another kind", |rig, _| leavers(rig, &Kind::SECRET, RESOURCE)),
    ("Leavers of a listing of another resource", |rig, _| leavers(rig, &KIND, "another")),
    ("Leavers whose custom properties are not known", |rig, _| leavers(rig, &KIND, RESOURCE)),
];
