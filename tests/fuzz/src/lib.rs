//! What the fuzzers share: a client of a server that says what the fuzzer wants, and what holds for
//! every error.

#[path = "../../it/parrot.rs"]
mod parrot;

use std::time::Duration;

pub use parrot::Parrot;
use vanta::{Config, Error, ErrorKind, TestClock};

/// A client's configuration, at a time when what the round before left behind is forgotten.
pub fn config(origin: &str, clock: &TestClock) -> Config {
    clock.advance(Duration::from_secs(700));
    Config::new()
        .origin(origin)
        .allow_plain_http_to_loopback()
        .client_id("vci_0")
        .client_secret("vcs_fuzz")
        .clock(clock.clone())
        .deadline(Duration::from_secs(20))
        .request_budget(0)
}

/// What holds for every error, whatever a stranger wrote into it.
pub fn assert_tame(error: &Error) {
    let told = error.to_string();
    assert!(!told.chars().any(char::is_control), "{told:?}");
    assert_ne!(error.kind(), ErrorKind::Internal, "{told}");
    for text in [error.excerpt(), error.oauth_error(), error.request_id()].into_iter().flatten() {
        let tame = !text.chars().any(char::is_control) && text.chars().count() <= 301;
        assert!(tame, "{text:?}");
    }
    assert!(error.retry_after() <= Some(Duration::from_secs(600)), "{:?}", error.retry_after());
    error.cause().into_iter().for_each(assert_tame);
}
