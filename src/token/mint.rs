//! One token request, as Vanta's page "Authorize using OAuth" means it.
//!
//! Source: <https://developer.vanta.com/docs/authorize-using-oauth>. The endpoint takes JSON, not
//! the form of RFC 6749; there is no refresh token; a new token kills the one before it.

use std::time::Duration;

use serde::Serialize;
use zeroize::Zeroizing;

use super::answer::{self, Grant};
use crate::clock::{Clock, Deadline, Moment};
use crate::config::Credentials;
use crate::error::{Error, ErrorKind, Result, Step};
use crate::http::{Http, Method, Request};
use crate::retry;
use crate::secret::Secret;

/// A request that cannot finish would still cost one of five a minute, and maybe the old token.
const LEAST_TIME: Duration = Duration::from_secs(2);

/// Before the one repetition.
const PAUSE: Duration = Duration::from_secs(1);

/// The largest answer that is read.
const CAP: u64 = 1 << 20;

#[derive(Serialize)]
struct Ask<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    scope: &'a str,
    grant_type: &'static str,
}

/// A grant, and the moment before it was asked for, from which its life counts.
pub(super) struct Minted {
    pub(super) grant: Grant,
    pub(super) asked: Moment,
}

/// Asks for a token. Repeats at most once, and only what certainly made no token.
pub(super) fn mint(
    http: &Http,
    clock: &dyn Clock,
    credentials: &Credentials,
    scope: &str,
    deadline: &Deadline,
) -> Result<Minted> {
    let secret = credentials.secret()?;
    let ask = encode(&credentials.client_id, &secret, scope)?;
    let first = match once(http, clock, &secret, &ask, deadline) {
        Err(error) if made_no_token(&error) => error,
        other => return other,
    };
    if !deadline.left().is_ok_and(|left| left > PAUSE + LEAST_TIME) {
        return Err(first);
    }
    deadline.sleep(PAUSE).map_err(|lapse| retry::lapsed(lapse, Step::Queue))?;
    once(http, clock, &secret, &ask, deadline).map_err(|error| error.with_attempts(2))
}

fn made_no_token(error: &Error) -> bool {
    let never_left =
        matches!(error.kind(), ErrorKind::Resolve | ErrorKind::Connect | ErrorKind::Send);
    never_left || error.status() == Some(503)
}

fn encode(client_id: &str, secret: &Secret, scope: &str) -> Result<Zeroizing<Vec<u8>>> {
    let client_secret = secret.expose();
    // Large enough for every character to be escaped: a buffer that grew would leave copies.
    let room = 6 * (client_id.len() + client_secret.len() + scope.len()) + 128;
    let mut ask = Zeroizing::new(Vec::with_capacity(room));
    let grant_type = "client_credentials";
    serde_json::to_writer(&mut *ask, &Ask { client_id, client_secret, scope, grant_type })
        .map_err(|_| Error::new(ErrorKind::Internal, "the token request could not be encoded"))?;
    Ok(ask)
}

fn once(
    http: &Http,
    clock: &dyn Clock,
    secret: &Secret,
    ask: &[u8],
    deadline: &Deadline,
) -> Result<Minted> {
    let left = deadline.left().map_err(|lapse| retry::lapsed(lapse, Step::Queue))?;
    if left < LEAST_TIME {
        let why = "a token request needs 2 s at least, and less is left";
        return Err(Error::new(ErrorKind::DeadlineExceeded, why).at(Step::Queue));
    }
    let asked = Moment::now(clock);
    let request = Request {
        method: Method::Post,
        path: "/oauth/token".to_owned(),
        bearer: None,
        body: Some(ask),
        hidden: &[secret],
        cap: CAP,
    };
    let answer = http.send(&request, deadline)?;
    Ok(Minted { grant: answer::judge(&answer)?, asked })
}
