//! Runs a case of `faults.json`: the peer, the client, and the outcome of the call.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use socket2::{Domain, Socket, Type};
use vanta::{Body, Client, Clock, Config, Error, Kind, ReceiptKind, TestClock, Upload};

use crate::certificates::certified_with;
use crate::counting_allocator;
use crate::faults::{Case, FIXED, PASSWORD, SECRET};
use crate::harness::{RESOURCE, TempFile, account, accounts, without_deletion_guard};
use crate::scripted_peer::{Peer, PeerReport, Setup};

/// A body that does not fit into the buffers of sockets.
static BIG: LazyLock<Body> = LazyLock::new(|| {
    let mut big = account("a");
    big["roleDescription"] = "x".repeat(9 << 20).into();
    Body::from_records(RESOURCE, &[big]).expect("under the limit")
});

/// The outcome of a case.
pub struct Outcome {
    pub result: Result<String, Error>,
    pub seconds_left: u64,
    pub report: PeerReport,
    /// Whether anything connected to the other host.
    pub bypassed: bool,
    pub took: Duration,
    pub peak: u64,
    /// The addresses of the peer and of the other host.
    names: [(&'static str, String); 2],
}

impl Outcome {
    /// Replaces addresses in a text by the names that the table uses.
    pub fn with_names(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, at)| text.replace(at, name))
    }
}

/// The client, the peer and the files of a running case. The files are deleted with it.
struct RunningCase {
    client: Client,
    clock: TestClock,
    peer: Peer,
    names: [(&'static str, String); 2],
    other: TcpListener,
    files: Vec<TempFile>,
    /// Reserves an address at which nothing listens.
    _closed: Option<Socket>,
}

/// Makes a server certificate of this kind, and the authority that the client trusts.
fn certified(kind: &str) -> (ServerConfig, String) {
    let host = "127.0.0.1";
    match kind {
        "good" => certified_with(host, |_| ()),
        "expired" => certified_with(host, |server| {
            server.not_before = date_time_ymd(2001, 1, 1);
            server.not_after = date_time_ymd(2002, 1, 1);
        }),
        "not yet" => certified_with(host, |server| {
            server.not_before = date_time_ymd(2089, 1, 1);
            server.not_after = date_time_ymd(2090, 1, 1);
        }),
        "for clients" => certified_with(host, |server| {
            server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        }),
        "of another" => certified_with("127.0.0.2", |_| ()),
        "without a name" => certified_with(host, |server| server.subject_alt_names.clear()),
        "unknown" => (certified_with(host, |_| ()).0, unknown_authority()),
        "self-signed" => (self_signed(host), unknown_authority()),
        _ => panic!("no such certificate: {kind}"),
    }
}

/// Returns an authority that has signed no certificate.
fn unknown_authority() -> String {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "an unknown authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    authority.self_signed(&key).expect("it signs itself").pem()
}

fn self_signed(host: &str) -> ServerConfig {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new([host.to_owned()]).expect("a name");
    let own = params.self_signed(&key).expect("it signs itself");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key in DER");
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring knows TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![own.der().clone()], key)
        .expect("the key is the certificate's")
}

fn listen(address: &str) -> (TcpListener, String) {
    let listener = TcpListener::bind(address).expect("all of 127 is loopback");
    let address = listener.local_addr().expect("bound").to_string();
    (listener, address)
}

/// Returns a socket that is bound but does not listen, and its address.
fn closed_address() -> (Socket, String) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&any.into()).expect("loopback");
    let address = socket.local_addr().expect("bound").as_socket().expect("of IP");
    (socket, address.to_string())
}

impl RunningCase {
    fn of(case: &Case, number: usize) -> RunningCase {
        let ((listener, here), (other, there)) = (listen("127.0.0.1:0"), listen("127.0.0.2:0"));
        other.set_nonblocking(true).expect("a socket can be non-blocking");
        let (clock, row) = (TestClock::new(), ("$ROW", account("a").to_string()));
        let hosts = [("$HERE", here.clone()), ("$OTHER", there.clone())];
        let names = hosts.clone().into_iter().chain([row]).collect();
        if !case.waits_for_deadline() {
            clock.stop();
        }
        let mut stage = Setup { tls: None, clock: clock.clone(), names, over: Arc::default() };
        let mut config = Config::new().clock(clock.clone()).deadline(case.deadline());
        let (mut files, mut scheme, mut origin) = (Vec::new(), "http", here.clone());
        if !case.cert.is_empty() {
            let (server, authority) = certified(&case.cert);
            stage.tls = Some(Arc::new(server));
            files.push(TempFile::new("pem", authority.as_bytes()));
            (config, scheme) = (config.ca_file(files[0].path()), "https");
        }
        if case.proxy {
            (config, origin) = (config.proxy(format!("http://{here}")), there);
        }
        if case.credentials {
            let file = TempFile::new("proxy", format!("jobs:{PASSWORD}").as_bytes());
            config = config.proxy_credentials_file(file.path());
            files.push(file);
        }
        let reserved = case.refuse.then(closed_address).map(|(socket, address)| {
            origin = address;
            socket
        });
        config = config.origin(format!("{scheme}://{origin}")).allow_plain_http_to_loopback(true);
        config = match case.requests_token || case.call.contains("token") {
            true => config.client_id(format!("vci_fault_{number}")).client_secret(SECRET),
            false => config.static_token(FIXED),
        };
        if let Some(cap) = case.list_cap {
            config = config.list_cap(cap);
        }
        let client =
            Client::new(config.requests_per_minute(0)).expect("the configuration is right");
        let peer = Peer::start(listener, case.scripts(), stage);
        files.push(TempFile::new("pdf", &b"evidence ".repeat(100)));
        RunningCase { client, clock, peer, names: hosts, other, files, _closed: reserved }
    }

    fn act(&self, word: &str) -> Result<String, Error> {
        let number = |text: &str| text.parse::<i64>().expect("seconds");
        let seconds = |text: &str| Duration::from_secs(number(text).unsigned_abs());
        match word.split_once(' ') {
            Some(("advance", by)) => self.clock.advance(seconds(by)),
            Some(("suspend", by)) => self.clock.suspend(seconds(by)),
            Some(("wall", by)) => self.clock.step_wall_ms(number(by) * 1000),
            _ => return self.call(word),
        }
        Ok(String::new())
    }

    fn call(&self, verb: &str) -> Result<String, Error> {
        let (client, kind) = (&self.client, &Kind::USER_ACCOUNT);
        let receipt = match verb {
            "token" => {
                let token = client.token()?;
                let secret = token.secret().expose();
                return Ok(format!("generation {}, {secret}", token.generation()));
            }
            "list" => {
                let listing = client.list(kind, RESOURCE)?;
                return Ok(format!("{} live of {}", listing.live().count(), listing.rows().len()));
            }
            "push" => client.push_with(kind, &accounts(&["a"]), &without_deletion_guard())?,
            "guarded" => client.push(kind, &accounts(&["a"]))?,
            "big" => client.push_with(kind, &BIG, &without_deletion_guard())?,
            "verify" => client.verify(kind, &accounts(&["a"]))?,
            "upload" => {
                let path = self.files.last().expect("the file to upload").path();
                client.upload(&Upload::new("requests", path))?
            }
            _ => panic!("no such call: {verb}"),
        };
        assert!(receipt.receipt_kind != ReceiptKind::Unknown);
        Ok(format!("{receipt}; {} attempts", receipt.attempts))
    }
}

/// Runs a case.
pub fn run(case: &Case, number: usize) -> Outcome {
    LazyLock::force(&BIG);
    let running = RunningCase::of(case, number);
    let words: Vec<&str> = case.call.split(", ").collect();
    let (last, before) = words.split_last().expect("there is a call");
    for word in before {
        running.act(word).unwrap_or_else(|error| panic!("{word}: {error}"));
    }
    let began = running.clock.monotonic();
    let (result, peak) = counting_allocator::peak(|| running.call(last));
    let took = running.clock.monotonic() - began;
    let seconds_left = running.client.snapshot().seconds_left;
    let RunningCase { client, peer, other, names, .. } = running;
    // Closes idle connections, for which a peer may be waiting.
    drop(client);
    let report = peer.end();
    let bypassed = other.accept().is_ok();
    Outcome { result, seconds_left, report, bypassed, took, peak, names }
}
