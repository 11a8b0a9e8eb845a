//! Pushes a file of records, verifies that they arrived, and exits with a code of what to do.
//!
//! `push KIND PAYLOAD.json`, configured from the environment: see docs/configuration.md.

use std::process::exit;

use vanta::{Body, Client, Config, Error, Kind};

fn run(kind: &str, path: &str) -> Result<(), Error> {
    let kind: Kind = kind.parse()?;
    let client = Client::new(Config::from_env())?;
    let body = Body::from_file(path)?;
    println!("{}", client.push(&kind, &body)?);
    println!("{}", client.verify(&kind, &body)?);
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, path] = arguments.as_slice() else {
        eprintln!("usage: push KIND PAYLOAD.json");
        exit(64);
    };
    if let Err(error) = run(kind, path) {
        eprintln!("{error}");
        exit(error.action().exit_code().into());
    }
}
