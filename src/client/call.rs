//! A call: its attempts inside one deadline, and the requests of each attempt.

use super::authorization::Authorization;
use super::classify;
use super::handle::Client;
use crate::clock::Deadline;
use crate::error::{Error, Result};
use crate::http::{Content, Method, Request, Response};
use crate::retry::{Attempts, Idempotency};
use crate::token::{Permits, Token, has_waited};

/// The largest response to a push or an upload that is read.
pub(super) const RESPONSE_CAP: u64 = 1 << 20;

/// A request to the resource API, without its token.
pub(super) struct ResourceRequest<'a> {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) content: Option<Content<'a>>,
    /// How many records the content has, for the progress handler.
    pub(super) records: usize,
    /// The largest response that is read.
    pub(super) cap: u64,
}

/// What a receipt records of the last request of a call.
#[derive(Clone, Debug)]
pub(super) struct RequestFacts {
    pub(super) status: u16,
    pub(super) request_id: Option<String>,
    /// How many requests the call made.
    pub(super) attempts: u32,
    pub(super) token_generation: u64,
}

impl RequestFacts {
    fn of(response: &Response, token: &Token, deadline: &Deadline) -> RequestFacts {
        RequestFacts {
            status: response.status,
            request_id: response.request_id().map(str::to_owned),
            attempts: deadline.requests(),
            token_generation: token.generation(),
        }
    }

    /// The facts of a call that failed, as far as they are known.
    pub(super) fn of_error(error: &Error) -> RequestFacts {
        RequestFacts {
            status: error.http_status().unwrap_or_default(),
            request_id: error.request_id().map(str::to_owned),
            attempts: error.attempts(),
            token_generation: 0,
        }
    }
}

/// A call under way. The verb that makes it has the loop:
///
/// ```text
/// loop {
///     let outcome = /* one attempt */;
///     if let Some(value) = call.end(outcome)? {
///         return Ok(value);
///     }
/// }
/// ```
pub(super) struct Call<'a> {
    client: &'a Client,
    deadline: &'a Deadline,
    attempts: Attempts<'a>,
}

impl<'a> Call<'a> {
    /// Begins a call. Fails inside a callback, which would wait for the call that it is in.
    pub(super) fn begin(
        client: &'a Client,
        deadline: &'a Deadline,
        idempotency: Idempotency,
    ) -> Result<Call<'a>> {
        client.refuse_in_callback()?;
        let attempts = Attempts::new(deadline, &client.shared.events, idempotency);
        Ok(Call { client, deadline, attempts })
    }

    /// Begins an attempt of so many requests. The token comes first, so that no permit is held
    /// while a token is requested. It may have expired, or been replaced, by the end of a wait for
    /// permits: then it is taken anew.
    pub(super) fn attempt(&self, requests: u32) -> Result<Attempt<'a>> {
        let (client, deadline) = (self.client, self.deadline);
        let authorization = Authorization::new(client, deadline)?;
        let began = deadline.now();
        let permits = client.shared.tokens.permits(requests, deadline)?;
        let authorization = Some(authorization).filter(|_| !has_waited(began, deadline));
        Ok(Attempt { client, deadline, authorization, permits })
    }

    /// Makes an attempt of a single request.
    pub(super) fn send(&self, request: &ResourceRequest<'_>) -> Result<(Response, RequestFacts)> {
        self.attempt(1)?.send(request)
    }

    /// Ends an attempt. Returns the value of one that succeeded, and `None` where another attempt
    /// is due: the backoff is over then.
    pub(super) fn end<T>(&mut self, outcome: Result<T>) -> Result<Option<T>> {
        let error = match outcome {
            Ok(value) => return Ok(Some(value)),
            Err(error) => error,
        };
        let backed_off = self.attempts.back_off(error);
        backed_off.map(|()| None).map_err(|error| self.client.complete(error, self.deadline))
    }
}

/// One attempt of a call. It holds the permits for all its requests.
pub(super) struct Attempt<'a> {
    client: &'a Client,
    deadline: &'a Deadline,
    /// Of the first request, unless that waited for permits. By the next one it may have been
    /// replaced.
    authorization: Option<Authorization<'a>>,
    permits: Permits<'a>,
}

impl Attempt<'_> {
    /// Sends a request and returns the response, whatever its status. After a 401 the same bytes
    /// are sent again, as long as there is a token to try.
    pub(super) fn send(
        &mut self,
        request: &ResourceRequest<'_>,
    ) -> Result<(Response, RequestFacts)> {
        let mut permit = self.permits.split_one();
        let mut authorization = match self.authorization.take() {
            Some(authorization) => authorization,
            None => Authorization::new(self.client, self.deadline)?,
        };
        loop {
            authorization.wait_for_permit(&mut permit)?;
            let response = self.transmit(request, authorization.token())?;
            if !classify::is_token_rejected(request.method, &response) {
                authorization.accept(&response);
                let facts = RequestFacts::of(&response, authorization.token(), self.deadline);
                return Ok((response, facts));
            }
            authorization.recover(&response)?;
        }
    }

    fn transmit(&self, request: &ResourceRequest<'_>, token: &Token) -> Result<Response> {
        let progress = self.client.progress.as_ref();
        let http_request = Request {
            method: request.method,
            path: request.path.clone(),
            bearer: Some(token.secret()),
            content: request.content,
            secrets: &[],
            max_content: request.cap,
            progress: progress.map(|progress| (progress, request.records)),
        };
        let response = self.client.shared.http.send(&http_request, self.deadline);
        response.map_err(|error| classify::without_response(error, request.method))
    }
}
