//! The Authorization field: sent once, as the last field of each resource request, and nowhere
//! else.

use std::net::TcpListener;
use std::sync::Arc;

use vanta::{Client, Config, Kind, TestClock, Upload};

use crate::harness::{RESOURCE, TempFile, accounts, without_deletion_guard};
use crate::scripted_peer::{Peer, Setup, Step};

const TOKEN: &str = "vat_authorization_0123456789";

/// A placeholder that the library once put into the head instead of the token.
const PLACEHOLDER: &str = "Bearer libvanta-puts-the-token-here";

/// Returns the head of the request that `call` makes, as the server receives it.
fn head(
    method: &str,
    configure: impl FnOnce(Config) -> Config,
    call: impl FnOnce(&Client),
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let origin = format!("http://{}", listener.local_addr().expect("bound"));
    let clock = TestClock::new();
    let stage = Setup { tls: None, clock: clock.clone(), names: Vec::new(), over: Arc::default() };
    let script = [format!("{method} "), "403 {}".to_owned()].map(Step::Word).to_vec();
    let peer = Peer::start(listener, vec![script], stage);
    let config = Config::new().origin(origin).allow_plain_http_to_loopback(true).clock(clock);
    let client = Client::new(configure(config).requests_per_minute(0)).expect("right");
    call(&client);
    drop(client);
    let mut report = peer.end();
    report.seen.remove(0).requests.remove(0)
}

#[track_caller]
fn assert_last_and_once(head: &str) {
    let fields: Vec<&str> = head.trim_end().split("\r\n").collect();
    assert_eq!(fields.last().copied(), Some(&*format!("authorization: Bearer {TOKEN}")), "{head}");
    assert_eq!(head.matches(TOKEN).count(), 1, "{head}");
    assert_eq!(head.to_ascii_lowercase().matches("authorization:").count(), 1, "{head}");
}

#[test]
fn authorization_is_the_last_field_of_every_resource_request() {
    let fixed = |config: Config| config.static_token(TOKEN);
    let kind = &Kind::USER_ACCOUNT;
    assert_last_and_once(&head("GET", fixed, |client| drop(client.list(kind, RESOURCE))));
    assert_last_and_once(&head("PUT", fixed, |client| {
        drop(client.push_with(kind, &accounts(&["a"]), &without_deletion_guard()));
    }));
    let file = TempFile::new("pdf", b"evidence");
    let upload = Upload::new("requests", file.path());
    assert_last_and_once(&head("POST", fixed, |client| drop(client.upload(&upload))));
}

#[test]
fn text_from_the_caller_in_a_request_head_is_not_replaced_by_the_token() {
    let fixed = |config: Config| config.static_token(TOKEN).user_agent(PLACEHOLDER);
    let found = head("GET", fixed, |client| drop(client.list(&Kind::USER_ACCOUNT, RESOURCE)));
    assert_last_and_once(&found);
    let user_agent = format!("user-agent: libvanta/{} {PLACEHOLDER}", env!("CARGO_PKG_VERSION"));
    assert!(found.lines().any(|line| line == user_agent), "{found}");
}

#[test]
fn a_token_request_has_no_authorization_field() {
    let secret = "vcs_authorization_0123456789";
    let configure = |config: Config| config.client_id("vci_authorization").client_secret(secret);
    let found = head("POST", configure, |client| drop(client.token()));
    assert!(!found.to_ascii_lowercase().contains("authorization:"), "{found}");
    assert!(!found.contains(secret), "{found}");
}
