//! The deletion guard: refuses a push that would delete more live records than it may.

use super::options::{PushOptions, Removals};
use super::remote::Remote;
use crate::body::{Body, Report};
use crate::error::{Action, Error, ErrorKind, Fault, Result, grouped, many, shorten};
use crate::receipt::Application;
use crate::resource::Kind;

/// With fewer live records than this, half of them is no loss that tells of a mistake.
const FEW: usize = 3;

/// More of them would fill an error and tell no more.
const MOST_NAMED: usize = 100;

/// What a push would do to what is live.
pub(super) struct Loss<'a> {
    pub(super) live: usize,
    pub(super) removed: usize,
    /// Whose, as far as that is known.
    pub(super) ids: Vec<&'a str>,
}

impl<'a> Loss<'a> {
    pub(super) fn of(live: &'a Remote, body: &Body) -> Loss<'a> {
        let ids = live.left_out(body);
        Loss { live: live.count(), removed: ids.len(), ids }
    }

    /// By numbers alone: at least so many go.
    pub(super) fn since(records: usize, body: &Body) -> Loss<'a> {
        let removed = records.saturating_sub(body.len());
        Loss { live: records, removed, ids: Vec::new() }
    }

    pub(super) fn allow(&self, options: &PushOptions, records: usize) -> Result<()> {
        let Loss { live, removed, .. } = *self;
        let (too_much, rule) = match options.removals {
            Removals::Any => (false, String::new()),
            Removals::Half => (live >= FEW && removed * 2 > live, String::new()),
            Removals::AtMost(most) => {
                (removed > most, format!(" (at most {} may be deleted)", grouped(most)))
            }
        };
        if !too_much {
            return Ok(());
        }
        let words = format!(
            "{} of {} would be deleted, as the push has {}{rule}; check that the source was read \
             completely; if they are meant to go, allow it with \
             PushOptions::expect_removals({removed})",
            grouped(removed),
            many(live, "live record"),
            many(records, "record"),
        );
        let going = |id: &&str| Fault {
            unique_id: Some(shorten(id)),
            message: "is live and would be deleted".to_owned(),
            ..Fault::default()
        };
        let named = self.ids.iter().take(MOST_NAMED).map(going).collect();
        Err(Error::new(ErrorKind::TooManyRemovals, words).with_faults(named))
    }
}

/// What a push would do by the baseline that it names, if it names one.
pub(super) fn by_baseline(
    application: &Application,
    kind: &Kind,
    body: &Body,
    options: &PushOptions,
) -> Result<Option<Loss<'static>>> {
    let Some(baseline) = &options.baseline else { return Ok(None) };
    let records = baseline.records(application, kind, body.resource_id())?;
    Ok(Some(Loss::since(records, body)))
}

/// Whether the remote state has to be read. A baseline is applied now.
pub(super) fn looks(
    application: &Application,
    kind: &Kind,
    body: &Body,
    options: &PushOptions,
) -> Result<bool> {
    match by_baseline(application, kind, body, options)? {
        Some(loss) => loss.allow(options, body.len()).map(|()| false),
        None => Ok(!matches!(options.removals, Removals::Any)),
    }
}

/// What is wrong with the records themselves.
pub(super) fn check(report: Report) -> Result<Vec<Fault>> {
    let warnings = report.warnings.clone();
    report.into_error().map_or(Ok(warnings), Err)
}

/// The error for an attempt whose remote state could not be read. To go on without it is advised
/// only where the token may not read at all: a 403 of Vanta's (`is_forbidden`), or a scope that is
/// not granted.
pub(super) fn unread(error: Error, is_forbidden: bool) -> Error {
    let words = "nothing was pushed in this attempt, since the live records could not be read";
    let advice = "; for a token that may not read, give the receipt of the last good push \
                  (PushOptions::baseline()) or switch the guard off \
                  (PushOptions::allow_any_removals())";
    match (error.action(), error.kind()) {
        (Action::Stop, _) => error,
        (_, ErrorKind::InvalidScope) => error.with_note(&format!("{words}{advice}")),
        _ if is_forbidden => error.with_note(&format!("{words}{advice}")),
        _ => error.with_note(words),
    }
}
