//! Does short jobs with the library: a whole process, small requests on one connection, and jobs
//! that read, push and verify.

use std::io::{self, Write};

use vanta::{Body, Kind, PushOptions};
use vanta_benches::{Measured, client, record};

type Failure = Box<dyn std::error::Error>;

fn body(records: usize) -> Result<Body, Failure> {
    let lines: Vec<String> = (0..records).map(record).collect();
    Ok(Body::from_ndjson("inventory", lines.join("\n"))?)
}

/// Pushes ten records as a whole job. By default the remote records are read first.
fn cold(options: &PushOptions) -> Result<String, Failure> {
    let measured = Measured::begin();
    client()?.push_with(&Kind::USER_ACCOUNT, &body(10)?, options)?;
    Ok(measured.end(1))
}

/// Jobs of one process, one after the other, of which each reads the live records, pushes ten and
/// verifies them.
fn jobs(times: u64) -> Result<String, Failure> {
    let measured = Measured::begin();
    let (client, body) = (client()?, body(10)?);
    for _ in 0..times {
        client.push(&Kind::USER_ACCOUNT, &body)?;
        client.verify(&Kind::USER_ACCOUNT, &body)?;
    }
    Ok(measured.end(times))
}

/// Pushes one record several times. The deletion guard has the previous push as its baseline.
fn small(times: u64) -> Result<String, Failure> {
    let (client, body) = (client()?, body(1)?);
    let receipt = client.push(&Kind::USER_ACCOUNT, &body)?;
    let options = PushOptions::new().baseline(&receipt);
    let measured = Measured::begin();
    for _ in 0..times {
        client.push_with(&Kind::USER_ACCOUNT, &body, &options)?;
    }
    Ok(measured.end(times))
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let line = match words[..] {
        ["cold"] => cold(&PushOptions::new())?,
        ["cold", "unread"] => cold(&PushOptions::new().allow_any_removals(true))?,
        ["small", times] => small(times.parse()?)?,
        ["jobs", times] => jobs(times.parse()?)?,
        _ => return Err("say which job: cold [unread] | small TIMES | jobs TIMES".into()),
    };
    writeln!(io::stdout(), "{line}")?;
    Ok(())
}
