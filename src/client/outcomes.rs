//! What is known of the last push of each resource in this process.
//!
//! Where the service does not return a member, reading back cannot tell whether a push took effect.
//! Then only its response can, so it is remembered, with the members that may be live.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError};

use super::sequence::LAG;
use crate::clock::ClockInstant;
use crate::fork::PerProcess;
use crate::receipt::{Application, Receipt, ReceiptKind};
use crate::resource::Kind;
use crate::sync::{Mutex, MutexGuard};

/// The last outcomes, by application, kind and resource. There are as many as the console has
/// resources.
static LAST: PerProcess<Mutex<HashMap<String, Last>>> = PerProcess::new();

/// How a push ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The bytes with this SHA-256 were accepted, or read back.
    Settled(String),
    Unknown,
}

/// The last outcome of a resource.
#[derive(Clone, Debug, Default)]
pub(super) struct Last {
    /// The number of changes so far: a larger one means that a push was made since.
    pub(super) changes: u64,
    pub(super) outcome: Option<Outcome>,
    /// The members that may be live on some record, as far as this process knows: those of the last
    /// accepted push, and of each push since whose outcome is unknown.
    pub(super) members: Arc<BTreeSet<String>>,
    /// Until when a list may not show the last push that was accepted, or whose outcome is unknown.
    late_until: Option<ClockInstant>,
}

/// A push that may be sent at any moment, and what was known before.
pub(super) struct Begun {
    key: String,
    before: Last,
}

impl Outcome {
    /// The outcome that a receipt records; `None` where it is of no push. A receipt that names no
    /// application may be of any, so nothing is known from it.
    pub(super) fn of(receipt: &Receipt) -> Option<Outcome> {
        match receipt.receipt_kind {
            ReceiptKind::Uploaded | ReceiptKind::Unchanged => None,
            ReceiptKind::Unknown => Some(Outcome::Unknown),
            _ if receipt.origin.is_none() => Some(Outcome::Unknown),
            ReceiptKind::Pushed | ReceiptKind::Verified => {
                Some(Outcome::Settled(receipt.sha256.clone()))
            }
        }
    }
}

impl Last {
    /// Whether a list may not show the last push yet.
    pub(super) fn is_recent(&self, now: ClockInstant) -> bool {
        self.late_until.is_some_and(|until| until.left(now).is_some())
    }

    fn change(&mut self, outcome: Outcome, members: &BTreeSet<String>) {
        self.changes += 1;
        self.outcome = Some(outcome);
        // Mostly they are those of the last push.
        if !has_all(&self.members, members) {
            Arc::make_mut(&mut self.members).extend(members.iter().cloned());
        }
    }
}

impl Begun {
    /// Puts the last outcome back: the push changed nothing.
    pub(super) fn withdraw(self) {
        if let Some(last) = outcomes().get_mut(&self.key) {
            // Another outcome may have been noted meanwhile.
            if last.changes == self.before.changes + 1 {
                *last = Last { changes: last.changes + 1, ..self.before };
            }
        }
    }
}

/// Whether the members are all in the set. Mostly the two are equal, which one walk through both
/// shows. `is_subset` would add a kilobyte to the C library.
fn has_all(set: &BTreeSet<String>, members: &BTreeSet<String>) -> bool {
    set == members || members.iter().all(|member| set.contains(member))
}

fn outcomes() -> MutexGuard<'static, HashMap<String, Last>> {
    LAST.get(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes that a push is about to be sent. Its outcome is unknown until another is noted, also where
/// the call ends in a panic.
pub(super) fn begin(
    application: &Application,
    kind: &Kind,
    resource_id: &str,
    members: &BTreeSet<String>,
    now: ClockInstant,
) -> Begun {
    let key = application.key(kind, resource_id);
    let mut outcomes = outcomes();
    let last = outcomes.entry(key.clone()).or_default();
    let before = last.clone();
    last.change(Outcome::Unknown, members);
    last.late_until = Some(now.plus(LAG));
    Begun { key, before }
}

/// Notes the outcome that a receipt of a push records, and calls `write`, before any other outcome
/// is noted. Does neither, and returns `None`, where there were changes after `since`.
pub(super) fn note<T>(
    application: &Application,
    receipt: &Receipt,
    members: &BTreeSet<String>,
    since: Option<u64>,
    now: ClockInstant,
    write: impl FnOnce() -> T,
) -> Option<T> {
    let mut outcomes = outcomes();
    if let Some(outcome) = Outcome::of(receipt) {
        let last = outcomes.entry(application.key(&receipt.resource_kind, &receipt.resource_id));
        let last = last.or_default();
        if since.is_some_and(|since| since != last.changes) {
            return None;
        }
        let is_pushed = receipt.receipt_kind == ReceiptKind::Pushed;
        if is_pushed && !has_all(members, &last.members) {
            last.members = Arc::new(members.clone());
        }
        if receipt.receipt_kind != ReceiptKind::Verified {
            last.late_until = Some(now.plus(LAG));
        }
        last.change(outcome, members);
    }
    Some(write())
}

/// Returns what is known of the last push of a resource.
pub(super) fn last(application: &Application, kind: &Kind, resource_id: &str) -> Last {
    outcomes().get(&application.key(kind, resource_id)).cloned().unwrap_or_default()
}
