//! The rate limit settings, and the rate limit of a static token.

use std::time::Duration;

use vanta::{Client, Clock, ErrorKind, Kind};

use crate::fakes::EventRecorder;
use crate::harness::{RESOURCE, Rig, TempFolder, assert_kind};
use crate::jobs::{Jobs, all_succeed, start, text};
use crate::rate_limit_waits::{
    MINUTE, assert_no_permit, list, rig, waits, with_long_deadline, with_rate_limit,
};

const KIND: Kind = Kind::USER_ACCOUNT;

#[test]
fn low_rate_limit_waits_while_others_use_the_window() {
    let rig = Rig::unlimited();
    let many = with_long_deadline(with_rate_limit(&rig, 20));
    for _ in 0..20 {
        list(&many, 1);
        rig.advance(Duration::from_secs(1));
    }
    for (per_minute, least, most) in [(1, 55, 62), (10, 44, 54), (20, 36, 43)] {
        let client = with_long_deadline(with_rate_limit(&rig, per_minute))
            .with_deadline(Duration::from_secs(5));
        let error = assert_kind(client.list(&KIND, RESOURCE), ErrorKind::RateLimited);
        let wait = error.retry_after().expect("it says how long").as_secs();
        assert!((least..=most).contains(&wait), "{per_minute}: {wait}");
    }
}

#[test]
fn disabled_rate_limit_counts_nothing() {
    let recorder = EventRecorder::default();
    let rig = Rig::with(|_| ());
    let client = Client::new(recorder.at(rig.config().requests_per_minute(0))).expect("right");
    list(&client, 20);
    for _ in 0..4 {
        // The words of the server, not of the library.
        let short_deadline = client.with_deadline(Duration::from_secs(5));
        let error = assert_kind(short_deadline.list(&KIND, RESOURCE), ErrorKind::RateLimited);
        assert_eq!(error.http_status(), Some(429));
    }
    assert!(waits(&recorder).is_empty());
}

#[test]
fn static_token_has_its_own_rate_limit() {
    let rig = Rig::unlimited();
    let ours = Client::new(with_rate_limit(&rig, 20)).expect("right");
    let token = ours.token().expect("a token").secret().expose().to_owned();
    let fixed = |per_minute| {
        let config = with_rate_limit(&rig, per_minute).static_token(token.clone());
        Client::new(config).expect("right").with_deadline(Duration::from_secs(30))
    };
    let one = fixed(5);
    list(&one, 5);
    assert_no_permit(&rig, || one.clone().list(&KIND, RESOURCE));
    list(&fixed(5), 5);
    list(&ours.with_deadline(Duration::from_secs(30)), 20);
    list(&fixed(0), 30);
    rig.advance(Duration::from_secs(65));
    list(&one, 5);
}

#[test]
fn rate_limit_is_one_to_twenty_or_disabled() {
    let rig = Rig::unlimited();
    for per_minute in [0, 1, 20] {
        Client::new(with_rate_limit(&rig, per_minute)).expect("right");
    }
    for per_minute in [21, u32::MAX] {
        let error =
            assert_kind(Client::new(with_rate_limit(&rig, per_minute)), ErrorKind::InvalidConfig);
        assert!(error.to_string().contains("requests_per_minute must be 1 to 20"), "{error}");
    }
    let client = with_long_deadline(with_rate_limit(&rig, 1));
    let began = rig.clock.monotonic();
    list(&client, 3);
    let took = rig.clock.monotonic() - began;
    assert!(took >= 2 * MINUTE && took < 3 * MINUTE, "{took:?}");
}

#[test]
fn environment_sets_the_rate_limit() {
    needs!("gcc", "g++", "python3");
    let folder = TempFolder::new();
    for (per_minute, waited) in [("2", 1), ("1", 2), (" 20 ", 0), ("", 0), ("0", 0)] {
        let rig = rig();
        let store = folder.path().join(format!("token-{}", per_minute.trim()));
        let jobs = Jobs::new(&rig, store.display().to_string());
        let mut job = jobs.push(3);
        job.env("VANTA_REQUESTS_PER_MINUTE", per_minute);
        let began = rig.clock.monotonic();
        all_succeed([job]);
        let took = rig.clock.monotonic() - began;
        assert!(took >= waited * MINUTE && took < (waited + 1) * MINUTE, "{per_minute}: {took:?}");
    }
    for per_minute in ["21", "-1", "many", "2.5"] {
        let rig = rig();
        let jobs = Jobs::new(&rig, "memory");
        let mut job = jobs.push(3);
        job.env("VANTA_REQUESTS_PER_MINUTE", per_minute);
        let output = start(job).end();
        assert_eq!(output.status.code(), Some(78), "{}", text(&output));
        assert_eq!(rig.sim.counters().connections, 0);
    }
}
