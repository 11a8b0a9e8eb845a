//! What is known of the last push of each resource in this process.
//!
//! Where the service does not return a member, reading back cannot tell whether a push took effect.
//! Then only its response can, so it is remembered.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::fork::PerProcess;
use crate::receipt::{Application, Proof, Receipt};
use crate::resource::Kind;

/// The last outcomes, by application, kind and resource. There are as many as the console has
/// resources.
static LAST: PerProcess<Mutex<HashMap<String, Outcome>>> = PerProcess::new();

/// How a push ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The bytes with this SHA-256 were accepted, or read back.
    Settled(String),
    Unknown,
}

impl Outcome {
    /// The outcome that a receipt records; `None` where it is of no push.
    pub(super) fn of(receipt: &Receipt) -> Option<Outcome> {
        match receipt.proof {
            Proof::Pushed | Proof::Verified => Some(Outcome::Settled(receipt.sha256.clone())),
            Proof::Unknown => Some(Outcome::Unknown),
            Proof::Uploaded => None,
        }
    }
}

fn outcomes() -> MutexGuard<'static, HashMap<String, Outcome>> {
    LAST.get(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(application: &Application, kind: &Kind, resource_id: &str) -> String {
    format!("{application} {kind} {resource_id}")
}

pub(super) fn note(application: &Application, receipt: &Receipt) {
    if let Some(outcome) = Outcome::of(receipt) {
        outcomes().insert(key(application, &receipt.kind, &receipt.resource_id), outcome);
    }
}

pub(super) fn last(application: &Application, kind: &Kind, resource_id: &str) -> Option<Outcome> {
    outcomes().get(&key(application, kind, resource_id)).cloned()
}
