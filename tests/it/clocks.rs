//! Token lifetime and rate limits when clocks are set, suspended or overflow.

use std::time::Duration;

use vanta::{Client, Clock, ErrorKind, Event, Kind};

use crate::fakes::EventRecorder;
use crate::harness::{
    Place, RESOURCE, Rig, TempFolder, account, accounts, assert_kind, without_deletion_guard,
};

const HOUR_MS: i64 = 3_600_000;
const SECOND: Duration = Duration::from_secs(1);

/// The last seconds of a signed (2038) and an unsigned (2106) number of 32 bits.
const ENDS_OF_32_BITS: [u64; 2] = [0x7fff_ffff, 0xffff_ffff];

/// Makes a rig and a client with a token that is `age` seconds old.
fn aged(seconds: u64) -> (Rig, Client) {
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    rig.advance(Duration::from_secs(seconds));
    (rig, client)
}

/// Sets the wall clock to `seconds` since 1970.
fn set_wall(clock: &impl Clock, step: impl Fn(i64), seconds: u64) {
    let wanted = i64::try_from(seconds * 1000).expect("a time of this era");
    step(wanted - i64::try_from(clock.wall().as_millis()).expect("a time of this era"));
}

/// Gets a token five times, and checks that its generation is always this one.
#[track_caller]
fn assert_generation(client: &Client, generation: u64) {
    for _ in 0..5 {
        assert_eq!(client.token().expect("a token").generation(), generation);
    }
}

#[test]
fn wall_clock_step_forward_costs_one_token_request() {
    let (rig, client) = aged(600);
    rig.clock.step_wall_ms(2 * HOUR_MS);
    assert_generation(&client, 2);
    rig.clock.step_wall_ms(-2 * HOUR_MS);
    assert_generation(&client, 2);
    rig.advance(3560 * SECOND);
    assert_generation(&client, 2);
    rig.advance(20 * SECOND);
    assert_generation(&client, 3);
    assert_eq!(rig.sim.counters().token_requests, 3, "and the way back costs none");
}

/// Plays a paused machine: the wall clock and the server's clock go on, the other clocks stand
/// still.
fn pause(rig: &Rig, seconds: u64) {
    rig.clock.step_wall_ms(i64::try_from(seconds * 1000).expect("small"));
    rig.sim.advance(Duration::from_secs(seconds));
}

#[test]
fn a_machine_that_was_paused_for_hours_requests_one_token_each_time_and_never_contends() {
    let rig = Rig::new();
    let (folder, recorder) = (TempFolder::new(), EventRecorder::default());
    let config =
        || recorder.at(rig.config().token_store(folder.path().join("token").display().to_string()));
    let long_lived = Client::new(config()).expect("right");
    for restored in 1..=8 {
        // A job that is restored with the machine, and one that starts afterwards.
        for client in [&long_lived, &Client::new(config()).expect("right")] {
            let receipt =
                client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard());
            assert_eq!(receipt.expect("pushed").token_generation, restored);
        }
        pause(&rig, 3 * 3600);
    }
    let counters = rig.sim.counters();
    assert_eq!((counters.token_requests, counters.unauthorized), (8, 0));
    let contends = |event: &Event| matches!(event, Event::Contention { .. });
    assert!(!recorder.events().iter().any(contends));
}

#[test]
fn a_pause_of_the_machine_ends_every_window() {
    let rig = Rig::new();
    let secret = rig.sim.client_secret();
    let client = rig.client().with_deadline(5 * SECOND);
    rig.reply_with(Place::Token, 429, &[("retry-after", "600")], "");
    assert_kind(client.token(), ErrorKind::TokenRateLimited);
    assert!(assert_kind(client.token(), ErrorKind::TokenRateLimited).is_remembered());
    pause(&rig, 601);
    rig.sim.set_client_secret("vcs_rotated");
    assert_kind(client.token(), ErrorKind::InvalidClient);
    assert!(assert_kind(client.token(), ErrorKind::InvalidClient).is_remembered());
    pause(&rig, 601);
    rig.sim.set_client_secret(&secret);
    for _ in 0..4 {
        rig.reply(Place::Token, 500, r#"{"error":"no"}"#);
        assert_kind(client.token(), ErrorKind::TokenUnavailable);
    }
    assert_kind(client.token(), ErrorKind::TokenRateLimitReached);
    pause(&rig, 61);
    for _ in 0..20 {
        client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    }
    assert_kind(client.list(&Kind::USER_ACCOUNT, RESOURCE), ErrorKind::RateLimited);
    pause(&rig, 63);
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
}

#[test]
fn a_pause_of_the_machine_ends_the_time_in_which_a_list_may_be_late() {
    let rig = Rig::new();
    let client = rig.client();
    let ids: Vec<String> = (0..50).map(|number| format!("id-{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    client.push(&Kind::USER_ACCOUNT, &accounts(&ids)).expect("pushed");
    let page = serde_json::json!({"resources": [account("id-0")]}).to_string();
    rig.reply(Place::Get, 200, &page);
    let pushed = client.push(&Kind::USER_ACCOUNT, &accounts(&["id-0"]));
    assert_kind(pushed, ErrorKind::TooManyRemovals);
    pause(&rig, 61);
    rig.reply(Place::Get, 200, &page);
    client.push(&Kind::USER_ACCOUNT, &accounts(&["id-0"])).expect("the list is believed");
}

#[test]
fn wall_clock_step_backward_prolongs_no_token() {
    let (rig, client) = aged(600);
    rig.clock.step_wall_ms(-2 * HOUR_MS);
    assert_generation(&client, 1);
    rig.advance(2990 * SECOND);
    assert_generation(&client, 2);
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("it is the live one");
    assert_eq!(rig.sim.counters().token_requests, 2);
    assert_eq!(rig.sim.counters().unauthorized, 0);
}

#[test]
fn suspend_of_two_hours_costs_one_token_request() {
    let (rig, client) = aged(600);
    rig.clock.suspend(7200 * SECOND);
    rig.sim.advance(7200 * SECOND);
    assert_generation(&client, 2);
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("it is the live one");
    assert_eq!(rig.sim.counters().token_requests, 2);
    assert_eq!(rig.sim.counters().unauthorized, 0);
}

#[test]
fn suspend_within_the_token_lifetime_keeps_the_token() {
    let (rig, client) = aged(600);
    rig.clock.suspend(1800 * SECOND);
    assert_generation(&client, 1);
    assert!((1180..=1199).contains(&client.snapshot().seconds_left), "{}", client.snapshot());
    rig.clock.suspend(1180 * SECOND);
    assert_generation(&client, 2);
}

#[test]
fn clock_at_1970_works() {
    let rig = Rig::new();
    set_wall(&rig.clock, |ms| rig.clock.step_wall_ms(ms), 5);
    assert!(rig.clock.wall() < 60 * SECOND);
    let client = rig.client();
    client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    assert_generation(&client, 1);
    rig.advance(3600 * SECOND);
    assert_generation(&client, 2);
    // The clock is set in the end, which looks like a machine that was paused.
    set_wall(&rig.clock, |ms| rig.clock.step_wall_ms(ms), 1_790_000_000);
    assert_generation(&client, 3);
    assert_eq!(rig.sim.counters().token_requests, 3);
}

#[test]
fn token_lifetime_crosses_the_32_bit_time_limits() {
    for end in ENDS_OF_32_BITS {
        // Without a time since boot, the wall clock alone is used.
        for machine in ["some machine", ""] {
            let rig = Rig::new();
            set_wall(&rig.clock, |ms| rig.clock.step_wall_ms(ms), end - 1800);
            let config = rig.config().clock(rig.clock.on_machine(machine));
            let client = Client::new(config).expect("right");
            assert_generation(&client, 1);
            rig.advance(1700 * SECOND);
            assert_generation(&client, 1);
            rig.advance(1800 * SECOND);
            assert_generation(&client, 1);
            assert!((80..=99).contains(&client.snapshot().seconds_left), "{}", client.snapshot());
            rig.advance(80 * SECOND);
            assert_generation(&client, 2);
            assert_eq!(rig.sim.counters().token_requests, 2, "{end} on {machine:?}");
        }
    }
}

#[test]
fn leap_second_changes_nothing() {
    let (rig, client) = aged(3500);
    rig.clock.step_wall_ms(-1000);
    assert_generation(&client, 1);
    rig.advance(80 * SECOND);
    assert_generation(&client, 2);
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn retry_after_date_crosses_the_32_bit_time_limits() {
    for (server, later) in [
        ("Tue, 19 Jan 2038 03:14:03 GMT", "Tue, 19 Jan 2038 03:14:12 GMT"),
        ("Sun, 07 Feb 2106 06:28:11 GMT", "Sun, 07 Feb 2106 06:28:20 GMT"),
    ] {
        let rig = Rig::new();
        rig.reply_with(Place::Get, 418, &[("date", server), ("retry-after", later)], "");
        let error = rig.client().list(&Kind::USER_ACCOUNT, RESOURCE).expect_err("a teapot");
        assert_eq!(error.retry_after(), Some(9 * SECOND), "{later}");
    }
}
