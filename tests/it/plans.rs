//! A plan lists exactly what a push would change, and changes nothing.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vanta::{
    Body, ChangePlan, Client, ErrorKind, Kind, Level, PushOptions, Rule, ValidationOptions,
};
use vanta_simulator::Ambiguity;

use crate::harness::{
    Place, RESOURCE, Rig, Settings, VALID_FIXTURES, account, accounts, assert_kind, fixture_path,
    without_deletion_guard,
};
use crate::sample_records::request_path;

/// The resource, its remote records, and the records to push.
type Told = (String, Option<Value>, Option<Value>);

fn differences(plan: &ChangePlan) -> Vec<Told> {
    let differences = plan.changed.iter().flat_map(|change| &change.differences);
    differences.map(|one| (one.pointer.clone(), one.live.clone(), one.pushed.clone())).collect()
}

/// Returns what a plan says about a record that would replace another one.
fn compared(live: &Value, pushed: &Value) -> Vec<Told> {
    let whole = |mut record: Value| {
        record["uniqueId"] = json!("a");
        record
    };
    // A soft-deleted row shows that the service returns each member.
    let mut shown = pushed.clone();
    shown["uniqueId"] = json!("shown");
    shown["deletedAt"] = json!("2026-01-01T00:00:00Z");
    let rig = Rig::unlimited();
    rig.reply(Place::Get, 200, &json!({"resources": [whole(live.clone()), shown]}).to_string());
    let body = Body::from_records(RESOURCE, &[whole(pushed.clone())]).expect("well formed");
    let unchecked =
        PushOptions::new().validation(ValidationOptions::new().level(Rule::Schema, Level::Off));
    let plan = rig.client().plan_with(&Kind::CUSTOM_RESOURCE, &body, &unchecked).expect("planned");
    assert_eq!(plan.changed.len() + plan.unchanged, 1);
    differences(&plan)
}

#[track_caller]
fn assert_same(live: Value, pushed: Value) {
    assert_eq!(compared(&live, &pushed), [], "{live} and {pushed}");
}

#[track_caller]
fn assert_differs(live: Value, pushed: Value, at: &[&str]) {
    let changes = compared(&live, &pushed);
    let pointers: Vec<&str> = changes.iter().map(|(pointer, ..)| pointer.as_str()).collect();
    assert_eq!(pointers, at, "{live} and {pushed}");
    for (pointer, before, after) in &changes {
        let found = |record: &Value| record.pointer(pointer).filter(|v| !v.is_null()).cloned();
        assert_eq!((before, after), (&found(&live), &found(&pushed)), "{pointer}");
    }
}

#[test]
fn plan_lists_added_changed_and_removed_records() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let mut gone = account("gone");
    gone["groupIds"] = json!(["shown"]);
    let before = ["d", "c", "b", "a"].map(account).into_iter().chain([gone]);
    let before = Body::from_records(RESOURCE, &before.collect::<Vec<_>>()).expect("right");
    client.push(&Kind::USER_ACCOUNT, &before).expect("pushed");
    client.push(&Kind::USER_ACCOUNT, &accounts(&["d", "c", "b", "a"])).expect("pushed");
    let rows = rig.sim.rows("user_account", RESOURCE);
    let mut c = account("c");
    c["fullName"] = json!("New");
    c["mfaMethods"] = json!(["OTP", "SMS"]);
    c["groupIds"] = json!(["g"]);
    let records = [account("b"), c, account("f"), account("e"), account("gone")];
    let body = Body::from_records(RESOURCE, &records).expect("right");
    let (before, asked) = (rig.sim.counters(), rig.sim.requests().len());
    let plan = client.plan(&Kind::USER_ACCOUNT, &body).expect("planned");
    assert_eq!((plan.kind.as_str(), plan.resource_id.as_str()), ("user_account", RESOURCE));
    assert_eq!((plan.live, plan.records, plan.unchanged), (4, 5, 1));
    assert_eq!(plan.bytes, body.as_bytes().len() as u64);
    assert_eq!(plan.added, ["f", "e", "gone"], "in the body's order; soft-deleted is not live");
    assert_eq!(plan.removed, ["a", "d"]);
    let change = &plan.changed[0];
    assert_eq!((change.index, change.unique_id.as_str(), plan.changed.len()), (1, "c", 1));
    let some = |value| Some(value);
    let expected = [
        ("/fullName".to_owned(), some(json!("c")), some(json!("New"))),
        ("/mfaMethods".to_owned(), some(json!(["OTP"])), some(json!(["OTP", "SMS"]))),
        ("/groupIds".to_owned(), None, some(json!(["g"]))),
    ];
    assert_eq!(differences(&plan), expected);
    assert!(!plan.is_empty() && plan.refusal.is_none() && plan.warnings.is_empty());
    let sent = rig.sim.requests().split_off(asked);
    assert_eq!(sent.iter().map(|request| request.method.as_str()).collect::<Vec<_>>(), ["GET"]);
    assert_eq!(rig.sim.counters().puts, before.puts);
    assert_eq!(rig.sim.rows("user_account", RESOURCE), rows);
}

#[test]
fn plan_without_live_records_adds_everything() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let plan = |ids: &[&str]| client.plan(&Kind::USER_ACCOUNT, &accounts(ids)).expect("planned");
    let fresh = plan(&["a", "b"]);
    assert_eq!((fresh.added.len(), fresh.live, fresh.is_empty()), (2, 0, false));
    client.push(&Kind::USER_ACCOUNT, &accounts(&["a", "b"])).expect("pushed");
    assert!(plan(&["a", "b"]).is_empty());
    assert!(plan(&["b", "a"]).is_empty(), "the order says nothing");
    assert!(!plan(&["a"]).is_empty() && !plan(&["a", "b", "c"]).is_empty());
    let mut changed = account("b");
    changed["fullName"] = json!("B");
    let body = Body::from_records(RESOURCE, &[account("a"), changed]).expect("right");
    assert!(!client.plan(&Kind::USER_ACCOUNT, &body).expect("planned").is_empty());
}

#[test]
fn severities_count_to_one_decimal_however_ties_are_rounded() {
    let severity = |number: f64| json!({"severity": number});
    for (live, pushed) in [(8.3, 8.34), (8.3, 8.26), (8.3, 8.35), (8.4, 8.35), (8.3, 8.25)] {
        assert_same(severity(live), severity(pushed));
    }
    for (live, pushed) in
        [(8.3, 8.36), (8.3, 8.24), (8.3, 8.4), (8.3, 8.2), (8.34, 8.3), (0.0, 0.1)]
    {
        assert_differs(severity(live), severity(pushed), &["/severity"]);
    }
    assert_same(severity(8.34), severity(8.34));
    assert_same(json!({"severity": 8}), severity(8.04));
    assert_same(severity(7.0), json!({"severity": 7}));
    assert_differs(json!({"severity": 7}), json!({"severity": 8}), &["/severity"]);
    assert_differs(json!({"severity": "8.3"}), severity(8.3), &["/severity"]);
    // No other number is rounded.
    assert_differs(json!({"cvss3Score": 8.3}), json!({"cvss3Score": 8.34}), &["/cvss3Score"]);
    let custom = |number: f64| json!({"customProperties": {"severity": number}});
    assert_differs(custom(8.3), custom(8.34), &["/customProperties/severity"]);
}

#[test]
fn numbers_are_compared_by_value() {
    let number = |text: &str| -> Value {
        serde_json::from_str(&format!("{{\"n\":[{text}]}}")).expect("JSON")
    };
    for (live, pushed) in
        [("7", "7.0"), ("7.0", "7"), ("1e2", "100"), ("-0.0", "0"), ("0.5", "5e-1")]
    {
        assert_same(number(live), number(pushed));
    }
    for (live, pushed) in [
        ("7", "7.5"),
        ("7", "\"7\""),
        ("1", "true"),
        // As floating-point numbers they would be equal.
        ("9007199254740993", "9007199254740992"),
        ("18446744073709551615", "18446744073709551614"),
        ("-1", "18446744073709551615"),
    ] {
        assert_differs(number(live), number(pushed), &["/n/0"]);
    }
}

#[test]
fn timestamps_are_compared_to_the_millisecond() {
    let at = |text: &str| json!({"seenTimestamp": text});
    for (live, pushed) in [
        ("2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00Z"),
        ("2026-02-28T23:30:00.000Z", "2026-03-01T00:30:00+01:00"),
        ("2024-02-29T12:00:00.123Z", "2024-02-29T06:30:00.123456-05:30"),
        ("1969-12-31T23:59:59.999Z", "1970-01-01T00:59:59.999999+01:00"),
        ("2026-03-01T00:00:00.100Z", "2026-03-01t00:00:00.1z"),
        ("0001-01-01T00:00:00.000Z", "0001-01-01 00:00:00Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ] {
        assert_same(at(live), at(pushed));
    }
    for (live, pushed) in [
        ("2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00.001Z"),
        ("2026-03-01T00:00:00Z", "2026-03-01T00:00:00+01:00"),
        ("2026-03-01T00:00:00Z", "2025-03-01T00:00:00Z"),
        ("2026-03-01T00:00:00Z", "2026-03-01"),
        ("1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z"),
        ("2026-02-30T00:00:00Z", "2026-03-02T00:00:00Z"),
    ] {
        assert_differs(at(live), at(pushed), &["/seenTimestamp"]);
    }
    // A text may be a timestamp only where the console declared it as one.
    let (live, pushed) = ("2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00Z");
    let custom = |text: &str| json!({"customProperties": {"seen": text}});
    assert_same(custom(live), custom(pushed));
    assert_differs(json!({"displayName": live}), json!({"displayName": pushed}), &["/displayName"]);
}

#[test]
fn nested_difference_has_its_json_pointer() {
    let live = json!({"l": [{"k": [1, {"x": "old"}]}, 2], "a/b~c": {"": 1}, "o": {"p": {"q": 1}}});
    let pushed = json!({"l": [{"k": [1, {"x": "new"}]}, 2], "a/b~c": {"": 2}, "o": {"p": {}}});
    assert_differs(live.clone(), pushed, &["/l/0/k/1/x", "/a~1b~0c/", "/o/p/q"]);
    let mut longer = live.clone();
    longer["l"][0]["k"] = json!([1]);
    assert_differs(live.clone(), longer, &["/l/0/k"]);
    let mut other = live.clone();
    other["l"] = json!({"0": 1});
    assert_differs(live.clone(), other, &["/l"]);
    let swapped = json!({"l": [2, 1]});
    assert_differs(json!({"l": [1, 2]}), swapped, &["/l/0", "/l/1"]);
    assert_differs(
        json!({"customProperties": {"live only": 1}}),
        json!({"pushed only": 1}),
        &["/pushed only", "/customProperties"],
    );
    // Members that no record of the kind has are Vanta's.
    assert_same(json!({"of Vanta's": 1, "customProperties": {}}), json!({}));
}

#[test]
fn null_equals_absent_and_members_added_by_vanta_are_not_compared() {
    assert_same(json!({"o": null, "p": {"q": null}}), json!({"p": {}}));
    assert_same(json!({}), json!({"o": null}));
    assert_differs(json!({"o": null}), json!({"o": false}), &["/o"]);
    assert_differs(json!({"o": ""}), json!({"o": null}), &["/o"]);
    let added = json!({"createdAt": "x", "updatedAt": "y", "deletedAt": null, "n": 1});
    assert_same(added, json!({"n": 1}));
    let deep = json!({"customProperties": {"createdAt": "x"}});
    assert_differs(deep, json!({"customProperties": {}}), &["/customProperties/createdAt"]);
}

#[test]
fn custom_properties_are_compared_where_any_row_shows_them() {
    let custom = json!({"customProperties": {"team": "ops"}});
    let at = ["/customProperties"];
    for live in [json!({}), json!({"customProperties": null}), json!({"customProperties": {}})] {
        assert_differs(live, custom.clone(), &at);
    }
    assert_differs(custom.clone(), json!({}), &at);
    let other = json!({"customProperties": {"team": "dev", "level": 1}});
    assert_differs(other, custom.clone(), &["/customProperties/team", "/customProperties/level"]);
    for nothing in [json!({}), json!({"customProperties": {}}), json!({"customProperties": null})] {
        assert_same(json!({"customProperties": {}}), nothing.clone());
        assert_same(json!({}), nothing);
    }
    let nested = json!({"x": {"customProperties": 1}});
    assert_differs(json!({"x": {}}), nested, &["/x/customProperties"]);
}

/// Forms in which a list may show what was pushed; no public source settles which.
const WAYS: [fn(&mut Settings); 6] = [
    |_| (),
    |settings| settings.severities_rounded = false,
    |settings| settings.timestamps_rewritten = true,
    |settings| settings.nulls_dropped = true,
    |settings| settings.custom_properties_in_list = false,
    |settings| {
        settings.timestamps_rewritten = true;
        settings.nulls_dropped = true;
        settings.custom_properties_in_list = false;
    },
];

/// Pushes the body, and checks that no comparable member differs and that it is verified.
#[track_caller]
fn settles(client: &Client, kind: &Kind, body: &Body) {
    client
        .push_with(kind, body, &without_deletion_guard())
        .unwrap_or_else(|error| panic!("{kind}: {error}"));
    let plan = client.plan(kind, body).expect("planned");
    let hidden: usize = plan.not_comparable.iter().map(|member| member.records).sum();
    assert_eq!(plan.is_empty(), hidden == 0, "{plan}");
    assert!(plan.added.is_empty() && plan.changed.is_empty() && plan.removed.is_empty(), "{plan}");
    assert_eq!((plan.unchanged, plan.live), (body.record_count() - hidden, body.record_count()));
    let receipt = client.verify(kind, body).unwrap_or_else(|error| panic!("{kind}: {error}"));
    assert_eq!(receipt.not_comparable, plan.not_comparable);
}

#[test]
fn plan_after_a_push_is_empty_in_any_form_of_the_list() {
    for way in WAYS {
        let rig = Rig::unlimited();
        // Where the processor is emulated, a large list takes longer than the deadline of a call.
        rig.clock.stop();
        rig.sim.change(|settings| settings.null_optionals = Ambiguity::Accept);
        rig.sim.change(way);
        let client = rig.client();
        for (name, kind) in VALID_FIXTURES {
            settles(&client, &kind, &Body::from_file(fixture_path(name)).expect("well formed"));
        }
        for kind in Kind::ALL {
            settles(&client, kind, &Body::from_file(request_path(kind)).expect("well formed"));
        }
        let mut record = account("a");
        record["roleDescription"] = json!(null);
        record["lastLoginTimestamp"] = json!("2026-03-01T00:30:00+01:00");
        let body = Body::from_records(RESOURCE, &[record]).expect("right");
        settles(&client, &Kind::USER_ACCOUNT, &body);
    }
}

#[test]
fn severities_are_equal_with_and_without_server_rounding() {
    let text =
        std::fs::read(fixture_path("wire/put-package_vulnerability_connectors.request.json"));
    let request: Value = serde_json::from_slice(&text.expect("is there")).expect("JSON");
    for rounds in [true, false] {
        let rig = Rig::unlimited();
        rig.sim.change(|settings| settings.severities_rounded = rounds);
        let client = rig.client();
        for severity in [8.34, 8.35, 8.25, 0.05, 9.95, 9.96, 7.0, 0.1 + 0.2] {
            let mut record = request["resources"][0].clone();
            record["severity"] = json!(severity);
            let body = Body::from_records(RESOURCE, &[record]).expect("right");
            settles(&client, &Kind::PACKAGE_VULNERABILITY, &body);
        }
    }
}

#[test]
fn plan_fails_when_the_list_cannot_be_read() {
    let rig = Rig::unlimited();
    let client = rig.client();
    rig.reply(Place::Get, 403, r#"{"error":"unauthorized"}"#);
    let error =
        assert_kind(client.plan(&Kind::USER_ACCOUNT, &accounts(&["a"])), ErrorKind::Forbidden);
    assert!(error.to_string().starts_with("planning user_account: "), "{error}");
    rig.reply(Place::Get, 200, r#"{"resources":[],"pageInfo":{"hasNextPage":true}}"#);
    assert_kind(client.plan(&Kind::USER_ACCOUNT, &accounts(&["a"])), ErrorKind::InvalidResponse);
}

/// Returns pseudorandom numbers, the same in every run, so that a failure can be reproduced.
struct Rng(u64);

impl Rng {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// Returns some of twenty records, each in one of three states.
    fn records(&mut self) -> BTreeMap<String, Value> {
        let mut records = BTreeMap::new();
        for id in 0..20 {
            if self.roll(2) == 0 {
                let (mut record, state) = (account(&format!("u{id}")), self.roll(3));
                record["fullName"] = json!(format!("state {state}"));
                record["groupIds"] = json!((0..state).map(|n| n.to_string()).collect::<Vec<_>>());
                records.insert(format!("u{id}"), record);
            }
        }
        records
    }
}

#[test]
fn any_two_sets_of_records_are_compared_as_a_simple_model_does() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let mut rng = Rng(0x5eed);
    let mut live: BTreeMap<String, Value> = BTreeMap::new();
    let options = PushOptions::new().allow_empty(true).allow_any_removals(true);
    for round in 0..60 {
        let pushed = rng.records();
        let mut records: Vec<&Value> = pushed.values().collect();
        let turned = rng.roll(7) as usize % records.len().max(1);
        records.rotate_left(turned);
        let body = Body::from_records(RESOURCE, &records).expect("right");
        let plan = client.plan_with(&Kind::USER_ACCOUNT, &body, &options).expect("planned");
        let ids = body.unique_ids();
        let (stay, added): (Vec<&str>, Vec<&str>) = ids.partition(|id| live.contains_key(*id));
        let changed: Vec<&str> =
            stay.iter().copied().filter(|id| live[*id] != pushed[*id]).collect();
        let removed: Vec<&String> = live.keys().filter(|id| !pushed.contains_key(*id)).collect();
        assert_eq!(plan.added, added, "round {round}");
        assert_eq!(plan.removed.iter().collect::<Vec<_>>(), removed, "round {round}");
        let planned: Vec<&str> = plan.changed.iter().map(|one| one.unique_id.as_str()).collect();
        assert_eq!(planned, changed, "round {round}");
        for change in &plan.changed {
            assert_eq!(body.unique_ids().nth(change.index), Some(change.unique_id.as_str()));
        }
        assert_eq!(plan.unchanged, stay.len() - changed.len());
        client.push_with(&Kind::USER_ACCOUNT, &body, &options).expect("pushed");
        let again = client.plan_with(&Kind::USER_ACCOUNT, &body, &options).expect("planned");
        assert!(again.is_empty(), "round {round}: {again}");
        live = pushed;
    }
}
