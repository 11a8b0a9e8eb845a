//! Every command of Redis ends with the call's deadline and cancel, whatever the server does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use vanta::{Cancel, Client, Config, ErrorKind, Kind, OnStoreUnavailable};

use crate::harness::{RESOURCE, Rig, TempFile, assert_kind};
use crate::jobs::until;
use crate::load_tolerance::within;

/// The additional time that a loaded machine may need. Without the limits, waits last from 4 s to a
/// minute.
const SLACK: Duration = Duration::from_millis(1500);

/// The reply of a fake Redis to one command.
#[derive(Clone)]
enum Act {
    Hang,
    /// Sends this, and then a byte every 20 ms.
    Drip(Vec<u8>),
    /// Sends this instead of a reply.
    Send(Vec<u8>),
    /// Replies, and closes the connection.
    Close,
}

#[derive(Default)]
struct State {
    acts: Vec<(&'static str, Act)>,
    seen: Vec<&'static str>,
    record: Option<Vec<u8>>,
}

/// A server with the part of the Redis protocol that the library uses.
struct Fake {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Fake {
    fn start() -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let port = listener.local_addr().expect("bound").port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &shared));
            }
        });
        Fake { port, state }
    }

    fn with(acts: &[(&'static str, Act)]) -> Fake {
        let fake = Fake::start();
        fake.state.lock().expect("no panic").acts = acts.to_vec();
        fake
    }

    fn act(&self, acts: &[(&'static str, Act)]) {
        self.state.lock().expect("no panic").acts = acts.to_vec();
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    fn seen(&self, command: &str) -> usize {
        let state = self.state.lock().expect("no panic");
        state.seen.iter().filter(|seen| **seen == command).count()
    }
}

/// Returns the number in a line that begins with `mark`.
pub fn number(reader: &mut impl BufRead, mark: char) -> Option<usize> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    line.trim_end().strip_prefix(mark)?.parse().ok()
}

fn arguments(reader: &mut impl BufRead) -> Option<Vec<Vec<u8>>> {
    let count = number(reader, '*')?;
    texts(reader, count)
}

/// Reads the arguments of a command.
pub fn texts(reader: &mut impl BufRead, count: usize) -> Option<Vec<Vec<u8>>> {
    let mut arguments = Vec::new();
    for _ in 0..count {
        let length = number(reader, '$')?;
        let mut text = vec![0; length + 2];
        reader.read_exact(&mut text).ok()?;
        text.truncate(length);
        arguments.push(text);
    }
    Some(arguments)
}

/// Returns the name of a command, by its first two arguments.
pub fn command(arguments: &[Vec<u8>]) -> &'static str {
    let script = String::from_utf8_lossy(arguments.get(1).map_or(b"", Vec::as_slice));
    match arguments[0].as_slice() {
        b"EVAL" if script.contains("'NX'") => "LOCK",
        b"EVAL" if script.contains("HSET") => "SAVE",
        b"EVAL" if script.contains("PEXPIRE") => "PROLONG",
        b"EVAL" => "UNLOCK",
        b"HGET" => "HGET",
        b"AUTH" => "AUTH",
        b"SELECT" => "SELECT",
        _ => "another",
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut out = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let arguments = arguments(&mut reader)?;
        let command = command(&arguments);
        let (act, record) = {
            let mut state = state.lock().expect("no panic");
            state.seen.push(command);
            if command == "SAVE" {
                state.record = arguments.get(8).cloned();
            }
            let act = state.acts.iter().find(|(at, _)| *at == command).map(|(_, act)| act.clone());
            (act, state.record.clone())
        };
        let reply = match (command, record) {
            ("HGET", None) => b"$-1\r\n".to_vec(),
            ("HGET", Some(record)) => {
                [format!("${}\r\n", record.len()).as_bytes(), &record, b"\r\n"].concat()
            }
            ("AUTH" | "SELECT", _) => b"+OK\r\n".to_vec(),
            _ => b":1\r\n".to_vec(),
        };
        match act {
            None => out.write_all(&reply).ok()?,
            Some(Act::Close) => return out.write_all(&reply).ok(),
            Some(Act::Send(bytes)) => out.write_all(&bytes).ok()?,
            Some(Act::Drip(bytes)) => {
                out.write_all(&bytes).ok()?;
                while out.write_all(b"x").is_ok() {
                    thread::sleep(Duration::from_millis(20));
                }
            }
            // Until the client has closed.
            Some(Act::Hang) => return reader.read_to_end(&mut Vec::new()).ok().map(drop),
        }
    }
}

fn client(rig: &Rig, fake: &Fake) -> Client {
    Client::new(rig.config().token_store(fake.url())).expect("well formed")
}

/// Makes a client that waits in real time.
fn client_in_real_time(rig: &Rig, fake: &Fake) -> Client {
    let (origin, id, secret) = (rig.sim.origin(), rig.sim.client_id(), rig.sim.client_secret());
    let config = Config::new().origin(origin).client_id(id).client_secret(secret);
    let config = config.ca_file(rig.ca.path()).token_store(fake.url()).requests_per_minute(20);
    Client::new(config).expect("well formed")
}

/// Returns how long after `cancel` was set a call returned.
fn returned_after_cancel(fake: &Fake, client: Client, command: &str) -> Duration {
    let cancel = Cancel::new();
    let cancelled = client.with_cancel(&cancel);
    let waiting = thread::spawn(move || {
        let _ = cancelled.token();
        Instant::now()
    });
    until("the server hangs", || fake.seen(command) > 0);
    let set = Instant::now();
    cancel.cancel();
    waiting.join().expect("no panic").duration_since(set)
}

#[test]
fn a_cancel_ends_the_wait_for_every_command_of_redis() {
    for command in ["HGET", "LOCK", "PROLONG", "SAVE", "UNLOCK"] {
        let (rig, fake) = (Rig::new(), Fake::with(&[(command, Act::Hang)]));
        let late = returned_after_cancel(&fake, client(&rig, &fake), command);
        assert!(late < SLACK, "{command}: {late:?}");
    }
}

#[test]
fn a_cancel_and_a_deadline_end_the_wait_for_a_login() {
    let (rig, password) = (Rig::new(), TempFile::new("password", b"hunter2hunter2"));
    let fake = Fake::with(&[("AUTH", Act::Hang)]);
    let config = rig.config().token_store(fake.url()).token_store_password_file(password.path());
    let client = Client::new(config).expect("well formed");
    let began = Instant::now();
    let short_deadline = client.with_deadline(Duration::from_millis(500));
    assert_kind(short_deadline.token(), ErrorKind::DeadlineExceeded);
    assert!(began.elapsed() < Duration::from_millis(500) + SLACK, "{:?}", began.elapsed());
    let late = returned_after_cancel(&fake, client, "AUTH");
    assert!(late < SLACK, "{late:?}");
}

#[test]
fn a_deadline_ends_the_wait_for_every_command_of_redis() {
    for command in ["HGET", "LOCK", "PROLONG"] {
        let (rig, fake) = (Rig::new(), Fake::with(&[(command, Act::Hang)]));
        let short_deadline = client(&rig, &fake).with_deadline(Duration::from_millis(500));
        let began = Instant::now();
        assert_kind(short_deadline.token(), ErrorKind::DeadlineExceeded);
        let took = began.elapsed();
        assert!(took < Duration::from_millis(500) + SLACK, "{command}: {took:?}");
        assert_eq!(rig.sim.counters().token_requests, 0);
    }
}

#[test]
fn slow_redis_response_does_not_extend_the_deadline() {
    for drip in [&b"$9000\r\n"[..], b"+", b"$", b":", b"-ERR "] {
        let (rig, fake) = (Rig::new(), Fake::with(&[("HGET", Act::Drip(drip.to_vec()))]));
        let short_deadline = client(&rig, &fake).with_deadline(Duration::from_millis(500));
        let began = Instant::now();
        short_deadline.token().expect_err("no reply came");
        let took = began.elapsed();
        assert!(took < Duration::from_millis(500) + SLACK, "{took:?}");
    }
}

#[test]
fn a_record_larger_than_any_is_refused_by_its_length_alone() {
    for length in ["1048577", "1500000000", "9223372036854775807"] {
        let bytes = format!("${length}\r\nxxxx").into_bytes();
        let (rig, fake) = (Rig::new(), Fake::with(&[("HGET", Act::Send(bytes))]));
        let error = assert_kind(client(&rig, &fake).token(), ErrorKind::UnusableStore);
        assert!(error.to_string().contains(length), "{error}");
    }
}

#[test]
fn server_that_is_not_redis_is_a_configuration_error() {
    let replies: [&[u8]; 5] =
        [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"$x\r\n", b"*1\r\n", b"\r\n", &[b'+'; 5000]];
    for reply in replies {
        let acts = [("HGET", Act::Send(reply.to_vec()))];
        let (rig, fake) = (Rig::new(), Fake::with(&acts));
        let error = assert_kind(client(&rig, &fake).token(), ErrorKind::UnusableStore);
        assert!(error.to_string().contains("not Redis's"), "{error}");
    }
}

#[test]
fn a_cancel_ends_twenty_threads_at_once_while_redis_does_not_reply() {
    let (rig, fake) = (Rig::new(), Fake::start());
    let client = client_in_real_time(&rig, &fake);
    client.token().expect("a token");
    fake.act(&["LOCK", "HGET"].map(|command| (command, Act::Hang)));
    let cancel = Cancel::new();
    let (before, started) = (fake.seen("LOCK"), Arc::new(AtomicUsize::new(0)));
    let threads: Vec<_> = (0..20)
        .map(|_| {
            let (client, started) = (client.with_cancel(&cancel), Arc::clone(&started));
            thread::spawn(move || {
                started.fetch_add(1, Ordering::SeqCst);
                let _ = client.list(&Kind::USER_ACCOUNT, RESOURCE);
            })
        })
        .collect();
    // One of them waits for Redis, the others wait for it.
    let all = || started.load(Ordering::SeqCst) == 20 && fake.seen("LOCK") > before;
    until("all of them have begun", all);
    thread::sleep(Duration::from_millis(200));
    // One after the other, with a poll interval of 50 ms, they would take a second.
    within(Duration::from_millis(500), || {
        cancel.cancel();
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    });
}

#[test]
fn a_connection_that_the_server_closed_is_replaced() {
    for closing in ["HGET", "UNLOCK"] {
        let (rig, fake) = (Rig::unlimited(), Fake::start());
        client(&rig, &fake).token().expect("a token");
        fake.act(&[(closing, Act::Close)]);
        for _ in 0..3 {
            let client = client(&rig, &fake);
            client.token().expect("from the store");
        }
        assert_eq!(rig.sim.counters().token_requests, 1);
    }
}

#[test]
fn errors_that_no_retry_cures_are_configuration_errors_under_either_policy() {
    let permanent = [
        "READONLY You can't write against a read only replica.",
        "ERR Error running script (call to f_1): @user_script:2: -READONLY You can't write",
        "WRONGTYPE Operation against a key holding the wrong kind of value",
        "MOVED 3999 127.0.0.1:6381",
        "ASK 3999 127.0.0.1:6381",
        "CROSSSLOT Keys in request don't hash to the same slot",
        "NOAUTH Authentication required.",
        "NOPERM this user has no permissions to run the 'hget' command",
        "ERR The user executing the script can't run this command or subcommand script: f_1",
        "ERR The user executing the script can't access at least one of the keys mentioned in it",
        "ERR ACL failure in script: User jobs has no permissions to run the 'set' command",
        "DENIED Redis is running in protected mode",
        "ERR DB index is out of range",
        "ERR unknown command 'HGET', with args beginning with: 'x'",
    ];
    let passing = ["CLUSTERDOWN The cluster is down", "LOADING Redis is loading", "ERR other"];
    for policy in [OnStoreUnavailable::Fail, OnStoreUnavailable::Proceed] {
        for error in permanent {
            let acts = [("HGET", Act::Send(format!("-{error}\r\n").into_bytes()))];
            let (rig, fake) = (Rig::new(), Fake::with(&acts));
            let config = rig.config().token_store(fake.url()).on_store_unavailable(policy);
            let client = Client::new(config).expect("well formed");
            assert_kind(client.token(), ErrorKind::UnusableStore);
            assert_eq!(rig.sim.counters().token_requests, 0, "{error}");
        }
    }
    for error in passing {
        let acts = [("HGET", Act::Send(format!("-{error}\r\n").into_bytes()))];
        let (rig, fake) = (Rig::new(), Fake::with(&acts));
        assert_kind(client(&rig, &fake).token(), ErrorKind::StoreUnavailable);
    }
}

#[test]
fn an_error_that_repeats_the_password_shows_none_of_it() {
    let (rig, password) = (Rig::new(), TempFile::new("password", b"hunter2hunter2"));
    for error in [
        "ERR unknown command `AUTH`, with args beginning with: `hunter2hunter2`, ",
        "WRONGPASS hunter2hunter2 is wrong",
    ] {
        let acts = [("AUTH", Act::Send(format!("-{error}\r\n").into_bytes()))];
        let fake = Fake::with(&acts);
        let config = rig.config().token_store(fake.url());
        let config = config.token_store_password_file(password.path());
        let client = Client::new(config).expect("well formed");
        let error = assert_kind(client.token(), ErrorKind::UnusableStore);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}
