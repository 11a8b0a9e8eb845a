//! The verbs of a client: token, push, plan, verify, list, upload.
//!
//! # A push
//!
//! [`Client::push`] makes these steps, in this order (`push.rs` reads like the list):
//!
//! 1. Validate every record (`validate.rs`).
//! 2. Wait until all earlier pushes of the resource have ended (`sequence.rs`).
//! 3. Get a token, and acquire rate limit permits for all requests of the attempt (`call.rs`).
//! 4. Read the live components where references are validated, and the remote state (`remote.rs`).
//! 5. Apply the deletion guard (`deletion_guard.rs`).
//! 6. With `only_if_changed`, compare the remote state with the body (`plan.rs`), and end with a
//!    receipt where nothing would change.
//! 7. Send the PUT.
//! 8. Classify the response: success, refusal or unknown outcome (`classify.rs`).
//! 9. Note the outcome, and write the receipt (`outcomes.rs`, `receipts.rs`).
//!
//! Steps 3 to 8 are one attempt. The loop around them is the only retry loop: [`Call::end`] takes
//! what an attempt came to, and returns the value, the error of the call, or nothing after it has
//! waited for the backoff. The other verbs have the same loop around a single request.
//!
//! A 401 is no failed attempt. It belongs to the sending of one request (`call.rs`,
//! `authorization.rs`): the same bytes go out again, with the same token after a moment or with
//! another one, and nothing is read or validated again.
//!
//! Whether a request that did not succeed may have taken effect is decided in one function,
//! `classify::may_have_taken_effect`, for a lost response as for one that came, and for a push as
//! for an upload.
//!
//! [`Call::end`]: call::Call::end

mod authorization;
mod call;
mod checkpoints;
mod classify;
mod compare;
mod completeness;
mod deletion_guard;
mod handle;
mod leavers;
mod list;
mod list_response;
mod member_name;
mod options;
mod outcomes;
mod plan;
mod push;
mod receipts;
mod rejection;
mod remote;
mod row;
mod sequence;
mod upload;
mod validate;
mod verify;

pub use compare::Difference;
pub use handle::Client;
pub use list::Listing;
pub use options::PushOptions;
pub use plan::{Change, ChangePlan};
pub use row::Row;
