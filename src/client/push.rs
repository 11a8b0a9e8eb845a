//! A push: validate the records, wait for the place in the push sequence, acquire permits, read
//! what is live, apply the deletion guard, send, and judge the response. One retry loop around it.

use std::collections::BTreeSet;

use super::call::{Attempt, Sent, Verb};
use super::deletion_guard::{self, Loss};
use super::options::PushOptions;
use super::outcomes::{self, Begun};
use super::remote::Remote;
use super::sequence::Place;
use super::{ANSWER_CAP, Client, classify};
use crate::body::{Body, Level, Rule};
use crate::clock::{ClockInstant, Deadline};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::http::{Content, Method};
use crate::receipt::{Proof, Receipt};
use crate::resource::Kind;
use crate::retry::{self, Idempotency};

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
        pushed.map_err(|error| error.in_operation(format!("pushing {kind}")))
    }

    fn guarded_push(&self, kind: &Kind, body: &Body, options: &PushOptions) -> Result<Receipt> {
        let deadline = self.start();
        // A callback would wait for the push that called it.
        self.outside_callbacks()?;
        let place = Place::take(self.resource(kind, body));
        self.audit_ready()?;
        let warnings = Self::validate(kind, body, options)?;
        let mut push = Push {
            client: self,
            kind,
            body,
            options,
            deadline: &deadline,
            place: &place,
            is_guarded: deletion_guard::looks(&self.shared.application, kind, body, options)?,
            components: options.live_components.as_deref(),
            warnings,
            removed: None,
            members: body.members(),
            begun: None,
        };
        place.wait(&deadline)?;
        let pushed =
            retry::run(&deadline, &self.shared.events, Idempotency::Idempotent, || push.once());
        match pushed {
            Ok(receipt) => {
                place.accepted(ClockInstant::now(&*self.shared.clock), body.len());
                let (removed, warnings) = (push.removed, push.warnings);
                let warning_count = warnings.len();
                let mut receipt = Receipt { removed, warning_count, warnings, ..receipt };
                self.recorded(&mut receipt, &push.members, None);
                Ok(receipt)
            }
            Err(error) => Err(push.failed(self.ended(error, &deadline))),
        }
    }

    /// The resource of a push with its application, as the push sequence knows it.
    fn resource(&self, kind: &Kind, body: &Body) -> String {
        format!("{} {kind} {}", self.shared.application, body.resource_id())
    }

    /// Validates every record, and returns the warnings.
    pub(super) fn check(
        &self,
        kind: &Kind,
        body: &Body,
        options: &PushOptions,
        deadline: &Deadline,
    ) -> Result<Vec<Fault>> {
        let warnings = Self::validate(kind, body, options)?;
        let Some(resource_id) = &options.live_components else { return Ok(warnings) };
        let components = self.live(&Kind::VULNERABLE_COMPONENT, resource_id, deadline);
        validate_references(kind, body, options, &components.map_err(about_components)?)
    }

    /// Validates what can be validated without a request. References to components can be when all
    /// components are known.
    fn validate(kind: &Kind, body: &Body, options: &PushOptions) -> Result<Vec<Fault>> {
        if !options.allow_empty {
            body.refuse_empty()?;
        }
        let checks = match options.live_components {
            Some(_) => &options.checks.clone().level(Rule::UnknownComponent, Level::Off),
            None => &options.checks,
        };
        deletion_guard::check(body.check(kind, checks)?)
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

/// A push that has its place in the sequence, and what is known of it so far.
struct Push<'a> {
    client: &'a Client,
    kind: &'a Kind,
    body: &'a Body,
    options: &'a PushOptions,
    deadline: &'a Deadline,
    place: &'a Place,
    /// Whether the deletion guard reads what is live.
    is_guarded: bool,
    /// The resource whose components the records refer to, until that was validated.
    components: Option<&'a str>,
    warnings: Vec<Fault>,
    removed: Option<usize>,
    /// The members that the records set.
    members: BTreeSet<String>,
    /// Set once the request may have been sent.
    begun: Option<Begun>,
}

impl Push<'_> {
    /// One attempt: permits, reads, deletion guard, PUT, receipt. The reads are made before each
    /// PUT: much can have happened since the last one, and most of all by others.
    fn once(&mut self) -> Result<Receipt> {
        let (kind, body) = (self.kind, self.body);
        let requests = 1 + u32::from(self.is_guarded) + u32::from(self.components.is_some());
        let mut attempt = self.client.attempt(requests, self.deadline)?;
        if let Some(resource_id) = self.components {
            let read = self.read(&mut attempt, &Kind::VULNERABLE_COMPONENT, resource_id);
            let components = read.map_err(about_components)?;
            self.warnings = validate_references(kind, body, self.options, &components)?;
            self.components = None;
        }
        if self.is_guarded {
            let live = self.read_live(&mut attempt)?;
            let removed = self.guard(&live)?;
            // What an earlier attempt may have removed is gone by now.
            self.removed = self.removed.max(Some(removed));
        }
        self.begin();
        let (answer, sent) = attempt.request(&self.put())?;
        classify::pushed(&answer, body)?;
        let (status, id) = (answer.status, answer.request_id());
        Ok(self.client.receipt(Proof::Pushed, kind, body, (status, id), sent))
    }

    /// Notes that the outcome is unknown, before anything is sent: a progress handler may panic.
    fn begin(&mut self) {
        let (application, resource_id) = (&self.client.shared.application, self.body.resource_id());
        let begin = || outcomes::begin(application, self.kind, resource_id, &self.members);
        self.begun.get_or_insert_with(begin);
    }

    /// Notes the outcome of a push that failed. One that may have taken effect is written into the
    /// audit file.
    fn failed(self, error: Error) -> Error {
        if error.kind() == ErrorKind::OutcomeUnknown {
            let answer = (error.status().unwrap_or_default(), error.request_id());
            let sent = Sent { attempts: error.attempts(), generation: 0 };
            let Push { client, kind, body, .. } = self;
            let mut receipt = client.receipt(Proof::Unknown, kind, body, answer, sent);
            client.recorded(&mut receipt, &self.members, None);
        } else if let Some(begun) = self.begun {
            begun.withdraw();
        }
        error
    }

    fn put(&self) -> Verb<'_> {
        Verb {
            method: Method::Put,
            path: format!("/v1/resources/{}", self.kind),
            content: Some(Content::Json(self.body.as_bytes())),
            records: self.body.len(),
            twice: Idempotency::Idempotent,
            cap: ANSWER_CAP,
        }
    }

    fn read(&self, attempt: &mut Attempt<'_>, kind: &Kind, resource_id: &str) -> Result<Remote> {
        let request = self.client.list_request(kind, resource_id)?;
        Remote::read(attempt.request(&request)?.0, self.deadline)
    }

    /// Reads what is live, for the deletion guard.
    fn read_live(&self, attempt: &mut Attempt<'_>) -> Result<Remote> {
        let request = self.client.list_request(self.kind, self.body.resource_id())?;
        let response = attempt.request(&request);
        let (response, _) = response.map_err(|error| deletion_guard::unread(error, false))?;
        let is_forbidden = classify::is_forbidden(&response);
        let live = Remote::read(response, self.deadline);
        live.map_err(|error| deletion_guard::unread(error, is_forbidden))
    }

    /// Refuses what would remove too much. Returns how many live records would be removed.
    fn guard(&self, live: &Remote) -> Result<usize> {
        let (body, options) = (self.body, self.options);
        let loss = Loss::of(live, body);
        loss.allow(options, body.len())?;
        // A list that does not show our own push of a moment ago is late.
        let lately = self.place.lately(ClockInstant::now(&*self.client.shared.clock));
        let lately = lately.filter(|records| *records > live.count());
        lately.map_or(Ok(()), |records| Loss::since(records, body).allow(options, body.len()))?;
        Ok(loss.removed)
    }
}

fn validate_references(
    kind: &Kind,
    body: &Body,
    options: &PushOptions,
    components: &Remote,
) -> Result<Vec<Fault>> {
    deletion_guard::check(body.check(kind, &options.checks.clone().components(components.ids()))?)
}

fn about_components(error: Error) -> Error {
    error.about("reading the live components")
}
