//! No write to a Redis raises SIGPIPE, however and whenever the Redis ends the connection.

use std::ffi::OsString;
use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;
use socket2::{Domain, SockAddr, Socket, Type};

use crate::certificates::certified_with;
use crate::harness::{Rig, TempFile, TempFolder};
use crate::jobs::text;
use crate::languages::{command, secret_file};
use crate::redis_limits::{command as name_of, number, texts};
use crate::resource_limits::c;
use crate::sigpipe::{CALLS, ENDS, End};

/// How a client reaches the Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    Plain,
    Tls,
    Unix,
}

/// When the Redis ends the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Accepted,
    /// A TLS ClientHello has arrived.
    Hello,
    /// The server's part of the handshake was sent.
    Flight,
    /// The beginning of a command has arrived, this many times.
    Command(&'static str, usize),
    /// The reply to a command was sent.
    Reply(&'static str, usize),
}

/// Every command of a call that requests a token and saves it.
const COMMANDS: [When; 14] = [
    When::Command("AUTH", 1),
    When::Command("SELECT", 1),
    When::Command("HGET", 1),
    When::Reply("HGET", 1),
    When::Command("LOCK", 1),
    When::Reply("LOCK", 1),
    When::Command("PROLONG", 1),
    When::Command("HGET under the lock", 1),
    // Writes that a token request is under way.
    When::Command("SAVE", 1),
    When::Reply("SAVE", 1),
    When::Command("SAVE", 2),
    When::Reply("SAVE", 2),
    When::Command("UNLOCK", 1),
    When::Reply("UNLOCK", 1),
];

/// So small that a record needs several writes.
const SEGMENT: u32 = 536;

enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ServerConnection, Socket>>),
}

impl Stream {
    fn socket(&self) -> &Socket {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(tls) => &tls.sock,
        }
    }

    fn close_notify(&mut self) {
        if let Stream::Tls(tls) = self {
            tls.conn.send_close_notify();
            let _ = tls.flush();
        }
    }
}

impl Read for Stream {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.read(room),
            Stream::Tls(tls) => tls.read(room),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.write(bytes),
            Stream::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(socket) => socket.flush(),
            Stream::Tls(tls) => tls.flush(),
        }
    }
}

/// A Redis that ends each connection in the same way.
struct Peer {
    tls: Option<Arc<ServerConfig>>,
    record: Vec<u8>,
    when: Option<When>,
    end: End,
    ended: AtomicUsize,
    stopped: AtomicBool,
}

impl Peer {
    fn serve(self: &Arc<Peer>, listener: &Socket) {
        loop {
            let (socket, _) = listener.accept().expect("a connection");
            if self.stopped.load(Ordering::SeqCst) {
                return;
            }
            let peer = Arc::clone(self);
            thread::spawn(move || peer.play(socket));
        }
    }

    /// Plays one connection up to its end. How far the client comes does not matter.
    fn play(&self, mut socket: Socket) -> Option<()> {
        socket.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        let is_at = |when| self.when == Some(when);
        if is_at(When::Hello) {
            socket.read_exact(&mut [0; 5]).ok()?;
        }
        if is_at(When::Accepted) || is_at(When::Hello) {
            return self.end(Stream::Plain(socket));
        }
        let Some(config) = self.tls.clone() else { return self.commands(Stream::Plain(socket)) };
        let mut connection = ServerConnection::new(config).ok()?;
        while is_at(When::Flight) && !connection.wants_write() {
            connection.read_tls(&mut socket).ok()?;
            connection.process_new_packets().ok()?;
        }
        let mut tls = Box::new(StreamOwned::new(connection, socket));
        if is_at(When::Flight) {
            while tls.conn.wants_write() {
                tls.conn.write_tls(&mut tls.sock).ok()?;
            }
            return self.end(Stream::Tls(tls));
        }
        self.commands(Stream::Tls(tls))
    }

    fn commands(&self, stream: Stream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut seen = Vec::new();
        loop {
            let count = number(&mut reader, '*')?;
            let first = count.min(2);
            let name = match name_of(&texts(&mut reader, first)?) {
                "HGET" if seen.contains(&"LOCK") => "HGET under the lock",
                name => name,
            };
            seen.push(name);
            let times = seen.iter().filter(|seen| **seen == name).count();
            if self.when == Some(When::Command(name, times)) {
                return self.end(reader.into_inner());
            }
            texts(&mut reader, count - first)?;
            let reply = match name {
                "HGET" | "HGET under the lock" => {
                    let length = format!("${}\r\n", self.record.len());
                    [length.as_bytes(), &self.record, b"\r\n"].concat()
                }
                "AUTH" | "SELECT" => b"+OK\r\n".to_vec(),
                _ => b":1\r\n".to_vec(),
            };
            reader.get_mut().write_all(&reply).ok()?;
            reader.get_mut().flush().ok()?;
            if self.when == Some(When::Reply(name, times)) {
                return self.end(reader.into_inner());
            }
        }
    }

    fn end(&self, mut stream: Stream) -> Option<()> {
        self.ended.fetch_add(1, Ordering::SeqCst);
        if matches!(self.end, End::CloseNotifyThenFin | End::CloseNotifyThenReset) {
            stream.close_notify();
        }
        if !matches!(self.end, End::Reset | End::Close) {
            stream.socket().shutdown(Shutdown::Write).ok()?;
        }
        match self.end {
            End::HalfClose => io::copy(&mut stream.socket(), &mut io::sink()).ok().map(drop),
            End::FinThenReset | End::Reset | End::CloseNotifyThenReset => {
                stream.socket().set_linger(Some(Duration::ZERO)).ok()
            }
            End::Close | End::CloseNotifyThenFin => Some(()),
        }
    }
}

fn listen(path: Path, folder: &TempFolder) -> (Socket, SockAddr, String) {
    let unix = folder.path().join("redis.sock");
    let (domain, address) = match path {
        Path::Unix => (Domain::UNIX, SockAddr::unix(&unix).expect("a short path")),
        _ => (Domain::IPV4, SocketAddr::from(([127, 0, 0, 1], 0)).into()),
    };
    let listener = Socket::new(domain, Type::STREAM, None).expect("a socket");
    if path != Path::Unix {
        listener.set_tcp_mss(SEGMENT).expect("Linux");
        listener.set_recv_buffer_size(4096).expect("any size");
    }
    listener.bind(&address).expect("it is free");
    listener.listen(16).expect("it is bound");
    let address = listener.local_addr().expect("bound");
    let url = match (path, address.as_socket()) {
        (Path::Tls, Some(address)) => format!("rediss://{address}/1"),
        (_, Some(address)) => format!("redis://{address}/1"),
        _ => format!("redis+unix://{}?db=1", unix.display()),
    };
    (listener, address, url)
}

/// Returns the Redis's record of the application. To save it takes several writes.
fn record(rig: &Rig) -> Vec<u8> {
    let filler = "x".repeat(800 << 10);
    let record = json!({
        "format": 1, "origin": rig.sim.origin(), "client_id": rig.sim.client_id(),
        "salt": "0123456789abcdef", "generation": 0, "token": null, "started": null,
        "requests": [], "refusals": [], "pause": null, "member_of_a_later_version": filler,
    });
    record.to_string().into_bytes()
}

/// Checks the output of the C program with a Redis that ends its connections in this way, and
/// returns how many it ended.
fn get_tokens(path: Path, when: Option<When>, end: End, under: &[OsString]) -> (Output, usize) {
    let rig = Rig::with(|settings| {
        settings.token_limit_per_minute = None;
        settings.tls = false;
    });
    let (folder, secret) = (TempFolder::new(), secret_file(&rig));
    let password = TempFile::new("password", b"hunter2hunter2");
    let clock = TempFile::new("clock", b"");
    let _kept = vanta::TestClock::shared(clock.path()).expect("the file can be mapped");
    let (config, authority) = certified_with("127.0.0.1", |_| ());
    let ca = TempFile::new("pem", authority.as_bytes());
    let (listener, address, url) = listen(path, &folder);
    let peer = Arc::new(Peer {
        tls: (path == Path::Tls).then(|| Arc::new(config)),
        record: record(&rig),
        when,
        end,
        ended: AtomicUsize::new(0),
        stopped: AtomicBool::new(false),
    });
    let server = {
        let peer = Arc::clone(&peer);
        thread::spawn(move || peer.serve(&listener))
    };
    let words = [under, &[c("sigpipe", "-std=gnu99"), CALLS.into()]].concat();
    let mut program = command(&rig, &secret, &words);
    program.env("VANTA_CA_FILE", ca.path()).env("VANTA_TEST_CLOCK", clock.path());
    program.env("VANTA_TOKEN_STORE", url);
    program.env("VANTA_TOKEN_STORE_PASSWORD_FILE", password.path());
    let output = program.output().expect("it starts");
    peer.stopped.store(true, Ordering::SeqCst);
    let socket = Socket::new(address.domain(), Type::STREAM, None).expect("a socket");
    socket.connect(&address).expect("it listens");
    server.join().expect("the server does not panic");
    (output, peer.ended.load(Ordering::SeqCst))
}

#[track_caller]
fn assert_survives(path: Path, before: &[When]) {
    for when in before.iter().chain(&COMMANDS) {
        for end in ENDS {
            let (output, ended) = get_tokens(path, Some(*when), end, &[]);
            let shown = format!("{when:?}, {end:?}: {:?} {}", output.status, text(&output));
            assert!(output.status.success(), "{shown}");
            assert!(text(&output).starts_with("2 calls returned\n"), "{shown}");
            assert!(ended >= 2, "{ended} connections came so far: {shown}");
        }
    }
}

#[test]
fn a_redis_that_ends_a_connection_at_any_moment_raises_no_sigpipe() {
    needs!("gcc");
    assert_survives(Path::Plain, &[When::Accepted]);
}

#[test]
fn a_redis_over_tls_that_ends_a_connection_at_any_moment_raises_no_sigpipe() {
    needs!("gcc");
    assert_survives(Path::Tls, &[When::Accepted, When::Hello, When::Flight]);
}

#[test]
fn a_redis_behind_a_unix_socket_that_ends_a_connection_at_any_moment_raises_no_sigpipe() {
    needs!("gcc");
    assert_survives(Path::Unix, &[When::Accepted]);
}
