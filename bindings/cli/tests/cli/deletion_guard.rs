//! The options that say what a push may delete.

use vanta_simulator::{Fault, Place};

use crate::desk::{Desk, request};

/// A desk whose service holds four accounts; the file `one.json` has the first.
fn four() -> Desk {
    let desk = Desk::new();
    desk.write("four.json", request(&["a", "b", "c", "d"]));
    let ran = desk.run(&["push", "user_account", "four.json", "--json"]).ends_with(0);
    desk.write("receipt.json", ran.out);
    desk.write("one.json", request(&["a"]));
    desk.write("none.json", request(&[]));
    desk
}

#[test]
fn a_push_that_deletes_most_is_refused_with_the_option_that_allows_it() {
    let desk = four();
    let ran = desk.run(&["push", "user_account", "one.json"]).ends_with(65);
    ran.has_error(&["too many", "--expect-removals 3"]);
    desk.run(&["push", "user_account", "one.json", "--expect-removals", "2"]).ends_with(65);
    let ran = desk.run(&["plan", "user_account", "one.json"]).ends_with(65);
    assert!(ran.out.contains("\n- d\n") && !ran.out.contains("refused"), "{}", ran.out);
    ran.has_error(&["the push would be refused: ", "--expect-removals 3"]);
    desk.run(&["push", "user_account", "one.json", "--dry-run"]).ends_with(65);
    assert_eq!(desk.sim.counters().puts, 1);
    desk.run(&["push", "user_account", "one.json", "--expect-removals", "3"]).ends_with(0);
}

#[test]
fn the_guard_can_be_turned_off() {
    let desk = four();
    let gets = desk.sim.counters().gets;
    desk.run(&["push", "user_account", "one.json", "--allow-any-removals"]).ends_with(0);
    assert_eq!(desk.sim.counters().gets, gets);
    let both =
        ["push", "user_account", "one.json", "--allow-any-removals", "--expect-removals", "3"];
    desk.run(&both).ends_with(64);
}

#[test]
fn a_push_without_records_needs_permission_and_still_meets_the_guard() {
    let desk = four();
    let push = ["push", "user_account", "none.json"];
    desk.run(&push).ends_with(65).has_error(&["--allow-empty"]);
    let allowed = [&push[..], &["--allow-empty"]].concat();
    desk.run(&allowed).ends_with(65).has_error(&["--expect-removals 4"]);
    desk.run(&[&allowed[..], &["--expect-removals", "4"]].concat()).ends_with(0);
    desk.run(&["validate", "user_account", "none.json", "--allow-empty"]).ends_with(0);
}

#[test]
fn a_receipt_takes_the_place_of_reading_the_live_records() {
    let desk = four();
    desk.sim.script(Place::Get, [Fault::Drop]);
    let push = ["push", "user_account", "one.json", "--baseline", "receipt.json"];
    desk.run(&push).ends_with(65).has_error(&["--expect-removals 3"]);
    desk.sim.clear_script();
    let gets = desk.sim.counters().gets;
    desk.run(&["push", "user_account", "four.json", "--baseline", "receipt.json"]).ends_with(0);
    assert_eq!(desk.sim.counters().gets, gets);
}

#[test]
fn the_newest_receipt_of_an_audit_file_is_a_baseline_too() {
    let desk = four();
    let audit = desk.path().join("audit").display().to_string();
    let push = ["push", "user_account", "four.json", "--audit-file", &audit];
    desk.run(&push).ends_with(0);
    desk.run(&["push", "user_account", "one.json", "--baseline", &audit]).ends_with(65);
    let other = desk.read("audit").replace("66f0c0ffee", "66f0c0ffef");
    desk.write("other", other);
    let ran = desk.run(&["push", "user_account", "four.json", "--baseline", "other"]).ends_with(64);
    ran.has_error(&["other has no receipt of user_account 66f0c0ffee"]);
}
