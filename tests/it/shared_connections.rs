//! Which requests share a connection.

use vanta::{Client, Kind};

use crate::harness::{RESOURCE, Rig, accounts, without_deletion_guard};

/// Each connection is one TCP and one TLS handshake.
#[test]
fn all_requests_of_a_cold_job_share_one_connection() {
    for tls in [true, false] {
        let rig = Rig::with(|settings| settings.tls = tls);
        let config = rig.config().allow_plain_http_to_loopback(!tls);
        let client = Client::new(config).expect("right");
        for _ in 0..5 {
            client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
            client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
        }
        let requests = rig.sim.requests().len();
        assert_eq!((requests, rig.sim.counters().connections), (1 + 5 * 3, 1), "with TLS: {tls}");
    }
}

/// A server may close the connection of a token request without saying so. A read is sent again
/// then; a push would have an unknown outcome.
#[test]
fn a_push_that_reads_nothing_begins_on_a_connection_of_its_own() {
    let rig = Rig::new();
    let client = rig.client();
    let push =
        || client.push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard());
    push().expect("pushed");
    assert_eq!(rig.sim.counters().connections, 2);
    push().expect("pushed");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    assert_eq!(rig.sim.counters().connections, 2);
}
