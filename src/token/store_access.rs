//! The record in the store, as the rate limiter reads and locks it: briefly, or not at all.

use std::time::Duration;

use super::record::Record;
use super::renew::Renewer;
use crate::clock::{Deadline, WaitError};
use crate::event;
use crate::store::LockedRecord;

/// Between two tries. It doubles up to a twelfth of the whole time.
const LOCK_INTERVAL: Duration = Duration::from_millis(5);

/// How long a store in the network may take for one transaction.
const STORE_TIME: Duration = Duration::from_secs(2);

/// What the lock is asked for: more than reading and writing a record takes.
pub(super) const HOLD: Duration = Duration::from_secs(10);

/// The record of this application, read without the lock.
pub(super) fn read(renewer: &Renewer, deadline: &Deadline) -> Option<Record> {
    let store = renewer.store.as_deref()?;
    let (key, limit) = (renewer.slot.key(), deadline.at_most(STORE_TIME));
    let bytes = event::in_user_callback(|| store.read(&key, &limit)).ok()??;
    let record = Record::read(&bytes)?;
    record.is_of(&renewer.slot.origin, &renewer.slot.client_id).then_some(record)
}

/// Tries until it has the lock; `None` when the store is unavailable, or busy all that time.
pub(super) fn lock(
    renewer: &Renewer,
    time: Duration,
    deadline: &Deadline,
) -> Result<Option<Box<dyn LockedRecord>>, WaitError> {
    let Some(store) = renewer.store.as_deref() else { return Ok(None) };
    let key = renewer.slot.key();
    let until = Deadline::uncancelled(time);
    let mut interval = LOCK_INTERVAL;
    loop {
        let limit = deadline.at_most(STORE_TIME);
        match event::in_user_callback(|| store.try_lock(&key, HOLD, &limit)) {
            Ok(None) if until.left().is_ok() => deadline.sleep_briefly(interval)?,
            Ok(locked) => return Ok(locked),
            // It is unavailable, unless the call itself has ended.
            Err(_) => return deadline.left().map(|_| None),
        }
        interval = (interval * 2).min(time / 12);
    }
}

/// Changes the record under its lock, and gives the lock back. `missing` is the record where the
/// store has none. `change` also returns whether there is anything to write. `None` when the record
/// is another application's, or cannot be read or written.
pub(super) fn update<T>(
    renewer: &Renewer,
    mut locked: Box<dyn LockedRecord>,
    missing: impl FnOnce() -> Option<Record>,
    change: impl FnOnce(&mut Record) -> (T, bool),
) -> Option<T> {
    let updated = event::in_user_callback(|| locked.load()).ok().and_then(|bytes| {
        // What cannot be read is for the next token request to tell of.
        let record = bytes.map_or_else(missing, |bytes| Record::read(&bytes));
        let mut record =
            record.filter(|one| one.is_of(&renewer.slot.origin, &renewer.slot.client_id))?;
        let (value, changed) = change(&mut record);
        let saved = !changed || event::in_user_callback(|| locked.save(&record.bytes())).is_ok();
        saved.then_some(value)
    });
    event::in_user_callback(|| drop(locked));
    updated
}
