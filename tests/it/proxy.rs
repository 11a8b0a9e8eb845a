//! Requests through an HTTP proxy: only where it is configured, only as a CONNECT tunnel, with
//! errors that name it.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use vanta::{Client, Config, ErrorKind, Kind, Stage};

use crate::harness::{RESOURCE, Rig, TempFile, accounts, assert_kind, without_deletion_guard};
use crate::jobs::{Jobs, all_succeed};

/// The proxy's responses to the first requests, one each. It accepts all later ones.
pub type Responses = &'static [&'static str];

/// A proxy on loopback that records its requests.
pub struct Proxy {
    address: String,
    recorded: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub fn start(answers: Responses) -> Proxy {
        Proxy::to(None, answers)
    }

    /// Connects to `server`, whatever host is requested.
    pub fn to(server: Option<SocketAddr>, answers: Responses) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let address = listener.local_addr().expect("bound").to_string();
        let recorded = Arc::new(Mutex::new(Vec::new()));
        let requests = Arc::clone(&recorded);
        // The thread ends with the process of the tests.
        thread::spawn(move || {
            let answers = answers.iter().map(Some).chain(std::iter::repeat(None));
            for (stream, response) in listener.incoming().zip(answers) {
                let requests = Arc::clone(&requests);
                thread::spawn(move || serve(stream?, server, response.copied(), &requests));
            }
        });
        Proxy { address, recorded }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn requests(&self) -> Vec<String> {
        self.recorded.lock().expect("no panic").clone()
    }
}

/// Reads a request for a tunnel. Responds to it, or forwards bytes in both directions.
fn serve(
    client: TcpStream,
    server: Option<SocketAddr>,
    response: Option<&str>,
    requests: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    requests.lock().expect("no panic").push(head);
    if let Some(response) = response {
        return (&client).write_all(response.as_bytes());
    }
    let server = match server {
        Some(address) => TcpStream::connect(address)?,
        None => TcpStream::connect(target)?,
    };
    (&client).write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut up, mut down) = (server.try_clone()?, client.try_clone()?);
    let answers = thread::spawn(move || {
        io::copy(&mut &server, &mut down)?;
        down.shutdown(Shutdown::Write)
    });
    io::copy(&mut reader, &mut up)?;
    up.shutdown(Shutdown::Write)?;
    answers.join().expect("no panic")
}

fn through(rig: &Rig, proxy: &Proxy) -> Config {
    rig.config().proxy(proxy.url())
}

#[test]
fn push_goes_through_a_connect_tunnel_that_sees_only_the_hostname() {
    let rig = Rig::new();
    let proxy = Proxy::start(&[]);
    let client = Client::new(through(&rig, &proxy)).expect("right");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("read");
    client
        .push_with(&Kind::USER_ACCOUNT, &accounts(&["a"]), &without_deletion_guard())
        .expect("accepted");
    let host = rig.sim.origin().trim_start_matches("https://").to_owned();
    let version = env!("CARGO_PKG_VERSION");
    let asked = format!(
        "CONNECT {host} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: libvanta/{version}\r\n\r\n"
    );
    // One tunnel for the token and all else.
    assert_eq!(proxy.requests(), [asked]);
}

#[test]
fn proxy_credentials_come_from_a_file_and_not_from_the_url() {
    let rig = Rig::new();
    let proxy = Proxy::start(&[]);
    let file = TempFile::new("proxy", b" jobs:p\xc3\xa4ss:wort\n");
    let config = through(&rig, &proxy).proxy_credentials_file(file.path());
    Client::new(config).expect("right").token().expect("a token");
    assert!(
        proxy.requests()[0].contains("\r\nProxy-Authorization: Basic am9iczpww6Rzczp3b3J0\r\n")
    );
    let url = format!("http://jobs:swordfish@{}", proxy.address);
    let error = assert_kind(Client::new(rig.config().proxy(url)), ErrorKind::InvalidConfig);
    let message = format!("{error} {error:?}");
    assert!(message.contains("file") && !message.contains("swordfish"), "{message}");
    let file = TempFile::new("proxy", b"no colon");
    let config = through(&rig, &proxy).proxy_credentials_file(file.path());
    assert_kind(Client::new(config), ErrorKind::InvalidConfig);
}

#[test]
fn missing_or_endless_proxy_response_ends_in_time() {
    let rig = Rig::new();
    let hanging = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let url = format!("http://{}", hanging.local_addr().expect("bound"));
    let config = rig.config().proxy(url).clock(vanta::SystemClock);
    let client = Client::new(config).expect("right").with_deadline(Duration::from_millis(2500));
    let error = assert_kind(client.token(), ErrorKind::DeadlineExceeded);
    assert_eq!(error.stage(), Stage::Proxy);
    let endless: &str = Box::leak(format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(1 << 20)).into());
    let proxy = Proxy::start(Box::leak(Box::new([endless])));
    assert_kind(
        Client::new(through(&rig, &proxy)).expect("right").token(),
        ErrorKind::ProxyRefused,
    );
}

#[test]
fn a_proxy_that_cannot_reach_vanta_is_the_error_while_the_deadline_has_not_passed() {
    let rig = Rig::new();
    let proxy = Proxy::start(&["HTTP/1.1 503 Away\r\n\r\n"; 4]);
    // After a backoff, no time would be left for a token request.
    let client = Client::new(through(&rig, &proxy)).expect("right");
    let listed =
        client.with_deadline(Duration::from_millis(2900)).list(&Kind::USER_ACCOUNT, RESOURCE);
    let error = assert_kind(listed, ErrorKind::Connect);
    assert!(error.to_string().contains("(HTTP 503)"), "{error}");
    assert_eq!(proxy.requests().len(), 1);
}

#[test]
fn unreachable_proxy_is_named() {
    let rig = Rig::new();
    let closed_port =
        TcpListener::bind("127.0.0.1:0").expect("loopback").local_addr().expect("bound");
    let config = rig.config().proxy(format!("http://{closed_port}"));
    let error = assert_kind(Client::new(config).expect("right").token(), ErrorKind::Connect);
    assert!(error.to_string().contains(&closed_port.to_string()), "{error}");
}

#[test]
fn invalid_proxy_setting_is_refused_before_anything_is_sent() {
    let rig = Rig::new();
    for (url, words) in [
        ("socks5://127.0.0.1:1", "begins with socks5://, and only http:// is supported"),
        ("SOCKS5h://127.0.0.1:1", "use an HTTP proxy, as http://host:port"),
        ("https://127.0.0.1:1", "give the port on which the proxy speaks plain HTTP"),
        ("quic://127.0.0.1:1", "an unknown scheme"),
        ("http://", "write http://host:port"),
        ("http://host:port", "write http://host:port"),
        ("http://host:1/path", "write http://host:port"),
        ("", "write http://host:port"),
    ] {
        let error = assert_kind(Client::new(rig.config().proxy(url)), ErrorKind::InvalidConfig);
        assert!(error.to_string().contains(words), "{url}: {error}");
    }
}

/// Returns how many tunnels a job requests in the environment of `set`, in which PROXY is the
/// proxy's address. Its origin is 127.0.0.1.
fn tunnels(set: &[(&str, &str)]) -> usize {
    let (rig, proxy) = (Rig::unlimited(), Proxy::start(&[]));
    let jobs = Jobs::new(&rig, "memory");
    let mut job = jobs.push(3);
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
        job.env_remove(name);
    }
    job.env("VANTA_ORIGIN", rig.sim.origin().replace("localhost", "127.0.0.1"));
    job.envs(set.iter().map(|(name, value)| (*name, value.replace("PROXY", &proxy.address))));
    all_succeed([job]);
    proxy.requests().len()
}

const ASKED: (&str, &str) = ("VANTA_PROXY", "environment");
const NAMED: (&str, &str) = ("https_proxy", "http://PROXY");

#[test]
fn environment_proxy_is_used_only_on_request() {
    needs!("gcc", "g++", "python3");
    assert_eq!(tunnels(&[NAMED]), 0, "it was not configured");
    assert_eq!(tunnels(&[("VANTA_PROXY", "none"), NAMED]), 0);
    assert_eq!(tunnels(&[("VANTA_PROXY", "http://PROXY")]), 1, "named outright");
    assert_eq!(tunnels(&[ASKED]), 0, "there is none");
    assert_eq!(tunnels(&[ASKED, ("http_proxy", "http://PROXY")]), 0, "not for https");
    for name in ["https_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        assert_eq!(tunnels(&[ASKED, (name, "http://jobs:sword%66ish@PROXY/")]), 1, "{name}");
    }
}

#[test]
fn a_host_that_the_environment_exempts_is_reached_without_the_proxy() {
    needs!("gcc", "g++", "python3");
    for exempt in ["*", "x.example, 127.0.0.1", "127.0.0.0/8,::1"] {
        assert_eq!(tunnels(&[ASKED, NAMED, ("no_proxy", exempt)]), 0, "{exempt}");
    }
    for others in ["27.0.0.1,127.0.0.2", "10.0.0.0/8 ::/0", "127.0.0.1:1"] {
        assert_eq!(tunnels(&[ASKED, NAMED, ("NO_PROXY", others)]), 1, "{others}");
    }
}
