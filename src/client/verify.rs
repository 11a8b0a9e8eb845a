//! Reads back the remote state, and decides whether it is what was pushed.

use std::collections::HashMap;
use std::time::Duration;

use super::handle::Client;
use super::plan::ChangePlan;
use super::receipts::Known;
use crate::body::Body;
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Result, Stage, Violation, many, shorten};
use crate::receipt::{NotComparable, Receipt, ReceiptKind, listed};
use crate::resource::Kind;
use crate::retry;

/// Whether a list shows a push at once is not known: how long to wait before it is read again.
const LAGS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// More violations than these are not listed.
const MOST_NAMED: usize = 100_000;

impl Client {
    /// Reads back the live records, and compares them with a body: every record of the body must be
    /// live, with the same members, and no other. Rows that are soft-deleted do not count.
    /// Reads up to three times within some seconds, since Vanta may show a push late.
    ///
    /// Settles what became of a push whose outcome is unknown. An error of kind
    /// [`NotVerified`](crate::ErrorKind::NotVerified) names each record that is missing, too many
    /// or different. What Vanta writes in another way is the same: severities count to one decimal,
    /// timestamps are moments, and a null is nothing.
    ///
    /// A member that the service returns on no row cannot be compared: whether it does so for
    /// custom properties is not documented. The receipt lists such members in
    /// [`not_comparable`](Receipt::not_comparable). A receipt is given then only where the last
    /// push of the resource is known to have been accepted with the same bytes, by this process or
    /// by the audit file. Otherwise the error is `NotVerified`: reading back does not settle an
    /// unknown outcome, and the push must be repeated. The same holds for members that an earlier
    /// push may have set and the body does not set.
    ///
    /// What earlier pushes set is known from this process and, for `customProperties` of a kind
    /// whose schema has them, from the audit file. Where neither knows the resource, members that
    /// the service returns on no row and that the body does not set are taken for absent.
    ///
    /// # Errors
    ///
    /// [`NotVerified`](crate::ErrorKind::NotVerified) where the live records are not those of the
    /// body. Any other kind of configuration, network, token or response:
    /// [`Error::action`](crate::Error::action) says what to do.
    pub fn verify(&self, kind: &Kind, body: &Body) -> Result<Receipt> {
        let verified = self.verified(kind, body);
        verified.map_err(|error| error.in_operation(format!("verifying {kind}")))
    }

    fn verified(&self, kind: &Kind, body: &Body) -> Result<Receipt> {
        let deadline = self.start();
        self.audit_ready()?;
        let mut lags = LAGS.into_iter();
        loop {
            let since = self.last_outcome(kind, body.resource_id()).changes;
            let (remote, facts) = self.read_remote(kind, body.resource_id(), &deadline)?;
            let known = self.known(kind, body);
            let possibly_live = known.possibly_live(kind, body);
            let plan = ChangePlan::of(kind, body, &remote, &possibly_live, &deadline)?;
            if proves(&plan, &known) {
                let receipt = self.body_receipt(ReceiptKind::Verified, kind, body, facts);
                let mut receipt = Receipt { not_comparable: plan.not_comparable, ..receipt };
                if self.record(&mut receipt, body.members(), Some(since)) {
                    return Ok(receipt);
                }
                // The rows may be older than a push that was made meanwhile.
                continue;
            }
            let Some(lag) = lags.next().filter(|lag| fits(*lag, &deadline)) else {
                return Err(differs(&plan, body).with_attempts(facts.attempts));
            };
            deadline.sleep(lag).map_err(|reason| retry::wait_error(reason, Stage::Queue))?;
        }
    }
}

/// Whether the remote state is that of the body. Where members cannot be compared, only the
/// response to the push itself proves that they arrived.
fn proves(plan: &ChangePlan, known: &Known) -> bool {
    plan.is_empty() || (!plan.differs() && known.accepted)
}

fn fits(lag: Duration, deadline: &Deadline) -> bool {
    deadline.left().is_ok_and(|left| left > lag)
}

fn differs(plan: &ChangePlan, body: &Body) -> Error {
    let at: HashMap<&str, usize> = body.unique_ids().zip(0..).collect();
    let index = |id: &String| at.get(id.as_str()).copied();
    let missing = plan.added.iter().map(|id| (index(id), id, "", "is not live"));
    let more = plan.removed.iter().map(|id| (None, id, "", "is live, and was not pushed"));
    let other = plan.changed.iter().flat_map(|change| {
        let place = (Some(change.index), &change.unique_id);
        let differs = "the live value differs";
        change.differences.iter().map(move |d| (place.0, place.1, d.pointer.as_str(), differs))
    });
    let active = plan.deactivated.iter();
    let active = active.map(|id| (index(id), id, "/status", "is live and not deactivated"));
    let violation = |(index, id, pointer, words): (Option<usize>, &String, &str, &str)| Violation {
        index,
        unique_id: Some(shorten(id)),
        pointer: shorten(pointer),
        message: words.to_owned(),
        ..Violation::default()
    };
    let violations = missing.chain(more).chain(other).chain(active).map(violation);
    let violations = violations.chain(plan.not_comparable.iter().map(not_returned));
    let violations: Vec<Violation> = violations.collect();
    let (count, listed) = (violations.len(), violations.into_iter().take(MOST_NAMED).collect());
    let error = Error::new(ErrorKind::NotVerified, words(plan)).at(Stage::Read);
    error.with_some_violations(count, listed)
}

fn words(plan: &ChangePlan) -> String {
    let members = listed(&plan.not_comparable);
    let differences = format!(
        "{} missing, {} not pushed but live, {} different",
        many(plan.added.len(), "record"),
        many(plan.removed.len(), "record"),
        many(plan.changed.len() + plan.deactivated.len(), "record"),
    );
    match (plan.differs(), plan.not_comparable.is_empty()) {
        (true, true) => differences,
        (true, false) => format!("{differences}; not comparable are {members}"),
        (false, _) => format!(
            "the service returns {members} on no row, so reading back does not tell whether this \
             was pushed, and no accepted push of the same bytes is known; push again"
        ),
    }
}

fn not_returned(member: &NotComparable) -> Violation {
    let (pointer, message) = (shorten(&member.pointer), format!("is {}", member.reason()));
    Violation { pointer, message, ..Violation::default() }
}
