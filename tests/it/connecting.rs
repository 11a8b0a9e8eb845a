//! Connecting to a host with several addresses (RFC 8305): which addresses are tried, and when, and
//! what the error says. The programs are real, and so are the addresses that do not respond.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind as Io, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};
use vanta::{Cancel, Client, ErrorKind};

use crate::harness::{Rig, TempFile, TempFolder, assert_kind};
use crate::languages::{command, secret_file};
use crate::load_tolerance::{assert_in_time, with_allowance, within};
use crate::proxy::Proxy;
use crate::redis::Server;
use crate::resource_limits::c;
use crate::secret_leaks;
use crate::tools;

/// How much longer a call may take because of addresses that do not respond. Without overlapping
/// attempts, one such address takes half of the deadline, here a minute.
const MOST: Duration = Duration::from_secs(4);

/// Makes sockets on 127.0.1.1, 127.0.1.2 and so on that accept no connection. Their queue is full,
/// so the system drops connection requests.
struct Unresponsive(#[expect(dead_code)] Vec<Socket>);

fn unresponsive(port: u16, count: u8) -> Unresponsive {
    let mut sockets = Vec::new();
    for number in 1..=count {
        let address = SocketAddr::from(([127, 0, 1, number], port));
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        listener.set_reuse_address(true).expect("an option");
        listener.bind(&address.into()).expect("all of 127 is loopback");
        listener.listen(0).expect("a short queue");
        sockets.push(listener);
        for _ in 0..3 {
            let waiting = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            waiting.set_nonblocking(true).expect("an option");
            let _ = waiting.connect(&address.into());
            sockets.push(waiting);
        }
        let another = TcpStream::connect_timeout(&address, Duration::from_millis(50));
        assert_eq!(another.expect_err("the queue is full").kind(), Io::TimedOut);
    }
    Unresponsive(sockets)
}

fn silent_addresses(count: u8) -> String {
    (1..=count).map(|number| format!("127.0.1.{number} ")).collect()
}

/// A program that makes calls. In it, `localhost` has the addresses that a file lists.
struct Program {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    addresses: TempFile,
    _secret: TempFile,
}

struct Outcome {
    status: i32,
    took: Duration,
    descriptors: usize,
    message: String,
}

impl Program {
    fn start(rig: &Rig, addresses: &str, change: impl FnOnce(&mut Command)) -> Program {
        Program::run(rig, &[c("connect", "-std=gnu99")], addresses, change)
    }

    fn run(
        rig: &Rig,
        words: &[OsString],
        addresses: &str,
        change: impl FnOnce(&mut Command),
    ) -> Program {
        let (file, secret) = (TempFile::new("addresses", b""), secret_file(rig));
        let mut program = command(rig, &secret, words);
        program.env("TEST_ADDRESSES", file.path());
        program.stdin(Stdio::piped()).stdout(Stdio::piped());
        change(&mut program);
        let mut child = program.spawn().expect("it was compiled");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let program = Program { child, input, output, addresses: file, _secret: secret };
        program.resolve_to(addresses);
        program
    }

    /// Sets a static token, so that a call makes one request.
    fn with_token(rig: &Rig, addresses: &str) -> Program {
        let token = rig.client().token().expect("a token");
        Program::start(rig, addresses, |program| {
            program.env("TEST_TOKEN", token.secret().expose());
        })
    }

    fn resolve_to(&self, addresses: &str) {
        fs::write(self.addresses.path(), format!("{addresses}\n")).expect("ours");
    }

    fn call(&mut self, words: &str) -> Outcome {
        writeln!(self.input, "{words}").expect("it reads");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it writes");
        secret_leaks::record_output(&line);
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        let [status, milliseconds, descriptors, message] = words[..] else { panic!("{line}") };
        Outcome {
            status: status.parse().expect("a number"),
            took: Duration::from_millis(milliseconds.parse().expect("a number")),
            descriptors: descriptors.parse().expect("a number"),
            message: message.trim_end().to_owned(),
        }
    }

    #[track_caller]
    fn succeed(&mut self, words: &str) -> Outcome {
        let outcome = self.call(words);
        assert_eq!((outcome.status, outcome.message.as_str()), (0, ""));
        outcome
    }

    #[track_caller]
    fn fail(&mut self, words: &str, kind: ErrorKind) -> Outcome {
        let outcome = self.call(words);
        assert_eq!(outcome.status, kind.code(), "{}", outcome.message);
        outcome
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn port(rig: &Rig) -> u16 {
    rig.sim.address().port()
}

#[test]
fn one_and_eight_addresses_that_do_not_respond_cost_a_push_about_a_second_at_most() {
    needs!("gcc");
    let mut took = Vec::new();
    for count in [0, 1, 8] {
        let rig = Rig::unlimited();
        let _silent = unresponsive(port(&rig), count);
        let addresses = silent_addresses(count) + "127.0.0.1";
        let mut program = Program::start(&rig, &addresses, |_| ());
        let before = program.call("fds").descriptors;
        let (push, allowance) = with_allowance(|| program.succeed("push"));
        assert_in_time(push.took, MOST, allowance);
        // The idle connection.
        assert_eq!(push.descriptors, before + 1);
        took.push((count, push.took));
    }
    println!("{took:?}");
}

#[test]
fn the_address_that_worked_last_is_tried_first() {
    needs!("gcc");
    let rig = Rig::unlimited();
    let mut program = Program::start(&rig, "127.0.0.2 127.0.0.1", |_| ());
    program.succeed("token");
    let other = TcpListener::bind(("127.0.0.2", port(&rig))).expect("all of 127 is loopback");
    other.set_nonblocking(true).expect("an option");
    // The connection of the token request is open, and a token request begins on a new one.
    rig.sim.revoke_token();
    program.succeed("list");
    assert_eq!(rig.sim.counters().connections, 2, "one for each token request");
    assert_eq!(other.accept().expect_err("no connection was made").kind(), Io::WouldBlock);
}

/// Returns the addresses that the error lists, without the port, and what happened to each.
fn listed(message: &str, port: u16) -> Vec<String> {
    let list = message.split("cannot connect to localhost (").nth(1).unwrap_or_default();
    let list = list.split(')').next().unwrap_or_default();
    list.split(", ").map(|part| part.replace(&format!(":{port}"), "")).collect()
}

#[test]
fn an_error_lists_each_address_in_the_order_of_the_attempts_families_in_turn() {
    needs!("gcc");
    let rig = Rig::unlimited();
    let mapped = "::ffff:127.0.0.4 ::ffff:127.0.0.5";
    let addresses = format!("127.0.0.2 127.0.0.3 127.0.0.6 {mapped}");
    let mut program = Program::with_token(&rig, &addresses);
    let error = program.fail("list", ErrorKind::Connect);
    let order = ["127.0.0.2", "[::ffff:127.0.0.4]", "127.0.0.3", "[::ffff:127.0.0.5]", "127.0.0.6"];
    let expected = order.map(|address| format!("{address} connection refused"));
    assert_eq!(listed(&error.message, port(&rig)), expected, "{}", error.message);
}

#[test]
fn an_error_says_of_each_address_whether_it_refused_or_did_not_respond() {
    needs!("gcc");
    let rig = Rig::unlimited();
    let _silent = unresponsive(port(&rig), 1);
    let mut program = Program::with_token(&rig, "127.0.1.1 127.0.0.2");
    let error = program.fail("deadline 600", ErrorKind::DeadlineExceeded);
    let expected = ["127.0.1.1 timed out", "127.0.0.2 connection refused"];
    assert_eq!(listed(&error.message, port(&rig)), expected, "{}", error.message);
}

fn may_unshare(how: &str) -> bool {
    Command::new("unshare").args([how, "true"]).output().is_ok_and(|output| output.status.success())
}

#[test]
fn an_error_says_that_the_network_is_unreachable() {
    needs!("gcc", "unshare");
    // As root without -r: not every kernel has user namespaces, or allows them in a chroot.
    let Some(namespace) = ["-n", "-rn"].into_iter().find(|how| may_unshare(how)) else {
        return tools::skip_without_root();
    };
    let rig = Rig::unlimited();
    let token = rig.client().token().expect("a token").secret().expose().to_owned();
    let words = ["unshare", namespace].map(Into::into);
    let words = [&words[..], &[c("connect", "-std=gnu99")]].concat();
    let mut program = Program::run(&rig, &words, "192.0.2.1 127.0.0.1", |program| {
        program.env("TEST_TOKEN", token);
    });
    let error = program.fail("list", ErrorKind::Connect);
    let expected = ["192.0.2.1 network unreachable", "127.0.0.1 network unreachable"];
    assert_eq!(listed(&error.message, port(&rig)), expected, "{}", error.message);
}

#[test]
fn an_error_lists_eight_addresses_and_counts_the_others() {
    needs!("gcc");
    let rig = Rig::unlimited();
    let addresses: String = (1..=10).map(|number| format!("127.0.2.{number} ")).collect();
    let mut program = Program::with_token(&rig, &addresses);
    let list = listed(&program.fail("list", ErrorKind::Connect).message, port(&rig));
    assert_eq!(list.len(), 9, "{list:?}");
    assert_eq!(list[7..], ["127.0.2.8 connection refused", "and 2 more"]);
}

#[test]
fn cached_addresses_are_dropped_when_no_address_connects() {
    needs!("gcc");
    let rig = Rig::unlimited();
    let mut program = Program::with_token(&rig, "127.0.0.2");
    program.fail("list", ErrorKind::Connect);
    program.resolve_to("127.0.0.1");
    program.succeed("list");
}

#[test]
fn resolver_result_is_forgotten_when_the_tls_handshake_does_not_complete() {
    needs!("gcc");
    let rig = Rig::unlimited();
    let other = TcpListener::bind(("127.0.0.2", port(&rig))).expect("all of 127 is loopback");
    thread::spawn(move || other.incoming().for_each(drop));
    let mut program = Program::with_token(&rig, "127.0.0.2");
    program.fail("list", ErrorKind::Connect);
    program.resolve_to("127.0.0.1");
    program.succeed("list");
}

#[test]
fn a_cancel_and_a_deadline_end_the_attempts_and_close_their_sockets() {
    needs!("gcc");
    let rig = Rig::unlimited();
    let _silent = unresponsive(port(&rig), 4);
    let mut program = Program::with_token(&rig, &silent_addresses(4));
    let before = program.call("fds").descriptors;
    for (words, kind) in
        [("cancel 500", ErrorKind::Cancelled), ("deadline 500", ErrorKind::DeadlineExceeded)]
    {
        let (outcome, allowance) = with_allowance(|| program.fail(words, kind));
        assert!(outcome.took >= Duration::from_millis(490), "{words}: {:?}", outcome.took);
        assert_in_time(outcome.took, Duration::from_millis(900), allowance);
        assert_eq!(outcome.descriptors, before, "{words}");
    }
}

#[test]
fn a_proxy_with_addresses_that_do_not_respond_is_reached() {
    needs!("gcc");
    let (rig, proxy) = (Rig::unlimited(), Proxy::start(&[]));
    let url = proxy.url().replace("127.0.0.1", "localhost");
    let port = url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let _silent = unresponsive(port, 2);
    let mut program = Program::start(&rig, "127.0.1.1 127.0.1.2 127.0.0.1", |program| {
        program.env("VANTA_PROXY", url);
    });
    let (push, allowance) = with_allowance(|| program.succeed("push"));
    assert_in_time(push.took, MOST, allowance);
}

#[test]
fn a_proxy_that_refuses_connections_is_named_with_its_addresses() {
    needs!("gcc");
    let rig = Rig::unlimited();
    let mut program = Program::start(&rig, "127.0.0.2 127.0.0.3", |program| {
        program.env("VANTA_PROXY", format!("http://localhost:{}", port(&rig)));
    });
    let message = program.fail("token", ErrorKind::Connect).message;
    let at = |ip: &str| format!("{ip}:{} connection refused", port(&rig));
    let expected =
        format!("cannot connect to the proxy localhost ({}, {})", at("127.0.0.2"), at("127.0.0.3"));
    assert!(message.contains(&expected), "{message}");
}

#[test]
fn a_redis_with_addresses_that_do_not_respond_is_reached_and_named_when_it_is_not() {
    needs!("gcc", "redis-server");
    let (rig, server) = (Rig::unlimited(), Server::start());
    let _silent = unresponsive(server.port, 8);
    let store = |program: &mut Command| {
        program.env("VANTA_TOKEN_STORE", format!("redis://localhost:{}", server.port));
    };
    let mut program = Program::start(&rig, &(silent_addresses(8) + "127.0.0.1"), store);
    program.succeed("token");
    let mut program = Program::start(&rig, "127.0.1.1 127.0.0.2", store);
    let message = program.fail("token", ErrorKind::StoreUnavailable).message;
    let port = server.port;
    let list = format!("127.0.1.1:{port} timed out, 127.0.0.2:{port} connection refused");
    assert!(message.contains(&format!("cannot connect, {list}")), "{message}");
}

fn unix_store(path: &Path) -> String {
    format!("redis+unix://{}", path.display())
}

#[test]
fn a_redis_behind_a_unix_socket_keeps_the_token() {
    needs!("redis-server", "redis-cli");
    let folder = TempFolder::new();
    let path = folder.path().join("redis.sock");
    let server = Server::start_with(|_, port| {
        let words = ["--port", &port.to_string(), "--unixsocket", &path.display().to_string()];
        words.map(str::to_owned).to_vec()
    });
    let rig = Rig::new();
    let client = Client::new(rig.config().token_store(unix_store(&path))).expect("well formed");
    client.token().expect("a token");
    assert_ne!(server.cli(&["dbsize"]), "0");
}

#[test]
fn a_cancel_and_a_deadline_end_the_wait_for_a_unix_socket_whose_queue_is_full() {
    let folder = TempFolder::new();
    let path = folder.path().join("full.sock");
    let address = SockAddr::unix(&path).expect("short enough");
    let listener = Socket::new(Domain::UNIX, Type::STREAM, None).expect("a socket");
    listener.bind(&address).expect("a new path");
    listener.listen(0).expect("a short queue");
    let waiting = Socket::new(Domain::UNIX, Type::STREAM, None).expect("a socket");
    waiting.connect(&address).expect("the queue has room for one");
    let rig = Rig::new();
    let client = Client::new(rig.config().token_store(unix_store(&path))).expect("well formed");
    // The library waits at most two seconds for Redis.
    let most = Duration::from_millis(1500);
    let short_deadline = client.with_deadline(Duration::from_millis(300));
    assert_kind(within(most, || short_deadline.token()), ErrorKind::DeadlineExceeded);
    let cancel = Cancel::new();
    let cancelled = client.with_cancel(&cancel);
    let token = within(most, || {
        let call = thread::spawn(move || cancelled.token());
        thread::sleep(Duration::from_millis(200));
        cancel.cancel();
        call.join().expect("no panic")
    });
    assert_kind(token, ErrorKind::Cancelled);
}
