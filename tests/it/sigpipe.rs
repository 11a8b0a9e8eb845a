//! No write to a socket raises SIGPIPE, however and whenever the peer ends the connection.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::Output;
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection};
use serde_json::json;
use socket2::SockRef;
use vanta::{Client, TestClock};

use crate::certificates::certified_with;
use crate::harness::{RESOURCE, Rig, TempFile, account, fixture_path};
use crate::jobs::text;
use crate::languages::{alone, command, secret_file, succeed};
use crate::resource_limits::c;

/// The calls to a peer that always ends the connection in the same way.
pub const CALLS: &str = "2";

/// When the peer ends the connection.
#[derive(Clone, Copy, Debug)]
enum When {
    Accepted,
    /// A TLS ClientHello has arrived.
    Hello,
    /// As `Hello`, after a response that is not TLS: the client sends an alert.
    NotTls,
    /// The server's part of the handshake was sent.
    Flight,
    /// The head of a CONNECT request has arrived.
    Connect,
    /// The beginning of the request has arrived.
    Request,
}

/// How the peer ends the connection.
#[derive(Clone, Copy, Debug)]
pub enum End {
    /// FIN, then reads what still comes.
    HalfClose,
    FinThenReset,
    Reset,
    /// As the kernel does for unread data.
    Close,
    CloseNotifyThenFin,
    CloseNotifyThenReset,
}

pub const ENDS: [End; 6] = [
    End::HalfClose,
    End::FinThenReset,
    End::Reset,
    End::Close,
    End::CloseNotifyThenFin,
    End::CloseNotifyThenReset,
];

/// Returns a request that does not fit into the buffers of a socket.
static REQUEST: LazyLock<TempFile> = LazyLock::new(|| {
    let mut record = account("a");
    record["roleDescription"] = "x".repeat(6 << 20).into();
    let request = json!({ "resourceId": RESOURCE, "resources": [record] });
    TempFile::new("json", request.to_string().as_bytes())
});

/// Plays one connection up to its end.
struct Connection {
    tcp: TcpStream,
    tls: Option<ServerConnection>,
}

impl Connection {
    fn play(mut self, proxy: bool, when: When, end: End) -> io::Result<()> {
        self.tcp.set_read_timeout(Some(Duration::from_secs(10)))?;
        if proxy && !matches!(when, When::Accepted) {
            while !self.read_plain()?.ends_with(b"\r\n\r\n") {}
            if !matches!(when, When::Connect) {
                self.tcp.write_all(b"HTTP/1.1 200 established\r\n\r\n")?;
            }
        }
        match when {
            When::Accepted | When::Connect => {}
            When::Hello => drop(self.read_plain()?),
            When::NotTls => {
                self.read_plain()?;
                self.tcp.write_all(b"HTTP/1.1 400 this is no TLS\r\n\r\n")?;
            }
            When::Flight => self.send_flight()?,
            When::Request => self.read_request()?,
        }
        self.end(end)
    }

    fn read_plain(&mut self) -> io::Result<Vec<u8>> {
        let mut room = vec![0; 4096];
        let amount = self.tcp.read(&mut room)?;
        room.truncate(amount);
        if amount == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(room) }
    }

    fn send_flight(&mut self) -> io::Result<()> {
        let Some(tls) = &mut self.tls else { return Ok(()) };
        while !tls.wants_write() {
            tls.read_tls(&mut self.tcp)?;
            tls.process_new_packets().map_err(io::Error::other)?;
        }
        while tls.wants_write() {
            tls.write_tls(&mut self.tcp)?;
        }
        Ok(())
    }

    fn read_request(&mut self) -> io::Result<()> {
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(tls, &mut self.tcp).read_exact(&mut [0; 1000]),
            None => self.tcp.read_exact(&mut [0; 1000]),
        }
    }

    fn end(mut self, end: End) -> io::Result<()> {
        if matches!(end, End::CloseNotifyThenFin | End::CloseNotifyThenReset) {
            if let Some(tls) = &mut self.tls {
                tls.send_close_notify();
                while tls.wants_write() {
                    tls.write_tls(&mut self.tcp)?;
                }
            }
        }
        if !matches!(end, End::Reset | End::Close) {
            self.tcp.shutdown(Shutdown::Write)?;
        }
        match end {
            End::HalfClose => io::copy(&mut self.tcp, &mut io::sink()).map(drop),
            End::FinThenReset | End::Reset | End::CloseNotifyThenReset => {
                SockRef::from(&self.tcp).set_linger(Some(Duration::ZERO))
            }
            End::Close | End::CloseNotifyThenFin => Ok(()),
        }
    }
}

/// Ends every connection in the same way, until one comes from another address.
fn serve(listener: &TcpListener, config: Option<Arc<ServerConfig>>, proxy: bool, at: (When, End)) {
    loop {
        let (tcp, from) = listener.accept().expect("a connection");
        if from.ip() != Ipv4Addr::LOCALHOST {
            return;
        }
        let tls = config.clone().map(|config| ServerConnection::new(config).expect("TLS"));
        // How far the client comes does not matter.
        let _ = Connection { tcp, tls }.play(proxy, at.0, at.1);
    }
}

fn stop(address: SocketAddr) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
    let socket = socket.expect("a socket");
    let from: SocketAddr = "127.0.0.3:0".parse().expect("an address");
    socket.bind(&from.into()).expect("all of 127 is loopback");
    socket.connect(&address.into()).expect("it listens");
}

/// Checks the output of the C program with a peer that ends its connections in this way.
fn push_to(tls: bool, proxy: bool, when: When, end: End) -> Output {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = listener.local_addr().expect("bound");
    let (config, authority) = certified_with("127.0.0.1", |_| ());
    let config = tls.then(|| Arc::new(config));
    let server = thread::spawn(move || serve(&listener, config, proxy, (when, end)));
    let (ca, clock) = (TempFile::new("pem", authority.as_bytes()), TempFile::new("clock", b""));
    // Waits move this clock, so backoff takes no time.
    let _kept = TestClock::shared(clock.path()).expect("the file can be mapped");
    let scheme = if tls { "https" } else { "http" };
    let mut program = alone(c("sigpipe", "-std=gnu99").as_ref());
    program.args([OsString::from(CALLS), REQUEST.path().into()]);
    program.env("VANTA_ORIGIN", format!("{scheme}://{address}"));
    program.env("VANTA_CA_FILE", ca.path()).env("VANTA_TEST_CLOCK", clock.path());
    program.env("TEST_TOKEN", "vat_sigpipe_0123456789").env("VANTA_REQUESTS_PER_MINUTE", "0");
    if proxy {
        program.env("VANTA_PROXY", format!("http://{address}"));
    }
    let output = program.output().expect("it starts");
    stop(address);
    server.join().expect("the server does not panic");
    output
}

#[track_caller]
fn assert_survives(tls: bool, proxy: bool, whens: &[When]) {
    for when in whens {
        for end in ENDS {
            let output = push_to(tls, proxy, *when, end);
            let shown = format!("{when:?}, {end:?}: {:?} {}", output.status, text(&output));
            assert!(output.status.success(), "{shown}");
            assert!(text(&output).starts_with("2 calls returned\n"), "{shown}");
        }
    }
}

#[test]
fn a_tls_peer_that_ends_a_connection_at_any_moment_raises_no_sigpipe() {
    needs!("gcc");
    let whens = [When::Accepted, When::Hello, When::NotTls, When::Flight, When::Request];
    assert_survives(true, false, &whens);
}

#[test]
fn a_plain_http_peer_that_ends_a_connection_at_any_moment_raises_no_sigpipe() {
    needs!("gcc");
    assert_survives(false, false, &[When::Accepted, When::Request]);
}

#[test]
fn a_proxy_that_ends_a_connection_at_any_moment_raises_no_sigpipe() {
    needs!("gcc");
    let whens = [When::Accepted, When::Connect, When::Hello, When::Flight, When::Request];
    assert_survives(true, true, &whens);
}

/// Returns whether a traced system call is a write to a TCP socket that may raise SIGPIPE.
fn may_signal(line: &str) -> bool {
    line.contains("<TCP:") && !line.contains("MSG_NOSIGNAL")
}

#[test]
fn every_write_to_a_socket_has_msg_nosignal() {
    needs!("gcc", "strace");
    for tls in [true, false] {
        let rig = Rig::with(|settings| {
            settings.resource_limit_per_minute = None;
            settings.tls = tls;
        });
        let (secret, trace) = (secret_file(&rig), TempFile::new("trace", b""));
        let client = Client::new(rig.config().allow_plain_http_to_loopback(true)).expect("right");
        let token = client.token().expect("a token");
        let watch = ["-f", "-yy", "-e", "trace=write,writev,sendto,sendmsg,sendmmsg", "-o"];
        let mut words = vec![OsString::from("strace")];
        words.extend(watch.map(OsString::from));
        words.extend([trace.path().into(), c("sigpipe", "-std=gnu99"), CALLS.into()]);
        words.push(fixture_path("01_user_account_3.json").into());
        let mut push = command(&rig, &secret, &words);
        succeed(push.env("TEST_TOKEN", token.secret().expose()));
        let trace = std::fs::read_to_string(trace.path()).expect("strace wrote it");
        let writes = trace.lines().filter(|line| line.contains("<TCP:")).count();
        assert!(writes >= 2, "{trace}");
        let bad: Vec<&str> = trace.lines().filter(|line| may_signal(line)).collect();
        assert_eq!(bad, Vec::<&str>::new());
        assert_eq!(rig.sim.counters().puts_accepted, 2);
    }
}

#[test]
fn a_write_without_msg_nosignal_is_recognised() {
    assert!(may_signal("7 writev(5<TCP:[127.0.0.1:1->127.0.0.1:2]>, [{iov_len=1}], 1) = 1"));
    assert!(!may_signal("7 sendto(5<TCP:[127.0.0.1:1->127.0.0.1:2]>, \"a\", 1, MSG_NOSIGNAL) = 1"));
    assert!(!may_signal("7 write(1<pipe:[9]>, \"a\", 1) = 1"));
}
