//! Permits and what goes with them: the token of a call that waited.

use std::time::Duration;

use vanta::{Client, Kind};

use crate::desk::{Desk, RESOURCE, accounts};
use crate::pacing::waits;
use crate::props::Ear;
use crate::rate_limit::config;

const KIND: Kind = Kind::USER_ACCOUNT;

#[test]
fn a_push_that_waited_for_its_permits_does_not_send_the_token_of_before() {
    // With a limit of 1, the permits are acquired one by one.
    for (limit, expected_waits) in [(2, 1), (1, 2)] {
        let desk = Desk::on_one_clock(|settings| settings.resource_limit_per_minute = None);
        let ear = Ear::default();
        let client = Client::new(ear.at(config(&desk, limit))).expect("right");
        let client = client.with_deadline(Duration::from_secs(300));
        client.token().expect("a token");
        desk.advance(Duration::from_secs(3599 - 45));
        for _ in 0..limit {
            client.list(&KIND, RESOURCE).expect("45 s are enough");
        }
        ear.heard();
        client.push(&KIND, &accounts(&["a"])).expect("pushed");
        let books = desk.sim.books();
        let sent = (books.gets - u64::from(limit), books.puts, books.token_requests);
        assert_eq!(sent, (1, 1, 2), "limit {limit}: no request was rejected");
        assert_eq!(waits(&ear).len(), expected_waits, "limit {limit}");
    }
}
