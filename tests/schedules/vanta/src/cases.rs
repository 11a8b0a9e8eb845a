//! What the threads do, and what holds when they have ended.

use std::time::Duration;

use shuttle::thread::{self, JoinHandle};
use vanta::{Body, Cancel, Client, Error, ErrorKind, Kind, Token};

use crate::world::{LIFETIME, advance, begin, cancel, client, service, set_least_sleep};

const SECOND: Duration = Duration::from_secs(1);

type Outcome = Result<Token, Error>;

/// Starts a thread for each number.
fn start<T: Send + 'static>(
    threads: usize,
    run: impl Fn() -> T + Clone + Send + 'static,
) -> Vec<JoinHandle<T>> {
    (0..threads).map(|_| thread::spawn(run.clone())).collect()
}

fn join<T>(threads: Vec<JoinHandle<T>>) -> Vec<T> {
    threads.into_iter().map(|one| one.join().expect("no thread panics")).collect()
}

fn start_calls(client: &Client, threads: usize) -> Vec<JoinHandle<Outcome>> {
    let client = client.clone();
    start(threads, move || client.token())
}

fn text(outcome: &Outcome) -> &str {
    outcome.as_ref().expect("the call has a token").secret().expose()
}

fn kind(outcome: &Outcome) -> Option<ErrorKind> {
    outcome.as_ref().err().map(Error::kind)
}

/// All have the token that is live, and it is the one that the next call gets.
fn expect_live(client: &Client, outcomes: &[Outcome]) {
    let live = service(|service| service.live.clone());
    let live = live.unwrap_or_else(|| panic!("no token was issued: {outcomes:?}"));
    assert!(outcomes.iter().all(|outcome| text(outcome) == live), "{outcomes:?}");
    assert_eq!(text(&client.token()), live, "the cached token");
}

fn expect_token_requests(wanted: std::ops::RangeInclusive<usize>) {
    let made = service(|service| service.token_requests);
    assert!(wanted.contains(&made), "{made} token requests");
}

/// Threads on an empty cache make one token request.
pub fn empty_cache(threads: usize) {
    let client = begin();
    let outcomes = join(start_calls(&client, threads));
    expect_live(&client, &outcomes);
    expect_token_requests(1..=1);
}

/// The verdict on the credentials is that of all threads, and is asked for once.
pub fn rejected_credentials(threads: usize) {
    let client = begin();
    service(|service| service.failures = vec![401; 9]);
    let outcomes = join(start_calls(&client, threads));
    let is_verdict = |outcome| kind(outcome) == Some(ErrorKind::InvalidClient);
    assert!(outcomes.iter().all(is_verdict), "{outcomes:?}");
    expect_token_requests(1..=1);
}

/// A leader fails. Threads that waited have its error, one that comes later tries again.
pub fn failed_leader(threads: usize) {
    let client = begin();
    service(|service| service.failures = vec![500]);
    let outcomes = join(start_calls(&client, threads));
    let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    assert!(failed >= 1, "{outcomes:?}");
    expect_token_requests(1..=2);
    let live = client.token().expect("the next call has a token");
    let has_other = |outcome: &Outcome| outcome.is_ok() && text(outcome) != live.secret().expose();
    assert!(!outcomes.iter().any(has_other), "{outcomes:?}");
}

/// A leader gets no response, and is cancelled: another thread becomes the leader.
pub fn cancelled_leader(threads: usize) {
    let client = begin();
    let flag = Cancel::new();
    let hurried = client.with_cancel(&flag).with_deadline(5 * SECOND);
    let first = thread::spawn(move || {
        service(|service| service.silent_for = Some(shuttle::current::me()));
        hurried.token()
    });
    let others = start_calls(&client, threads - 1);
    let canceller = thread::spawn(move || cancel(&flag));
    let first = first.join().expect("it does not panic");
    let outcomes = join(others);
    canceller.join().expect("it does not panic");
    expect_live(&client, &outcomes);
    let ended = [None, Some(ErrorKind::Cancelled), Some(ErrorKind::TokenResponseLost)];
    assert!(ended.contains(&kind(&first)), "{first:?}");
    expect_token_requests(1..=2);
}

/// A call is cancelled wherever it is. The others do not notice.
pub fn cancelled_call(threads: usize) {
    let client = begin();
    let flag = Cancel::new();
    let cancelled = client.with_cancel(&flag);
    let first = thread::spawn(move || cancelled.token());
    let others = start_calls(&client, threads - 1);
    let canceller = thread::spawn(move || cancel(&flag));
    let first = first.join().expect("it does not panic");
    let outcomes = join(others);
    canceller.join().expect("it does not panic");
    expect_live(&client, &outcomes);
    assert!(matches!(kind(&first), None | Some(ErrorKind::Cancelled)), "{first:?}");
    expect_token_requests(1..=2);
}

/// The token is rejected, and each thread reports it. The last reports are about an old token.
pub fn late_rejection(threads: usize) {
    let client = begin();
    let old = client.token().expect("there is a token");
    advance(10 * SECOND);
    let outcomes = join(start(threads, {
        let (client, old) = (client.clone(), old.clone());
        move || {
            client.report_token_rejected(&old);
            client.token()
        }
    }));
    expect_live(&client, &outcomes);
    expect_token_requests(2..=2);
}

/// The token was revoked: each request with it gets a 401, and is sent again with the new one.
pub fn revoked_token(threads: usize) {
    let client = begin();
    client.token().expect("there is a token");
    advance(10 * SECOND);
    service(|service| service.live = None);
    let listed = join(start(threads, {
        let client = client.clone();
        move || client.list(&Kind::CUSTOM_RESOURCE, "resource").map(drop)
    }));
    assert!(listed.iter().all(Result::is_ok), "{listed:?}");
    expect_live(&client, &[]);
    expect_token_requests(2..=2);
}

/// The token has expired.
pub fn expired_token(threads: usize) {
    let client = begin();
    client.token().expect("there is a token");
    advance(LIFETIME);
    let outcomes = join(start_calls(&client, threads));
    expect_live(&client, &outcomes);
    expect_token_requests(2..=2);
}

/// The token expires soon. While one thread fetches the next one, the others may use it.
pub fn expiring_token(threads: usize) {
    let client = begin();
    let old = client.token();
    advance(LIFETIME - 5 * SECOND);
    let outcomes = join(start_calls(&client, threads));
    let new: Vec<_> = outcomes.into_iter().filter(|one| text(one) != text(&old)).collect();
    assert!(!new.is_empty(), "the leader has the new token");
    expect_live(&client, &new);
    expect_token_requests(2..=2);
}

/// Calls that cannot wait get as many permits as there are.
pub fn permits(threads: usize) {
    let _shared = begin();
    let limit = threads - 1;
    let client = client(u32::try_from(limit).expect("it is small"));
    client.token().expect("there is a token");
    let listed = join(start(threads, {
        let client = client.with_deadline(30 * SECOND);
        move || client.list(&Kind::CUSTOM_RESOURCE, "resource").map(drop)
    }));
    let refused: Vec<_> = listed.iter().filter_map(|one| one.as_ref().err()).collect();
    assert_eq!(refused.len(), 1, "{listed:?}");
    assert_eq!(refused[0].kind(), ErrorKind::RateLimited, "{listed:?}");
    assert_eq!(service(|service| service.requests), limit, "requests");
}

/// Calls that can wait all get their permits in the end, one of them cancelled or not.
pub fn waiting_for_permits(threads: usize) {
    let _shared = begin();
    let client = client(1).with_deadline(Duration::from_secs(7200));
    client.token().expect("there is a token");
    set_least_sleep(40 * SECOND);
    let flag = Cancel::new();
    let cancelled = client.with_cancel(&flag);
    let first = thread::spawn(move || cancelled.list(&Kind::CUSTOM_RESOURCE, "one").map(drop));
    let others = start(threads - 1, {
        let client = client.clone();
        move || client.list(&Kind::CUSTOM_RESOURCE, "resource").map(drop)
    });
    let canceller = thread::spawn(move || cancel(&flag));
    let first = first.join().expect("it does not panic").map_err(|error| error.kind());
    let listed = join(others);
    canceller.join().expect("it does not panic");
    assert!(listed.iter().all(Result::is_ok), "{listed:?}");
    assert!(matches!(first, Ok(()) | Err(ErrorKind::Cancelled)), "{first:?}");
    assert!((threads - 1..=threads).contains(&service(|service| service.requests)), "requests");
}

/// A push that the deletion guard refuses has permits for two requests, and makes one.
pub fn permits_given_back(threads: usize) {
    let _shared = begin();
    let limit = threads + 1;
    let client = client(u32::try_from(limit).expect("it is small")).with_deadline(30 * SECOND);
    client.token().expect("there is a token");
    service(|service| service.records = 9);
    let pusher = client.clone();
    let push = thread::spawn(move || pusher.push(&Kind::CUSTOM_RESOURCE, &body()).map(drop));
    let lists = start(threads - 1, {
        let client = client.clone();
        move || client.list(&Kind::CUSTOM_RESOURCE, "resource").map(drop)
    });
    let refused = push.join().expect("it does not panic").map_err(|error| error.kind());
    assert_eq!(refused, Err(ErrorKind::TooManyRemovals));
    assert!(join(lists).iter().all(Result::is_ok), "there are permits for all");
    let left = limit - service(|service| service.requests);
    assert_eq!(left, 1, "permits that are left");
    client.list(&Kind::CUSTOM_RESOURCE, "resource").expect("there is a permit");
    let more = client.list(&Kind::CUSTOM_RESOURCE, "resource").map_err(|error| error.kind());
    assert_eq!(more.map(drop), Err(ErrorKind::RateLimited));
}

fn body() -> Body {
    let record = r#"{"uniqueId":"0","displayName":"record 0","externalUrl":"https://example.com"}"#;
    Body::from_json_array("resource", format!("[{record}]")).expect("the record is valid")
}

/// Pushes of one resource go one after the other, and one that is cancelled leaves its place.
pub fn pushes_in_sequence(threads: usize) {
    let client = begin();
    client.token().expect("there is a token");
    let flag = Cancel::new();
    let cancelled = client.with_cancel(&flag);
    let first = thread::spawn(move || cancelled.push(&Kind::CUSTOM_RESOURCE, &body()).map(drop));
    let others = start(threads - 1, {
        let client = client.clone();
        move || client.push(&Kind::CUSTOM_RESOURCE, &body()).map(drop)
    });
    let canceller = thread::spawn(move || cancel(&flag));
    let first = first.join().expect("it does not panic").map_err(|error| error.kind());
    let pushed = join(others);
    canceller.join().expect("it does not panic");
    assert!(pushed.iter().all(Result::is_ok), "{pushed:?}");
    assert!(matches!(first, Ok(()) | Err(ErrorKind::Cancelled)), "{first:?}");
}
