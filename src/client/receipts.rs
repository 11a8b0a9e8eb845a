//! Makes receipts, writes them, and reads from them what is known of earlier pushes.

use std::collections::BTreeSet;
use std::io::ErrorKind::NotFound;

use ring::digest::{SHA256, digest};

use super::call::RequestFacts;
use super::compare::CUSTOM;
use super::handle::Client;
use super::outcomes::{self, Last, Outcome};
use crate::body::Body;
use crate::clock::ClockInstant;
use crate::error::Result;
use crate::event::Event;
use crate::hex;
use crate::receipt::{Audit, History, Receipt, ReceiptKind};
use crate::resource::Kind;
use crate::schema::rfc3339;

impl Client {
    /// The receipt of a request with one record, which has no content yet.
    pub(super) fn receipt(
        &self,
        receipt_kind: ReceiptKind,
        kind: &Kind,
        resource_id: &str,
        facts: RequestFacts,
    ) -> Receipt {
        Receipt {
            receipt_kind,
            time: self.time(),
            origin: Some(self.shared.application.origin.clone()),
            application: self.shared.application.client_id.clone(),
            resource_kind: kind.clone(),
            resource_id: resource_id.to_owned(),
            record_count: 1,
            byte_len: 0,
            sha256: String::new(),
            http_status: facts.status,
            request_id: facts.request_id,
            attempts: facts.attempts,
            token_generation: facts.token_generation,
            removed: None,
            upload_id: None,
            not_comparable: Vec::new(),
            warning_count: 0,
            warnings: Vec::new(),
            audited: false,
        }
    }

    /// The receipt of a push or verify of a body.
    pub(super) fn body_receipt(
        &self,
        receipt_kind: ReceiptKind,
        kind: &Kind,
        body: &Body,
        facts: RequestFacts,
    ) -> Receipt {
        Receipt {
            record_count: body.record_count(),
            byte_len: body.byte_len() as u64,
            sha256: sha256(body),
            ..self.receipt(receipt_kind, kind, body.resource_id(), facts)
        }
    }

    fn time(&self) -> String {
        let ms = i64::try_from(self.shared.clock.wall().as_millis()).ok();
        ms.and_then(rfc3339).unwrap_or_default()
    }

    /// Fails where the audit file cannot take a receipt, before anything is sent.
    pub(super) fn audit_ready(&self) -> Result<()> {
        self.shared.audit.as_ref().map_or(Ok(()), Audit::ready)
    }

    /// Writes a receipt into the audit file, where there is one. A failure is only an event: what
    /// the receipt proves has happened.
    pub(super) fn write(&self, receipt: &mut Receipt) {
        let written = self.append(receipt);
        self.note_written(receipt, written);
    }

    /// Notes the outcome of a push with the members that its body sets, and writes the receipt.
    /// Does neither, and returns false, where the resource had an outcome after `since`.
    pub(super) fn record(
        &self,
        receipt: &mut Receipt,
        members: &BTreeSet<String>,
        since: Option<u64>,
    ) -> bool {
        let application = &self.shared.application;
        let append = || self.append(receipt);
        let now = ClockInstant::now(&*self.shared.clock);
        let noted = outcomes::note(application, receipt, members, since, now, append);
        // The event handler is called without the lock of the outcomes.
        noted.map(|written| self.note_written(receipt, written)).is_some()
    }

    fn append(&self, receipt: &Receipt) -> Option<Result<()>> {
        self.shared.audit.as_ref().map(|audit| audit.append(receipt))
    }

    fn note_written(&self, receipt: &mut Receipt, written: Option<Result<()>>) {
        receipt.audited = matches!(written, Some(Ok(())));
        if let Some(Err(error)) = written {
            self.shared.events.emit(Event::AuditFailed { message: error.to_string() });
        }
    }

    /// Returns what this process knows of the last push of a resource.
    pub(super) fn last_outcome(&self, kind: &Kind, resource_id: &str) -> Last {
        outcomes::last(&self.shared.application, kind, resource_id)
    }

    /// Returns the last outcome that the audit file has of a resource. A file that cannot be read
    /// may have any.
    fn audited_outcome(&self, kind: &Kind, resource_id: &str) -> Option<Outcome> {
        let path = self.shared.audit.as_ref()?.path();
        if path.symlink_metadata().is_err_and(|error| error.kind() == NotFound) {
            return None;
        }
        match History::read(path, kind, resource_id) {
            Ok(history) => history.newest_of(&self.shared.application).and_then(Outcome::of),
            Err(_) => Some(Outcome::Unknown),
        }
    }

    /// Returns what is known of the last push of the body's resource: by this process and by the
    /// audit file, which is read once.
    pub(super) fn known(&self, kind: &Kind, body: &Body) -> Known {
        let last = self.last_outcome(kind, body.resource_id());
        let audited = self.audited_outcome(kind, body.resource_id());
        let accepted = is_accepted(last.outcome.iter().chain(&audited), body);
        Known { last, audited, accepted }
    }
}

/// What is known of the last push of a resource.
pub(super) struct Known {
    last: Last,
    audited: Option<Outcome>,
    /// Whether the last push is known to have been accepted with the bytes of the body: each source
    /// that knows an outcome must say so.
    pub(super) accepted: bool,
}

impl Known {
    /// The members that may be live though the body does not set them: earlier pushes set them, or
    /// may have. None where the last push was accepted with the same bytes.
    pub(super) fn possibly_live(&self, kind: &Kind, body: &Body) -> BTreeSet<String> {
        if self.accepted {
            return BTreeSet::new();
        }
        let set = body.members();
        let missing = self.last.members.iter().filter(|member| !set.contains(*member));
        let mut members = BTreeSet::new();
        members.extend(missing.cloned());
        let known = kind.schema().is_none_or(|schema| schema.has_property(CUSTOM));
        // The audit file does not record which members a push had.
        if self.audited.is_some() && self.audited != self.last.outcome && known {
            members.extend(Some(CUSTOM.to_owned()).filter(|custom| !set.contains(custom)));
        }
        members
    }
}

/// Whether there are outcomes, and all say that these bytes were accepted.
fn is_accepted<'a>(outcomes: impl Iterator<Item = &'a Outcome>, body: &Body) -> bool {
    let mut outcomes = outcomes.peekable();
    if outcomes.peek().is_none() {
        return false;
    }
    let accepted = Outcome::Settled(sha256(body));
    outcomes.all(|outcome| *outcome == accepted)
}

/// The SHA-256 of a body's bytes, in hexadecimal.
fn sha256(body: &Body) -> String {
    hex::encode(digest(&SHA256, body.as_bytes()).as_ref())
}
