//! The service: one live token for each application, two rate limits, full-state replace.
//!
//! It shares no code with the library or with `tests/simulator`.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::check;
use crate::event::Event;
use crate::http::{Parsed, Reply, parse};
use crate::network::Piece;
use crate::time::{MINUTE, MS, SECOND, shown};
use crate::world::World;

pub const TOKENS_A_MINUTE: usize = 5;
pub const REQUESTS_A_MINUTE: usize = 20;

/// What is wrong with the service or with what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It fails with this status, to token requests alone or to all.
    Status { status: u16, tokens_only: bool },
    /// A gateway sends a web page.
    Page(u16),
    /// It takes so many seconds.
    Slow(u64),
    /// No connection is accepted.
    Down,
    /// It rejects every token.
    RejectsTokens,
    /// It rejects the client secret.
    RejectsSecret,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Token,
    List,
    Put,
}

pub struct Request {
    pub link: usize,
    pub process: usize,
    pub verb: Verb,
    pub resource: usize,
    bearer: Option<String>,
    /// The push whose records it has.
    pub push: Option<usize>,
    content: Vec<u8>,
    pub arrived: u64,
    /// How many times it was applied.
    pub is_applied: bool,
    pub is_definite: bool,
    /// Whether the client has read the whole response.
    pub is_response_read: bool,
    status: u16,
    /// The token that it brought.
    pub token: Option<usize>,
    /// What a gateway or an outage does to it, decided when it arrives.
    reply: Option<Reply>,
}

pub struct Token {
    pub text: String,
    pub issued: u64,
    pub until: u64,
    /// The process that requested it; `None` for another program's.
    pub process: Option<usize>,
    /// Whether a request with it got 401.
    pub was_rejected: bool,
    /// Whether the client has the response that brought it.
    pub request: Option<usize>,
}

#[derive(Default)]
pub struct Resource {
    pub records: Vec<Value>,
    /// When the records of which push were applied.
    pub history: Vec<(u64, usize)>,
}

#[derive(Default)]
pub struct Service {
    pub troubles: Vec<(usize, Trouble, u64)>,
    pub requests: Vec<Request>,
    pub tokens: Vec<Token>,
    live: Option<usize>,
    pub lifetime: u64,
    pub resources: Vec<Resource>,
    token_times: VecDeque<u64>,
    resource_times: VecDeque<u64>,
}

impl Service {
    pub fn new(lifetime: u64, resources: Vec<Resource>) -> Service {
        Service { lifetime, resources, ..Service::default() }
    }

    pub fn is_down(&self) -> bool {
        self.troubles.iter().any(|(_, trouble, _)| *trouble == Trouble::Down)
    }

    fn count(times: &mut VecDeque<u64>, now: u64, limit: usize) -> bool {
        while times.front().is_some_and(|at| at + MINUTE <= now) {
            times.pop_front();
        }
        times.push_back(now);
        times.len() <= limit
    }

    fn token(&mut self, now: u64, process: Option<usize>, request: Option<usize>) -> usize {
        let number = self.tokens.len();
        let (text, until) = (format!("vat_{number:06}"), now + self.lifetime * SECOND);
        let (issued, was_rejected) = (now, false);
        self.tokens.push(Token { text, issued, until, process, was_rejected, request });
        self.live = Some(number);
        number
    }

    pub fn live(&self) -> Option<&Token> {
        self.live.map(|live| &self.tokens[live])
    }

    fn is_valid(&self, bearer: Option<&str>, now: u64) -> bool {
        let rejects = self.troubles.iter().any(|(_, one, _)| *one == Trouble::RejectsTokens);
        let valid = self.live().is_some_and(|live| Some(&*live.text) == bearer && now < live.until);
        valid && !rejects
    }

    /// Notes that a request with a token got 401.
    fn note_rejected(&mut self, request: usize) {
        let bearer = self.requests[request].bearer.as_deref();
        let known = self.tokens.iter_mut().rfind(|token| Some(&*token.text) == bearer);
        known.into_iter().for_each(|token| token.was_rejected = true);
    }
}

impl World {
    /// Notes that the client has sent a request completely.
    pub fn sent(&mut self, parsed: &Parsed) {
        let content: Value = serde_json::from_slice(&parsed.content).unwrap_or_default();
        push_of(&content).into_iter().for_each(|push| self.pushes[push].sent += 1);
    }

    /// Reads the requests that are complete.
    pub fn serve(&mut self, link: usize) {
        while let Some(parsed) = parse(&self.links[link].received) {
            self.links[link].received.drain(..parsed.length);
            self.receive(link, parsed);
        }
    }

    fn receive(&mut self, link: usize, parsed: Parsed) {
        let number = self.service.requests.len();
        self.links[link].last_request = Some(number);
        let resource_id = |text: &str| text.strip_prefix("resource-")?.parse().ok();
        let content: Value = serde_json::from_slice(&parsed.content).unwrap_or_default();
        let push = push_of(&content);
        push.into_iter().for_each(|push| self.pushes[push].arrived += 1);
        let (verb, resource) = match (parsed.method.as_str(), parsed.path.split_once('=')) {
            ("POST", _) => (Verb::Token, None),
            ("GET", Some((_, id))) => (Verb::List, resource_id(id)),
            _ => (Verb::Put, content["resourceId"].as_str().and_then(resource_id)),
        };
        let request = Request {
            link,
            process: self.links[link].process,
            verb,
            resource: resource.unwrap_or(0),
            bearer: parsed.bearer,
            push,
            content: parsed.content,
            arrived: self.scheduler.now,
            is_applied: false,
            is_definite: false,
            is_response_read: false,
            status: 0,
            token: None,
            reply: None,
        };
        self.service.requests.push(request);
        check::limits::arrived(self, verb, self.scheduler.now);
        let delay = self.fate(number);
        self.scheduler.at(self.scheduler.now + delay, Event::Act(number));
    }

    /// Decides what becomes of a request. Returns how long it takes.
    fn fate(&mut self, number: usize) -> u64 {
        let mut delay = self.rng.range(5, 150) * MS;
        let is_token = self.service.requests[number].verb == Verb::Token;
        for (_, trouble, share) in self.service.troubles.clone() {
            if !self.rng.chance(share) {
                continue;
            }
            let reply = &mut self.service.requests[number].reply;
            match trouble {
                Trouble::Slow(seconds) => delay += self.rng.range(1, seconds * 1000) * MS,
                Trouble::Page(status) => *reply = Some(Reply::page(status)),
                Trouble::Status { status, tokens_only } if is_token || !tokens_only => {
                    *reply = Some(Reply::error(status));
                }
                Trouble::RejectsSecret if is_token => {
                    *reply = Some(Reply::json(401, r#"{"error":"invalid_client"}"#.to_owned()));
                }
                _ => {}
            }
        }
        delay
    }

    /// Carries a request out, and responds.
    pub fn act(&mut self, number: usize) {
        let planned = self.service.requests[number].reply.clone();
        let mut reply = match planned {
            // A gateway may have passed the request on before it gave up.
            Some(reply) if reply.status >= 500 && self.rng.chance(300) => {
                self.carry_out(number);
                reply
            }
            Some(reply) => reply,
            None => self.carry_out(number),
        };
        if matches!(reply.status, 429 | 503) && reply.content_type == "application/json" {
            let advice = ["", "", "0", "-5", "2", "7", "30", "90", "4000", "soon", "1e99"];
            let advice = *self.rng.pick(&advice);
            reply.retry_after = Some(advice.to_owned()).filter(|advice| !advice.is_empty());
            // The library does as it is told.
            self.heals_in(advice.parse().unwrap_or(0) * SECOND);
        }
        // A web page of a gateway is not about the token.
        if reply.status == 401 && reply.content_type == "application/json" {
            self.service.note_rejected(number);
        }
        let request = &mut self.service.requests[number];
        (request.status, request.is_definite) = (reply.status, reply.is_definite);
        self.log_request(number);
        self.respond(number, &reply);
    }

    fn log_request(&mut self, number: usize) {
        let request = &self.service.requests[number];
        let what = match (request.verb, request.push) {
            (Verb::Token, _) => "token request".to_owned(),
            (Verb::List, _) => format!("list of resource {}", request.resource),
            (Verb::Put, push) => {
                format!("push {} of resource {}", push.unwrap_or(0), request.resource)
            }
        };
        let applied = if request.is_applied { ", applied" } else { "" };
        let line = format!("p{}: {what}: {}{applied}", request.process, request.status);
        let is_notable = request.verb == Verb::Token || request.status != 200;
        self.log(is_notable, &line);
    }

    fn carry_out(&mut self, number: usize) -> Reply {
        let now = self.scheduler.now;
        let verb = self.service.requests[number].verb;
        if verb == Verb::Token {
            return self.issue(number);
        }
        if !Service::count(&mut self.service.resource_times, now, REQUESTS_A_MINUTE) {
            return Reply::error(429);
        }
        let bearer = self.service.requests[number].bearer.clone();
        check::tokens::used(self, number, bearer.as_deref());
        if !self.service.is_valid(bearer.as_deref(), now) {
            return Reply::error(401);
        }
        let resource = self.service.requests[number].resource;
        if verb == Verb::Put {
            return self.replace(number);
        }
        let rows: Vec<Value> = self.service.resources[resource].records.iter().map(row).collect();
        Reply::json(200, json!({ "resources": rows }).to_string())
    }

    fn issue(&mut self, number: usize) -> Reply {
        let now = self.scheduler.now;
        if !Service::count(&mut self.service.token_times, now, TOKENS_A_MINUTE) {
            return Reply::error(429);
        }
        check::tokens::requested(self, number);
        let process = self.service.requests[number].process;
        let token = self.service.token(now, Some(process), Some(number));
        let request = &mut self.service.requests[number];
        (request.is_applied, request.token) = (true, Some(token));
        let (text, lifetime) = (&self.service.tokens[token].text, self.service.lifetime);
        let content = json!({
            "access_token": text, "expires_in": lifetime, "token_type": "Bearer",
        });
        Reply::json(200, content.to_string())
    }

    fn replace(&mut self, number: usize) -> Reply {
        let now = self.scheduler.now;
        let request = &self.service.requests[number];
        let content: Value = serde_json::from_slice(&request.content).unwrap_or_default();
        let (Some(push), Some(records)) = (request.push, content["resources"].as_array()) else {
            return Reply::error(400);
        };
        let resource = request.resource;
        check::order::applied(self, push);
        let stored = &mut self.service.resources[resource];
        stored.records.clone_from(records);
        stored.history.push((now, push));
        self.pushes[push].applied.push(now);
        self.service.requests[number].is_applied = true;
        Reply::json(200, r#"{"success":true}"#.to_owned())
    }

    /// Sends the response, or what becomes of it on the way.
    fn respond(&mut self, number: usize, reply: &Reply) {
        let request = &self.service.requests[number];
        let (link, is_token) = (request.link, request.verb == Verb::Token);
        let weather = self.hosts[self.processes[request.process].host].weather.clone();
        if self.rng.chance(weather.lost_response) {
            return;
        }
        if self.rng.chance(weather.reset_response) {
            self.links[link].is_closed_by_server = true;
            return self.send_to_client(link, Piece::Reset);
        }
        let mut bytes = reply.bytes();
        if self.rng.chance(weather.cut_response) {
            bytes.truncate(self.rng.index(bytes.len()));
            self.links[link].is_closed_by_server = true;
            self.send_to_client(link, Piece::Data(bytes));
            return self.send_to_client(link, Piece::End);
        }
        let rest = bytes.split_off(self.rng.index(bytes.len()));
        self.send_to_client(link, Piece::Data(bytes));
        self.send_to_client(link, Piece::Last(rest, number));
        if is_token {
            self.links[link].is_closed_by_server = true;
            return self.send_to_client(link, Piece::End);
        }
        let idle = self.rng.range(3, 20) * SECOND;
        self.scheduler.at(self.scheduler.now + idle, Event::CloseIdle(link, number));
    }

    /// Another program, which does not use the store, requests a token.
    pub fn foreign_request(&mut self) {
        let now = self.scheduler.now;
        if !Service::count(&mut self.service.token_times, now, TOKENS_A_MINUTE) {
            return;
        }
        let token = self.service.token(now, None, None);
        let until = shown(self.service.tokens[token].until);
        self.log(true, &format!("another program requests a token, valid until {until}"));
    }
}

/// The push whose records these are.
fn push_of(content: &Value) -> Option<usize> {
    let name = content["resources"][0]["displayName"].as_str();
    name.and_then(|name| name.strip_prefix("push ")?.parse().ok())
}

/// A record as a list shows it.
fn row(record: &Value) -> Value {
    let mut row = record.clone();
    row["createdAt"] = json!("2026-01-01T00:00:00.000Z");
    row["updatedAt"] = json!("2026-01-01T00:00:00.000Z");
    row["deletedAt"] = Value::Null;
    row
}
