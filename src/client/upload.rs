//! An upload: one file for one document, sent at most once where nobody can know.

use super::call::Verb;
use super::{ANSWER_CAP, Client, judge};
use crate::body::{Form, Upload};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Answer, Content, Method};
use crate::receipt::{Proof, Receipt, hex};
use crate::resource::Kind;
use crate::retry::Twice;

impl Client {
    /// Uploads a file for a document. Each upload that Vanta takes adds a version to the document,
    /// so one whose outcome is unknown is not sent again: look at the document first.
    ///
    /// The receipt's `bytes` and `sha256` are those of the file.
    pub fn upload(&self, upload: &Upload) -> Result<Receipt> {
        let uploaded = self.uploaded(upload);
        uploaded.map_err(|error| open(error).doing(format!("uploading {}", upload.path.display())))
    }

    fn uploaded(&self, upload: &Upload) -> Result<Receipt> {
        self.audit_ready()?;
        let form = Form::new(upload)?;
        let verb = Verb {
            method: Method::Post,
            path: format!("/v1/documents/{}/uploads", upload.document_id),
            content: Some(Content::Stream(&form)),
            records: 1,
            twice: Twice::Doubled,
            cap: ANSWER_CAP,
            before: None,
        };
        let receipt = self.call(&verb, &self.start(), |answer, sent| {
            let upload_id = judge(&answer)?;
            Ok(Receipt {
                proof: Proof::Uploaded,
                time: self.time(),
                kind: Kind::DOCUMENT,
                resource_id: upload.document_id.clone(),
                records: 1,
                bytes: form.size,
                sha256: hex(&form.digest()),
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
        ErrorKind::OutcomeUnknown => {
            error.adding("look at the document first: each upload adds a version").doubled()
        }
        _ => error,
    }
}

/// The id that Vanta gave to the file. 200 and 201 are both met.
fn judge(answer: &Answer) -> Result<String> {
    if !answer.is_success() {
        return Err(refusal(answer));
    }
    let id = answer.json().and_then(|json| Some(answer.quote(json.get("id")?.as_str()?)));
    id.filter(|id| answer.whole && !id.is_empty()).ok_or_else(|| {
        let why = "the answer does not say that the file was taken";
        answer.error(ErrorKind::OutcomeUnknown, why)
    })
}

fn refusal(answer: &Answer) -> Error {
    let error = judge::refusal(answer);
    match error.kind() {
        ErrorKind::NotFound if answer.json().is_some() => {
            error.saying("there is no such document: see its id in Vanta".to_owned())
        }
        ErrorKind::ServerTooLarge => {
            error.saying("the front of the API takes some 10 MiB".to_owned())
        }
        // 408 says that the request did not come whole. Other trouble may have come after it was
        // served, 503 too: gateways give it when they have waited long enough.
        ErrorKind::Unavailable if answer.status != 408 => {
            let why = "the server failed, perhaps after it had taken the file";
            answer.error(ErrorKind::OutcomeUnknown, why)
        }
        // Neither a yes nor a no: 101 and the like.
        ErrorKind::UnexpectedStatus if answer.status < 200 => {
            answer.error(ErrorKind::OutcomeUnknown, "the server said neither yes nor no")
        }
        _ => error,
    }
}
