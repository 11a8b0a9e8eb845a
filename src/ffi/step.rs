//! How far a call had come, as C reads it.

use crate::error::Step;

// == Errors

/// How far a call had come when it failed; one of the VANTA_STEP_ numbers.
pub type vanta_step = i32;

// -- Steps

/// Before any network.
pub const VANTA_STEP_CHECK: vanta_step = 0;
/// Looking up the host name.
pub const VANTA_STEP_RESOLVE: vanta_step = 1;
/// Opening the connection.
pub const VANTA_STEP_CONNECT: vanta_step = 2;
/// The TLS handshake.
pub const VANTA_STEP_TLS: vanta_step = 3;
/// Sending the request.
pub const VANTA_STEP_SEND: vanta_step = 4;
/// Waiting for the answer to begin.
pub const VANTA_STEP_WAIT: vanta_step = 5;
/// Reading the answer.
pub const VANTA_STEP_READ: vanta_step = 6;
/// Waiting for another thread's token request, or between two attempts.
pub const VANTA_STEP_QUEUE: vanta_step = 7;
/// Locking, reading or writing the token store.
pub const VANTA_STEP_STORE: vanta_step = 8;
/// Asking a proxy for a tunnel.
pub const VANTA_STEP_PROXY: vanta_step = 9;

pub(super) fn step(step: Step) -> vanta_step {
    match step {
        Step::Check => VANTA_STEP_CHECK,
        Step::Resolve => VANTA_STEP_RESOLVE,
        Step::Connect => VANTA_STEP_CONNECT,
        Step::Tls => VANTA_STEP_TLS,
        Step::Send => VANTA_STEP_SEND,
        Step::Wait => VANTA_STEP_WAIT,
        Step::Read => VANTA_STEP_READ,
        Step::Queue => VANTA_STEP_QUEUE,
        Step::Store => VANTA_STEP_STORE,
        Step::Proxy => VANTA_STEP_PROXY,
    }
}
