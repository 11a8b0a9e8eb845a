//! Replicas, clusters and Sentinels, and foreign data in a Redis: what works, and which errors say
//! why something is refused.

use std::fs;
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use vanta::{Client, Config, ErrorKind, OnStoreUnavailable};

use crate::harness::{Rig, TempFile, TempFolder, assert_kind};
use crate::jobs::{Jobs, start, text, until};
use crate::languages::BUILT;
use crate::redis::{Server, free_port};

fn words(port: u16, more: &[&str]) -> Vec<String> {
    let port = port.to_string();
    ["--port", &port].iter().chain(more).map(|word| (*word).to_owned()).collect()
}

fn config(rig: &Rig, url: &str) -> Config {
    rig.config().token_store(url).on_store_unavailable(OnStoreUnavailable::Proceed)
}

fn client(rig: &Rig, url: &str) -> Client {
    Client::new(config(rig, url)).expect("well formed")
}

#[track_caller]
fn assert_refused(rig: &Rig, url: &str, words: &str) {
    let error = assert_kind(client(rig, url).token(), ErrorKind::UnusableStore);
    assert!(error.to_string().contains(words), "{error}");
    assert_eq!(rig.sim.counters().token_requests, 0);
}

#[test]
fn a_replica_is_refused_until_it_is_promoted_and_then_has_the_token() {
    needs!("redis-server", "redis-cli");
    let primary = Server::start();
    let of = primary.port.to_string();
    let replica =
        Server::start_with(|_, port| words(port, &["--replicaof", "127.0.0.1", of.as_str()]));
    until("the replica is in step", || {
        replica.cli(&["info", "replication"]).contains("link_status:up")
    });
    let rig = Rig::new();
    assert_refused(&rig, &replica.url(), "read-only replica");
    let token = client(&rig, &primary.url()).token().expect("a token");
    until("the record is there", || !replica.key("record").is_empty());
    // Reading needs no lock, and a replica can be read.
    let read = client(&rig, &replica.url()).token().expect("read from the replica");
    assert_eq!(read.secret(), token.secret());
    replica.cli(&["replicaof", "no", "one"]);
    let promoted = client(&rig, &replica.url());
    assert_eq!(promoted.token().expect("the same").secret(), token.secret());
    rig.advance(Duration::from_secs(3600));
    promoted.token().expect("a new one, under the lock of the promoted one");
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn a_cluster_of_one_node_works_with_database_0_and_says_what_does_not() {
    needs!("redis-server", "redis-cli");
    let server = Server::start_with(|_, port| words(port, &["--cluster-enabled", "yes"]));
    let rig = Rig::new();
    // It has no slots yet, which may be temporary.
    let early = Client::new(rig.config().token_store(server.url())).expect("well formed");
    assert_kind(early.token(), ErrorKind::StoreUnavailable);
    drop(early);
    server.cli(&["cluster", "addslotsrange", "0", "16383"]);
    until("the cluster is up", || server.cli(&["cluster", "info"]).contains("cluster_state:ok"));
    assert_refused(&rig, &format!("{}/1", server.url()), "a cluster has database 0 alone");
    client(&rig, &server.url()).token().expect("a token");
    client(&rig, &server.url()).token().expect("the same, read from it");
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn a_sentinel_is_refused_with_the_advice_to_name_the_redis() {
    needs!("redis-server");
    let redis = Server::start();
    let (folder, port) = (TempFolder::new(), free_port());
    let file = folder.path().join("sentinel.conf");
    let monitor = format!("sentinel monitor main 127.0.0.1 {} 1", redis.port);
    let dir = folder.path().display();
    let settings = format!("port {port}\nbind 127.0.0.1\ndir \"{dir}\"\n{monitor}\n");
    fs::write(&file, settings).expect("writable");
    let mut command = Command::new("redis-server");
    command.arg(&file).arg("--sentinel").stdout(Stdio::null());
    let _sentinel = start(command);
    until("it listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    assert_refused(&Rig::new(), &format!("redis://127.0.0.1:{port}"), "is it a Sentinel?");
}

#[test]
fn a_database_that_does_not_exist_and_keys_of_others_are_configuration_errors() {
    needs!("redis-server", "redis-cli");
    let server = Server::start();
    let rig = Rig::new();
    assert_refused(&rig, &format!("{}/99", server.url()), "the database does not exist");
    let url = format!("{}/x", server.url());
    let error = assert_kind(Client::new(config(&rig, &url)), ErrorKind::UnusableStore);
    assert!(error.to_string().contains("is not a number"), "{error}");
    let key = format!("{{vanta {} {}}} record", rig.sim.origin(), rig.sim.client_id());
    server.cli(&["rpush", &key, "x"]);
    assert_refused(&rig, &server.url(), "something other than a token record");
    server.cli(&["del", &key]);
    server.cli(&["hset", &key, "record", "{\"mine\":1}"]);
    assert_refused(&rig, &server.url(), "not a token record");
    assert_eq!(server.cli(&["hget", &key, "record"]), "{\"mine\":1}");
}

#[test]
fn a_lock_without_an_end_gets_one() {
    needs!("redis-server", "redis-cli");
    let server = Server::start();
    let rig = Rig::new();
    let key = format!("{{vanta {} {}}} lock", rig.sim.origin(), rig.sim.client_id());
    server.cli(&["set", &key, "made by a script"]);
    let client = client(&rig, &server.url());
    let short_deadline = client.with_deadline(Duration::from_millis(500));
    assert_kind(short_deadline.token(), ErrorKind::StoreLocked);
    let left: i64 = server.cli(&["pttl", &key]).parse().expect("a number");
    assert!((1..=60_000).contains(&left), "{left}");
    server.cli(&["pexpire", &key, "1"]);
    client.token().expect("the lock came to its end");
}

#[test]
fn a_good_token_in_redis_is_used_while_another_holds_the_lock() {
    needs!("redis-server", "redis-cli");
    let server = Server::start();
    let rig = Rig::new();
    client(&rig, &server.url()).token().expect("a token");
    let lock = format!("{{vanta {} {}}} lock", rig.sim.origin(), rig.sim.client_id());
    server.cli(&["set", &lock, "another job", "px", "60000"]);
    client(&rig, &server.url()).token().expect("no lock is needed");
    assert_eq!(server.cli(&["get", &lock]), "another job");
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn a_changed_password_is_read_again_for_each_connection() {
    needs!("redis-server", "redis-cli");
    let server = Server::start_with(|_, port| words(port, &["--requirepass", "first-password"]));
    let (rig, file) = (Rig::new(), TempFile::new("password", b"first-password"));
    let config = config(&rig, &server.url()).token_store_password_file(file.path());
    let client = Client::new(config).expect("well formed");
    client.token().expect("a token");
    let before = ["-a", "first-password", "--no-auth-warning"];
    server.cli(&[&before[..], &["config", "set", "requirepass", "second-password"]].concat());
    let after = ["-a", "second-password", "--no-auth-warning"];
    server.cli(&[&after[..], &["client", "kill", "type", "normal"]].concat());
    rig.advance(Duration::from_secs(3600));
    assert_kind(client.token(), ErrorKind::UnusableStore);
    fs::write(file.path(), "second-password\n").expect("ours");
    client.token().expect("with the new password");
    assert_eq!(rig.sim.counters().token_requests, 2);
}

#[test]
fn plain_redis_speaks_to_loopback_addresses_alone_whatever_localhost_resolves_to() {
    needs!("gcc");
    let rig = Rig::new();
    let program = BUILT.compile("gcc", "-std=c99", "tests/c/localhost.c").into_os_string();
    let jobs = Jobs::new(&rig, "redis://localhost:6379");
    let mut job = jobs.run(&[program]);
    job.env("TEST_ADDRESSES", "192.0.2.1");
    let output = start(job).end();
    let printed = text(&output);
    let refused = format!("{} ", ErrorKind::UnusableStore.code());
    assert!(
        printed.starts_with(&refused) && printed.contains("resolves to 192.0.2.1"),
        "{printed}"
    );
}

/// The commands that docs/several-jobs.md lists.
const ALLOWED: [&str; 9] = ["eval", "get", "set", "del", "incr", "pttl", "pexpire", "hget", "hset"];

fn allow(server: &Server, keys: &str, but: &str) {
    let commands = ALLOWED.iter().filter(|command| **command != but);
    let commands: Vec<String> = commands.map(|command| format!("+{command}")).collect();
    let user = ["acl", "setuser", "jobs", "reset", "on", ">jobs-password", keys];
    let words = user.into_iter().chain(commands.iter().map(String::as_str));
    assert_eq!(server.cli(&words.collect::<Vec<_>>()), "OK");
}

#[test]
fn a_user_of_redis_without_a_permission_is_a_configuration_error() {
    needs!("redis-server", "redis-cli");
    let server = Server::start();
    let (rig, file) = (Rig::new(), TempFile::new("password", b"jobs-password"));
    let url = format!("redis://jobs@127.0.0.1:{}", server.port);
    let token = || {
        let config = config(&rig, &url).token_store_password_file(file.path());
        Client::new(config).expect("well formed").token()
    };
    // The others are needed where another job holds the lock, or to release it.
    for but in ["eval", "get", "set", "incr", "pexpire", "hget", "hset"] {
        allow(&server, "~{vanta*", but);
        server.cli(&["flushall"]);
        let error = assert_kind(token(), ErrorKind::UnusableStore).to_string();
        assert!(error.contains("the user may not do that"), "{but}: {error}");
    }
    allow(&server, "~another*", "");
    assert_kind(token(), ErrorKind::UnusableStore);
    assert_eq!(rig.sim.counters().token_requests, 0);
    allow(&server, "~{vanta*", "");
    server.cli(&["flushall"]);
    token().expect("all that is needed is allowed");
    assert_eq!(server.cli(&["acl", "log"]).matches("reason").count(), 8, "no other was refused");
}
