//! The options of a push.

use std::path::Path;
use std::sync::Arc;

use crate::body::ValidationOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::receipt::{Application, History, Receipt, UNNAMED};
use crate::resource::Kind;

/// How a push is validated, and what it may delete. The default: every record is validated by its
/// kind's schema, and a push without records is refused, and one that deletes more than half of
/// three or more live records.
///
/// ```
/// use vanta::{ValidationOptions, Level, PushOptions, Rule};
/// let validation = ValidationOptions::new().level(Rule::HttpsUrl, Level::Error);
/// let options = PushOptions::new().validation(validation).expect_removals(40);
/// ```
#[must_use = "each method returns it anew"]
#[derive(Clone, Debug, Default)]
pub struct PushOptions {
    pub(super) validation: ValidationOptions,
    pub(super) allow_empty: bool,
    pub(super) removals: Removals,
    pub(super) baseline: Option<Baseline>,
    pub(super) live_components: Option<String>,
    pub(super) only_if_changed: bool,
}

/// How many live records a push may delete.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Removals {
    /// Half of them, or all of very few.
    #[default]
    Half,
    AtMost(usize),
    Any,
}

/// The receipt of an earlier push, which has the number of live records.
#[derive(Clone, Debug)]
pub(super) enum Baseline {
    Receipt(Box<Receipt>),
    /// The receipts of an audit file, of one or more applications.
    Audit(Arc<History>),
}

impl PushOptions {
    /// Returns the default options.
    pub fn new() -> PushOptions {
        PushOptions::default()
    }

    /// Sets the rules that the records are validated by.
    pub fn validation(self, validation: ValidationOptions) -> PushOptions {
        PushOptions { validation, ..self }
    }

    /// Allows a push without records. The deletion guard still applies.
    pub fn allow_empty(self, allow: bool) -> PushOptions {
        PushOptions { allow_empty: allow, ..self }
    }

    /// Allows a push to delete at most `most` live records.
    pub fn expect_removals(self, most: usize) -> PushOptions {
        PushOptions { removals: Removals::AtMost(most), ..self }
    }

    /// Sets whether the deletion guard is off: then nothing is read before the push, and every live
    /// record that is not in the body is deleted. `false` keeps what
    /// [`expect_removals`](PushOptions::expect_removals) allows.
    pub fn allow_any_removals(self, allow: bool) -> PushOptions {
        let removals = match (allow, self.removals) {
            (true, _) => Removals::Any,
            (false, Removals::Any) => Removals::default(),
            (false, limited) => limited,
        };
        PushOptions { removals, ..self }
    }

    /// Compares the number of records with this receipt instead of reading the live records. Use it
    /// when the token has no read scope.
    ///
    /// The receipt must be of a push or verify of the same origin, application, kind and resource;
    /// otherwise the push fails with [`InvalidArgument`](crate::ErrorKind::InvalidArgument) and
    /// sends nothing. With a static token the application is not known: then only a receipt of a
    /// client with a static token is accepted.
    pub fn baseline(self, receipt: &Receipt) -> PushOptions {
        let baseline = Baseline::Receipt(Box::new(receipt.clone()));
        PushOptions { baseline: Some(baseline), ..self }
    }

    /// Uses as the baseline the newest receipt of the resource in an audit file, of a push or
    /// verify.
    ///
    /// Receipts of other applications are ignored. The push fails where the file has none of its
    /// own application, or where the outcome of the last push is unknown.
    ///
    /// # Errors
    ///
    /// [`UnreadableFile`](ErrorKind::UnreadableFile) where the file cannot be read,
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) where it has no receipt to use.
    pub fn baseline_from_audit(
        self,
        path: impl AsRef<Path>,
        kind: &Kind,
        resource_id: &str,
    ) -> Result<PushOptions> {
        let history = History::read(path.as_ref(), kind, resource_id)?;
        history.check()?;
        Ok(PushOptions { baseline: Some(Baseline::Audit(Arc::new(history))), ..self })
    }

    /// Sets whether a push is sent only if the remote state is not that of the body.
    ///
    /// The list that the deletion guard reads, or one that is read for this, is compared as
    /// [`plan`](crate::Client::plan) does. Where nothing would change, nothing is sent: the receipt
    /// is of the kind [`Unchanged`](crate::ReceiptKind::Unchanged), and proves no more than that
    /// list did. Records are validated, and the deletion guard is applied, all the same.
    ///
    /// A push is sent where members cannot be compared, and within 60 seconds of a push of the
    /// resource by this process that was accepted or whose outcome is unknown, since a list may not
    /// show that one yet. A list that cannot be read fails the push.
    pub fn only_if_changed(self, only: bool) -> PushOptions {
        PushOptions { only_if_changed: only, ..self }
    }

    /// Reads the live components of a resource before vulnerabilities that name them are pushed:
    /// [`Rule::UnknownComponent`](crate::Rule::UnknownComponent) tells what names none of them.
    pub fn live_components(self, resource_id: impl Into<String>) -> PushOptions {
        PushOptions { live_components: Some(resource_id.into()), ..self }
    }
}

impl Baseline {
    /// How many records are live by the baseline, where `application` pushes.
    pub(super) fn records(
        &self,
        application: &Application,
        kind: &Kind,
        resource_id: &str,
    ) -> Result<usize> {
        let receipt = match self {
            Baseline::Receipt(receipt) => receipt,
            Baseline::Audit(history) => history.baseline_of(application)?,
        };
        check(receipt, application, kind, resource_id)
            .map(|()| receipt.record_count)
            .map_err(|words| Error::new(ErrorKind::InvalidArgument, words))
    }
}

fn check(
    receipt: &Receipt,
    application: &Application,
    kind: &Kind,
    resource_id: &str,
) -> Result<(), String> {
    if !receipt.has_live_count() {
        return Err("the baseline is a receipt that does not say what is live".to_owned());
    }
    if receipt.resource_kind != *kind || receipt.resource_id != resource_id {
        return Err(format!(
            "the baseline is a receipt of {} {}, and the push is of {kind} {resource_id}",
            receipt.resource_kind, receipt.resource_id
        ));
    }
    if receipt.is_of(application) {
        return Ok(());
    }
    Err(match receipt.of_application() {
        None => format!("baseline: {UNNAMED}"),
        Some(other) => {
            format!("the baseline is a receipt of {other}, and the push is by {application}")
        }
    })
}
