//! A server that requires a client certificate: every request gets a TLS error.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion, version};
use serde_json::json;
use socket2::SockRef;
use vanta::{Action, Body, Client, Config, Error, ErrorKind, Kind, TestClock, Upload};

use crate::certificates::certified_with;
use crate::harness::{RESOURCE, TempFile, account, accounts, assert_kind, without_deletion_guard};

/// Starts a server that requires a client certificate. Returns its authority in PEM too.
fn demanding(version: &'static SupportedProtocolVersion) -> (ServerConfig, String) {
    let (plain, authority) = certified_with("127.0.0.1", |_| ());
    let root = CertificateDer::from_pem_slice(authority.as_bytes()).expect("PEM");
    let mut roots = RootCertStore::empty();
    roots.add(root).expect("an authority");
    let provider = Arc::new(ring::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .expect("ring knows TLS 1.2 and 1.3")
        .with_client_cert_verifier(verifier.build().expect("there are roots"))
        .with_cert_resolver(plain.cert_resolver);
    (config, authority)
}

/// How the server ends a connection after it has sent the alert.
#[derive(Clone, Copy, Debug)]
enum End {
    HalfClose,
    Reset,
}

/// Makes a handshake that fails.
fn refuse(mut tcp: TcpStream, config: Arc<ServerConfig>, end: End) -> io::Result<()> {
    tcp.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut tls = ServerConnection::new(config).map_err(io::Error::other)?;
    while tls.complete_io(&mut tcp).is_ok() && tls.is_handshaking() {}
    assert!(tls.is_handshaking(), "hands were shaken without a certificate");
    match end {
        End::HalfClose => {
            tcp.shutdown(std::net::Shutdown::Write)?;
            io::copy(&mut tcp, &mut io::sink()).map(drop)
        }
        End::Reset => {
            tcp.shutdown(std::net::Shutdown::Write)?;
            // The client has received the alert when it closes or sends more.
            let _ = tcp.read(&mut [0; 1]);
            SockRef::from(&tcp).set_linger(Some(Duration::ZERO))
        }
    }
}

struct Server {
    address: std::net::SocketAddr,
    authority: TempFile,
    thread: JoinHandle<usize>,
}

impl Server {
    fn start(version: &'static SupportedProtocolVersion, end: End) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let address = listener.local_addr().expect("bound");
        let (config, authority) = demanding(version);
        let config = Arc::new(config);
        let thread = thread::spawn(move || {
            let mut connections = 0;
            loop {
                let (mut tcp, _) = listener.accept().expect("a connection");
                let mut first = [0];
                if tcp.peek(&mut first).is_ok() && first == *b"." {
                    tcp.flush().expect("nothing to flush");
                    return connections;
                }
                connections += 1;
                let _ = refuse(tcp, Arc::clone(&config), end);
            }
        });
        Server { address, authority: TempFile::new("pem", authority.as_bytes()), thread }
    }

    fn config(&self) -> Config {
        let origin = format!("https://{}", self.address);
        let config = Config::new().origin(origin).ca_file(self.authority.path());
        config.clock(TestClock::new()).requests_per_minute(0)
    }

    /// Counts the connections.
    fn stop(self) -> usize {
        let mut tcp = TcpStream::connect(self.address).expect("it listens");
        tcp.write_all(b".").expect("it reads");
        self.thread.join().expect("the server does not panic")
    }
}

/// Returns the error of a token request to a server that requires a client certificate.
pub fn refused() -> Error {
    let server = Server::start(&version::TLS13, End::HalfClose);
    let config = server.config().client_id("vci_mtls").client_secret("vcs_mtls_0123456789");
    let error = Client::new(config).expect("right").token().expect_err("this must fail");
    server.stop();
    error
}

/// Returns a body that does not fit into the buffers of a socket.
fn large() -> Body {
    let mut record = account("a");
    record["roleDescription"] = json!("x".repeat(9 << 20));
    Body::from_records(RESOURCE, &[record]).expect("below the limit")
}

#[track_caller]
fn assert_wants_certificate(what: &str, result: Result<(), Error>) {
    let error = assert_kind(result, ErrorKind::Tls);
    assert_eq!((error.action(), error.is_retryable()), (Action::FixConfig, false), "{what}");
    assert!(error.to_string().contains("client certificate"), "{what}: {error}");
    assert_eq!(error.attempts(), 1, "{what}: {error}");
}

#[test]
fn certificate_required_is_a_tls_error_of_every_request() {
    let (kind, file) = (&Kind::USER_ACCOUNT, TempFile::new("pdf", b"evidence"));
    let (small, large) = (accounts(&["a"]), large());
    let upload = Upload::new("requests", file.path());
    for (version, name) in [(&version::TLS13, "1.3"), (&version::TLS12, "1.2")] {
        for end in [End::HalfClose, End::Reset] {
            let server = Server::start(version, end);
            let what = |verb: &str| format!("TLS {name}, {end:?}: {verb}");
            let own = server.config().client_id("vci_mtls").client_secret("vcs_mtls_0123456789");
            let own = Client::new(own).expect("right");
            assert_wants_certificate(&what("token"), own.token().map(drop));
            let fixed = Client::new(server.config().static_token("vat_mtls")).expect("right");
            assert_wants_certificate(&what("list"), fixed.list(kind, RESOURCE).map(drop));
            for body in [&small, &large] {
                let pushed = fixed.push_with(kind, body, &without_deletion_guard()).map(drop);
                assert_wants_certificate(&what("push"), pushed);
            }
            assert_wants_certificate(&what("upload"), fixed.upload(&upload).map(drop));
            drop((own, fixed));
            assert_eq!(server.stop(), 5, "TLS {name}, {end:?}: connections");
        }
    }
}
