//! Reads the token from the store without the store's lock.
//!
//! A stopped process, or one that waits for a slow server, may hold the lock for long; a good token
//! is used all the same. A reader without the lock writes nothing, and concludes nothing from a
//! token request that is under way: the old token is used while it lives, and whether it still
//! works is for the server to say. After a 401 the reader waits for the lock like any other.

use super::Token;
use super::record::{Kept, Record};
use super::renew::{Found, LONGEST, Renewer};
use super::rules::{Advice, Need, Want};
use super::snapshot::Source;
use super::stamp::Stamp;
use super::visit::SPARE;
use crate::clock::Deadline;
use crate::config::StoreAway;
use crate::error::Result;
use crate::event::{self, Event};
use crate::secret::Secret;
use crate::store::{Content, StoreError, Trouble};

/// What the store has for a caller.
enum Stored {
    /// A token that serves.
    Good(Found),
    /// A token that should be replaced soon, but still lives. It is in memory now.
    Old,
    Nothing,
}

impl Renewer {
    /// Gets a token: from the store as it is, or else in a store transaction.
    pub(super) fn fetch(
        &self,
        need: Need,
        old_will_do: bool,
        try_rejected: bool,
        deadline: &Deadline,
    ) -> Result<Found> {
        let old_will_do = match self.read_stored(need, deadline)? {
            Stored::Good(found) => return Ok(found),
            Stored::Old => true,
            Stored::Nothing => old_will_do,
        };
        self.renew(need, old_will_do, try_rejected, deadline)
    }

    fn read_stored(&self, need: Need, deadline: &Deadline) -> Result<Stored> {
        let Some(store) = self.store.as_deref() else { return Ok(Stored::Nothing) };
        let key = self.slot.key();
        let bytes = match event::in_user_callback(|| store.read(&key, deadline)) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Stored::Nothing),
            Err(error) if self.is_for_the_transaction(&error) => return Ok(Stored::Nothing),
            Err(error) => return Err(error.into_error(&self.place())),
        };
        if let Some(why) = Content::of(&bytes).refusal() {
            return Err(StoreError::unusable(why).into_error(&self.place()));
        }
        let record = Record::read(&bytes);
        let own = |record: &Record| record.is_of(&self.slot.origin, &self.slot.client_id);
        Ok(record.filter(own).map_or(Stored::Nothing, |record| self.judge(record, need)))
    }

    /// Whether the transaction meets the same error, and knows what to do about it.
    fn is_for_the_transaction(&self, error: &StoreError) -> bool {
        match error.trouble {
            Trouble::Unsupported => true,
            Trouble::Away => self.store_away == StoreAway::Alone,
            _ => false,
        }
    }

    fn judge(&self, mut record: Record, need: Need) -> Stored {
        let now = self.now();
        let refused = self.merge_unsaved(&mut record, &now);
        let want = Want {
            need,
            margin: self.margin,
            scopes: &self.scopes,
            refused: &refused,
            fingerprint: "",
            budget: self.budget,
        };
        if let Advice::Use(kept) = record.advise(&want, &now) {
            return Stored::Good(self.found(kept, record));
        }
        let lives = |kept: &&Kept| {
            let usable = kept.scopes.hold(&self.scopes) && !refused.contains(&kept.access_token);
            usable && !kept.left(&now).is_zero() && matches!(need, Need::Usual)
        };
        let Some(kept) = record.token.as_ref().filter(lives).cloned() else {
            self.remember(&record);
            return Stored::Nothing;
        };
        let under_way = record.started.as_ref().and_then(|at| at.left_of(LONGEST + SPARE, &now));
        // Another process is asking for the next token: until it is stored, this one is used.
        if under_way.is_some() {
            return Stored::Good(self.found(kept, record));
        }
        self.remember(&record);
        self.found(kept, record);
        Stored::Old
    }

    /// Adds what could not be written to the store. Returns the tokens that Vanta has refused.
    fn merge_unsaved(&self, record: &mut Record, now: &Stamp) -> Vec<Secret> {
        let state = self.slot.state();
        let memory = &state.memory;
        if memory.is_unsaved {
            record.merge(&memory.record, now);
        }
        memory.refused.clone()
    }

    /// What was read is what this process knows from now on, but for the request under way.
    fn found(&self, kept: Kept, mut record: Record) -> Found {
        let mut state = self.slot.state();
        let memory = &mut state.memory;
        record.started = None;
        record.keep_proof(&memory.record);
        record.generation = record.generation.max(memory.record.generation);
        let generation = record.generation;
        let skew = memory.learn(&record, &self.now());
        memory.stats.store_trouble = None;
        self.slot.publish(memory);
        drop(state);
        if let Some(by) = skew {
            self.events.emit(Event::ClockSkew { by });
        }
        Found { kept, generation, source: Source::Store, reason: None, typed: true }
    }

    /// Puts the token of a record into memory, if it has not expired and was not rejected. Threads
    /// that it serves need not wait until the leader has the token that it needs itself.
    pub(super) fn remember(&self, record: &Record) {
        let Some(kept) = &record.token else { return };
        let inner = self.slot.inner();
        let mut state = inner.state();
        let memory = &mut state.memory;
        let is_same = |token: &Token| *token.secret() == kept.access_token;
        let is_known = memory.token.as_ref().is_some_and(is_same);
        let is_rejected = memory.refused.contains(&kept.access_token);
        if is_known || is_rejected || kept.left(&self.now()).is_zero() {
            return;
        }
        memory.token = Some(Token::of(kept, record.generation, Source::Store, self));
        self.slot.publish(memory);
        inner.changed.notify_all();
    }
}
