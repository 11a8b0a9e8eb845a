//! `vanta doctor`: what a command needs, step by step, each with a remedy.
//!
//! The service is tried with a token that is none. Its refusal shows that the way there and the
//! certificate are right, without a token request and whatever the credentials are.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, SystemTime};

use serde_json::json;
use vanta::{Action, Client, Error, ErrorKind, Kind, Stage};

use super::way::Way;
use crate::args;
use crate::config;
use crate::failure::{Failure, Result};
use crate::names;
use crate::output::{Output, Paint};

/// How long one connection may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// How long the service may take to respond.
const PROBE_LIMIT: Duration = Duration::from_secs(20);

/// A clock may differ by so much: rate limits are right within it.
const CLOCK_LIMIT: Duration = Duration::from_secs(60);

pub fn run(options: &args::Doctor, output: &Output) -> Result<()> {
    let mut doctor = Doctor { output, failed: None };
    let connection = &options.connection;
    let client = doctor.configuration(connection)?;
    let way = Way::of(connection);
    let is_reachable = doctor.resolve(&way)? && doctor.connect(&way)?;
    if is_reachable {
        doctor.service(connection)?;
    }
    if client.is_some() {
        doctor.store(connection)?;
    }
    match client.filter(|_| doctor.failed.is_none()) {
        Some(client) => doctor.credentials(&client)?,
        None => doctor.line(State::Skipped, "credentials", "not tried, since a step failed")?,
    }
    doctor.end()
}

#[derive(Clone, Copy)]
enum State {
    Good,
    Doubtful,
    Failed,
    Skipped,
}

struct Doctor<'a> {
    output: &'a Output,
    /// What to do about the first step that failed.
    failed: Option<Action>,
}

impl Doctor<'_> {
    fn line(&self, state: State, step: &str, words: &str) -> Result<()> {
        let (paint, word) = match state {
            State::Good => (Paint::Green, "ok"),
            State::Doubtful => (Paint::Yellow, "warn"),
            State::Failed => (Paint::Red, "FAIL"),
            State::Skipped => (Paint::Bold, "skip"),
        };
        if self.output.is_json {
            let json = json!({"step": step, "state": word.to_lowercase(), "message": words});
            return self.output.data(format!("{json}\n"));
        }
        let word = self.output.paint(paint, format!("{word:4}"));
        self.output.data(format!("{word}  {step:13}  {words}\n"))
    }

    /// Writes the line of a step, and returns whether it is good.
    fn step(&mut self, step: &str, done: Result<String, (Action, String)>) -> Result<bool> {
        match done {
            Ok(words) => self.line(State::Good, step, &words).map(|()| true),
            Err((action, words)) => {
                self.failed.get_or_insert(action);
                self.line(State::Failed, step, &words).map(|()| false)
            }
        }
    }

    fn end(self) -> Result<()> {
        match self.failed {
            None => Ok(()),
            Some(action) => Err(Failure::new(action, "a step failed").shown()),
        }
    }

    fn configuration(&mut self, connection: &args::Connection) -> Result<Option<Client>> {
        let client = config::client(connection, self.output);
        let given = connection.client_id.clone().or_else(|| config::variable("VANTA_CLIENT_ID"));
        let words = format!("client id {}, {}", given.unwrap_or_default(), Way::origin(connection));
        let done = client.as_ref().map(|_| words).map_err(|e| (e.action, e.to_string()));
        Ok(self.step("configuration", done)?.then_some(client).and_then(Result::ok))
    }

    fn resolve(&mut self, way: &Way) -> Result<bool> {
        let Some(host) = &way.first else {
            self.line(State::Skipped, "resolve", "the proxy is the one of the environment")?;
            return Ok(true);
        };
        let found = host.to_socket_addrs().map(|found| found.count());
        let done =
            found.map(|count| format!("{host}{}: {}", way.by(), addresses(count))).map_err(|e| {
                let words = format!(
                    "{host}: {e}; correct the name or DNS, or set VANTA_PROXY if only a \
                                 proxy leads outside"
                );
                (Action::RetryLater, words)
            });
        self.step("resolve", done)
    }

    fn connect(&mut self, way: &Way) -> Result<bool> {
        let Some(host) = &way.first else { return Ok(true) };
        let mut last = None;
        for address in host.to_socket_addrs().into_iter().flatten() {
            match TcpStream::connect_timeout(&address, CONNECT_LIMIT) {
                Ok(_) => return self.step("connect", Ok(address.to_string())),
                Err(error) => last = Some(format!("{address}: {error}")),
            }
        }
        let why = last.unwrap_or_else(|| "no address".to_owned());
        let words = format!("{why}; allow the connection in the firewall, or set VANTA_PROXY");
        self.step("connect", Err((Action::RetryLater, words)))
    }

    /// Proxy, TLS, the response and the clock, by one request with a token that is none.
    fn service(&mut self, connection: &args::Connection) -> Result<()> {
        let Some(client) = self.probe(connection) else {
            return self.line(State::Skipped, "service", "not tried, for want of a configuration");
        };
        match client.list(&Kind::USER_ACCOUNT, "doctor") {
            Ok(_) => self.service_is_reached(None),
            Err(error) if is_refusal(&error) => self.service_is_reached(Some(&error)),
            Err(error) => {
                let step = match error.stage() {
                    Stage::Proxy => "proxy",
                    Stage::Tls => "tls",
                    Stage::Resolve => "resolve",
                    Stage::Connect => "connect",
                    _ => "service",
                };
                self.step(step, Err(of(&error))).map(drop)
            }
        }
    }

    /// A client whose token is none.
    fn probe(&self, connection: &args::Connection) -> Option<Client> {
        let config = config::config(connection, self.output).ok()?;
        let config = config.static_token("vat_doctor").requests_per_minute(0);
        let client = Client::new(config).ok()?.with_deadline(PROBE_LIMIT);
        Some(client.with_cancel(&crate::signals::cancel()))
    }

    fn service_is_reached(&mut self, refusal: Option<&Error>) -> Result<()> {
        self.line(State::Good, "tls", "the certificate is valid, and of a trusted authority")?;
        self.line(State::Good, "service", "it responds, and refuses a token that is none")?;
        let Some(server) = refusal.and_then(Error::server_date) else {
            return self.line(State::Skipped, "clock", "the response has no date");
        };
        let now = SystemTime::now();
        let (by, side) = match now.duration_since(server) {
            Ok(by) => (by, "ahead of"),
            Err(error) => (error.duration(), "behind"),
        };
        let words = format!("{} s {side} the service's", by.as_secs());
        if by <= CLOCK_LIMIT {
            return self.line(State::Good, "clock", &words);
        }
        let words = format!("{words}; set this machine's clock, and keep it with NTP");
        self.step("clock", Err((Action::FixConfig, words))).map(drop)
    }

    fn store(&mut self, connection: &args::Connection) -> Result<()> {
        let Some(store) = config::store(connection).filter(|store| store != "memory") else {
            let words = "memory: each run requests a token, which revokes the one before; set \
                         VANTA_TOKEN_STORE";
            return self.line(State::Doubtful, "token store", words);
        };
        let config = config::config(connection, self.output)?.token_from_store_only(true);
        let done = Client::new(config).and_then(|client| client.token().map(|_| client.snapshot()));
        let done = match done {
            Ok(snapshot) => Ok(format!("{store}: a token, valid for {} s", snapshot.seconds_left)),
            Err(error) if error.kind() == ErrorKind::TokenRequestNotAllowed => {
                Ok(format!("{store}: no token yet"))
            }
            Err(error) => Err(of(&error)),
        };
        self.step("token store", done).map(drop)
    }

    /// Takes the shared token: one is requested only if the store has none.
    fn credentials(&mut self, client: &Client) -> Result<()> {
        let done = client.token().map(|_| {
            let snapshot = client.snapshot();
            let scope = snapshot.scope.unwrap_or_else(|| "not known".to_owned());
            format!("accepted, with the scope {scope}")
        });
        self.step("credentials", done.map_err(|error| of(&error))).map(drop)
    }
}

fn addresses(count: usize) -> String {
    format!("{count} address{}", if count == 1 { "" } else { "es" })
}

/// Whether the service itself responded.
fn is_refusal(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::NotFound)
}

fn of(error: &Error) -> (Action, String) {
    (error.action(), names::of_options(&error.to_string()))
}
