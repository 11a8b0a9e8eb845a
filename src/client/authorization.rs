//! The token of one request: which one it carries, and which one it carries after a 401.

use super::classify;
use super::handle::Client;
use crate::clock::Deadline;
use crate::error::{Error, Result};
use crate::http::Response;
use crate::token::{Permits, Token, Tried};

/// The token of a request that is being sent, and what was tried against a 401 so far.
pub(super) struct Authorization<'a> {
    client: &'a Client,
    deadline: &'a Deadline,
    token: Token,
    tried: Tried,
    /// The error for the last 401.
    rejection: Option<Error>,
}

impl<'a> Authorization<'a> {
    pub(super) fn new(client: &'a Client, deadline: &'a Deadline) -> Result<Authorization<'a>> {
        let (token, tried) = client.shared.tokens.for_request(deadline)?;
        Ok(Authorization { client, deadline, token, tried, rejection: None })
    }

    pub(super) fn token(&self) -> &Token {
        &self.token
    }

    /// Blocks until the request may be sent. A token may expire, or be replaced, during a wait for
    /// a permit: then it is taken anew.
    pub(super) fn wait_for_permit(&mut self, permit: &mut Permits<'_>) -> Result<()> {
        while !permit.make_ready(self.deadline)? {
            let (token, tried) = self.client.shared.tokens.for_request(self.deadline)?;
            self.token = token;
            if !matches!(self.tried, Tried::Waiting | Tried::Known | Tried::Another) {
                self.tried = tried;
            }
        }
        permit.use_one();
        Ok(())
    }

    /// Notes that the response shows the token to be good, where it does.
    pub(super) fn accept(&self, response: &Response) {
        if classify::is_token_accepted(response) {
            self.client.shared.tokens.token_worked(&self.token, self.deadline);
        }
    }

    /// Takes the token to send the same request with once more, after a 401. Fails where nothing
    /// more is to be tried.
    pub(super) fn recover(&mut self, response: &Response) -> Result<()> {
        let rejection = classify::unauthorized(response, &self.tried, self.rejection.take());
        let shared = &self.client.shared;
        if !shared.retry_on_401 {
            return Err(rejection);
        }
        match shared.tokens.after_401(&self.token, self.tried.clone(), self.deadline) {
            None => Err(rejection),
            Some(Err(error)) => Err(error.with_source(rejection)),
            Some(Ok((token, tried))) => {
                (self.token, self.tried, self.rejection) = (token, tried, Some(rejection));
                Ok(())
            }
        }
    }
}
