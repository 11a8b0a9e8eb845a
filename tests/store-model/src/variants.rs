//! The protocol broken in one way after the other: the checker finds each, by the property that
//! needs what is missing. Within the same bounds the protocol as it is has all properties.

use crate::check::check;
use crate::event::{Bounds, Fault};
use crate::model::{Protocol, Variant};
use crate::store::Kind;

/// Checks that the variant lacks the property, and the protocol as it is does not.
fn finds(kind: Kind, bounds: Bounds, variant: Variant, property: &str) {
    let protocol = Protocol::new(kind, bounds);
    let correct = check(&format!("{kind:?}"), &protocol);
    assert!(correct.failed.is_empty(), "{:?}", correct.failed);
    let report = check(&format!("{kind:?}, {variant:?}"), &protocol.broken(variant));
    let path = report.failed.get(property);
    let path = path.unwrap_or_else(|| panic!("not found: {:?}", report.failed.keys()));
    println!("no {property}:\n{path}");
}

/// Two processes, and one failure of this kind.
fn two(fault: Fault) -> Bounds {
    Bounds::new(2).with(fault, 1).with_failures(1)
}

/// The same while they replace a token that is due.
fn two_that_renew(fault: Fault) -> Bounds {
    two(fault).with(Fault::Due, 1)
}

#[test]
fn request_without_a_look_under_the_lock_is_found() {
    finds(Kind::File, Bounds::new(2), Variant::NoLookUnderLock, "one token request");
}

#[test]
fn request_without_the_lock_is_found() {
    finds(Kind::Server, Bounds::new(2), Variant::RequestWithoutLock, "one token request");
}

#[test]
fn unlock_before_the_result_is_saved_is_found() {
    finds(Kind::Server, Bounds::new(2), Variant::UnlockBeforeSave, "one token request");
}

#[test]
fn replacement_of_a_newer_token_after_a_401_is_found() {
    let bounds = Bounds::new(2).with(Fault::Due, 1);
    finds(Kind::Server, bounds, Variant::NoComparisonAfter401, "one token request");
}

#[test]
fn write_after_the_lease_ended_is_found() {
    finds(Kind::Server, two(Fault::LostLock), Variant::NoCompareAtSave, "one holder");
    finds(Kind::Server, two(Fault::LostLock), Variant::NoCompareAtSave, "no lost record");
}

#[test]
fn write_after_the_lock_file_was_deleted_is_found() {
    finds(Kind::File, two(Fault::LostLock), Variant::NoCompareAtSave, "no lost record");
}

#[test]
fn lock_that_outlives_its_process_is_found() {
    finds(Kind::File, two(Fault::Crash), Variant::NoEndOfLock, "recovery");
    finds(Kind::Server, two(Fault::Crash), Variant::NoEndOfLock, "recovery");
}

#[test]
fn release_of_the_lock_of_another_is_found() {
    let bounds = Bounds::new(3).with(Fault::LostLock, 1).with_failures(1);
    finds(Kind::Server, bounds, Variant::UnlockOfOthers, "one token request");
}

#[test]
fn request_that_is_not_announced_is_found() {
    finds(Kind::File, two_that_renew(Fault::Crash), Variant::NoAnnouncement, "trace");
}

#[test]
fn announcement_that_never_ends_is_found() {
    finds(Kind::Server, two_that_renew(Fault::Crash), Variant::StartedForever, "recovery");
}

#[test]
fn record_that_is_written_in_place_is_found() {
    finds(Kind::File, two_that_renew(Fault::Crash), Variant::SaveInPlace, "no lost record");
}

#[test]
fn merge_by_generation_is_found() {
    finds(Kind::Server, two(Fault::LostLock), Variant::MergeByGeneration, "no lost record");
}
