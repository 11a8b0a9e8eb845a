//! Reads untrusted input, here and in `tests/fuzz`: a client, a store whose record was changed, and
//! the conditions for every error.

use std::time::Duration;

use vanta::{Config, Error, ErrorKind, LockedRecord, StoreError, TestClock, TokenStore};
use zeroize::Zeroizing;

/// Returns a client's configuration, at a time at which the state of the previous round has
/// expired.
pub fn config(origin: &str, clock: &TestClock) -> Config {
    clock.advance(Duration::from_secs(700));
    Config::new()
        .origin(origin)
        .allow_plain_http_to_loopback(true)
        .client_id("vci_0")
        .client_secret("vcs_mutants")
        .clock(clock.clone())
        .deadline(Duration::from_secs(20))
        .requests_per_minute(0)
}

/// Checks the conditions for every error, whatever the untrusted input contains.
#[track_caller]
pub fn assert_sanitized(error: &Error) {
    let message = error.to_string();
    assert!(!message.chars().any(char::is_control), "{message:?}");
    assert_ne!(error.kind(), ErrorKind::Internal, "{message}");
    for text in [error.excerpt(), error.oauth_error(), error.request_id()].into_iter().flatten() {
        let is_clean = !text.chars().any(char::is_control) && text.chars().count() <= 301;
        assert!(is_clean, "{text:?}");
    }
    error.cause().into_iter().for_each(assert_sanitized);
}

/// A store whose record somebody else has changed.
#[derive(Clone, Debug)]
pub struct TamperedStore(pub Vec<u8>);

impl TokenStore for TamperedStore {
    fn name(&self) -> String {
        "a store that was tampered with".to_owned()
    }

    fn try_lock(&self, _: &str, _: Duration) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        Ok(Some(Box::new(self.clone())))
    }
}

impl LockedRecord for TamperedStore {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Ok(Some(Zeroizing::new(self.0.clone())))
    }

    fn save(&mut self, record: &[u8]) -> Result<(), StoreError> {
        self.0 = record.to_vec();
        Ok(())
    }
}
