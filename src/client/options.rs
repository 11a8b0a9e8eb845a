//! What a push may do, beyond the careful default.

use std::path::Path;

use crate::body::Checks;
use crate::error::{Error, ErrorKind, Result};
use crate::receipt::{Proof, Receipt};
use crate::resource::Kind;

/// How a push is checked and guarded. The default: every record by its kind's schema, no empty set,
/// and no push that removes more than half of three or more live records.
///
/// ```
/// use vanta::{Checks, Level, PushOptions, Rule};
/// let checks = Checks::new().level(Rule::HttpsUrl, Level::Error);
/// let options = PushOptions::new().checks(checks).expect_removals(40);
/// ```
#[derive(Clone, Debug, Default)]
pub struct PushOptions {
    pub(super) checks: Checks,
    pub(super) allow_empty: bool,
    pub(super) removals: Removals,
    pub(super) baseline: Option<Baseline>,
    pub(super) live_components: Option<String>,
}

/// How many live records may go.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Removals {
    /// Half of them, or all of very few.
    #[default]
    Half,
    AtMost(usize),
    Any,
}

/// What was live after an earlier push.
#[derive(Clone, Debug)]
pub(super) struct Baseline {
    kind: Kind,
    resource_id: String,
    proof: Proof,
    pub(super) records: usize,
}

impl PushOptions {
    /// The careful default.
    pub fn new() -> PushOptions {
        PushOptions::default()
    }

    /// By what the records are checked.
    pub fn checks(self, checks: Checks) -> PushOptions {
        PushOptions { checks, ..self }
    }

    /// Lets an empty set pass. What it would remove is still guarded.
    pub fn allow_empty(self) -> PushOptions {
        PushOptions { allow_empty: true, ..self }
    }

    /// So many live records may go, and not one more.
    pub fn expect_removals(self, most: usize) -> PushOptions {
        PushOptions { removals: Removals::AtMost(most), ..self }
    }

    /// Switches the guard of what is live off: nothing is read before the push, and whatever it
    /// leaves out goes.
    pub fn allow_any_removals(self) -> PushOptions {
        PushOptions { removals: Removals::Any, ..self }
    }

    /// Takes the receipt of the last good push for what is live, and reads nothing: for a token
    /// that may not read. Only the numbers of records can be compared then.
    pub fn baseline(self, receipt: &Receipt) -> PushOptions {
        let baseline = Baseline {
            kind: receipt.kind.clone(),
            resource_id: receipt.resource_id.clone(),
            proof: receipt.proof,
            records: receipt.records,
        };
        PushOptions { baseline: Some(baseline), ..self }
    }

    /// The same, with what an audit file last says of the resource, pushed or verified.
    pub fn baseline_from_audit(
        self,
        path: impl AsRef<Path>,
        kind: &Kind,
        resource_id: &str,
    ) -> Result<PushOptions> {
        let path = path.as_ref();
        match Receipt::last_live(path, kind, resource_id)? {
            Some(receipt) => Ok(self.baseline(&receipt)),
            None => {
                let words = format!("{} has no push of {kind} {resource_id}", path.display());
                Err(Error::new(ErrorKind::InvalidArgument, words))
            }
        }
    }

    /// Reads the live components of a resource before vulnerabilities that name them are pushed:
    /// [`Rule::UnknownComponent`](crate::Rule::UnknownComponent) tells what names none of them.
    pub fn live_components(self, resource_id: impl Into<String>) -> PushOptions {
        PushOptions { live_components: Some(resource_id.into()), ..self }
    }
}

impl Baseline {
    pub(super) fn check(&self, kind: &Kind, resource_id: &str) -> Result<()> {
        if !matches!(self.proof, Proof::Pushed | Proof::Verified) {
            let words = "the baseline is a receipt that does not say what is live";
            return Err(Error::new(ErrorKind::InvalidArgument, words));
        }
        if self.kind == *kind && self.resource_id == resource_id {
            return Ok(());
        }
        let words = format!(
            "the baseline is a receipt of {} {}, and the push is of {kind} {resource_id}",
            self.kind, self.resource_id
        );
        Err(Error::new(ErrorKind::InvalidArgument, words))
    }
}
