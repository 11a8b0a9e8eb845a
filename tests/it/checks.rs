//! Records are checked here, all faults of all of them, before the server names one at a time.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vanta::{Body, Checks, ErrorKind, Fault, Kind, Report, Rule, Schema};

use crate::desk::{Desk, RESOURCE, VALID_FIXTURES, account, assert_kind, fixture, fixture_path};

fn report(kind: &Kind, records: &[Value]) -> Report {
    let body = Body::from_records(RESOURCE, records).expect("well formed");
    body.check(&Checks::of(kind).expect("one of the twelve"))
}

/// The record that the fixtures have of a kind.
fn record(kind: &Kind) -> Value {
    let request = fixture(&format!("wire/put-{kind}.request.json"));
    let request: Value = serde_json::from_slice(&request).expect("JSON");
    request["resources"][0].clone()
}

#[test]
fn every_valid_fixture_is_found_valid() {
    for kind in Kind::ALL {
        let body = Body::from_file(fixture_path(&format!("wire/put-{kind}.request.json")));
        let report = body.expect("well formed").check(&Checks::of(kind).expect("a kind"));
        assert!(report.errors.is_empty(), "{kind}: {:?}", report.errors);
    }
    for (name, kind) in VALID_FIXTURES {
        let body = Body::from_file(fixture_path(name)).expect("well formed");
        let report = body.check(&Checks::of(&kind).expect("a kind"));
        assert!(report.errors.is_empty(), "{name}: {:?}", &report.errors[..1]);
    }
}

#[test]
fn every_faulty_fixture_is_refused_before_anything_is_sent() {
    for (name, kind, pointer) in [
        ("missing_external_url.json", Kind::CUSTOM_RESOURCE, ""),
        ("static_analysis_float_severity.json", Kind::STATIC_ANALYSIS_VULNERABILITY, "/severity"),
    ] {
        let body = Body::from_file(fixture_path(&format!("negative/{name}"))).expect("well formed");
        let report = body.check(&Checks::of(&kind).expect("a kind"));
        assert!(report.errors.iter().any(|fault| fault.pointer == pointer), "{name}: {report:?}");
    }
    for name in ["duplicate_unique_id", "truncated", "utf8_bom"] {
        let body = Body::from_file(fixture_path(&format!("negative/{name}.json")));
        assert!(body.is_err(), "{name}");
    }
    let empty = Body::from_file(fixture_path("negative/empty_resources.json")).expect("empty");
    let refused = Desk::new().client().push(&Kind::CUSTOM_RESOURCE, &empty);
    assert_kind(refused, ErrorKind::EmptyPayload);
}

/// Breaks one thing of a record in each way that its schema knows, for its first level.
fn broken(record: &Value) -> Vec<(&'static str, Value)> {
    let mut broken = Vec::new();
    for name in record.as_object().expect("an object").keys().filter(|name| *name != "uniqueId") {
        let mut wrong = record.clone();
        wrong[name] = json!({"of": ["another", "type"]});
        broken.push(("type", wrong));
        let mut without = record.clone();
        without.as_object_mut().expect("an object").remove(name);
        broken.push(("absent", without));
    }
    let mut stranger = record.clone();
    stranger["colour"] = json!("green");
    broken.push(("stranger", stranger));
    broken
}

#[test]
fn two_implementations_find_the_same_records_faulty() {
    let desk = Desk::unlimited();
    let client = desk.client();
    let mut compared = 0;
    for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::CUSTOM_RESOURCE) {
        for (class, record) in broken(&record(kind)) {
            let body = Body::from_records(RESOURCE, &[&record]).expect("well formed");
            let report = body.check(&Checks::of(kind).expect("a kind"));
            let refused = client.push(kind, &body).is_err();
            assert_eq!(!report.errors.is_empty(), refused, "{kind}, {class}: {record}");
            compared += 1;
        }
    }
    assert!(compared > 200, "{compared} records were compared");
}

#[test]
fn three_hundred_faults_in_five_thousand_records_are_found_and_none_invented() {
    let mut planted = BTreeSet::new();
    let mut records: Vec<Value> = (0..5000).map(|i| account(&format!("a-{i:04}"))).collect();
    for number in 0..300 {
        let index = number * 16;
        let record = &mut records[index];
        let pointer = match number % 6 {
            0 => {
                record["mfaEnabled"] = json!("yes");
                "/mfaEnabled"
            }
            1 => {
                record["status"] = json!("GONE");
                "/status"
            }
            2 => {
                record["createdTimestamp"] = json!("yesterday");
                "/createdTimestamp"
            }
            3 => {
                record["employmentStatus"] = json!("hired");
                "/employmentStatus"
            }
            4 => {
                record["mfaMethods"] = json!(["OTP", "PIGEON"]);
                "/mfaMethods/1"
            }
            _ => {
                record.as_object_mut().expect("an object").remove("email");
                ""
            }
        };
        planted.insert((index, pointer.to_owned()));
    }
    let report = report(&Kind::USER_ACCOUNT, &records);
    let found =
        report.errors.iter().map(|fault| (fault.index.expect("known"), fault.pointer.clone()));
    assert_eq!(found.collect::<BTreeSet<_>>(), planted);
    assert_eq!((report.errors.len(), report.warnings.len()), (300, 0));
}

#[test]
fn all_faults_of_a_record_are_told_at_once_in_words() {
    let mut record = account("a");
    record["status"] = json!("GONE");
    record["groupIds"] = json!(["x", 7]);
    record["jobTitle"] = json!("chief");
    record.as_object_mut().expect("an object").remove("email");
    let report = report(&Kind::USER_ACCOUNT, &[record]);
    let told: Vec<String> = report.errors.iter().map(Fault::to_string).collect();
    assert_eq!(
        told,
        [
            "record 0 (uniqueId a): must have property 'email'",
            "record 0 (uniqueId a) at /status: must be one of ACTIVE, DEACTIVATED",
            "record 0 (uniqueId a) at /groupIds/1: must be string",
            "record 0 (uniqueId a) at /jobTitle: there is no such property",
        ]
    );
}

#[test]
fn what_no_source_settles_is_a_warning_until_it_is_made_an_error() {
    let mut task = record(&Kind::SECURITY_TASK);
    task["externalUrl"] = json!("http://tasks.example.com/1");
    task["taskState"] = json!("OPEN");
    task["closedTimestamp"] = json!("2026-01-01T00:00:00Z");
    task["updatedTimestamp"] = Value::Null;
    let body = Body::from_records(RESOURCE, &[&task]).expect("well formed");
    let checks = Checks::of(&Kind::SECURITY_TASK).expect("a kind");
    let report = body.check(&checks);
    let pointers = |faults: &[Fault]| -> Vec<String> {
        faults.iter().map(|fault| fault.pointer.clone()).collect()
    };
    assert_eq!(pointers(&report.errors), Vec::<String>::new());
    let warned = ["/updatedTimestamp", "/externalUrl", "/closedTimestamp"];
    assert_eq!(pointers(&report.warnings), warned);
    let strict = checks.as_error(Rule::HttpsUrl).as_error(Rule::ClosedTimestamp);
    assert_eq!(pointers(&body.check(&strict).errors), warned[1..]);
    let lax = strict.as_warning(Rule::Schema);
    let stranger = Body::from_json_array(RESOURCE, r#"[{"uniqueId": "a"}]"#).expect("well formed");
    assert!(stranger.check(&lax).errors.is_empty() && stranger.check(&lax).warnings.len() > 5);
}

#[test]
fn custom_properties_are_checked_by_their_declaration() {
    let declared = fixture("wire/custom-resource.custom-properties.jtd.json");
    let declared = Schema::parse(&String::from_utf8(declared).expect("text")).expect("a schema");
    let checks = Checks::of(&Kind::CUSTOM_RESOURCE).expect("a kind");
    let checks = checks.custom_properties(&declared).expect("they go together");
    let good = Body::from_file(fixture_path("wire/put-custom_resource.request.json"));
    let good = good.expect("well formed");
    assert!(good.check(&checks).errors.is_empty(), "{:?}", good.check(&checks));
    let mut bad = record(&Kind::CUSTOM_RESOURCE);
    bad["customProperties"] = json!({"colour": "green"});
    let report = Body::from_records(RESOURCE, &[bad]).expect("well formed").check(&checks);
    assert!(report.errors.iter().any(|fault| fault.pointer == "/customProperties/colour"));
    assert!(report.errors.len() > 1, "those that are missing are told too: {report:?}");
    // The console lists an empty object that the server refuses where nothing was declared.
    let mut trap = account("a");
    trap["customProperties"] = json!({});
    let report = self::report(&Kind::USER_ACCOUNT, &[trap]);
    assert_eq!(report.errors[0].pointer, "/customProperties");
}

#[test]
fn a_kind_of_tomorrow_is_checked_by_a_schema_of_ones_own() {
    let kind: Kind = "linux_user_computer".parse().expect("well formed");
    assert!(kind.schema().is_none() && Checks::of(&kind).is_err());
    let schema =
        r#"{"properties": {"uniqueId": {"type": "string"}}, "additionalProperties": true}"#;
    let checks = Checks::by(Schema::parse(schema).expect("a schema"));
    let body = Body::from_json_array(RESOURCE, r#"[{"uniqueId": "a", "x": 1}]"#).expect("good");
    assert!(body.check(&checks).errors.is_empty());
}
