//! Reads back what is live, and says whether it is what was pushed.

use std::collections::HashMap;
use std::time::Duration;

use super::Client;
use super::live::Live;
use super::plan::Plan;
use crate::body::Body;
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Fault, Result, Step, many};
use crate::receipt::{Proof, Receipt};
use crate::resource::Kind;
use crate::retry;

/// Whether a list shows a push at once is not known: pauses before looking again.
const LAGS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// More of them would tell no more of what went wrong.
const MOST_NAMED: usize = 100_000;

impl Client {
    /// Reads back what is live, and compares it with a body: every record of the body must be
    /// there, with what the body says of it, and no other. Rows that are soft-deleted do not count.
    /// Looks three times within some seconds, should Vanta show a push late.
    ///
    /// Settles what became of a push whose outcome is unknown. An error of kind
    /// [`NotVerified`](crate::ErrorKind::NotVerified) names each record that is missing, too many
    /// or different. What Vanta writes in another way is the same: severities count to one decimal,
    /// timestamps are moments, a null is nothing, and custom properties that do not come back at
    /// all are not compared.
    pub fn verify(&self, kind: &Kind, body: &Body) -> Result<Receipt> {
        let verified = self.verified(kind, body);
        verified.map_err(|error| error.doing(format!("verifying {kind}")))
    }

    fn verified(&self, kind: &Kind, body: &Body) -> Result<Receipt> {
        let deadline = self.start();
        self.audit_ready()?;
        let mut lags = LAGS.into_iter();
        loop {
            let (live, sent) = self.read(kind, body.resource_id(), &deadline, |answer, sent| {
                Ok((Live::judge(answer)?, sent))
            })?;
            let plan = Plan::of(kind, body, &live);
            if plan.is_empty() && live.twice.is_empty() {
                let answer = (live.status, live.request_id.as_deref());
                let receipt = self.receipt(Proof::Verified, kind, body, answer, sent);
                return Ok(self.audited(receipt));
            }
            let Some(lag) = lags.next().filter(|lag| fits(*lag, &deadline)) else {
                return Err(differs(&plan, &live.twice, body).with_attempts(sent.attempts));
            };
            deadline.sleep(lag).map_err(|lapse| retry::lapsed(lapse, Step::Queue))?;
        }
    }
}

fn fits(lag: Duration, deadline: &Deadline) -> bool {
    deadline.left().is_ok_and(|left| left > lag)
}

fn differs(plan: &Plan, twice: &[String], body: &Body) -> Error {
    let words = format!(
        "{} missing, {} not pushed but live, {} different{}",
        many(plan.added.len(), "record"),
        many(plan.removed.len(), "record"),
        many(plan.changed.len(), "record"),
        if twice.is_empty() { "" } else { ", and some live twice" },
    );
    let at: HashMap<&str, usize> = body.unique_ids().zip(0..).collect();
    let index = |id: &String| at.get(id.as_str()).copied();
    let missing = plan.added.iter().map(|id| (index(id), id, "", "is not live"));
    let more = plan.removed.iter().map(|id| (None, id, "", "is live, and was not pushed"));
    let other = plan.changed.iter().flat_map(|change| {
        let place = (Some(change.index), &change.unique_id);
        let differs = "what is live is another value";
        change.differences.iter().map(move |d| (place.0, place.1, d.pointer.as_str(), differs))
    });
    let fault = |(index, id, pointer, words): (Option<usize>, &String, &str, &str)| Fault {
        index,
        unique_id: Some(id.clone()),
        pointer: pointer.to_owned(),
        message: words.to_owned(),
    };
    let twins = twice.iter().map(|id| (index(id), id, "", "is live more than once"));
    let told = missing.chain(more).chain(other).chain(twins).take(MOST_NAMED);
    let faults = told.map(fault).collect();
    Error::new(ErrorKind::NotVerified, words).at(Step::Read).with_faults(faults)
}
