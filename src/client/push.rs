//! A push succeeded only when the server clearly said yes.

use std::fmt;

use serde_json::Value;

use super::{Sent, judge};
use crate::body::Body;
use crate::error::{Error, ErrorKind, Result};
use crate::http::Answer;
use crate::resource::Kind;

/// Proof of a push that Vanta accepted. `Display` is a line for a log.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Receipt {
    /// What was pushed.
    pub kind: Kind,
    /// For which resource.
    pub resource_id: String,
    /// How many records.
    pub records: usize,
    /// How many bytes the request's body had.
    pub bytes: usize,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The request id that the server's front gave out.
    pub request_id: Option<String>,
    /// How many requests it took; the last one was accepted.
    pub attempts: u32,
    /// The generation of the token that the last request carried.
    pub token_generation: u64,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Receipt { kind, resource_id, records, bytes, status, attempts, .. } = self;
        write!(f, "{kind} {resource_id}: {records} records in {bytes} bytes accepted")?;
        write!(f, " (HTTP {status}, attempts {attempts}")?;
        match &self.request_id {
            Some(id) => write!(f, ", request id {id})"),
            None => write!(f, ")"),
        }
    }
}

pub(super) fn judge(kind: &Kind, body: &Body, answer: &Answer, sent: Sent) -> Result<Receipt> {
    if !answer.is_success() {
        return Err(refusal(answer, body));
    }
    if !is_clear_yes(answer, body.len()) {
        let why = "the answer does not say that the push succeeded";
        return Err(answer.error(ErrorKind::OutcomeUnknown, why));
    }
    Ok(Receipt {
        kind: kind.clone(),
        resource_id: body.resource_id().to_owned(),
        records: body.len(),
        bytes: body.as_bytes().len(),
        status: answer.status,
        request_id: answer.request_id().map(str::to_owned),
        attempts: sent.attempts,
        token_generation: sent.generation,
    })
}

fn refusal(answer: &Answer, body: &Body) -> Error {
    let error = judge::refusal(answer);
    match error.kind() {
        ErrorKind::Rejected => error.with_faults(judge::faults(answer, body)),
        // 503 and 408 say that the request was not served; other trouble may have come after it.
        ErrorKind::Unavailable if !matches!(answer.status, 408 | 503) => {
            let why = "the server failed, perhaps after it had taken the records";
            answer.error(ErrorKind::OutcomeUnknown, why)
        }
        _ => error,
    }
}

/// `{"success": true}`, or `{"results": {"accepted": n, "rejected": 0}}` for all n records.
///
/// The first is in Vanta's specification; its quickstart shows the second. Where an answer holds
/// both, both must agree.
fn is_clear_yes(answer: &Answer, records: usize) -> bool {
    let Some(json) = answer.json() else { return false };
    let success = json.get("success").map(|value| value == &Value::Bool(true));
    let results = json.get("results").map(|results| {
        let count = |key| results.get(key).and_then(Value::as_u64);
        count("accepted") == Some(records as u64) && count("rejected") == Some(0)
    });
    matches!((success, results), (Some(true), None | Some(true)) | (None, Some(true)))
}
