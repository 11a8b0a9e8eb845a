//! `vanta status`: the token and its rate limit, as the token store has them.

use serde_json::{Value, json};
use vanta::{Client, ErrorKind, LastError, Snapshot, Source};

use crate::args::Status;
use crate::config;
use crate::failure::Result;
use crate::output::{Output, table};

pub fn run(options: &Status, output: &Output) -> Result<()> {
    let config = config::config(&options.connection, output)?.token_from_store_only(true);
    let client = Client::new(config)?;
    match client.token() {
        Ok(_) => {}
        // There is no token now, which is a state like another.
        Err(error) if error.kind() == ErrorKind::TokenRequestNotAllowed => {}
        Err(error) => return Err(error.into()),
    }
    let snapshot = client.snapshot();
    match output.is_json {
        true => output.data(format!("{}\n", json(&snapshot))),
        false => output.data(table(&rows(&snapshot))),
    }
}

fn json(snapshot: &Snapshot) -> Value {
    let has_token = snapshot.source != Source::None;
    json!({
        "store": snapshot.store,
        "storeError": snapshot.store_error,
        "hasToken": has_token,
        "generation": snapshot.generation,
        "secondsLeft": snapshot.seconds_left,
        "scope": snapshot.scope,
        "maybeRevoked": snapshot.maybe_revoked,
        "tokenRequestsLastMinute": snapshot.requests_last_minute,
        "tokenRequestsLeft": snapshot.requests_left,
        "revokedEarly": snapshot.revoked,
    })
}

fn rows(snapshot: &Snapshot) -> Vec<Vec<String>> {
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let token = match snapshot.source {
        Source::None => "none; the next command requests one".to_owned(),
        _ => format!("number {}, valid for {} s", snapshot.generation, snapshot.seconds_left),
    };
    let doubt = if snapshot.maybe_revoked { ", perhaps revoked" } else { "" };
    let mut rows = vec![row("token", token + doubt), row("store", snapshot.store.clone())];
    rows.extend(snapshot.scope.as_ref().map(|scope| row("scope", scope.clone())));
    rows.push(row(
        "token requests",
        format!(
            "{} in the last minute, {} left",
            snapshot.requests_last_minute, snapshot.requests_left
        ),
    ));
    if snapshot.revoked > 0 {
        rows.push(row("revoked early", format!("{} tokens within ten minutes", snapshot.revoked)));
    }
    rows.extend(snapshot.store_error.as_ref().map(|error| row("store error", error.clone())));
    let last = snapshot.last_error.as_ref().filter(|error| is_news(error));
    rows.extend(last.map(|error| row("last error", error.message.clone())));
    rows
}

/// That no token may be requested is what this command asked for.
fn is_news(error: &LastError) -> bool {
    error.kind != ErrorKind::TokenRequestNotAllowed
}
