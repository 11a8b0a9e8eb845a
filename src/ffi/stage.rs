//! How far a call had come, as C reads it.

use crate::error::Stage;

// == Errors

/// How far a call had come when it failed: one of the VANTA_STAGE_ numbers.
pub type vanta_stage = i32;

// -- Stages

/// Validating the arguments, before any network access.
pub const VANTA_STAGE_VALIDATE: vanta_stage = 0;
/// Resolving the host name.
pub const VANTA_STAGE_RESOLVE: vanta_stage = 1;
/// Opening the connection.
pub const VANTA_STAGE_CONNECT: vanta_stage = 2;
/// Performing the TLS handshake.
pub const VANTA_STAGE_TLS: vanta_stage = 3;
/// Sending the request.
pub const VANTA_STAGE_SEND: vanta_stage = 4;
/// Waiting for the first byte of the response.
pub const VANTA_STAGE_WAIT: vanta_stage = 5;
/// Reading the response.
pub const VANTA_STAGE_READ: vanta_stage = 6;
/// Waiting for the rate limit, for another thread's token request or for an earlier push, or for
/// the backoff between two attempts.
pub const VANTA_STAGE_QUEUE: vanta_stage = 7;
/// Locking, reading or writing the token store.
pub const VANTA_STAGE_STORE: vanta_stage = 8;
/// Requesting a tunnel from the proxy.
pub const VANTA_STAGE_PROXY: vanta_stage = 9;

pub(super) fn stage(stage: Stage) -> vanta_stage {
    match stage {
        Stage::Validate => VANTA_STAGE_VALIDATE,
        Stage::Resolve => VANTA_STAGE_RESOLVE,
        Stage::Connect => VANTA_STAGE_CONNECT,
        Stage::Tls => VANTA_STAGE_TLS,
        Stage::Send => VANTA_STAGE_SEND,
        Stage::Wait => VANTA_STAGE_WAIT,
        Stage::Read => VANTA_STAGE_READ,
        Stage::Queue => VANTA_STAGE_QUEUE,
        Stage::Store => VANTA_STAGE_STORE,
        Stage::Proxy => VANTA_STAGE_PROXY,
    }
}
