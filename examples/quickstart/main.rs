//! The main job on a simulated Vanta: a token, a plan, a push of 1,200 accounts, and the proof that
//! they arrived.
//!
//! `cargo run -p quickstart`, or, with a payload of accounts and the environment of
//! docs/configuration.md, against the real one: `cargo run -p quickstart accounts.json`.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use vanta::{Body, Client, Config, Kind};
use vanta_simulator::Simulator;

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(payload) = std::env::args_os().nth(1) {
        return run(Config::from_env(), Path::new(&payload));
    }
    let began = Instant::now();
    let simulator = Simulator::start();
    let ca = std::env::temp_dir().join(format!("vanta-quickstart-{}.pem", std::process::id()));
    std::fs::write(&ca, simulator.ca_pem())?;
    println!("{:>7.1?}  a simulated Vanta listens on {}", began.elapsed(), simulator.origin());
    let config = Config::new()
        .origin(simulator.origin())
        .client_id(simulator.client_id())
        .client_secret(simulator.client_secret())
        .ca_file(&ca);
    let payload =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/02_user_account_1200.json");
    let done = run(config, Path::new(payload));
    std::fs::remove_file(&ca)?;
    done?;
    println!("\nThe real one: create a private integration in Vanta's Developer Console, then");
    println!("  export VANTA_CLIENT_ID=vci_... VANTA_CLIENT_SECRET_FILE=/path/to/the/secret");
    println!("  cargo run -p quickstart accounts.json");
    println!("A push replaces everything that Vanta holds of the kind: begin on a sandbox.");
    Ok(())
}

fn run(config: Config, payload: &Path) -> Result<(), Box<dyn Error>> {
    let client = timed("client", || Client::new(config))?;
    let body = timed("payload read and checked", || Body::from_file(payload))?;
    timed("token", || client.token())?;
    let plan = timed("plan", || client.plan(&Kind::USER_ACCOUNT, &body))?;
    println!("          {}", plan.to_string().lines().next().unwrap_or_default());
    let receipt = timed("push", || client.push(&Kind::USER_ACCOUNT, &body))?;
    println!("          {receipt}");
    let verified = timed("verify", || client.verify(&Kind::USER_ACCOUNT, &body))?;
    println!("          {verified}");
    Ok(())
}

fn timed<T, E>(what: &str, step: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let began = Instant::now();
    let result = step();
    println!("{:>7.1?}  {what}", began.elapsed());
    result
}
