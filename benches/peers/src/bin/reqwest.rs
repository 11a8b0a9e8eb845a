//! Does short jobs with reqwest, and the oauth2 crate for the token.
//!
//! `reqwest cold`, `reqwest small TIMES`. Prints its measurements as one line of JSON.

use std::error::Error;
use std::io::{self, Write};
use std::time::Instant;

use oauth2::basic::BasicClient;
use oauth2::{AuthType, ClientId, ClientSecret, Scope, TokenResponse, TokenUrl};
use reqwest::blocking::Client;
use reqwest::{Certificate, redirect};
use serde::Serialize;

type Failure = Box<dyn Error>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    display_name: String,
    unique_id: String,
    external_url: String,
    full_name: String,
    account_name: String,
    email: String,
    permission_level: &'static str,
    created_timestamp: &'static str,
    status: &'static str,
    mfa_enabled: bool,
    mfa_methods: [&'static str; 1],
    auth_method: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    resource_id: &'static str,
    resources: Vec<Account>,
}

fn account(n: usize) -> Account {
    Account {
        display_name: format!("Person {n}"),
        unique_id: format!("account-{n:06}"),
        external_url: format!("https://inventory.example.org/accounts/{n}"),
        full_name: format!("Person {n}"),
        account_name: format!("person{n}"),
        email: format!("person{n}@example.org"),
        permission_level: "BASE",
        created_timestamp: "2026-01-01T00:00:00Z",
        status: "ACTIVE",
        mfa_enabled: true,
        mfa_methods: ["OTP"],
        auth_method: "SSO",
    }
}

fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run benches/run"))
}

fn client() -> Result<Client, Failure> {
    let authority = Certificate::from_pem(&std::fs::read(told("BENCH_CA"))?)?;
    let builder = Client::builder().tls_built_in_root_certs(false).no_proxy();
    Ok(builder.add_root_certificate(authority).redirect(redirect::Policy::none()).build()?)
}

fn token(client: &Client) -> Result<String, Failure> {
    let application = BasicClient::new(ClientId::new(told("BENCH_ID")))
        .set_client_secret(ClientSecret::new(told("BENCH_SECRET")))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::new(told("BENCH_ORIGIN") + "/oauth/token")?);
    let asked = application.exchange_client_credentials();
    let asked = asked.add_scope(Scope::new("connectors.self:write-resource".to_owned()));
    let granted = asked.add_scope(Scope::new("connectors.self:read-resource".to_owned()));
    Ok(granted.request(client)?.access_token().secret().clone())
}

fn push(client: &Client, url: &str, token: &str, rows: usize) -> Result<(), Failure> {
    let body = Body { resource_id: "inventory", resources: (0..rows).map(account).collect() };
    let answer = client.put(url).bearer_auth(token).json(&body).send()?.error_for_status()?;
    let said: serde_json::Value = answer.json()?;
    if said["success"] == true { Ok(()) } else { Err("no success".into()) }
}

/// Returns the processor time of all threads, in nanoseconds.
fn cpu() -> i64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes one `timespec` into memory that is ours.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let url = told("BENCH_ORIGIN") + "/v1/resources/user_account";
    let (mut began, mut from, mut units) = (Instant::now(), cpu(), 1);
    let client = client()?;
    let token = token(&client)?;
    match words[..] {
        ["cold"] => push(&client, &url, &token, 10)?,
        ["small", times] => {
            units = times.parse()?;
            push(&client, &url, &token, 1)?;
            (began, from) = (Instant::now(), cpu());
            (0..units).try_for_each(|_| push(&client, &url, &token, 1))?;
        }
        _ => return Err("say which job: cold | small TIMES".into()),
    }
    let (cpu, wall) = (cpu() - from, began.elapsed().as_nanos());
    let line = format!(r#"{{"cpu_ns":{cpu},"wall_ns":{wall},"units":{units},"rss_kb":0}}"#);
    writeln!(io::stdout(), "{line}")?;
    Ok(())
}
