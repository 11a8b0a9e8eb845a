//! Several hosts that share a real Redis: one token for all. A host reports when Redis is
//! unavailable.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use vanta::{Cancel, Client, Config, ErrorKind, Event, Kind, OnStoreUnavailable};

use crate::harness::{Fault, Place, RESOURCE, Rig, TempFile, TempFolder, assert_kind};
use crate::jobs::{Jobs, Running, all_succeed, start, text, until};
use crate::load_tolerance::within;
use crate::tools;

/// A Redis on a free port of loopback, which loses its data when it ends.
pub struct Server {
    pub port: u16,
    pub folder: TempFolder,
    arguments: Vec<String>,
    running: Option<Running>,
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("bound").port()
}

impl Server {
    pub fn start() -> Server {
        Server::start_with(|_, port| vec!["--port".into(), port.to_string()])
    }

    pub fn start_with(arguments: impl FnOnce(&TempFolder, u16) -> Vec<String>) -> Server {
        let (port, folder) = (free_port(), TempFolder::new());
        let arguments = arguments(&folder, port);
        let mut server = Server { port, folder, arguments, running: None };
        server.restart();
        server
    }

    /// Starts a Redis with a certificate for localhost, in `cert.pem`.
    pub fn over_tls(more: &[&str]) -> Server {
        Server::start_with(|folder, port| {
            certificate(folder);
            let path = |name: &str| folder.path().join(name).display().to_string();
            let (cert, key, port) = (path("cert.pem"), path("key.pem"), port.to_string());
            let mut words = vec!["--port", "0", "--tls-port", &port, "--tls-auth-clients", "no"];
            words.extend(["--tls-cert-file", &cert, "--tls-key-file", &key]);
            words.extend(["--tls-ca-cert-file", &cert]);
            words.iter().chain(more).map(|word| (*word).to_owned()).collect()
        })
    }

    fn restart(&mut self) {
        tools::assert_declared("redis-server");
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        command.arg("--dir").arg(self.folder.path()).args(&self.arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        self.running = Some(start(command));
        until("Redis listens", || TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }

    fn signal(&mut self, name: &str) {
        self.running.as_mut().expect("it runs").signal(name);
    }

    fn kill(&mut self) {
        drop(self.running.take());
        until("Redis is gone", || TcpStream::connect(("127.0.0.1", self.port)).is_err());
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Makes a CA file for both the Redis and the API.
    pub fn trusted_with(&self, rig: &Rig) -> TempFile {
        let mut pem = fs::read(self.folder.path().join("cert.pem")).expect("it was written");
        pem.extend_from_slice(rig.sim.ca_pem().as_bytes());
        TempFile::new("pem", &pem)
    }

    pub fn cli(&self, words: &[&str]) -> String {
        let mut command = Command::new("redis-cli");
        // Not recorded for the check for secrets: an administrator of the store sees the token.
        let output = command.args(["-p", &self.port.to_string()]).args(words).output();
        let output = output.expect("redis-cli runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    pub fn key(&self, ending: &str) -> String {
        let keys = self.cli(&["--raw", "keys", "*"]);
        keys.lines().find(|key| key.ends_with(ending)).unwrap_or_default().to_owned()
    }
}

/// A job on a host of its own: with another folder, and another boot.
fn on_host(jobs: &Jobs<'_>, folder: &TempFolder, host: usize, job: usize) -> Command {
    let folder: PathBuf = folder.path().join(format!("host-{host}"));
    fs::create_dir_all(&folder).expect("the test's folder can be written");
    let mut command = jobs.push(job);
    command.env("VANTA_TEST_MACHINE", format!("host-{host}")).env("HOME", folder);
    command
}

#[test]
fn three_hosts_make_one_token_request_and_one_more_in_an_hour() {
    needs!("gcc", "g++", "python3", "redis-server");
    let rig = Rig::on_one_clock(|settings| settings.resource_limit_per_minute = None);
    let (server, folder) = (Server::start(), TempFolder::new());
    let jobs = Jobs::new(&rig, server.url());
    for time in 0..10 {
        let hosts = (0..3).map(|host| on_host(&jobs, &folder, host, time + host));
        all_succeed(hosts);
        let expected = if time < 9 { 1 } else { 2 };
        assert_eq!(rig.sim.counters().token_requests, expected, "in the {time}th part of the hour");
        rig.advance(Duration::from_secs(400));
    }
    assert_eq!(rig.sim.counters().puts_accepted, 30);
}

type EventLog = Arc<Mutex<Vec<String>>>;

/// Makes a client of this process, and records its warnings.
fn client(rig: &Rig, change: impl FnOnce(Config) -> Config) -> (Client, EventLog) {
    let events = EventLog::default();
    let recorder = Arc::clone(&events);
    let config = change(rig.config()).on_event(move |event| {
        if let Event::StoreFailed { message: words } = event {
            recorder.lock().expect("no panic").push(words.clone());
        }
    });
    (Client::new(config).expect("the configuration is right"), events)
}

fn last(events: &EventLog) -> String {
    events.lock().expect("no panic").last().cloned().unwrap_or_default()
}

#[test]
fn unavailable_redis_makes_no_token_request_and_is_named() {
    needs!("redis-server");
    let mut server = Server::start();
    let rig = Rig::new();
    let (client, _) = client(&rig, |config| config.token_store(server.url()));
    server.kill();
    let error = assert_kind(client.token(), ErrorKind::StoreUnavailable);
    assert_eq!(error.to_string().matches(&format!("127.0.0.1:{}", server.port)).count(), 1);
    assert!(error.is_retryable());
    assert_eq!(rig.sim.counters().token_requests, 0);
    server.restart();
    client.token().expect("the store is back");
    server.kill();
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("a token in memory needs no store");
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn proceed_policy_continues_without_redis_with_an_event() {
    needs!("redis-server");
    let mut server = Server::start();
    let rig = Rig::new();
    let (client, events) = client(&rig, |config| {
        config.token_store(server.url()).on_store_unavailable(OnStoreUnavailable::Proceed)
    });
    server.kill();
    client.token().expect("without the store");
    assert!(last(&events).contains("continuing without it"), "{events:?}");
    let snapshot = client.snapshot();
    assert_eq!(snapshot.requests_last_minute, 1, "the rate limit still counts");
    assert_eq!(snapshot.store_error, Some(last(&events)));
}

#[test]
fn paused_redis_is_unavailable_until_it_resumes() {
    needs!("redis-server");
    let mut server = Server::start();
    let rig = Rig::new();
    let (client, _) = client(&rig, |config| config.token_store(server.url()));
    server.signal("STOP");
    assert_kind(client.token(), ErrorKind::StoreUnavailable);
    assert_eq!(rig.sim.counters().token_requests, 0);
    server.signal("CONT");
    client.token().expect("the store is back");
}

#[test]
fn deadline_and_cancel_end_the_wait_for_redis() {
    needs!("redis-server");
    let mut server = Server::start();
    let rig = Rig::new();
    let (client, _) = client(&rig, |config| config.token_store(server.url()));
    server.signal("STOP");
    let short_deadline = client.with_deadline(Duration::from_millis(300));
    // The library waits at most two seconds for Redis.
    let most = Duration::from_millis(1900);
    assert_kind(within(most, || short_deadline.token()), ErrorKind::DeadlineExceeded);
    let cancel = Cancel::new();
    let cancelled = client.with_cancel(&cancel);
    let token = within(most, || {
        let cancelled = thread::spawn(move || cancelled.token());
        cancel.cancel();
        cancelled.join().expect("no panic")
    });
    assert_kind(token, ErrorKind::Cancelled);
    server.signal("CONT");
    client.token().expect("the lock that came late is given back or taken");
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn redis_that_stops_during_a_token_request_costs_no_token() {
    needs!("redis-server");
    let mut server = Server::start();
    let rig = Rig::new();
    let (client, events) = client(&rig, |config| config.token_store(server.url()));
    rig.script(Place::Token, Fault::Delay(Duration::from_millis(400)));
    let asking = client.clone();
    let asking = thread::spawn(move || asking.token());
    until("the request is on its way", || rig.sim.counters().token_requests == 1);
    server.kill();
    let token = asking.join().expect("no panic").expect("the token is used all the same");
    assert!(last(&events).contains("other jobs do not see this token"), "{events:?}");
    server.restart();
    let again = client.token().expect("from memory");
    assert_eq!(again.secret(), token.secret());
}

#[test]
fn process_that_lost_the_redis_lock_overwrites_nothing() {
    needs!("gcc", "g++", "python3", "redis-server", "redis-cli");
    let server = Server::start();
    let rig = Rig::new();
    let (client, events) = client(&rig, |config| config.token_store(server.url()));
    rig.script(Place::Token, Fault::Delay(Duration::from_millis(1500)));
    let asking = client.clone();
    let asking = thread::spawn(move || asking.token());
    until("the request is on its way", || rig.sim.counters().token_requests == 1);
    // As if the lock had expired while its holder was suspended.
    server.cli(&["del", &server.key("lock")]);
    let jobs = Jobs::new(&rig, server.url());
    let other = start(jobs.push(0));
    until("the other host has saved its token", || {
        server.cli(&["hget", &server.key("record"), "record"]).contains("vat_")
    });
    let token = asking.join().expect("no panic").expect("a token");
    assert!(last(&events).contains("the lock had ended"), "{events:?}");
    let record = server.cli(&["hget", &server.key("record"), "record"]);
    assert!(!record.contains(token.secret().expose()), "the other's record stands");
    let output = other.end();
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn a_password_comes_from_a_file_and_never_from_the_url() {
    needs!("redis-server");
    let server = Server::start_with(|_, port| {
        ["--port", &port.to_string(), "--requirepass", "hunter2hunter2"].map(str::to_owned).into()
    });
    let rig = Rig::new();
    let (without, _) = client(&rig, |config| config.token_store(server.url()));
    assert_kind(without.token(), ErrorKind::UnusableStore);
    drop(without);
    let wrong = TempFile::new("password", b"another");
    let wrong = rig.config().token_store(server.url()).token_store_password_file(wrong.path());
    let error = Client::new(wrong).expect("well formed").token();
    assert_kind(error, ErrorKind::UnusableStore);
    assert_eq!(rig.sim.counters().token_requests, 0);
    let file = TempFile::new("password", b"hunter2hunter2\n");
    let with = rig.config().token_store(server.url()).token_store_password_file(file.path());
    Client::new(with).expect("well formed").token().expect("a token");
    for url in ["redis://:hunter2hunter2@127.0.0.1", "redis://u:hunter2hunter2@127.0.0.1:x"] {
        let error =
            assert_kind(Client::new(rig.config().token_store(url)), ErrorKind::UnusableStore);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
    let plain = rig.config().token_store("redis://redis.example.com");
    let error = assert_kind(Client::new(plain), ErrorKind::UnusableStore);
    assert!(error.to_string().contains("rediss://"), "{error}");
}

/// Makes a certificate for this machine, and its key, as files of the server.
fn certificate(folder: &TempFolder) {
    let made =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("it can be made");
    fs::write(folder.path().join("cert.pem"), made.cert.pem()).expect("writable");
    fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).expect("writable");
}

#[test]
fn a_redis_over_tls_is_trusted_through_the_ca_file() {
    needs!("redis-server", "redis-cli", "localhost");
    let server = Server::over_tls(&[]);
    let rig = Rig::new();
    let url = format!("rediss://localhost:{}", server.port);
    let both = server.trusted_with(&rig);
    let (trusting, _) = client(&rig, |c| c.token_store(&url).ca_file(both.path()));
    trusting.token().expect("a token");
    drop(trusting);
    let (other, _) = client(&rig, |c| c.token_store(&url));
    let error =
        assert_kind(other.token_valid_for(Duration::from_secs(60)), ErrorKind::UnusableStore);
    assert!(error.to_string().contains("certificate"), "{error}");
}
