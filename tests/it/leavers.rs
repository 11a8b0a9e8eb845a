//! Leavers: accounts that are missing in a new body are pushed as deactivated.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use vanta::{Body, Client, Error, ErrorKind, Kind, PushOptions, Result};
use vanta_simulator::Ambiguity;

use crate::harness::{
    Place, RESOURCE, Rig, account, accounts, assert_kind, without_deletion_guard,
};

const KIND: Kind = Kind::USER_ACCOUNT;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const KEEP_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Returns a time this many days after 2026-01-02.
fn day(number: u32) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_767_312_000) + number * DAY
}

/// Returns the body with the leavers of the remote state, on a day.
fn with_leavers(client: &Client, body: &Body, number: u32) -> Result<Body> {
    body.with_leavers(&client.list(&KIND, RESOURCE)?, KEEP_FOR, day(number))
}

/// Returns the rows of a list after a push of a body with other records.
fn from_rows(body: &Body, rows: &Value) -> Result<Body> {
    let rig = Rig::unlimited();
    rig.reply(Place::Get, 200, &json!({"resources": rows}).to_string());
    with_leavers(&rig.client(), body, 0)
}

fn records(body: &Body) -> Vec<Value> {
    let sent: Value = serde_json::from_slice(body.as_bytes()).expect("JSON");
    sent["resources"].as_array().expect("records").clone()
}

/// Returns the one leaver with these members, where the body has another account.
fn leaver(members: &Value) -> Option<Value> {
    let mut row = account("left");
    for (name, value) in members.as_object().expect("members") {
        row[name] = value.clone();
    }
    let body = from_rows(&accounts(&["stays"]), &json!([row])).expect("right");
    records(&body).into_iter().nth(1)
}

fn row(rig: &Rig, id: &str) -> Value {
    let rows = rig.sim.rows(KIND.as_str(), RESOURCE);
    rows.into_iter().find(|row| row["uniqueId"] == id).expect("there is one")
}

#[test]
fn leavers_are_accepted_as_deactivated_and_disappear_after_a_time() {
    for is_other in [false, true] {
        let rig = Rig::unlimited();
        rig.sim.change(|settings| {
            (settings.timestamps_rewritten, settings.nulls_dropped) = (is_other, is_other);
        });
        let client = rig.client();
        client.push(&KIND, &accounts(&["a", "b", "c", "d"])).expect("pushed");
        let pushed = row(&rig, "d");
        let fresh = accounts(&["a", "b", "c"]);
        let body = with_leavers(&client, &fresh, 0).expect("right");
        let receipt = client.push(&KIND, &body).expect("what comes back is accepted");
        assert_eq!((receipt.record_count, receipt.removed), (4, Some(0)));
        client.verify(&KIND, &body).expect("verified");
        let since = "2026-01-02T00:00:00.000Z";
        let mut expected = pushed.clone();
        (expected["status"], expected["deactivatedTimestamp"]) =
            ("DEACTIVATED".into(), since.into());
        let mut left = row(&rig, "d");
        left["updatedAt"] = expected["updatedAt"].clone();
        if !is_other {
            assert_eq!(left, expected);
        }
        // Another account leaves, and the first one keeps its timestamp.
        let body = with_leavers(&client, &accounts(&["a", "b"]), 89).expect("right");
        client.push(&KIND, &body).expect("pushed");
        assert_eq!(row(&rig, "d")["deactivatedTimestamp"], since);
        assert_eq!(row(&rig, "c")["deactivatedTimestamp"], "2026-04-01T00:00:00.000Z");
        // The first one is removed at exactly its time.
        let listing = client.list(&KIND, RESOURCE).expect("listed");
        let fresh = accounts(&["a", "b"]);
        let ids = |now| {
            let body = fresh.with_leavers(&listing, KEEP_FOR, now).expect("right");
            body.unique_ids().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(ids(day(90) - Duration::from_millis(1)), ["a", "b", "c", "d"]);
        assert_eq!(ids(day(90)), ["a", "b", "c"]);
        let body = with_leavers(&client, &fresh, 90).expect("right");
        assert_eq!(client.push(&KIND, &body).expect("pushed").removed, Some(1));
        assert!(row(&rig, "d")["deletedAt"].is_string() && row(&rig, "c")["deletedAt"].is_null());
        // A soft-deleted row is not a leaver, and neither is an account that returns.
        let body = with_leavers(&client, &accounts(&["a", "b", "c"]), 91).expect("right");
        assert_eq!(body.as_bytes(), accounts(&["a", "b", "c"]).as_bytes());
        client.push(&KIND, &body).expect("pushed");
        assert_eq!(row(&rig, "c")["status"], "ACTIVE");
    }
}

#[test]
fn a_leaver_has_the_members_of_its_kind_and_no_others() {
    let since = "2026-01-02T00:00:00.000Z";
    let added = json!({"createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z",
        "deletedAt": null, "riskScore": 7, "owner": null, "roleDescription": null,
        "customProperties": {}, "groupIds": ["g"]});
    let mut expected = account("left");
    expected["groupIds"] = json!(["g"]);
    (expected["status"], expected["deactivatedTimestamp"]) = ("DEACTIVATED".into(), since.into());
    assert_eq!(leaver(&added), Some(expected.clone()));
    let deleted = json!({"deletedAt": "2026-01-01T00:00:00Z"});
    assert_eq!(leaver(&deleted), None, "soft-deleted");
    let custom = json!({"customProperties": {"team": "red", "level": 3, "note": null}});
    let told = leaver(&custom).expect("it leaves");
    assert_eq!(told["customProperties"], custom["customProperties"]);
    // A null that was accepted although the member is required is pushed unchanged.
    assert_eq!(leaver(&json!({"mfaEnabled": null})).expect("it leaves")["mfaEnabled"], json!(null));
    let body = from_rows(&accounts(&["a"]), &json!([account("z"), account("b")])).expect("right");
    assert_eq!(body.unique_ids().collect::<Vec<_>>(), ["a", "b", "z"], "by id, after the others");
}

#[test]
fn nulls_that_came_back_are_accepted() {
    let rig = Rig::unlimited();
    rig.sim.change(|settings| settings.null_optionals = Ambiguity::Accept);
    let client = rig.client();
    let mut nulls = account("b");
    (nulls["roleDescription"], nulls["groupIds"]) = (json!(null), json!(null));
    let body = Body::from_records(RESOURCE, &[account("a"), nulls]).expect("right");
    client.push(&KIND, &body).expect("pushed");
    rig.sim.change(|settings| settings.null_optionals = Ambiguity::Refuse);
    let body = with_leavers(&client, &accounts(&["a"]), 0).expect("right");
    client.push(&KIND, &body).expect("pushed");
    assert_eq!(row(&rig, "b")["status"], "DEACTIVATED");
}

#[test]
fn only_a_deactivated_account_keeps_its_timestamp() {
    let now = json!("2026-01-02T00:00:00.000Z");
    let status = |status: &str, since: Value| {
        let told = leaver(&json!({"status": status, "deactivatedTimestamp": since}));
        told.map(|told| told["deactivatedTimestamp"].clone())
    };
    let kept = json!("2025-12-31T23:00:00-01:00");
    assert_eq!(status("DEACTIVATED", kept.clone()), Some(kept.clone()));
    assert_eq!(status("ACTIVE", kept), Some(now.clone()), "of an earlier time");
    for unusable in [json!(null), json!("yesterday"), json!(7)] {
        assert_eq!(status("DEACTIVATED", unusable), Some(now.clone()), "it counts from now on");
    }
    let later = json!("2027-01-01T00:00:00Z");
    assert_eq!(status("DEACTIVATED", later.clone()), Some(later));
    assert_eq!(status("DEACTIVATED", json!("2025-10-04T00:00:00Z")), None, "90 days before");
    let day = json!("2025-10-04T00:00:00.001Z");
    assert_eq!(status("DEACTIVATED", day.clone()), Some(day));
}

#[test]
fn records_of_the_body_stay_byte_for_byte() {
    let text = format!(
        "{{ \"resources\" : [ {} ],\n \"resourceId\" : \"{RESOURCE}\" }}",
        account("a").to_string().replace(':', " :  ")
    );
    let body = Body::from_request(text.as_bytes()).expect("right");
    let same = from_rows(&body, &json!([account("a")])).expect("right");
    assert_eq!(same.as_bytes(), text.as_bytes(), "nobody left");
    let more = from_rows(&body, &json!([account("b")])).expect("right");
    let sent = String::from_utf8(more.as_bytes().to_vec()).expect("text");
    assert!(sent.contains(&account("a").to_string().replace(':', " :  ")), "{sent}");
    let again = from_rows(&body, &json!([account("b")])).expect("right");
    assert_eq!(more.as_bytes(), again.as_bytes());
}

#[test]
fn plan_lists_who_would_be_deactivated() {
    let rig = Rig::unlimited();
    let client = rig.client();
    client.push(&KIND, &accounts(&["a", "b", "c", "d"])).expect("pushed");
    let body = with_leavers(&client, &accounts(&["a", "b", "e"]), 0).expect("right");
    let plan = client.plan(&KIND, &body).expect("planned");
    assert_eq!(
        (&plan.added[..], &plan.deactivated[..]),
        (&["e".to_owned()][..], &["c", "d"].map(str::to_owned)[..])
    );
    assert!(plan.changed.is_empty() && plan.removed.is_empty() && plan.not_comparable.is_empty());
    assert!(!plan.is_empty() && plan.refusal.is_none());
    let expected = format!(
        "user_account {RESOURCE}: 5 records in the push, 4 live at Vanta: 1 added, 0 changed, \
         2 deactivated, 0 removed, 2 unchanged\n+ e\nx c: deactivated\nx d: deactivated\n"
    );
    assert_eq!(plan.to_string(), expected);
    let told: Value = serde_json::from_str(&plan.to_json()).expect("JSON");
    assert_eq!(told["deactivated"], json!(["c", "d"]));
    let error = assert_kind(client.verify(&KIND, &body), ErrorKind::NotVerified);
    assert!(
        error
            .to_string()
            .contains("1 record missing, 0 records not pushed but live, 2 records different"),
        "{error}"
    );
    let told = error
        .violations()
        .iter()
        .map(|one| (one.index, one.pointer.as_str(), one.message.as_str()));
    let active = "is live and not deactivated";
    let told: Vec<_> = told.collect();
    assert_eq!(told[1..], [(Some(3), "/status", active), (Some(4), "/status", active)]);
    client.push(&KIND, &body).expect("pushed");
    client.verify(&KIND, &body).expect("verified");
    let plan = client.plan(&KIND, &body).expect("planned");
    assert!(plan.is_empty() && plan.deactivated.is_empty(), "{plan}");
}

/// A rig with ten live accounts, and its client.
struct Office {
    rig: Rig,
    client: Client,
}

impl Office {
    fn new() -> Office {
        let rig = Rig::unlimited();
        let client = rig.client();
        client.push_with(&KIND, &first(10), &without_deletion_guard()).expect("pushed");
        Office { rig, client }
    }

    fn push(&self, count: usize, options: &PushOptions) -> Result<Option<usize>> {
        let body = with_leavers(&self.client, &first(count), 0).expect("right");
        self.client.push_with(&KIND, &body, options).map(|receipt| receipt.removed)
    }

    #[track_caller]
    fn refuses(&self, count: usize, options: &PushOptions, words: &str) -> Error {
        let puts = self.rig.sim.counters().puts;
        let error = assert_kind(self.push(count, options), ErrorKind::TooManyRemovals);
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(self.rig.sim.counters().puts, puts);
        error
    }
}

fn first(count: usize) -> Body {
    let ids: Vec<String> = (0..count).map(|number| format!("u{number}")).collect();
    accounts(&ids.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn half_an_export_does_not_deactivate_the_other_half() {
    let office = Office::new();
    let words = "of 10 live records, 0 would be deleted and 6 deactivated, as the push has 4 \
                 records beside 6 leavers";
    let default = PushOptions::new();
    let error = office.refuses(4, &default, words);
    assert!(error.to_string().contains("PushOptions::expect_removals(6)"), "{error}");
    let told = error.violations().iter().map(|one| one.message.as_str()).collect::<Vec<_>>();
    assert_eq!(told, ["is live and would be deactivated"; 6]);
    let most = "(at most 5 may be deleted or deactivated)";
    office.refuses(4, &default.clone().expect_removals(5), most);
    let plan = with_leavers(&office.client, &first(4), 0).expect("right");
    let plan = office.client.plan(&KIND, &plan).expect("planned");
    assert!(plan.refusal.is_some_and(|refusal| refusal.contains(words)));
    assert_eq!(office.push(5, &default).expect("half of them"), Some(0));
    // Accounts that are deactivated already do not allow more deactivations.
    let words = "of 5 live records, 0 would be deleted and 3 deactivated, as the push has 2 \
                 records beside 8 leavers";
    office.refuses(2, &default, words);
    assert_eq!(office.push(2, &default.expect_removals(3)).expect("so many"), Some(0));
}

#[test]
fn deactivations_count_where_a_baseline_takes_the_place_of_reading() {
    let office = Office::new();
    let receipt =
        office.client.push_with(&KIND, &first(10), &without_deletion_guard()).expect("pushed");
    let baseline = PushOptions::new().baseline(&receipt);
    let words = "of 10 live records, 0 would be deleted and 6 deactivated";
    office.refuses(4, &baseline, words);
    assert_eq!(office.push(5, &baseline).expect("half of them"), None);
    office.refuses(2, &baseline, "of 5 live records, 0 would be deleted and 3 deactivated");
}

#[test]
fn a_repeated_attempt_does_not_count_its_own_deactivations() {
    let office = Office::new();
    for _ in 0..2 {
        let fault = vanta_simulator::Fault::apply_then_gateway_response(503);
        office.rig.script(Place::Put, fault);
    }
    office.push(5, &PushOptions::new().expect_removals(5)).expect("the third time");
    assert_eq!(row(&office.rig, "u9")["status"], "DEACTIVATED");
}

#[test]
fn an_empty_source_deactivates_nobody() {
    let office = Office::new();
    let body = with_leavers(&office.client, &first(0), 0).expect("right");
    assert_eq!((body.record_count(), body.is_empty()), (10, false));
    for options in [without_deletion_guard(), PushOptions::new().expect_removals(10)] {
        let pushed = office.client.push_with(&KIND, &body, &options);
        let error = assert_kind(pushed, ErrorKind::EmptyPayload);
        assert!(error.to_string().contains("deactivate every account"), "{error}");
    }
    let options = PushOptions::new().expect_removals(10).allow_empty(true);
    office.client.push_with(&KIND, &body, &options).expect("that is meant");
}

#[test]
fn listings_that_are_not_of_these_accounts_are_refused() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let body = accounts(&["a"]);
    let refused = |kind: &Kind, resource: &str| {
        let listing = client.list(kind, resource).expect("listed");
        let error =
            assert_kind(body.with_leavers(&listing, KEEP_FOR, day(0)), ErrorKind::InvalidArgument);
        error.to_string()
    };
    let told = refused(&Kind::SECRET, RESOURCE);
    let words =
        "the listing is of kind secret, and only accounts (user_account) can be deactivated";
    assert!(told.contains(words), "{told}");
    let told = refused(&KIND, "another");
    let words = format!("the listing is of resource another, and the body of {RESOURCE}");
    assert!(told.contains(&words), "{told}");
    let listing = client.list(&KIND, RESOURCE).expect("listed");
    let ages_ago = UNIX_EPOCH.checked_sub(Duration::from_secs(70_000_000_000));
    assert!(cfg!(windows) || ages_ago.is_some(), "only on Windows, times begin in 1601");
    let year_10209 = UNIX_EPOCH.checked_add(Duration::from_secs(260_000_000_000));
    for outside in [ages_ago, year_10209].into_iter().flatten() {
        assert_kind(body.with_leavers(&listing, KEEP_FOR, outside), ErrorKind::InvalidArgument);
    }
    // An incomplete list is never returned.
    let half = r#"{"resources":[],"pageInfo":{"hasNextPage":true,"endCursor":"x"}}"#;
    rig.reply(Place::Get, 200, half);
    assert_kind(client.list(&KIND, RESOURCE), ErrorKind::InvalidResponse);
    for id in [json!(null), json!(7)] {
        let nameless = json!({"resources": [{"uniqueId": id}]});
        rig.reply(Place::Get, 200, &nameless.to_string());
        assert_kind(client.list(&KIND, RESOURCE), ErrorKind::InvalidResponse);
    }
    let blank = from_rows(&body, &json!([account("b"), account("\u{200b} ")]));
    let error = assert_kind(blank, ErrorKind::InvalidUniqueId);
    assert!(error.to_string().contains("row 1 of the listing"), "{error}");
}

#[test]
fn custom_properties_that_are_not_returned_make_no_leavers() {
    let custom = |id: &str| {
        let mut record = account(id);
        record["customProperties"] = json!({"team": "red"});
        record
    };
    let body = Body::from_records(RESOURCE, &[custom("a")]).expect("right");
    let error = assert_kind(from_rows(&body, &json!([account("b")])), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("the service shows them on no row"), "{error}");
    from_rows(&body, &json!([account("a")])).expect("nobody left");
    let shown = from_rows(&body, &json!([custom("b")])).expect("they are shown");
    assert_eq!(records(&shown)[1]["customProperties"], json!({"team": "red"}));
}

#[test]
fn a_body_that_is_too_large_with_its_leavers_is_refused() {
    let mut large = account("a");
    large["roleDescription"] = "x".repeat(5_400_000).into();
    let body = Body::from_records(RESOURCE, &[large.clone()]).expect("right");
    large["uniqueId"] = "b".into();
    assert_kind(from_rows(&body, &json!([large])), ErrorKind::PayloadTooLarge);
}
