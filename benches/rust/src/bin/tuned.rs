//! Does the jobs with the HTTP crate alone, tuned for speed. The library is compared with it.
//!
//! The resolver caches, head and body go into one TLS record, and a connection that was used just
//! now is not probed. There is no deadline, no validation, no wiping and no retry.

use std::error::Error;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, RustlsConnector, TcpConnector, Transport,
};
use vanta_benches::{Measured, record, told};

type Failure = Box<dyn Error>;

#[derive(Debug, Default)]
struct Remembers(DefaultResolver, OnceLock<ResolvedSocketAddrs>);

impl Resolver for Remembers {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if self.1.get().is_none() {
            let _ = self.1.set(self.0.resolve(uri, config, timeout)?);
        }
        let mut copy = self.empty();
        self.1
            .get()
            .map(|known| known.iter())
            .into_iter()
            .flatten()
            .for_each(|address| copy.push(*address));
        Ok(copy)
    }
}

#[derive(Debug)]
struct Joins;

#[derive(Debug)]
struct Joined<T> {
    inner: T,
    head: Vec<u8>,
    in_body: bool,
    used: Instant,
}

impl<In: Transport> Connector<In> for Joins {
    type Out = Joined<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Joined<In>>, ureq::Error> {
        let join = |inner| Joined { inner, head: vec![], in_body: false, used: Instant::now() };
        Ok(chained.map(join))
    }
}

impl<T: Transport> Joined<T> {
    /// Both fit into the buffer, because the bodies are small.
    fn send(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        let output = self.inner.buffers().output();
        let head = self.head.len();
        output.copy_within(..amount, head);
        output[..head].copy_from_slice(&self.head);
        self.head.clear();
        self.inner.transmit_output(head + amount, timeout)
    }
}

impl<T: Transport> Transport for Joined<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        if !self.in_body {
            self.head.extend_from_slice(&self.inner.buffers().output()[..amount]);
            self.in_body = self.head.ends_with(b"\r\n\r\n");
            return Ok(());
        }
        self.send(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        if !self.head.is_empty() {
            self.send(0, timeout)?;
        }
        (self.in_body, self.used) = (false, Instant::now());
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.used.elapsed() < Duration::from_secs(1) || self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

fn agent() -> Result<Agent, Failure> {
    let pem = std::fs::read(told("BENCH_CA"))?;
    let certificates = parse_pem(&pem).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    let roots = RootCerts::new_with_certs(&certificates.collect::<Vec<_>>());
    let config = Agent::config_builder()
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .proxy(None)
        .input_buffer_size(16 << 10)
        .output_buffer_size(64 << 10)
        .build();
    let connector = TcpConnector::default().chain(RustlsConnector::default()).chain(Joins);
    Ok(Agent::with_parts(config, connector, Remembers::default()))
}

fn token(agent: &Agent) -> Result<String, Failure> {
    let request = serde_json::json!({
        "client_id": told("BENCH_ID"),
        "client_secret": told("BENCH_SECRET"),
        "scope": "connectors.self:write-resource connectors.self:read-resource",
        "grant_type": "client_credentials",
    });
    let post = agent.post(told("BENCH_ORIGIN") + "/oauth/token");
    let mut answer =
        post.header("Content-Type", "application/json").send(request.to_string().as_bytes())?;
    let answer: serde_json::Value = serde_json::from_str(&answer.body_mut().read_to_string()?)?;
    Ok(format!("Bearer {}", answer["access_token"].as_str().ok_or("no token")?))
}

fn body(records: usize) -> String {
    let records: Vec<String> = (0..records).map(record).collect();
    format!(r#"{{"resourceId":"inventory","resources":[{}]}}"#, records.join(","))
}

fn push(agent: &Agent, url: &str, token: &str, body: &str) -> Result<(), Failure> {
    let put = agent.put(url).header("Authorization", token);
    let put = put.header("Content-Type", "application/json");
    let mut answer = put.send(body.as_bytes())?;
    let said = answer.body_mut().read_to_string()?;
    let said: serde_json::Value = serde_json::from_str(&said)?;
    if said["success"] == true { Ok(()) } else { Err("no success".into()) }
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let url = told("BENCH_ORIGIN") + "/v1/resources/user_account";
    let line = match words[..] {
        ["cold"] => {
            let measured = Measured::begin();
            let agent = agent()?;
            push(&agent, &url, &token(&agent)?, &body(10))?;
            measured.end(1)
        }
        ["small", times] => {
            let (agent, body) = (agent()?, body(1));
            let token = token(&agent)?;
            push(&agent, &url, &token, &body)?;
            let measured = Measured::begin();
            let times = times.parse()?;
            (0..times).try_for_each(|_| push(&agent, &url, &token, &body))?;
            measured.end(times)
        }
        _ => return Err("say which job: cold | small TIMES".into()),
    };
    writeln!(io::stdout(), "{line}")?;
    Ok(())
}
