//! An upload: one file for one document, sent at most once where the outcome is unknown.

use super::call::Verb;
use super::{ANSWER_CAP, Client, classify};
use crate::body::{Form, Upload};
use crate::error::{Error, ErrorKind, Result};
use crate::hex;
use crate::http::{Content, Method};
use crate::receipt::{Proof, Receipt};
use crate::resource::Kind;
use crate::retry::Idempotency;

impl Client {
    /// Uploads a file for a document. Each upload that Vanta takes adds a version to the document,
    /// so one whose outcome is unknown is not sent again: look at the document first.
    ///
    /// The receipt's `bytes` and `sha256` are those of the file.
    pub fn upload(&self, upload: &Upload) -> Result<Receipt> {
        let uploaded = self.uploaded(upload);
        uploaded.map_err(|error| {
            open(error).in_operation(format!("uploading {}", upload.path.display()))
        })
    }

    fn uploaded(&self, upload: &Upload) -> Result<Receipt> {
        self.audit_ready()?;
        let form = Form::new(upload)?;
        let verb = Verb {
            method: Method::Post,
            path: format!("/v1/documents/{}/uploads", upload.document_id),
            content: Some(Content::Stream(&form)),
            records: 1,
            twice: Idempotency::NotIdempotent,
            cap: ANSWER_CAP,
        };
        let receipt = self.call(&verb, &self.start(), |answer, sent| {
            let upload_id = classify::uploaded(&answer)?;
            Ok(Receipt {
                proof: Proof::Uploaded,
                time: self.time(),
                origin: Some(self.shared.application.origin.clone()),
                application: self.shared.application.client_id.clone(),
                not_comparable: Vec::new(),
                kind: Kind::DOCUMENT,
                resource_id: upload.document_id.clone(),
                records: 1,
                bytes: form.size,
                sha256: hex::encode(form.digest().as_ref()),
                status: answer.status,
                request_id: answer.request_id().map(str::to_owned),
                attempts: sent.attempts,
                token_generation: sent.generation,
                removed: None,
                upload_id: Some(upload_id),
                warning_count: 0,
                warnings: Vec::new(),
                audited: false,
            })
        })?;
        Ok(self.audited(receipt))
    }
}

/// A program that repeats what it may must not repeat this.
fn open(error: Error) -> Error {
    match error.kind() {
        ErrorKind::OutcomeUnknown => error
            .with_advice("look at the document first, since each upload adds a version")
            .not_idempotent(),
        _ => error,
    }
}
