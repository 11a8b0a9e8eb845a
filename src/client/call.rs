//! One request of a verb: with a token, in its turn, again where that helps, inside one deadline.

use std::cell::Cell;

use super::Client;
use super::classify;
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Result};
use crate::event;
use crate::http::{Answer, Content, Method, Request};
use crate::retry::{self, Twice};
use crate::token::{Token, Tried};

/// A request without its token.
pub(super) struct Verb<'a> {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) content: Option<Content<'a>>,
    /// How many records the content has, for who watches it.
    pub(super) records: usize,
    pub(super) twice: Twice,
    /// The largest answer that is read.
    pub(super) cap: u64,
    /// What must be so when the request leaves; asked before each attempt.
    pub(super) before: Option<&'a dyn Fn() -> Result<()>>,
}

/// What was done for a call so far.
#[derive(Default)]
struct Tally {
    /// Whether the next request has its turn among those of all jobs.
    has_turn: Cell<bool>,
}

/// What was sent before an answer came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) attempts: u32,
    pub(super) generation: u64,
}

impl Client {
    /// Makes the request until its answer is judged good, or it fails for good.
    pub(super) fn call<T>(
        &self,
        verb: &Verb<'_>,
        deadline: &Deadline,
        judge: impl Fn(Answer, Sent) -> Result<T>,
    ) -> Result<T> {
        self.outside_callbacks()?;
        let tally = Tally::default();
        let done = retry::run(deadline, &self.shared.events, verb.twice, || {
            if let Some(before) = verb.before {
                // Whoever waits for a turn waits before he looks, not after.
                self.take_turn(&tally, deadline)?;
                before().map_err(Error::for_good)?;
            }
            let (answer, generation) = self.authorized(verb, deadline, &tally)?;
            judge(answer, Sent { attempts: deadline.requests(), generation })
        });
        done.map_err(|error| self.shared.keeper.explain(error)).map_err(|error| {
            match deadline.requests() {
                0 => error,
                made => error.with_attempts(made),
            }
        })
    }

    /// Refuses a call that a callback makes: it would wait for the call that it is in.
    pub(super) fn outside_callbacks(&self) -> Result<()> {
        match event::is_outside() {
            true => Err(Error::new(ErrorKind::Reentrant, "a request was to be made")),
            false => Ok(()),
        }
    }

    fn take_turn(&self, tally: &Tally, deadline: &Deadline) -> Result<()> {
        if !tally.has_turn.get() {
            self.shared.keeper.pace(deadline)?;
            tally.has_turn.set(true);
        }
        Ok(())
    }

    /// Sends with a token; after a 401 again, the same bytes, with what the keeper advises.
    fn authorized(
        &self,
        verb: &Verb<'_>,
        deadline: &Deadline,
        tally: &Tally,
    ) -> Result<(Answer, u64)> {
        let keeper = &self.shared.keeper;
        let mut token = keeper.for_request(deadline)?;
        let (mut tried, mut before) = (Tried::Nothing, None);
        loop {
            let answer = self.send(verb, &token, deadline, tally)?;
            if !classify::is_token_rejected(verb.method, &answer) {
                if classify::is_token_accepted(&answer) {
                    keeper.proved(&token, deadline);
                }
                return Ok((answer, token.generation()));
            }
            let refusal = classify::unauthorized(&answer, tried, before);
            if self.shared.leave_401 {
                return Err(refusal);
            }
            match keeper.after_401(&token, tried, deadline) {
                None => return Err(refusal),
                Some(Err(error)) => return Err(error.with_source(refusal)),
                Some(Ok((next, how))) => (token, tried, before) = (next, how, Some(refusal)),
            }
        }
    }

    fn send(
        &self,
        verb: &Verb<'_>,
        token: &Token,
        deadline: &Deadline,
        tally: &Tally,
    ) -> Result<Answer> {
        self.take_turn(tally, deadline)?;
        tally.has_turn.set(false);
        let request = Request {
            method: verb.method,
            path: verb.path.clone(),
            bearer: Some(token.secret()),
            content: verb.content,
            hidden: &[],
            cap: verb.cap,
            watched: self.watcher.as_ref().map(|watcher| (watcher, verb.records)),
        };
        let response = self.shared.http.send(&request, deadline);
        response.map_err(|error| classify::without_response(error, verb.method))
    }
}
