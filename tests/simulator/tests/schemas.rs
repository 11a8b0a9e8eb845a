//! Which records are accepted, and the messages about the others.

mod common;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use vanta_simulator::{Ambiguity, Duplicates, Settings, Simulator};

use common::{RESOURCE, background_check, fixture, plain, put, put_bytes, record};

fn message_of(name: &str) -> String {
    let response: Value = serde_json::from_slice(&fixture(name)).expect("JSON");
    response["body"]["error"].as_str().expect("words").to_owned()
}

#[test]
fn every_valid_fixture_is_accepted() {
    let sim = plain(|_| ());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut seen = 0;
    for folder in [folder.clone(), folder.join("wire")] {
        for entry in fs::read_dir(folder).expect("the folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            let Some(kind) = kind(&name) else { continue };
            let body = fs::read(&path).expect("a file");
            let response = put_bytes(&sim, &kind, &body).expect("a response");
            assert_eq!(
                (response.status, response.text().as_str()),
                (200, r#"{"success":true}"#),
                "{name}"
            );
            let sent: Value = serde_json::from_slice(&body).expect("JSON");
            let rows = sim.rows(&kind, sent["resourceId"].as_str().expect("an id"));
            let live = rows.iter().filter(|row| row["deletedAt"].is_null()).count();
            assert_eq!(Some(live), sent["resources"].as_array().map(Vec::len), "{name}");
            seen += 1;
        }
    }
    assert!(seen >= 19, "only {seen} were found");
}

/// Returns the kind of a fixture: `put-KIND.request.json`, or one of the larger files.
fn kind(name: &str) -> Option<String> {
    if name.starts_with("put-empty") {
        return Some("user_account".to_owned());
    }
    if let Some(kind) = name.strip_prefix("put-").and_then(|n| n.strip_suffix(".request.json")) {
        return Some(kind.to_owned());
    }
    let kinds = [
        ("user_account", "user_account"),
        ("vulnerable_component", "vulnerable_component"),
        ("static_analysis", "static_analysis_code_vulnerability_connectors"),
        ("background_check", "background_check_connector"),
        ("custom_resource", "custom_resource"),
        ("secret", "secret"),
    ];
    let large = name.starts_with(|c: char| c.is_ascii_digit());
    kinds.iter().find(|(part, _)| large && name.contains(part)).map(|(_, kind)| (*kind).to_owned())
}

#[test]
fn faulty_fixtures_are_refused_each_for_its_fault() {
    let sim = plain(|_| ());
    let refusal = |kind: &str, name: &str| {
        let body = fixture(&format!("negative/{name}.json"));
        let response = put_bytes(&sim, kind, &body).expect("a response");
        assert_eq!(response.status, 400, "{name}");
        response.error()
    };
    let custom = "custom_resource";
    assert_eq!(refusal(custom, "missing_external_url"), "/1: must have property 'externalUrl'");
    assert_eq!(refusal(custom, "duplicate_unique_id"), "/2/uniqueId: must be unique");
    assert_eq!(refusal(custom, "truncated"), refusal(custom, "utf8_bom"));
    let kind = "static_analysis_code_vulnerability_connectors";
    assert_eq!(refusal(kind, "static_analysis_float_severity"), "/0/severity: must be int32");
    let empty = put_bytes(&sim, custom, &fixture("negative/empty_resources.json"));
    assert_eq!(empty.expect("a response").status, 200, "which deletes everything");
    assert_eq!(sim.counters().puts_accepted, 1);
}

#[test]
fn refusals_are_in_the_words_that_were_seen() {
    let sim = plain(|_| ());
    let mut account = record("user_account");
    account.as_object_mut().expect("it").insert("department".to_owned(), json!("x"));
    account.as_object_mut().expect("it").insert("jobTitle".to_owned(), json!("x"));
    let extra = account.clone();
    let refusal = |kind: &str, record: &Value| put(&sim, kind, &json!([record])).error();
    assert_eq!(refusal("user_account", &extra), message_of("wire/put.error.400.extra-keys.json"));
    account["permissionLevel"] = json!("OWNER");
    assert_eq!(refusal("user_account", &account), message_of("wire/put.error.400.enum.json"));
    account.as_object_mut().expect("it").remove("fullName");
    let missing = message_of("wire/put.error.400.missing-property.json");
    assert_eq!(refusal("user_account", &account), missing, "what is missing comes first");
    sim.change(|settings| settings.extra_keys_first = true);
    assert!(refusal("user_account", &account).starts_with("Too many fields"), "but for a switch");
    let mut mac = record("macos_user_computer");
    mac["applications"] = json!("x");
    assert_eq!(
        refusal("macos_user_computer", &mac),
        message_of("wire/put.error.400.wrong-type.json")
    );
    mac["applications"] = json!([{ "name": "x" }]);
    assert_eq!(
        refusal("macos_user_computer", &mac),
        "/0/applications/0: must have property 'bundleId'"
    );
}

#[test]
fn values_are_of_their_types() {
    let sim = plain(|_| ());
    let mut sast = record("static_analysis_code_vulnerability_connectors");
    let mut severity = |value: Value| {
        sast["severity"] = value;
        put(&sim, "static_analysis_code_vulnerability_connectors", &json!([sast])).status
    };
    assert_eq!([json!(8.0), json!(i32::MIN), json!(i32::MAX)].map(&mut severity), [200; 3]);
    assert_eq!([json!(1u32 << 31), json!(8.5), json!("8")].map(&mut severity), [400; 3]);
    let mut check = background_check("a");
    let mut date = |value: &str| {
        check["completionDate"] = json!(value);
        put(&sim, "background_check_connector", &json!([check])).status
    };
    let good =
        ["2024-02-29T00:00:00Z", "1990-12-31T15:59:60-08:00", "1937-01-01T12:00:27.87+00:20"];
    assert_eq!(good.map(&mut date), [200; 3]);
    let bad = [
        "2023-02-29T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-01-01T12:00:60Z",
        "2026-01-01T00:00:00.Z",
        "tomorrow",
        "",
        "2026-01-01T00:00:00+0100",
        "2026-01-0é:00:00:00Z",
    ];
    assert_eq!(bad.map(&mut date), [400; 11]);
}

#[test]
fn the_body_around_the_records_is_checked_too() {
    let sim = plain(|_| ());
    let refusal =
        |body: &str| put_bytes(&sim, "secret", body.as_bytes()).expect("a response").error();
    assert_eq!(refusal("[]"), "must be object");
    assert_eq!(refusal(r#"{"resources": []}"#), "must have property 'resourceId'");
    assert_eq!(refusal(r#"{"resourceId": "x"}"#), "must have property 'resources'");
    assert_eq!(refusal(r#"{"resourceId": 1, "resources": []}"#), "/resourceId: must be string");
    assert_eq!(refusal(r#"{"resourceId": "x", "resources": {}}"#), "/resources: must be array");
    assert_eq!(refusal(r#"{"resourceId": "x", "resources": [1]}"#), "/0: must be object");
}

#[test]
fn custom_properties_follow_their_declaration() {
    let sim = plain(|_| ());
    let mut job = record("custom_resource");
    assert_eq!(put(&sim, "custom_resource", &json!([job])).status, 200, "undeclared: any");
    job["customProperties"]["deep"] = json!({});
    assert_eq!(put(&sim, "custom_resource", &json!([job])).status, 400, "but flat");
    job = record("custom_resource");
    let jtd = fixture("wire/custom-resource.custom-properties.jtd.json");
    let mut jtd: Value = serde_json::from_slice(&jtd).expect("JSON");
    jtd["properties"]["tier"] = json!({ "enum": ["gold", "tin"], "nullable": true });
    jtd["optionalProperties"] = json!({ "share": { "type": "float32" } });
    sim.declare(RESOURCE, "custom_resource", Some(jtd));
    let refusal = |job: &Value| put(&sim, "custom_resource", &json!([job])).error();
    assert_eq!(refusal(&job), "/0/customProperties: must have property 'tier'");
    job["customProperties"]["tier"] = json!("lead");
    let words = "/0/customProperties/tier: must be equal to one of the allowed values";
    assert_eq!(refusal(&job), words);
    job["customProperties"]["tier"] = Value::Null;
    assert_eq!(put(&sim, "custom_resource", &json!([job])).status, 200);
    job["customProperties"]["share"] = json!("0.5");
    assert_eq!(refusal(&job), "/0/customProperties/share: must be float32");
    job["customProperties"]["share"] = json!(0.5);
    job["customProperties"]["more"] = json!(1);
    assert!(refusal(&job).starts_with("/0/customProperties: must NOT have additional"));
}

#[test]
fn names_of_custom_properties_may_end_in_any_character() {
    let sim = plain(|_| ());
    let text = || json!({ "type": "string" });
    let declared = json!({
        "properties": { "paid?": text(), "now!": text() },
        "optionalProperties": { "why?": text(), "oh!": text() },
    });
    sim.declare(RESOURCE, "custom_resource", Some(declared));
    let mut job = record("custom_resource");
    let mut push = |properties: Value| {
        job["customProperties"] = properties;
        put(&sim, "custom_resource", &json!([job]))
    };
    let all = json!({ "paid?": "", "now!": "", "why?": "", "oh!": "" });
    assert_eq!(push(all).status, 200);
    assert_eq!(push(json!({ "paid?": "", "now!": "" })).status, 200);
    let refusal = push(json!({ "paid": "", "now!": "" })).error();
    assert_eq!(refusal, "/0/customProperties: must have property 'paid?'");
    let refusal = push(json!({ "paid?": "", "now!": 1 })).error();
    assert_eq!(refusal, "/0/customProperties/now!: must be string");
    let refusal = push(json!({ "paid?": "", "now!": "", "why": "" })).error();
    assert!(refusal.starts_with("/0/customProperties: must NOT have"), "{refusal}");
}

#[test]
fn other_kinds_have_custom_properties_only_when_declared() {
    let sim = plain(|_| ());
    let mut check = background_check("a");
    check["customProperties"] = json!({});
    let push = || put(&sim, "background_check_connector", &json!([check]));
    assert!(push().error().ends_with("Extra keys: customProperties"));
    sim.declare(RESOURCE, "secret", Some(json!({ "properties": {} })));
    assert_eq!(push().status, 400, "declared for another kind");
    sim.declare(RESOURCE, "background_check_connector", Some(json!({ "properties": {} })));
    assert_eq!(push().status, 200);
}

#[test]
fn a_declared_kind_that_is_none_of_the_twelve_has_base_fields_only() {
    let sim = plain(|_| ());
    let base = json!([{ "displayName": "x", "uniqueId": "x", "externalUrl": "https://x.test/" }]);
    assert_eq!(put(&sim, "moon_rover", &base).status, 404);
    sim.declare(RESOURCE, "moon_rover", None);
    assert_eq!(put(&sim, "moon_rover", &base).status, 200);
    assert_eq!(put(&sim, "moon_rover", &json!([record("secret")])).status, 400);
}

#[test]
fn doubtful_rules_are_switches() {
    let sim = plain(|_| ());
    let mut task = record("security_task");
    task["taskState"] = json!("CLOSED");
    let mut finding = record("package_vulnerability_connectors");
    finding["cveId"] = Value::Null;
    let status =
        |sim: &Simulator, kind: &str, record: &Value| put(sim, kind, &json!([record])).status;
    let kinds = ["security_task", "package_vulnerability_connectors"];
    assert_eq!(status(&sim, kinds[0], &task), 200);
    assert_eq!(status(&sim, kinds[1], &finding), 400);
    sim.change(|settings: &mut Settings| {
        settings.closed_timestamp_rule = Ambiguity::Refuse;
        settings.null_optionals = Ambiguity::Accept;
        settings.duplicate_unique_id = Duplicates::LastWins;
    });
    assert_eq!(status(&sim, kinds[0], &task), 400);
    assert_eq!(status(&sim, kinds[1], &finding), 200);
    sim.change(|settings| settings.unknown_component = Ambiguity::Refuse);
    assert_eq!(status(&sim, kinds[1], &finding), 400);
    let mut component = record("vulnerable_component");
    component["uniqueId"] = finding["vulnerableComponentUniqueId"].clone();
    assert_eq!(status(&sim, "vulnerable_component", &component), 200);
    assert_eq!(status(&sim, kinds[1], &finding), 200);
}
