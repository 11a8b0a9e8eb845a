//! An upload: one file for one document, sent at most once where the outcome is unknown.

use super::call::{Call, RESPONSE_CAP, ResourceRequest};
use super::classify;
use super::handle::Client;
use crate::body::{Form, Upload};
use crate::error::{Error, ErrorKind, Result};
use crate::hex;
use crate::http::{Content, Method};
use crate::receipt::{Receipt, ReceiptKind};
use crate::resource::Kind;
use crate::retry::Idempotency;

impl Client {
    /// Uploads a file for a document. Each upload that Vanta takes adds a version to the document,
    /// so one whose outcome is unknown is not sent again: look at the document first.
    ///
    /// The receipt's `bytes` and `sha256` are those of the file.
    ///
    /// # Errors
    ///
    /// [`OutcomeUnknown`](ErrorKind::OutcomeUnknown) where the upload may or may not have taken
    /// effect; then [`Error::is_retryable`] is false. Any other kind of configuration, network,
    /// token or response: [`Error::action`](crate::Error::action) says what to do.
    pub fn upload(&self, upload: &Upload) -> Result<Receipt> {
        let uploaded = self.upload_once(upload);
        uploaded.map_err(|error| {
            mark_unknown(error).in_operation(format!("uploading {}", upload.path.display()))
        })
    }

    fn upload_once(&self, upload: &Upload) -> Result<Receipt> {
        self.audit_ready()?;
        let form = Form::new(upload)?;
        let request = ResourceRequest {
            method: Method::Post,
            path: format!("/v1/documents/{}/uploads", upload.document_id),
            content: Some(Content::Stream(&form)),
            records: 1,
            cap: RESPONSE_CAP,
        };
        let deadline = self.start();
        let mut call = Call::begin(self, &deadline, Idempotency::NotIdempotent)?;
        loop {
            let sent = call.send(&request);
            let uploaded = sent.and_then(|(response, facts)| {
                classify::uploaded(&response).map(|upload_id| (upload_id, facts))
            });
            if let Some((upload_id, facts)) = call.end(uploaded)? {
                let receipt = self.receipt(
                    ReceiptKind::Uploaded,
                    &Kind::DOCUMENT,
                    &upload.document_id,
                    facts,
                );
                let mut receipt = Receipt {
                    byte_len: form.size,
                    sha256: hex::encode(form.digest().as_ref()),
                    upload_id: Some(upload_id),
                    ..receipt
                };
                self.write(&mut receipt);
                return Ok(receipt);
            }
        }
    }
}

/// Marks an unknown outcome: to upload again may add another version.
fn mark_unknown(error: Error) -> Error {
    match error.kind() {
        ErrorKind::OutcomeUnknown => error
            .with_advice("look at the document first, since each upload adds a version")
            .not_idempotent(),
        _ => error,
    }
}
