//! The deletion guard: refuses a push that would delete more live records than it may.

use super::options::{PushOptions, Removals};
use super::remote::Remote;
use crate::body::Body;
use crate::error::{Action, Error, ErrorKind, Result, Violation, grouped, many, shorten};
use crate::receipt::Application;
use crate::resource::Kind;

/// With fewer live records than this, deleting half of them is no sign of a mistake.
const FEW: usize = 3;

/// More ids than these are not listed.
const MOST_NAMED: usize = 100;

/// The live records that a push would delete.
pub(super) struct Deletions<'a> {
    live: usize,
    count: usize,
    /// The ids, as far as they are known.
    ids: Vec<&'a str>,
}

impl<'a> Deletions<'a> {
    pub(super) fn of(remote: &'a Remote, body: &Body) -> Deletions<'a> {
        let ids = remote.ids_not_in(body);
        Deletions { live: remote.count(), count: ids.len(), ids }
    }

    /// The least number of deletions, where only the number of live records is known.
    pub(super) fn at_least(live: usize, body: &Body) -> Deletions<'a> {
        let count = live.saturating_sub(body.record_count());
        Deletions { live, count, ids: Vec::new() }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Refuses a push of so many records that would delete more than it may.
    pub(super) fn check(&self, options: &PushOptions, records: usize) -> Result<()> {
        let Deletions { live, count: removed, .. } = *self;
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
             completely; if that is intended, allow it with \
             PushOptions::expect_removals({removed})",
            grouped(removed),
            many(live, "live record"),
            many(records, "record"),
        );
        let violation = |id: &&str| Violation {
            unique_id: Some(shorten(id)),
            message: "is live and would be deleted".to_owned(),
            ..Violation::default()
        };
        let named = self.ids.iter().take(MOST_NAMED).map(violation).collect();
        let error = Error::new(ErrorKind::TooManyRemovals, words);
        Err(if self.ids.is_empty() { error } else { error.with_some_violations(removed, named) })
    }
}

/// What a push would delete by the baseline that its options name, if they name one.
pub(super) fn by_baseline(
    application: &Application,
    kind: &Kind,
    body: &Body,
    options: &PushOptions,
) -> Result<Option<Deletions<'static>>> {
    let Some(baseline) = &options.baseline else { return Ok(None) };
    let records = baseline.records(application, kind, body.resource_id())?;
    Ok(Some(Deletions::at_least(records, body)))
}

/// Whether the guard needs the remote state. A baseline takes its place, and is applied now.
pub(super) fn needs_remote(
    application: &Application,
    kind: &Kind,
    body: &Body,
    options: &PushOptions,
) -> Result<bool> {
    match by_baseline(application, kind, body, options)? {
        Some(deletions) => deletions.check(options, body.record_count()).map(|()| false),
        None => Ok(!matches!(options.removals, Removals::Any)),
    }
}

/// The error for an attempt whose remote state could not be read. To go on without it is advised
/// only where the token may not read at all: a 403 of Vanta's (`is_forbidden`), or a scope that is
/// not granted.
pub(super) fn unread(error: Error, is_forbidden: bool) -> Error {
    let words = "nothing was pushed in this attempt, since the live records could not be read";
    let advice = "; for a token that may not read, give the receipt of the last good push \
                  (PushOptions::baseline()) or switch the deletion guard off \
                  (PushOptions::allow_any_removals())";
    match (error.action(), error.kind()) {
        (Action::Stop, _) => error,
        (_, ErrorKind::InvalidScope) => error.with_note(&format!("{words}{advice}")),
        _ if is_forbidden => error.with_note(&format!("{words}{advice}")),
        _ => error.with_note(words),
    }
}
