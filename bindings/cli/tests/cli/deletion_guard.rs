//! The options that say what a push may delete.

use vanta_simulator::{Fault, Place};

use crate::rig::{Rig, request};

/// A rig whose service holds four accounts; the file `one.json` has the first.
fn four() -> Rig {
    let rig = Rig::new();
    rig.write("four.json", request(&["a", "b", "c", "d"]));
    let ran = rig.run(&["push", "user_account", "four.json", "--json"]).ends_with(0);
    rig.write("receipt.json", ran.out);
    rig.write("one.json", request(&["a"]));
    rig.write("none.json", request(&[]));
    rig
}

#[test]
fn a_push_that_deletes_most_is_refused_with_the_option_that_allows_it() {
    let rig = four();
    let ran = rig.run(&["push", "user_account", "one.json"]).ends_with(65);
    ran.has_error(&["too many", "--expect-removals 3"]);
    rig.run(&["push", "user_account", "one.json", "--expect-removals", "2"]).ends_with(65);
    let ran = rig.run(&["plan", "user_account", "one.json"]).ends_with(65);
    assert!(ran.out.contains("\n- d\n") && !ran.out.contains("refused"), "{}", ran.out);
    ran.has_error(&["the push would be refused: ", "--expect-removals 3"]);
    rig.run(&["push", "user_account", "one.json", "--dry-run"]).ends_with(65);
    assert_eq!(rig.sim.counters().puts, 1);
    rig.run(&["push", "user_account", "one.json", "--expect-removals", "3"]).ends_with(0);
}

#[test]
fn the_guard_can_be_turned_off() {
    let rig = four();
    let gets = rig.sim.counters().gets;
    rig.run(&["push", "user_account", "one.json", "--allow-any-removals"]).ends_with(0);
    assert_eq!(rig.sim.counters().gets, gets);
    let both =
        ["push", "user_account", "one.json", "--allow-any-removals", "--expect-removals", "3"];
    rig.run(&both).ends_with(64);
}

#[test]
fn a_push_without_records_needs_permission_and_still_meets_the_guard() {
    let rig = four();
    let push = ["push", "user_account", "none.json"];
    rig.run(&push).ends_with(65).has_error(&["--allow-empty"]);
    let allowed = [&push[..], &["--allow-empty"]].concat();
    rig.run(&allowed).ends_with(65).has_error(&["--expect-removals 4"]);
    rig.run(&[&allowed[..], &["--expect-removals", "4"]].concat()).ends_with(0);
    rig.run(&["validate", "user_account", "none.json", "--allow-empty"]).ends_with(0);
}

#[test]
fn a_receipt_takes_the_place_of_reading_the_live_records() {
    let rig = four();
    rig.sim.script(Place::Get, [Fault::Drop]);
    let push = ["push", "user_account", "one.json", "--baseline", "receipt.json"];
    rig.run(&push).ends_with(65).has_error(&["--expect-removals 3"]);
    rig.sim.clear_script();
    let gets = rig.sim.counters().gets;
    rig.run(&["push", "user_account", "four.json", "--baseline", "receipt.json"]).ends_with(0);
    assert_eq!(rig.sim.counters().gets, gets);
}

#[test]
fn the_newest_receipt_of_an_audit_file_is_a_baseline_too() {
    let rig = four();
    let audit = rig.path().join("audit").display().to_string();
    let push = ["push", "user_account", "four.json", "--audit-file", &audit];
    rig.run(&push).ends_with(0);
    rig.run(&["push", "user_account", "one.json", "--baseline", &audit]).ends_with(65);
    let other = rig.read("audit").replace("66f0c0ffee", "66f0c0ffef");
    rig.write("other", other);
    let ran = rig.run(&["push", "user_account", "four.json", "--baseline", "other"]).ends_with(64);
    ran.has_error(&["other has no receipt of user_account 66f0c0ffee"]);
}
