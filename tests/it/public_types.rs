//! What Rust programs may rely on: threads, iteration, timestamps and enumerations by name.

use std::panic::UnwindSafe;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use vanta::{Client, Config, ErrorKind, Kind, ProxyChoice, TokenStoreLocation, timestamp};

use crate::harness::{RESOURCE, Rig, TempFolder, accounts, assert_kind, without_deletion_guard};

fn is_send_and_sync<T: Send + Sync>() {}

fn is_unwind_safe<T: UnwindSafe>() {}

#[test]
fn public_types_are_send_and_sync() {
    is_send_and_sync::<Client>();
    is_send_and_sync::<Config>();
    is_send_and_sync::<vanta::Body>();
    is_send_and_sync::<vanta::BodyBuilder>();
    is_send_and_sync::<vanta::Cancel>();
    is_send_and_sync::<vanta::ChangePlan>();
    is_send_and_sync::<vanta::Error>();
    is_send_and_sync::<vanta::Event>();
    is_send_and_sync::<Kind>();
    is_send_and_sync::<vanta::Listing>();
    is_send_and_sync::<vanta::PushOptions>();
    is_send_and_sync::<vanta::Receipt>();
    is_send_and_sync::<vanta::Row>();
    is_send_and_sync::<vanta::Schema>();
    is_send_and_sync::<vanta::Secret>();
    is_send_and_sync::<vanta::Snapshot>();
    is_send_and_sync::<vanta::Token>();
    is_send_and_sync::<vanta::Upload>();
    is_send_and_sync::<vanta::ValidationOptions>();
    is_send_and_sync::<vanta::ValidationReport>();
}

/// A client and a configuration contain callbacks of the program, which need not be.
#[test]
fn public_values_are_unwind_safe() {
    is_unwind_safe::<vanta::Body>();
    is_unwind_safe::<vanta::BodyBuilder>();
    is_unwind_safe::<vanta::ChangePlan>();
    is_unwind_safe::<vanta::Error>();
    is_unwind_safe::<vanta::Listing>();
    is_unwind_safe::<vanta::Receipt>();
    is_unwind_safe::<vanta::Secret>();
    is_unwind_safe::<vanta::Token>();
}

#[test]
fn timestamps_are_rfc_3339_in_utc_and_rounded_down() {
    let made = |time: SystemTime| timestamp(time).expect("a year of four digits");
    assert_eq!(made(UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
    let leap_day = UNIX_EPOCH + Duration::from_millis(1_709_210_096_789);
    assert_eq!(made(leap_day), "2024-02-29T12:34:56.789Z");
    assert_eq!(made(leap_day + Duration::from_nanos(999_999)), made(leap_day));
    // The smallest step of the system's time.
    let step = Duration::from_nanos(if cfg!(windows) { 100 } else { 1 });
    assert_eq!(made(UNIX_EPOCH - step), "1969-12-31T23:59:59.999Z");
    assert_eq!(made(UNIX_EPOCH - Duration::from_millis(1500)), "1969-12-31T23:59:58.500Z");
}

#[test]
fn a_time_outside_the_years_of_four_digits_has_no_timestamp() {
    let last = UNIX_EPOCH + Duration::from_millis(253_402_300_799_999);
    assert_eq!(timestamp(last).expect("the last one"), "9999-12-31T23:59:59.999Z");
    let outside = [
        last.checked_add(Duration::from_millis(1)),
        UNIX_EPOCH.checked_sub(Duration::from_secs(62_135_596_801)),
        UNIX_EPOCH.checked_add(Duration::from_secs(i64::MAX.unsigned_abs() / 4)),
    ];
    // On Windows, times begin in 1601 and end after the year 30,000.
    assert!(cfg!(windows) || outside.iter().all(Option::is_some));
    for outside in outside.into_iter().flatten() {
        assert_kind(timestamp(outside), ErrorKind::InvalidArgument);
    }
}

#[test]
fn a_listing_is_iterated_by_reference_and_by_value() {
    let rig = Rig::new();
    let client = rig.client();
    client
        .push_with(&Kind::USER_ACCOUNT, &accounts(&["a", "b"]), &without_deletion_guard())
        .expect("accepted");
    let listing = client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("a list");
    let mut ids = Vec::new();
    for row in &listing {
        ids.push(row.unique_id().to_owned());
    }
    assert_eq!(ids, ["a", "b"]);
    assert!(listing.into_iter().map(|row| row.unique_id().to_owned()).eq(ids));
}

#[test]
fn store_and_proxy_are_named_by_choice_or_by_text() {
    let rig = Rig::new();
    let folder = TempFolder::new();
    let path = folder.path().join("token");
    for store in [TokenStoreLocation::File(path.clone()), path.display().to_string().into()] {
        let client = Client::new(rig.config().token_store(store)).expect("a file");
        assert_eq!(client.token().expect("a token").generation(), 1);
    }
    assert_eq!(rig.sim.counters().token_requests, 1);
    let direct = rig.config().token_store(TokenStoreLocation::Memory).proxy(ProxyChoice::None);
    Client::new(direct).expect("right").token().expect("a token");
    for proxy in [ProxyChoice::Url("ftp://proxy".to_owned()), "ftp://proxy".into()] {
        assert_kind(Client::new(rig.config().proxy(proxy)), ErrorKind::InvalidConfig);
    }
}

#[test]
fn debug_output_of_store_and_proxy_hides_urls() {
    let store = TokenStoreLocation::Redis("rediss://user:secret@redis".to_owned());
    let text = TokenStoreLocation::from("rediss://user:secret@redis");
    let proxy = ProxyChoice::from("http://user:secret@proxy:3128");
    let shown = format!("{store:?} {text:?} {proxy:?}");
    assert!(!shown.contains("secret"), "{shown}");
}
