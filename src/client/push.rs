//! A push: checked and guarded before it leaves, believed only when the server clearly said yes.

use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::call::{Sent, Verb};
use super::guard::{self, Loss};
use super::live::Live;
use super::options::{PushOptions, Removals};
use super::{ANSWER_CAP, Client, judge};
use crate::body::{Body, Checks, Level, Rule};
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::event::Event;
use crate::http::{Answer, Content, Method};
use crate::receipt::{Audit, Proof, Receipt, hex};
use crate::resource::Kind;
use crate::retry::Twice;
use crate::schema::rfc3339;

impl Client {
    /// Replaces everything Vanta holds of `kind` for the body's resource with the body's records.
    ///
    /// Before anything is sent, every record is checked, and what is live is read: an empty set is
    /// refused, and so is a push that would remove more than half of three or more live records.
    /// [`push_with`](Client::push_with) takes [`PushOptions`] for another measure.
    ///
    /// `Ok` means that Vanta clearly said yes. An error of kind
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) means that it may or may not have
    /// happened: [`verify`](Client::verify) settles it, and pushing the same again does no harm.
    /// With any other error, nothing was changed.
    pub fn push(&self, kind: &Kind, body: &Body) -> Result<Receipt> {
        self.push_with(kind, body, &PushOptions::new())
    }

    /// As [`push`](Client::push), by rules of your own.
    pub fn push_with(&self, kind: &Kind, body: &Body, options: &PushOptions) -> Result<Receipt> {
        let pushed = self.guarded_push(kind, body, options);
        pushed.map_err(|error| error.doing(format!("pushing {kind}")))
    }

    fn guarded_push(&self, kind: &Kind, body: &Body, options: &PushOptions) -> Result<Receipt> {
        let deadline = self.start();
        let turn = self.shared.turns.take(format!("{kind} {}", body.resource_id()));
        self.audit_ready()?;
        let warnings = self.check(kind, body, options, &deadline)?;
        let removed = self.guard(kind, body, options, &deadline)?;
        let verb = Verb {
            method: Method::Put,
            path: format!("/v1/resources/{kind}"),
            content: Some(Content::Json(body.as_bytes())),
            records: body.len(),
            twice: Twice::Harmless,
            cap: ANSWER_CAP,
            turn: Some(&turn),
        };
        let receipt = self.call(&verb, &deadline, |answer, sent| {
            judge(&answer, body)?;
            let (status, id) = (answer.status, answer.request_id());
            Ok(self.receipt(Proof::Pushed, kind, body, (status, id), sent))
        })?;
        turn.accepted();
        Ok(self.audited(Receipt { removed, warnings, ..receipt }))
    }

    /// Looks at every record; what is worth a warning only is given back.
    pub(super) fn check(
        &self,
        kind: &Kind,
        body: &Body,
        options: &PushOptions,
        deadline: &Deadline,
    ) -> Result<Vec<Fault>> {
        if !options.allow_empty {
            body.refuse_empty()?;
        }
        let check = |checks: &Checks| guard::check(body.check(kind, checks)?);
        let Some(resource_id) = &options.live_components else { return check(&options.checks) };
        // References can be judged when all components are known, and the rest before that.
        check(&options.checks.clone().level(Rule::UnknownComponent, Level::Off))?;
        let read = self.live(&Kind::VULNERABLE_COMPONENT, resource_id, deadline);
        let components = read.map_err(|error| error.about("reading the live components"))?;
        check(&options.checks.clone().components(components.ids()))
    }

    /// Refuses what would take too much away; tells how many live records go, where it has looked.
    fn guard(
        &self,
        kind: &Kind,
        body: &Body,
        options: &PushOptions,
        deadline: &Deadline,
    ) -> Result<Option<usize>> {
        if let Some(loss) = guard::by_baseline(kind, body, options)? {
            return loss.allow(options, body.len()).map(|()| None);
        }
        if matches!(options.removals, Removals::Any) {
            return Ok(None);
        }
        let live = self.live(kind, body.resource_id(), deadline).map_err(guard::blind)?;
        let loss = Loss::of(&live, body);
        loss.allow(options, body.len())?;
        Ok(Some(loss.removed))
    }

    /// Reads what is live.
    pub(super) fn live(&self, kind: &Kind, resource_id: &str, deadline: &Deadline) -> Result<Live> {
        self.read(kind, resource_id, deadline, |answer, _| Live::judge(answer))
    }

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
        let Some(audit) = &self.shared.audit else { return receipt };
        match audit.append(&receipt) {
            Ok(()) => receipt.audited = true,
            Err(error) => {
                self.shared.events.tell(Event::AuditFailed { words: error.to_string() });
            }
        }
        receipt
    }
}

fn judge(answer: &Answer, body: &Body) -> Result<()> {
    if !answer.is_success() {
        return Err(refusal(answer, body));
    }
    if !is_clear_yes(answer, body.len()) {
        let why = "the answer does not say that the push succeeded";
        return Err(answer.error(ErrorKind::OutcomeUnknown, why));
    }
    Ok(())
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
