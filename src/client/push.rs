//! A push, step by step: the list in `client/mod.rs` as code.

use super::call::{Attempt, Call, RESPONSE_CAP, RequestFacts, ResourceRequest};
use super::classify;
use super::deletion_guard::{self, Deletions};
use super::handle::Client;
use super::options::PushOptions;
use super::outcomes::{self, Begun};
use super::remote::Remote;
use super::sequence::Place;
use super::validate::{about_components, validate, validate_references};
use crate::body::Body;
use crate::clock::{ClockInstant, Deadline};
use crate::error::{Error, ErrorKind, Result, Violation};
use crate::http::{Content, Method};
use crate::receipt::{Receipt, ReceiptKind};
use crate::resource::Kind;
use crate::retry::Idempotency;

impl Client {
    /// Replaces everything Vanta holds of `kind` for the body's resource with the body's records.
    ///
    /// Before anything is sent, every record is validated, and the live records are read: a push
    /// without records is refused, and so is one that would delete more than half of three or more
    /// live records. [`push_with`](Client::push_with) takes [`PushOptions`] for other limits.
    ///
    /// Pushes of one resource from one process go out one at a time, in the order of the calls. A
    /// push that waits for an earlier one does so within its own deadline.
    ///
    /// `Ok` means that Vanta clearly accepted the push. An error of kind
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) means that it may or may not have taken
    /// effect: [`verify`](Client::verify) settles it, and the same push can be repeated.
    /// With any other error, nothing was changed.
    ///
    /// # Errors
    ///
    /// [`InvalidRecords`](crate::ErrorKind::InvalidRecords),
    /// [`EmptyPayload`](crate::ErrorKind::EmptyPayload) and
    /// [`TooManyRemovals`](crate::ErrorKind::TooManyRemovals) where the library refuses the push,
    /// [`RecordsRejected`](crate::ErrorKind::RecordsRejected) where Vanta does, and
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) where it may or may not have taken
    /// effect. Any other kind of configuration, network, token or response:
    /// [`Error::action`](crate::Error::action) says what to do.
    pub fn push(&self, kind: &Kind, body: &Body) -> Result<Receipt> {
        self.push_with(kind, body, &PushOptions::new())
    }

    /// Does the same as [`push`](Client::push), with options.
    ///
    /// # Errors
    ///
    /// As [`push`](Client::push).
    pub fn push_with(&self, kind: &Kind, body: &Body, options: &PushOptions) -> Result<Receipt> {
        let pushed = self.push_in_sequence(kind, body, options);
        pushed.map_err(|error| error.in_operation(format!("pushing {kind}")))
    }

    fn push_in_sequence(&self, kind: &Kind, body: &Body, options: &PushOptions) -> Result<Receipt> {
        let deadline = self.start();
        let mut call = Call::begin(self, &deadline, Idempotency::Idempotent)?;
        // Pushes go out in the order of the calls, however long each of them validates.
        let place = Place::take(self.shared.application.key(kind, body.resource_id()));
        self.audit_ready()?;
        let warnings = validate(kind, body, options)?;
        let application = &self.shared.application;
        let mut push = Push {
            client: self,
            kind,
            body,
            options,
            deadline: &deadline,
            place,
            is_guarded: deletion_guard::needs_remote(application, kind, body, options)?,
            components: options.live_components.as_deref(),
            warnings,
            removed: None,
            begun: None,
        };
        push.place.wait(&deadline)?;
        loop {
            let ended = push.attempt(&call);
            match call.end(ended) {
                Ok(None) => {}
                Ok(Some(Ended::Accepted(facts))) => return Ok(push.accepted(facts)),
                Ok(Some(Ended::Unchanged(facts))) => return Ok(push.unchanged(facts)),
                Err(error) => return Err(push.failed(error)),
            }
        }
    }
}

/// How an attempt ends that does not fail.
enum Ended {
    Accepted(RequestFacts),
    /// Nothing was sent, since the list of this request shows the records of the body.
    Unchanged(RequestFacts),
}

/// A push that has its place in the sequence, and what is known of it so far.
struct Push<'a> {
    client: &'a Client,
    kind: &'a Kind,
    body: &'a Body,
    options: &'a PushOptions,
    deadline: &'a Deadline,
    place: Place,
    /// Whether the deletion guard needs the remote state.
    is_guarded: bool,
    /// The resource whose components the records refer to, until the references are validated.
    components: Option<&'a str>,
    warnings: Vec<Violation>,
    removed: Option<usize>,
    /// Set once the request may have been sent.
    begun: Option<Begun>,
}

impl Push<'_> {
    /// Makes one attempt. The remote state is read before each PUT: much can have happened since
    /// the last one, and most of all by others.
    fn attempt(&mut self, call: &Call<'_>) -> Result<Ended> {
        let compares = self.compares();
        let reads = self.is_guarded || compares;
        let requests = 1 + u32::from(reads) + u32::from(self.components.is_some());
        let mut attempt = call.attempt(requests)?;
        if let Some(resource_id) = self.components {
            self.validate_references(resource_id, &mut attempt)?;
        }
        if reads {
            let (remote, facts) = self.read_remote(compares, &mut attempt)?;
            self.apply_deletion_guard(&remote)?;
            if compares && self.is_unchanged(&remote)? {
                return Ok(Ended::Unchanged(facts));
            }
        }
        self.begin();
        let (response, facts) = attempt.send(&self.put())?;
        classify::pushed(&response, self.body)?;
        Ok(Ended::Accepted(facts))
    }

    /// Whether the push is left out where the remote state is that of the body. A list may not show
    /// an earlier push yet, nor an earlier attempt of this one.
    fn compares(&self) -> bool {
        let last = || self.client.last_outcome(self.kind, self.body.resource_id());
        let is_recent = || last().is_recent(ClockInstant::now(&*self.client.shared.clock));
        self.options.only_if_changed && self.begun.is_none() && !is_recent()
    }

    fn is_unchanged(&self, remote: &Remote) -> Result<bool> {
        let changes = self.client.changes(self.kind, self.body, remote, self.deadline)?;
        Ok(changes.is_empty())
    }

    fn validate_references(&mut self, resource_id: &str, attempt: &mut Attempt<'_>) -> Result<()> {
        let request = self.client.list_request(&Kind::VULNERABLE_COMPONENT, resource_id);
        let response = request.and_then(|request| attempt.send(&request));
        let read = response.and_then(|(response, _)| Remote::read(response, self.deadline));
        let components = read.map_err(about_components)?;
        self.warnings = validate_references(self.kind, self.body, self.options, &components)?;
        self.components = None;
        Ok(())
    }

    /// Refuses a push that would delete too many live records.
    fn apply_deletion_guard(&mut self, remote: &Remote) -> Result<()> {
        if !self.is_guarded {
            return Ok(());
        }
        let deletions = Deletions::of(remote, self.body);
        deletions.check(self.options)?;
        // A list that does not show our own push of a moment ago is late.
        let now = ClockInstant::now(&*self.client.shared.clock);
        let recent = self.place.accepted_recently(now);
        if let Some(live) = recent.filter(|live| *live > remote.count()) {
            Deletions::at_least(live, self.body).check(self.options)?;
        }
        // What an earlier attempt may have removed is gone by now.
        self.removed = self.removed.max(Some(deletions.deleted()));
        Ok(())
    }

    fn read_remote(
        &self,
        compares: bool,
        attempt: &mut Attempt<'_>,
    ) -> Result<(Remote, RequestFacts)> {
        let unread = |error, is_forbidden| deletion_guard::unread(error, is_forbidden, compares);
        let request = self.client.list_request(self.kind, self.body.resource_id())?;
        let (response, facts) = attempt.send(&request).map_err(|error| unread(error, false))?;
        let is_forbidden = classify::is_forbidden(&response);
        let remote = Remote::read(response, self.deadline);
        remote.map(|remote| (remote, facts)).map_err(|error| unread(error, is_forbidden))
    }

    /// Notes that the outcome is unknown, before anything is sent: a progress handler may panic.
    fn begin(&mut self) {
        let (application, resource_id) = (&self.client.shared.application, self.body.resource_id());
        let now = ClockInstant::now(&*self.client.shared.clock);
        let members = self.body.members();
        let begin = || outcomes::begin(application, self.kind, resource_id, members, now);
        self.begun.get_or_insert_with(begin);
    }

    fn put(&self) -> ResourceRequest<'_> {
        ResourceRequest {
            method: Method::Put,
            path: format!("/v1/resources/{}", self.kind),
            content: Some(Content::Json(self.body.as_bytes())),
            records: self.body.record_count(),
            cap: RESPONSE_CAP,
        }
    }

    /// Notes that Vanta accepted the push, and writes the receipt.
    fn accepted(self, facts: RequestFacts) -> Receipt {
        let client = self.client;
        self.place.accepted(ClockInstant::now(&*client.shared.clock), self.body.record_count());
        let receipt = client.body_receipt(ReceiptKind::Pushed, self.kind, self.body, facts);
        let (removed, warning_count) = (self.removed, self.warnings.len());
        let mut receipt = Receipt { removed, warning_count, warnings: self.warnings, ..receipt };
        client.record(&mut receipt, self.body.members(), None);
        receipt
    }

    /// Writes the receipt of a push that was not sent. It is no outcome.
    fn unchanged(self, facts: RequestFacts) -> Receipt {
        let client = self.client;
        let receipt = client.body_receipt(ReceiptKind::Unchanged, self.kind, self.body, facts);
        let (removed, warning_count) = (Some(0), self.warnings.len());
        let mut receipt = Receipt { removed, warning_count, warnings: self.warnings, ..receipt };
        client.write(&mut receipt);
        receipt
    }

    /// Notes the outcome of a push that failed. One that may have taken effect is written into the
    /// audit file.
    fn failed(self, error: Error) -> Error {
        if error.kind() == ErrorKind::OutcomeUnknown {
            let facts = RequestFacts::of_error(&error);
            let receipt =
                self.client.body_receipt(ReceiptKind::Unknown, self.kind, self.body, facts);
            self.client.record(&mut { receipt }, self.body.members(), None);
            return error.with_advice("verify the push, or run the same push again");
        } else if let Some(begun) = self.begun {
            begun.withdraw();
        }
        error
    }
}
