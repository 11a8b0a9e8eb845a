//! A job that pushes all twelve kinds: order, permits, duration and deadline.

use std::time::Duration;

use vanta::{Body, Client, Clock, Error, ErrorKind, Kind, Receipt};

use crate::harness::{Rig, assert_kind};
use crate::sample_records::request_path;

/// Components before the vulnerabilities that name them.
fn in_order() -> Vec<Kind> {
    let mut kinds = Kind::ALL.to_vec();
    kinds.sort_by_key(|kind| *kind != Kind::VULNERABLE_COMPONENT);
    kinds
}

/// Pushes all kinds, each from a file of its own.
fn job(client: &Client) -> Result<Vec<Receipt>, Error> {
    let push = |kind: &Kind| client.push(kind, &Body::from_file(request_path(kind))?);
    in_order().iter().map(push).collect()
}

fn client(rig: &Rig, deadline: Duration) -> Client {
    Client::new(rig.config()).expect("right").with_shared_deadline(deadline)
}

#[test]
fn all_twelve_kinds_take_one_token_request_and_one_wait_for_the_rate_limit() {
    let rig = Rig::on_one_clock(|_| ());
    let began = rig.clock.monotonic();
    let receipts = job(&client(&rig, Duration::from_secs(300))).expect("all are pushed");
    let took = rig.clock.monotonic() - began;
    let counters = rig.sim.counters();
    let counts = (counters.token_requests, counters.gets, counters.puts_accepted);
    let kinds = Kind::ALL.len() as u64;
    assert_eq!(counts, (1, kinds, kinds), "a guarded push reads once and writes once");
    assert_eq!(receipts[0].resource_kind, Kind::VULNERABLE_COMPONENT);
    // Ten pushes use the 20 permits of the first minute.
    assert!((60..=70).contains(&took.as_secs()), "{took:?}");
}

#[test]
fn a_job_without_time_for_the_rate_limit_fails_at_once_and_may_run_again() {
    let rig = Rig::on_one_clock(|_| ());
    let error = assert_kind(job(&client(&rig, Duration::from_secs(30))), ErrorKind::RateLimited);
    assert!(error.is_retryable());
    assert!(error.retry_after().is_some_and(|wait| wait.as_secs() > 50), "{error}");
    assert_eq!(rig.sim.counters().puts_accepted, 10, "those of the first minute");
    job(&client(&rig, Duration::from_secs(300))).expect("the same again succeeds");
}
