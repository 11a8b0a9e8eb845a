//! A visit to the store: its lock is held while it lasts, and the record is read under the lock.

use std::time::Duration;

use super::record::Record;
use super::renew::{LONGEST, Renewer};
use crate::clock::{Deadline, WaitError};
use crate::config::StoreAway;
use crate::error::{Error, ErrorKind, Result, Step};
use crate::event::{self, Event};
use crate::retry;
use crate::store::{Content, LockedRecord, Owner, SharedStore, StoreError, Trouble};

/// Between two looks at a lock that another process holds; it doubles up to `LONGEST_NAP`.
const NAP: Duration = Duration::from_millis(5);
const LONGEST_NAP: Duration = Duration::from_millis(80);

/// How long a lock is waited for while an old token will do.
const SHORT_WAIT: Duration = Duration::from_secs(1);

/// More than what saving takes.
pub(super) const SPARE: Duration = Duration::from_secs(5);

const DAMAGED: &str = "holds a token record that was changed or damaged, and is left as it is: \
                       delete it, and the next call makes a new one";

const TORN_OF_ANOTHER: &str = "holds the beginning of a token record of another application, and \
                               is left as it is: give each application its own, or delete this one";

/// A lock, and the record under it, if there is one that can be read.
type Opened = (Box<dyn LockedRecord>, Option<Record>);

pub(super) struct Visit<'a> {
    renewer: &'a Renewer,
    pub(super) record: Record,
    /// `None` for memory, and where the policy is to go on alone.
    locked: Option<Box<dyn LockedRecord>>,
    /// Until when the lock is needed; it was asked for with that, and time to save.
    pub(super) until: Deadline,
    /// Whether this process knows what could not be written.
    is_unsaved: bool,
    /// Told when the lock has been given back: a listener may take its time.
    trouble: Vec<String>,
    /// How wrong some clock is; told like `trouble`.
    skew: Option<Duration>,
}

impl Visit<'_> {
    pub(super) fn open<'a>(
        renewer: &'a Renewer,
        old_will_do: bool,
        deadline: &Deadline,
    ) -> Result<Visit<'a>> {
        let mut visit = Visit::of_memory(renewer, deadline);
        let Some(store) = renewer.store.as_deref() else { return Ok(visit) };
        let limit = if old_will_do { deadline.at_most(SHORT_WAIT) } else { deadline.clone() };
        match visit.lock(store, &limit, deadline)? {
            Ok((locked, found)) => {
                visit.locked = Some(locked);
                visit.take(found)?;
                visit.see_future();
            }
            Err(trouble) => visit.without(trouble)?,
        }
        // Operators see what was found here, also when nothing comes of the visit.
        visit.keep();
        Ok(visit)
    }

    fn of_memory<'a>(renewer: &'a Renewer, deadline: &Deadline) -> Visit<'a> {
        let state = renewer.slot.state();
        let (record, is_unsaved) = (state.memory.record.clone(), state.memory.is_unsaved);
        let (until, trouble) = (deadline.at_most(LONGEST), Vec::new());
        Visit { renewer, record, locked: None, until, is_unsaved, trouble, skew: None }
    }

    /// Tries until it has the lock. The outer error ends the call; the inner is the store's.
    fn lock(
        &mut self,
        store: &dyn SharedStore,
        limit: &Deadline,
        deadline: &Deadline,
    ) -> Result<Result<Opened, StoreError>> {
        let key = self.renewer.slot.key();
        let (mut nap, mut busy) = (NAP, false);
        limit.left().map_err(|reason| retry::wait_error(reason, Step::Store))?;
        loop {
            self.until = deadline.at_most(LONGEST);
            // The whole of what may be done under the lock, not only the time to wait for it.
            let hold = self.until.left().map_err(|reason| locked_out(reason, store))? + SPARE;
            match event::in_user_callback(|| store.try_lock(&key, hold, deadline)) {
                Ok(Some(locked)) => return Ok(self.load(locked, store)),
                Ok(None) => {
                    busy = true;
                    limit.sleep_briefly(nap).map_err(|reason| locked_out(reason, store))?;
                }
                Err(error) if busy && error.trouble == Trouble::WaitEnded(WaitError::Expired) => {
                    return Err(locked_out(WaitError::Expired, store));
                }
                Err(trouble) => return Ok(Err(trouble)),
            }
            nap = (nap * 2).min(LONGEST_NAP);
        }
    }

    fn load(
        &mut self,
        mut locked: Box<dyn LockedRecord>,
        store: &dyn SharedStore,
    ) -> Result<Opened, StoreError> {
        let bytes = match event::in_user_callback(|| locked.load()) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok((locked, None)),
            Err(trouble) => {
                event::in_user_callback(|| drop(locked));
                return Err(trouble);
            }
        };
        let record = Record::read(&bytes);
        if let Some(why) = self.refusal(&bytes, record.is_some()) {
            event::in_user_callback(|| drop(locked));
            return Err(StoreError::unusable(why));
        }
        if record.is_none() {
            let words = "its record cannot be read, and is replaced";
            self.trouble.push(format!("{}: {words}", store.name()));
        }
        Ok((locked, record))
    }

    /// Why what the store holds must not be replaced.
    fn refusal(&self, bytes: &[u8], readable: bool) -> Option<String> {
        let content = Content::of(bytes);
        let slot = &self.renewer.slot;
        if content == Content::Record && !readable {
            return Some(DAMAGED.to_owned());
        }
        if content == Content::Torn && !slot.may_be_of(&Owner::of(bytes)) {
            return Some(TORN_OF_ANOTHER.to_owned());
        }
        content.refusal()
    }

    /// Goes on with the record that was found, or with what this process knows of requests.
    fn take(&mut self, found: Option<Record>) -> Result<()> {
        let slot = &self.renewer.slot;
        let generation = self.record.generation;
        match found {
            Some(mut found) => {
                found.keep_proof(&self.record);
                if self.is_unsaved {
                    found.merge(&self.record, &self.renewer.now());
                }
                self.record = found;
            }
            // Its token was never in the store.
            None if self.is_unsaved => {}
            // A store that forgot makes us forget neither requests nor refusals.
            None => (self.record.token, self.record.started) = (None, None),
        }
        if !self.record.is_of(&slot.origin, &slot.client_id) {
            let owner = self.record.owner();
            let words = format!("it keeps the tokens of {owner}; give each application its own");
            return Err(StoreError::unusable(words).into_error(&self.renewer.place()));
        }
        // Numbers never run back, even when a record was lost.
        self.record.generation = self.record.generation.max(generation);
        if self.record.started.take().is_some() {
            // Its sender died: what became of the request nobody knows.
            self.record.token.iter_mut().for_each(|token| token.suspect = true);
        }
        Ok(())
    }

    /// Writes down when windows that begin in the future were first seen: they last no longer than
    /// from here, also for a job that starts anew each hour.
    fn see_future(&mut self) {
        if !self.record.see_future(&self.renewer.now()) {
            return;
        }
        if let Err(trouble) = self.write() {
            self.trouble.push(format!("{}: {trouble}", self.renewer.place()));
        }
    }

    /// The policy for a store that is away; one that is not safe is never done without.
    fn without(&mut self, trouble: StoreError) -> Result<()> {
        let place = self.renewer.place();
        if trouble.trouble != Trouble::Away || self.renewer.store_away == StoreAway::Refuse {
            return Err(trouble.into_error(&place));
        }
        self.locked = None;
        self.trouble.push(format!("{place}: {trouble}; going on alone, as the policy is"));
        Ok(())
    }

    /// Writes the record, before something depends on its being there.
    pub(super) fn save(&mut self) -> Result<()> {
        if let Err(trouble) = self.write() {
            self.without(trouble)?;
        }
        self.keep();
        Ok(())
    }

    /// Writes the record, after something has happened that cannot be undone.
    pub(super) fn save_anyway(&mut self) {
        if let Err(trouble) = self.write() {
            let place = self.renewer.place();
            self.trouble.push(format!("{place}: {trouble}; other jobs do not see this token"));
        }
        self.keep();
    }

    fn write(&mut self) -> Result<(), StoreError> {
        // Where there is no store, nothing is ever merged.
        self.is_unsaved = true;
        let Some(locked) = &mut self.locked else { return Ok(()) };
        let bytes = self.record.bytes();
        event::in_user_callback(|| locked.save(&bytes))?;
        self.is_unsaved = false;
        Ok(())
    }

    /// What the record says is what this process knows from now on.
    fn keep(&mut self) {
        let slot = &self.renewer.slot;
        let mut state = slot.state();
        let skew = state.memory.learn(&self.record, &self.renewer.now());
        self.skew = skew.or(self.skew);
        state.memory.is_unsaved = self.is_unsaved;
        state.memory.stats.store_trouble = self.trouble.last().cloned();
        slot.publish(&state.memory);
    }
}

impl Drop for Visit<'_> {
    /// A store of the program's gives its lock back in its own code.
    fn drop(&mut self) {
        event::in_user_callback(|| drop(self.locked.take()));
        if std::thread::panicking() {
            return;
        }
        for words in std::mem::take(&mut self.trouble) {
            self.renewer.events.emit(Event::StoreTrouble { words });
        }
        if let Some(by) = self.skew {
            self.renewer.events.emit(Event::ClockSkew { by });
        }
    }
}

fn locked_out(reason: WaitError, store: &dyn SharedStore) -> Error {
    if reason == WaitError::Cancelled {
        return retry::wait_error(reason, Step::Store);
    }
    let words =
        "another process held its lock, or it did not respond, until the deadline of this call";
    let words = format!("{words} ({})", store.name());
    Error::new(ErrorKind::StoreLocked, words).at(Step::Store)
}
