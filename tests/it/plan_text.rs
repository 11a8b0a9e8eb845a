//! A plan as text, and as JSON for programs.

use serde_json::{Value, json};
use vanta::{Body, ChangePlan, ErrorKind, Kind, PushOptions};

use crate::harness::{
    Place, RESOURCE, Rig, account, accounts, assert_kind, without_deletion_guard,
};

/// Returns the plan of one record over a live row, neither of which the kind's schema restricts.
fn plan(live: Value, pushed: Value) -> ChangePlan {
    let rig = Rig::unlimited();
    let kind: Kind = "quantum_computer".parse().expect("well formed");
    rig.reply(Place::Get, 200, &json!({ "resources": [live] }).to_string());
    let body = Body::from_records(RESOURCE, &[pushed]).expect("well formed");
    rig.client().plan(&kind, &body).expect("planned")
}

#[test]
fn plan_text_has_a_line_for_each_change() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let mut d = account("d");
    d["groupIds"] = json!(["shown"]);
    let before = [account("a"), account("b"), account("c"), d];
    let before = Body::from_records(RESOURCE, &before).expect("right");
    client.push(&Kind::USER_ACCOUNT, &before).expect("pushed");
    let mut c = account("c");
    c["fullName"] = json!("New");
    c["groupIds"] = json!(["g"]);
    c["externalUrl"] = json!("http://x.example.com/c");
    let body = Body::from_records(RESOURCE, &[account("b"), c, account("e")]).expect("right");
    let plan = client.plan(&Kind::USER_ACCOUNT, &body).expect("planned");
    let expected = format!(
        "user_account {RESOURCE}: 3 records in the push, 4 live at Vanta: 1 added, 1 changed, \
         2 removed, 1 unchanged\n\
         + e\n\
         ~ c /externalUrl: \"https://x.example.com/c\" -> \"http://x.example.com/c\"\n\
         ~ c /fullName: \"c\" -> \"New\"\n\
         ~ c /groupIds: nothing -> [\"g\"]\n\
         - a\n\
         - d\n\
         warning: record 1 (uniqueId c) at /externalUrl - must be an https URL\n"
    );
    assert_eq!(plan.to_string(), expected);
    let line: Value = serde_json::from_str(&plan.to_json()).expect("JSON");
    assert!(!plan.to_json().contains('\n'));
    let url = "/externalUrl";
    let expected = json!({
        "kind": "user_account", "resourceId": RESOURCE, "live": 4, "records": 3,
        "bytes": body.as_bytes().len(), "added": ["e"], "removed": ["a", "d"], "unchanged": 1,
        "deactivated": [],
        "changed": [{"index": 1, "uniqueId": "c", "differences": [
            {"pointer": url, "live": "https://x.example.com/c", "pushed": "http://x.example.com/c"},
            {"pointer": "/fullName", "live": "c", "pushed": "New"},
            {"pointer": "/groupIds", "live": null, "pushed": ["g"]},
        ]}],
        "warnings": [
            {"index": 1, "uniqueId": "c", "pointer": url, "message": "must be an https URL"},
        ],
        "notComparable": [], "refusal": null,
    });
    assert_eq!(line, expected);
}

#[test]
fn empty_plan_is_one_line() {
    let rig = Rig::unlimited();
    let client = rig.client();
    client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    let plan = client.plan(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("planned");
    let words = "1 record in the push, 1 live at Vanta: 0 added, 0 changed, 0 removed, 1 unchanged";
    assert_eq!(plan.to_string(), format!("user_account {RESOURCE}: {words}\n"));
}

#[test]
fn plan_text_says_that_the_deletion_guard_would_refuse_the_push() {
    let rig = Rig::unlimited();
    let client = rig.client();
    client.push(&Kind::USER_ACCOUNT, &accounts(&["a", "b", "c", "d"])).expect("pushed");
    let plan = |options: &PushOptions| {
        client.plan_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), options).expect("planned")
    };
    let changes = plan(&PushOptions::new());
    let refusal = changes.refusal.as_deref().expect("three of four would go");
    assert!(
        refusal.contains("3 of 4 live records would be deleted, as the push has 1 record"),
        "{refusal}"
    );
    assert_eq!(changes.removed.len(), 3);
    assert!(refusal.ends_with("allow it with PushOptions::expect_removals(3)"), "{refusal}");
    let last = format!("this would be refused: {refusal}\n");
    assert!(changes.to_string().ends_with(&last), "{changes}");
    let json: Value = serde_json::from_str(&changes.to_json()).expect("JSON");
    assert_eq!(json["refusal"], json!(refusal));
    assert!(plan(&PushOptions::new().expect_removals(2)).refusal.is_some());
    for options in [PushOptions::new().expect_removals(3), without_deletion_guard()] {
        assert_eq!(plan(&options).refusal, None);
    }
    // An empty body is refused before it is compared.
    let empty = client.plan(&Kind::USER_ACCOUNT, &accounts(&[]));
    assert_kind(empty, ErrorKind::EmptyPayload);
    let options = PushOptions::new().allow_empty(true);
    let plan = client.plan_with(&Kind::USER_ACCOUNT, &accounts(&[]), &options).expect("planned");
    assert_eq!((plan.removed.len(), plan.refusal.is_some()), (4, true));
}

#[test]
fn plan_text_has_the_error_of_a_push_with_a_baseline() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let receipt = client.push(&Kind::USER_ACCOUNT, &accounts(&["a", "b", "c", "d"]));
    let options = PushOptions::new().baseline(&receipt.expect("pushed"));
    client
        .push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
        .expect("pushed");
    let plan = client.plan_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &options).expect("planned");
    assert!(plan.is_empty());
    let refusal = plan.refusal.expect("the push would be refused");
    let pushed = client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &options);
    let error = assert_kind(pushed, ErrorKind::TooManyRemovals);
    assert!(error.to_string().ends_with(&refusal), "{error}\n{refusal}");
    let other = Body::from_records("another", &[account("a")]).expect("right");
    assert_kind(
        client.plan_with(&Kind::USER_ACCOUNT, &other, &options),
        ErrorKind::InvalidArgument,
    );
}

/// Text with control characters of a terminal, in each form.
const EVIL: &str = "\u{1b}[2J\r\n\u{9b}31m\u{7}\u{202e}\u{2028}";

#[track_caller]
fn assert_sanitized(text: &str, lines: usize) {
    let wild = |c: &char| c.is_control() && *c != '\n' || ('\u{2028}'..='\u{202e}').contains(c);
    let found: Vec<char> = text.chars().filter(wild).collect();
    assert!(found.is_empty(), "{found:?} in {text:?}");
    assert_eq!(text.lines().count(), lines, "{text:?}");
}

#[test]
fn plan_text_has_no_terminal_control_characters() {
    let id = format!("id{EVIL}");
    let record = |value: &str| {
        json!({
            "uniqueId": id, "displayName": value, "externalUrl": "http://x.example.com/",
            format!("key{EVIL}"): value,
        })
    };
    let changed = plan(record("old"), record(&format!("new{EVIL}")));
    assert_eq!(changed.changed[0].differences.len(), 2);
    // Besides its first line, two differences and two warnings, about the kind and about the URL.
    assert_sanitized(&changed.to_string(), 5);
    let mut other = record("x");
    other["uniqueId"] = json!(format!("other{EVIL}"));
    let replaced = plan(record("old"), other);
    assert_sanitized(&replaced.to_string(), 5);
    let again: Value = serde_json::from_str(&replaced.to_json()).expect("JSON");
    assert_eq!(again["removed"][0], json!(id), "programs get what is there");
}

#[test]
fn error_text_has_no_terminal_control_characters() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let ids = ["a", "b", "c"].map(|id| format!("{id}{EVIL}"));
    let ids = ids.each_ref().map(String::as_str);
    client.push(&Kind::USER_ACCOUNT, &accounts(&ids)).expect("pushed");
    let error = client.push(&Kind::USER_ACCOUNT, &accounts(&["x"]));
    assert_sanitized(&assert_kind(error, ErrorKind::TooManyRemovals).to_string(), 1);
    let plan = client.plan(&Kind::USER_ACCOUNT, &accounts(&["x"])).expect("planned");
    assert_sanitized(&plan.to_string(), 6);
    let error = client.verify(&Kind::USER_ACCOUNT, &accounts(&["x"]));
    let error = assert_kind(error, ErrorKind::NotVerified);
    assert_sanitized(&error.to_string(), 1);
    let changes: Vec<_> =
        error.violations().iter().filter_map(|f| f.unique_id.as_deref()).collect();
    assert!(changes.contains(&ids[0]), "programs get what is there");
}

#[test]
fn long_value_is_truncated_in_text_and_complete_in_json() {
    let record = |value: &str| json!({"uniqueId": "a", "displayName": value, "externalUrl": "https://x.example.com/"});
    let (long, fits) = ("é".repeat(100), "é".repeat(58));
    let plan = plan(record(&long), record(&fits));
    let line = format!("~ a /displayName: \"{}… -> \"{fits}\"\n", "é".repeat(59));
    assert!(plan.to_string().contains(&line), "{plan}");
    assert!(plan.to_json().contains(&long));
}
