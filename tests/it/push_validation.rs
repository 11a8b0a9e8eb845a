//! A push validates every record before it sends anything, by the rules of the call.

use serde_json::{Value, json};
use vanta::{
    Body, Client, Error, ErrorKind, Kind, Level, PushOptions, Receipt, Rule, Schema,
    ValidationOptions,
};

use crate::harness::{Place, RESOURCE, Rig, account, accounts, assert_kind, fixture_path};

/// The resource of the components.
const COMPONENTS: &str = "66f0c0ffee0000000000a005";

/// Returns accounts, the first of which has a URL without https.
fn plain() -> Body {
    let mut record = account("a");
    record["externalUrl"] = json!("http://x.example.com/a");
    Body::from_records(RESOURCE, &[record, account("b")]).expect("right")
}

fn by(checks: ValidationOptions) -> PushOptions {
    PushOptions::new().validation(checks)
}

#[test]
fn every_violation_is_reported_and_nothing_is_sent() {
    let rig = Rig::unlimited();
    let mut records = [account("a"), account("b"), account("c")];
    records[0]["permissionLevel"] = json!("GOD");
    records[0]["mfaEnabled"] = json!("yes");
    records[2].as_object_mut().expect("an object").shift_remove("email");
    records[2]["favouriteColour"] = json!("blue");
    let body = Body::from_records(RESOURCE, &records).expect("well formed");
    let client = rig.client();
    let check = |result: Result<(), Error>| {
        let error = assert_kind(result, ErrorKind::InvalidRecords);
        let violations = error.violations().iter();
        let places = violations.map(|f| (f.index, f.unique_id.clone(), f.pointer.clone()));
        (places.collect::<Vec<_>>(), error)
    };
    let place = |index, id: &str, pointer: &str| (Some(index), Some(id.into()), pointer.into());
    let expected = vec![
        place(0, "a", "/mfaEnabled"),
        place(0, "a", "/permissionLevel"),
        place(2, "c", ""),
        place(2, "c", "/favouriteColour"),
    ];
    let (places, error) = check(client.push(&Kind::USER_ACCOUNT, &body).map(drop));
    assert_eq!(places, expected);
    let words = error.to_string();
    assert!(words.contains("4 violations in 2 of 3 records"), "{words}");
    assert_eq!((error.attempts(), error.http_status()), (0, None));
    // A plan refuses the same records.
    assert_eq!(check(client.plan(&Kind::USER_ACCOUNT, &body).map(drop)).0, expected);
    // With the deletion guard on and off.
    let options = PushOptions::new().allow_any_removals(true);
    let pushed = client.push_with(&Kind::USER_ACCOUNT, &body, &options);
    assert_eq!(check(pushed.map(drop)).0, expected);
    assert_eq!(rig.sim.counters().connections, 0);
}

#[test]
fn payload_of_another_kind_is_not_sent() {
    let rig = Rig::unlimited();
    let body = Body::from_file(fixture_path("02_user_account_1200.json")).expect("well formed");
    let pushed = rig.client().push(&Kind::VULNERABLE_COMPONENT, &body);
    let error = assert_kind(pushed, ErrorKind::InvalidRecords);
    assert!(error.to_string().contains("in 1,200 of 1,200 records"), "{error}");
    assert_eq!(rig.sim.counters().connections, 0);
}

#[test]
fn warnings_do_not_stop_a_push_and_are_in_the_receipt() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let receipt = client.push(&Kind::USER_ACCOUNT, &plain()).expect("pushed");
    let warning = &receipt.warnings[0];
    assert_eq!((warning.index, warning.unique_id.as_deref()), (Some(0), Some("a")));
    assert_eq!((warning.pointer.as_str(), receipt.warnings.len()), ("/externalUrl", 1));
    assert!(receipt.to_string().contains(", 1 warning (HTTP 200"), "{receipt}");
    let line: Value = serde_json::from_str(&receipt.to_json()).expect("JSON");
    assert_eq!(line["warnings"], json!(1), "only their number");
    let receipt = client.push(&Kind::USER_ACCOUNT, &accounts(&["a", "b"])).expect("pushed");
    assert!(receipt.warnings.is_empty());
}

#[test]
fn an_error_has_the_warnings_of_the_records_too() {
    let client = Rig::unlimited().client();
    let wrong = [
        json!({"uniqueId": "a", "displayName": 7, "externalUrl": "http://x.example.com"}),
        json!({"uniqueId": "A", "displayName": "A", "externalUrl": "https://x.example.com"}),
    ];
    let body = Body::from_records(RESOURCE, &wrong).expect("well formed");
    let kind = Kind::CUSTOM_RESOURCE;
    let report = body.validate(&kind, &ValidationOptions::new()).expect("checked");
    let error = report.clone().into_error().expect("an error");
    assert_eq!((error.violations(), error.warnings()), (&*report.errors, &*report.warnings));
    let pushed = assert_kind(client.push(&kind, &body), ErrorKind::InvalidRecords);
    let planned = assert_kind(client.plan(&kind, &body), ErrorKind::InvalidRecords);
    for error in [pushed, planned] {
        assert_eq!(error.violations()[0].rule, Some(Rule::Schema));
        let rules: Vec<_> = error.warnings().iter().map(|warning| warning.rule).collect();
        assert_eq!(rules, [Some(Rule::HttpsUrl), Some(Rule::SimilarIds)]);
        assert!(!error.to_string().contains("https"), "the line has what is wrong only: {error}");
    }
    let valid = client.push(&kind, &accounts(&[])).expect_err("empty");
    assert!(valid.warnings().is_empty());
}

#[test]
fn each_rule_can_be_an_error_or_off_for_one_call() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let strict = by(ValidationOptions::new().level(Rule::HttpsUrl, Level::Error));
    let error = assert_kind(
        client.push_with(&Kind::USER_ACCOUNT, &plain(), &strict),
        ErrorKind::InvalidRecords,
    );
    assert_eq!(error.violations()[0].pointer, "/externalUrl");
    assert_eq!(rig.sim.counters().connections, 0);
    let off = by(ValidationOptions::new().level(Rule::HttpsUrl, Level::Off));
    let receipt = client.push_with(&Kind::USER_ACCOUNT, &plain(), &off).expect("pushed");
    assert!(receipt.warnings.is_empty());
    // Another call of the same client has the usual rules again.
    let receipt = client.push(&Kind::USER_ACCOUNT, &plain()).expect("pushed");
    assert_eq!(receipt.warnings.len(), 1);
    // The server refuses a record for which there is only a warning.
    let mut wrong = account("a");
    wrong["status"] = json!("GONE");
    let wrong = Body::from_records(RESOURCE, &[wrong]).expect("well formed");
    let as_warnings = by(ValidationOptions::new().level(Rule::Schema, Level::Warning));
    let pushed = client.push_with(
        &Kind::USER_ACCOUNT,
        &wrong,
        &as_warnings.clone().allow_any_removals(true),
    );
    assert_eq!(assert_kind(pushed, ErrorKind::RecordsRejected).violations()[0].pointer, "/status");
    let plan = client.plan_with(&Kind::USER_ACCOUNT, &wrong, &as_warnings).expect("planned");
    assert_eq!((plan.warnings[0].pointer.as_str(), plan.warnings.len()), ("/status", 1));
}

#[test]
fn custom_properties_are_validated_by_the_declaration_of_the_call() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let text = r#"{"properties": {"team": {"type": "string"}, "size": {"type": "int32"}}}"#;
    let custom = Schema::parse(text).expect("a schema");
    let options = by(ValidationOptions::new().custom_properties(custom));
    let body = |custom: Value| {
        let record = json!({
            "uniqueId": "a", "displayName": "A", "externalUrl": "https://x.example.com/a",
            "customProperties": custom,
        });
        Body::from_records(RESOURCE, &[record]).expect("well formed")
    };
    let push = |custom| client.push_with(&Kind::CUSTOM_RESOURCE, &body(custom), &options);
    let error = assert_kind(push(json!({"team": 7})), ErrorKind::InvalidRecords);
    let violations: Vec<String> =
        error.violations().iter().map(|violation| violation.to_string()).collect();
    assert_eq!(
        violations,
        [
            "record 0 (uniqueId a) at /customProperties - must have property 'size'",
            "record 0 (uniqueId a) at /customProperties/team - must be string",
        ]
    );
    assert_eq!(rig.sim.counters().connections, 0);
    push(json!({"team": "ops", "size": 7})).expect("as declared");
    client.push(&Kind::CUSTOM_RESOURCE, &body(json!({"team": 7}))).expect("nothing declared");
}

/// Returns a component, or a vulnerability that names one.
fn base(id: &str) -> Value {
    json!({"uniqueId": id, "displayName": id, "externalUrl": "https://x.example.com/"})
}

fn vulnerabilities(named: &[&str]) -> Body {
    let one = |(number, component): (usize, &&str)| {
        let mut record = base(&format!("v{number}"));
        let members = json!({
            "packageName": "p", "packageVersion": "1", "severity": 5.0, "description": "d",
            "vulnerableComponentUniqueId": component, "isResolvable": true,
            "remediationInstructions": "r",
        });
        for (key, value) in members.as_object().expect("an object") {
            record[key] = value.clone();
        }
        record
    };
    let records: Vec<Value> = named.iter().enumerate().map(one).collect();
    Body::from_records(RESOURCE, &records).expect("right")
}

fn push_components(client: &Client, ids: &[&str]) {
    let one = |id: &&str| {
        let mut record = base(id);
        record["collectedTimestamp"] = json!("2026-04-12T09:30:00.000Z");
        record["name"] = json!(id);
        record["description"] = json!("d");
        record["targetType"] = json!("SERVER");
        record
    };
    let records: Vec<Value> = ids.iter().map(one).collect();
    let body = Body::from_records(COMPONENTS, &records).expect("right");
    let options = PushOptions::new().allow_any_removals(true);
    client.push_with(&Kind::VULNERABLE_COMPONENT, &body, &options).expect("pushed");
}

fn push(client: &Client, named: &[&str], options: &PushOptions) -> Result<Receipt, Error> {
    client.push_with(&Kind::PACKAGE_VULNERABILITY, &vulnerabilities(named), options)
}

#[test]
fn references_are_looked_up_among_the_live_components() {
    let rig = Rig::unlimited();
    let client = rig.client();
    push_components(&client, &["c1", "c2", "gone"]);
    push_components(&client, &["c1", "c2"]);
    let live = PushOptions::new().allow_any_removals(true).live_components(COMPONENTS);
    let receipt = push(&client, &["c1", "c2"], &live).expect("pushed");
    assert!(receipt.warnings.is_empty());
    assert_eq!(rig.sim.counters().gets, 1);
    let target = rig.sim.requests().into_iter().find(|request| request.method == "GET");
    let path = format!("/v1/resources/vulnerable_component?resourceId={COMPONENTS}");
    assert_eq!(target.expect("one").target, path);
    // A soft-deleted component does not count.
    let receipt = push(&client, &["c1", "gone", "never"], &live).expect("pushed");
    let warnings: Vec<_> = receipt.warnings.iter().map(|violation| violation.to_string()).collect();
    let place = "at /vulnerableComponentUniqueId - no component with uniqueId";
    assert!(
        warnings[0].starts_with(&format!("record 1 (uniqueId v1) {place} \"gone\"")),
        "{warnings:?}"
    );
    assert!(
        warnings[1].starts_with(&format!("record 2 (uniqueId v2) {place} \"never\"")),
        "{warnings:?}"
    );
    assert_eq!(warnings.len(), 2);
    let puts = rig.sim.counters().puts;
    let strict = live
        .clone()
        .validation(ValidationOptions::new().level(Rule::UnknownComponent, Level::Error));
    let error = assert_kind(push(&client, &["never"], &strict), ErrorKind::InvalidRecords);
    // Only the read.
    assert_eq!((error.violations().len(), error.attempts()), (1, 1));
    assert_eq!(rig.sim.counters().puts, puts);
    push(&client, &["c2"], &strict).expect("it is live");
    let plan = client.plan_with(&Kind::PACKAGE_VULNERABILITY, &vulnerabilities(&["never"]), &live);
    assert_eq!(plan.expect("planned").warnings.len(), 1);
}

#[test]
fn components_given_by_the_call_count_besides_the_live_ones() {
    let rig = Rig::unlimited();
    let client = rig.client();
    push_components(&client, &["c1"]);
    let checks =
        ValidationOptions::new().components(["mine"]).level(Rule::UnknownComponent, Level::Error);
    let options = by(checks).live_components(COMPONENTS);
    push(&client, &["c1", "mine"], &options).expect("one is live, and one was given");
    assert_kind(push(&client, &["other"], &options), ErrorKind::InvalidRecords);
}

#[test]
fn components_that_cannot_be_read_stop_the_push() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let live = PushOptions::new().allow_any_removals(true).live_components(COMPONENTS);
    rig.reply(Place::Get, 403, r#"{"error":"unauthorized"}"#);
    let error = assert_kind(push(&client, &["c1"], &live), ErrorKind::Forbidden);
    assert!(error.to_string().contains("reading the live components"), "{error}");
    rig.reply(Place::Get, 200, r#"{"resources":[],"pageInfo":{"hasNextPage":true}}"#);
    assert_kind(push(&client, &["c1"], &live), ErrorKind::InvalidResponse);
    let nonsense = live.clone().live_components("no such/id");
    assert_kind(push(&client, &["c1"], &nonsense), ErrorKind::InvalidArgument);
    assert_eq!(rig.sim.counters().puts, 0);
    // Violations that need no other records are reported before anything is read.
    let gets = rig.sim.counters().gets;
    let wrong = client.push_with(&Kind::PACKAGE_VULNERABILITY, &accounts(&["a"]), &live);
    assert_kind(wrong, ErrorKind::InvalidRecords);
    assert_eq!(rig.sim.counters().gets, gets);
}
