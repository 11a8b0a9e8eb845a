//! Shared by the fuzzers and the tests: a server with canned responses, and its client.

#[path = "../../it/canned_server.rs"]
mod canned_server;
#[path = "../../it/untrusted_input.rs"]
mod untrusted_input;

pub use canned_server::CannedServer;
pub use untrusted_input::{TamperedStore, assert_sanitized, config};
