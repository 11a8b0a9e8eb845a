//! Connections to a real Redis that are cut, or whose packets a firewall drops, cost neither a
//! failed call nor a new token.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use vanta::{Client, Result, Token};

use crate::harness::{Fault, Place, Rig};
use crate::jobs::until;
use crate::redis::Server;

/// The additional time that a loaded machine may need.
const SLACK: Duration = Duration::from_millis(1500);

/// What is forwarded on a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Open,
    /// Nothing, without an error.
    Silent,
    /// Held data reaches the server; nothing comes back.
    Late,
}

type Connections = Vec<(TcpStream, Arc<Mutex<Flow>>)>;
type Trap = (&'static [u8], Box<dyn FnOnce() + Send>);

/// A proxy in front of a Redis. It cuts connections, or drops their data.
struct Proxy {
    port: u16,
    connections: Arc<Mutex<Connections>>,
    /// The first connection with these bytes is no longer forwarded, and the function is called.
    trap: Arc<Mutex<Option<Trap>>>,
}

impl Proxy {
    fn start(server: &Server) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let port = listener.local_addr().expect("bound").port();
        let proxy = Proxy { port, connections: Arc::default(), trap: Arc::default() };
        let (connections, to) = (Arc::clone(&proxy.connections), server.port);
        let trap = Arc::clone(&proxy.trap);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let redis = TcpStream::connect(("127.0.0.1", to)).expect("Redis listens");
                let flow = Arc::new(Mutex::new(Flow::Open));
                let entry = (client.try_clone().expect("a descriptor"), Arc::clone(&flow));
                connections.lock().expect("no panic").push(entry);
                let ends = (client.try_clone(), redis.try_clone());
                let (back, forth) = (ends.0.expect("a descriptor"), ends.1.expect("a descriptor"));
                let (shared, trap) = (Arc::clone(&flow), Arc::clone(&trap));
                let run_trap = move |bytes: &[u8]| run_trap(bytes, &trap);
                thread::spawn(move || pump(client, forth, &flow, Flow::Late, run_trap));
                thread::spawn(move || pump(redis, back, &shared, Flow::Open, |_| false));
            }
        });
        proxy
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Returns the number of all connections so far.
    fn made(&self) -> usize {
        self.connections.lock().expect("no panic").len()
    }

    fn set(&self, new: Flow) {
        for (_, flow) in &*self.connections.lock().expect("no panic") {
            *flow.lock().expect("no panic") = new;
        }
    }

    fn set_trap(&self, bytes: &'static [u8], act: impl FnOnce() + Send + 'static) {
        *self.trap.lock().expect("no panic") = Some((bytes, Box::new(act)));
    }

    fn cut(&self) {
        for (client, _) in &*self.connections.lock().expect("no panic") {
            let _ = client.shutdown(Shutdown::Both);
        }
    }
}

fn run_trap(bytes: &[u8], trap: &Mutex<Option<Trap>>) -> bool {
    let is_caught =
        |(wanted, _): &mut Trap| bytes.windows(wanted.len()).any(|some| some == *wanted);
    let caught = trap.lock().expect("no panic").take_if(is_caught);
    caught.map(|(_, act)| act()).is_some()
}

/// Forwards data while `flow` or `also` allows it, and waits meanwhile.
fn pump(
    mut from: TcpStream,
    mut to: TcpStream,
    flow: &Mutex<Flow>,
    also: Flow,
    silences: impl Fn(&[u8]) -> bool,
) -> Option<()> {
    let mut bytes = [0; 4096];
    loop {
        let length = match from.read(&mut bytes) {
            Ok(0) | Err(_) => return to.shutdown(Shutdown::Both).ok(),
            Ok(length) => length,
        };
        if silences(&bytes[..length]) {
            *flow.lock().expect("no panic") = Flow::Silent;
        }
        loop {
            let now = *flow.lock().expect("no panic");
            if now == Flow::Open || now == also {
                break;
            }
            if now == Flow::Late {
                return Some(());
            }
            thread::sleep(Duration::from_millis(5));
        }
        let written: io::Result<()> = to.write_all(&bytes[..length]);
        written.ok()?;
    }
}

fn client(rig: &Rig, proxy: &Proxy) -> Client {
    Client::new(rig.config().token_store(proxy.url())).expect("well formed")
}

/// Runs an action during the first token request of a client.
fn during_a_request(rig: &Rig, client: &Client, act: impl FnOnce()) -> Result<Token> {
    rig.script(Place::Token, Fault::Delay(Duration::from_millis(400)));
    let asking = client.clone();
    let asking = thread::spawn(move || asking.token());
    until("the request is on its way", || rig.sim.counters().token_requests == 1);
    act();
    asking.join().expect("no panic")
}

fn assert_stored(server: &Server, token: &Token) {
    let record = server.cli(&["hget", &server.key("record"), "record"]);
    assert!(record.contains(token.secret().expose()), "the token was not saved");
    assert_eq!(server.key("lock"), "", "the lock was not given back");
}

#[test]
fn a_token_is_saved_when_the_connection_breaks_during_the_token_request() {
    needs!("redis-server", "redis-cli");
    let (rig, server) = (Rig::new(), Server::start());
    let proxy = Proxy::start(&server);
    let client = client(&rig, &proxy);
    let token = during_a_request(&rig, &client, || proxy.cut()).expect("a token");
    assert_stored(&server, &token);
    assert_eq!(client.snapshot().store_error, None);
}

#[test]
fn a_token_is_saved_when_the_connection_stalls_during_the_token_request() {
    needs!("redis-server", "redis-cli");
    let (rig, server) = (Rig::new(), Server::start());
    let proxy = Proxy::start(&server);
    let client = client(&rig, &proxy);
    let token = during_a_request(&rig, &client, || proxy.set(Flow::Silent)).expect("a token");
    assert_stored(&server, &token);
    assert_eq!(client.snapshot().store_error, None);
}

#[test]
fn a_token_that_comes_at_the_deadline_is_saved_all_the_same() {
    needs!("redis-server", "redis-cli");
    let (rig, server) = (Rig::new(), Server::start());
    let proxy = Proxy::start(&server);
    let client = client(&rig, &proxy).with_deadline(Duration::from_secs(10));
    let clock = rig.clock.clone();
    // The connection drops its data from the record with the token on, and the deadline passes.
    proxy.set_trap(b"\"access_token\"", move || clock.advance(Duration::from_secs(11)));
    let began = Instant::now();
    let token = client.token().expect("it came in time");
    // Two seconds for the first connection, and one for the second.
    assert!(began.elapsed() < Duration::from_secs(3) + SLACK, "{:?}", began.elapsed());
    assert_stored(&server, &token);
}

#[test]
fn a_lock_is_given_back_when_the_connection_breaks_after_a_token_request_that_failed() {
    needs!("redis-server", "redis-cli");
    let (rig, server) = (Rig::new(), Server::start());
    let proxy = Proxy::start(&server);
    let client = client(&rig, &proxy);
    rig.reply(Place::Token, 401, r#"{"error":"invalid_client"}"#);
    during_a_request(&rig, &client, || proxy.cut()).expect_err("the request failed");
    assert_eq!(server.key("lock"), "", "the lock was not given back");
    let record = server.cli(&["hget", &server.key("record"), "record"]);
    assert!(record.contains("\"started\":null"), "{record}");
}

/// Makes the next call request a new token.
fn reject(client: &Client) {
    client.report_token_rejected(&client.token().expect("the token in memory"));
}

#[test]
fn an_idle_connection_that_stalled_is_replaced_by_a_new_one() {
    needs!("redis-server", "redis-cli");
    let (rig, server) = (Rig::unlimited(), Server::start());
    let proxy = Proxy::start(&server);
    let client = client(&rig, &proxy);
    let token = client.token().expect("a token");
    reject(&client);
    proxy.set(Flow::Silent);
    let next = client.token().expect("the store works");
    assert_ne!(next.secret(), token.secret());
    assert_stored(&server, &next);
    assert_eq!(client.snapshot().store_error, None);
}

#[test]
fn a_lock_request_on_a_stalled_connection_does_not_delay_the_next_one() {
    needs!("redis-server", "redis-cli");
    let (rig, server) = (Rig::unlimited(), Server::start());
    let proxy = Proxy::start(&server);
    let client = client(&rig, &proxy);
    client.token().expect("a token");
    reject(&client);
    // The command for the lock, and the one after it that releases the lock, arrive late.
    proxy.set_trap(b"'NX'", || ());
    rig.script(Place::Token, Fault::Delay(Duration::from_secs(3)));
    let asking = client.clone();
    let asking = thread::spawn(move || asking.token());
    until("the request is on its way", || rig.sim.counters().token_requests == 2);
    let held = || server.cli(&["get", &server.key("lock")]);
    let holder = held();
    let evaluated = || {
        let stats = server.cli(&["info", "commandstats"]);
        let count =
            |line: &str| line.strip_prefix("cmdstat_eval:calls=")?.split(',').next()?.parse().ok();
        stats.lines().find_map(count).unwrap_or(0_u32)
    };
    let before = evaluated();
    proxy.set(Flow::Late);
    until("both commands were executed", || evaluated() >= before + 2);
    assert!(!holder.is_empty());
    assert_eq!(held(), holder);
    let token = asking.join().expect("no panic").expect("a token");
    assert_eq!(client.snapshot().store_error, None);
    assert_stored(&server, &token);
}

#[test]
fn a_machine_that_was_paused_uses_no_idle_connection_of_before() {
    needs!("redis-server");
    let (rig, server) = (Rig::unlimited(), Server::start());
    let proxy = Proxy::start(&server);
    let client = client(&rig, &proxy);
    client.token().expect("a token");
    let made = proxy.made();
    rig.clock.suspend(Duration::from_secs(6));
    reject(&client);
    client.token().expect("the next one");
    assert!(proxy.made() > made);
}
