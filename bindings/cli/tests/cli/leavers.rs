//! `--leavers` and `--if-changed`.

use crate::rig::{RESOURCE, Rig, request, sheet};

fn status(rig: &Rig, id: &str) -> Option<String> {
    let rows = rig.sim.rows("user_account", RESOURCE);
    let row = rows.iter().find(|row| row["uniqueId"] == id && row["deletedAt"].is_null())?;
    row["status"].as_str().map(str::to_owned)
}

#[test]
fn accounts_that_left_are_deactivated_and_deleted_later() {
    let rig = Rig::new();
    rig.pipe(&["push", "user_account", "-"], request(&["a", "b", "c", "d"])).ends_with(0);
    rig.write("three.csv", sheet(&["a", "b", "c"]));
    let with = |command: &str, options: &[&str]| {
        let file = [command, "user_account", "three.csv", "--resource-id", RESOURCE];
        rig.run(&[&file, options].concat())
    };
    let plan = with("plan", &["--leavers", "90d"]).ends_with(0);
    assert!(plan.out.contains("\nx d: deactivated\n"), "{}", plan.out);
    with("push", &["--leavers", "90d", "--verify"]).ends_with(0);
    assert_eq!(status(&rig, "d").as_deref(), Some("DEACTIVATED"));
    with("verify", &["--leavers", "90d"]).ends_with(0);
    with("push", &["--leavers", "0s"]).ends_with(0);
    assert_eq!(status(&rig, "d"), None);
}

#[test]
fn half_an_export_deactivates_nobody() {
    let rig = Rig::new();
    rig.pipe(&["push", "user_account", "-"], request(&["a", "b", "c", "d"])).ends_with(0);
    let ran = rig.pipe(&["push", "user_account", "-", "--leavers", "90d"], request(&["a"]));
    ran.ends_with(65).has_error(&["--expect-removals 3"]);
    let secret = rig.run(&["schema", "secret", "--csv"]).ends_with(0).out;
    let push = ["push", "secret", "-", "--resource-id", RESOURCE, "--leavers", "90d"];
    rig.pipe(&push, secret).ends_with(64).has_error(&["only accounts"]);
}

#[test]
fn a_push_that_changes_nothing_is_not_sent() {
    let rig = Rig::new();
    rig.write("a.json", request(&["a", "b"]));
    let audit = rig.path().join("audit").display().to_string();
    let push = ["push", "user_account", "a.json", "--if-changed", "--audit-file", &audit];
    assert!(rig.run(&push).ends_with(0).out.contains("accepted"));
    assert!(rig.run(&push).ends_with(0).out.contains("unchanged, not sent"));
    assert_eq!(rig.sim.counters().puts, 1);
    let json = rig.run(&[&push[..], &["--json"]].concat()).ends_with(0).json();
    assert_eq!(json["receiptKind"], "unchanged");
    // Such a receipt is no baseline: the one before it is.
    rig.write("b.json", request(&["a", "c"]));
    rig.run(&["push", "user_account", "b.json", "--if-changed", "--baseline", &audit]).ends_with(0);
    assert_eq!(rig.sim.counters().puts, 2);
}
