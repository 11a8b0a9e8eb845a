//! What a list shows of pushed records, and when.

mod common;

use serde_json::{Value, json};
use vanta_simulator::{Settings, Simulator};

use common::{RESOURCE, background_check, get, plain, put, record};

const KIND: &str = "background_check_connector";

/// Returns a record as a list shows it after a push.
fn shown(sim: &Simulator, kind: &str, record: &Value) -> Value {
    let response = put(sim, kind, &json!([record]));
    assert_eq!(response.status, 200, "{}", response.text());
    let listed = get(sim, kind).expect("a response").json()["resources"].clone();
    assert_eq!(listed, json!(sim.rows(kind, RESOURCE)), "rows are shown as lists show them");
    listed[0].clone()
}

/// Returns the pushed members, in their order.
fn pushed(mut shown: Value) -> Value {
    let members = shown.as_object_mut().expect("an object");
    for own in ["createdAt", "updatedAt", "deletedAt"] {
        assert!(members.shift_remove(own).is_some(), "{own} is not shown");
    }
    shown
}

#[test]
fn severities_that_are_floats_are_stored_with_one_decimal() {
    let sim = plain(|_| ());
    for kind in ["package_vulnerability_connectors", "api_endpoint_vulnerability_connectors"] {
        let mut finding = record(kind);
        finding["cvss3Score"] = json!(7.123);
        let mut severity = |value: Value| {
            finding["severity"] = value;
            let shown = shown(&sim, kind, &finding);
            assert_eq!(shown["cvss3Score"], 7.123, "other numbers stay");
            shown["severity"].to_string()
        };
        let sent = [json!(7.25), json!(7.24), json!(9.96), json!(0.04), json!(7.2), json!(7)];
        assert_eq!(sent.map(&mut severity), ["7.3", "7.2", "10.0", "0.0", "7.2", "7"]);
        assert_eq!(severity(json!(1e308)), json!(1e308).to_string());
        sim.change(|settings| settings.severities_rounded = false);
        assert_eq!(severity(json!(7.25)), "7.25");
        sim.change(|settings| settings.severities_rounded = true);
    }
}

#[test]
fn severities_that_are_whole_numbers_stay_as_they_are() {
    let sim = plain(|_| ());
    let kind = "static_analysis_code_vulnerability_connectors";
    let finding = record(kind);
    assert_eq!(pushed(shown(&sim, kind, &finding)), finding);
    let task = record("security_task");
    assert_eq!(pushed(shown(&sim, "security_task", &task)), task, "nor is one invented");
}

#[test]
fn timestamps_are_spelt_in_another_way_when_switched_on() {
    let sim = plain(|_| ());
    let mut check = background_check("a");
    check["displayName"] = json!("2026-01-01T00:00:00Z");
    let mut date = |value: &str| {
        check["completionDate"] = json!(value);
        let shown = shown(&sim, KIND, &check);
        assert_eq!(shown["displayName"], "2026-01-01T00:00:00Z", "a name is no timestamp");
        shown["completionDate"].as_str().expect("text").to_owned()
    };
    assert_eq!(date("2026-01-01T00:00:00Z"), "2026-01-01T00:00:00Z", "but not by default");
    sim.change(|settings| settings.timestamps_rewritten = true);
    let spellings = [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"),
        ("2026-01-01t00:00:00.000z", "2026-01-01T00:00:00.000Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"),
        ("2024-02-28T23:30:00.5-01:00", "2024-02-29T00:30:00.500Z"),
        ("1990-12-31T15:59:60-08:00", "1990-12-31T23:59:60.000Z"),
        ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870Z"),
        ("2000-03-01T00:00:00.1234567Z", "2000-03-01T00:00:00.1234567Z"),
        ("0000-03-01T00:00:00Z", "0000-03-01T00:00:00.000Z"),
        ("0000-01-01T00:00:00+01:00", "0000-01-01T00:00:00+01:00"),
        ("9999-12-31T23:59:59-00:01", "9999-12-31T23:59:59-00:01"),
    ];
    for (sent, shown) in spellings {
        assert_eq!(date(sent), shown);
    }
}

#[test]
fn timestamps_within_lists_and_custom_properties_are_respelt_too() {
    let sim = plain(|settings| settings.timestamps_rewritten = true);
    let mut computer = record("macos_user_computer");
    computer["applications"] = json!([{
        "name": "x", "bundleId": "x", "lastOpenedTimestamp": "2026-01-01T00:00:00Z",
    }]);
    let computer = shown(&sim, "macos_user_computer", &computer);
    assert_eq!(computer["applications"][0]["lastOpenedTimestamp"], "2026-01-01T00:00:00.000Z");
    let declared = json!({
        "properties": {
            "at": { "type": "timestamp", "nullable": true }, "word": { "type": "string" },
        },
    });
    sim.declare(RESOURCE, "custom_resource", Some(declared));
    let mut job = record("custom_resource");
    job["customProperties"] =
        json!({ "at": "2026-01-01T00:00:00Z", "word": "2026-01-01T00:00:00Z" });
    let properties = shown(&sim, "custom_resource", &job)["customProperties"].clone();
    let respelt = json!({ "at": "2026-01-01T00:00:00.000Z", "word": "2026-01-01T00:00:00Z" });
    assert_eq!(properties, respelt);
}

#[test]
fn optional_nulls_are_shown_unless_they_are_dropped() {
    let sim = plain(|_| ());
    let declared = json!({
        "properties": { "must": { "type": "string", "nullable": true } },
        "optionalProperties": { "may": { "type": "string", "nullable": true } },
    });
    sim.declare(RESOURCE, "windows_user_computer", Some(declared));
    let mut computer = record("windows_user_computer");
    computer["owner"] = Value::Null;
    computer["collectedTimestamp"] = json!("2026-01-01T00:00:00Z");
    computer["programs"] = json!([{ "name": "x", "lastOpenedTimestamp": null }]);
    computer["customProperties"] = json!({ "must": null, "may": null });
    let kind = "windows_user_computer";
    assert_eq!(pushed(shown(&sim, kind, &computer)), computer);
    sim.change(|settings| settings.nulls_dropped = true);
    let shown = shown(&sim, kind, &computer);
    assert!(shown.get("owner").is_none() && shown["deletedAt"].is_null());
    assert_eq!(shown["programs"], json!([{ "name": "x" }]));
    assert_eq!(shown["customProperties"], json!({ "must": null }));
    assert_eq!(shown["collectedTimestamp"], "2026-01-01T00:00:00Z", "that is another switch");
}

#[test]
fn custom_properties_are_shown_unless_a_setting_hides_them() {
    let sim = plain(|_| ());
    let job = record("custom_resource");
    let own = &job["customProperties"];
    assert!(own.is_object());
    assert_eq!(&shown(&sim, "custom_resource", &job)["customProperties"], own);
    sim.change(|settings| settings.custom_properties_in_list = false);
    let hidden = shown(&sim, "custom_resource", &job);
    assert_eq!((hidden.get("customProperties"), &hidden["uniqueId"]), (None, &job["uniqueId"]));
    sim.change(|settings| settings.custom_properties_in_list = true);
    assert_eq!(
        &sim.rows("custom_resource", RESOURCE)[0]["customProperties"],
        own,
        "kept all along"
    );
}

#[test]
fn the_first_lists_after_each_push_show_the_state_before_it() {
    let sim = plain(|settings: &mut Settings| settings.stale_reads = 2);
    let listed = || -> Vec<String> {
        let rows = get(&sim, KIND).expect("a response").json()["resources"].clone();
        let live = |row: &Value| row["deletedAt"].is_null();
        let rows = rows.as_array().expect("a list").iter().filter(|row| live(row)).cloned();
        rows.map(|row| row["uniqueId"].as_str().expect("an id").to_owned()).collect()
    };
    put(&sim, KIND, &json!([background_check("a")]));
    assert_eq!([listed(), listed()], [Vec::<String>::new(), Vec::new()]);
    assert_eq!(listed(), ["a"]);
    put(&sim, KIND, &json!([background_check("b"), background_check("c")]));
    assert_eq!([listed(), listed()], [["a"], ["a"]]);
    assert_eq!([listed(), listed()], [["b", "c"], ["b", "c"]]);
    let refused = put(&sim, KIND, &json!([{}]));
    assert_eq!((refused.status, listed()), (400, vec!["b".to_owned(), "c".to_owned()]));
}
