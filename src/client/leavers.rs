//! Leavers: accounts that are live and missing in a new body. They are pushed as deactivated for
//! some time, instead of being deleted at once.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::compare::{CUSTOM, is_nothing};
use super::list::Listing;
use super::row::Row;
use crate::body::{Body, Leavers, is_blank};
use crate::error::{Error, ErrorKind, Result, sanitize};
use crate::resource::Kind;
use crate::schema::{instant_ms, timestamp};

const STATUS: &str = "status";
const DEACTIVATED: &str = "DEACTIVATED";
const SINCE: &str = "deactivatedTimestamp";

impl Body {
    /// Returns this body with the leavers added: the live accounts of `listing` that are missing
    /// here. Nothing is sent, and neither argument changes.
    ///
    /// Vanta prefers an account with the status `DEACTIVATED` over one that is missing, since a
    /// missing one loses its details. A leaver is added as `listing` shows it, with that status,
    /// and with `now` as its `deactivatedTimestamp`. A leaver that `listing` shows as deactivated
    /// already keeps its timestamp, and is left out from `keep_for` after it on: the push then
    /// deletes it. Members that only the service adds, and optional ones that are null, are left
    /// out. Soft-deleted rows are no leavers.
    ///
    /// A push of the body counts each account that it deactivates as a deletion, so the deletion
    /// guard refuses what half an export would deactivate. Only the body that is returned knows its
    /// leavers: one that is made from its bytes does not.
    ///
    /// ```no_run
    /// use std::time::{Duration, SystemTime};
    /// use vanta::{Body, Client, Config, Kind};
    ///
    /// let client = Client::new(Config::from_env())?;
    /// let body = Body::from_file("accounts.json")?;
    /// let listing = client.list(&Kind::USER_ACCOUNT, body.resource_id())?;
    /// let days = Duration::from_secs(90 * 24 * 60 * 60);
    /// let body = body.with_leavers(&listing, days, SystemTime::now())?;
    /// client.push(&Kind::USER_ACCOUNT, &body)?;
    /// # Ok::<(), vanta::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) where the listing is of another kind than
    /// [`USER_ACCOUNT`](Kind::USER_ACCOUNT) or of another resource than the body, where `now` lies
    /// outside the years 0001 to 9999, and where the records of the body have custom properties and
    /// the service shows them on no row. [`InvalidUniqueId`](ErrorKind::InvalidUniqueId) where the
    /// id of a live row is blank. [`PayloadTooLarge`](ErrorKind::PayloadTooLarge) where the body is
    /// too large with the leavers.
    ///
    /// A list that is not complete is an error of [`list`](crate::Client::list) already.
    pub fn with_leavers(
        &self,
        listing: &Listing,
        keep_for: Duration,
        now: SystemTime,
    ) -> Result<Body> {
        check(self, listing)?;
        let now = timestamp(now)?;
        let mut leavers = Leavers::default();
        let mut records = Vec::new();
        for row in missing(self, listing) {
            let mut record = pushed_members(row);
            let was_deactivated = record.get(STATUS).is_some_and(|status| status == DEACTIVATED);
            let since = record.get(SINCE).and_then(Value::as_str).filter(|_| was_deactivated);
            match since.and_then(|since| age(since, &now)) {
                Some(age) if age >= keep_for => continue,
                Some(_) => {}
                None => drop(record.insert(SINCE.to_owned(), now.as_str().into())),
            }
            record.insert(STATUS.to_owned(), DEACTIVATED.into());
            leavers.deactivated += usize::from(!was_deactivated);
            leavers.ids.insert(row.unique_id().to_owned());
            records.push(Value::Object(record).to_string());
        }
        self.with_records(&records, leavers)
    }
}

/// Whether a row shows an account that is deactivated.
pub(super) fn is_deactivated(row: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Account {
        #[serde(default)]
        status: Value,
    }
    serde_json::from_slice(row).is_ok_and(|account: Account| account.status == DEACTIVATED)
}

/// Refuses a listing that cannot be the one of the body's accounts.
fn check(body: &Body, listing: &Listing) -> Result<()> {
    let (kind, id) = (&listing.kind, body.resource_id());
    let invalid = |words: String| Err(Error::new(ErrorKind::InvalidArgument, words));
    if *kind != Kind::USER_ACCOUNT {
        return invalid(format!(
            "the listing is of kind {kind}, and only accounts ({}) can be deactivated",
            Kind::USER_ACCOUNT
        ));
    }
    if listing.resource_id != id {
        let other = sanitize(&listing.resource_id);
        return invalid(format!("the listing is of resource {other}, and the body of {id}"));
    }
    if let Some(at) = listing.rows().iter().position(has_no_id) {
        let words = format!("row {at} of the listing is live, and its uniqueId is blank");
        return Err(Error::new(ErrorKind::InvalidUniqueId, words));
    }
    // A record without them would be refused, and the whole push with it.
    if body.members().contains(CUSTOM) && missing(body, listing).next().is_some() {
        let shows = |row: &Row| !is_nothing(CUSTOM, row.record().get(CUSTOM));
        if !listing.rows().iter().any(shows) {
            return invalid(format!(
                "the records have {CUSTOM}, and the service shows them on no row, so those of a \
                 leaver are not known"
            ));
        }
    }
    Ok(())
}

fn has_no_id(row: &Row) -> bool {
    !row.is_deleted() && row.unique_id().chars().all(is_blank)
}

/// The live rows whose records are not in the body, by id. No two of them have one id: `list`
/// refuses a response that has.
fn missing<'a>(body: &Body, listing: &'a Listing) -> impl Iterator<Item = &'a Row> {
    let present: HashSet<&str> = body.unique_ids().collect();
    let mut rows = BTreeMap::new();
    for row in listing.live().filter(|row| !present.contains(row.unique_id())) {
        rows.insert(row.unique_id(), row);
    }
    rows.into_values()
}

/// The members of a row that a push may send back.
fn pushed_members(row: &Row) -> Map<String, Value> {
    let schema = Kind::USER_ACCOUNT.schema();
    let Value::Object(mut record) = row.record() else { return Map::new() };
    record.retain(|name, value| match schema {
        _ if name == CUSTOM => !is_nothing(name, Some(value)),
        Some(schema) if value.is_null() => schema.requires(name),
        Some(schema) => schema.has_property(name),
        None => true,
    });
    record
}

/// How long before `now` a timestamp is; nothing where it lies after it. `None` where it is none.
fn age(since: &str, now: &str) -> Option<Duration> {
    let (since, now) = (instant_ms(since)?, instant_ms(now)?);
    Some(Duration::from_millis(u64::try_from(now - since).unwrap_or(0)))
}
