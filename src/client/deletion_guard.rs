//! The deletion guard: refuses a push that would delete more live records than it may.

use super::leavers::is_deactivated;
use super::options::{PushOptions, Removals};
use super::remote::Remote;
use crate::body::{Body, Leavers};
use crate::error::{Action, Error, ErrorKind, Result, Violation, grouped, many, shorten};
use crate::receipt::Application;
use crate::resource::Kind;

/// With fewer live records than this, deleting half of them is no sign of a mistake.
const FEW: usize = 3;

/// More ids than these are not listed.
const MOST_NAMED: usize = 100;

/// The live records that a push would delete, and the leavers that it would deactivate, which count
/// as deletions: half an export must not deactivate the other half.
pub(super) struct Deletions<'a> {
    /// Live records, without the leavers that stay deactivated: nothing happens to these.
    live: usize,
    deleted: usize,
    deactivated: usize,
    /// How many leavers the push has.
    leavers: usize,
    /// How many other records it has.
    records: usize,
    /// The ids, as far as they are known, and what would become of each.
    ids: Vec<(&'a str, &'static str)>,
}

impl<'a> Deletions<'a> {
    pub(super) fn of(remote: &'a Remote, body: &Body) -> Deletions<'a> {
        let deleted = remote.ids_not_in(body);
        let leavers = body.leavers().ids.iter().filter_map(|id| remote.live(id));
        let (stay, leave): (Vec<_>, Vec<_>) = leavers.partition(|(_, row)| is_deactivated(row));
        let deactivated = leave.iter().map(|(id, _)| (*id, "is live and would be deactivated"));
        Deletions {
            live: remote.count() - stay.len(),
            deleted: deleted.len(),
            deactivated: leave.len(),
            leavers: body.leavers().ids.len(),
            records: body.source_count(),
            ids: deleted
                .iter()
                .map(|id| (*id, "is live and would be deleted"))
                .chain(deactivated)
                .collect(),
        }
    }

    /// The least number of deletions, where only the number of live records is known.
    pub(super) fn at_least(live: usize, body: &Body) -> Deletions<'a> {
        let Leavers { ids, deactivated } = body.leavers();
        Deletions {
            live: live.saturating_sub(ids.len() - deactivated),
            deleted: live.saturating_sub(body.record_count()),
            deactivated: *deactivated,
            leavers: ids.len(),
            records: body.source_count(),
            ids: Vec::new(),
        }
    }

    /// How many live records would be deleted.
    pub(super) fn deleted(&self) -> usize {
        self.deleted
    }

    /// Refuses a push that would delete more than it may.
    pub(super) fn check(&self, options: &PushOptions) -> Result<()> {
        let Deletions { live, deleted, deactivated, .. } = *self;
        let removed = deleted + deactivated;
        let (too_much, rule) = match options.removals {
            Removals::Any => (false, String::new()),
            Removals::Half => (live >= FEW && removed * 2 > live, String::new()),
            Removals::AtMost(most) => {
                let counted = if deactivated > 0 { "deleted or deactivated" } else { "deleted" };
                (removed > most, format!(" (at most {} may be {counted})", grouped(most)))
            }
        };
        if !too_much {
            return Ok(());
        }
        let words = format!(
            "{}{rule}; check that the source was read completely; if that is intended, allow it \
             with PushOptions::expect_removals({removed})",
            self.describe(),
        );
        let violation = |(id, message): &(&str, &str)| Violation {
            unique_id: Some(shorten(id)),
            message: (*message).to_owned(),
            ..Violation::default()
        };
        let named = self.ids.iter().take(MOST_NAMED).map(violation).collect();
        let error = Error::new(ErrorKind::TooManyRemovals, words);
        Err(if self.ids.is_empty() { error } else { error.with_some_violations(removed, named) })
    }

    fn describe(&self) -> String {
        let (live, records) = (many(self.live, "live record"), many(self.records, "record"));
        let deleted = match self.deactivated {
            0 => format!("{} of {live} would be deleted", grouped(self.deleted)),
            deactivated => format!(
                "of {live}, {} would be deleted and {} deactivated",
                grouped(self.deleted),
                grouped(deactivated)
            ),
        };
        match self.leavers {
            0 => format!("{deleted}, as the push has {records}"),
            leavers => {
                let leavers = many(leavers, "leaver");
                format!("{deleted}, as the push has {records} beside {leavers}")
            }
        }
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
        Some(deletions) => deletions.check(options).map(|()| false),
        None => Ok(!matches!(options.removals, Removals::Any)),
    }
}

/// The error for an attempt whose remote state could not be read. To go on without it is advised
/// only where the token may not read at all: a 403 of Vanta's (`is_forbidden`), or a scope that is
/// not granted.
///
/// `compares` is whether the push is sent only if something changed, for which there is no other
/// way.
pub(super) fn unread(error: Error, is_forbidden: bool, compares: bool) -> Error {
    let words = "nothing was pushed in this attempt, since the live records could not be read";
    let advice = match compares {
        true => "; a push with PushOptions::only_if_changed() needs a token that may read",
        false => {
            "; for a token that may not read, give the receipt of the last good push \
             (PushOptions::baseline()) or switch the deletion guard off \
             (PushOptions::allow_any_removals())"
        }
    };
    match (error.action(), error.kind()) {
        (Action::Stop, _) => error,
        (_, ErrorKind::InvalidScope) => error.with_note(&format!("{words}{advice}")),
        _ if is_forbidden => error.with_note(&format!("{words}{advice}")),
        _ => error.with_note(words),
    }
}
