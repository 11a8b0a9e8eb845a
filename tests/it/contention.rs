//! Contention is reported only for tokens that worked, and ends when the token works again.

use std::time::Duration;

use vanta::{Client, ErrorKind, Event, Kind, Receipt, Result};

use crate::fakes::{EventRecorder, FakeStore};
use crate::harness::{
    Desk, Place, RESOURCE, TempFolder, accounts, assert_kind, without_deletion_guard,
};

const SECOND: Duration = Duration::from_secs(1);

fn push(client: &Client) -> Result<Receipt> {
    client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
}

/// Makes the API reject every token, or stop doing so.
fn outage(desk: &Desk, outage: bool) {
    desk.sim.change(|settings| settings.reject_every_token = outage);
}

fn contends(recorder: &EventRecorder) -> bool {
    recorder.events().iter().any(|event| matches!(event, Event::Contention { .. }))
}

#[test]
fn pushes_succeed_at_once_after_an_outage_in_which_every_token_was_rejected() {
    for stored in [false, true] {
        let (desk, recorder, folder) = (Desk::new(), EventRecorder::default(), TempFolder::new());
        let mut config = recorder.at(desk.config()).deadline(5 * SECOND);
        if stored {
            config = config.token_store(folder.path().join("token").display().to_string());
        }
        let client = Client::new(config).expect("right");
        push(&client).expect("pushed");
        let mut last = ErrorKind::Internal;
        outage(&desk, true);
        for _ in 0..12 {
            // Token requests become rare, pushes do not.
            desk.advance(3 * SECOND);
            last = push(&client).expect_err("every token is rejected").kind();
        }
        assert_eq!(last, ErrorKind::Unauthorized);
        outage(&desk, false);
        let before = desk.sim.counters().token_requests;
        let receipt = push(&client).expect("the last token works");
        assert_eq!(receipt.attempts, 1);
        push(&client).expect("and goes on working");
        assert_eq!(desk.sim.counters().token_requests, before);
        assert!(!contends(&recorder));
        assert_eq!(client.snapshot().revoked, 1, "one of the tokens had worked");
        assert!(client.snapshot().last_error.is_none());
    }
}

#[test]
fn long_outage_is_not_reported_as_contention() {
    let (desk, recorder) = (Desk::new(), EventRecorder::default());
    let client = Client::new(recorder.at(desk.config()).deadline(5 * SECOND)).expect("right");
    push(&client).expect("pushed");
    outage(&desk, true);
    for _ in 0..30 {
        desk.advance(20 * SECOND);
        let error = push(&client).expect_err("every token is rejected");
        assert_ne!(error.kind(), ErrorKind::Contention, "{error}");
    }
    assert!(!contends(&recorder));
    outage(&desk, false);
    push(&client).expect("pushed");
}

#[test]
fn failing_token_endpoint_does_not_discard_the_old_token() {
    let (desk, recorder) = (Desk::new(), EventRecorder::default());
    let client = Client::new(recorder.at(desk.config()).deadline(5 * SECOND)).expect("right");
    push(&client).expect("pushed");
    desk.advance(10 * SECOND);
    outage(&desk, true);
    desk.reply(Place::Token, 401, r#"{"error":"invalid_client"}"#);
    assert_kind(push(&client), ErrorKind::InvalidClient);
    let error = assert_kind(push(&client), ErrorKind::InvalidClient);
    assert!(error.is_remembered());
    outage(&desk, false);
    assert_eq!(push(&client).expect("it was never revoked").token_generation, 1);
    assert_eq!(desk.sim.counters().token_requests, 2);
}

#[test]
fn a_rejected_token_is_tried_once_before_contention_is_reported() {
    let (desk, fake_store, recorder) =
        (Desk::new(), FakeStore::default(), EventRecorder::default());
    let client =
        Client::new(recorder.at(fake_store.config(&desk)).deadline(5 * SECOND)).expect("right");
    push(&client).expect("pushed");
    for _ in 0..3 {
        desk.advance(20 * SECOND);
        desk.sim.issue_elsewhere();
        push(&client).expect("with a new token");
    }
    desk.advance(10 * SECOND);
    desk.sim.issue_elsewhere();
    assert_kind(push(&client), ErrorKind::Contention);
    assert!(contends(&recorder));
    let puts = desk.sim.counters().puts;
    assert_kind(push(&client), ErrorKind::Contention);
    assert_eq!(desk.sim.counters().puts, puts + 1);
    assert_eq!(desk.sim.counters().token_requests, 4);
    // The token is not returned to programs that report no rejections.
    assert_kind(client.token(), ErrorKind::Contention);
}

#[test]
fn new_process_knows_whether_the_stored_token_worked() {
    let (desk, folder) = (Desk::new(), TempFolder::new());
    let config = || desk.config().token_store(folder.path().join("token").display().to_string());
    let job = || Client::new(config().deadline(5 * SECOND)).expect("right");
    job().push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    for _ in 0..3 {
        desk.advance(25 * SECOND);
        desk.sim.issue_elsewhere();
        job().push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    }
    desk.advance(SECOND);
    desk.sim.issue_elsewhere();
    assert_kind(job().list(&Kind::USER_ACCOUNT, RESOURCE), ErrorKind::Contention);
}
