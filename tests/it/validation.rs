//! Validation reports every violation of all records, of which the server reports one at a time.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vanta::{
    Body, ErrorKind, Kind, Level, Rule, Schema, ValidationOptions, ValidationReport, Violation,
};

use crate::harness::{RESOURCE, Rig, VALID_FIXTURES, account, assert_kind, fixture, fixture_path};
use crate::sample_records::{request, request_path};

fn report(kind: &Kind, records: &[Value]) -> ValidationReport {
    let body = Body::from_records(RESOURCE, records).expect("well formed");
    checked(&body, kind, &ValidationOptions::new())
}

fn checked(body: &Body, kind: &Kind, checks: &ValidationOptions) -> ValidationReport {
    body.validate(kind, checks).expect("the checks make sense")
}

/// Returns the record of a kind from the fixtures.
fn record(kind: &Kind) -> Value {
    let request: Value = serde_json::from_slice(&request(kind)).expect("JSON");
    request["resources"][0].clone()
}

#[test]
fn every_valid_fixture_is_valid() {
    for kind in Kind::ALL {
        let body = Body::from_file(request_path(kind));
        let report = checked(&body.expect("well formed"), kind, &ValidationOptions::new());
        assert!(report.records > 0);
        assert!(report.errors.is_empty(), "{kind}: {:?}", report.errors);
    }
    for (name, kind) in VALID_FIXTURES {
        let body = Body::from_file(fixture_path(name)).expect("well formed");
        let report = checked(&body, &kind, &ValidationOptions::new());
        assert!(report.errors.is_empty(), "{name}: {:?}", &report.errors[..1]);
    }
}

#[test]
fn every_invalid_fixture_is_refused_before_anything_is_sent() {
    for (name, kind, pointer) in [
        ("missing_external_url.json", Kind::CUSTOM_RESOURCE, ""),
        ("static_analysis_float_severity.json", Kind::STATIC_ANALYSIS_VULNERABILITY, "/severity"),
    ] {
        let body = Body::from_file(fixture_path(&format!("negative/{name}"))).expect("well formed");
        let report = checked(&body, &kind, &ValidationOptions::new());
        assert!(
            report.errors.iter().any(|violation| violation.pointer == pointer),
            "{name}: {report:?}"
        );
    }
    for name in ["duplicate_unique_id", "truncated", "utf8_bom"] {
        let body = Body::from_file(fixture_path(&format!("negative/{name}.json")));
        assert!(body.is_err(), "{name}");
    }
    let files = std::fs::read_dir(fixture_path("negative")).expect("it is there").count();
    assert_eq!(files, 6, "a fixture that this test does not know");
    let empty = Body::from_file(fixture_path("negative/empty_resources.json")).expect("empty");
    let refused = Rig::new().client().push(&Kind::CUSTOM_RESOURCE, &empty);
    assert_kind(refused, ErrorKind::EmptyPayload);
}

/// Returns records with one violation each, of each kind that the first level of the schema allows.
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
    let mut unknown = record.clone();
    unknown["colour"] = json!("green");
    broken.push(("unknown member", unknown));
    broken
}

#[test]
fn two_implementations_find_the_same_invalid_records() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let mut compared = 0;
    for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::CUSTOM_RESOURCE) {
        for (class, record) in broken(&record(kind)) {
            let body = Body::from_records(RESOURCE, &[&record]).expect("well formed");
            let report = checked(&body, kind, &ValidationOptions::new());
            let refused = client.push(kind, &body).is_err();
            assert_eq!(!report.errors.is_empty(), refused, "{kind}, {class}: {record}");
            compared += 1;
        }
    }
    assert!(compared > 200, "{compared} records were compared");
}

#[test]
fn exactly_the_300_violations_in_5000_records_are_found() {
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
    let found = report
        .errors
        .iter()
        .map(|violation| (violation.index.expect("known"), violation.pointer.clone()));
    assert_eq!(found.collect::<BTreeSet<_>>(), planted);
    assert_eq!((report.errors.len(), report.warnings.len()), (300, 0));
    let first = report.errors[..3].iter().map(Violation::to_string).collect::<Vec<_>>().join("; ");
    let error = report.into_error().expect("there are errors");
    assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidRecords, -15));
    assert_eq!(error.violations().len(), 300);
    let expected = format!(
        "records violate their schema: 300 violations in 300 of 5,000 records; {first}; and 297 \
         more"
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn all_violations_of_a_record_are_reported_together() {
    let mut record = account("a");
    record["status"] = json!("GONE");
    record["groupIds"] = json!(["x", 7]);
    record["jobTitle"] = json!("chief");
    record.as_object_mut().expect("an object").remove("email");
    let report = report(&Kind::USER_ACCOUNT, &[record]);
    let lines: Vec<String> = report.errors.iter().map(Violation::to_string).collect();
    assert_eq!(
        lines,
        [
            "record 0 (uniqueId a) - must have property 'email'",
            "record 0 (uniqueId a) at /status - must be one of ACTIVE, DEACTIVATED",
            "record 0 (uniqueId a) at /groupIds/1 - must be string",
            "record 0 (uniqueId a) at /jobTitle - there is no such property",
        ]
    );
}

fn pointers(violations: &[Violation]) -> Vec<&str> {
    violations.iter().map(|violation| violation.pointer.as_str()).collect()
}

#[test]
fn violations_of_a_report_become_one_error_and_warnings_none() {
    let mut wrong = account("a");
    wrong["status"] = json!("GONE");
    wrong["email"] = json!(7);
    let violations = |records: &[Value]| {
        let error = report(&Kind::USER_ACCOUNT, records).into_error().expect("there are errors");
        error.to_string().split("; ").map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        violations(&[account("b"), wrong.clone()]),
        [
            "records violate their schema: 2 violations in 1 of 2 records",
            "record 1 (uniqueId a) at /email - must be string",
            "record 1 (uniqueId a) at /status - must be one of ACTIVE, DEACTIVATED",
        ]
    );
    wrong["mfaEnabled"] = Value::Null;
    let three = violations(&[wrong.clone()]);
    assert!(three.len() == 4 && !three[3].contains("more"), "{three:?}");
    wrong["fullName"] = json!(1);
    assert_eq!(violations(&[wrong])[4], "and 1 more");
    let mut plain = account("a");
    plain["externalUrl"] = json!("http://x.example.com/a");
    let warned = report(&Kind::USER_ACCOUNT, &[plain]);
    assert_eq!((warned.records, pointers(&warned.warnings)), (1, vec!["/externalUrl"]));
    assert!(warned.into_error().is_none());
}

#[test]
fn undocumented_rules_are_warnings_unless_their_level_is_changed() {
    let mut task = record(&Kind::SECURITY_TASK);
    task["externalUrl"] = json!("http://tasks.example.com/1");
    task["taskState"] = json!("OPEN");
    task["closedTimestamp"] = json!("2026-01-01T00:00:00Z");
    task["updatedTimestamp"] = Value::Null;
    let body = Body::from_records(RESOURCE, &[&task]).expect("well formed");
    let found = |checks: &ValidationOptions| {
        let report = checked(&body, &Kind::SECURITY_TASK, checks);
        let own =
            |violations| pointers(violations).into_iter().map(str::to_owned).collect::<Vec<_>>();
        (own(&report.errors), own(&report.warnings))
    };
    let (none, all) =
        (Vec::<String>::new(), ["/updatedTimestamp", "/externalUrl", "/closedTimestamp"]);
    let usual = ValidationOptions::new();
    assert_eq!(found(&usual), (none.clone(), all.map(str::to_owned).to_vec()));
    let strict = usual
        .level(Rule::HttpsUrl, Level::Error)
        .level(Rule::ClosedTimestamp, Level::Error)
        .level(Rule::NullOptional, Level::Off);
    assert_eq!(found(&strict), (all[1..].iter().map(|one| (*one).to_owned()).collect(), none));
    let strict = strict.level(Rule::ClosedTimestamp, Level::Warning);
    assert_eq!(found(&strict), (vec![all[1].to_owned()], vec![all[2].to_owned()]));
}

#[test]
fn schema_rule_can_be_a_warning_or_off() {
    let body = Body::from_json_array(RESOURCE, r#"[{"uniqueId": "a"}]"#).expect("well formed");
    for (level, errors, warnings) in
        [(Level::Error, true, false), (Level::Warning, false, true), (Level::Off, false, false)]
    {
        let checks = ValidationOptions::new().level(Rule::Schema, level);
        let report = checked(&body, &Kind::SECURITY_TASK, &checks);
        assert_eq!((report.errors.len() > 5, report.warnings.len() > 5), (errors, warnings));
        assert_eq!(report.errors.is_empty() && report.warnings.is_empty(), level == Level::Off);
    }
}

#[test]
fn vulnerability_of_an_unknown_component_is_reported() {
    let mut known = record(&Kind::PACKAGE_VULNERABILITY);
    known["vulnerableComponentUniqueId"] = json!("app-1");
    let mut unknown = known.clone();
    unknown["uniqueId"] = json!("b");
    unknown["vulnerableComponentUniqueId"] = json!("app-\"2\"");
    let body = Body::from_records(RESOURCE, &[known, unknown]).expect("well formed");
    let components = r#"[{"uniqueId": "app-1"}, {"uniqueId": "app-3"}]"#;
    let components = Body::from_json_array(RESOURCE, components).expect("well formed");
    let found = |checks: &ValidationOptions| checked(&body, &Kind::PACKAGE_VULNERABILITY, checks);
    let without = found(&ValidationOptions::new());
    assert!(
        without.errors.is_empty() && without.warnings.is_empty(),
        "none were given: {without:?}"
    );
    let checks = ValidationOptions::new().components(components.unique_ids());
    let report = found(&checks);
    assert!(report.errors.is_empty() && report.warnings.len() == 1, "{report:?}");
    let expected = "record 1 (uniqueId b) at /vulnerableComponentUniqueId - no component with \
                    uniqueId \"app-\\\"2\\\"\" is known; push the components first";
    assert_eq!(report.warnings[0].to_string(), expected);
    let strict = checks.clone().level(Rule::UnknownComponent, Level::Error);
    assert_eq!(pointers(&found(&strict).errors), ["/vulnerableComponentUniqueId"]);
    let more = checks.components([String::from("app-\"2\"")]);
    assert!(found(&more).warnings.is_empty(), "those given later stand beside the earlier ones");
    assert_eq!(found(&ValidationOptions::new().components(Vec::<String>::new())).warnings.len(), 2);
}

#[test]
fn one_validation_options_value_serves_every_kind() {
    let checks = ValidationOptions::new().level(Rule::HttpsUrl, Level::Off).components(["app-1"]);
    for kind in Kind::ALL {
        let body = Body::from_file(request_path(kind));
        let report = checked(&body.expect("well formed"), kind, &checks);
        assert!(report.errors.is_empty(), "{kind}: {:?}", report.errors);
    }
}

#[test]
fn custom_properties_are_validated_by_their_declaration() {
    let declared = fixture("wire/custom-resource.custom-properties.jtd.json");
    let declared = Schema::parse(&String::from_utf8(declared).expect("text")).expect("a schema");
    let checks = ValidationOptions::new().custom_properties(declared);
    let kind = Kind::CUSTOM_RESOURCE;
    let good = Body::from_file(fixture_path("wire/put-custom_resource.request.json"));
    let good = good.expect("well formed");
    assert!(checked(&good, &kind, &checks).errors.is_empty());
    let mut bad = record(&kind);
    bad["customProperties"] = json!({"colour": "green"});
    let bad = Body::from_records(RESOURCE, &[bad]).expect("well formed");
    let report = checked(&bad, &kind, &checks);
    assert!(report.errors.iter().any(|violation| violation.pointer == "/customProperties/colour"));
    assert!(report.errors.len() > 1, "those that are missing are reported too: {report:?}");
    // The console lists an empty object, which the server refuses where nothing was declared.
    let mut trap = account("a");
    trap["customProperties"] = json!({});
    let report = self::report(&Kind::USER_ACCOUNT, &[trap]);
    assert_eq!(report.errors[0].pointer, "/customProperties");
}

#[test]
fn unknown_kind_is_validated_by_a_custom_schema_or_has_a_warning() {
    let kind: Kind = "linux_user_computer".parse().expect("well formed");
    assert!(kind.schema().is_none());
    let text = r#"{"properties": {"uniqueId": {"type": "string"}}, "additionalProperties": true}"#;
    let schema = Schema::parse(text).expect("a schema");
    let body = Body::from_json_array(RESOURCE, r#"[{"uniqueId": "a", "x": 1}]"#).expect("good");
    let found = |checks: &ValidationOptions| checked(&body, &kind, checks);
    let own = found(&ValidationOptions::new().schema(schema));
    assert!(own.errors.is_empty() && own.warnings.is_empty(), "{own:?}");
    let report = found(&ValidationOptions::new());
    assert!(report.errors.is_empty() && report.warnings.len() == 1, "{report:?}");
    let expected =
        "the library has no schema of kind linux_user_computer; only uniqueId was validated";
    assert_eq!(
        (report.warnings[0].index, report.warnings[0].to_string()),
        (None, expected.to_owned())
    );
    let custom = Schema::parse(r#"{"properties": {"x": {"type": "int8"}}}"#).expect("a schema");
    let report = found(&ValidationOptions::new().custom_properties(custom));
    assert_eq!(report.errors[0].message, "must have property 'customProperties'");
    assert!(
        report.warnings[0].message.ends_with("only uniqueId and customProperties were validated")
    );
    let off = found(&ValidationOptions::new().level(Rule::Schema, Level::Off));
    assert!(off.warnings.is_empty(), "without schemas there is no warning about one");
}

#[test]
fn contradictory_validation_options_are_an_error() {
    let body = Body::from_json_array(RESOURCE, r#"[{"uniqueId": "a"}]"#).expect("well formed");
    let text = r#"{"definitions": {"d": {}}, "properties": {"x": {"ref": "d"}}}"#;
    let custom = Schema::parse(text).expect("a schema");
    for (whole, words) in [
        (r#"{"type": "string"}"#, "only a record with properties can have custom ones"),
        (text, "/definitions: \"d\" is defined twice"),
    ] {
        let whole = Schema::parse(whole).expect("a schema");
        let checks = ValidationOptions::new().schema(whole).custom_properties(custom.clone());
        let error = body.validate(&Kind::SECRET, &checks).map(|_| ());
        let error = assert_kind(error, ErrorKind::InvalidArgument);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn record_that_cannot_be_parsed_is_a_violation() {
    let deep = format!(r#"{{"uniqueId":"d","x":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let records = [r#"{"uniqueId":"n","x":1e999}"#, r#"{"uniqueId":"s","x":[-1e999]}"#, &deep];
    let body = Body::from_ndjson(RESOURCE, records.join("\n")).expect("JSON by its grammar");
    let kind: Kind = "linux_user_computer".parse().expect("well formed");
    let report = checked(&body, &kind, &ValidationOptions::new());
    let lines: Vec<String> = report.errors.iter().map(Violation::to_string).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    let words = "it cannot be read: number out of range";
    assert_eq!(lines[0], format!("record 0 (uniqueId n) at /x - {words}"));
    assert_eq!(lines[1], format!("record 1 (uniqueId s) at /x/0 - {words}"));
    let words = "it cannot be read: recursion limit exceeded";
    let deep = format!("record 2 (uniqueId d) at /x{} - {words}", "/0".repeat(126));
    assert_eq!(lines[2], deep);
}
