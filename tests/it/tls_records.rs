//! Requests over each cipher suite, whatever records and segments the server's TLS makes of a
//! response.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustls::crypto::{CryptoProvider, ring};
use rustls::{HandshakeKind, ServerConfig, ServerConnection, SupportedCipherSuite};
use serde_json::json;
use vanta::{Body, Client, Config, Kind};

use crate::certificates::certified_with;
use crate::harness::{RESOURCE, Rig, TempFile, account, without_deletion_guard};

/// How the server sends what it has to send.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// The longest record.
    record: Option<usize>,
    /// The longest segment.
    segment: usize,
    /// Whether it changes its keys before each response, and asks for the same.
    new_keys: bool,
}

impl Manner {
    pub fn in_segments_of(segment: usize) -> Manner {
        Manner { record: None, segment, new_keys: false }
    }
}

/// A server of TLS in front of a simulator without it.
pub struct Front {
    pub address: SocketAddr,
    pub authority: TempFile,
    full_handshakes: Arc<AtomicUsize>,
    resumptions: Arc<AtomicUsize>,
}

impl Front {
    pub fn start(rig: &Rig, suite: SupportedCipherSuite, manner: Manner) -> Front {
        let (certified, authority) = certified_with("127.0.0.1", |_| ());
        let provider = CryptoProvider { cipher_suites: vec![suite], ..ring::default_provider() };
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[suite.version()])
            .expect("the suite is of this version")
            .with_no_client_auth()
            .with_cert_resolver(certified.cert_resolver);
        config.max_fragment_size = manner.record;
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let front = Front {
            address: listener.local_addr().expect("bound"),
            authority: TempFile::new("pem", authority.as_bytes()),
            full_handshakes: Arc::default(),
            resumptions: Arc::default(),
        };
        let (config, behind) = (Arc::new(config), rig.sim.address());
        let counts = [&front.full_handshakes, &front.resumptions].map(Arc::clone);
        // It ends with the test's process; nobody waits for it.
        thread::spawn(move || {
            for tcp in listener.incoming().flatten() {
                let (config, counts) = (Arc::clone(&config), counts.clone());
                thread::spawn(move || serve(tcp, config, behind, manner, &counts));
            }
        });
        front
    }

    fn client(&self, rig: &Rig) -> Client {
        let config = Config::new().origin(format!("https://{}", self.address));
        let config = config.ca_file(self.authority.path()).client_id(rig.sim.client_id());
        let config = config.client_secret(rig.sim.client_secret()).requests_per_minute(0);
        Client::new(config.clock(rig.clock.clone())).expect("right")
    }

    fn handshakes(&self) -> (usize, usize) {
        (self.full_handshakes.load(Ordering::SeqCst), self.resumptions.load(Ordering::SeqCst))
    }
}

fn serve(
    mut tcp: TcpStream,
    config: Arc<ServerConfig>,
    behind: SocketAddr,
    manner: Manner,
    [full, resumed]: &[Arc<AtomicUsize>; 2],
) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    let mut tls = ServerConnection::new(config).map_err(io::Error::other)?;
    let is_tls13 =
        |tls: &ServerConnection| tls.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3);
    let mut behind = BufReader::new(TcpStream::connect(behind)?);
    let mut requests = 0;
    loop {
        let request = message(&mut BufReader::new(rustls::Stream::new(&mut tls, &mut tcp)))?;
        if requests == 0 {
            let is_resumed = tls.handshake_kind() == Some(HandshakeKind::Resumed);
            if is_resumed { resumed } else { full }.fetch_add(1, Ordering::SeqCst);
        }
        requests += 1;
        behind.get_mut().write_all(&request)?;
        let response = message(&mut behind)?;
        if manner.new_keys && is_tls13(&tls) {
            tls.refresh_traffic_keys().map_err(io::Error::other)?;
        }
        tls.set_buffer_limit(None);
        tls.writer().write_all(&response)?;
        let mut records = Vec::new();
        while tls.wants_write() {
            tls.write_tls(&mut records)?;
        }
        for segment in records.chunks(manner.segment) {
            tcp.write_all(segment)?;
        }
    }
}

/// Reads a request or a response as it is.
fn message(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    while !bytes.ends_with(b"\r\n\r\n") {
        let begin = bytes.len();
        if from.read_until(b'\n', &mut bytes)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = String::from_utf8_lossy(&bytes[begin..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
    }
    from.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Three of TLS 1.3, and those of TLS 1.2 that the key of our certificate is for.
pub fn suites() -> impl Iterator<Item = SupportedCipherSuite> {
    let of_our_key = |suite: &SupportedCipherSuite| !format!("{suite:?}").contains("RSA");
    ring::ALL_CIPHER_SUITES.iter().copied().filter(of_our_key)
}

/// More than fits in some records, and all different.
fn large_body() -> Body {
    let records: Vec<_> = (0..300)
        .map(|i| {
            let mut record = account(&format!("{i}"));
            record["roleDescription"] = json!(format!("{i} ").repeat(40));
            record
        })
        .collect();
    Body::from_records(RESOURCE, &records).expect("right")
}

#[test]
fn every_cipher_suite_carries_requests_and_responses_of_any_size_and_shape() {
    let manners = [
        Manner::in_segments_of(usize::MAX),
        Manner::in_segments_of(1),
        Manner { record: Some(100), segment: usize::MAX, new_keys: true },
        Manner { record: Some(3000), segment: 777, new_keys: true },
    ];
    assert_eq!(suites().count(), 6);
    for suite in suites() {
        for manner in manners {
            let rig = Rig::with(|settings| {
                settings.tls = false;
                settings.resource_limit_per_minute = None;
            });
            let front = Front::start(&rig, suite, manner);
            let client = front.client(&rig);
            let body = large_body();
            client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
            for _ in 0..2 {
                let pushed =
                    client.push_with(&Kind::USER_ACCOUNT, &body, &without_deletion_guard());
                pushed.unwrap_or_else(|error| panic!("{suite:?}, {manner:?}: {error}"));
                let verified = client.verify(&Kind::USER_ACCOUNT, &body);
                verified.unwrap_or_else(|error| panic!("{suite:?}, {manner:?}: {error}"));
            }
            assert_eq!(front.handshakes(), (1, 0), "{suite:?}, {manner:?}");
        }
    }
}

#[test]
fn a_later_connection_resumes_the_session() {
    for suite in suites() {
        let rig = Rig::with(|settings| settings.tls = false);
        let front = Front::start(&rig, suite, Manner::in_segments_of(usize::MAX));
        let client = front.client(&rig);
        client.token().expect("a token");
        rig.advance(std::time::Duration::from_secs(4000));
        // A token request begins on a connection of its own.
        client.token().expect("another");
        assert_eq!(front.handshakes(), (1, 1), "{suite:?}");
    }
}
