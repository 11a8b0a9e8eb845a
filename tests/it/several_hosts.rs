//! The recipe of docs/several-hosts.md: two hosts share a token through a Redis with TLS.

use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::docs::program;
use crate::harness::{Rig, TempFile, TempFolder, fixture_path};
use crate::jobs::{Jobs, RUST_PUSH, Running, all_succeed, start, until};
use crate::redis::free_port;

/// Starts the Redis of the recipe.
fn redis(folder: &TempFolder, port: u16) -> Running {
    let mut command = Command::new("sh");
    command.arg("-c").arg(program("docs/several-hosts.md", "redis.sh"));
    command.current_dir(folder.path()).env("REDIS_HOST", "localhost");
    command.env("REDIS_PORT", port.to_string());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let running = start(command);
    until("Redis listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    running
}

#[test]
fn the_recipe_for_two_hosts_makes_one_token_request() {
    needs!("redis-server", "openssl", "localhost");
    let (rig, folder, port) = (Rig::unlimited(), TempFolder::new(), free_port());
    let _redis = redis(&folder, port);
    let certificate = std::fs::read(folder.path().join("redis.pem")).expect("it was made");
    let trusted = [rig.sim.ca_pem().as_bytes(), &certificate].concat();
    let trusted = TempFile::new("pem", &trusted);
    let jobs = Jobs::new(&rig, format!("rediss://jobs@localhost:{port}"));
    for host in ["one", "two"] {
        let mut job = jobs.run(std::slice::from_ref(&RUST_PUSH));
        job.env("VANTA_TOKEN_STORE_PASSWORD_FILE", folder.path().join("password"));
        job.env("VANTA_CA_FILE", trusted.path()).env("VANTA_TEST_MACHINE", host);
        all_succeed([{
            job.arg("user_account").arg(fixture_path("01_user_account_3.json"));
            job
        }]);
    }
    let counters = rig.sim.counters();
    assert_eq!((counters.token_requests, counters.puts_accepted), (1, 2));
}
