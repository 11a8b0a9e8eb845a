//! Members that the service returns on no row: plan and verify report them as not comparable.

use serde_json::{Value, json};
use vanta::{
    Body, ChangePlan, Client, ErrorKind, Kind, NotComparable, Receipt, ReceiptKind, Result,
};
use vanta_simulator::Ambiguity;

use crate::harness::{
    Fault, Place, RESOURCE, Rig, TempFile, account, accounts, assert_kind, without_deletion_guard,
};

const KIND: Kind = Kind::CUSTOM_RESOURCE;

/// Returns a record with these custom properties, or without any.
fn record(id: &str, custom: Option<Value>) -> Value {
    let url = format!("https://x.example.com/{id}");
    let mut record = json!({"uniqueId": id, "displayName": id, "externalUrl": url});
    if let Some(custom) = custom {
        record["customProperties"] = custom;
    }
    record
}

fn body(records: &[Value]) -> Body {
    Body::from_records(RESOURCE, records).expect("right")
}

fn bare() -> Body {
    body(&[record("a", None), record("b", None)])
}

fn custom() -> Body {
    let team = |team: &str| Some(json!({"team": team, "level": 1}));
    body(&[record("a", team("red")), record("b", team("blue"))])
}

/// Makes a service that returns no custom properties, with two pushed records that have none.
fn hiding() -> (Rig, Client) {
    let rig = Rig::unlimited();
    rig.sim.change(|settings| settings.custom_properties_in_list = false);
    let client = rig.client();
    client.push(&KIND, &bare()).expect("pushed");
    (rig, client)
}

fn members(members: &[NotComparable]) -> Vec<(&str, usize)> {
    members.iter().map(|member| (member.pointer.as_str(), member.records)).collect()
}

#[track_caller]
fn assert_not_settled(verified: Result<Receipt>) {
    let error = assert_kind(verified, ErrorKind::NotVerified);
    let message = error.to_string();
    assert!(
        message.contains("the service returns /customProperties (2 records) on no row"),
        "{message}"
    );
    assert!(message.contains("push again; /customProperties is pushed on 2 records"), "{message}");
    let violation = &error.violations()[0];
    assert_eq!((violation.index, violation.unique_id.as_deref()), (None, None));
    assert_eq!(violation.pointer, "/customProperties");
    assert_eq!(violation.message, "is pushed on 2 records, and the service returns it on no row");
    assert_eq!((error.violations().len(), error.attempts()), (1, 3));
}

#[test]
fn verify_accepts_no_custom_properties_that_were_never_pushed() {
    let (_rig, client) = hiding();
    assert_not_settled(client.verify(&KIND, &custom()));
    client.verify(&KIND, &bare()).expect("what was pushed is verified");
}

#[test]
fn members_that_are_not_returned_do_not_settle_an_unknown_outcome() {
    for violation in [Fault::Drop, Fault::LoseResponse] {
        let (rig, client) = hiding();
        rig.script(Place::Put, violation);
        assert_kind(client.push(&KIND, &custom()), ErrorKind::OutcomeUnknown);
        assert_not_settled(client.verify(&KIND, &custom()));
        client.push(&KIND, &custom()).expect("a rerun");
        let receipt = client.verify(&KIND, &custom()).expect("accepted, and the rest is live");
        assert_eq!(members(&receipt.not_comparable), [("/customProperties", 2)]);
        // The same bytes were accepted before, but the outcome of this push is unknown.
        rig.script(Place::Put, Fault::Drop);
        assert_kind(client.push(&KIND, &custom()), ErrorKind::OutcomeUnknown);
        assert_not_settled(client.verify(&KIND, &custom()));
    }
}

#[test]
fn an_unknown_outcome_in_the_audit_file_is_not_settled_either() {
    let (rig, _) = hiding();
    let file = TempFile::new("audit", b"");
    let client = Client::new(rig.config().audit_file(file.path())).expect("right");
    let line = client.push(&KIND, &custom()).expect("pushed").to_json();
    client.verify(&KIND, &custom()).expect("accepted");
    // Another process pushed with an unknown outcome meanwhile.
    let unknown = line.replace("\"receiptKind\":\"pushed\"", "\"receiptKind\":\"unknown\"");
    let lines = std::fs::read_to_string(file.path()).expect("text");
    std::fs::write(file.path(), format!("{lines}{unknown}\n")).expect("ours");
    assert_not_settled(client.verify(&KIND, &custom()));
}

#[test]
fn a_receipt_names_what_could_not_be_compared() {
    let (_rig, client) = hiding();
    client.push(&KIND, &custom()).expect("pushed");
    let receipt = client.verify(&KIND, &custom()).expect("accepted");
    assert_eq!((receipt.receipt_kind, receipt.attempts), (ReceiptKind::Verified, 1));
    assert!(receipt.to_string().contains(", not comparable: /customProperties (2 records) (HTTP"));
    let line: Value = serde_json::from_str(&receipt.to_json()).expect("JSON");
    assert_eq!(line["notComparable"], json!([{"pointer": "/customProperties", "records": 2}]));
    let again = Receipt::from_json(&receipt.to_json()).expect("a receipt");
    assert_eq!(again.not_comparable, receipt.not_comparable);
}

#[test]
fn a_plan_of_members_that_are_not_returned_is_not_empty() {
    let (_rig, client) = hiding();
    client.push(&KIND, &custom()).expect("pushed");
    let mixed = body(&[record("a", Some(json!({"team": "red"}))), record("b", None)]);
    let plan = client.plan(&KIND, &mixed).expect("planned");
    assert!(!plan.is_empty(), "a job that pushes only what has changed must push");
    assert_eq!(members(&plan.not_comparable), [("/customProperties", 1)]);
    assert_eq!((plan.changed.len(), plan.unchanged), (0, 1));
    let expected = format!(
        "custom_resource {RESOURCE}: 2 records in the push, 2 live at Vanta: 0 added, 0 changed, \
         0 removed, 1 unchanged, 1 not comparable\n\
         ? /customProperties: pushed on 1 record, and the service returns it on no row\n"
    );
    assert_eq!(plan.to_string(), expected);
    let line: Value = serde_json::from_str(&plan.to_json()).expect("JSON");
    assert_eq!(line["notComparable"], json!([{"pointer": "/customProperties", "records": 1}]));
    // No list shows whether the members of the last push were removed.
    let plan = client.plan(&KIND, &bare()).expect("planned");
    assert_eq!(
        (members(&plan.not_comparable), plan.unchanged),
        (vec![("/customProperties", 0)], 2)
    );
    assert!(!plan.is_empty());
}

#[test]
fn members_of_an_earlier_push_are_gone_after_an_accepted_push_without_them() {
    let (_rig, client) = hiding();
    client.push(&KIND, &custom()).expect("pushed");
    client.push(&KIND, &bare()).expect("pushed");
    // The same records in other bytes, which no push settled.
    let reordered = body(&[record("b", None), record("a", None)]);
    let plan = client.plan(&KIND, &reordered).expect("planned");
    assert_eq!((members(&plan.not_comparable), plan.unchanged), (vec![], 2));
    assert!(plan.is_empty(), "{plan}");
}

#[test]
fn a_null_and_empty_custom_properties_of_an_earlier_push_set_nothing() {
    let names = |id: &str| format!(r#""uniqueId":"{id}","displayName":"{id}""#);
    let url = |id: &str| format!(r#""externalUrl":"https://x.example.com/{id}""#);
    for (custom, is_set) in [("null", false), ("{ }", false), (r#"{"level":1}"#, true)] {
        let (rig, client) = hiding();
        rig.sim.change(|settings| settings.null_optionals = Ambiguity::Accept);
        let first = format!("{{{},{}}}", names("a"), url("a"));
        let second = format!("{{{},\"customProperties\":{custom},{}}}", names("b"), url("b"));
        let body = Body::from_json_array(RESOURCE, format!("[{first},{second}]")).expect("right");
        client.push(&KIND, &body).expect("pushed");
        let plan = client.plan(&KIND, &bare()).expect("planned");
        assert_eq!(!plan.is_empty(), is_set, "{custom}: {plan}");
    }
}

/// Returns the plan of a body over these rows.
fn plan_over(kind: &Kind, rows: &[Value], body: &Body) -> ChangePlan {
    let rig = Rig::unlimited();
    rig.reply(Place::Get, 200, &json!({ "resources": rows }).to_string());
    rig.client().plan(kind, body).expect("planned")
}

#[test]
fn a_row_without_a_member_differs_where_any_row_shows_it() {
    let shown = || record("a", Some(json!({"team": "red", "level": 1})));
    for lacking in [None, Some(Value::Null), Some(json!({}))] {
        let plan = plan_over(&KIND, &[shown(), record("b", lacking.clone())], &custom());
        assert_eq!((plan.changed.len(), plan.unchanged), (1, 1), "{lacking:?}");
        assert_eq!(plan.changed[0].differences[0].pointer, "/customProperties");
        assert_eq!(plan.not_comparable, []);
        // A soft-deleted row shows it as well.
        let mut gone = shown();
        gone["uniqueId"] = json!("gone");
        gone["deletedAt"] = json!("2026-01-01T00:00:00Z");
        let rows = [record("a", None), record("b", lacking.clone()), gone];
        let plan = plan_over(&KIND, &rows, &custom());
        assert_eq!((plan.changed.len(), plan.not_comparable.len()), (2, 0), "{lacking:?}");
        // No value on any row shows nothing.
        let rows = [record("a", lacking.clone()), record("b", lacking.clone())];
        let plan = plan_over(&KIND, &rows, &custom());
        assert_eq!(members(&plan.not_comparable), [("/customProperties", 2)], "{lacking:?}");
        assert_eq!(plan.changed, []);
    }
}

#[test]
fn each_member_of_a_record_is_treated_alike_and_what_lies_in_one_is_compared() {
    let with = |id: &str, key: &str, value: Value| {
        let mut record = account(id);
        record[key] = value;
        record
    };
    let kind = Kind::USER_ACCOUNT;
    let live = [account("a"), account("b"), account("c")];
    let mut named = with("b", "groupIds", json!(["g"]));
    named["fullName"] = json!("New");
    let wanted = [with("a", "groupIds", json!([])), named, with("c", "x/y~z", json!(1))];
    let unchecked = vanta::ValidationOptions::new().level(vanta::Rule::Schema, vanta::Level::Off);
    let options = vanta::PushOptions::new().validation(unchecked);
    let rig = Rig::unlimited();
    rig.reply(Place::Get, 200, &json!({ "resources": live }).to_string());
    let plan = rig.client().plan_with(&kind, &body(&wanted), &options).expect("planned");
    assert_eq!(members(&plan.not_comparable), [("/groupIds", 2), ("/x~1y~0z", 1)]);
    let changed: Vec<_> = plan.changed.iter().map(|one| one.differences.len()).collect();
    assert_eq!((changed, plan.unchanged), (vec![1], 0), "b has another name as well");
    // A null is no value, on either side.
    let plan = plan_over(
        &kind,
        &live,
        &body(&[account("a"), account("b"), with("c", "groupIds", Value::Null)]),
    );
    assert!(plan.is_empty());
    // Where the service returns the member, a change in it is a difference.
    let rows = [record("a", Some(json!({"level": 1}))), record("b", Some(json!({"level": 1})))];
    let plan = plan_over(&KIND, &rows, &custom());
    let pointers: Vec<&str> =
        plan.changed.iter().flat_map(|one| &one.differences).map(|d| d.pointer.as_str()).collect();
    assert_eq!(pointers, ["/customProperties/team", "/customProperties/team"]);
    assert_eq!(plan.not_comparable, []);
}

#[test]
fn real_difference_is_reported_before_members_not_comparable() {
    let (_rig, client) = hiding();
    client.push_with(&KIND, &custom(), &without_deletion_guard()).expect("pushed");
    let more =
        body(&[record("a", Some(json!({"team": "red"}))), record("b", None), record("c", None)]);
    let error = assert_kind(client.verify(&KIND, &more), ErrorKind::NotVerified);
    let message = error.to_string();
    assert!(message.contains("1 record missing"), "{message}");
    assert!(message.contains("not comparable are /customProperties (1 record)"), "{message}");
    let accounts = accounts(&["a"]);
    client.push(&Kind::USER_ACCOUNT, &accounts).expect("pushed");
    let receipt = client.verify(&Kind::USER_ACCOUNT, &accounts).expect("all of it comes back");
    assert_eq!(receipt.not_comparable, []);
}
