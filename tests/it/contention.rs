//! Contention is reported only for tokens that worked, and ends when the token works again.

use std::time::Duration;

use vanta::{Client, ErrorKind, Event, Kind, Receipt, Result};

use crate::fakes::{EventRecorder, FakeStore};
use crate::harness::{
    Place, RESOURCE, Rig, TempFolder, accounts, assert_kind, without_deletion_guard,
};

const SECOND: Duration = Duration::from_secs(1);

fn push(client: &Client) -> Result<Receipt> {
    client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
}

/// Makes the API reject every token, or stop doing so.
fn outage(rig: &Rig, outage: bool) {
    rig.sim.change(|settings| settings.reject_every_token = outage);
}

fn contends(recorder: &EventRecorder) -> bool {
    recorder.events().iter().any(|event| matches!(event, Event::Contention { .. }))
}

#[test]
fn pushes_succeed_at_once_after_an_outage_in_which_every_token_was_rejected() {
    for stored in [false, true] {
        let (rig, recorder, folder) = (Rig::new(), EventRecorder::default(), TempFolder::new());
        let mut config = recorder.at(rig.config()).deadline(5 * SECOND);
        if stored {
            config = config.token_store(folder.path().join("token").display().to_string());
        }
        let client = Client::new(config).expect("right");
        push(&client).expect("pushed");
        let mut last = ErrorKind::Internal;
        outage(&rig, true);
        for _ in 0..12 {
            // Token requests become rare, pushes do not.
            rig.advance(3 * SECOND);
            last = push(&client).expect_err("every token is rejected").kind();
        }
        assert_eq!(last, ErrorKind::Unauthorized);
        outage(&rig, false);
        let before = rig.sim.counters().token_requests;
        let receipt = push(&client).expect("the last token works");
        assert_eq!(receipt.attempts, 1);
        push(&client).expect("and goes on working");
        assert_eq!(rig.sim.counters().token_requests, before);
        assert!(!contends(&recorder));
        assert_eq!(client.snapshot().revoked, 1, "one of the tokens had worked");
        assert!(client.snapshot().last_error.is_none());
    }
}

#[test]
fn long_outage_is_not_reported_as_contention() {
    let (rig, recorder) = (Rig::new(), EventRecorder::default());
    let client = Client::new(recorder.at(rig.config()).deadline(5 * SECOND)).expect("right");
    push(&client).expect("pushed");
    outage(&rig, true);
    for _ in 0..30 {
        rig.advance(20 * SECOND);
        let error = push(&client).expect_err("every token is rejected");
        assert_ne!(error.kind(), ErrorKind::Contention, "{error}");
    }
    assert!(!contends(&recorder));
    outage(&rig, false);
    push(&client).expect("pushed");
}

#[test]
fn failing_token_endpoint_does_not_discard_the_old_token() {
    let (rig, recorder) = (Rig::new(), EventRecorder::default());
    let client = Client::new(recorder.at(rig.config()).deadline(5 * SECOND)).expect("right");
    push(&client).expect("pushed");
    rig.advance(10 * SECOND);
    outage(&rig, true);
    rig.reply(Place::Token, 401, r#"{"error":"invalid_client"}"#);
    assert_kind(push(&client), ErrorKind::InvalidClient);
    let error = assert_kind(push(&client), ErrorKind::InvalidClient);
    assert!(error.is_remembered());
    outage(&rig, false);
    assert_eq!(push(&client).expect("it was never revoked").token_generation, 1);
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn a_rejected_token_is_tried_once_before_contention_is_reported() {
    let (rig, fake_store, recorder) = (Rig::new(), FakeStore::default(), EventRecorder::default());
    let client =
        Client::new(recorder.at(fake_store.config(&rig)).deadline(5 * SECOND)).expect("right");
    push(&client).expect("pushed");
    for _ in 0..3 {
        rig.advance(20 * SECOND);
        rig.sim.issue_elsewhere();
        push(&client).expect("with a new token");
    }
    rig.advance(10 * SECOND);
    rig.sim.issue_elsewhere();
    assert_kind(push(&client), ErrorKind::Contention);
    assert!(contends(&recorder));
    let puts = rig.sim.counters().puts;
    assert_kind(push(&client), ErrorKind::Contention);
    assert_eq!(rig.sim.counters().puts, puts + 1);
    assert_eq!(rig.sim.counters().token_requests, 4);
    // The token is not returned to programs that report no rejections.
    assert_kind(client.token(), ErrorKind::Contention);
}

#[test]
fn new_process_knows_whether_the_stored_token_worked() {
    let (rig, folder) = (Rig::new(), TempFolder::new());
    let config = || rig.config().token_store(folder.path().join("token").display().to_string());
    let job = || Client::new(config().deadline(5 * SECOND)).expect("right");
    job().push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    for _ in 0..3 {
        rig.advance(25 * SECOND);
        rig.sim.issue_elsewhere();
        job().push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    }
    rig.advance(SECOND);
    rig.sim.issue_elsewhere();
    assert_kind(job().list(&Kind::USER_ACCOUNT, RESOURCE), ErrorKind::Contention);
}
