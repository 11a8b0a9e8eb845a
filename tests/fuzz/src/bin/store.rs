//! Reads the record of a token store after somebody else has changed it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use vanta::{Client, Clock, TestClock};
use vanta_fuzz::{TamperedStore, assert_sanitized, config};

/// The time at which the seeds were made.
const SEEDED_MS: i64 = 1_795_626_299_639;

fuzz_target!(|bytes: &[u8]| {
    let store = TamperedStore(bytes.to_vec());
    let clock = TestClock::new();
    let now = i64::try_from(clock.wall().as_millis()).expect("a time that fits");
    clock.step_wall_ms(SEEDED_MS + 60_000 - now);
    // Nothing listens at this address, and no request is made.
    let config = config("http://127.0.0.1:1", &TestClock::new()).clock(clock);
    let config = config.token_from_store_only(true).custom_token_store(store);
    let client = Client::new(config).expect("right");
    match client.token() {
        Ok(token) => {
            let token = token.secret().expose();
            assert!(token.bytes().all(|byte| byte.is_ascii_graphic()));
            // The contents of unknown members may be invalid.
            if let Ok(record) = serde_json::from_slice::<Value>(bytes) {
                assert_eq!(record["token"]["access_token"], token);
            }
        }
        Err(error) => assert_sanitized(&error),
    }
});
