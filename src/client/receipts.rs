//! Receipts: what they say, where they are kept, and what they say of earlier pushes.

use ring::digest::{SHA256, digest};

use super::Client;
use super::call::Sent;
use super::outcomes::{self, Outcome};
use crate::body::Body;
use crate::error::Result;
use crate::event::Event;
use crate::receipt::{Audit, History, Proof, Receipt, hex};
use crate::resource::Kind;
use crate::schema::rfc3339;

impl Client {
    pub(super) fn receipt(
        &self,
        proof: Proof,
        kind: &Kind,
        body: &Body,
        (status, request_id): (u16, Option<&str>),
        sent: Sent,
    ) -> Receipt {
        Receipt {
            proof,
            time: self.time(),
            origin: Some(self.shared.application.origin.clone()),
            application: self.shared.application.client_id.clone(),
            kind: kind.clone(),
            resource_id: body.resource_id().to_owned(),
            records: body.len(),
            bytes: body.as_bytes().len() as u64,
            sha256: hex(&digest(&SHA256, body.as_bytes())),
            status,
            request_id: request_id.map(str::to_owned),
            attempts: sent.attempts,
            token_generation: sent.generation,
            removed: None,
            upload_id: None,
            not_comparable: Vec::new(),
            warning_count: 0,
            warnings: Vec::new(),
            audited: false,
        }
    }

    pub(super) fn time(&self) -> String {
        let ms = i64::try_from(self.shared.clock.wall().as_millis()).ok();
        ms.and_then(rfc3339).unwrap_or_default()
    }

    /// What is to be proved must have its place before anything is sent.
    pub(super) fn audit_ready(&self) -> Result<()> {
        self.shared.audit.as_ref().map_or(Ok(()), Audit::ready)
    }

    /// Writes the receipt where the configuration says so. What it proves has happened either way.
    pub(super) fn audited(&self, mut receipt: Receipt) -> Receipt {
        outcomes::note(&self.shared.application, &receipt);
        let Some(audit) = &self.shared.audit else { return receipt };
        match audit.append(&receipt) {
            Ok(()) => receipt.audited = true,
            Err(error) => {
                self.shared.events.tell(Event::AuditFailed { words: error.to_string() });
            }
        }
        receipt
    }

    /// Whether the last push of the resource is known to have been accepted with these bytes: by
    /// this process, or by the audit file. An unknown outcome in either of them says no.
    pub(super) fn was_accepted(&self, kind: &Kind, resource_id: &str, sha256: &str) -> bool {
        let application = &self.shared.application;
        let here = outcomes::last(application, kind, resource_id);
        let audited = self.shared.audit.as_ref().map(Audit::path).and_then(|path| {
            // A file that is not there yet, or has nothing of the resource, says nothing.
            let history = History::read(path, kind, resource_id).ok()?;
            history.newest_of(application).and_then(Outcome::of)
        });
        let known: Vec<Outcome> = here.into_iter().chain(audited).collect();
        let accepted = Outcome::Settled(sha256.to_owned());
        known.contains(&accepted) && !known.contains(&Outcome::Unknown)
    }
}
