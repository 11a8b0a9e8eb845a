//! The requests of a call: with a token and with permits, again where that helps, inside one
//! deadline.

use super::Client;
use super::classify;
use crate::clock::Deadline;
use crate::error::{Error, ErrorKind, Result};
use crate::event;
use crate::http::{Content, Method, Request, Response};
use crate::retry::{self, Idempotency};
use crate::token::{Permits, Token, Tried, has_waited};

/// A request without its token.
pub(super) struct Verb<'a> {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) content: Option<Content<'a>>,
    /// How many records the content has, for who watches it.
    pub(super) records: usize,
    pub(super) twice: Idempotency,
    /// The largest answer that is read.
    pub(super) cap: u64,
}

/// One attempt of a call, which may make several requests: with a token, and with permits for all
/// of them.
pub(super) struct Attempt<'a> {
    client: &'a Client,
    deadline: &'a Deadline,
    /// For the first request, unless that waited for permits. By the next one it may have been
    /// replaced.
    token: Option<(Token, Tried)>,
    permits: Permits<'a>,
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
        judge: impl Fn(Response, Sent) -> Result<T>,
    ) -> Result<T> {
        self.outside_callbacks()?;
        let done = retry::run(deadline, &self.shared.events, verb.twice, || {
            let (answer, sent) = self.attempt(1, deadline)?.request(verb)?;
            judge(answer, sent)
        });
        done.map_err(|error| self.ended(error, deadline))
    }

    /// Adds to a call's error how many requests were made.
    pub(super) fn ended(&self, error: Error, deadline: &Deadline) -> Error {
        let error = self.shared.tokens.explain(error);
        match deadline.requests() {
            0 => error,
            made => error.with_attempts(made),
        }
    }

    /// Refuses a call that a callback makes: it would wait for the call that it is in.
    pub(super) fn outside_callbacks(&self) -> Result<()> {
        match event::is_in_user_callback() {
            true => Err(Error::new(
                ErrorKind::Reentrant,
                "make requests after the callback has returned",
            )),
            false => Ok(()),
        }
    }

    /// Begins an attempt of so many requests. The token comes first, so that no permit is held
    /// while a token is requested. It may have expired, or been replaced, by the end of a wait for
    /// permits: then it is taken anew.
    pub(super) fn attempt<'a>(
        &'a self,
        requests: u32,
        deadline: &'a Deadline,
    ) -> Result<Attempt<'a>> {
        let tokens = &self.shared.tokens;
        let token = tokens.for_request(deadline)?;
        let began = deadline.now();
        let permits = tokens.permits(requests, deadline)?;
        let token = Some(token).filter(|_| !has_waited(began, deadline));
        Ok(Attempt { client: self, deadline, token, permits })
    }
}

impl Attempt<'_> {
    /// Sends one request. After a 401 it is sent again, the same bytes, with the token that
    /// the source advises.
    pub(super) fn request(&mut self, verb: &Verb<'_>) -> Result<(Response, Sent)> {
        let Client { shared, .. } = self.client;
        let mut permit = self.permits.split_one();
        let (mut token, mut tried) = match self.token.take() {
            Some(taken) => taken,
            None => shared.tokens.for_request(self.deadline)?,
        };
        let mut before = None;
        loop {
            while !permit.make_ready(self.deadline)? {
                let (renewed, how) = shared.tokens.for_request(self.deadline)?;
                token = renewed;
                if !matches!(tried, Tried::Waiting | Tried::Another) {
                    tried = how;
                }
            }
            permit.use_one();
            let answer = self.send(verb, &token)?;
            if !classify::is_token_rejected(verb.method, &answer) {
                if classify::is_token_accepted(&answer) {
                    shared.tokens.token_worked(&token, self.deadline);
                }
                let (attempts, generation) = (self.deadline.requests(), token.generation());
                return Ok((answer, Sent { attempts, generation }));
            }
            let refusal = classify::unauthorized(&answer, &tried, before);
            if shared.leave_401 {
                return Err(refusal);
            }
            match shared.tokens.after_401(&token, tried, self.deadline) {
                None => return Err(refusal),
                Some(Err(error)) => return Err(error.with_source(refusal)),
                Some(Ok((next, how))) => (token, tried, before) = (next, how, Some(refusal)),
            }
        }
    }

    fn send(&self, verb: &Verb<'_>, token: &Token) -> Result<Response> {
        let watcher = self.client.watcher.as_ref();
        let request = Request {
            method: verb.method,
            path: verb.path.clone(),
            bearer: Some(token.secret()),
            content: verb.content,
            secrets: &[],
            max_content: verb.cap,
            progress: watcher.map(|watcher| (watcher, verb.records)),
        };
        let response = self.client.shared.http.send(&request, self.deadline);
        response.map_err(|error| classify::without_response(error, verb.method))
    }
}
