//! A push: checked and guarded before it leaves, believed only when the server clearly said yes.

use std::cell::Cell;

use super::call::{Sent, Verb};
use super::deletion_guard::{self, Loss};
use super::options::PushOptions;
use super::remote::Remote;
use super::sequence::Place;
use super::{ANSWER_CAP, Client, classify};
use crate::body::{Body, Checks, Level, Rule};
use crate::clock::{Deadline, Moment};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::http::{Content, Method};
use crate::receipt::{Proof, Receipt};
use crate::resource::Kind;
use crate::retry::Twice;

impl Client {
    /// Replaces everything Vanta holds of `kind` for the body's resource with the body's records.
    ///
    /// Before anything is sent, every record is checked, and what is live is read: an empty set is
    /// refused, and so is a push that would remove more than half of three or more live records.
    /// [`push_with`](Client::push_with) takes [`PushOptions`] for another measure.
    ///
    /// Pushes of one resource from one process go out one at a time, in the order of the calls. A
    /// push that waits for an earlier one does so within its own deadline.
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
        // A callback would wait for the push that called it.
        self.outside_callbacks()?;
        let place = Place::take(self.resource(kind, body));
        self.audit_ready()?;
        let warnings = self.check(kind, body, options, &deadline)?;
        let looks = deletion_guard::looks(&self.shared.application, kind, body, options)?;
        place.wait(&deadline)?;
        let removed = Cell::new(None);
        // Also before a resend: much can have happened since, and most of all by others.
        let before = || {
            let lately = place.lately(Moment::now(&*self.shared.clock));
            let now = self.guard(kind, body, options, lately, &deadline)?;
            // What an earlier attempt may have removed is gone by now.
            removed.set(now.max(removed.get()));
            Ok(())
        };
        let verb = Verb {
            method: Method::Put,
            path: format!("/v1/resources/{kind}"),
            content: Some(Content::Json(body.as_bytes())),
            records: body.len(),
            twice: Twice::Harmless,
            cap: ANSWER_CAP,
            before: looks.then_some(&before),
        };
        let pushed = self.call(&verb, &deadline, |answer, sent| {
            classify::pushed(&answer, body)?;
            let (status, id) = (answer.status, answer.request_id());
            Ok(self.receipt(Proof::Pushed, kind, body, (status, id), sent))
        });
        match pushed {
            Ok(receipt) => {
                place.accepted(Moment::now(&*self.shared.clock), body.len());
                Ok(self.audited(Receipt {
                    removed: removed.get(),
                    warning_count: warnings.len(),
                    warnings,
                    ..receipt
                }))
            }
            Err(error) => Err(self.unproved(error, kind, body)),
        }
    }

    /// The resource of a push with its application, as the push sequence knows it.
    fn resource(&self, kind: &Kind, body: &Body) -> String {
        format!("{} {kind} {}", self.shared.application, body.resource_id())
    }

    /// Writes a push that may have taken effect into the audit file.
    fn unproved(&self, error: Error, kind: &Kind, body: &Body) -> Error {
        if error.kind() == ErrorKind::OutcomeUnknown {
            let answer = (error.status().unwrap_or_default(), error.request_id());
            let sent = Sent { attempts: error.attempts(), generation: 0 };
            self.audited(self.receipt(Proof::Unknown, kind, body, answer, sent));
        }
        error
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
        let check = |checks: &Checks| deletion_guard::check(body.check(kind, checks)?);
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
        lately: Option<usize>,
        deadline: &Deadline,
    ) -> Result<Option<usize>> {
        let live = self.live(kind, body.resource_id(), deadline).map_err(deletion_guard::unread)?;
        let loss = Loss::of(&live, body);
        loss.allow(options, body.len())?;
        // A list that does not show our own push of a moment ago is late.
        let lately = lately.filter(|records| *records > live.count());
        lately.map_or(Ok(()), |records| Loss::since(records, body).allow(options, body.len()))?;
        Ok(Some(loss.removed))
    }

    /// Reads what is live.
    pub(super) fn live(
        &self,
        kind: &Kind,
        resource_id: &str,
        deadline: &Deadline,
    ) -> Result<Remote> {
        self.read(kind, resource_id, deadline, |answer, _| Remote::read(answer, deadline))
    }
}
